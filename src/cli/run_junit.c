/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_junit.c - the verdicts as JUnit XML, which most CI systems read: a testsuite for each script. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/run_priv.h"

/* Text inside of an attribute or element. Control bytes cannot stand in XML 1.0 at all. */
static void put(FILE *f, const char *text)
{
	for (; text && *text; text++) {
		unsigned char b = (unsigned char)*text;

		if (b == '<')
			fputs("&lt;", f);
		else if (b == '>')
			fputs("&gt;", f);
		else if (b == '&')
			fputs("&amp;", f);
		else if (b == '"')
			fputs("&quot;", f);
		else if (b < ' ' && b != '\n' && b != '\t')
			fputc('?', f);
		else
			fputc(b, f);
	}
}

static void put_line(FILE *f, const char *text, size_t len)
{
	char line[1024];

	snprintf(line, sizeof(line), "%.*s\n", (int)len, text);
	put(f, line);
}

static void put_segments(FILE *f, const struct run_verdict *v)
{
	char *text = NULL;
	size_t len;
	FILE *lines = open_memstream(&text, &len);

	if (!lines)
		return;
	if (v->report)
		compare_print(lines, v->report, "");
	if (v->actual)
		fprintf(lines, "  %-10s%s\n", v->report ? "in full" : "came", v->actual);
	fclose(lines);
	put(f, text);
	free(text);
}

static void put_case(FILE *f, const struct job *j, const struct run_verdict *v)
{
	char differs[600] = "", why[1300];

	fprintf(f, "    <testcase classname=\"");
	put(f, j->path);
	fprintf(f, "\" name=\"");
	put(f, v->name);
	fprintf(f, "\" time=\"%.6f\"", (double)v->took_us / 1e6);
	if (v->passed) {
		fprintf(f, "/>\n");
		return;
	}
	if (v->report)
		compare_words(v->report, differs, sizeof(differs));
	snprintf(why, sizeof(why), "%.600s%s%s", v->why ? v->why : "failed", differs[0] ? "; " : "",
		 differs);
	fprintf(f, ">\n      <failure message=\"");
	put(f, why);
	fprintf(f, "\">");
	put(f, j->script->files[v->at.file].name);
	fprintf(f, ":%u:%u: ", v->at.line, v->at.column);
	put(f, why);
	fprintf(f, "\n");
	if (v->hint) {
		put(f, v->hint);
		fprintf(f, "\n");
	}
	put_segments(f, v);
	tell_print(j, put_line, f);
	fprintf(f, "</failure>\n    </testcase>\n");
}

static void put_suite(FILE *f, const struct job *j)
{
	unsigned failed = 0;

	for (unsigned i = 0; i < j->verdict_count; i++)
		failed += !j->verdicts[i].passed;
	fprintf(f, "  <testsuite name=\"");
	put(f, j->path);
	fprintf(f, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.6f\">\n",
		j->verdict_count, failed, j->broken.status || !j->over, (double)j->took_us / 1e6);
	for (unsigned i = 0; i < j->verdict_count; i++)
		put_case(f, j, &j->verdicts[i]);
	if (j->broken.status) {
		fprintf(f, "    <system-err>");
		put(f, j->broken.text);
		fprintf(f, "</system-err>\n");
	}
	fprintf(f, "  </testsuite>\n");
}

bool junit_open(struct run *r, struct err *e)
{
	r->junit = fopen(r->options->junit, "we");
	return r->junit || err_set(e, STATUS_APP, "--junit %.200s: cannot be written: %s",
				   r->options->junit, strerror(errno));
}

bool junit_write(struct run *r, struct err *e)
{
	FILE *f = r->junit;
	bool failed;

	fprintf(f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%u\" failures=\"%u\">\n",
		r->count, r->failed);
	for (unsigned i = 0; i < r->count; i++)
		put_suite(f, &r->jobs[i]);
	fprintf(f, "</testsuites>\n");
	failed = ferror(f);
	r->junit = NULL;
	if (fclose(f) || failed)
		return err_set(e, STATUS_APP, "--junit %.200s: could not be written whole: %s",
			       r->options->junit, strerror(errno));
	return true;
}
