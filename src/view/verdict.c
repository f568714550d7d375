/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.c - see verdict.h. */
#include "view/verdict.h"

#include "view/json_get.h"

/* ---- two segments, field by field ------------------------------------------------------------- */

#define COMPARED(field, expression) GET(compared, field, struct view_compared, expression)

COMPARED(field, json_safe_string(p->name))
COMPARED(expected, json_safe_string(p->expected))
COMPARED(actual, json_safe_string(p->actual))
COMPARED(differs, json_boolean(p->differs))

static const struct json_field compared_fields[] = {
	{ "field", "string", "its name in the command language", compared_field },
	{ "expected", "string", "as the script has it, variables put in", compared_expected },
	{ "actual", "string", "as it came", compared_actual },
	{ "differs", "boolean", "true when that is why it failed", compared_differs },
	{ NULL, NULL, NULL, NULL },
};

/* ---- verdict ---------------------------------------------------------------------------------- */

#define VERDICT(field, expression) GET(verdict, field, struct view_verdict, expression)

VERDICT(script, json_safe_string(p->script))
VERDICT(number, json_integer(p->number))
VERDICT(command, json_safe_string(p->command))
VERDICT(passed, json_boolean(p->passed))
VERDICT(file, json_safe_string(p->file))
VERDICT(line, json_integer(p->line))
VERDICT(column, json_integer(p->column))
VERDICT(took_ns, json_integer(p->took_us * 1000))
VERDICT(why, json_safe_string(p->why))
VERDICT(actual, json_safe_string(p->actual))
VERDICT(ends, json_safe_string(p->ends))
VERDICT(hint, json_safe_string(p->hint))

GETTER(verdict_fields, struct view_verdict)
{
	json_t *array = p->field_count ? json_array() : NULL;

	for (unsigned i = 0; array && i < p->field_count; i++) {
		json_t *object = json_object();

		json_put_fields(object, JSON_COMPARED, &p->fields[i]);
		json_array_append_new(array, object);
	}
	return array;
}

static const struct json_field verdict_table[] = {
	{ "script", "string", "its path, as named", verdict_script },
	{ "number", "integer", "from 1, within the script", verdict_number },
	{ "command", "string", "what was to be done, in one line", verdict_command },
	{ "passed", "boolean", "false ends the script", verdict_passed },
	{ "file", "string", "where the command stands: the script, or what it includes",
	  verdict_file },
	{ "line", "integer", "its line, from 1", verdict_line },
	{ "column", "integer", "its column, from 1", verdict_column },
	{ "took_ns", "integer", "how long it took", verdict_took_ns },
	{ "why", "string", "of a failure: the reason, in words", verdict_why },
	{ "actual", "string", "of a failure: the segment that came instead, in the notation",
	  verdict_actual },
	{ "ends", "string", "of a failure: the two ends of its connection", verdict_ends },
	{ "hint", "string", "of a failure: what could be tried", verdict_hint },
	{ "fields", "array of objects",
	  "of a failure: the segments compared, field by field; see below", verdict_fields },
	{ NULL, NULL, NULL, NULL },
};

/* ---- script ----------------------------------------------------------------------------------- */

#define SCRIPT(field, expression) GET(script, field, struct view_script, expression)

SCRIPT(number, json_integer(p->number))
SCRIPT(script, json_safe_string(p->path))
SCRIPT(passed, json_boolean(p->passed))
SCRIPT(verdicts, json_integer(p->verdicts))
SCRIPT(took_ns, json_integer(p->took_us * 1000))
SCRIPT(why, json_safe_string(p->broken))

static const struct json_field script_fields[] = {
	{ "number", "integer", "from 1, within the run", script_number },
	{ "script", "string", "its path, as named", script_script },
	{ "passed", "boolean", "true when all of it passed", script_passed },
	{ "verdicts", "integer", "how many it has", script_verdicts },
	{ "took_ns", "integer", "how long it took", script_took_ns },
	{ "why", "string", "it could not be carried out: the reason, in words", script_why },
	{ NULL, NULL, NULL, NULL },
};

const struct json_field *json_verdict_tables(enum json_table table)
{
	return table == JSON_VERDICT  ? verdict_table :
	       table == JSON_COMPARED ? compared_fields :
					script_fields;
}

/* ---- lines ------------------------------------------------------------------------------------ */

static void write_line(FILE *out, json_t *object)
{
	if (object && json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(object);
}

void view_json_verdict(FILE *out, bool first, const struct view_verdict *v)
{
	write_line(out, json_line("verdict", first, 0, JSON_VERDICT, v));
}

void view_json_script(FILE *out, bool first, const struct view_script *s)
{
	write_line(out, json_line("script", first, 0, JSON_SCRIPT, s));
}
