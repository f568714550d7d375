/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ports_bits.h - ports as 65,536 bits: the form in which sets are put together. */
#ifndef TCPSHAKE_PROBE_PORTS_BITS_H
#define TCPSHAKE_PROBE_PORTS_BITS_H

#include "probe/ports.h"

struct port_bits {
	uint64_t word[1024];
};

void port_bits_set(struct port_bits *b, unsigned first, unsigned last);

/* As a set, of free(); NULL when memory is short. */
struct ports *port_bits_ports(const struct port_bits *b);

#endif
