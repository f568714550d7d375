/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_junit.c - the verdicts as JUnit XML, which most CI systems read: a testsuite for each script. */
#include <errno.h>
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

static void put_case(FILE *f, const struct job *j, const struct run_verdict *v)
{
	fprintf(f, "    <testcase classname=\"");
	put(f, j->path);
	fprintf(f, "\" name=\"");
	put(f, v->name);
	fprintf(f, "\" time=\"%.6f\"", (double)v->took_us / 1e6);
	if (v->passed) {
		fprintf(f, "/>\n");
		return;
	}
	fprintf(f, ">\n      <failure message=\"");
	put(f, v->why);
	fprintf(f, "\">");
	for (unsigned i = 0; v->report && i < v->report->count; i++) {
		const struct match_field *field = &v->report->fields[i];

		if (!field->differs)
			continue;
		put(f, field->name);
		fprintf(f, ": expected ");
		put(f, field->expected);
		fprintf(f, ", was ");
		put(f, field->actual);
		fprintf(f, "\n");
	}
	fprintf(f, "\n");
	put(f, j->narration_text);
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

bool junit_write(const struct run *r, const char *path, struct err *e)
{
	FILE *f = fopen(path, "we");
	bool failed;

	if (!f)
		return err_set(e, STATUS_APP, "--junit %.200s: cannot be written: %s", path,
			       strerror(errno));
	fprintf(f,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"%u\" failures=\"%u\">\n",
		r->count, r->failed);
	for (unsigned i = 0; i < r->count; i++)
		put_suite(f, &r->jobs[i]);
	fprintf(f, "</testsuites>\n");
	failed = ferror(f);
	if (fclose(f) || failed)
		return err_set(e, STATUS_APP, "--junit %.200s: could not be written whole: %s",
			       path, strerror(errno));
	return true;
}
