/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timer.c - the deadlines of a connection and what they bring about.
 *
 * timers_tend() looks at the connection after every call and switches the timers that its state asks
 * for on or off, so that no other place has to remember to. */
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define ACK_DELAY_US   40000   /* as Linux; RFC 9293 section 3.8.6.3 allows 500 ms */
#define PEER_DELAY_US  200000  /* WCDelAckT of RFC 8985 section 7.2 */
#define TAIL_BLIND_US  1000000 /* RFC 8985 section 7.2, without a round trip measured */
#define TAIL_LEAST_US  5000    /* room for a machine that is late with an answer */
#define OVERRIDE_US    200000  /* RFC 9293 section 3.8.6.2.1: 0.1 to 1 s */
#define PERSIST_MAX_US 60000000

static int64_t persist_interval(const struct tcp_conn *c)
{
	int64_t us = rtt_rto(&c->rtt);

	for (unsigned i = 0; i < c->persist_backoff && us < PERSIST_MAX_US; i++)
		us *= 2;
	return us < PERSIST_MAX_US ? us : PERSIST_MAX_US;
}

static void tend(struct tcp_conn *c, enum timer timer, bool wanted, int64_t at_us)
{
	if (!wanted)
		c->timers[timer] = TCP_NEVER;
	else if (c->timers[timer] == TCP_NEVER)
		c->timers[timer] = at_us;
}

/* RFC 8985 section 7.2: two round trips, or 1 s when none was measured; for less than two full segments,
 * whose acknowledgement may be delayed (RFC 9293 section 3.8.6.3), that delay on top; never later than the
 * RTO. */
static int64_t tail_at(const struct tcp_conn *c, int64_t now_us)
{
	bool delayed = conn_in_flight(c) < 2 * output_text_max(c);
	int64_t at = now_us + (c->rtt.srtt_us ? 2 * c->rtt.srtt_us : TAIL_BLIND_US) +
		     (delayed ? PEER_DELAY_US : TAIL_LEAST_US);

	return at < c->timers[TIMER_RETRANSMIT] ? at : c->timers[TIMER_RETRANSMIT];
}

/* Idle: nothing of ours is out, and the peer could say something. */
static bool idle(const struct tcp_conn *c)
{
	return conn_synchronized(c) && c->state != TCP_STATE_TIME_WAIT && !c->q.count &&
	       !conn_unsent(c);
}

static int64_t keepalive_interval(const struct tcp_conn *c)
{
	if (c->keepalive_probes && c->cfg.keepalive_us > TCP_KEEPALIVE_APART_US)
		return TCP_KEEPALIVE_APART_US;
	return c->cfg.keepalive_us;
}

void timers_tend(struct tcp_conn *c, int64_t now_us)
{
	bool shut = output_window_shut(c);
	bool resend = c->cfg.automatic & TCP_AUTO_RETRANSMIT;
	bool waiting = c->q.count || shut;
	/* A peer that answers probes may keep its window closed for ever (RFC 9293 section 3.8.6.1). */
	bool patient = shut && resend && !c->probe_out;
	/* Something is left to send, nothing is out that an answer could come to: the window is too
	 * small for what silly-window avoidance or Nagle would call a segment. */
	bool stuck = !shut && !c->q.count && conn_unsent(c) && (c->cfg.automatic & TCP_AUTO_SEND);

	if (c->state == TCP_STATE_CLOSED)
		return;
	tend(c, TIMER_RETRANSMIT, resend && c->q.count && !shut, now_us + rtt_rto(&c->rtt));
	tend(c, TIMER_TAIL,
	     resend && c->q.count && !shut && c->sack_ok && conn_synchronized(c) &&
		     !c->recovering && !c->q.sacked && !c->tail_out,
	     tail_at(c, now_us));
	if (!resend || shut)
		c->timers[TIMER_REORDER] = TCP_NEVER;
	tend(c, TIMER_PERSIST, (resend && shut) || stuck,
	     now_us + (shut ? persist_interval(c) : OVERRIDE_US));
	tend(c, TIMER_ACK, c->ack_bytes && (c->cfg.automatic & TCP_AUTO_ACK),
	     now_us + ACK_DELAY_US);
	c->timers[TIMER_KEEPALIVE] =
		c->cfg.keepalive_us && idle(c) ? c->heard_us + keepalive_interval(c) : TCP_NEVER;
	if (!waiting)
		c->progress_us = now_us;
	c->timers[TIMER_GIVE_UP] = waiting && !patient && c->cfg.give_up_us ?
					   c->progress_us + c->cfg.give_up_us :
					   TCP_NEVER;
}

static void on_retransmit(struct tcp_conn *c, int64_t now_us)
{
	if (c->state == TCP_STATE_SYN_SENT || c->state == TCP_STATE_SYN_RECEIVED)
		c->syn_retries++;
	loss_on_timeout(c, now_us);
}

static void on_reorder(struct tcp_conn *c, int64_t now_us)
{
	uint32_t in_flight = conn_in_flight(c);

	if (c->state == TCP_STATE_SYN_SENT) { /* answer_stray_ack() set it */
		if (c->q.count)
			sendq_mark(&c->q, sendq_record(&c->q, 0), SENT_LOST, 0);
		c->kick = true;
		return;
	}
	loss_detect(c, now_us);
	loss_begin_recovery(c, in_flight, now_us);
	c->kick = c->q.lost != 0;
}

static void on_tail(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	c->tail_due = true;
}

static void on_persist(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	if (output_window_shut(c)) {
		c->probe_due = true;
		if (c->persist_backoff < 16)
			c->persist_backoff++;
	} else {
		c->push_small = true;
	}
}

static void on_ack_due(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	c->ack_now = true;
}

static void on_time_wait_over(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	conn_enter(c, TCP_STATE_CLOSED);
}

/* Silence after one probe proves nothing, it may be lost; after all of them it does. */
static void on_keepalive(struct tcp_conn *c, int64_t now_us)
{
	if (c->keepalive_probes == TCP_KEEPALIVE_PROBES) {
		conn_fail(c, TCP_FAILURE_TIMED_OUT);
		return;
	}
	c->keepalive_probes++;
	c->keepalive_due = true;
	c->heard_us = now_us;
}

static void on_give_up(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	conn_fail(c, TCP_FAILURE_TIMED_OUT);
}

void tcp_conn_on_timer(struct tcp_conn *c, int64_t now_us)
{
	static void (*const due[TIMER_COUNT])(struct tcp_conn *, int64_t) = {
		[TIMER_RETRANSMIT] = on_retransmit,
		[TIMER_REORDER] = on_reorder,
		[TIMER_TAIL] = on_tail,
		[TIMER_PERSIST] = on_persist,
		[TIMER_ACK] = on_ack_due,
		[TIMER_TIME_WAIT] = on_time_wait_over,
		[TIMER_KEEPALIVE] = on_keepalive,
		[TIMER_GIVE_UP] = on_give_up,
	};

	for (int i = 0; i < TIMER_COUNT; i++) {
		if (c->timers[i] == TCP_NEVER || c->timers[i] > now_us)
			continue;
		c->timers[i] = TCP_NEVER;
		due[i](c, now_us);
		if (c->state == TCP_STATE_CLOSED)
			return;
	}
	timers_tend(c, now_us);
}

int64_t tcp_conn_deadline(const struct tcp_conn *c)
{
	int64_t soonest = TCP_NEVER;

	for (int i = 0; i < TIMER_COUNT; i++)
		if (c->timers[i] < soonest)
			soonest = c->timers[i];
	return soonest;
}
