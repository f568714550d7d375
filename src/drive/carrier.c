/* SPDX-License-Identifier: GPL-3.0-or-later */
/* carrier.c - streams to hosts, one after the other; see carrier.h. */
#include "drive/carrier.h"

#include <unistd.h>

static void hang_up(struct carrier *c)
{
	dial_free(c->dial);
	c->dial = NULL;
	c->attached = false;
	close(c->fd); /* whoever is at the other end sees the end of file */
}

static void end(struct carrier *c, const struct err *why)
{
	c->ended(c->context, why);
	hang_up(c);
}

static void on_dial(void *context);

static void begin(struct carrier *c, const struct origin *o, int fd)
{
	struct err e = { 0 };

	c->fd = fd;
	c->begins(c->context);
	c->dial = dial_new(c->loop, c->station, o, c->watch, on_dial, c, &e);
	if (!c->dial)
		end(c, &e);
}

static void on_dial(void *context)
{
	struct carrier *c = context;
	struct err e = { 0 };

	if (dial_established(c->dial) && !c->attached) {
		c->attached = true;
		if (!dial_attach(c->dial, c->fd, c->fd, &e))
			dial_abort(c->dial, &e);
	}
	if (!dial_over(c->dial))
		return;
	end(c, dial_outcome(c->dial, &e) ? NULL : &e);
	if (!c->waiting)
		return;
	c->waiting = false;
	begin(c, c->waiting_for, c->waiting_fd);
}

void carrier_take(struct carrier *c, const struct origin *o, int fd)
{
	if (!c->dial) {
		begin(c, o, fd);
	} else if (!c->waiting) {
		c->waiting = true;
		c->waiting_for = o;
		c->waiting_fd = fd;
		dial_close(c->dial);
	} else {
		close(fd);
	}
}

bool carrier_busy(const struct carrier *c)
{
	return c->dial != NULL;
}

static void send_away(struct carrier *c)
{
	if (c->waiting)
		close(c->waiting_fd);
	c->waiting = false;
}

void carrier_close(struct carrier *c)
{
	send_away(c);
	if (c->dial)
		dial_close(c->dial);
}

void carrier_abort(struct carrier *c, const struct err *why)
{
	send_away(c);
	if (c->dial)
		dial_abort(c->dial, why);
}

void carrier_stop(struct carrier *c)
{
	send_away(c);
	if (c->dial)
		hang_up(c);
}
