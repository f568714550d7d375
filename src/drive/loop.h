/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - wait for descriptors and deadlines; the only reader of the clock.
 *
 * A source is a struct that its owner embeds: a descriptor, a deadline, or both, and what to call.
 * One thread; callbacks may add, change and remove any source, their own too. */
#ifndef TCPSHAKE_DRIVE_LOOP_H
#define TCPSHAKE_DRIVE_LOOP_H

#include <stdint.h>

#include "base/err.h"

#define LOOP_NEVER INT64_MAX

struct loop;

struct loop_source {
	int fd;	      /* -1: a deadline only */
	short events; /* of poll(2); 0: the descriptor is not looked at, not even for errors */
	int64_t deadline_us; /* on the loop's clock; LOOP_NEVER: none */
	/* @revents: of poll(2), or 0 when the deadline has come: the callback must then move it.
	 * Of sources that are ready at once those added first are called first, and descriptors
	 * before deadlines, so that what arrived in time counts as in time; each once a round. */
	void (*ready)(void *context, short revents);
	void *context;
};

/* loop_new() - NULL with @e set when memory is short. loop_free() accepts NULL. */
struct loop *loop_new(struct err *e);
void loop_free(struct loop *l);

/* The time: CLOCK_MONOTONIC in microseconds. */
int64_t loop_now(void);

/**
 * loop_add() - watch a source
 * @s:      the owner's; must stay until loop_remove()
 * Return:  false with @e set when memory is short. */
bool loop_add(struct loop *l, struct loop_source *s, struct err *e);

/* loop_remove() - forget a source; harmless when it is not there. It is not called any more, even
 * when it was ready in this very round. */
void loop_remove(struct loop *l, struct loop_source *s);

/**
 * loop_turn() - wait until something is ready, and call what is
 * With no source, or none that could ever be ready, it returns at once.
 * Return:  false with @e set when waiting failed. */
bool loop_turn(struct loop *l, struct err *e);

#endif
