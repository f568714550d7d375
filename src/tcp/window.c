/* SPDX-License-Identifier: GPL-3.0-or-later */
/* window.c - the window that we offer: how large, when it moves, how it grows.
 *
 * It begins at 64 KiB and follows the path: what the reader took in one round trip says how much the
 * next one can bring, and the window is to be twice as large, so that it never holds the peer up.
 * It never shrinks (RFC 9293 section 3.8.6). */
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define FIRST_LIMIT 65536u
#define GROWN_LEAST (2u << 20) /* a reader that is late by some milliseconds closes no window */

/* Bytes that could be received now: the buffer less what the reader has not taken. What lies out of
 * order is inside the window already. */
uint32_t window_space(const struct tcp_conn *c)
{
	uint64_t unread = c->rcv_at - c->read_at;

	return unread < c->window_limit ? c->window_limit - (uint32_t)unread : 0;
}

void window_init(struct tcp_conn *c)
{
	uint32_t first = FIRST_LIMIT > 2u * c->cfg.mss ? FIRST_LIMIT : 2u * c->cfg.mss;

	c->window_limit = first < c->cfg.receive_buffer ? first : c->cfg.receive_buffer;
	c->tune.space = 10u * c->cfg.mss; /* what a first window of ten segments brings */
}

/* The window of a SYN is never scaled (RFC 7323 section 2.2); whole segments, as Linux has it. */
uint16_t window_for_syn(const struct tcp_conn *c)
{
	uint32_t space = window_space(c);

	if (space > UINT16_MAX)
		space = UINT16_MAX;
	if (!c->cfg.window && c->cfg.mss && space >= c->cfg.mss)
		space -= space % c->cfg.mss;
	if (c->state == TCP_STATE_SYN_RECEIVED && space < seq_ahead(c->rcv_nxt, c->rcv_edge))
		space = seq_ahead(c->rcv_nxt, c->rcv_edge); /* an ACK in between promised more */
	return (uint16_t)(space < UINT16_MAX ? space : UINT16_MAX);
}

/* What the store can hold beyond the largest window: room for edges that are rounded up. */
uint32_t window_slack(const struct tcp_config *cfg)
{
	return (1u << cfg->wscale) + cfg->receive_buffer / 8;
}

/* Move the window's edge forward if that is worth telling (RFC 9293 section 3.8.6.2.2, the
 * receiver's half of silly-window avoidance), never back (section 3.8.6). Between two units of the scale
 * it is rounded up, as rounding down would take back what was promised (RFC 7323 section 2.4). Each
 * rounding gives a little more away: once the store has no room for that, the field is rounded down, and
 * what was promised is still taken. */
static uint32_t edge_to_offer(const struct tcp_conn *c)
{
	uint32_t space = window_space(c), most = (uint32_t)UINT16_MAX << c->rcv_wscale;
	uint32_t half = c->window_limit / 2, worth = half < c->cfg.mss ? half : c->cfg.mss;
	uint32_t unit = 1u << c->rcv_wscale, edge, up;
	uint64_t unread = c->rcv_at - c->read_at;

	if (space > most)
		space = most;
	edge = c->rcv_nxt + (space >> c->rcv_wscale << c->rcv_wscale);
	if (seq_ahead(c->rcv_edge, edge) < (worth ? worth : 1))
		edge = c->rcv_edge;
	up = (seq_ahead(c->rcv_nxt, edge) + unit - 1) >> c->rcv_wscale << c->rcv_wscale;
	if (up <= most && (!c->cfg.window || up <= c->cfg.window) &&
	    unread + up <= c->cfg.receive_buffer + window_slack(&c->cfg))
		edge = c->rcv_nxt + up;
	return edge;
}

uint16_t window_field(const struct tcp_conn *c)
{
	return (uint16_t)(seq_ahead(c->rcv_nxt, edge_to_offer(c)) >> c->rcv_wscale);
}

uint16_t window_select(struct tcp_conn *c)
{
	c->rcv_edge = edge_to_offer(c);
	return (uint16_t)(seq_ahead(c->rcv_nxt, c->rcv_edge) >> c->rcv_wscale);
}

/* The receiver's own estimate of the round trip: from a new echo of our clock, which answers
 * something that we sent when it was made. Too large while the peer has nothing to say. */
static void take_sample(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	uint32_t ecr = seg->options.ts_ecr, ms;
	int64_t us;

	if (!c->ts_ok || !seg->options.has_timestamps || ecr == c->tune.last_ecr)
		return;
	c->tune.last_ecr = ecr;
	ms = output_ts_now(c, now_us) - ecr;
	if (ms > 60000)
		return;
	us = (int64_t)ms * 1000;
	if (!ms) /* less than a tick: what our own estimate says, if that is so short */
		us = c->rtt.srtt_us && c->rtt.srtt_us < 1000 ? c->rtt.srtt_us : 500;
	c->tune.rtt_us += c->tune.rtt_us ? (us - c->tune.rtt_us) / 8 : us;
}

/* Once a round trip: did the reader take more than in any before? Then the peer is speeding up. */
void window_tune(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us)
{
	int64_t rtt_us, passed_us = now_us - c->tune.since_us; /* below 0: before the first round */
	uint64_t taken, grown, want;
	bool lagged;

	take_sample(c, seg, now_us);
	c->tune.lagged |= c->read_at != c->rcv_at;
	rtt_us = c->tune.rtt_us ? c->tune.rtt_us : c->rtt.srtt_us;
	/* Segments that wait in our own capture make it longer, and no window makes up for that. */
	if (c->rtt.min_us && rtt_us > 2 * c->rtt.min_us)
		rtt_us = 2 * c->rtt.min_us;
	if (!rtt_us || (passed_us >= 0 && passed_us < rtt_us))
		return;
	/* Text comes in bursts, and the round may have lasted longer: count what one RTT had of it. */
	taken = (c->read_at - c->tune.at) * (uint64_t)rtt_us / (uint64_t)passed_us;
	c->tune.at = c->read_at;
	c->tune.since_us = now_us;
	/* A reader that lagged behind the wire was held up by no window, and what it takes when it catches
	 * up says nothing of the path. */
	lagged = c->tune.lagged;
	c->tune.lagged = c->read_at != c->rcv_at;
	if (taken <= c->tune.space || lagged)
		return;
	/* Twice what came; and if it is still growing, by as much again: slow start doubles, and is not
	 * to be held up. More than doubled it has only if the measure before was of a pause. */
	grown = taken - c->tune.space < c->tune.space ? taken - c->tune.space : c->tune.space;
	want = 2 * (taken + grown) + 16ull * c->cfg.mss;
	c->tune.space = taken < UINT32_MAX ? (uint32_t)taken : UINT32_MAX;
	if (want < GROWN_LEAST)
		want = GROWN_LEAST;
	if (want > c->cfg.receive_buffer)
		want = c->cfg.receive_buffer;
	if (want > c->window_limit)
		c->window_limit = (uint32_t)want;
}
