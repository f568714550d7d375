/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_priv.h - what the files of the lab share:
 *
 *     lab.c         namespaces
 *     lab_link.c    interfaces: addresses, neighbours, up
 *     lab_server.c  the server: a child on kernel sockets
 *     lab_wire.c    what a wire does to frames (pure)
 *     lab_cable.c   such a wire between two namespaces: a child with two TAP devices */
#ifndef TCPSHAKE_WIRE_LAB_PRIV_H
#define TCPSHAKE_WIRE_LAB_PRIV_H

#include "wire/lab.h"

#define LAB_MAC_LEN 6u

/* One end of a cable. */
struct lab_end {
	const char *local[2], *peer[2]; /* an IPv4 and an IPv6 address each */
	uint8_t mac[LAB_MAC_LEN], peer_mac[LAB_MAC_LEN];
};

/* lab.c */
bool lab_forbidden(const char *what, int error, struct err *e); /* sets @e, returns false */
bool lab_namespace(
	struct err *e); /* user and network namespace of our own, with all rights in it */

/* lab_link.c. Loopback with the four addresses; or one end of a cable. IPv6 may be missing. */
bool lab_link_loopback(struct err *e);
bool lab_link_end(const char *ifname, const struct lab_end *end, struct err *e);

/* lab_server.c: a child of ours must not hold the user's streams, nor end with ^C; false: it must end. */
bool lab_child(struct err *e);

#endif
