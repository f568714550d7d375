/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtt.c - RFC 6298; see rtt.h. */
#include "tcp/rtt.h"

/* The clock's granularity G of rule 2.3. */
#define GRANULARITY_US 1000

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

static int64_t least(const struct rtt *r)
{
	return r->floor_us ? r->floor_us : RTT_RTO_MIN_US;
}

void rtt_sample(struct rtt *r, int64_t us)
{
	int64_t margin, off;

	us = clamp(us, 1, INT64_MAX / 16);
	if (!r->min_us || us < r->min_us)
		r->min_us = us;
	if (!r->srtt_us) { /* rule 2.2 */
		r->srtt_us = us;
		r->rttvar_us = us / 2;
	} else { /* rule 2.3: beta = 1/4, alpha = 1/8, RTTVAR first */
		off = r->srtt_us > us ? r->srtt_us - us : us - r->srtt_us;
		r->rttvar_us += (off - r->rttvar_us) / 4;
		r->srtt_us = clamp(r->srtt_us + (us - r->srtt_us) / 8, 1, INT64_MAX / 16);
	}
	margin = 4 * r->rttvar_us;
	if (margin < GRANULARITY_US)
		margin = GRANULARITY_US;
	if (margin < r->floor_us)
		margin = r->floor_us;
	r->base_us = clamp(r->srtt_us + margin, least(r), RTT_RTO_MAX_US);
}

int64_t rtt_plain_rto(const struct rtt *r)
{
	return r->base_us ? r->base_us : RTT_RTO_FIRST_US;
}

int64_t rtt_rto(const struct rtt *r)
{
	int64_t rto = rtt_plain_rto(r);

	for (unsigned i = 0; i < r->backoff && rto < RTT_RTO_MAX_US; i++)
		rto *= 2;
	return clamp(rto, least(r), RTT_RTO_MAX_US);
}

void rtt_back_off(struct rtt *r)
{
	if (r->backoff < 16) /* far past the ceiling: no need to count on */
		r->backoff++;
}

void rtt_progress(struct rtt *r)
{
	r->backoff = 0;
}

void rtt_after_lost_syn(struct rtt *r)
{
	if (r->srtt_us)
		return;
	r->base_us = RTT_RTO_AFTER_SYN_US;
	r->backoff = 0;
}
