/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - the next segment to send, if any.
 *
 * In the order of urgency: a RST; a probe of a closed window; what was lost; what is new, SYN and FIN
 * included; a bare acknowledgement. Every segment but the first SYN acknowledges.
 * Never: decides what an arriving segment means (input.c, loss.c), or when time is up (timer.c). */
#include "tcp/conn_priv.h"
#include "tcp/options.h"
#include "tcp/seq.h"

#define TS_LEN 12u /* timestamps with their two NOPs */

/* Our timestamp clock: a tick a millisecond (RFC 7323 section 5.4), from 1 on: 0 means none. */
uint32_t output_ts_now(const struct tcp_conn *c, int64_t now_us)
{
	return (uint32_t)(now_us / 1000) + c->cfg.ts_offset;
}

/* The peer takes nothing at the moment, and we have, or had, something for it. */
bool output_window_shut(const struct tcp_conn *c)
{
	return conn_synchronized(c) && c->snd_wnd == 0 && (c->q.count || conn_unsent(c)) &&
	       c->state != TCP_STATE_TIME_WAIT;
}

static uint32_t option_space(const struct tcp_conn *c)
{
	return c->ts_ok ? TS_LEN : 0;
}

/* Text that fits one segment beside its options (RFC 6691). */
uint32_t output_text_max(const struct tcp_conn *c)
{
	return c->mss - option_space(c);
}

void output_fill_options(const struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	struct tcp_options *o = &out->options;
	bool syn = out->flags & TCP_FLAG_SYN;
	/* Nothing is agreed on yet: offer. In CLOSED it is a SYN by hand that will open the connection. */
	bool first = c->state == TCP_STATE_SYN_SENT || (syn && c->state == TCP_STATE_CLOSED);

	if (syn) {
		o->has_mss = c->cfg.mss != 0;
		o->mss = c->cfg.mss;
		o->has_wscale = first ? c->cfg.use_wscale : c->wscale_ok;
		o->wscale = c->cfg.wscale;
		o->has_sack_permitted = first ? c->cfg.use_sack : c->sack_ok;
	}
	if (first ? c->cfg.use_timestamps : c->ts_ok) {
		o->has_timestamps = true;
		o->ts_val = output_ts_now(c, now_us);
		o->ts_ecr = c->ts_ok ? c->ts_recent : 0;
	}
	/* Beside text there is no room set aside for SACK. */
	if (c->sack_ok && !out->text_len && !(out->flags & (TCP_FLAG_SYN | TCP_FLAG_RST)))
		o->sack_count = text_sack_blocks(c, o->sack);
	out->option_len = tcp_options_encode(o, out->option_bytes);
}

/* Complete a segment whose seq, flags and text are set, and count what it settles. */
static bool finish(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	out->src_port = c->cfg.local_port;
	out->dst_port = c->cfg.peer_port;
	if (c->state != TCP_STATE_SYN_SENT) {
		out->flags |= TCP_FLAG_ACK;
		out->ack = c->rcv_nxt;
		c->last_ack_sent = c->rcv_nxt;
		c->ack_now = false;
		c->ack_bytes = 0;
	}
	if (out->flags & TCP_FLAG_SYN) {
		out->flags |= ecn_syn_flags(c);
		out->window = window_for_syn(c);
		if (c->state != TCP_STATE_SYN_SENT) /* a promise, as any other */
			c->rcv_edge = seq_max(c->rcv_edge, c->rcv_nxt + out->window);
	} else {
		out->window = window_select(c);
		if (c->ecn.echo)
			out->flags |= TCP_FLAG_ECE;
	}
	output_fill_options(c, out, now_us);
	if (!out->text_len)
		c->dsack_due = false;
	c->segments_sent++;
	c->text_sent += out->text_len;
	if (out->text_len)
		c->text_sent_us = now_us;
	if (c->recovering && !c->after_timeout)
		congestion_sent_in_recovery(&c->cc, (uint32_t)out->text_len);
	timers_tend(c, now_us);
	return true;
}

static bool emit_rst(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (!c->rst_owed)
		return false;
	*out = c->rst;
	out->src_port = c->cfg.local_port;
	out->dst_port = c->cfg.peer_port;
	c->rst_owed = false;
	if (c->ts_ok) /* RFC 7323 section 3.2 */
		output_fill_options(c, out, now_us);
	c->segments_sent++;
	return true;
}

/* What [seq, end) consists of: SYN, text, FIN. */
static void fill_range(struct tcp_conn *c, struct tcp_segment *out, uint32_t seq, uint32_t end)
{
	*out = (struct tcp_segment){ .seq = seq };
	/* By state, not by number: the numbers come round. */
	if (c->state == TCP_STATE_SYN_SENT || c->state == TCP_STATE_SYN_RECEIVED) {
		out->flags |= TCP_FLAG_SYN;
		return;
	}
	if (c->fin_sent && end == c->fin_seq + 1) {
		out->flags |= TCP_FLAG_FIN;
		end--;
	}
	out->text_len = end - seq;
	out->text = sendq_slice(&c->q, seq, out->text_len, c->q.scratch);
	/* PSH where the written text ends, as everybody does (RFC 9293 section 3.9.1.2). */
	if (out->text_len && end == sendq_text_end(&c->q))
		out->flags |= TCP_FLAG_PSH;
}

/* Our FIN goes out for the first time, with number @seq. */
void output_note_fin(struct tcp_conn *c, uint32_t seq)
{
	c->fin_sent = true;
	c->fin_seq = seq;
	if (c->state == TCP_STATE_ESTABLISHED)
		conn_enter(c, TCP_STATE_FIN_WAIT_1);
	else if (c->state == TCP_STATE_CLOSE_WAIT)
		conn_enter(c, TCP_STATE_LAST_ACK);
}

/* RFC 9293 section 3.8.6.1: one byte of text, or the FIN, into the closed window. */
static bool emit_probe(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (!c->probe_due)
		return false;
	c->probe_due = false;
	if (!output_window_shut(c))
		return false;
	if (!c->q.count) {
		if (!sendq_sent(&c->q, c->snd_nxt, c->snd_nxt + 1, now_us))
			return false;
		if (!seq_before(c->snd_nxt, sendq_text_end(&c->q)))
			output_note_fin(c, c->snd_nxt);
		c->snd_nxt++;
	} else {
		sendq_mark(&c->q, sendq_record(&c->q, 0), SENT_AGAIN, 0);
	}
	if (!c->probe_out)
		c->progress_us = now_us;
	c->probe_out = true;
	fill_range(c, out, c->snd_una, c->snd_una + 1);
	return finish(c, out, now_us);
}

static struct sent *first_lost(struct tcp_conn *c, unsigned *index)
{
	for (unsigned i = 0; c->q.lost && i < c->q.count; i++) {
		struct sent *s = sendq_record(&c->q, i);

		if (s->marks & SENT_LOST) {
			*index = i;
			return s;
		}
	}
	return NULL;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The path may have become narrower since a range was sent. A FIN may ride on a full segment. */
static bool cut_to_fit(struct tcp_conn *c, unsigned index)
{
	const struct sent *s = sendq_record(&c->q, index);
	uint32_t limit = output_text_max(c), text = s->end - s->seq;

	if (c->fin_sent && s->end == c->fin_seq + 1)
		text--;
	return text <= limit || sendq_split(&c->q, index, s->seq + limit);
}

static bool emit_lost(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	uint32_t limit = output_text_max(c);
	struct sent *s;
	unsigned index;

	if (!(c->cfg.automatic & TCP_AUTO_RETRANSMIT) || output_window_shut(c))
		return false;
	s = first_lost(c, &index);
	if (!s || (!c->kick && conn_in_flight(c) + least(s->end - s->seq, limit) > c->cc.cwnd))
		return false;
	c->kick = false;
	if (!cut_to_fit(c, index))
		return false;
	s = sendq_record(&c->q, index);
	fill_range(c, out, s->seq, s->end);
	sendq_mark(&c->q, s, SENT_AGAIN, SENT_LOST);
	s->sent_us = now_us;
	if (!(out->flags & TCP_FLAG_SYN) || c->state == TCP_STATE_SYN_SENT)
		c->retransmissions++;
	return finish(c, out, now_us);
}

static bool emit_syn(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (c->state != TCP_STATE_SYN_SENT || c->snd_nxt != c->iss ||
	    !sendq_sent(&c->q, c->iss, c->iss + 1, now_us))
		return false;
	c->snd_nxt = c->iss + 1;
	fill_range(c, out, c->iss, c->snd_nxt);
	return finish(c, out, now_us);
}

/* RFC 9293 section 3.8.6.2.1, the sender's half of silly-window avoidance, with Nagle in it
 * (section 3.7.4). @text: bytes that could be sent; @waiting: bytes that should be. */
static bool worth_sending(const struct tcp_conn *c, uint32_t text, uint32_t waiting)
{
	if (text >= output_text_max(c) || c->push_small)
		return true;
	if (text == waiting && (c->snd_nxt == c->snd_una || !c->cfg.nagle || c->close_wanted))
		return true;
	return text >= c->snd_wnd_max / 2;
}

/* How much new text may go out now, in one segment. */
static uint32_t sendable_text(const struct tcp_conn *c)
{
	uint32_t waiting = seq_ahead(c->snd_nxt, sendq_text_end(&c->q));
	uint32_t text = waiting, window = seq_ahead(c->snd_nxt, c->snd_una + c->snd_wnd);
	uint32_t in_flight = conn_in_flight(c), limit = c->cc.cwnd;

	/* RFC 3042: the first two duplicates each say that a segment left the network. */
	if (!c->sack_ok && !c->recovering)
		limit += least(c->dup_acks, 2) * c->mss;
	if (!(c->cfg.automatic & TCP_AUTO_SEND))
		return 0;
	if (text > output_text_max(c))
		text = output_text_max(c);
	if (text > window)
		text = window;
	if (in_flight && in_flight + text > limit && !c->tail_due)
		return 0;
	return text && worth_sending(c, text, waiting) ? text : 0;
}

/* FIN goes with the last text or alone, once; it takes a number, so the window counts. */
static bool fin_fits(const struct tcp_conn *c, uint32_t after)
{
	return c->close_wanted && !c->fin_sent && (c->cfg.automatic & TCP_AUTO_CLOSE) &&
	       after == sendq_text_end(&c->q) && seq_before(after, c->snd_una + c->snd_wnd);
}

static bool emit_new(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	uint32_t text, end;
	bool fin;

	if (!conn_unsent(c))
		return false;
	/* What was known of the path before a pause is old (RFC 5681 section 4.1). */
	if (!c->q.count && now_us - c->text_sent_us > rtt_rto(&c->rtt))
		congestion_restart(&c->cc, c->mss);
	text = sendable_text(c);
	end = c->snd_nxt + text;
	fin = fin_fits(c, end);
	if (!text && !fin)
		return false;
	if (!sendq_sent(&c->q, c->snd_nxt, end + fin, now_us))
		return false;
	if (fin)
		output_note_fin(c, end);
	fill_range(c, out, c->snd_nxt, end + fin);
	ecn_mark_new(c, out);
	c->snd_nxt = end + fin;
	c->push_small = false;
	c->timers[TIMER_TAIL] = TCP_NEVER; /* starts anew with each new range */
	return finish(c, out, now_us);
}

/* The last segment of what is out, by itself where the range was sent in a larger one. */
static bool cut_tail(struct tcp_conn *c)
{
	const struct sent *s = sendq_record(&c->q, c->q.count - 1);
	uint32_t limit = output_text_max(c), text = s->end - s->seq;
	bool fin = c->fin_sent && s->end == c->fin_seq + 1;

	return text - fin <= limit || sendq_split(&c->q, c->q.count - 1, s->end - fin - limit);
}

/* RFC 8985 section 7.3: new text if there is any, else the last range once more, so that its
 * acknowledgement shows whether the tail arrived. */
static bool emit_tail_probe(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	bool fresh;

	if (!c->tail_due)
		return false;
	if (!c->q.count || c->recovering || output_window_shut(c)) {
		c->tail_due = false;
		return false;
	}
	c->timers[TIMER_RETRANSMIT] = TCP_NEVER; /* the RTO counts from the probe on */
	fresh = emit_new(c, out, now_us);
	c->tail_due = false;
	c->tail_out = true;
	c->timers[TIMER_TAIL] = TCP_NEVER; /* one probe only (RFC 8985 section 7.3) */
	c->tail_again = !fresh;
	c->tail_end = c->snd_nxt;
	if (!fresh) {
		struct sent *s;

		if (!cut_tail(c))
			return false;
		s = sendq_record(&c->q, c->q.count - 1);
		fill_range(c, out, s->seq, s->end);
		sendq_mark(&c->q, s, SENT_AGAIN, SENT_LOST);
		s->sent_us = now_us;
		c->retransmissions++;
		finish(c, out, now_us);
	}
	return true;
}

/* RFC 9293 section 3.8.4: a number that the peer has already, and no text, so that it must answer. */
static bool emit_keepalive(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (!c->keepalive_due)
		return false;
	c->keepalive_due = false;
	if (c->q.count || !c->keepalive_probes)
		return false;
	*out = (struct tcp_segment){ .seq = c->snd_nxt - 1 };
	return finish(c, out, now_us);
}

static bool emit_ack(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (!c->ack_now || !(c->cfg.automatic & TCP_AUTO_ACK) || c->state == TCP_STATE_SYN_SENT)
		return false;
	*out = (struct tcp_segment){ .seq = c->snd_nxt };
	return finish(c, out, now_us);
}

/* A gap, or a duplicate, is told in a segment of its own: beside text there is no room for SACK, and the
 * peer does not count an acknowledgement with text as a duplicate (RFC 2018 section 4, RFC 5681 2). */
static bool emit_report(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	bool gap = c->in.count && c->in.ranges[c->in.count - 1].to > c->rcv_at;

	return (gap || c->dsack_due) && emit_ack(c, out, now_us);
}

bool tcp_conn_emit(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us)
{
	if (emit_rst(c, out, now_us))
		return true;
	if (c->state == TCP_STATE_CLOSED)
		return false;
	return emit_report(c, out, now_us) || emit_probe(c, out, now_us) ||
	       emit_lost(c, out, now_us) || emit_syn(c, out, now_us) ||
	       emit_tail_probe(c, out, now_us) || emit_new(c, out, now_us) ||
	       emit_keepalive(c, out, now_us) || emit_ack(c, out, now_us);
}
