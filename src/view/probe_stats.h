/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_stats.h - `probe --repeat`: what many handshakes with one address and port say together. */
#ifndef TCPSHAKE_VIEW_PROBE_STATS_H
#define TCPSHAKE_VIEW_PROBE_STATS_H

#include "probe/result.h"

struct probe_stats {
	struct addr addr;
	uint16_t port;
	uint64_t rounds;
	uint64_t answered; /* by TCP, with whatever: not filtered, not unreachable */
	uint64_t timed;	   /* of these, how many have an RTT */
	int64_t min_ns, max_ns, last_ns;
	double mean_ns, squares, differences; /* Welford's sums */
};

/* probe_stats_add() - one more round, in their order. Zeroed it has none. */
void probe_stats_add(struct probe_stats *s, const struct probe_result *r);

/* The mean and the standard deviation of all rounds (not of a sample); -1: no RTT is known. */
int64_t probe_stats_mean_ns(const struct probe_stats *s);
int64_t probe_stats_deviation_ns(const struct probe_stats *s);

/* The mean difference between one RTT and the next that is known, whichever is larger; -1: there are not two.
 * (RFC 3550's jitter is another: of one-way times, and smoothed.) */
int64_t probe_stats_jitter_ns(const struct probe_stats *s);

#endif
