/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - packets a second, exactly: a token bucket. Pure: the time goes in. */
#ifndef TCPSHAKE_PROBE_PACE_H
#define TCPSHAKE_PROBE_PACE_H

#include <stdint.h>

struct pace {
	uint64_t rate;	  /* packets a second */
	uint64_t burst;	  /* tokens that may be saved up */
	uint64_t tokens;  /* in millionths of a packet */
	int64_t since_us; /* tokens are counted up to here */
};

/* pace_init() - @rate: 1 to 10,000,000; the burst is what two milliseconds bring, at least one packet. */
void pace_init(struct pace *p, uint64_t rate, int64_t now_us);

/* How many packets may leave now, at most @want; they are taken. */
unsigned pace_take(struct pace *p, unsigned want, int64_t now_us);

/* What was taken and not sent. */
void pace_give_back(struct pace *p, unsigned count);

/* When the next packet may leave; now or before: at once. */
int64_t pace_when(const struct pace *p, int64_t now_us);

#endif
