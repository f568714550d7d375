/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - see clock.h. It has every function of drive/loop.h, so that the linker takes none from there. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "clock.h"

#define SOURCES_MAX 64u
#define ROUNDS_MAX  100000u /* no deadline that is due may stay where it is */

struct loop {
	struct loop_source *sources[SOURCES_MAX]; /* in the order of their coming; NULL: gone */
	unsigned count;
};

static int64_t now_us = 1000000;

struct loop *loop_new(struct err *e)
{
	(void)e;
	return calloc(1, sizeof(struct loop));
}

void loop_free(struct loop *l)
{
	free(l);
}

int64_t loop_now(void)
{
	return now_us;
}

bool loop_add(struct loop *l, struct loop_source *s, struct err *e)
{
	(void)e;
	assert_true(l->count < SOURCES_MAX);
	l->sources[l->count++] = s;
	return true;
}

void loop_remove(struct loop *l, struct loop_source *s)
{
	for (unsigned i = 0; i < l->count; i++)
		if (l->sources[i] == s)
			l->sources[i] = NULL;
}

static short events_of(const struct loop_source *s)
{
	struct pollfd p = { s->fd, s->events, 0 };

	return s->fd >= 0 && s->events && poll(&p, 1, 0) > 0 ? p.revents : 0;
}

static bool call_ready(struct loop *l)
{
	unsigned count = l->count; /* sources that are added wait for the next round */
	bool any = false;

	for (unsigned i = 0; i < count; i++) {
		struct loop_source *s = l->sources[i];
		short revents = s ? events_of(s) : 0;

		if (!s || (!revents && s->deadline_us > now_us))
			continue;
		s->ready(s->context, revents);
		any = true;
	}
	return any;
}

bool loop_turn(struct loop *l, struct err *e)
{
	(void)e;
	call_ready(l);
	return true;
}

bool clock_turn(struct loop *l)
{
	unsigned rounds = 0;

	while (call_ready(l))
		assert_true(++rounds < ROUNDS_MAX);
	return rounds > 0;
}

static int64_t next_deadline(const struct loop *l)
{
	int64_t next = LOOP_NEVER;

	for (unsigned i = 0; i < l->count; i++)
		if (l->sources[i] && l->sources[i]->deadline_us < next)
			next = l->sources[i]->deadline_us;
	return next;
}

void clock_pass(struct loop *l, int64_t us)
{
	int64_t until = now_us + us;

	clock_turn(l);
	while (next_deadline(l) <= until) {
		now_us = next_deadline(l);
		clock_turn(l);
	}
	now_us = until;
}
