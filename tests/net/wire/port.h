/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port.h - one end of the wire: an interface in a network namespace, frames in and out of it. */
#ifndef TCPSHAKE_TESTS_NET_WIRE_PORT_H
#define TCPSHAKE_TESTS_NET_WIRE_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct port {
	int fd; /* poll it for reading; does not block */
	bool tap;
};

/**
 * port_open() - make or take an end of the wire
 * @spec:   "tap,NETNS,IFNAME": a new TAP device of that name in the namespace, gone with us. NETNS is a
 *          path such as /proc/1/ns/net.
 *          "veth,NETNS,IFNAME,PEERNS,PEERNAME": for who may not open /dev/net/tun. The caller has laid a
 *          veth cable between IFNAME, where we listen, and PEERNAME, which the host uses; the offloads of
 *          that one are switched off.
 * Either way each frame is as it would be on a cable: no longer than the MTU, all checksums computed.
 * Leaves the process in one of the namespaces. False, and @e says why. */
bool port_open(struct port *p, const char *spec, struct err *e);

/* The next frame: its length; 0 when there is none now; -1 when the port is gone. */
ssize_t port_read(const struct port *p, uint8_t *frame, size_t size);

/* Frames that were lost since the last call because we did not read in time. A TAP device counts them
 * itself, as dropped in sending. */
uint64_t port_missed(const struct port *p);

/* False when the device does not take it. */
bool port_write(const struct port *p, const uint8_t *frame, size_t len);

#endif
