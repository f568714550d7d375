/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_csv.c - results of `probe` as comma-separated values (RFC 4180): a line of names, then one for each
 * result, with the fields of the JSON lines in their order. What does not apply is empty. */
#include <inttypes.h>
#include <string.h>

#include "view/json_fields.h"
#include "view/probe_priv.h"

/* Section 2, rules 5 to 7: quotes where a comma, a quote or an end of line is inside; a quote is doubled. */
static void write_text(const char *s, FILE *out)
{
	if (!strpbrk(s, ",\"\r\n")) {
		fputs(s, out);
		return;
	}
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', out);
		fputc(*s, out);
	}
	fputc('"', out);
}

static void write_value(const json_t *value, FILE *out)
{
	if (json_is_integer(value))
		fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_string(value))
		write_text(json_string_value(value), out);
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", out);
}

static void write_names(struct probe_view *v)
{
	for (const struct json_field *f = json_fields(JSON_PROBE); f->name; f++)
		fprintf(v->options.out, "%s%s", f == json_fields(JSON_PROBE) ? "" : ",", f->name);
	fputs("\r\n", v->options.out);
	v->begun = true;
}

static void write_result(struct probe_view *v, const struct probe_result *r)
{
	if (!v->begun)
		write_names(v);
	for (const struct json_field *f = json_fields(JSON_PROBE); f->name; f++) {
		json_t *value = f->get(r);

		if (f != json_fields(JSON_PROBE))
			fputc(',', v->options.out);
		write_value(value, v->options.out);
		json_decref(value);
	}
	fputs("\r\n", v->options.out);
}

/* A summary has no place between the lines; people get it on standard error. */
static void write_end(struct probe_view *v, const struct probe_totals *totals)
{
	if (!v->begun)
		write_names(v);
	if (v->options.messages && !v->options.quiet)
		probe_summary(v, totals, v->options.messages);
}

const struct probe_writer probe_csv_writer = { .result = write_result, .end = write_end };
