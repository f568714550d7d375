/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_priv.h - what the files of the world share: world.c (handles, connections), world_get.c (HTTP),
 * world_ends.c (what to tell of a connection). */
#ifndef TCPSHAKE_CLI_WORLD_PRIV_H
#define TCPSHAKE_CLI_WORLD_PRIV_H

#include "cli/transfer.h"
#include "cli/world.h"

struct connection {
	struct world_user *user;
	const struct watch *watch;
	struct hand *hand;
	const struct origin *origin;
	const struct origin_address *address; /* of the origin's, the one in use */
	const struct guard *guard;
	unsigned number;
	void (*changed)(void *context); /* for the executor */
	void *context;
	struct transfer *transfer; /* a `get` in work, or NULL */
	struct exec *getting;	   /* who waits for it */
	struct connection *next;
};

struct world {
	const struct common_options *common;
	struct loop *loop;
	struct station *station;
	struct hub *hub;
	struct err failed;
	struct connection *connections;
};

/* The connection of a hand that world_open() made. */
struct connection *world_connection(const struct world *w, const struct hand *h);

#endif
