/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_wait.c - what a recorded script waits for before it sends the next segment.
 *
 * What must hold when it is played: each segment of the client's is sent when the server's text has come up
 * to what the segment acknowledges, and the server has acknowledged as much as it had then. Both are true
 * of any server that behaves as it did, however it cuts its text and whenever it acknowledges.
 *
 * A server sends no more than its congestion window allows before it is acknowledged, and that may be less
 * than it was, so a client's acknowledgement of very much text gets others before it: of ten segments each,
 * which is where a congestion window begins (RFC 6928). */
#include <string.h>

#include "script/print.h"
#include "script/record_priv.h"

#define STEP_SEGMENTS 10u	 /* acknowledged at once, at most */
#define COMMANDS_MAX  30000u	 /* parsed, these fit into SCRIPT_BYTES_MAX */
#define SEGMENT_MAX   65495u	 /* of text, the most that the language knows */
#define PATIENT_NS    1000000000 /* who answered later than that gets more time than the default */
#define PATIENCE_MAX  3600	 /* seconds */

/* Hostile numbers may ask for more than any script holds. */
void record_write(struct record *r, const struct command *c)
{
	r->full = r->full || ++r->commands > COMMANDS_MAX || ftell(r->f) > (long)SCRIPT_TEXT_MAX;
	if (!r->full)
		script_print_command(r->f, c, 0);
}

void record_print(struct record *r, enum verb verb, struct segment_spec *spec, int64_t within_us)
{
	struct command c = { .verb = verb,
			     .specs = spec,
			     .spec_count = spec != NULL,
			     .within_us = within_us,
			     .connection = r->name };

	if (!r->silent)
		record_write(r, &c);
}

void record_range(struct segment_spec *spec, uint32_t seq, uint32_t len)
{
	spec->fields[FIELD_SEQ] = record_equal(seq);
	spec->fields[FIELD_LEN] = record_equal(len);
}

/* More time than is usual, if it took much: -1 is the default. */
int64_t record_patience(const struct record *r)
{
	int64_t took_ns, seconds;

	/* Stamps of hostile files may be anything. */
	if (!r->sent_ns || !r->came_ns ||
	    __builtin_sub_overflow(r->came_ns, r->sent_ns, &took_ns) || took_ns < PATIENT_NS)
		return -1;
	seconds = (took_ns / 1000000000 + 1) * 3;
	return (seconds < PATIENCE_MAX ? seconds : PATIENCE_MAX) * 1000000;
}

/* "expect . from:to(..) ack N in parts", with the first line of an answer if that is here. */
static void expect_one(struct record *r, uint32_t to, bool fin, const struct first_line *line)
{
	struct segment_spec spec = { .flags = (uint16_t)(TCP_FLAG_ACK | (fin ? TCP_FLAG_FIN : 0)) };
	struct bytes_piece piece;

	record_range(&spec, r->waited, to - r->waited);
	if (r->isn_known && r->acked)
		spec.fields[FIELD_ACK] = record_equal(r->acked);
	if (line) {
		piece = (struct bytes_piece){ .bytes = line->text, .len = to - r->waited };
		spec.data.kind = DATA_BYTES;
		spec.data.bytes.count = 1;
		spec.data.bytes.pieces = &piece;
	}
	record_print(r, VERB_EXPECT_PARTS, &spec, record_patience(r));
	r->waited = to + fin;
	r->waited_ack = r->acked;
}

/* As many as it takes: what is joined, or of a very large MSS, may be longer than a segment. */
static void expect_range(struct record *r, uint32_t to, bool fin, const struct first_line *line)
{
	while (to - r->waited > SEGMENT_MAX && !r->full)
		expect_one(r, r->waited + SEGMENT_MAX, false, NULL);
	expect_one(r, to, fin, line);
}

/* Text alone, in steps that any server sends without being acknowledged. */
static void expect_text(struct record *r, uint32_t to, bool fin)
{
	uint32_t one = r->mss ? r->mss : MSS_DEFAULT;
	uint32_t most = STEP_SEGMENTS * (one > 24 ? one - 12 : one);

	while (to - r->waited > most && !r->full) {
		struct segment_spec ack = { .flags = TCP_FLAG_ACK };

		expect_range(r, r->waited + most, false, NULL);
		ack.fields[FIELD_ACK] = record_equal(r->waited);
		if (r->has_win)
			ack.fields[FIELD_WIN] = record_equal(r->win);
		record_print(r, VERB_SEND, &ack, -1);
	}
	expect_range(r, to, fin, NULL);
}

static void drop_line(struct record *r)
{
	r->line_count--;
	memmove(r->lines, r->lines + 1, r->line_count * sizeof(r->lines[0]));
}

/* Wait for the server's numbers below @upto, and for what it acknowledged. */
void record_wait(struct record *r, uint32_t upto)
{
	bool fin = r->has_fin && upto > r->fin;
	uint32_t end = fin ? r->fin : upto;

	/* Numbers from the other half of the circle are old ones. */
	if (!r->irs_known || upto - r->waited > UINT32_MAX / 2)
		upto = end = r->waited;
	fin = fin && r->waited <= r->fin;
	while (r->line_count && r->lines[0].from < r->waited)
		drop_line(r);
	while (r->line_count && r->lines[0].from < end && end > r->waited) {
		struct first_line line = r->lines[0];
		uint32_t line_end = line.from + line.len;

		if (line.from > r->waited)
			expect_text(r, line.from, false);
		line_end = line_end < end ? line_end : end;
		expect_range(r, line_end, fin && line_end == end, &line);
		fin = fin && line_end < end;
		drop_line(r);
	}
	if (r->waited < end || fin || (r->irs_known && r->acked > r->waited_ack))
		expect_text(r, end > r->waited ? end : r->waited, fin);
}
