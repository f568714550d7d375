/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_priv.h - what the files of the recorder share: record.c (what was seen), record_wait.c (what the script
 * waits for), record_options.c. */
#ifndef TCPSHAKE_SCRIPT_RECORD_PRIV_H
#define TCPSHAKE_SCRIPT_RECORD_PRIV_H

#include "script/ranges.h"
#include "script/record.h"

#define LINES_MAX    8u
#define LINE_MAX_LEN 200u
#define MSS_DEFAULT  536u /* RFC 9293 section 3.7.1 */

/* The first line of an answer, which must be the same. */
struct first_line {
	uint32_t from;
	uint32_t len;
	uint8_t text[LINE_MAX_LEN];
};

struct record {
	char *text;
	size_t len;
	FILE *f;
	const char *name;    /* of the connection; NULL: the only one, or the unnamed one */
	bool shared, silent; /* f is another record's; nothing is written now */
	bool full;	     /* longer than a script may be */
	unsigned commands;   /* written so far */
	struct err why_not;
	bool over; /* reset: what still passes is of no connection */

	/* the client */
	bool isn_known;
	uint32_t isn;
	struct ranges sent; /* SYN and FIN are numbers too; relative, as all below */
	uint16_t mss, win;  /* of its SYN; its last window */
	bool has_win, timestamps, bad_sums;
	bool asked; /* text of its was sent since the server's last */
	int64_t sent_ns;

	/* the server */
	bool irs_known;
	uint32_t irs;
	uint16_t peer_mss;
	uint32_t came, acked, fin; /* the ends of what was seen; the number of its FIN */
	bool has_fin, closes;	   /* ... and the client has sent its own */
	int64_t came_ns;
	struct first_line lines[LINES_MAX];
	unsigned line_count;

	/* what the script waited for already */
	uint32_t waited, waited_ack;
};

static inline struct test record_equal(uint32_t value)
{
	return (struct test){ .kind = TEST_EQUAL,
			      .a = { .count = 1, .terms = { { .value = value } } } };
}

/* record_wait.c */
void record_write(struct record *r, const struct command *c);
void record_print(struct record *r, enum verb verb, struct segment_spec *spec, int64_t within_us);
void record_range(struct segment_spec *spec, uint32_t seq, uint32_t len);
int64_t record_patience(const struct record *r); /* of what is expected, in microseconds */
/* Wait for the server's numbers below @upto, and for what it acknowledged. */
void record_wait(struct record *r, uint32_t upto);

/* record_options.c: descriptions of a segment's options, at most OPTION_ITEMS_MAX; how many. */
unsigned record_option_kinds(const struct tcp_segment *seg, struct option_item *items);
unsigned record_option_values(const struct tcp_segment *seg, struct option_item *items);

#endif
