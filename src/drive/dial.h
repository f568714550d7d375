/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dial.h - a connection to a host: its addresses in turn until one answers.
 *
 * An address is given up on RST, on an ICMP error about our SYN, or, while others remain, after half of
 * the timeout. The watch is told of each, and of the end of the last. */
#ifndef TCPSHAKE_DRIVE_DIAL_H
#define TCPSHAKE_DRIVE_DIAL_H

#include "drive/loop.h"
#include "drive/station.h"
#include "drive/watch.h"

struct dial;

/**
 * dial_new() - begin to connect; the SYN is sent before this returns
 * @watch:   what happens; borrowed for the life of the dial
 * @changed: called from the loop when the connection is established, when the peer's stream ended and
 *           when all is over; the dial may be freed in it
 * Return:   NULL with @e set. */
struct dial *dial_new(struct loop *loop, struct station *st, const struct origin *o,
		      const struct watch *watch, void (*changed)(void *context), void *context,
		      struct err *e);
/* Whatever the state: nothing is sent any more. Accepts NULL. */
void dial_free(struct dial *d);

/* See session_attach(); once established. */
bool dial_attach(struct dial *d, int in, int out, struct err *e);

/* No more to send: FIN. Before the connection is established, its end. */
void dial_close(struct dial *d);

/* Reset it; no further address is tried. @why becomes the outcome. */
void dial_abort(struct dial *d, const struct err *why);

bool dial_established(const struct dial *d);
bool dial_over(const struct dial *d);

/* How it went: true after an orderly close, else false with @e set to the reason of the last address. */
bool dial_outcome(const struct dial *d, struct err *e);

#endif
