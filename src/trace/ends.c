/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ends.c - what was seen of each end: its numbers, its window, what is missing.
 *
 * Everything here happens after the segment was judged. A damaged segment, or one whose numbers cannot
 * be this connection's, changes nothing. Numbers that only the other end's acknowledgement tells of are
 * believed at once where the beginning was not seen, and otherwise only when this end agrees. */
#include <stdlib.h>

#include "tcp/seq.h"
#include "trace/flow.h"

void trace_side_reset(struct trace_side *s)
{
	free(s->ranges);
	*s = (struct trace_side){ 0 };
}

static void take_base(struct trace_side *s, uint32_t base, uint32_t nxt, bool isn_known)
{
	trace_side_reset(s);
	s->based = true;
	s->base = base;
	s->isn_known = isn_known;
	s->nxt = s->una = nxt;
	s->taken = nxt - base;
}

/* Relative number 0 is the initial number; where the SYN was not seen, the first number seen counts
 * as 1, as it would right after a SYN. */
static void base_sender(struct trace_side *me, const struct trace_facts *f)
{
	uint32_t seq = f->seg->seq;

	if (!f->syn) {
		if (!me->based)
			take_base(me, seq - 1, seq, false);
		return;
	}
	if (!me->based || (!me->isn_known && me->base != seq))
		take_base(me, seq, seq, true);
	me->isn_known = true;
}

static void base_other(struct trace_side *peer, const struct trace_facts *f)
{
	uint32_t ack = f->seg->ack;

	if (!f->ack || peer->based)
		return;
	take_base(peer, ack - 1, ack, f->syn);
}

void trace_ends_begin(struct trace *t, const struct trace_facts *f)
{
	/* A reset for a connection that does not exist has numbers of convenience (RFC 9293
	 * section 3.10.7.1): nothing can be based on them. */
	if (!f->seq_counts)
		return;
	base_sender(&t->sides[f->from], f);
	base_other(&t->sides[f->to], f);
}

static void add_hole(struct trace_side *s, uint32_t from, uint32_t to)
{
	if (s->hole_count == TRACE_HOLES_MAX) {
		for (unsigned i = 1; i < TRACE_HOLES_MAX; i++)
			s->holes[i - 1] = s->holes[i];
		s->hole_count--;
	}
	s->holes[s->hole_count++] = (struct trace_hole){ from, to };
}

/* Take [from, to) out of the holes; one that is cut in the middle becomes two. */
static void fill_holes(struct trace_side *s, uint32_t from, uint32_t to)
{
	struct trace_hole old[TRACE_HOLES_MAX];
	unsigned count = s->hole_count;

	for (unsigned i = 0; i < count; i++)
		old[i] = s->holes[i];
	s->hole_count = 0;
	for (unsigned i = 0; i < count; i++) {
		const struct trace_hole *h = &old[i];

		if (!seq_before(h->from, to) || !seq_after(h->to, from)) {
			add_hole(s, h->from, h->to);
			continue;
		}
		if (seq_before(h->from, from))
			add_hole(s, h->from, from);
		if (seq_after(h->to, to))
			add_hole(s, to, h->to);
	}
}

/* What @r takes of the holes is now its step's. */
static void claim_holes(struct trace_side *s, const struct trace_range *r)
{
	for (unsigned i = 0; i < s->hole_count; i++) {
		struct trace_range part = *r;

		part.from = seq_max(s->holes[i].from, r->from);
		part.to = seq_min(s->holes[i].to, r->to);
		part.fin = r->fin && part.to == r->to;
		if (seq_before(part.from, part.to))
			trace_range_add(s, &part);
	}
	fill_holes(s, r->from, r->to);
}

static void move_nxt(struct trace_side *s, uint32_t nxt)
{
	s->taken += nxt - s->nxt;
	s->nxt = nxt;
	if (s->claimed && !seq_after(s->claimed_edge, nxt))
		s->claimed = false;
}

static void advance(struct trace_side *me, const struct trace_facts *f, unsigned step)
{
	struct trace_range r = { .from = f->seg->seq,
				 .to = f->end,
				 .first_step = step,
				 .last_step = step,
				 .times = 1,
				 .syn = f->syn,
				 .fin = f->fin };

	if (f->end != f->seg->seq)
		claim_holes(me, &r);
	if (seq_after(f->seg->seq, me->nxt)) {
		add_hole(me, me->nxt, f->seg->seq);
		move_nxt(me, f->seg->seq);
		me->last = (struct trace_range){ 0 };
	}
	if (!seq_after(f->end, me->nxt))
		return;
	r.from = me->nxt;
	move_nxt(me, f->end);
	me->last = r;
	trace_range_add(me, &r);
}

static void record_sender(struct trace_side *me, const struct trace_facts *f,
			  const struct trace_step *step)
{
	const struct tcp_options *o = &f->seg->options;

	if (f->syn) {
		me->syn_seen = true;
		me->syn_times++;
		me->has_mss = o->has_mss;
		me->mss = o->mss;
		me->has_wscale = o->has_wscale;
		me->wscale = o->wscale;
	}
	if (f->again)
		trace_range_again(me, f->text_at, f->text_end);
	advance(me, f, step->number);
	if (f->fin) {
		me->fin_seen = true;
		me->fin = f->end - 1;
		me->fin_times++;
	}
	me->text_seen |= f->seg->text_len > 0;
	me->probing = step->kind == TRACE_KIND_KEEP_ALIVE || step->kind == TRACE_KIND_WINDOW_PROBE;
	me->probe = step->kind;
}

static const struct trace_equation *equation_of_ack(const struct trace_step *step)
{
	for (unsigned i = 0; i < step->equation_count; i++)
		if (step->equations[i].kind == TRACE_EQ_ACK)
			return &step->equations[i];
	return NULL;
}

static void record_ack(struct trace_side *peer, const struct trace_facts *f,
		       const struct trace_step *step)
{
	const struct trace_equation *eq = equation_of_ack(step);
	uint32_t ack = f->seg->ack;

	if (seq_after(ack, peer->nxt)) { /* only where the beginning was not seen: judge.c */
		move_nxt(peer, ack);
		peer->last = (struct trace_range){ 0 };
	}
	if (seq_after(ack, peer->una)) {
		peer->una = ack;
		if (eq)
			peer->acked = *eq;
		trace_range_drop(peer, ack);
		while (peer->hole_count && seq_before(peer->holes[0].from, ack))
			fill_holes(peer, peer->holes[0].from, ack);
	}
	peer->probing = false;
}

static void record_window(struct trace_side *me, const struct trace_facts *f)
{
	uint32_t edge = f->seg->ack + f->window;

	me->window = f->window;
	me->window_seen = true;
	if (!f->window_known)
		return;
	if (!me->edge_known || seq_after(edge, me->edge))
		me->edge = edge;
	me->edge_known = true;
}

void trace_ends_record(struct trace *t, const struct trace_facts *f, const struct trace_step *step)
{
	struct trace_side *me = &t->sides[f->from], *peer = &t->sides[f->to];

	if (f->seq_counts)
		record_sender(me, f, step);
	if (f->ack_counts) {
		record_ack(peer, f, step);
		record_window(me, f);
	} else if (f->seq_counts && f->ack && f->ack_is == TRACE_WRONG &&
		   seq_after(f->seg->ack, peer->nxt)) {
		peer->claimed = true;
		peer->claimed_edge = f->seg->ack + f->window;
	}
}
