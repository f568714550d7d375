/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.c - see verdict.h. */
#include "view/verdict.h"

#include <jansson.h>
#include <stdlib.h>

/* Text as JSON: what is no UTF-8 would make the whole object fail. */
static json_t *text(const char *s)
{
	json_t *value = s ? json_string(s) : json_null();

	return value ? value : json_string("?");
}

static void write_object(FILE *out, json_t *object)
{
	if (object && json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', out);
	json_decref(object);
}

static json_t *compared(const struct view_verdict *v)
{
	json_t *fields = json_array();

	for (unsigned i = 0; fields && i < v->field_count; i++)
		json_array_append_new(fields, json_pack("{s:o, s:o, s:o, s:b}", "field",
							text(v->fields[i].name), "expected",
							text(v->fields[i].expected), "actual",
							text(v->fields[i].actual), "differs",
							v->fields[i].differs));
	return fields;
}

void view_json_verdict(FILE *out, const struct view_verdict *v)
{
	json_t *object = json_pack("{s:s, s:o, s:i, s:o, s:b, s:o, s:i, s:i, s:I}", "type",
				   "verdict", "script", text(v->script), "number", (int)v->number,
				   "command", text(v->command), "passed", v->passed, "file",
				   text(v->file), "line", (int)v->line, "column", (int)v->column,
				   "took_us", (json_int_t)v->took_us);

	if (object && v->why)
		json_object_set_new(object, "why", text(v->why));
	if (object && v->actual)
		json_object_set_new(object, "actual", text(v->actual));
	if (object && v->connection)
		json_object_set_new(object, "connection", text(v->connection));
	if (object && v->hint)
		json_object_set_new(object, "hint", text(v->hint));
	if (object && v->field_count)
		json_object_set_new(object, "fields", compared(v));
	write_object(out, object);
}

void view_json_script(FILE *out, const struct view_script *s)
{
	json_t *object = json_pack("{s:s, s:i, s:o, s:b, s:I, s:i}", "type", "script", "number",
				   (int)s->number, "script", text(s->path), "passed", s->passed,
				   "took_us", (json_int_t)s->took_us, "verdicts", (int)s->verdicts);

	if (object && s->broken)
		json_object_set_new(object, "why", text(s->broken));
	write_object(out, object);
}
