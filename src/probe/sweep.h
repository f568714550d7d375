/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.h - whom to send to next, how often, and who did not answer: over any number of targets in
 * constant memory. Pure: the time goes in.
 *
 * Targets are numbered by their position in the order of sending. Each is sent to at most `attempts`
 * times; between two attempts, and after the last, an answer may take wait_us[attempt]. Positions in the
 * air form a window that moves along:
 *
 *       given up          attempt 2      attempt 1         attempt 0
 *     ...........|-------------|-------------|----------------|.............
 *              low                                           high     count
 *
 * Every attempt goes along behind the one before it; what answered is stepped over. Of a position in the
 * window there is kept: whether it is done with, and when each attempt was sent (microseconds, 32 bits).
 * The window is as wide as rate times patience; when it is full, no new target is begun until the oldest
 * is given up. */
#ifndef TCPSHAKE_PROBE_SWEEP_H
#define TCPSHAKE_PROBE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#define SWEEP_ATTEMPTS_MAX 8u

struct sweep_config {
	uint64_t first, count, step; /* positions first, first + step, ... below count: --shard */
	unsigned attempts;	     /* 1 to SWEEP_ATTEMPTS_MAX */
	int64_t wait_us[SWEEP_ATTEMPTS_MAX]; /* each at most an hour */
	uint32_t window; /* positions in the air at most; rounded up to a power of two */
};

struct sweep;

/* sweep_new() - NULL when memory is short. sweep_free() accepts NULL. */
struct sweep *sweep_new(const struct sweep_config *config);
void sweep_free(struct sweep *s);

enum sweep_what {
	SWEEP_SEND,	/* to @position, for the @attempt-th time (from 0): call sweep_sent() */
	SWEEP_GAVE_UP,	/* no answer from @position came to any attempt; @attempt was the last */
	SWEEP_WAIT,	/* nothing until @when_us */
	SWEEP_FINISHED, /* every position is done with or given up */
};
struct sweep_step {
	enum sweep_what what;
	uint64_t position;
	unsigned attempt;
	int64_t when_us;
};

/* sweep_next() - what is to be done now; repeated attempts before new targets, giving up before both. A
 * SWEEP_SEND is asked for again until it is sent, or answered. Times are 0 or later. */
void sweep_next(struct sweep *s, int64_t now_us, struct sweep_step *out);

/* sweep_sent() - the attempt that sweep_next() asked for last has left. */
void sweep_sent(struct sweep *s, uint64_t position, unsigned attempt, int64_t now_us);

/* When an attempt was sent; false when that is not known (any more). sweep_correct(): by the capture it was
 * at this time instead. */
bool sweep_sent_at(const struct sweep *s, uint64_t position, unsigned attempt, int64_t *when_us);
void sweep_correct(struct sweep *s, uint64_t position, unsigned attempt, int64_t when_us);

/* How a position stands. */
enum sweep_standing {
	SWEEP_UNSENT,
	SWEEP_WAITING,
	SWEEP_DONE, /* by sweep_done() */
	SWEEP_PAST, /* given up, or so long ago that nothing is known of it */
};
enum sweep_standing sweep_standing(const struct sweep *s, uint64_t position);

/* sweep_done() - it answered: nothing more is sent to it, and it is not given up. */
void sweep_done(struct sweep *s, uint64_t position);

/* sweep_stop() - no new targets, no more attempts: those in the air are given their time. */
void sweep_stop(struct sweep *s);

/* Targets begun, and finished one way or the other. All below sweep_low() are finished: where a later run
 * may go on. */
uint64_t sweep_begun(const struct sweep *s);
uint64_t sweep_finished(const struct sweep *s);
uint64_t sweep_low(const struct sweep *s);

#endif
