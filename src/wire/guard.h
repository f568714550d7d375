/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h - keep our own kernel from resetting our connections.
 *
 * The kernel answers a SYN,ACK that it did not ask for with RST. An ordinary TCP socket that listens
 * on our source port, and drops whatever arrives before TCP looks at it, prevents that without any
 * firewall rule, and is gone with the process. DESIGN.md, "Port guard", has the layers. */
#ifndef TCPSHAKE_WIRE_GUARD_H
#define TCPSHAKE_WIRE_GUARD_H

#include <stdint.h>

#include "base/err.h"
#include "wire/addr.h"

struct guard;

/* The layers that hold. */
enum guard_layer {
	GUARD_MIN_TTL =
		1, /* IP_MINTTL / IPV6_MINHOPCOUNT 255: fails for a neighbour that sends TTL 255 */
	GUARD_FILTER =
		2, /* drop-all socket filter: complete; needs CAP_NET_ADMIN on recent kernels */
	GUARD_MD5 =
		4, /* TCP_MD5SIG_EXT, a random key for every peer: complete for unsigned segments */
};

/**
 * guard_open() - take a source port and silence the kernel on it
 * @addr:   local address; with an IPv6 link-local one its scope is used
 * @port:   host order; 0 chooses a free one at random from the ephemeral range
 * Return:  NULL with @e set: STATUS_USAGE (port in use, not permitted below 1024, address not ours).
 *          Close with guard_close(), which accepts NULL. */
struct guard *guard_open(const struct addr *addr, uint16_t port, struct err *e);
void guard_close(struct guard *g);

uint16_t guard_port(const struct guard *g);
unsigned guard_layers(const struct guard *g); /* enum guard_layer */

#endif
