/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane.h - one direction of the wire: what becomes of each frame, and when it comes out. Pure: the time
 * is told, frames go out through a callback. */
#ifndef TCPSHAKE_TESTS_NET_WIRE_LANE_H
#define TCPSHAKE_TESTS_NET_WIRE_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "net/wire/settings.h"

#define LANE_NEVER INT64_MAX

struct lane_waiting;

struct lane {
	unsigned id;	  /* 0: up, from the client to the server; 1: down */
	const char *name; /* of it */
	uint64_t seed;
	struct settings settings;

	/* Puts a frame out; false when it cannot be. */
	bool (*out)(void *context, const uint8_t *frame, size_t len);
	void *context;

	/* private to lane.c */
	struct lane_waiting **heap; /* on its way, the next to come out first */
	size_t count, room;
	uint64_t serial;
	int64_t free_ns; /* when the rate limit has sent all that it was given */
	int64_t last_ns; /* when the last frame in order comes out */

	struct lane_count {
		uint64_t frames;       /* came in and are subject to all this */
		uint64_t housekeeping; /* came in and are not */
		uint64_t delivered;    /* put out, of both kinds, doubles and ICMP of ours too */
		uint64_t lost, cut, too_big, overflowed; /* dropped: each has one reason */
		uint64_t corrupted, doubled, held, marked;
		uint64_t refused; /* the device would not take them */
		uint64_t missed; /* lost before they came here; for who reads the frames to count */
		int64_t late_ns; /* the longest that a frame came out after its time */
	} n;
};

/* A frame came in at @now_ns; marking and corruption are done to it in place. Returns false when it is larger than
 * the MTU and was dropped for that: an answer may be due. */
bool lane_take(struct lane *l, uint8_t *frame, size_t len, int64_t now_ns);

/* A frame of the wire's own: only delayed. */
void lane_inject(struct lane *l, const uint8_t *frame, size_t len, int64_t now_ns);

/* Put out all that is due. */
void lane_deliver(struct lane *l, int64_t now_ns);

/* When the next frame is due; LANE_NEVER: none is on its way. */
int64_t lane_due(const struct lane *l);

/* One line: the name, then counters as NAME=NUMBER. */
void lane_print(const struct lane *l, FILE *out);

void lane_free(struct lane *l);

#endif
