/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober.h - handshakes with the pairs of a set: who is sent to when, what answers mean.
 *
 *     targets, order, sweep, pace  -->  batch  -->  the wire  -->  capture  -->  cookie  -->  results
 *
 * Nothing is kept for a target but what sweep.h says, until its SYN,ACK comes: its numbers prove that it
 * answers our SYN. Then it gets a connection of the engine (live.h), which is closed in order; or, in
 * PROBER_HALF, a RST. */
#ifndef TCPSHAKE_PROBE_PROBER_H
#define TCPSHAKE_PROBE_PROBER_H

#include "drive/loop.h"
#include "probe/result.h"
#include "probe/sweep.h"
#include "probe/targets.h"
#include "probe/ways.h"
#include "tcp/conn.h"

enum prober_mode { PROBER_FULL, PROBER_HALF, PROBER_HTTP };

#define PROBER_STAMPS_RATE 10000u /* up to here our own SYNs are captured, too */
/* What we offer at most, so that a frame of the peer's fits into a small slot of the capture's ring. */
#define PROBER_WINDOW	   512u
#define PROBER_WINDOW_HTTP 1460u

struct prober_options {
	enum prober_mode mode;
	const char *path, *user_agent; /* PROBER_HTTP */
	uint64_t seed, rate;	       /* SYNs a second */
	unsigned attempts;
	int64_t wait_us[SWEEP_ATTEMPTS_MAX];
	int64_t timeout_us; /* for a connection that makes no progress */
	unsigned shard, shards;
	unsigned per_host; /* connections with one host at a time */
	uint8_t ttl, wscale;
	uint16_t mss; /* 0: by MTU */
	bool sack, timestamps, ecn;
};

struct prober_calls {
	void (*result)(void *context, const struct probe_result *r);
	void (*finished)(void *context);		      /* the round is over */
	void (*failed)(void *context, const struct err *why); /* for good */
	void *context;
};

/* Where an earlier run of the same set ended. */
struct prober_start {
	uint64_t from;	      /* what stands before is finished */
	const uint64_t *done; /* ... and these after it, in ascending order */
	size_t done_count;
};

struct prober;

/* prober_new() - @ways: listening. NULL with @e set. prober_free() accepts NULL. */
struct prober *prober_new(struct loop *loop, struct ways *ways,
			  const struct prober_options *options, const struct prober_calls *calls,
			  struct err *e);
void prober_free(struct prober *p);

/**
 * prober_begin() - one round over a set
 * @t:      sealed; must stay until the round is finished
 * @round:  from 1, for the results
 * @start:  NULL: from the beginning
 * Return:  false with @e set. */
bool prober_begin(struct prober *p, const struct targets *t, unsigned round,
		  const struct prober_start *start, struct err *e);

/* prober_stop() - begin nothing new, wait for no more answers, close what is open in order; @now: reset it. */
void prober_stop(struct prober *p, bool now);

/* prober_where() - how far a round came that was stopped: all positions before @from are finished, and those
 * of @done, which is for the caller to free; false when memory is short. */
bool prober_where(const struct prober *p, uint64_t *from, uint64_t **done, size_t *count);

/* Over all rounds so far. */
void prober_totals(const struct prober *p, struct probe_totals *out);

/* How many pairs of a set are this shard's. */
uint64_t prober_share(const struct prober_options *o, const struct targets *t);

/* prober_dry() - the pairs of this shard in their order, without sending. @each: NULL: only counted.
 * Return:  how many. */
uint64_t prober_dry(const struct prober_options *o, const struct targets *t,
		    void (*each)(void *context, const struct target_pair *pair), void *context);

#endif
