/* SPDX-License-Identifier: GPL-3.0-or-later */
/* congestion.c - RFC 5681; see congestion.h. */
#include "tcp/congestion.h"

#define CWND_MAX 0x3fffffffu /* the largest window that scaling can offer (RFC 7323 section 2.3) */

void congestion_init(struct congestion *cc, uint32_t mss)
{
	uint32_t least = 14600 > 2 * mss ? 14600 : 2 * mss;

	/* RFC 6928 section 2 */
	cc->cwnd = 10 * mss < least ? 10 * mss : least;
	cc->ssthresh = CWND_MAX;
	cc->counted = 0;
}

void congestion_on_ack(struct congestion *cc, uint32_t mss, uint32_t acked)
{
	if (cc->cwnd < cc->ssthresh) {
		/* Slow start, counting bytes (RFC 3465 with L = 2: one stretch ACK bursts no more). */
		cc->cwnd += acked < 2 * mss ? acked : 2 * mss;
	} else {
		cc->counted += acked;
		if (cc->counted >= cc->cwnd) {
			cc->counted -= cc->cwnd;
			cc->cwnd += mss;
		}
	}
	if (cc->cwnd > CWND_MAX)
		cc->cwnd = CWND_MAX;
}

static void halve(struct congestion *cc, uint32_t mss, uint32_t in_flight)
{
	cc->ssthresh = in_flight / 2 > 2 * mss ? in_flight / 2 : 2 * mss;
	cc->counted = 0;
}

void congestion_on_loss(struct congestion *cc, uint32_t mss, uint32_t in_flight)
{
	halve(cc, mss, in_flight);
	cc->cwnd = cc->ssthresh;
}

void congestion_on_timeout(struct congestion *cc, uint32_t mss, uint32_t in_flight, int first)
{
	if (first)
		halve(cc, mss, in_flight);
	cc->cwnd = mss;
}
