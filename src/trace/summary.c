/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.c - the whole flow, counted and timed. */
#include "tcp/seq.h"
#include "trace/flow.h"

static void count_equations(struct trace_summary *sum, const struct trace_step *step)
{
	for (unsigned i = 0; i < step->equation_count; i++) {
		sum->equations += step->equations[i].verdict != TRACE_UNKNOWN;
		sum->wrong_equations += step->equations[i].verdict == TRACE_WRONG;
	}
}

static void count_text(struct trace_summary *sum, const struct trace_facts *f,
		       const struct trace_step *step)
{
	bool probe = step->kind == TRACE_KIND_KEEP_ALIVE || step->kind == TRACE_KIND_WINDOW_PROBE;

	if (!f->seq_counts)
		return;
	sum->text[f->from] += f->fresh;
	if (!probe) {
		sum->text_again[f->from] += f->again;
		sum->retransmissions[f->from] += f->times_sent > 1;
	}
	sum->out_of_order[f->from] += f->fills && !f->again;
}

/* How the close goes is decided by the second FIN: does it acknowledge the first, and is it the first to
 * do so? */
static void note_fin(struct trace *t, const struct trace_facts *f, int64_t time_ns)
{
	const struct trace_side *peer = f->peer;

	if (!f->fin_fresh || !f->seq_counts)
		return;
	if (!peer->fin_seen) {
		if (!t->has_fin)
			t->sum.first_fin = f->from;
		if (!t->has_fin)
			t->fin_ns = time_ns;
		t->has_fin = true;
		return;
	}
	t->has_closing = true;
	if (!f->ack_counts || !seq_after(f->seg->ack, peer->fin))
		t->closing = TRACE_CLOSING_SIMULTANEOUS;
	else
		t->closing = f->fin_acked ? TRACE_CLOSING_THREE : TRACE_CLOSING_FOUR;
}

static void note_times(struct trace *t, const struct trace_facts *f, const struct trace_step *step)
{
	struct trace_summary *sum = &t->sum;

	sum->total_ns = step->time_ns;
	if (step->kind == TRACE_KIND_SYN && !t->has_syn) {
		t->has_syn = true;
		t->syn_ns = step->time_ns;
	}
	/* Karn's rule: of a SYN sent twice, nobody knows which one was answered (RFC 6298 section 3). */
	if (step->kind == TRACE_KIND_SYN_ACK && f->times_sent == 1 && f->ack_is == TRACE_OK &&
	    f->peer->syn_times == 1)
		sum->rtt_ns = step->time_ns - t->syn_ns;
	if (step->kind == TRACE_KIND_HANDSHAKE_ACK && !t->has_open) {
		t->has_open = true;
		t->open_ns = step->time_ns;
	}
	if (f->fin_acked && t->has_fin)
		sum->close_ns = step->time_ns - t->fin_ns;
}

void trace_summary_count(struct trace *t, const struct trace_facts *f,
			 const struct trace_step *step)
{
	struct trace_summary *sum = &t->sum;

	sum->segments[f->from]++;
	sum->bad_checksums[f->from] += f->damaged;
	if (!f->damaged)
		sum->duplicate_acks[f->from] += step->kind == TRACE_KIND_DUPLICATE_ACK;
	count_equations(sum, step);
	count_text(sum, f, step);
	note_fin(t, f, step->time_ns);
	note_times(t, f, step);
}

static bool fin_acked(const struct trace_side *s)
{
	return s->fin_seen && seq_after(s->una, s->fin);
}

void trace_summary(const struct trace *t, struct trace_summary *out)
{
	bool closed = fin_acked(&t->sides[0]) && fin_acked(&t->sides[1]);

	*out = t->sum;
	out->handshake_ns = t->has_syn && t->has_open ? t->open_ns - t->syn_ns : -1;
	out->transfer_ns = t->has_open && t->has_fin ? t->fin_ns - t->open_ns : -1;
	out->first_fin_known = t->has_fin;
	if (!closed)
		out->close_ns = -1;
	if (closed && t->has_closing)
		out->closing = t->closing;
	else
		out->closing = t->reset ? TRACE_CLOSING_RESET : TRACE_CLOSING_OPEN;
	for (int end = 0; end < 2; end++) {
		out->state[end] = t->states[end];
		out->isn[end] = t->sides[end].base;
		out->isn_known[end] = t->sides[end].isn_known;
	}
}
