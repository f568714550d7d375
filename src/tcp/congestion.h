/* SPDX-License-Identifier: GPL-3.0-or-later */
/* congestion.h - how much may be in flight: slow start with a first window of ten segments
 * (RFC 5681, RFC 6928), CUBIC after that (RFC 9438), proportional reduction while losses are being
 * repaired (RFC 6937). All in bytes and microseconds. */
#ifndef TCPSHAKE_TCP_CONGESTION_H
#define TCPSHAKE_TCP_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

struct congestion {
	uint32_t cwnd, ssthresh;

	/* CUBIC, since the last reduction */
	bool in_epoch;
	int64_t epoch_us; /* when congestion avoidance began, later by each pause */
	int64_t used_us;  /* when the window was last in full use */
	double w_max;	  /* the window before the reduction */
	double k;	  /* seconds from the epoch's start until w_max is reached again */
	double w_est;	  /* what Reno would have */

	/* Proportional rate reduction, for one recovery */
	uint64_t prr_delivered, prr_out;
	uint32_t prr_flight; /* in flight when it began (RecoverFS) */

	/* The state before a reduction, in case it was spurious (RFC 4015 section 3) */
	uint32_t undo_cwnd, undo_ssthresh;
};

/* @mss: bytes of the largest segment that we send (SMSS). */
void congestion_init(struct congestion *cc, uint32_t mss);

/* Nothing was sent for longer than the RTO: no more than the first window now (RFC 5681 section 4.1). */
void congestion_restart(struct congestion *cc, uint32_t mss);

/* @acked bytes were newly acknowledged outside of loss recovery, while the window was in full use.
 * @srtt_us: 0 when not known. */
void congestion_on_ack(struct congestion *cc, uint32_t mss, uint32_t acked, int64_t srtt_us,
		       int64_t now_us);

/* A loss was found with @in_flight bytes out: a recovery begins (RFC 9438 section 4.6). */
void congestion_on_loss(struct congestion *cc, uint32_t mss, uint32_t in_flight);

/* During that recovery: @delivered bytes more have arrived, @in_flight are still out. */
void congestion_in_recovery(struct congestion *cc, uint32_t mss, uint32_t delivered,
			    uint32_t in_flight);

/* During that recovery, @sent bytes went out. */
void congestion_sent_in_recovery(struct congestion *cc, uint32_t sent);

/* The recovery is over. */
void congestion_recovered(struct congestion *cc);

/* The retransmission timer expired: start again from one segment (RFC 5681 section 3.1). @first:
 * false for the second and later expiries of the same data, which keep ssthresh. */
void congestion_on_timeout(struct congestion *cc, uint32_t mss, uint32_t in_flight, bool first);

/* The timeout, or the loss, was spurious: as before it. */
void congestion_undo(struct congestion *cc);

#endif
