/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_stats.c - running sums over RTTs; see probe_stats.h. */
#include "view/probe_stats.h"

/* The square root, by Newton: not worth libm. */
static double root(double x)
{
	double r = x > 1 ? x : 1;

	for (int i = 0; i < 200 && r * r > x * (1 + 1e-12); i++)
		r = (r + x / r) / 2;
	return r;
}

void probe_stats_add(struct probe_stats *s, const struct probe_result *r)
{
	double apart;

	s->addr = r->addr;
	s->port = r->port;
	s->rounds++;
	if (r->state == PROBE_FILTERED || r->state == PROBE_UNREACHABLE)
		return;
	s->answered++;
	if (r->rtt_ns < 0)
		return;
	if (s->timed)
		s->differences += (double)(r->rtt_ns > s->last_ns ? r->rtt_ns - s->last_ns :
								    s->last_ns - r->rtt_ns);
	if (!s->timed || r->rtt_ns < s->min_ns)
		s->min_ns = r->rtt_ns;
	if (!s->timed || r->rtt_ns > s->max_ns)
		s->max_ns = r->rtt_ns;
	s->last_ns = r->rtt_ns;
	s->timed++;
	apart = (double)r->rtt_ns - s->mean_ns;
	s->mean_ns += apart / (double)s->timed;
	s->squares += apart * ((double)r->rtt_ns - s->mean_ns);
}

static int64_t rounded(double ns)
{
	return (int64_t)(ns + 0.5);
}

int64_t probe_stats_mean_ns(const struct probe_stats *s)
{
	return s->timed ? rounded(s->mean_ns) : -1;
}

int64_t probe_stats_deviation_ns(const struct probe_stats *s)
{
	return s->timed ? rounded(root(s->squares / (double)s->timed)) : -1;
}

int64_t probe_stats_jitter_ns(const struct probe_stats *s)
{
	return s->timed > 1 ? rounded(s->differences / (double)(s->timed - 1)) : -1;
}
