/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_came.c - the judge's ear: what an engine was told, from the segments that came to it.
 *
 * It takes every segment at its word. An engine that has reason to drop one knows less than is noted
 * here, so the rules made of it are never too strict. */
#include <stdlib.h>

#include "kit/sim_priv.h"
#include "tcp/seq.h"

#define MSS_FLOOR     28     /* no peer's MSS is taken for less, or nothing would move */
#define WSCALE_MAX    14     /* RFC 7323 section 2.3 */
#define ACK_LATEST_US 500000 /* RFC 9293 section 3.8.6.3 */

uint64_t sim_unwrap(uint32_t number, uint32_t isn, uint64_t near)
{
	return near + (uint64_t)(int64_t)(int32_t)(number - (isn + (uint32_t)near));
}

bool sim_record_begin(struct sim_end *e)
{
	struct sim_record *r = &e->rec;

	r->isn = e->plan->cfg.isn;
	r->unacked_us = -1;
	r->arrived_len = e->sim->plan->side[!e->index].text + 2; /* SYN and FIN */
	r->arrived = calloc(r->arrived_len, 1);
	return r->arrived;
}

void sim_note_syn(struct sim_end *e, const struct tcp_segment *seg)
{
	struct sim_record *r = &e->rec;
	const struct tcp_options *o = &seg->options;

	r->syn_sent = true;
	r->wscale_sent = o->has_wscale;
	r->wscale = o->wscale < WSCALE_MAX ? o->wscale : WSCALE_MAX;
	r->sack_sent = o->has_sack_permitted;
	r->ts_sent = o->has_timestamps;
}

static void take_syn(struct sim_end *e, const struct tcp_segment *seg)
{
	struct sim_record *r = &e->rec;
	const struct tcp_config *cfg = &e->plan->cfg;
	uint32_t mss = seg->options.has_mss ? seg->options.mss : cfg->peer_mss;

	if (r->told_syn)
		return;
	r->told_syn = true;
	if (mss > cfg->mss)
		mss = cfg->mss;
	r->text_max = mss > MSS_FLOOR ? mss : MSS_FLOOR;
	r->told_ts = seg->options.ts_val;
}

static void take_ack(struct sim_end *e, const struct tcp_segment *seg)
{
	struct sim_record *r = &e->rec, *peer = &e->sim->ends[!e->index].rec;
	uint64_t una = sim_unwrap(seg->ack, r->isn, r->told_una), edge;
	bool scaled = !(seg->flags & TCP_FLAG_SYN) && r->wscale_sent && peer->wscale_sent;

	if (una > r->next || !r->told_syn)
		return; /* of what was not sent, or before the SYN, which alone opens */
	edge = una + ((uint64_t)seg->window << (scaled ? peer->wscale : 0));
	if (edge - una > r->told_window)
		r->told_window = edge - una;
	if (una > r->told_una)
		r->told_una = una;
	if (edge > r->told_edge)
		r->told_edge = edge;
}

/* A late one may have been dropped for its timestamp (RFC 7323 section 5.3), or for its acknowledgement
 * (RFC 5961 section 5.2). */
static bool may_be_dropped(const struct sim_record *r, const struct tcp_segment *seg, bool ts)
{
	uint64_t una = sim_unwrap(seg->ack, r->isn, r->told_una);

	return (ts && seq_before(seg->options.ts_val, r->told_ts)) ||
	       (seg->flags & TCP_FLAG_ACK && una + r->told_window < r->told_una);
}

static void take_numbers(struct sim_end *e, const struct tcp_segment *seg, bool late)
{
	struct sim_record *r = &e->rec;
	uint64_t from = sim_unwrap(seg->seq, e->sim->ends[!e->index].rec.isn, r->reach);
	uint64_t to = from + tcp_segment_len(seg), was = r->reach;
	bool first = seg->flags & TCP_FLAG_SYN;

	if (first && from == 0)
		r->arrived[0] = 1;
	late |= sim_unwrap(seg->ack, r->isn, r->told_una) !=
		r->told_una; /* by another measure of it */
	if (seg->text_len && to > r->acked && from < r->edge)
		r->newest = from > r->reach && to < r->arrived_len && !late ? from : 0;
	/* Received, and not acknowledged yet; or at a closed window, whose ACK alone is taken. */
	if (to > from && ((to > r->acked && to <= was) || from >= r->edge))
		e->sim->blind = true;
	for (uint64_t at = from + first; at < to && at < r->arrived_len; at++)
		if (first || at < r->edge)
			r->arrived[at] = 1;
	while (r->reach < r->arrived_len && r->arrived[r->reach])
		r->reach++;
	if (r->newest < r->reach)
		r->newest = 0;
	if (r->reach > was && r->unacked_us < 0 && !late)
		r->unacked_us = e->sim->now_us;
}

void sim_judge_came(struct sim_end *e, const struct sim_flight *f)
{
	struct sim_record *r = &e->rec;
	const struct tcp_segment *seg = &f->seg;
	bool ts = r->ts_sent && e->sim->ends[!e->index].rec.ts_sent, late;

	r->came++;
	r->marks += seg->ecn == TCP_ECN_CE;
	if (seg->flags & TCP_FLAG_RST || (ts && !seg->options.has_timestamps))
		return; /* without them it is dropped (RFC 7323 section 3.2) */
	late = may_be_dropped(r, seg, ts);
	if (late && tcp_segment_len(seg))
		e->sim->blind = true;
	if (ts && seq_after(seg->options.ts_val, r->told_ts))
		r->told_ts = seg->options.ts_val;
	if (seg->flags & TCP_FLAG_SYN && f->expect == SIM_EXPECT_NOTHING)
		take_syn(e, seg);
	if (seg->flags & TCP_FLAG_ACK)
		take_ack(e, seg);
	if (f->expect != SIM_EXPECT_NOTHING)
		return;
	take_numbers(e, seg, late);
}

void sim_judge_late(struct sim_end *e)
{
	const struct sim_record *r = &e->rec;

	if (r->unacked_us >= 0 && e->sim->now_us - r->unacked_us > ACK_LATEST_US &&
	    tcp_conn_state(e->c) >= TCP_STATE_ESTABLISHED)
		sim_fail(e->sim, "end %d owes an acknowledgement for more than half a second",
			 e->index);
}
