/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn.c - a connection's life and its user's calls; see conn.h.
 *
 * The state changes in conn_enter() only, which knows every move that RFC 9293 figure 5 allows. */
#include "tcp/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define RECEIVE_BUFFER (UINT16_MAX << 8) /* just under 16 MiB, what a scale of 8 can say */
#define SEND_BUFFER    (1u << 20)
#define QUICK_ACKS     16 /* as Linux: the peer's slow start needs its acknowledgements at once */

#define MSS_LEAST	   88 /* a path MTU of 128: far below any real one, far above a division by zero */
#define TIME_WAIT_GRACE_US (2 * TCP_MSL_US)

#define TO(state) (1u << TCP_STATE_##state)

/* RFC 9293 figure 5, from an active open on; any state may end in CLOSED. */
static const unsigned may_follow[TCP_STATE_COUNT] = {
	[TCP_STATE_CLOSED] = TO(SYN_SENT),
	[TCP_STATE_SYN_SENT] = TO(SYN_RECEIVED) | TO(ESTABLISHED),
	[TCP_STATE_SYN_RECEIVED] = TO(ESTABLISHED) | TO(FIN_WAIT_1) | TO(CLOSE_WAIT),
	[TCP_STATE_ESTABLISHED] = TO(FIN_WAIT_1) | TO(CLOSE_WAIT),
	[TCP_STATE_FIN_WAIT_1] = TO(FIN_WAIT_2) | TO(CLOSING) | TO(TIME_WAIT),
	[TCP_STATE_FIN_WAIT_2] = TO(TIME_WAIT),
	[TCP_STATE_CLOSE_WAIT] = TO(LAST_ACK),
	[TCP_STATE_CLOSING] = TO(TIME_WAIT),
};

void conn_enter(struct tcp_conn *c, enum tcp_state to)
{
	assert(to == TCP_STATE_CLOSED || may_follow[c->state] & 1u << to);
	c->state = to;
	if (to == TCP_STATE_CLOSED)
		for (int i = 0; i < TIMER_COUNT; i++)
			c->timers[i] = TCP_NEVER;
}

void conn_fail(struct tcp_conn *c, enum tcp_failure why)
{
	c->failure = why;
	conn_enter(c, TCP_STATE_CLOSED);
}

/* How long the FIN of a peer whose last acknowledgement was lost may keep us waiting. With Linux's least RTO
 * it comes again 200, 600, 1400 and 3000 ms after the first: the more the path loses, the more of them are
 * worth waiting for. Mere reordering and doubling is no loss. */
static int64_t brief_time_wait(const struct tcp_conn *c)
{
	uint64_t again = (uint64_t)c->retransmissions + c->resent, ms;

	if (!again && c->rtt.srtt_us)
		return 2 * c->rtt.srtt_us;
	if (again * 50 < c->segments_sent + c->segments_received)
		ms = 250;
	else if (again < 3 || again * 16 < c->segments_sent + c->segments_received)
		ms = 700;
	else
		ms = 3200;
	return 2 * c->rtt.srtt_us + (int64_t)ms * 1000;
}

void conn_enter_time_wait(struct tcp_conn *c, int64_t now_us)
{
	int64_t stay = c->cfg.time_wait_us;

	if (stay == TCP_TIME_WAIT_BRIEF)
		stay = brief_time_wait(c);
	if (c->state != TCP_STATE_TIME_WAIT) {
		conn_enter(c, TCP_STATE_TIME_WAIT);
		c->time_wait_ends_us = now_us + stay + TIME_WAIT_GRACE_US;
	}
	/* A FIN that comes again starts it anew, but a peer that never stops must not hold us. */
	c->timers[TIMER_TIME_WAIT] =
		now_us + stay < c->time_wait_ends_us ? now_us + stay : c->time_wait_ends_us;
}

void tcp_config_init(struct tcp_config *config)
{
	*config = (struct tcp_config){
		.mss = 1460,
		.peer_mss = 536,
		.receive_buffer = RECEIVE_BUFFER,
		.send_buffer = SEND_BUFFER,
		.wscale = 8,
		.use_wscale = true,
		.use_sack = true,
		.use_timestamps = true,
		.nagle = true,
		.time_wait_us = TCP_TIME_WAIT_BRIEF,
		.automatic = TCP_AUTO_ALL,
	};
}

struct tcp_conn *tcp_conn_new(const struct tcp_config *config)
{
	struct tcp_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->cfg = *config;
	if (c->cfg.window && c->cfg.window < c->cfg.receive_buffer)
		c->cfg.receive_buffer = c->cfg.window;
	/* A unit larger than the buffer could only ever say "closed". */
	while (c->cfg.wscale && c->cfg.receive_buffer >> c->cfg.wscale == 0)
		c->cfg.wscale--;
	for (int i = 0; i < TIMER_COUNT; i++)
		c->timers[i] = TCP_NEVER;
	c->iss = c->snd_una = c->snd_nxt = config->isn;
	c->mss = config->peer_mss;
	c->rtt.floor_us = config->rto_floor_us;
	c->quick_acks = QUICK_ACKS;
	window_init(c);
	sendq_init(&c->q, config->send_buffer, c->iss + 1);
	if (!reassembly_init(&c->in, c->cfg.receive_buffer + window_slack(&c->cfg))) {
		tcp_conn_free(c);
		return NULL;
	}
	return c;
}

void tcp_conn_free(struct tcp_conn *c)
{
	if (!c)
		return;
	conn_forget_ahead(c);
	sendq_free(&c->q);
	reassembly_free(&c->in);
	free(c);
}

bool conn_synchronized(const struct tcp_conn *c)
{
	return c->state >= TCP_STATE_ESTABLISHED;
}

uint32_t conn_in_flight(const struct tcp_conn *c)
{
	return c->snd_nxt - c->snd_una - c->q.sacked - c->q.lost;
}

bool conn_unsent(const struct tcp_conn *c)
{
	if (!conn_synchronized(c) || c->fin_sent)
		return false;
	return seq_before(c->snd_nxt, sendq_text_end(&c->q)) || c->close_wanted;
}

void tcp_conn_open(struct tcp_conn *c, int64_t now_us)
{
	if (c->state != TCP_STATE_CLOSED || c->snd_nxt != c->iss)
		return;
	conn_enter(c, TCP_STATE_SYN_SENT);
	c->progress_us = c->heard_us = now_us;
}

size_t tcp_conn_write(struct tcp_conn *c, const uint8_t *text, size_t len, int64_t now_us)
{
	size_t taken;

	if (c->state == TCP_STATE_CLOSED || c->close_wanted)
		return 0;
	taken = sendq_write(&c->q, text, len);
	timers_tend(c, now_us);
	return taken;
}

size_t tcp_conn_write_room(const struct tcp_conn *c)
{
	if (c->state == TCP_STATE_CLOSED || c->close_wanted)
		return 0;
	return c->q.limit - c->q.used;
}

size_t tcp_conn_resume(struct tcp_conn *c, int64_t now_us)
{
	size_t taken = text_deliver_stored(c);

	timers_tend(c, now_us);
	return taken;
}

void tcp_conn_close(struct tcp_conn *c, int64_t now_us)
{
	if (c->state == TCP_STATE_SYN_SENT)
		conn_enter(c, TCP_STATE_CLOSED); /* RFC 9293 section 3.10.4 */
	c->close_wanted = true;
	timers_tend(c, now_us);
}

void tcp_conn_abort(struct tcp_conn *c, int64_t now_us)
{
	(void)now_us;
	if (c->state == TCP_STATE_CLOSED)
		return;
	/* In SYN-SENT the peer knows of nothing, and in CLOSING and later it has closed too. */
	if (1u << c->state & (TO(SYN_RECEIVED) | TO(ESTABLISHED) | TO(FIN_WAIT_1) | TO(FIN_WAIT_2) |
			      TO(CLOSE_WAIT))) {
		c->rst_owed = true;
		c->rst = (struct tcp_segment){ .seq = c->snd_nxt,
					       .ack = c->rcv_nxt,
					       .flags = TCP_FLAG_RST | TCP_FLAG_ACK };
	}
	conn_fail(c, TCP_FAILURE_ABORTED);
}

/* RFC 5927 section 4.1: whoever cannot quote a number in flight is not on the path. */
bool tcp_conn_on_icmp(struct tcp_conn *c, const struct tcp_icmp *icmp, int64_t now_us)
{
	if (c->state == TCP_STATE_CLOSED ||
	    !seq_within(icmp->seq, c->snd_una, c->snd_nxt - c->snd_una))
		return false;
	switch (icmp->kind) {
	case TCP_ICMP_HARD:
		/* RFC 5927 section 5.2: an open connection does not die of a hard error. */
		if (!conn_synchronized(c)) {
			conn_fail(c, TCP_FAILURE_UNREACHABLE);
			return true;
		}
		c->soft_error = true;
		break;
	case TCP_ICMP_SOFT:
		c->soft_error = true;
		break;
	case TCP_ICMP_TOO_BIG:
		if (!conn_synchronized(c) || icmp->text_max >= c->mss)
			return true;
		if (c->mss > MSS_LEAST)
			c->mss = icmp->text_max > MSS_LEAST ? icmp->text_max : MSS_LEAST;
		/* Not a sign of congestion (RFC 8201 section 5.4): just send it again, smaller. */
		for (unsigned i = 0; i < c->q.count; i++) {
			struct sent *s = sendq_record(&c->q, i);

			if (s->end - s->seq > output_text_max(c) && !(s->marks & SENT_SACKED))
				sendq_mark(&c->q, s, SENT_LOST, 0);
		}
		break;
	}
	timers_tend(c, now_us);
	return true;
}

enum tcp_state tcp_conn_state(const struct tcp_conn *c)
{
	return c->state;
}

enum tcp_failure tcp_conn_failure(const struct tcp_conn *c)
{
	return c->failure;
}

bool tcp_conn_at_end(const struct tcp_conn *c)
{
	return c->fin_taken && c->read_at == c->rcv_at;
}

uint64_t tcp_conn_unread(const struct tcp_conn *c)
{
	return c->rcv_at - c->read_at;
}

bool tcp_conn_all_acked(const struct tcp_conn *c)
{
	return c->snd_una == c->snd_nxt && conn_synchronized(c) && !conn_unsent(c);
}

void tcp_conn_info(const struct tcp_conn *c, struct tcp_conn_info *out)
{
	uint32_t options = c->ts_ok ? 12 : 0;

	*out = (struct tcp_conn_info){
		.state = c->state,
		.failure = c->failure,
		.iss = c->iss,
		.irs = c->irs,
		.snd_una = c->snd_una,
		.snd_nxt = c->snd_nxt,
		.snd_wnd = c->snd_wnd,
		.rcv_nxt = c->rcv_nxt,
		.rcv_wnd = seq_ahead(c->rcv_nxt, c->rcv_edge),
		.unsent = c->fin_sent ? 0 : seq_ahead(c->snd_nxt, sendq_text_end(&c->q)),
		.ack_owed = c->ack_now || c->ack_bytes,
		.cwnd = c->cc.cwnd,
		.ssthresh = c->cc.ssthresh,
		.mss = (uint16_t)(c->mss - options),
		.snd_wscale = c->snd_wscale,
		.rcv_wscale = c->rcv_wscale,
		.sack = c->sack_ok,
		.timestamps = c->ts_ok,
		.ecn = c->ecn.agreed,
		.srtt_us = c->rtt.srtt_us,
		.rto_us = rtt_rto(&c->rtt),
		.segments_sent = c->segments_sent,
		.segments_received = c->segments_received,
		.text_sent = c->text_sent,
		.text_received = c->rcv_at,
		.retransmissions = c->retransmissions,
		.duplicates = c->duplicates,
		.out_of_order = c->out_of_order,
		.marks_seen = c->marks_seen,
		.marks_told = c->marks_told,
		.syn_retries = c->syn_retries,
		.soft_error = c->soft_error,
	};
}
