/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hub.h - one reader of the captures for many connections: each frame goes to the one it belongs to. */
#ifndef TCPSHAKE_DRIVE_HUB_H
#define TCPSHAKE_DRIVE_HUB_H

#include "drive/hand.h"
#include "drive/station.h"

struct hub;

/**
 * hub_new() - read all captures of a station
 * @st:     listening: station_listen_all(); must outlive the hub
 * @failed: a capture has failed for good; the connections hear nothing any more
 * Return:  NULL with @e set. hub_free() accepts NULL. */
struct hub *hub_new(struct loop *loop, struct station *st,
		    void (*failed)(void *context, const struct err *why), void *context,
		    struct err *e);
void hub_free(struct hub *hub);

/* hub_add() - from now on the connection gets its frames; false with @e set. */
bool hub_add(struct hub *hub, struct hand *h, struct err *e);

/* hub_remove() - harmless when it is not there; also from within a callback of the connection. */
void hub_remove(struct hub *hub, struct hand *h);

#endif
