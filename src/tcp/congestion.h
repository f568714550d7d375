/* SPDX-License-Identifier: GPL-3.0-or-later */
/* congestion.h - how much may be in flight: slow start and congestion avoidance (RFC 5681), first
 * window of ten segments (RFC 6928). All in bytes. */
#ifndef TCPSHAKE_TCP_CONGESTION_H
#define TCPSHAKE_TCP_CONGESTION_H

#include <stdint.h>

struct congestion {
	uint32_t cwnd, ssthresh;
	uint32_t counted; /* bytes acknowledged toward the next step of congestion avoidance */
};

/* @mss: bytes of the largest segment that we send (SMSS). */
void congestion_init(struct congestion *cc, uint32_t mss);

/* @acked bytes were newly acknowledged outside of loss recovery, while the window was in full use. */
void congestion_on_ack(struct congestion *cc, uint32_t mss, uint32_t acked);

/* A loss was found with @in_flight bytes out: halve (RFC 5681 equation 4). */
void congestion_on_loss(struct congestion *cc, uint32_t mss, uint32_t in_flight);

/* The retransmission timer expired: start again from one segment (RFC 5681 section 3.1). @first:
 * not for the second and later expiries of the same data, which keep ssthresh. */
void congestion_on_timeout(struct congestion *cc, uint32_t mss, uint32_t in_flight, int first);

#endif
