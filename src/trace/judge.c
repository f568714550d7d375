/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge.c - one segment against what was seen before it.
 *
 * In:    a segment and the memory of both ends.
 * Out:   struct trace_facts: the verdicts on seq and ack, which bytes are new, whether a reset counts.
 * Rules: RFC 9293 section 3.4 for what is acceptable, RFC 5961 for resets. The window that limits a
 *        sender is the furthest right edge that the other end was ever seen to offer.
 * Never: changes the memory. */
#include "tcp/seq.h"
#include "trace/flow.h"

/* Flags that can stand together: one of SYN, RST and ACK at least; SYN neither with FIN nor with RST;
 * FIN only with ACK, as after the SYN every segment acknowledges (RFC 9293 section 3.1). */
static bool flags_sensible(const struct trace_facts *f)
{
	if (f->syn)
		return !f->fin && !f->rst;
	return f->rst || f->ack;
}

void trace_facts_begin(struct trace *t, const struct trace_input *in, struct trace_facts *f)
{
	const struct tcp_segment *seg = in->seg;

	*f = (struct trace_facts){
		.in = in,
		.seg = seg,
		.from = in->from,
		.to = in->from == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT,
		.was = { t->states[0], t->states[1] },
		.syn = seg->flags & TCP_FLAG_SYN,
		.fin = seg->flags & TCP_FLAG_FIN,
		.rst = seg->flags & TCP_FLAG_RST,
		.ack = seg->flags & TCP_FLAG_ACK,
		.damaged = seg->checksum_is == TCP_CHECKSUM_BAD,
		.end = tcp_segment_end(seg),
		.times_sent = 1,
	};
	f->me = &t->sides[f->from];
	f->peer = &t->sides[f->to];
	f->sensible = flags_sensible(f);
	f->pure = f->ack && !f->syn && !f->fin && !f->rst && seg->text_len == 0;
	f->text_at = seg->seq + f->syn;
	f->text_end = f->text_at + (uint32_t)seg->text_len;
	f->wraps = f->end != seg->seq && f->end - 1 < seg->seq;
}

static enum trace_verdict judge_old_seq(const struct trace_facts *f)
{
	uint32_t back = f->me->nxt - f->seg->seq;

	if (back > TRACE_FAR || (f->me->isn_known && back > f->me->taken))
		return TRACE_WRONG;
	return TRACE_OLD;
}

/* A reset is exact when it stands at the next number, or at the last one acknowledged: a kernel without
 * the connection takes the number from the segment that it answers (RFC 9293 section 3.10.7.1); in
 * answer to an old duplicate, it takes an old one. */
static enum trace_verdict judge_rst_seq(const struct trace_facts *f)
{
	uint32_t seq = f->seg->seq;

	if (seq == f->me->nxt || seq == f->me->una)
		return TRACE_OK;
	if (seq_before(seq, f->me->nxt))
		return judge_old_seq(f);
	if (f->peer->edge_known && seq_before(seq, f->peer->edge))
		return TRACE_AHEAD;
	return TRACE_WRONG;
}

static enum trace_verdict judge_seq(const struct trace_facts *f)
{
	const struct trace_side *me = f->me;
	uint32_t seq = f->seg->seq;
	bool inside;

	if (f->damaged || !f->sensible || !me->based)
		return TRACE_UNKNOWN;
	if (f->syn && !me->isn_known)
		return TRACE_UNKNOWN;
	if (f->syn)
		return seq != me->base ? TRACE_WRONG : me->syn_times ? TRACE_OLD : TRACE_OK;
	if (f->rst)
		return judge_rst_seq(f);
	if (f->beyond_fin)
		return TRACE_WRONG;
	if (seq == me->nxt)
		return TRACE_OK;
	if (seq_before(seq, me->nxt))
		return judge_old_seq(f);
	/* A window probe's byte and a FIN may have gone beyond a closed window. */
	inside =
		f->peer->edge_known ? seq_upto(seq, f->peer->edge + 2) : seq - me->nxt <= TRACE_FAR;
	if (me->claimed)
		inside |= seq_upto(seq, me->claimed_edge);
	return inside ? TRACE_AHEAD : TRACE_WRONG;
}

static enum trace_verdict judge_ack(const struct trace_facts *f)
{
	const struct trace_side *peer = f->peer;
	uint32_t ack = f->seg->ack;

	if (f->damaged || !f->sensible || !f->ack || !peer->based)
		return TRACE_UNKNOWN;
	if (peer->isn_known && ack == peer->base) /* not even its SYN */
		return TRACE_WRONG;
	if (ack == peer->una)
		return TRACE_OLD;
	if (seq_after(ack, peer->nxt))
		return peer->isn_known ? TRACE_WRONG : TRACE_UNKNOWN;
	if (seq_after(ack, peer->una))
		return TRACE_OK;
	if (peer->nxt - ack > TRACE_FAR || (peer->isn_known && peer->nxt - ack > peer->taken))
		return TRACE_WRONG;
	return TRACE_OLD;
}

/* RFC 9293 section 3.10.7.4, first check: what is old from end to end, or begins beyond the window, is
 * dropped and answered with an ACK; its own acknowledgement has no effect. What the other end has
 * received is known only as far as it was seen to acknowledge. */
static bool judge_acceptable(const struct trace_facts *f)
{
	const struct trace_side *me = f->me;
	bool empty = f->end == f->seg->seq;

	if (!f->seq_counts || f->syn || !me->based)
		return f->seq_counts;
	if (empty ? seq_before(f->seg->seq, me->una) : seq_upto(f->end, me->una))
		return false;
	return empty || !f->peer->edge_known || seq_before(f->seg->seq, f->peer->edge);
}

/* Which bytes of the text are new: those beyond nxt, and those in holes below it. */
static void sort_text(struct trace_facts *f)
{
	const struct trace_side *me = f->me;
	uint32_t len = (uint32_t)f->seg->text_len;

	if (f->seq_is == TRACE_WRONG || f->damaged)
		return;
	f->fresh = len;
	f->gap = me->based && f->seq_is == TRACE_AHEAD;
	if (!me->based || !seq_before(f->text_at, me->nxt))
		return;
	f->again = seq_before(f->text_end, me->nxt) ? len : me->nxt - f->text_at;
	for (unsigned i = 0; i < me->hole_count; i++) {
		uint32_t from = seq_max(me->holes[i].from, f->text_at);
		uint32_t to = seq_min(me->holes[i].to, f->text_end);

		if (!seq_before(from, to))
			continue;
		f->fills = true;
		f->again -= to - from <= f->again ? to - from : f->again;
	}
	f->fresh = len - f->again;
}

static unsigned count_times_sent(const struct trace_facts *f)
{
	const struct trace_range *r;

	if (f->seq_is == TRACE_WRONG || f->damaged)
		return 1;
	if (f->syn)
		return f->me->syn_times + 1;
	if (f->fin && !f->fin_fresh && !f->again)
		return f->me->fin_times + 1;
	if (!f->again)
		return 1;
	r = trace_range_find(f->me, f->text_at, f->text_end);
	return r ? r->times + 1 : 2;
}

/* RFC 9293 section 3.10.7.3: in SYN-SENT a reset counts when it acknowledges our SYN. Afterwards it must
 * stand at the next number; inside the window but not there, it only earns a challenge ACK (RFC 5961
 * section 3.2), so nothing is over yet. */
static bool judge_rst(const struct trace_facts *f)
{
	if (!f->rst || f->damaged || !f->sensible)
		return false;
	if (f->was[f->to] == TCP_STATE_SYN_SENT)
		return f->ack && f->ack_is == TRACE_OK;
	/* Of what is not acknowledged yet, we cannot know how much has arrived. */
	if (f->seq_is == TRACE_OLD)
		return seq_after(f->seg->seq, f->me->una);
	return f->seq_is == TRACE_OK || f->seq_is == TRACE_UNKNOWN;
}

/* RFC 7323 section 2.2: the window of a SYN is never scaled; all others are, when both SYNs offered. */
static void scale_window(struct trace_facts *f)
{
	const struct trace_side *me = f->me, *peer = f->peer;
	unsigned shift = 0;

	f->window = f->seg->window;
	f->window_known = f->syn || (me->syn_seen && peer->syn_seen);
	if (f->syn || !f->window_known)
		return;
	if (me->has_wscale && peer->has_wscale)
		shift = me->wscale > 14 ? 14 : me->wscale;
	f->window <<= shift;
}

void trace_judge(struct trace_facts *f)
{
	const struct trace_side *me = f->me, *peer = f->peer;
	uint32_t ack = f->seg->ack;

	f->fin_fresh = f->fin && !(me->fin_seen && me->fin == f->end - 1);
	f->beyond_fin =
		me->fin_seen && !f->syn && f->end != f->seg->seq && seq_after(f->end, me->fin + 1);
	f->seq_is = judge_seq(f);
	f->ack_is = judge_ack(f);
	f->seq_counts = !f->damaged && f->sensible && !f->rst && f->seq_is != TRACE_WRONG;
	f->acceptable = judge_acceptable(f);
	f->ack_counts = f->seq_counts && f->ack && f->ack_is != TRACE_WRONG;
	f->rst_counts = judge_rst(f);
	sort_text(f);
	f->times_sent = count_times_sent(f);
	f->newly = f->ack_counts && f->ack_is == TRACE_OK ? ack - peer->una : 0;
	f->fin_acked = f->newly && peer->fin_seen && seq_after(ack, peer->fin) &&
		       seq_upto(peer->una, peer->fin);
	f->beyond_edge = f->seq_counts && peer->edge_known && f->seg->text_len &&
			 seq_after(f->text_end, peer->edge);
	scale_window(f);
}
