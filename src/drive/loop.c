/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.c - a small poll loop; see loop.h. A handful of sources: searching the array is enough. */
#include "drive/loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct loop {
	struct loop_source **sources; /* NULL where one was removed during a round */
	struct pollfd *polls;	      /* in step with sources while waiting */
	size_t count, room;
};

struct loop *loop_new(struct err *e)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		err_set(e, STATUS_APP, "out of memory");
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	free(l->sources);
	free(l->polls);
	free(l);
}

int64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static bool grow(struct loop *l, struct err *e)
{
	size_t room = l->room ? 2 * l->room : 16;
	struct loop_source **sources = reallocarray(l->sources, room, sizeof(struct loop_source *));
	struct pollfd *polls;

	if (!sources)
		return err_set(e, STATUS_APP, "out of memory");
	l->sources = sources;
	polls = reallocarray(l->polls, room, sizeof(*polls));
	if (!polls)
		return err_set(e, STATUS_APP, "out of memory");
	l->polls = polls;
	l->room = room;
	return true;
}

bool loop_add(struct loop *l, struct loop_source *s, struct err *e)
{
	if (l->count == l->room && !grow(l, e))
		return false;
	l->sources[l->count++] = s;
	return true;
}

void loop_remove(struct loop *l, struct loop_source *s)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->sources[i] == s)
			l->sources[i] = NULL;
}

static void close_ranks(struct loop *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++)
		if (l->sources[i])
			l->sources[kept++] = l->sources[i];
	l->count = kept;
}

/* Fill in polls; returns the earliest deadline, and whether any descriptor is looked at. */
static int64_t prepare(struct loop *l, bool *watching)
{
	int64_t deadline = LOOP_NEVER;

	*watching = false;
	for (size_t i = 0; i < l->count; i++) {
		const struct loop_source *s = l->sources[i];
		bool watched = s->fd >= 0 && s->events;

		/* poll() tells of hang-ups unasked: who wants nothing must not be in it. */
		l->polls[i] = (struct pollfd){ .fd = watched ? s->fd : -1, .events = s->events };
		*watching = *watching || watched;
		if (s->deadline_us < deadline)
			deadline = s->deadline_us;
	}
	return deadline;
}

static int wait_until(struct loop *l, int64_t deadline)
{
	int64_t left = deadline == LOOP_NEVER ? 0 : deadline - loop_now();
	struct timespec ts;

	if (left < 0)
		left = 0;
	ts.tv_sec = left / 1000000;
	ts.tv_nsec = left % 1000000 * 1000;
	return ppoll(l->polls, l->count, deadline == LOOP_NEVER ? NULL : &ts, NULL);
}

bool loop_turn(struct loop *l, struct err *e)
{
	bool watching;
	int64_t deadline, now;
	size_t count; /* sources added by callbacks wait for the next round */

	close_ranks(l);
	deadline = prepare(l, &watching);
	count = l->count;
	if (!watching && deadline == LOOP_NEVER)
		return true;
	if (wait_until(l, deadline) < 0)
		return errno == EINTR ||
		       err_set(e, STATUS_APP, "cannot wait for events: %s", strerror(errno));
	for (size_t i = 0; i < count; i++)
		if (l->polls[i].revents && l->sources[i])
			l->sources[i]->ready(l->sources[i]->context, l->polls[i].revents);
	now = loop_now();
	for (size_t i = 0; i < count; i++)
		if (l->sources[i] && !l->polls[i].revents && l->sources[i]->deadline_us <= now)
			l->sources[i]->ready(l->sources[i]->context, 0);
	return true;
}
