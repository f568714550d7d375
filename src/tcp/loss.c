/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loss.c - what an acknowledgement says of what we sent.
 *
 * It moves SND.UNA, marks what SACK reports, feeds the RTT estimator, finds what is lost and steers
 * the congestion window. With SACK, losses are found by time (RACK, RFC 8985): a range is lost when
 * one that was sent later has arrived, and the time for mere reordering is over. Without SACK the
 * third duplicate acknowledgement tells (RFC 5681 section 3.2, RFC 6582 after that). */
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define DUP_ACKS 3 /* RFC 5681 section 3.2 */

#define NO_SAMPLE INT64_MIN

/* Is what arrived the latest copy of this range? Of a range sent twice only the timestamp tells: one
 * that echoes an earlier copy would measure our own waiting (Karn; RFC 8985 section 6.2, step 2). */
static bool latest_copy(const struct tcp_conn *c, const struct tcp_segment *seg,
			const struct sent *s)
{
	if (!(s->marks & SENT_AGAIN))
		return true;
	return c->ts_ok && seg->options.has_timestamps &&
	       !seq_before(seg->options.ts_ecr, output_ts_now(c, s->sent_us));
}

/* RFC 8985 section 6.2, steps 2 and 3: the latest-sent range that arrived; reordering. */
static void rack_update(struct tcp_conn *c, const struct sent *s, int64_t now_us)
{
	if (!(s->marks & SENT_AGAIN) && c->rack.valid && seq_before(s->end, c->rack.fack))
		c->rack.reordering_seen = true;
	if (!c->rack.valid || s->sent_us > c->rack.sent_us ||
	    (s->sent_us == c->rack.sent_us && seq_after(s->end, c->rack.end))) {
		c->rack.sent_us = s->sent_us;
		c->rack.end = s->end;
		c->rack.rtt_us = now_us - s->sent_us;
	}
	c->rack.fack = c->rack.valid ? seq_max(c->rack.fack, s->end) : s->end;
	c->rack.valid = true;
}

/* Does the time until a range arrived measure the path? Not when the answer to the last of several copies
 * took longer than the RTO: it was lost itself, and sent again. And not after a timeout when the range is
 * older: it may have arrived, and been reported, long ago. */
static bool measures(const struct tcp_conn *c, const struct sent *s, int64_t took_us)
{
	if (s->marks & SENT_AGAIN && took_us > rtt_plain_rto(&c->rtt))
		return false;
	return !c->after_timeout || s->sent_us >= c->recovery_us;
}

/* @sent_us: of the latest-sent range that this acknowledgement tells a round trip of. */
static void note_arrived(struct tcp_conn *c, const struct tcp_segment *seg, const struct sent *s,
			 int64_t *sent_us, int64_t now_us)
{
	bool latest = latest_copy(c, seg, s);
	int64_t took_us = now_us - s->sent_us;

	if (s->marks & SENT_SACKED)
		return;
	if (latest && s->sent_us > *sent_us && measures(c, s, took_us))
		*sent_us = s->sent_us;
	/* Without timestamps, an answer too early for the latest copy was one to an earlier. */
	if (latest || (!c->ts_ok && took_us >= c->rtt.min_us))
		rack_update(c, s, now_us);
}

/* Mark what the SACK blocks cover. A block outside of what is in flight is an old one, or D-SACK. */
static void take_sack(struct tcp_conn *c, const struct tcp_segment *seg, int64_t *sent_us,
		      int64_t now_us)
{
	for (unsigned b = 0; c->sack_ok && b < seg->options.sack_count; b++) {
		struct tcp_sack_block block = seg->options.sack[b];

		if (!seq_before(block.from, block.to) || !seq_after(block.from, c->snd_una) ||
		    seq_after(block.to, c->snd_nxt))
			continue;
		for (unsigned i = 0; i < c->q.count; i++) {
			struct sent *s = sendq_record(&c->q, i);

			if (seq_upto(block.to, s->seq))
				break;
			if (seq_before(s->seq, block.from) || seq_after(s->end, block.to) ||
			    s->marks & SENT_SACKED)
				continue;
			note_arrived(c, seg, s, sent_us, now_us);
			sendq_mark(&c->q, s, SENT_SACKED, SENT_LOST);
		}
	}
}

/* Take everything below @ack off the scoreboard. */
static void advance_una(struct tcp_conn *c, const struct tcp_segment *seg, int64_t *sent_us,
			int64_t now_us)
{
	uint32_t ack = seg->ack;

	while (c->q.count) {
		struct sent *s = sendq_record(&c->q, 0);

		if (!seq_before(s->seq, ack))
			break;
		if (seq_after(s->end, ack)) {
			/* A middlebox, or a small buffer, cut our segment: the rest is still out. */
			sendq_trim(&c->q, ack);
			break;
		}
		note_arrived(c, seg, s, sent_us, now_us);
		sendq_pop(&c->q);
	}
	c->snd_una = ack;
	sendq_release(&c->q, ack);
}

static void mark_lost(struct tcp_conn *c, struct sent *s)
{
	sendq_mark(&c->q, s, SENT_LOST, 0);
}

/* How long a range may be late and still be only reordered (RFC 8985 section 6.2, step 4). */
static int64_t reordering_window(const struct tcp_conn *c)
{
	int64_t window = c->rtt.min_us / 4;

	if (!c->rack.reordering_seen && (c->recovering || c->q.sacked >= DUP_ACKS * c->mss))
		return 0;
	return window < c->rtt.srtt_us ? window : c->rtt.srtt_us;
}

/* RFC 8985 section 6.2, step 5 */
void loss_detect(struct tcp_conn *c, int64_t now_us)
{
	int64_t window = reordering_window(c), due = TCP_NEVER;

	c->timers[TIMER_REORDER] = TCP_NEVER;
	if (!c->sack_ok || !c->rack.valid)
		return;
	for (unsigned i = 0; i < c->q.count; i++) {
		struct sent *s = sendq_record(&c->q, i);
		int64_t lost_us = s->sent_us + c->rack.rtt_us + window;

		if (s->marks & (SENT_SACKED | SENT_LOST))
			continue;
		if (s->sent_us > c->rack.sent_us ||
		    (s->sent_us == c->rack.sent_us && !seq_before(s->end, c->rack.end)))
			continue;
		if (lost_us <= now_us)
			mark_lost(c, s);
		else if (lost_us < due)
			due = lost_us;
	}
	c->timers[TIMER_REORDER] = due;
}

/* RFC 5681 section 2: an acknowledgement that is a duplicate. */
static bool is_dup_ack(const struct tcp_conn *c, const struct tcp_segment *seg)
{
	return c->q.count && seg->ack == c->snd_una && !seg->text_len &&
	       !(seg->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN)) &&
	       (uint32_t)seg->window << c->snd_wscale == c->snd_wnd;
}

/* Without SACK: the third duplicate, and each partial acknowledgement after it (RFC 6582), say that
 * the first range in flight is lost. */
static void detect_without_sack(struct tcp_conn *c, bool moved)
{
	struct sent *s = c->q.count ? sendq_record(&c->q, 0) : NULL;

	if (!s || s->marks & (SENT_LOST | SENT_AGAIN))
		return;
	if (c->dup_acks == DUP_ACKS || (moved && c->recovering)) {
		mark_lost(c, s);
		c->kick = true;
	}
}

/* RFC 3522: the first acknowledgement after a recovery began that echoes a clock older than what we sent
 * then answers the first copy. The recovery was spurious: nothing was lost, the path was slow, or changed
 * the order by more than we had allowed for. */
static void undo_if_spurious(struct tcp_conn *c, const struct tcp_segment *seg)
{
	if (!c->undo_possible)
		return;
	c->undo_possible = false;
	if (!c->ts_ok || !seg->options.has_timestamps ||
	    !seq_before(seg->options.ts_ecr, output_ts_now(c, c->recovery_us)))
		return;
	congestion_undo(&c->cc);
	for (unsigned i = 0; i < c->q.count; i++)
		sendq_mark(&c->q, sendq_record(&c->q, i), 0, SENT_LOST);
	c->rack.reordering_seen |= !c->after_timeout;
	c->recovering = c->after_timeout = c->kick = false;
}

/* RFC 8985 section 7.4: the probe of the tail was answered. What does that say? */
static void judge_tail_probe(struct tcp_conn *c, const struct tcp_segment *seg)
{
	const struct tcp_options *o = &seg->options;
	bool dsack = o->sack_count && !seq_after(o->sack[0].to, seg->ack);

	if (!c->tail_out || seq_before(seg->ack, c->tail_end))
		return;
	c->tail_out = false;
	/* Both copies arrived, or the probe was new text: nothing was lost. */
	if (dsack || !c->tail_again || c->recovering)
		return;
	congestion_on_loss(&c->cc, c->mss,
			   c->tail_end - c->snd_una ? conn_in_flight(c) : c->cc.cwnd);
	congestion_recovered(&c->cc);
	ecn_slowed(c);
}

static void steer_recovery(struct tcp_conn *c, uint32_t in_flight, int64_t now_us)
{
	if (c->recovering && seq_upto(c->recovery_point, c->snd_una)) {
		if (!c->after_timeout)
			congestion_recovered(&c->cc);
		c->recovering = false;
		c->after_timeout = false;
	}
	loss_begin_recovery(c, in_flight, now_us);
}

/* The first loss since the last recovery begins one. */
void loss_begin_recovery(struct tcp_conn *c, uint32_t in_flight, int64_t now_us)
{
	if (c->recovering || !c->q.lost)
		return;
	congestion_on_loss(&c->cc, c->mss, in_flight);
	ecn_slowed(c);
	c->recovering = c->undo_possible = true;
	c->recovery_us = now_us;
	c->after_timeout = false;
	c->recovery_point = c->snd_nxt;
	c->kick = true;
}

void loss_on_ack(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	int64_t sent_us = NO_SAMPLE;
	uint32_t in_flight = conn_in_flight(c), before = c->snd_una, sacked = c->q.sacked, arrived;
	bool moved = seq_after(seg->ack, c->snd_una);
	bool echo = c->ecn.agreed && (seg->flags & TCP_FLAG_ECE); /* RFC 3168 section 6.1.2 */
	bool full = in_flight + 2 * c->mss >= c->cc.cwnd ||
		    (c->cc.cwnd < c->cc.ssthresh && 2 * in_flight >= c->cc.cwnd);

	/* In persist, any answer shows that the peer is there (RFC 9293 section 3.8.6.1). */
	if (moved || c->snd_wnd == 0) {
		c->progress_us = now_us;
		c->probe_out = false;
	}
	c->dup_acks = moved ? 0 : c->dup_acks + is_dup_ack(c, seg);
	take_sack(c, seg, &sent_us, now_us);
	if (moved) {
		undo_if_spurious(c, seg);
		advance_una(c, seg, &sent_us, now_us);
		c->timed_out = false;
		/* timers_tend() starts them anew (RFC 6298 rule 5.3, RFC 8985 section 7.2) */
		c->timers[TIMER_RETRANSMIT] = c->timers[TIMER_TAIL] = TCP_NEVER;
	}
	/* Karn: the longer RTO stays until something that was sent once, or is told apart by its
	 * timestamp, has arrived, by acknowledgement or SACK (RFC 6298 section 5). */
	if (sent_us != NO_SAMPLE) {
		rtt_sample(&c->rtt, now_us - sent_us);
		if (c->rtt.backoff)
			c->timers[TIMER_RETRANSMIT] = TCP_NEVER;
		rtt_progress(&c->rtt);
	}
	arrived = c->snd_una - before + c->q.sacked - sacked;
	if (moved && full && !echo && (!c->recovering || c->after_timeout))
		congestion_on_ack(&c->cc, c->mss, c->snd_una - before, c->rtt.srtt_us, now_us);
	if (c->sack_ok)
		loss_detect(c, now_us);
	else
		detect_without_sack(c, moved);
	judge_tail_probe(c, seg);
	ecn_take_echo(c, seg, in_flight);
	steer_recovery(c, in_flight, now_us);
	if (c->recovering && !c->after_timeout)
		congestion_in_recovery(&c->cc, c->mss, arrived, conn_in_flight(c));
}

/* RFC 6298 section 5.4 to 5.6: all that is out is taken for lost, the first of it goes out. What SACK
 * said is forgotten, the peer may have discarded it (RFC 2018 section 8). */
void loss_on_timeout(struct tcp_conn *c, int64_t now_us)
{
	uint32_t in_flight = conn_in_flight(c);

	for (unsigned i = 0; i < c->q.count; i++)
		sendq_mark(&c->q, sendq_record(&c->q, i), SENT_LOST, SENT_SACKED);
	c->undo_possible = !c->timed_out && conn_synchronized(c);
	c->recovery_us = now_us;
	congestion_on_timeout(&c->cc, c->mss, in_flight, !c->timed_out);
	c->timed_out = true;
	ecn_slowed(c);
	rtt_back_off(&c->rtt);
	c->recovering = true;
	c->after_timeout = true;
	c->recovery_point = c->snd_nxt;
	c->dup_acks = 0;
	c->kick = true;
	c->rack.valid = false;
	c->tail_out = false;
}
