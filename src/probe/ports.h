/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ports.h - sets of ports, "80,443,8000-8010": numbered in order, and kept once each. */
#ifndef TCPSHAKE_PROBE_PORTS_H
#define TCPSHAKE_PROBE_PORTS_H

#include <stdint.h>

#include "base/err.h"

struct ports {
	unsigned count; /* of ports */
	unsigned ranges;
	struct port_range {
		uint16_t first, last;
		uint32_t before; /* ports in the ranges before this one */
	} range[];
};

/* ports_parse() - NULL with @e set: STATUS_USAGE where @text is no such list; port 0 is none. Of free(). */
struct ports *ports_parse(const char *text, struct err *e);

/* The port at a rank, 0 to count - 1, in ascending order; and back, false when it is not in the set. */
uint16_t ports_at(const struct ports *p, unsigned rank);
bool ports_find(const struct ports *p, uint16_t port, unsigned *rank);

/* Sets by number, each once: 0, 1, ... Zeroed, it is empty. */
struct port_table {
	struct ports **set;
	size_t count, room;
	uint32_t *slot; /* open addressing by the content of a set: its number + 1, or 0 */
	size_t slots;	/* a power of two */
};

/* port_table_take() - the number of a set, which is the table's from now on. False when memory is short, or
 * @p is NULL. */
bool port_table_take(struct port_table *t, struct ports *p, uint32_t *number);

/* The number of the set of all ports that are in any of some sets. */
bool port_table_union(struct port_table *t, const uint32_t *numbers, size_t count,
		      uint32_t *number);

/* Forgets all sets from number @keep on. */
void port_table_cut(struct port_table *t, size_t keep);
void port_table_free(struct port_table *t);

#endif
