/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match.h - is this segment the one that was expected, and if not, why not? */
#ifndef TCPSHAKE_SCRIPT_MATCH_H
#define TCPSHAKE_SCRIPT_MATCH_H

#include "script/values.h"

/* What the numbers of a connection are relative to. */
struct match_base {
	uint32_t ours, peers; /* initial sequence numbers */
	bool peers_known; /* before the peer's SYN its own numbers are relative to its first one */
};

#define MATCH_TEXT_MAX 160u

/* One field that was compared. */
struct match_field {
	const char *name;	       /* "flags", "seq", "mss", "data", ... */
	char expected[MATCH_TEXT_MAX]; /* as written, variables put in */
	char actual[MATCH_TEXT_MAX];
	bool differs;
};

#define MATCH_FIELDS_MAX 64u
struct match_report {
	unsigned count, differing;
	struct match_field fields[MATCH_FIELDS_MAX];
};

/**
 * match_segment() - compare a segment of the peer's with a description
 * @report: filled in with each field that the description has; may be NULL
 * Return:  1 when all fit, 0 when not, -1 with @e set when the description cannot be evaluated (a variable
 *          without a number, a regular expression that is none). */
int match_segment(const struct segment_spec *spec, const struct packet *p,
		  const struct match_base *base, const struct values *v,
		  struct match_report *report, struct err *e);

/**
 * match_part() - the same of a description whose text may come in several segments (in_parts); when it
 * does, any of them may have PSH
 * @done:   bytes of its text that came so far; 0 at first. Advanced by a part that fits
 * Return:  as match_segment(), 1 when all of it has come; 2 when this was a part, and more is to come. */
int match_part(const struct segment_spec *spec, const struct packet *p,
	       const struct match_base *base, const struct values *v, uint32_t *done,
	       struct match_report *report, struct err *e);

/* Two columns, expected and actual, with a mark at what differs; each line begins with @prefix. */
void match_print(FILE *out, const struct match_report *report, const char *prefix);

#endif
