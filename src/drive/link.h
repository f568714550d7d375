/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h - the wire of one connection as a few calls, so that a test can be the wire.
 *
 * The live one crafts and captures (link_live.c); a test's own loses, doubles or answers as it likes. */
#ifndef TCPSHAKE_DRIVE_LINK_H
#define TCPSHAKE_DRIVE_LINK_H

#include "base/err.h"
#include "wire/craft.h"
#include "wire/decode.h"

struct capture;

struct link {
	/* Send one segment; false with @e set when that is not possible. */
	bool (*send)(struct link *l, const struct tcp_segment *seg, struct err *e);
	/* The next captured frame, of whatever connection and either direction, without waiting:
	 * 1 with @f filled in, 0 when none waits, -1 with @e set when the wire is gone. */
	int (*receive)(struct link *l, struct frame *f, struct err *e);
	void (*close)(struct link *l);
	int fd; /* readable when frames wait */
};

/**
 * link_live() - the wire itself: craft out, capture in
 * @craft, @capture: borrowed: they serve many connections and stay open when the link is closed
 * @ip:     the network layer of everything that is sent
 * Return:  NULL with @e set when memory is short. */
struct link *link_live(struct craft *craft, struct capture *capture, const struct craft_ip *ip,
		       struct err *e);

/* Calls l->close; accepts NULL. */
void link_close(struct link *l);

#endif
