/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ways_priv.h - ways, for its own files only:
 *
 *     ways.c       which way leads to an address: the kernel's answers, and a cache of them
 *     ways_open.c  what a way takes: captures, crafters, guards */
#ifndef TCPSHAKE_PROBE_WAYS_PRIV_H
#define TCPSHAKE_PROBE_WAYS_PRIV_H

#include "probe/ways.h"

#define WAYS_CACHE_SLOTS 4096u
#define WAYS_OWN_MAX	 64u

enum known { UNKNOWN, REACHED, NOWHERE };

struct cached {
	uint8_t network[8];
	uint8_t family, known;
	const char *why;
	struct way way;
};

struct ways {
	struct ways_options options;
	struct ways_interface interfaces[WAYS_INTERFACES_MAX];
	unsigned interface_count;
	struct ways_source sources[WAYS_SOURCES_MAX];
	unsigned source_count;
	bool listening; /* privilege is gone: no more handles */
	struct cached cache[WAYS_CACHE_SLOTS];
	struct cached own
		[WAYS_OWN_MAX]; /* addresses of this host: other ways than those of their networks */
	struct addr own_addr[WAYS_OWN_MAX];
	unsigned own_count;
};

/* The interface's number, opened for a family if need be; -1 with @e set. @local: it leads to this host
 * itself. */
int ways_open_interface(struct ways *w, const char *name, bool local, int family, struct err *e);

/* The number of one of our addresses, with its guards; -1 with @e set. */
int ways_open_source(struct ways *w, const struct addr *addr, struct err *e);

#endif
