/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equations.c - the arithmetic of one segment, with the numbers put in.
 *
 * What the numbers are measured against is what both ends were seen to send: the sequence number
 * against its sender's numbers, the acknowledgement against the other end's. SYN and FIN take one
 * number, a byte of text takes one, an acknowledgement none (RFC 9293 section 3.4). */
#include "tcp/seq.h"
#include "trace/flow.h"

static struct trace_equation *add(struct trace_step *step, enum trace_equation_kind kind,
				  enum trace_verdict verdict, uint32_t value)
{
	struct trace_equation *eq = &step->equations[step->equation_count++];

	*eq = (struct trace_equation){
		.kind = kind, .verdict = verdict, .value = value, .base = value
	};
	return eq;
}

/* This segment's seq follows what its sender sent last. */
static void add_seq(const struct trace_facts *f, struct trace_step *step)
{
	const struct trace_side *me = f->me;
	const struct trace_range *last = &me->last;
	struct trace_equation *eq;

	if (f->syn && f->seq_is != TRACE_WRONG)
		return; /* the first number is free: nothing to check it against */
	eq = add(step, TRACE_EQ_SEQ, f->seq_is, step->seq);
	if (f->seq_is == TRACE_UNKNOWN || !me->based)
		return;
	eq->base = (f->rst && f->seq_is == TRACE_OK ? f->seg->seq : me->nxt) - me->base;
	if (f->seq_is != TRACE_OK || f->seg->seq != me->nxt || !last->last_step)
		return;
	eq->base = last->from - me->base;
	eq->syn = last->syn;
	eq->fin = last->fin;
	eq->bytes = last->to - last->from - last->syn - last->fin;
	eq->first_step = last->first_step;
	eq->last_step = last->last_step;
}

/* Which steps took the numbers from una to ack; none is named when some of them were not seen. */
static void trace_back(const struct trace_facts *f, struct trace_equation *eq)
{
	uint32_t from = f->peer->una, ack = f->seg->ack;
	unsigned first = 0, last = 0;
	bool partly = false;
	const struct trace_range *r;

	for (unsigned i = 0; (r = trace_range_get(f->peer, i)) && seq_before(r->from, ack); i++) {
		if (seq_after(r->from, from))
			return;
		partly = seq_before(r->from, from) || seq_after(r->to, ack);
		if (!first || r->first_step < first)
			first = r->first_step;
		if (r->last_step > last)
			last = r->last_step;
		from = r->to;
	}
	if (seq_before(from, ack))
		return;
	/* Out of order: the lowest and the highest of their steps. */
	eq->first_step = first;
	eq->last_step = last;
	eq->partly = partly && first == last;
}

static void add_ack(const struct trace_facts *f, struct trace_step *step)
{
	const struct trace_side *peer = f->peer;
	struct trace_equation *eq = add(step, TRACE_EQ_ACK, f->ack_is, step->ack);

	if (f->ack_is == TRACE_UNKNOWN || !peer->based)
		return;
	if (f->ack_is == TRACE_WRONG) {
		eq->base = peer->nxt - peer->base;
	} else if (f->ack_is == TRACE_OK) {
		eq->base = peer->una - peer->base;
		eq->syn = peer->isn_known && peer->una == peer->base;
		eq->fin = f->fin_acked;
		eq->bytes = f->seg->ack - peer->una - eq->syn - eq->fin;
		trace_back(f, eq);
	} else if (f->seg->ack == peer->una && peer->acked.value == step->ack) {
		*eq = peer->acked;
		eq->verdict = TRACE_OLD;
	} else {
		eq->base = peer->una - peer->base;
	}
}

static void add_next(const struct trace_facts *f, struct trace_step *step)
{
	enum trace_verdict verdict = TRACE_OLD;
	struct trace_equation *eq;

	if (f->damaged || f->seq_is == TRACE_WRONG)
		verdict = TRACE_UNKNOWN;
	else if (f->fresh || f->fin_fresh || (f->syn && !f->me->syn_times))
		verdict = TRACE_OK;
	eq = add(step, TRACE_EQ_NEXT, verdict, step->seq + (f->end - f->seg->seq));
	eq->base = step->seq;
	eq->bytes = (uint32_t)f->seg->text_len;
	eq->syn = f->syn;
	eq->fin = f->fin;
}

void trace_equations(const struct trace_facts *f, struct trace_step *step)
{
	if (!f->sensible)
		return;
	add_seq(f, step);
	if (f->ack)
		add_ack(f, step);
	if (f->end != f->seg->seq && !f->rst)
		add_next(f, step);
}
