/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h - how bad one direction of the wire is, and the words for it. */
#ifndef TCPSHAKE_TESTS_NET_WIRE_SETTINGS_H
#define TCPSHAKE_TESTS_NET_WIRE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* All zero but the queue and the hold: a clean wire. Shares are parts of a million. */
struct settings {
	int64_t delay_us, jitter_us; /* jitter: evenly between delay - jitter and delay + jitter */
	int64_t hold_us;	     /* how long a reordered frame is held back */
	uint64_t rate;		     /* bits a second, Ethernet headers counted; 0: no limit */
	uint64_t queue;		     /* bytes that may wait for the rate */
	uint64_t mtu;		     /* largest IP packet; 0: no limit */
	uint32_t loss, duplicate, reorder, corrupt;
	uint32_t mark; /* of those that may be marked: congestion experienced (RFC 3168) */
	bool shuffle;  /* jitter may change the order */
	bool cut;      /* nothing passes */
	bool tell;     /* a packet over the MTU is answered with ICMP */
};

void settings_init(struct settings *s);

/**
 * settings_take() - take one word into account
 * @word:   "loss=5%", "delay=25ms", "rate=20mbit", ...; the rows of the table in settings.c
 * Return:  false, and @e says why, when it is not understood; @s is unchanged then. */
bool settings_take(struct settings *s, const char *word, struct err *e);

#endif
