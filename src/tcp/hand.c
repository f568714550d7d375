/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hand.c - segments that somebody else makes on this control block: `step` and `run`.
 *
 * In:    what was sent by hand, right or wrong.
 * Out:   a control block that counts what a peer which takes it would: SYN, and text and FIN that go on at
 *        SND.NXT, move it; text sent before its turn is kept until the gap is filled; an acknowledgement
 *        settles what was owed, a RST at SND.NXT ends it.
 * Never: refuses anything. A segment that no connection would send changes nothing here; what the peer
 *        makes of it is the point of sending it. */
#include <stdlib.h>
#include <string.h>

#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define WSCALE_MAX 14  /* RFC 7323 section 2.3 */
#define AHEAD_MAX  256 /* segments before their turn */

/* Text and FIN that were sent before their turn, or are sent now. */
struct hand_text {
	struct hand_text *next;
	uint32_t seq;
	bool fin;
	size_t len;
	const uint8_t *text;
};

void tcp_conn_set_automatic(struct tcp_conn *c, unsigned duties, int64_t now_us)
{
	c->cfg.automatic = duties;
	timers_tend(c, now_us);
}

void tcp_conn_fill(struct tcp_conn *c, unsigned given, struct tcp_segment *seg, int64_t now_us)
{
	bool syn = seg->flags & TCP_FLAG_SYN;

	seg->src_port = c->cfg.local_port;
	seg->dst_port = c->cfg.peer_port;
	if (!(given & TCP_GIVEN_SEQ))
		seg->seq = syn ? c->iss : c->snd_nxt;
	if (!(given & TCP_GIVEN_ACK))
		seg->ack = seg->flags & TCP_FLAG_ACK ? c->rcv_nxt : 0;
	if (!(given & TCP_GIVEN_WINDOW))
		seg->window = syn ? window_for_syn(c) : window_field(c);
	if (!(given & TCP_GIVEN_OPTIONS) && !(seg->flags & TCP_FLAG_RST))
		output_fill_options(c, seg, now_us);
}

/* What our SYN offered is what can be agreed on, whatever the configuration says. Text in it shares its
 * record: as long as the SYN is not answered, what is sent again is the SYN alone. */
static void syn_by_hand(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	const struct tcp_options *o = &seg->options;
	uint32_t end = seg->seq + 1;

	c->cfg.use_wscale = o->has_wscale;
	c->cfg.wscale = o->has_wscale ? o->wscale : 0;
	if (c->cfg.wscale > WSCALE_MAX)
		c->cfg.wscale = WSCALE_MAX;
	c->cfg.use_sack = o->has_sack_permitted;
	c->cfg.use_timestamps = o->has_timestamps;
	c->cfg.use_ecn =
		(seg->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR)) == (TCP_FLAG_ECE | TCP_FLAG_CWR);
	if (o->has_timestamps)
		c->cfg.ts_offset = o->ts_val - (uint32_t)(now_us / 1000);
	c->iss = c->snd_una = c->snd_nxt = seg->seq;
	c->q.text_seq = c->iss + 1;
	tcp_conn_open(c, now_us);
	end += (uint32_t)sendq_write(&c->q, seg->text, seg->text_len);
	if (sendq_sent(&c->q, c->iss, end, now_us))
		c->snd_nxt = end;
}

/* The connection that ended is forgotten: what follows is another one on the same ports. */
static bool begin_anew(struct tcp_conn *c)
{
	struct tcp_conn *fresh = tcp_conn_new(&c->cfg), old = *c;

	if (!fresh)
		return false;
	*c = *fresh;
	*fresh = old;
	tcp_conn_free(fresh);
	return true;
}

/* Would the peer look at text that comes with this acknowledgement? Not without one, nor with one of what
 * it never sent (RFC 9293 section 3.10.7.4, fifth). */
static bool ack_is_possible(const struct tcp_conn *c, const struct tcp_segment *seg)
{
	if (!conn_synchronized(c))
		return true;
	return seg->flags & TCP_FLAG_ACK && seq_before(c->irs, seg->ack) &&
	       seq_upto(seg->ack, c->rcv_nxt);
}

/* Text and FIN that go on where the last segment ended, if only with their last part. */
static bool go_on(struct tcp_conn *c, const struct hand_text *t, int64_t now_us)
{
	uint32_t end = t->seq + (uint32_t)t->len, skip = seq_ahead(t->seq, c->snd_nxt);
	bool fin = t->fin && conn_synchronized(c);

	if (c->fin_sent || seq_after(t->seq, c->snd_nxt) || !seq_before(c->snd_nxt, end + fin))
		return false;
	/* What waits to be sent by the engine would have these very numbers: then it is that. */
	if (!seq_before(c->snd_nxt, sendq_text_end(&c->q)) && skip < t->len &&
	    sendq_write(&c->q, t->text + skip, t->len - skip) != t->len - skip)
		return false;
	if (seq_before(sendq_text_end(&c->q), end) ||
	    !sendq_sent(&c->q, c->snd_nxt, end + fin, now_us))
		return false;
	if (fin) {
		c->close_wanted = true;
		output_note_fin(c, end);
	}
	c->snd_nxt = end + fin;
	return true;
}

static void keep_ahead(struct tcp_conn *c, const struct hand_text *t)
{
	struct hand_text *kept, **last = &c->ahead;
	size_t bytes = t->len;
	unsigned count = 0;

	for (; *last; last = &(*last)->next, count++)
		bytes += (*last)->len;
	if (count == AHEAD_MAX || bytes > c->q.limit || !(kept = malloc(sizeof(*kept) + t->len)))
		return;
	*kept = *t;
	kept->text = memcpy(kept + 1, t->text ? t->text : (const uint8_t *)"", t->len);
	*last = kept;
}

void conn_forget_ahead(struct tcp_conn *c)
{
	while (c->ahead) {
		struct hand_text *t = c->ahead;

		c->ahead = t->next;
		free(t);
	}
}

static void text_by_hand(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	struct hand_text t = { .seq = seg->seq,
			       .fin = seg->flags & TCP_FLAG_FIN,
			       .len = seg->text_len,
			       .text = seg->text };
	bool moved;

	if (c->fin_sent || (!t.len && !t.fin) || !ack_is_possible(c, seg))
		return;
	if (conn_synchronized(c) && seq_after(t.seq, c->snd_nxt)) {
		if (seq_before(t.seq, c->snd_una + c->snd_wnd)) /* else the peer drops it */
			keep_ahead(c, &t);
		return;
	}
	moved = go_on(c, &t, now_us);
	while (moved) {
		moved = false;
		for (const struct hand_text *k = c->ahead; k; k = k->next)
			moved = go_on(c, k, now_us) || moved;
	}
}

static void ack_by_hand(struct tcp_conn *c, const struct tcp_segment *seg)
{
	uint32_t edge = seg->ack + ((uint32_t)seg->window << c->rcv_wscale);

	if (!conn_synchronized(c) || seq_before(c->rcv_nxt, seg->ack))
		return;
	c->rcv_edge = seq_max(c->rcv_edge, edge); /* an older number promises room, too */
	if (seg->ack != c->rcv_nxt)
		return;
	c->last_ack_sent = c->rcv_nxt;
	c->ack_now = false;
	c->ack_bytes = 0;
}

void tcp_conn_by_hand(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	uint16_t kind = seg->flags & (TCP_FLAG_SYN | TCP_FLAG_RST | TCP_FLAG_FIN);
	bool opens = c->state == TCP_STATE_CLOSED && kind == TCP_FLAG_SYN &&
		     !(seg->flags & TCP_FLAG_ACK);

	if (opens && c->snd_nxt != c->iss && !begin_anew(c))
		return;
	c->segments_sent++;
	c->text_sent += seg->text_len;
	if (c->state == TCP_STATE_CLOSED) {
		if (!opens)
			return;
		syn_by_hand(c, seg, now_us);
	} else if (kind & TCP_FLAG_RST) {
		if (seg->seq == c->snd_nxt)
			conn_fail(c, TCP_FAILURE_ABORTED);
	} else if (!(kind & TCP_FLAG_SYN)) {
		if (seg->flags & TCP_FLAG_ACK)
			ack_by_hand(c, seg);
		text_by_hand(c, seg, now_us);
	}
	timers_tend(c, now_us);
}
