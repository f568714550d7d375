/* SPDX-License-Identifier: GPL-3.0-or-later */
/* station.h - the handles that connections to some hosts need, opened before privilege is dropped.
 *
 *     station_new()                            nothing yet
 *     station_add() for each host and port     name, routes, port guards, raw sockets
 *     station_listen()                         one capture for each interface
 *     privilege_drop()                         the caller's
 *     dial_new() ...                           dial.h: connections, one after the other
 *
 * Guards stay until station_free(): a late segment of a finished connection still meets silence. */
#ifndef TCPSHAKE_DRIVE_STATION_H
#define TCPSHAKE_DRIVE_STATION_H

#include "base/err.h"
#include "wire/addr.h"
#include "wire/capture.h"
#include "wire/craft.h"
#include "wire/guard.h"
#include "wire/route.h"

/* How to connect; the same for all connections of a command. */
struct station_options {
	int family;	    /* AF_INET, AF_INET6, AF_UNSPEC */
	const char *ifname; /* NULL: by route */
	struct addr src;    /* family 0: by route */
	uint16_t src_port;  /* 0: a free one for each connection */
	int64_t isn;	    /* -1: by RFC 6528 */
	uint16_t mss;	    /* 0: by MTU */
	uint32_t window;    /* cap on the first window; 0: none */
	uint8_t wscale, ttl;
	bool sack, timestamps, ecn, nagle;
	int64_t keepalive_us; /* ask an idle peer after so long; 0: never */
	int64_t time_wait_us; /* or TCP_TIME_WAIT_BRIEF */
	bool may_be_silent;   /* an open connection may be idle for any time */
	int64_t timeout_us;   /* for connecting and for a peer's silence; 0: none */
};

#define ORIGIN_ADDRESSES_MAX 4u

/* A way to one address of a host. The interface's capture and crafter are the station's. */
struct origin_address {
	struct addr peer;
	struct route route;
	struct craft *craft;
	unsigned interface; /* the station's number of it */
};

/* A host and port, with what reaches it. The station's; lives as long. */
struct origin {
	char host[256]; /* as the user named it */
	uint16_t port;
	struct origin_address addresses[ORIGIN_ADDRESSES_MAX]; /* best first */
	unsigned address_count;
};

struct station;

/* station_new() - NULL with @e set. station_free() closes all handles and accepts NULL. */
struct station *station_new(const struct station_options *options, struct err *e);
void station_free(struct station *st);

/**
 * station_add() - prepare connections to a host
 * @connections: how many to hold guards ready for, per local address; asked for a second time, a host
 *          gets that many more. A later connection beyond them still gets a guard, of the layers
 *          that need no privilege.
 * Return:  NULL with @e set: no such host, no route to any of its addresses, no privilege, ... */
const struct origin *station_add(struct station *st, const char *host, uint16_t port,
				 unsigned connections, struct err *e);

/* station_listen() - open the captures; false with @e set. After the last station_add(). */
bool station_listen(struct station *st, struct err *e);

/* station_link_type() - of the first capture (enum link_type); after station_listen(). */
int station_link_type(const struct station *st);

/* Frames that the captures lost so far, all together. */
unsigned station_drops(struct station *st);

/* station_listen_all() - the same for connections to all hosts at once, as hub.h needs it. */
bool station_listen_all(struct station *st, struct err *e);
unsigned station_interfaces(const struct station *st);
/* NULL where nothing listens. */
struct capture *station_interface_capture(const struct station *st, unsigned interface);

/* The rest is for those who open connections. */

const struct station_options *station_options(const struct station *st);

/* A number for each attempt to connect, from 1. */
unsigned station_count_attempt(struct station *st);

/* station_capture() - the capture for an address, its filter set to the origin's addresses; NULL with
 * @e set. Frames of earlier connections may still wait in it. */
struct capture *station_capture(struct station *st, const struct origin *o,
				const struct origin_address *a, struct err *e);

/* station_guard() - a guarded port for a new connection from @local; NULL with @e set. Stays the
 * station's. */
const struct guard *station_guard(struct station *st, const struct addr *local, struct err *e);

/* station_guard_port() - the same with a given port, that of an earlier connection perhaps. */
const struct guard *station_guard_port(struct station *st, const struct addr *local, uint16_t port,
				       struct err *e);

/* station_release() - the guarded port may serve a later connection, after all others did. */
void station_release(struct station *st, const struct guard *guard);

/* station_isn() - an initial sequence number (RFC 6528), unless the options say another. */
uint32_t station_isn(const struct station *st, const struct addr *local, uint16_t local_port,
		     const struct addr *peer, uint16_t peer_port, int64_t now_us);

/* station_ts_offset() - of the timestamp clock toward a peer (RFC 7323 section 5.4). The same until the
 * host boots again, so that the clock never goes back from one run of the program to the next: a server
 * in TIME-WAIT takes a SYN from a port used before by its timestamp (RFC 6191). */
uint32_t station_ts_offset(const struct station *st, const struct addr *local,
			   const struct addr *peer);

#endif
