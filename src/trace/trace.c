/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace.c - one segment, from the wire to an explained step.
 *
 * In:    segments of both directions of one connection, in capture order.
 * Out:   a struct trace_step for each: name, equations, changes of state, notes.
 * Rules: a segment is judged against what was seen before it, by judge.c; only then does the memory
 *        take it in, by ends.c. flow.h lists the files.
 * Never: asks the engine, reads a clock, allocates more than two short rings. */
#include <stdlib.h>

#include "tcp/seq.h"
#include "trace/flow.h"

struct trace *trace_new(void)
{
	struct trace *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->states[TRACE_SERVER] = TCP_STATE_LISTEN;
	t->sum.rtt_ns = t->sum.close_ns = -1;
	return t;
}

void trace_free(struct trace *t)
{
	if (!t)
		return;
	trace_side_reset(&t->sides[0]);
	trace_side_reset(&t->sides[1]);
	free(t);
}

static bool is_over(enum tcp_state state)
{
	return state == TCP_STATE_CLOSED || state == TCP_STATE_TIME_WAIT ||
	       state == TCP_STATE_LISTEN;
}

/* A SYN with another initial number begins a new connection on the same ports, when the old one is over,
 * was not answered, or was only ever seen in the middle. Elsewhere it is a stray. */
static bool begins_anew(const struct trace_facts *f)
{
	const struct trace_side *me = f->me;

	if (!f->syn || f->ack || f->damaged || !f->sensible || !me->based)
		return false;
	if (!me->isn_known)
		return true;
	if (me->base == f->seg->seq)
		return false;
	return is_over(f->was[f->from]) ||
	       (f->was[f->from] == TCP_STATE_SYN_SENT && !f->peer->based);
}

static void begin_anew(struct trace *t)
{
	trace_side_reset(&t->sides[0]);
	trace_side_reset(&t->sides[1]);
	t->has_syn = t->has_open = t->has_fin = t->has_closing = t->reset = false;
	t->sum.rtt_ns = t->sum.close_ns = -1;
}

/* Stamps of hostile files may be anything; differences of what comes out here always fit. */
static int64_t since_first(const struct trace *t, int64_t time_ns)
{
	const int64_t most = INT64_MAX / 2;
	int64_t ns;

	if (__builtin_sub_overflow(time_ns, t->first_ns, &ns))
		return time_ns < t->first_ns ? -most : most;
	return ns < -most ? -most : ns > most ? most : ns;
}

static void begin_step(struct trace *t, const struct trace_input *in, struct trace_step *step)
{
	if (t->steps++ == 0)
		t->first_ns = in->time_ns;
	*step = (struct trace_step){
		.number = t->steps,
		.time_ns = since_first(t, in->time_ns),
		.stamp_ns = in->time_ns,
		.from = in->from,
		.seg = *in->seg,
		.seq = in->seg->seq,
		.ack = in->seg->ack,
	};
}

static void fill_numbers(const struct trace_facts *f, struct trace_step *step)
{
	step->has_relative = f->me->based;
	step->has_relative_ack = f->peer->based;
	if (f->me->based)
		step->seq -= f->me->base;
	if (f->peer->based)
		step->ack -= f->peer->base;
	step->window = f->window;
	step->window_known = f->window_known;
	step->times_sent = f->times_sent;
}

/* Handshake until its third segment, close from the first FIN or a reset on, transfer between them. */
static void turn_phase(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	bool opened = t->phase == TRACE_HANDSHAKE && f->seq_counts && !f->syn;
	bool closes = (f->fin && f->seq_counts) || (f->rst_counts && t->phase == TRACE_TRANSFER);

	if (opened && step->kind != TRACE_KIND_HANDSHAKE_ACK)
		t->phase = TRACE_TRANSFER;
	if (closes)
		t->phase = TRACE_CLOSE;
	step->phase = t->phase;
	if (opened && t->phase == TRACE_HANDSHAKE)
		t->phase = TRACE_TRANSFER;
}

void trace_segment(struct trace *t, const struct trace_input *in, struct trace_step *step)
{
	struct trace_facts f;

	begin_step(t, in, step);
	trace_facts_begin(t, in, &f);
	f.restarts = begins_anew(&f);
	if (f.restarts)
		begin_anew(t);
	if (t->steps == 1 || f.restarts) {
		trace_states_begin(t, &f);
		f.was[0] = t->states[0];
		f.was[1] = t->states[1];
	}
	trace_judge(&f);
	trace_ends_begin(t, &f);
	fill_numbers(&f, step);

	step->kind = trace_classify(&f);
	trace_equations(&f, step);
	turn_phase(t, &f, step);
	trace_states(t, &f, step);
	trace_notes(t, &f, step);
	trace_summary_count(t, &f, step);
	trace_ends_record(t, &f, step);

	if (f.rst_counts && !f.in->kernel)
		t->reset = true;
	if (f.seq_counts && f.fresh)
		t->last_text = f.from;
	step->state[0] = t->states[0];
	step->state[1] = t->states[1];
}
