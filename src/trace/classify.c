/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classify.c - the name of a segment in the exchange that it belongs to.
 *
 * The order of the questions is that of enum trace_kind: the first that fits is the name. Only the two
 * probes are asked for before a retransmission, which they look like. */
#include "tcp/seq.h"
#include "trace/flow.h"

/* The third segment: it acknowledges the other end's SYN, and was due. Due again, when that SYN was
 * sent again because the first of its kind was lost. */
static bool completes_handshake(const struct trace_facts *f)
{
	if (!f->ack_counts || f->syn || !f->peer->isn_known)
		return false;
	if (f->was[f->from] == TCP_STATE_SYN_SENT)
		return true;
	return f->pure && f->was[f->to] == TCP_STATE_SYN_RECEIVED &&
	       f->was[f->from] != TCP_STATE_CLOSED;
}

/* RFC 9293 section 3.8.4: the number before the next, all else being acknowledged, with no byte or one
 * that does not matter. */
static bool is_keep_alive(const struct trace_facts *f)
{
	return f->seq_is == TRACE_OLD && !f->fin && f->seg->text_len <= 1 && f->me->based &&
	       f->seg->seq == f->me->nxt - 1 && f->me->una == f->me->nxt;
}

/* RFC 9293 section 3.8.6.1: one byte beyond the closed window, or, as Linux has it, the number before
 * the first unacknowledged one. */
static bool is_window_probe(const struct trace_facts *f)
{
	const struct trace_side *me = f->me, *peer = f->peer;

	if (f->fin || !me->based || !peer->edge_known || !peer->window_seen || peer->window != 0)
		return false;
	if (f->seg->seq == me->una - 1 && f->seg->text_len <= 1 && f->seq_is == TRACE_OLD)
		return true;
	return f->seg->text_len == 1 && seq_upto(me->una, f->seg->seq);
}

static bool answers_probe(const struct trace_facts *f, enum trace_kind probe)
{
	return f->pure && f->peer->probing && f->peer->probe == probe && f->ack_counts && !f->newly;
}

/* Blocks that name what arrived beyond a gap; not those that report duplicates (RFC 2883). */
static bool tells_of_a_gap(const struct trace_facts *f)
{
	for (unsigned i = 0; i < f->seg->options.sack_count; i++)
		if (seq_after(f->seg->options.sack[i].from, f->seg->ack))
			return true;
	return false;
}

/* RFC 5681 section 2, (a) to (e); with SACK the window may change (RFC 6675 section 2). */
static bool is_duplicate_ack(const struct trace_facts *f)
{
	if (!f->pure || f->seg->ack != f->peer->una || f->peer->una == f->peer->nxt)
		return false;
	return tells_of_a_gap(f) || (f->me->window_seen && f->window == f->me->window);
}

static bool is_window_update(const struct trace_facts *f)
{
	return f->pure && f->seg->ack == f->peer->una && f->me->window_seen &&
	       f->window != f->me->window;
}

enum trace_kind trace_classify(const struct trace_facts *f)
{
	if (!f->sensible)
		return TRACE_KIND_BARE;
	if (f->syn)
		return f->ack ? TRACE_KIND_SYN_ACK : TRACE_KIND_SYN;
	if (completes_handshake(f))
		return TRACE_KIND_HANDSHAKE_ACK;
	if (f->rst)
		return TRACE_KIND_RST;
	if (f->fin)
		return TRACE_KIND_FIN;
	if (is_window_probe(f))
		return TRACE_KIND_WINDOW_PROBE;
	if (is_keep_alive(f))
		return TRACE_KIND_KEEP_ALIVE;
	if (f->again)
		return TRACE_KIND_RETRANSMISSION;
	if (answers_probe(f, TRACE_KIND_KEEP_ALIVE))
		return TRACE_KIND_KEEP_ALIVE_ACK;
	if (f->seg->text_len)
		return TRACE_KIND_DATA;
	if (f->pure && f->fin_acked)
		return TRACE_KIND_FIN_ACK;
	if (!f->ack_counts || answers_probe(f, TRACE_KIND_WINDOW_PROBE))
		return TRACE_KIND_ACK;
	if (is_duplicate_ack(f))
		return TRACE_KIND_DUPLICATE_ACK;
	if (is_window_update(f))
		return TRACE_KIND_WINDOW_UPDATE;
	return TRACE_KIND_ACK;
}
