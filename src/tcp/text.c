/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c - received text: where it goes, and what we owe as acknowledgement.
 *
 * In-order text is handed to the reader as the slice it arrived in. What the reader does not take,
 * and what came too early, is copied into the store. */
#include <string.h>

#include "tcp/conn_priv.h"
#include "tcp/seq.h"

/* Hand stored in-order text to the reader; returns what it took. */
size_t text_deliver_stored(struct tcp_conn *c)
{
	uint32_t offered = seq_ahead(c->rcv_nxt, c->rcv_edge);
	size_t total = 0, len, taken;

	while (c->read_at < c->rcv_at) {
		const uint8_t *text = reassembly_peek(&c->in, c->read_at, &len);

		if (len > c->rcv_at - c->read_at) /* what lies behind a FIN is nobody's */
			len = (size_t)(c->rcv_at - c->read_at);
		taken = c->cfg.deliver(c->cfg.context, text, len);
		c->read_at += taken;
		total += taken;
		if (taken < len)
			break;
	}
	reassembly_release(&c->in, c->read_at);
	/* A window that was all but closed and is open again must be told, or the peer waits for its
	 * persist timer. */
	if (total && offered < (c->window_limit + 1) / 2 && conn_synchronized(c) && !c->fin_taken) {
		uint32_t space = window_space(c), gain = space > offered ? space - offered : 0;

		if (gain >= 2u * c->cfg.mss || gain >= c->window_limit / 2)
			c->ack_now = true;
	}
	return total;
}

/* Text at exactly RCV.NXT: deliver, keep the rest. Returns how much of it is now received. What came
 * before, out of order, is not replaced: it was acknowledged as it was. */
static size_t take_in_order(struct tcp_conn *c, const uint8_t *text, size_t len)
{
	size_t taken = 0;

	if (c->read_at == c->rcv_at) {
		bool held = c->in.count && c->in.ranges[0].from < c->rcv_at + len;
		size_t fresh = held ? (size_t)(c->in.ranges[0].from - c->rcv_at) : len;

		taken = c->cfg.deliver(c->cfg.context, text, fresh);
		c->read_at += taken;
		reassembly_release(&c->in, c->read_at);
	}
	if (taken < len && !reassembly_put(&c->in, c->rcv_at + taken, text + taken, len - taken))
		return taken;
	return len;
}

/* Remember where out-of-order text came in: the newest block is reported first (RFC 2018 section 4). */
static void remember_recent(struct tcp_conn *c, uint64_t at)
{
	const struct reassembly_range *range = reassembly_find(&c->in, at);
	uint64_t kept[TCP_SACK_BLOCKS_MAX] = { at };
	unsigned n = 1;

	for (unsigned i = 0; i < c->recent_count && n < TCP_SACK_BLOCKS_MAX; i++)
		if (reassembly_find(&c->in, c->recent[i]) != range)
			kept[n++] = c->recent[i];
	memcpy(c->recent, kept, sizeof(kept));
	c->recent_count = n;
}

static uint32_t seq_of(const struct tcp_conn *c, uint64_t at)
{
	return c->irs + 1 + (uint32_t)at;
}

/* What fills a gap, or repeats what came, was late or doubled on the way when its timestamp is as old as
 * those of other segments; with a newer one the peer sent it again, so the path loses segments. */
static void note_late(struct tcp_conn *c, const struct tcp_segment *seg)
{
	c->resent += !c->ts_ok || seq_after(seg->options.ts_val, c->ts_newest);
}

static void note_duplicate(struct tcp_conn *c, const struct tcp_segment *seg, uint32_t from,
			   uint32_t to)
{
	c->duplicates++;
	note_late(c, seg);
	if (c->sack_ok) {
		c->dsack = (struct tcp_sack_block){ from, to };
		c->dsack_due = true;
	}
}

/* A segment, or its beginning, that we have already: report it as D-SACK (RFC 2883 section 4). */
void text_note_duplicate(struct tcp_conn *c, const struct tcp_segment *seg)
{
	uint32_t end = seq_min(seg->seq + (uint32_t)seg->text_len, c->rcv_nxt);

	/* What lies before the stream's beginning was never received; a SYN is no text. */
	if (seg->flags & TCP_FLAG_SYN || !seq_before(seg->seq, end) ||
	    c->rcv_nxt - seg->seq > c->rcv_at + c->fin_taken + 1)
		return;
	note_duplicate(c, seg, seg->seq, end);
}

uint8_t text_sack_blocks(const struct tcp_conn *c, struct tcp_sack_block out[TCP_SACK_BLOCKS_MAX])
{
	uint8_t n = 0;

	if (c->dsack_due)
		out[n++] = c->dsack;
	for (unsigned i = 0; i < c->recent_count && n < TCP_SACK_BLOCKS_MAX; i++) {
		const struct reassembly_range *r = reassembly_find(&c->in, c->recent[i]);

		if (!r || r->from <= c->rcv_at)
			continue;
		out[n++] = (struct tcp_sack_block){ seq_of(c, r->from), seq_of(c, r->to) };
	}
	return n;
}

/* Acknowledge at once, or with the next segment or the timer (RFC 9293 section 3.8.6.3, RFC 5681
 * section 4.2): at least every second full-sized segment. */
static void owe_ack(struct tcp_conn *c, size_t len)
{
	c->ack_bytes += (uint32_t)len;
	if (len > c->peer_segment)
		c->peer_segment = len < c->cfg.mss ? (uint32_t)len : c->cfg.mss;
	if (c->quick_acks) {
		c->quick_acks--;
		c->ack_now = true;
	} else if (c->ack_bytes >= 2 * c->peer_segment) {
		c->ack_now = true;
	}
}

/* RCV.NXT and what follows from it, after rcv_at moved. */
static void advance(struct tcp_conn *c)
{
	c->rcv_at = reassembly_reach(&c->in, c->rcv_at);
	/* A peer may have sent text behind the place where its FIN turns out to be. */
	if (c->fin_known && c->rcv_at > c->fin_at)
		c->rcv_at = c->fin_at;
	c->rcv_nxt = seq_of(c, c->rcv_at);
	if (c->fin_known && c->rcv_at == c->fin_at) {
		c->fin_taken = true;
		c->rcv_nxt++;
		c->ack_now = true;
		if (seq_after(c->dsack.to, c->rcv_nxt)) /* text behind a FIN is nobody's */
			c->dsack_due = false;
	}
}

/* RFC 9293 section 3.10.7.4, seventh and the data part of eighth: text, and the place of a FIN. */
void text_take(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	uint32_t skip = seq_ahead(seg->seq, c->rcv_nxt);
	uint32_t room;
	uint64_t at;
	const uint8_t *text = seg->text;
	size_t len = seg->text_len;
	bool cut = false;

	if (c->fin_taken)
		return;
	if (len && skip)
		text_note_duplicate(c, seg);
	if (skip > len)
		skip = (uint32_t)len;
	text += skip;
	len -= skip;
	at = c->rcv_at + seq_ahead(c->rcv_nxt, seg->seq + skip);

	room = seq_ahead(seg->seq + skip, c->rcv_edge);
	if (len > room) {
		len = room;
		cut = true;
	}
	if (c->fin_known && at + len > c->fin_at) { /* nothing follows a FIN */
		len = at < c->fin_at ? (size_t)(c->fin_at - at) : 0;
		cut = true;
	}
	if ((seg->flags & TCP_FLAG_FIN) && !cut && !c->fin_known) {
		c->fin_known = true;
		c->fin_at = at + len;
	}
	if (len && at == c->rcv_at) {
		bool gap = c->in.count && c->in.ranges[c->in.count - 1].to > c->rcv_at;

		if (gap)
			note_late(c, seg);
		len = take_in_order(c, text, len);
		c->rcv_at += len;
		owe_ack(c, len);
		c->ack_now |= gap || !len; /* RFC 5681 section 4.2: at once while a gap is open */
	} else if (len) {
		const struct reassembly_range *held = reassembly_find(&c->in, at);

		if (held && at + len <= held->to) /* RFC 2883 section 4 (4) */
			note_duplicate(c, seg, seg->seq + skip, seg->seq + skip + (uint32_t)len);
		else
			c->out_of_order++;
		if (reassembly_put(&c->in, at, text, len))
			remember_recent(c, at);
		c->ack_now = true;
	} else if (seg->text_len || (seg->flags & TCP_FLAG_FIN)) {
		c->ack_now = true;
	}
	advance(c);
	text_deliver_stored(c);
	window_tune(c, seg, now_us);
}
