/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.c - what one arriving segment does to our side of a connection.
 *
 * In:    a decoded segment (host order, lengths already checked) and the time.
 * Out:   a changed struct tcp_conn; replies are only marked as owed, output.c builds them.
 * Rules: RFC 9293 section 3.10.7 in its own order; RFC 5961 for RST, SYN and ACK out of place;
 *        RFC 7323 for timestamps and PAWS.
 * Never: calls the system, prints, reads a clock. */
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define CHALLENGES_MAX	  10 /* RFC 5961 section 7: ten in any five seconds */
#define CHALLENGE_SPAN_US 5000000
#define PAWS_VALID_US	  (24LL * 24 * 3600 * 1000000) /* RFC 7323 section 5.5 */
#define WSCALE_MAX	  14			       /* RFC 7323 section 2.3 */
#define SYN_AGAIN_US	  10000
#define MSS_FLOOR	  28 /* timestamps and 16 bytes of text: less would not move anything */

enum step { STEP_GO_ON, STEP_STOP };

/* RST in answer to a segment with ACK that cannot be ours (RFC 9293 section 3.10.7.3). */
static void owe_rst_for(struct tcp_conn *c, const struct tcp_segment *seg)
{
	if (!(c->cfg.automatic & TCP_AUTO_RESET))
		return;
	c->rst_owed = true;
	c->rst = (struct tcp_segment){ .seq = seg->ack, .flags = TCP_FLAG_RST };
}

/* RFC 5961: an ACK asks the peer whether it meant that; not too often (section 7). */
static void challenge(struct tcp_conn *c, int64_t now_us)
{
	if (!c->challenges || now_us - c->challenges_since_us >= CHALLENGE_SPAN_US) {
		c->challenges_since_us = now_us;
		c->challenges = 0;
	}
	if (c->challenges++ < CHALLENGES_MAX)
		c->ack_now = true;
}

/* What both SYNs agreed on (RFC 9293 section 3.7.1, RFC 7323 sections 2 and 3, RFC 2018 section 2). */
static void take_syn_options(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	const struct tcp_options *o = &seg->options;

	c->mss = o->has_mss ? o->mss : c->cfg.peer_mss;
	if (c->mss > c->cfg.mss)
		c->mss = c->cfg.mss;
	if (c->mss < MSS_FLOOR)
		c->mss = MSS_FLOOR;
	c->wscale_ok = c->cfg.use_wscale && o->has_wscale;
	if (c->wscale_ok) {
		c->snd_wscale = o->wscale > WSCALE_MAX ? WSCALE_MAX : o->wscale;
		c->rcv_wscale = c->cfg.wscale > WSCALE_MAX ? WSCALE_MAX : c->cfg.wscale;
	}
	c->sack_ok = c->cfg.use_sack && o->has_sack_permitted;
	c->ts_ok = c->cfg.use_timestamps && o->has_timestamps;
	if (c->ts_ok) {
		c->ts_recent = c->ts_newest = o->ts_val;
		c->ts_recent_us = now_us;
	}
	ecn_take_syn(c, seg);
	congestion_init(&c->cc, c->mss);
}

static void take_window(struct tcp_conn *c, const struct tcp_segment *seg)
{
	bool syn = seg->flags & TCP_FLAG_SYN;
	uint32_t window = (uint32_t)seg->window << (syn ? 0 : c->snd_wscale);

	/* Probes that the closed window turned away go out again now, not after an RTO. */
	if (!c->snd_wnd && window && conn_synchronized(c)) {
		for (unsigned i = 0; i < c->q.count; i++)
			if (!(sendq_record(&c->q, i)->marks & SENT_SACKED))
				sendq_mark(&c->q, sendq_record(&c->q, i), SENT_LOST, 0);
		c->kick = c->q.lost != 0;
	}
	c->snd_wnd = window;
	c->snd_wl1 = seg->seq;
	c->snd_wl2 = seg->ack;
	if (window > c->snd_wnd_max)
		c->snd_wnd_max = window;
	if (window)
		c->persist_backoff = 0;
}

static void become_established(struct tcp_conn *c)
{
	conn_enter(c, TCP_STATE_ESTABLISHED);
	if (c->syn_retries) {
		rtt_after_lost_syn(&c->rtt);
		/* RFC 5681 section 3.1; one loss alone proves no congestion (RFC 6928 section 2). */
		if (c->syn_retries > 1)
			c->cc.cwnd = c->mss;
	}
}

/* Most likely the peer is still in TIME-WAIT, or half-open, with an earlier connection between the same
 * ports (RFC 9293 section 3.5.1). Our RST ends that, so the SYN, which it did not take, goes again soon
 * after and not only after an RTO. Once: a stranger must not make us a source of SYNs. */
static void answer_stray_ack(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	owe_rst_for(c, seg);
	if (!c->stray_answered && (c->cfg.automatic & TCP_AUTO_RETRANSMIT))
		c->timers[TIMER_REORDER] = now_us + SYN_AGAIN_US;
	c->stray_answered = true;
}

/* RFC 9293 section 3.10.7.3 */
static void on_segment_in_syn_sent(struct tcp_conn *c, const struct tcp_segment *seg,
				   int64_t now_us)
{
	bool ack = seg->flags & TCP_FLAG_ACK;
	struct tcp_segment rest;

	/* First, ACK: of what we sent, or it is not for this connection. */
	if (ack && (seq_upto(seg->ack, c->iss) || seq_after(seg->ack, c->snd_nxt))) {
		if (!(seg->flags & TCP_FLAG_RST))
			answer_stray_ack(c, seg, now_us);
		return;
	}
	/* Second, RST: counts only with a good ACK. */
	if (seg->flags & TCP_FLAG_RST) {
		if (ack)
			conn_fail(c, TCP_FAILURE_REFUSED);
		return;
	}
	/* Fourth, SYN. */
	if (!(seg->flags & TCP_FLAG_SYN))
		return;
	c->irs = seg->seq;
	c->rcv_nxt = seg->seq + 1;
	c->rcv_edge = c->rcv_nxt + window_for_syn(c);
	c->last_ack_sent = c->rcv_nxt;
	c->heard_us = now_us;
	take_syn_options(c, seg, now_us);
	if (ack) {
		loss_on_ack(c, seg, now_us);
		become_established(c);
	} else {
		/* Simultaneous open: our SYN goes out again, with ACK (RFC 9293 section 3.5). */
		conn_enter(c, TCP_STATE_SYN_RECEIVED);
		for (unsigned i = 0; i < c->q.count; i++)
			sendq_mark(&c->q, sendq_record(&c->q, i), SENT_LOST, 0);
	}
	take_window(c, seg);
	c->ack_now = ack;

	/* Text or FIN that came with the SYN,ACK. A bare SYN may be an old duplicate: what came with it is
	 * not taken (RFC 9293 section 3.5), and comes again. */
	if (!ack)
		return;
	rest = *seg;
	rest.seq++;
	rest.flags = (uint16_t)(seg->flags & ~TCP_FLAG_SYN);
	if (rest.text_len || (rest.flags & TCP_FLAG_FIN)) {
		text_take(c, &rest, now_us);
		if (c->fin_taken && c->state == TCP_STATE_ESTABLISHED)
			conn_enter(c, TCP_STATE_CLOSE_WAIT);
	}
}

/* RFC 7323 section 5.3, R1: older than what we saw last, so from an earlier turn of the numbers. */
static bool fails_paws(const struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	return c->ts_ok && seg->options.has_timestamps && !(seg->flags & TCP_FLAG_RST) &&
	       seq_before(seg->options.ts_val, c->ts_recent) &&
	       now_us - c->ts_recent_us < PAWS_VALID_US;
}

/* RFC 9293 section 3.4, the four cases of the acceptability test. */
static bool acceptable(const struct tcp_conn *c, const struct tcp_segment *seg)
{
	uint32_t window = seq_ahead(c->rcv_nxt, c->rcv_edge);
	uint32_t len = tcp_segment_len(seg);

	/* RFC 5961 section 3.2: a RST is where it begins, text or not; in a closed window only the exact
	 * number is. */
	if (seg->flags & TCP_FLAG_RST)
		return seq_within(seg->seq, c->rcv_nxt, window ? window : 1);
	/* A pure acknowledgement at the very edge comes from a peer who filled our window: useful, and
	 * as Linux has it, though the RFC's test would end one number earlier. */
	if (!len)
		return seq_within(seg->seq, c->rcv_nxt, window + 1);
	return seq_within(seg->seq, c->rcv_nxt, window) ||
	       seq_within(seg->seq + len - 1, c->rcv_nxt, window);
}

/* An ACK says what we expect. Text and FIN sent again are answered each time; bare acknowledgements are
 * not, or two ends that disagree about the numbers would answer each other for ever. */
static void answer_unacceptable(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	if (tcp_segment_len(seg) && !(seg->flags & TCP_FLAG_SYN))
		c->ack_now = true;
	else
		challenge(c, now_us);
}

/* A sign of life: whoever acknowledges what is out knows of this connection. What else the segment says
 * may be dropped: an answer from behind a closed window is, and the peer is there all the same. */
static void note_alive(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	if (!(seg->flags & TCP_FLAG_ACK) || seq_before(seg->ack, c->snd_una) ||
	    seq_after(seg->ack, c->snd_nxt))
		return;
	c->heard_us = now_us;
	c->keepalive_probes = 0;
}

/* First: sequence number and timestamp. */
static enum step check_seq(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	/* The SYN,ACK of a simultaneous open repeats the SYN that we have (RFC 9293 figure 8). */
	if (c->state == TCP_STATE_SYN_RECEIVED && seg->seq == c->irs &&
	    (seg->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST)) ==
		    (TCP_FLAG_SYN | TCP_FLAG_ACK)) {
		seg->flags = (uint16_t)(seg->flags & ~TCP_FLAG_SYN);
		seg->seq++;
		seg->window = (uint16_t)(seg->window >> c->snd_wscale); /* a SYN's is not scaled */
	}
	/* Once agreed on, timestamps are in every segment but RST (RFC 7323 section 3.2). */
	if (c->ts_ok && !seg->options.has_timestamps && !(seg->flags & TCP_FLAG_RST))
		return STEP_STOP;
	if (fails_paws(c, seg, now_us)) {
		answer_unacceptable(c, seg, now_us);
		return STEP_STOP;
	}
	if (acceptable(c, seg)) {
		/* RFC 7323 section 4.3 (2) */
		if (c->ts_ok && seg->options.has_timestamps && !(seg->flags & TCP_FLAG_RST) &&
		    seq_upto(seg->seq, c->last_ack_sent)) {
			c->ts_recent = seg->options.ts_val;
			c->ts_recent_us = now_us;
		}
		return STEP_GO_ON;
	}
	if (seg->flags & TCP_FLAG_RST)
		return STEP_STOP;
	note_alive(c, seg, now_us);
	/* With a closed window nothing is acceptable, but what it acknowledges counts
	 * (RFC 9293 section 3.10.7.4). */
	if (seg->seq == c->rcv_nxt && !(seg->flags & TCP_FLAG_SYN)) {
		seg->text_len = 0;
		seg->flags = (uint16_t)(seg->flags & ~TCP_FLAG_FIN);
		c->ack_now = true;
		return STEP_GO_ON;
	}
	text_note_duplicate(c, seg);
	/* Its FIN again in TIME-WAIT: our last ACK was lost; wait anew (section 3.10.7.4, eighth). Any other
	 * is forged, or from an older connection, and must not keep us. */
	if (c->state == TCP_STATE_TIME_WAIT && (seg->flags & TCP_FLAG_FIN) &&
	    tcp_segment_end(seg) == c->rcv_nxt) {
		c->duplicates++;
		c->resent++;
		conn_enter_time_wait(c, now_us);
	}
	answer_unacceptable(c, seg, now_us);
	return STEP_STOP;
}

/* Second: RFC 5961 section 3.2. Only the exact next number resets us; elsewhere in the window it
 * earns a challenge ACK. */
static enum step check_rst(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	if (!(seg->flags & TCP_FLAG_RST))
		return STEP_GO_ON;
	if (seg->seq != c->rcv_nxt) {
		challenge(c, now_us);
		return STEP_STOP;
	}
	switch (c->state) {
	case TCP_STATE_SYN_RECEIVED:
		conn_fail(c, TCP_FAILURE_REFUSED);
		break;
	case TCP_STATE_CLOSING:
	case TCP_STATE_LAST_ACK:
		/* Both directions were closed already: nothing is lost. */
		conn_enter(c, TCP_STATE_CLOSED);
		break;
	case TCP_STATE_TIME_WAIT:
		break; /* an old duplicate must not cut the wait short (RFC 1337 section 3) */
	default:
		conn_fail(c, TCP_FAILURE_RESET);
	}
	return STEP_STOP;
}

/* Fourth: RFC 5961 section 4.2, whatever its number. */
static enum step check_syn(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	if (!(seg->flags & TCP_FLAG_SYN))
		return STEP_GO_ON;
	challenge(c, now_us);
	return STEP_STOP;
}

/* SND.WL1 and SND.WL2 keep an old segment from changing the window. But one that acknowledges more
 * than any before it is news, even when its text is sent again and its number is therefore old:
 * with SND.UNA moved and the window not, we would send beyond what was offered. */
static bool window_is_news(const struct tcp_conn *c, const struct tcp_segment *seg, bool moved)
{
	return moved || seq_before(c->snd_wl1, seg->seq) ||
	       (c->snd_wl1 == seg->seq && seq_upto(c->snd_wl2, seg->ack));
}

/* Our FIN is acknowledged: RFC 9293 section 3.10.7.4, fifth, state by state. */
static enum step on_fin_acked(struct tcp_conn *c, int64_t now_us)
{
	switch (c->state) {
	case TCP_STATE_FIN_WAIT_1:
		conn_enter(c, TCP_STATE_FIN_WAIT_2);
		return STEP_GO_ON;
	case TCP_STATE_CLOSING:
		conn_enter_time_wait(c, now_us);
		return STEP_STOP;
	case TCP_STATE_LAST_ACK:
		conn_enter(c, TCP_STATE_CLOSED);
		return STEP_STOP;
	default:
		return STEP_GO_ON;
	}
}

/* Fifth: the acknowledgement. */
static enum step check_ack(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	bool moved;

	if (!(seg->flags & TCP_FLAG_ACK))
		return STEP_STOP;
	if (c->state == TCP_STATE_SYN_RECEIVED) {
		if (seg->ack != c->snd_nxt) {
			owe_rst_for(c, seg);
			return STEP_STOP;
		}
		become_established(c);
		take_window(c, seg);
	}
	/* RFC 5961 section 5.2 */
	if (seq_after(seg->ack, c->snd_nxt) || seq_before(seg->ack, c->snd_una - c->snd_wnd_max)) {
		challenge(c, now_us);
		return STEP_STOP;
	}
	note_alive(c, seg, now_us);
	moved = seq_after(seg->ack, c->snd_una);
	loss_on_ack(c, seg, now_us);
	if (seq_upto(c->snd_una, seg->ack) && window_is_news(c, seg, moved))
		take_window(c, seg);
	if (c->fin_sent && seq_after(c->snd_una, c->fin_seq))
		return on_fin_acked(c, now_us);
	return STEP_GO_ON;
}

/* Seventh: text. Sixth, the urgent pointer, has nothing to do: urgent text is delivered in line, as
 * RFC 6093 section 6 wants it. */
static enum step take_text(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	ecn_take_mark(c, seg);
	if (seg->text_len || (seg->flags & TCP_FLAG_FIN))
		text_take(c, seg, now_us);
	return STEP_GO_ON;
}

/* Eighth: a FIN, once everything before it is here. */
static enum step take_fin(struct tcp_conn *c, struct tcp_segment *seg, int64_t now_us)
{
	(void)seg;
	if (!c->fin_taken)
		return STEP_GO_ON;
	switch (c->state) {
	case TCP_STATE_ESTABLISHED:
		conn_enter(c, TCP_STATE_CLOSE_WAIT);
		break;
	case TCP_STATE_FIN_WAIT_1:
		conn_enter(c, TCP_STATE_CLOSING);
		break;
	case TCP_STATE_FIN_WAIT_2:
		conn_enter_time_wait(c, now_us);
		break;
	default:
		break;
	}
	return STEP_GO_ON;
}

void tcp_conn_on_segment(struct tcp_conn *c, const struct tcp_segment *arrived, int64_t now_us)
{
	static enum step (*const steps[])(struct tcp_conn *, struct tcp_segment *, int64_t) = {
		check_seq, check_rst, check_syn, check_ack, take_text, take_fin,
	};
	struct tcp_segment seg = *arrived; /* the steps trim their own copy */

	if (c->state == TCP_STATE_CLOSED)
		return;
	c->segments_received++;
	if (c->state == TCP_STATE_SYN_SENT) {
		on_segment_in_syn_sent(c, &seg, now_us);
	} else {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (steps[i](c, &seg, now_us) == STEP_STOP)
				break;
	}
	if (c->ts_ok && seg.options.has_timestamps)
		c->ts_newest = seq_max(c->ts_newest, seg.options.ts_val);
	timers_tend(c, now_us);
}
