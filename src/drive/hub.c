/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hub.c - from the captures to the connections; see hub.h.
 *
 * A handful of connections run at once, so a frame's one is looked for in a row. */
#include "drive/hub.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_AT_ONCE 256 /* then the others of the loop have a turn */

struct ear {
	struct hub *hub;
	struct capture *capture;
	struct loop_source source;
};

struct hub {
	struct loop *loop;
	void (*failed)(void *context, const struct err *why);
	void *context;
	struct ear *ears;
	unsigned ear_count;
	struct hand **hands;
	unsigned count, room;
};

static void give(struct hub *hub, const struct frame *f)
{
	struct packet p;

	packet_decode(f, &p);
	/* The newest first: an older one with the same addresses and ports is over. */
	for (unsigned i = hub->count; i--;) {
		if (!hand_takes(hub->hands[i], &p))
			continue;
		hand_take(hub->hands[i], f, &p); /* may change the row */
		return;
	}
}

static void on_frames(void *context, short revents)
{
	struct ear *ear = context;
	struct hub *hub = ear->hub;
	struct err e = { 0 };
	struct frame f;
	int got = 1;

	(void)revents;
	for (int i = 0; i < FRAMES_AT_ONCE && got > 0; i++) {
		got = capture_next(ear->capture, &f, &e);
		if (got > 0)
			give(hub, &f);
	}
	/* What was read ahead by libpcap makes no descriptor readable. */
	ear->source.deadline_us = got > 0 ? 0 : LOOP_NEVER;
	if (got >= 0)
		return;
	ear->source.events = 0;
	hub->failed(hub->context, &e);
}

struct hub *hub_new(struct loop *loop, struct station *st,
		    void (*failed)(void *context, const struct err *why), void *context,
		    struct err *e)
{
	unsigned n = station_interfaces(st);
	struct hub *hub = calloc(1, sizeof(*hub));

	if (!hub || !(hub->ears = calloc(n ? n : 1, sizeof(*hub->ears)))) {
		free(hub);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	hub->loop = loop;
	hub->failed = failed;
	hub->context = context;
	for (unsigned i = 0; i < n; i++) {
		struct ear *ear = &hub->ears[hub->ear_count];

		ear->capture = station_interface_capture(st, i);
		if (!ear->capture)
			continue;
		ear->hub = hub;
		ear->source = (struct loop_source){ capture_fd(ear->capture), POLLIN, LOOP_NEVER,
						    on_frames, ear };
		if (!loop_add(loop, &ear->source, e)) {
			hub_free(hub);
			return NULL;
		}
		hub->ear_count++;
	}
	return hub;
}

void hub_free(struct hub *hub)
{
	if (!hub)
		return;
	for (unsigned i = 0; i < hub->ear_count; i++)
		loop_remove(hub->loop, &hub->ears[i].source);
	free(hub->ears);
	free(hub->hands);
	free(hub);
}

bool hub_add(struct hub *hub, struct hand *h, struct err *e)
{
	if (hub->count == hub->room) {
		unsigned room = hub->room ? 2 * hub->room : 16;
		struct hand **more = realloc(hub->hands, room * sizeof(*more));

		if (!more)
			return err_set(e, STATUS_APP, "out of memory");
		hub->hands = more;
		hub->room = room;
	}
	hub->hands[hub->count++] = h;
	return true;
}

void hub_remove(struct hub *hub, struct hand *h)
{
	for (unsigned i = 0; i < hub->count; i++) {
		if (hub->hands[i] != h)
			continue;
		hub->count--;
		memmove(hub->hands + i, hub->hands + i + 1, (hub->count - i) * sizeof(*hub->hands));
		return;
	}
}
