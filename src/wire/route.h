/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.h - how the kernel would reach an address: interface, source address, MTU (rtnetlink). */
#ifndef TCPSHAKE_WIRE_ROUTE_H
#define TCPSHAKE_WIRE_ROUTE_H

#include <net/if.h>

#include "base/err.h"
#include "wire/addr.h"

struct route {
	struct addr src;     /* the source address that the kernel prefers, or the asked one */
	struct addr gateway; /* family 0: on link */
	unsigned ifindex;
	char ifname[IF_NAMESIZE];
	uint32_t mtu;  /* bytes of an IP packet: of the route where set, else the interface's */
	bool loopback; /* the interface is a loopback one */
	bool local; /* this host itself: packets pass loopback, but of IPv6 the kernel refuses what is
			* bound to it, unless the address is loopback's own */
};

/**
 * route_lookup() - ask the kernel for the route to an address
 * @dst:    where to
 * @ifname: force this interface, or NULL
 * @src:    force this source address, or NULL; it must be one of ours
 * Return:  false with @e set: STATUS_UNREACHABLE (no route, prohibited, network down, interface
 *          down), STATUS_USAGE (no such interface, source address not ours or of the wrong family). */
bool route_lookup(const struct addr *dst, const char *ifname, const struct addr *src,
		  struct route *out, struct err *e);

#endif
