/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_report.c - TAP 14: a test for each script, a subtest for each of its verdicts; with --json one
 * object for each verdict and each script. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/run_priv.h"
#include "view/verdict.h"

/* '#' and '\' mean something in a description (TAP 14). */
static void print_description(const char *text)
{
	for (; *text; text++) {
		if (*text == '#' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? '?' : *text);
	}
}

/* Lines for people, each behind @prefix. */
static void print_lines(const char *text, const char *prefix)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		printf("%s%.*s\n", prefix, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* A line of the YAML block, in double quotes. */
static void print_yaml(const char *name, const char *text)
{
	if (!text || !text[0])
		return;
	printf("      %s: \"", name);
	for (; *text; text++) {
		if ((unsigned char)*text < ' ')
			printf("\\x%02x", (unsigned char)*text);
		else
			printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	}
	printf("\"\n");
}

static void print_comment(FILE *out, const char *text, size_t len)
{
	fprintf(out, "    # %.*s\n", (int)len, text);
}

static void print_failure(const struct job *j, const struct run_verdict *v)
{
	char differs[600] = "";

	if (v->report)
		compare_words(v->report, differs, sizeof(differs));
	printf("      ---\n");
	print_yaml("message", v->why ? v->why : "failed");
	print_yaml("differs", differs);
	printf("      at: { file: '");
	for (const char *p = j->script->files[v->at.file].name; *p; p++)
		printf(*p == '\'' ? "%c'" : "%c", *p);
	printf("', line: %u, column: %u }\n", v->at.line, v->at.column);
	print_yaml("connection", v->connection);
	print_yaml("hint", v->hint);
	printf("      ...\n");
	if (v->report)
		compare_print(stdout, v->report, "    # ");
	if (v->actual)
		printf("    #   %-10s%s\n", v->report ? "in full" : "came", v->actual);
	tell_print(j, print_comment, stdout);
}

static void report_tap(const struct run *r, const struct job *j, unsigned number)
{
	printf("# Subtest: %s\n", j->path);
	print_lines(j->notes_text, "    # ");
	for (unsigned i = 0; i < j->verdict_count; i++) {
		const struct run_verdict *v = &j->verdicts[i];

		printf("    %sok %u - ", v->passed ? "" : "not ", i + 1);
		print_description(v->name ? v->name : "?");
		putchar('\n');
		if (!v->passed)
			print_failure(j, v);
	}
	print_lines(j->said, "    # ");
	if (j->broken.status)
		printf("    # %s\n", j->broken.text);
	if (r->options->common.verbosity > 0 && job_passed(j))
		tell_print(j, print_comment, stdout);
	printf("    1..%u\n", j->verdict_count);
	printf("%sok %u - %s # %.3f s\n", job_passed(j) ? "" : "not ", number, j->path,
	       (double)j->took_us / 1e6);
	fflush(stdout);
}

static void report_json(const struct job *j, unsigned number)
{
	struct view_script script = { .number = number,
				      .path = j->path,
				      .passed = job_passed(j),
				      .took_us = j->took_us,
				      .verdicts = j->verdict_count,
				      .broken = j->broken.status ? j->broken.text : NULL };

	for (unsigned i = 0; i < j->verdict_count; i++) {
		const struct run_verdict *v = &j->verdicts[i];
		struct view_verdict out = { .script = j->path,
					    .number = i + 1,
					    .command = v->name,
					    .passed = v->passed,
					    .file = j->script->files[v->at.file].name,
					    .line = v->at.line,
					    .column = v->at.column,
					    .took_us = v->took_us,
					    .why = v->why,
					    .actual = v->actual,
					    .ends = v->connection,
					    .hint = v->hint };
		struct view_compared fields[MATCH_FIELDS_MAX];

		for (unsigned k = 0; v->report && k < v->report->count; k++)
			fields[out.field_count++] = (struct view_compared){
				v->report->fields[k].name, v->report->fields[k].expected,
				v->report->fields[k].actual, v->report->fields[k].differs
			};
		out.fields = fields;
		view_json_verdict(stdout, number == 1 && i == 0, &out);
	}
	view_json_script(stdout, number == 1 && !j->verdict_count, &script);
	fflush(stdout);
}

void report_begin(const struct run *r)
{
	if (!r->options->common.json)
		printf("TAP version 14\n1..%u\n", r->count);
	fflush(stdout);
}

void report_job(const struct run *r, const struct job *j, unsigned number)
{
	if (r->options->common.json)
		report_json(j, number);
	else
		report_tap(r, j, number);
}

void report_end(const struct run *r)
{
	if (r->stopped && !r->options->common.json)
		printf("Bail out! interrupted\n");
	else if (!r->options->common.json)
		printf("# %u of %u scripts passed\n", r->count - r->failed, r->count);
}
