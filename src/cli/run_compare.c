/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_compare.c - the segment that was expected over the one that came:
 *
 *       expected  S.  seq 0  ack 7  mss 1460
 *       came      S.  seq 0  ack 1  mss 1460
 *     ! ack                      ^
 */
#include <string.h>

#include "cli/run_priv.h"

#define LABEL	 10  /* columns */
#define ROOM	 84u /* columns for the fields: in a TAP comment in a subtest that makes 100 */
#define TEXT_MAX 80u

/* Flags need no name. */
static const char *name_of(const struct match_field *f)
{
	return strcmp(f->name, "flags") ? f->name : "";
}

static size_t length(const char *text)
{
	size_t len = strlen(text);

	return len < TEXT_MAX ? len : TEXT_MAX;
}

static size_t value_column(const struct match_field *f)
{
	size_t name = strlen(name_of(f));

	return name ? name + 1 : 0;
}

static size_t width(const struct match_field *f)
{
	size_t a = length(f->expected), b = length(f->actual);

	return value_column(f) + (a > b ? a : b);
}

/* How many fields from @from on fit into one line; one at least. */
static unsigned fitting(const struct match_report *r, unsigned from)
{
	size_t used = width(&r->fields[from]);
	unsigned n = 1;

	while (from + n < r->count && used + 2 + width(&r->fields[from + n]) <= ROOM)
		used += 2 + width(&r->fields[from + n++]);
	return n;
}

static void print_values(FILE *out, const struct match_field *f, unsigned n, bool expected)
{
	for (unsigned i = 0; i < n; i++) {
		const char *text = expected ? f[i].expected : f[i].actual;
		size_t cut = length(text), pad = width(&f[i]) - value_column(&f[i]) - cut;

		fprintf(out, "%s%s%.*s", name_of(&f[i]), name_of(&f[i])[0] ? " " : "", (int)cut,
			text);
		if (i + 1 < n)
			fprintf(out, "%*s", (int)pad + 2, "");
	}
	fputc('\n', out);
}

/* Of two texts the mark begins where they part. */
static size_t same_bytes(const struct match_field *f)
{
	size_t same = 0, most = width(f) - value_column(f);

	if (f->expected[0] != '"' || f->actual[0] != '"')
		return 0;
	while (same + 1 < most && f->expected[same] == f->actual[same])
		same++;
	return same;
}

static void print_marks(FILE *out, const struct match_field *f, unsigned n)
{
	size_t column = 0, at = 0;

	for (unsigned i = 0; i < n; i++) {
		size_t from = at + value_column(&f[i]) + same_bytes(&f[i]), end = at + width(&f[i]);

		at = end + 2;
		if (!f[i].differs)
			continue;
		fprintf(out, "%*s", (int)(from - column), "");
		for (column = from; column < end; column++)
			fputc('^', out);
	}
	fputc('\n', out);
}

static const struct match_field *first_differing(const struct match_field *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (f[i].differs)
			return &f[i];
	return NULL;
}

void compare_print(FILE *out, const struct match_report *report, const char *prefix)
{
	for (unsigned i = 0, n; i < report->count; i += n) {
		const struct match_field *f = &report->fields[i], *differs;

		n = fitting(report, i);
		differs = first_differing(f, n);
		fprintf(out, "%s  %-*s", prefix, LABEL, "expected");
		print_values(out, f, n, true);
		fprintf(out, "%s  %-*s", prefix, LABEL, "came");
		print_values(out, f, n, false);
		if (!differs)
			continue;
		fprintf(out, "%s! %-*s", prefix, LABEL, differs->name);
		print_marks(out, f, n);
	}
}

void compare_words(const struct match_report *report, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < report->count && at < size; i++) {
		const struct match_field *f = &report->fields[i];

		if (f->differs)
			at += (size_t)snprintf(out + at, size - at,
					       "%s%s: expected %.80s, was %.80s", at ? "; " : "",
					       f->name, f->expected, f->actual);
	}
}
