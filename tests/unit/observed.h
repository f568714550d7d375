/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observed.h - connections as the tracker sees them, told as a dialogue in the notation of tcpdump:
 *
 *     observe_begin(&o);
 *     client(&o, "S 0:0(0) win 64240 <mss 1460,wscale 7>");
 *     server(&o, "S. 0:0(0) ack 1 win 65160 <mss 1460,wscale 7>");
 *     assert_step(&o, SYN_ACK, SYN_SENT, SYN_RECEIVED);
 *
 * Numbers are relative to the initial ones of either end. What is wrong or special with a segment is put
 * into o.next before it. */
#ifndef TCPSHAKE_UNIT_OBSERVED_H
#define TCPSHAKE_UNIT_OBSERVED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kit/dialogue.h"
#include "tcp/options.h"
#include "trace/trace.h"

#define NS_PER_MS ((int64_t)1000000)

struct observed {
	struct trace *t;
	uint32_t isn[2];
	int64_t now_ns;
	const char *text;	/* of segments with text, repeated; NULL: dialogue_byte() */
	struct trace_step step; /* the last one */
	struct {		/* for the next segment only */
		enum tcp_checksum checksum;
		uint16_t mtu_text;
		bool kernel, cut;
		int64_t after_ms; /* 0: 1 ms */
	} next;
	uint8_t bytes[65536];
};

static inline void observe_begin(struct observed *o)
{
	memset(o, 0, sizeof(*o));
	o->t = trace_new();
	assert_non_null(o->t);
	o->isn[TRACE_CLIENT] = 3626544836u; /* the worked example of SEEDS.md */
	o->isn[TRACE_SERVER] = 1739326486u;
	o->now_ns = 1700000000 * (int64_t)1000000000;
}

static inline void observe_end(struct observed *o)
{
	trace_free(o->t);
}

static inline void fill_text(struct observed *o, struct tcp_segment *seg)
{
	size_t len = o->text ? strlen(o->text) : 0;

	if (!seg->text_len)
		return;
	assert_true(seg->text_len <= sizeof(o->bytes));
	for (size_t i = 0; i < seg->text_len; i++)
		o->bytes[i] = len ? (uint8_t)o->text[i % len] : dialogue_byte(i);
	if (!o->next.cut)
		seg->text = o->bytes;
}

static inline void observe(struct observed *o, enum trace_end from, const char *text)
{
	enum trace_end to = from == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT;
	struct tcp_segment seg;
	unsigned given = dialogue_parse(text, &seg);
	struct trace_input in = { .from = from,
				  .seg = &seg,
				  .mtu_text = o->next.mtu_text,
				  .kernel = o->next.kernel,
				  .text_cut = o->next.cut };

	seg.src_port = from == TRACE_CLIENT ? 3337 : 7788;
	seg.dst_port = from == TRACE_CLIENT ? 7788 : 3337;
	seg.seq += o->isn[from];
	if (given & GIVEN_ACK)
		seg.ack += o->isn[to];
	if (!(given & GIVEN_WINDOW))
		seg.window = 65535;
	for (unsigned i = 0; i < seg.options.sack_count; i++) {
		seg.options.sack[i].from += o->isn[to];
		seg.options.sack[i].to += o->isn[to];
	}
	seg.option_len = tcp_options_encode(&seg.options, seg.option_bytes);
	seg.data_offset = (uint8_t)(5 + seg.option_len / 4);
	seg.checksum_is = o->next.checksum ? o->next.checksum : TCP_CHECKSUM_OK;
	fill_text(o, &seg);
	o->now_ns += (o->next.after_ms ? o->next.after_ms : 1) * NS_PER_MS;
	in.time_ns = o->now_ns;
	trace_segment(o->t, &in, &o->step);
	memset(&o->next, 0, sizeof(o->next));
}

static inline void client(struct observed *o, const char *segment)
{
	observe(o, TRACE_CLIENT, segment);
}

static inline void server(struct observed *o, const char *segment)
{
	observe(o, TRACE_SERVER, segment);
}

/* The three segments of the handshake; windows are not scaled, the MSS is 1460 on both sides. */
static inline void observe_handshake(struct observed *o)
{
	observe_begin(o);
	client(o, "S 0:0(0) <mss 1460,sackOK>");
	server(o, "S. 0:0(0) ack 1 <mss 1460,sackOK>");
	client(o, ". 1:1(0) ack 1");
}

/* Handshake, a request of 74 bytes and an answer of 312, all acknowledged. */
static inline void observe_exchange(struct observed *o)
{
	observe_handshake(o);
	client(o, "P. 1:75(74) ack 1");
	server(o, ". 1:1(0) ack 75");
	server(o, "P. 1:313(312) ack 75");
	client(o, ". 75:75(0) ack 313");
}

static inline void check_step(const struct observed *o, enum trace_kind kind,
			      enum tcp_state at_client, enum tcp_state at_server)
{
	assert_string_equal(trace_kind_name(o->step.kind), trace_kind_name(kind));
	assert_string_equal(tcp_state_name(o->step.state[TRACE_CLIENT]), tcp_state_name(at_client));
	assert_string_equal(tcp_state_name(o->step.state[TRACE_SERVER]), tcp_state_name(at_server));
}

#define assert_step(o, kind, client_state, server_state) \
	check_step(o, TRACE_KIND_##kind, TCP_STATE_##client_state, TCP_STATE_##server_state)

static inline const struct trace_equation *equation_of(const struct observed *o,
						       enum trace_equation_kind kind)
{
	for (unsigned i = 0; i < o->step.equation_count; i++)
		if (o->step.equations[i].kind == kind)
			return &o->step.equations[i];
	return NULL;
}

/* "1 = 0 + 0 SYN, step 1" and the like, so that a test reads as the narration does. */
static inline const char *equation_text(const struct observed *o, enum trace_equation_kind kind)
{
	static char text[2][128];
	static unsigned turn;
	char *out = text[turn++ % 2];
	const struct trace_equation *eq = equation_of(o, kind);
	int n;

	if (!eq)
		return "none";
	n = snprintf(out, sizeof(text[0]), "%u = %u", eq->value, eq->base);
	if (eq->bytes)
		n += snprintf(out + n, sizeof(text[0]) - (size_t)n, " + %u", eq->bytes);
	n += snprintf(out + n, sizeof(text[0]) - (size_t)n, "%s%s", eq->syn ? " + SYN" : "",
		      eq->fin ? " + FIN" : "");
	if (eq->first_step)
		n += snprintf(out + n, sizeof(text[0]) - (size_t)n, " of %u", eq->first_step);
	if (eq->first_step != eq->last_step)
		n += snprintf(out + n, sizeof(text[0]) - (size_t)n, "-%u", eq->last_step);
	snprintf(out + n, sizeof(text[0]) - (size_t)n, "%s, %s", eq->partly ? " partly" : "",
		 trace_verdict_name(eq->verdict));
	return out;
}

#define assert_seq(o, expected)	 assert_string_equal(equation_text(o, TRACE_EQ_SEQ), expected)
#define assert_ack(o, expected)	 assert_string_equal(equation_text(o, TRACE_EQ_ACK), expected)
#define assert_next(o, expected) assert_string_equal(equation_text(o, TRACE_EQ_NEXT), expected)

static inline bool noted(const struct observed *o, enum trace_note note)
{
	for (unsigned i = 0; i < o->step.note_count; i++)
		if (o->step.notes[i] == note)
			return true;
	return false;
}

#define assert_noted(o, note)	  assert_true(noted(o, TRACE_NOTE_##note))
#define assert_not_noted(o, note) assert_false(noted(o, TRACE_NOTE_##note))

/* No problem: only lessons, or nothing. */
static inline void assert_no_problem(const struct observed *o)
{
	for (unsigned i = 0; i < o->step.note_count; i++)
		if (o->step.notes[i] < TRACE_NOTE_SYN_TAKES_ONE)
			fail_msg("step %u: %s", o->step.number, trace_note_name(o->step.notes[i]));
}

#endif
