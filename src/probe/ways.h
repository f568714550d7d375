/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ways.h - how to reach any number of hosts: interfaces, source addresses, guarded ports.
 *
 *     ways_new()
 *     ways_prepare() for each range         which interfaces lead there; crafters and guards for them
 *     ways_listen()                         a capture for each interface
 *     privilege_drop()                      the caller's
 *     ways_find()                           the way to one host
 *
 * Routes are asked for by network, of 256 IPv4 or 2^64 IPv6 addresses, and kept in a cache: more specific
 * ones are taken for those of their network. Each attempt leaves from a port of its own, the same for all
 * hosts. */
#ifndef TCPSHAKE_PROBE_WAYS_H
#define TCPSHAKE_PROBE_WAYS_H

#include "wire/batch.h"
#include "wire/capture.h"
#include "wire/guard.h"
#include "wire/route.h"

#define WAYS_INTERFACES_MAX 8u
#define WAYS_SOURCES_MAX    16u
#define WAYS_PORTS_MAX	    8u

struct ways_options {
	int family;
	const char *ifname; /* NULL: by route */
	struct addr src;    /* family 0: by route */
	uint16_t src_port;  /* 0: free ones; else this one and those after it */
	unsigned ports;	    /* attempts: 1 to WAYS_PORTS_MAX */
	bool stamps;	    /* our own SYNs are captured, too */
	struct capture_size ring;
};

/* One of our addresses, with its guarded ports. */
struct ways_source {
	struct addr addr;
	struct guard *guards[WAYS_PORTS_MAX];
	uint16_t ports[WAYS_PORTS_MAX];
};

struct ways_interface {
	char name[IF_NAMESIZE];
	struct capture *capture;
	struct craft *craft[2]; /* IPv4, IPv6 */
	struct batch *batch[2];
};

struct way {
	unsigned interface, source; /* numbers */
	uint32_t mtu;
};

struct ways;

/* ways_new() - NULL with @e set. ways_free() closes all and accepts NULL. */
struct ways *ways_new(const struct ways_options *options, struct err *e);
void ways_free(struct ways *w);

/* ways_prepare() - open what it takes to reach a range of addresses; networks of a long one are sampled.
 * Return:  false with @e set when that is not possible; that there is no route is no failure. */
bool ways_prepare(struct ways *w, const struct addr *first, const struct addr *last, struct err *e);

/* ways_prepare_all() - every interface that is up, for targets that are not known yet. */
bool ways_prepare_all(struct ways *w, struct err *e);

bool ways_listen(struct ways *w, struct err *e);

/* ways_find() - the way to a host; NULL: there is none, and @why says so in words (static). */
const struct way *ways_find(struct ways *w, const struct addr *peer, const char **why);

unsigned ways_interface_count(const struct ways *w);
struct ways_interface *ways_interface(struct ways *w, unsigned n);
unsigned ways_source_count(const struct ways *w);
const struct ways_source *ways_source(const struct ways *w, unsigned n);

/* ways_attempt() - whose port is this? False: not one of ours. */
bool ways_attempt(const struct ways *w, const struct addr *local, uint16_t port, unsigned *source,
		  unsigned *attempt);

/* Frames that the captures lost so far. */
uint64_t ways_drops(struct ways *w);

#endif
