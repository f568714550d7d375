/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_priv.h - what the files of the matcher share:
 *
 *     match.c          flags and header fields, numbers, the report
 *     match_options.c  the list between < and >
 *     match_data.c     the text
 */
#ifndef TCPSHAKE_SCRIPT_MATCH_PRIV_H
#define TCPSHAKE_SCRIPT_MATCH_PRIV_H

#include "script/match.h"

/* One comparison under way. */
struct matching {
	const struct packet *p;
	const struct match_base *base;
	const struct values *v;
	struct match_report *report; /* NULL: nobody wants it */
	struct err *e;
	bool differs;
};

/* A line that is written from left to right and ends in "..." where it did not fit. */
struct match_text {
	char text[MATCH_TEXT_MAX];
	size_t used;
};
void match_add(struct match_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Bytes as a string literal. */
void match_add_bytes(struct match_text *t, const uint8_t *bytes, size_t len);

/* One more row of the report. */
void match_note(struct matching *m, const char *name, bool differs,
		const struct match_text *expected, const struct match_text *actual);

/* What a number is compared with, and how. */
enum match_how {
	MATCH_PLAIN,
	MATCH_MODULO,	/* of 2^32, as timestamps: 1 follows 4294967295 */
	MATCH_RELATIVE, /* modulo 2^32, and counted from @base: sequence numbers */
};
struct match_number {
	enum match_how how;
	uint32_t value, base;
};

/**
 * match_test() - does a value pass a test?
 * @expected, @actual: both are added to, in words
 * Return:  false with @m->e set when the test's numbers cannot be told; else *@passes is set. */
bool match_test(const struct matching *m, const struct test *t, const struct match_number *n,
		bool *passes, struct match_text *expected, struct match_text *actual);

/* Both: false with @m->e set when the description cannot be evaluated. */
bool match_options(struct matching *m, const struct option_list_spec *want);
bool match_data(struct matching *m, const struct segment_spec *spec);

#endif
