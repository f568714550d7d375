/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets_priv.h - a set of targets from inside; only targets*.c include it. */
#ifndef TCPSHAKE_PROBE_TARGETS_PRIV_H
#define TCPSHAKE_PROBE_TARGETS_PRIV_H

#include "probe/ports.h"
#include "probe/span.h"
#include "probe/targets.h"

#define DEFAULT_PORTS 0u /* the number of the set for targets that name none */

/* Where the addresses of a word begin, or end: each word leaves two of these. */
struct edge {
	struct num at;
	uint32_t scope;
	uint32_t ports; /* number of a port set */
	uint32_t name;	/* number of a name from 1, 0: none; only of one address alone */
	uint16_t family;
	bool end; /* the last address, which is still in */
};

/* Sealed: addresses next to each other that have the same ports. */
struct stretch {
	struct span span;
	uint64_t before; /* pairs in the stretches before this one */
	uint32_t ports, name;
};

struct targets {
	int family;
	bool all_addresses;
	unsigned (*resolve)(const char *host, int family, struct addr *out, unsigned max,
			    struct err *e);
	struct span_list excluded, reserved;
	struct port_table ports;

	struct edge *edge;
	size_t edges, edge_room;
	char **name; /* number 1 is the first */
	size_t names, name_room;

	struct stretch *stretch; /* in ascending order of family, scope and address */
	size_t stretches, stretch_room;
	uint64_t count, left_excluded, left_reserved; /* pairs */
	const struct reserved *reserved_hit;	      /* one of those that took something out */
};

#endif
