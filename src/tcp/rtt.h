/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtt.h - the round-trip estimator and the retransmission timeout (RFC 6298). */
#ifndef TCPSHAKE_TCP_RTT_H
#define TCPSHAKE_TCP_RTT_H

#include <stdint.h>

#define RTT_RTO_FIRST_US     1000000  /* RFC 6298 rule 2.1 */
#define RTT_RTO_MIN_US	     1000000  /* rule 2.4 */
#define RTT_RTO_MAX_US	     60000000 /* rule 2.5: at least 60 s */
#define RTT_RTO_AFTER_SYN_US 3000000  /* rule 5.7 */

/* Zeroed before its first sample, but for the floor. */
struct rtt {
	/* 0: rules 2.3 and 2.4. Else the RTO stays so far above SRTT, and may be less than 1 s: enough
	 * for a delayed acknowledgement (RFC 8961 section 4 leaves that to the measure). */
	int64_t floor_us;
	int64_t srtt_us; /* 0: no sample yet */
	int64_t rttvar_us;
	int64_t min_us;	  /* the smallest sample; 0: none */
	int64_t base_us;  /* RTO without back-off; 0: the first one */
	unsigned backoff; /* how often the RTO was doubled since the last progress */
};

/**
 * rtt_sample() - feed one round-trip measurement to the estimator
 * @r:      the estimator
 * @us:     microseconds from send to ACK; less than 1 counts as 1. Of a segment sent twice only when
 *          timestamps tell which copy was answered (RFC 6298 section 3, Karn's algorithm) */
void rtt_sample(struct rtt *r, int64_t us);

/* The RTO without back-off. */
int64_t rtt_plain_rto(const struct rtt *r);

/* The RTO in force, back-off included, in microseconds: 1 s, or what the floor allows, to 60 s (rules
 * 2.4, 2.5). */
int64_t rtt_rto(const struct rtt *r);

/* The timer expired: double the RTO (rule 5.5). */
void rtt_back_off(struct rtt *r);

/* New data was acknowledged: back to the plain RTO. */
void rtt_progress(struct rtt *r);

/* The SYN had to be sent again and no sample exists: start data with 3 s (rule 5.7). */
void rtt_after_lost_syn(struct rtt *r);

#endif
