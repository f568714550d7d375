/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_live.c - a connection's wire, made of a crafter and a capture that others open and close. */
#include <stdlib.h>

#include "drive/link.h"
#include "wire/capture.h"

struct live {
	struct link link; /* first: a struct link * is a struct live * */
	struct craft *craft;
	struct capture *capture;
	struct craft_ip ip;
};

static bool live_send(struct link *l, const struct tcp_segment *seg, struct err *e)
{
	struct live *live = (struct live *)l;

	return craft_send(live->craft, &live->ip, seg, e);
}

static int live_receive(struct link *l, struct frame *f, struct err *e)
{
	return capture_next(((struct live *)l)->capture, f, e);
}

static void live_close(struct link *l)
{
	free(l);
}

struct link *link_live(struct craft *craft, struct capture *capture, const struct craft_ip *ip,
		       struct err *e)
{
	struct live *live = calloc(1, sizeof(*live));

	if (!live) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	live->link = (struct link){ live_send, live_receive, live_close, capture_fd(capture) };
	live->craft = craft;
	live->capture = capture;
	live->ip = *ip;
	return &live->link;
}

void link_close(struct link *l)
{
	if (l)
		l->close(l);
}
