/* SPDX-License-Identifier: GPL-3.0-or-later */
/* carrier.h - carries byte streams to their hosts over connections of our own, one at a time.
 *
 * A stream that comes while another is on its way waits until that connection is over, which is closed
 * for its sake: so what is told of connections is one story. */
#ifndef TCPSHAKE_DRIVE_CARRIER_H
#define TCPSHAKE_DRIVE_CARRIER_H

#include "drive/dial.h"

struct carrier {
	/* The owner's to fill in. */
	struct loop *loop;
	struct station *station;
	const struct watch *watch;
	/* A connection begins; the one before is over. */
	void (*begins)(void *context);
	/* It is over, but for its stream, which is closed after this; @why is NULL after an orderly
	 * close. */
	void (*ended)(void *context, const struct err *why);
	void *context;

	/* The carrier's; zeroed. */
	struct dial *dial; /* the connection in work */
	int fd, waiting_fd;
	bool attached, waiting;
	const struct origin *waiting_for;
};

/* carrier_take() - connect to a host and carry @fd, a socket that does not block, until both directions
 * are closed; it is the carrier's from now on. A third stream is refused: closed. */
void carrier_take(struct carrier *c, const struct origin *o, int fd);

/* A connection is in work. */
bool carrier_busy(const struct carrier *c);

/* See dial_close() and dial_abort(); a stream that waits is refused. */
void carrier_close(struct carrier *c);
void carrier_abort(struct carrier *c, const struct err *why);

/* End it all at once: nothing is sent any more. */
void carrier_stop(struct carrier *c);

#endif
