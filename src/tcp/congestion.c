/* SPDX-License-Identifier: GPL-3.0-or-later */
/* congestion.c - CUBIC and its company; see congestion.h. */
#include "tcp/congestion.h"

#define CWND_MAX 0x3fffffffu /* the largest window that scaling can offer (RFC 7323 section 2.3) */
#define CUBIC_C	 0.4	     /* RFC 9438 section 4.1 */
#define BETA	 0.7	     /* section 4.6 */
#define ALPHA	 (3 * (1 - BETA) / (1 + BETA)) /* section 4.3 */

static uint32_t most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* RFC 6928 section 2 */
static uint32_t first_window(uint32_t mss)
{
	return least(10 * mss, most(14600, 2 * mss));
}

void congestion_init(struct congestion *cc, uint32_t mss)
{
	*cc = (struct congestion){ .cwnd = first_window(mss), .ssthresh = CWND_MAX };
}

void congestion_restart(struct congestion *cc, uint32_t mss)
{
	cc->cwnd = least(cc->cwnd, first_window(mss));
}

/* Newton's; x is a number of segments, so the result is small and a few turns are exact enough. */
static double cube_root(double x)
{
	double r = x > 1 ? x / 3 + 1 : 1;

	if (x <= 0)
		return 0;
	for (int i = 0; i < 60; i++)
		r -= (r - x / (r * r)) / 3;
	return r;
}

/* RFC 9438 section 4.2 */
static void begin_epoch(struct congestion *cc, uint32_t mss, int64_t now_us)
{
	cc->in_epoch = true;
	cc->epoch_us = now_us;
	cc->w_est = cc->cwnd;
	if (cc->w_max <= cc->cwnd) {
		cc->w_max = cc->cwnd;
		cc->k = 0;
	} else {
		cc->k = cube_root((cc->w_max - cc->cwnd) / mss / CUBIC_C);
	}
}

static double w_cubic(const struct congestion *cc, uint32_t mss, double seconds)
{
	double t = seconds - cc->k;

	return CUBIC_C * t * t * t * mss + cc->w_max;
}

static void avoid_congestion(struct congestion *cc, uint32_t mss, uint32_t acked, int64_t srtt_us,
			     int64_t now_us)
{
	double t, target, cwnd = cc->cwnd;

	if (!cc->in_epoch)
		begin_epoch(cc, mss, now_us);
	/* Time in which the window was not in use does not count (section 4.2). */
	else if (now_us - cc->used_us > 2 * srtt_us)
		cc->epoch_us += now_us - cc->used_us;
	cc->used_us = now_us;
	t = (double)(now_us - cc->epoch_us) / 1e6;
	cc->w_est += (cc->w_est < cc->w_max ? ALPHA : 1) * mss * acked / cwnd;
	if (w_cubic(cc, mss, t) < cc->w_est) { /* section 4.3: at least what Reno would have */
		cwnd = cc->w_est > cwnd ? cc->w_est : cwnd;
	} else {
		target = w_cubic(cc, mss, t + (double)srtt_us / 1e6);
		target = target < cwnd ? cwnd : target > 1.5 * cwnd ? 1.5 * cwnd : target;
		cwnd += (target - cwnd) * acked / cwnd;
	}
	cc->cwnd = cwnd < CWND_MAX ? (uint32_t)cwnd : CWND_MAX;
}

void congestion_on_ack(struct congestion *cc, uint32_t mss, uint32_t acked, int64_t srtt_us,
		       int64_t now_us)
{
	/* Slow start counts bytes, one stretch ACK as no more than eight segments (RFC 9406 section
	 * 4.2 has that L; with the 2 of RFC 3465 a peer that joins segments would stall it). */
	if (cc->cwnd < cc->ssthresh)
		cc->cwnd = least(cc->cwnd + least(acked, 8 * mss), CWND_MAX);
	else
		avoid_congestion(cc, mss, acked, srtt_us, now_us);
}

/* RFC 9438 sections 4.6 and 4.7 */
static void reduce(struct congestion *cc, uint32_t mss, uint32_t in_flight)
{
	cc->w_max = cc->cwnd < cc->w_max ? cc->cwnd * (1 + BETA) / 2 : cc->cwnd;
	cc->ssthresh = most((uint32_t)(in_flight * BETA), 2 * mss);
	cc->in_epoch = false;
}

void congestion_on_loss(struct congestion *cc, uint32_t mss, uint32_t in_flight)
{
	cc->undo_cwnd = cc->cwnd;
	cc->undo_ssthresh = cc->ssthresh;
	reduce(cc, mss, in_flight);
	cc->prr_delivered = cc->prr_out = 0;
	cc->prr_flight = most(in_flight, mss);
}

/* RFC 6937 section 3.1, with the slow-start reduction bound */
void congestion_in_recovery(struct congestion *cc, uint32_t mss, uint32_t delivered,
			    uint32_t in_flight)
{
	uint64_t may_send;

	cc->prr_delivered += delivered;
	if (in_flight > cc->ssthresh) {
		uint64_t due =
			(cc->prr_delivered * cc->ssthresh + cc->prr_flight - 1) / cc->prr_flight;

		may_send = due > cc->prr_out ? due - cc->prr_out : 0;
	} else {
		uint64_t bound =
			cc->prr_delivered > cc->prr_out ? cc->prr_delivered - cc->prr_out : 0;

		may_send = (bound > delivered ? bound : delivered) + mss;
		if (may_send > cc->ssthresh - in_flight)
			may_send = cc->ssthresh - in_flight;
	}
	cc->cwnd = in_flight + (uint32_t)may_send;
}

void congestion_sent_in_recovery(struct congestion *cc, uint32_t sent)
{
	cc->prr_out += sent;
}

void congestion_recovered(struct congestion *cc)
{
	cc->cwnd = cc->ssthresh;
}

void congestion_on_timeout(struct congestion *cc, uint32_t mss, uint32_t in_flight, bool first)
{
	if (first) {
		cc->undo_cwnd = cc->cwnd;
		cc->undo_ssthresh = cc->ssthresh;
		reduce(cc, mss, in_flight);
		cc->w_max = 0; /* the curve begins where slow start ends (RFC 9438 section 4.8) */
	}
	cc->cwnd = mss;
}

void congestion_undo(struct congestion *cc)
{
	cc->cwnd = most(cc->cwnd, cc->undo_cwnd);
	cc->ssthresh = most(cc->ssthresh, cc->undo_ssthresh);
}
