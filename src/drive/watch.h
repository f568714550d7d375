/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h - what a command is told about its connections, in the order in which it happened.
 *
 * Callbacks, because drive/ does not know the views; whoever is not interested in one leaves it NULL.
 * All pointers are good during the call only. */
#ifndef TCPSHAKE_DRIVE_WATCH_H
#define TCPSHAKE_DRIVE_WATCH_H

#include "tcp/conn.h"
#include "trace/trace.h"
#include "wire/decode.h"

/* One attempt to reach one address. */
struct watch_attempt {
	const char *host; /* as the user named it */
	struct addr local, peer;
	uint16_t local_port, peer_port;
	const char *ifname;
	uint32_t mtu;
	unsigned guard_layers; /* enum guard_layer */
	unsigned number;       /* from 1, over all that the program makes */
};

struct watch {
	void *context; /* first argument of all */
	void (*begin)(void *context, const struct watch_attempt *attempt);
	/* Every captured frame that has to do with the connection, before what is said of it. */
	void (*frame)(void *context, const struct frame *f);
	/* A segment of the connection, explained; the peer's ones when the engine has answered them. */
	void (*step)(void *context, const struct trace_step *step, const struct packet *p,
		     const struct frame *f);
	/* An ICMP error that quotes one of our segments. */
	void (*icmp)(void *context, const struct packet *p, const struct frame *f);
	/* A packet of the connection that the engine does not get, and why. */
	void (*dropped)(void *context, const struct packet *p, const struct frame *f,
			const char *why);
	/* This address is given up, another one is tried now. */
	void (*next_address)(void *context, const char *text);
	void (*warning)(void *context, const char *text);
	/* The attempt is over and nothing more will come of it. */
	void (*end)(void *context, const struct trace_summary *summary,
		    const struct tcp_conn_info *info);
};

/* Call a callback when it is there: WATCH(w, step, step, p, f). */
#define WATCH(w, callback, ...)                                   \
	do {                                                      \
		if ((w)->callback)                                \
			(w)->callback((w)->context, __VA_ARGS__); \
	} while (0)

#endif
