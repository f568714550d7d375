/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addr.h - an IPv4 or IPv6 address, in network byte order, and its text. */
#ifndef TCPSHAKE_WIRE_ADDR_H
#define TCPSHAKE_WIRE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDR_TEXT_MAX 64u /* "[" IPv6 "%" interface "]:65535" and a NUL fit */

struct addr {
	int family;	   /* AF_INET or AF_INET6; 0: none */
	uint8_t bytes[16]; /* network order; IPv4 in the first four, the rest zero */
	uint32_t scope;	   /* interface index of a link-local IPv6 address, else 0 */
};

/* Same family and bytes (and scope, where both have one). */
bool addr_equal(const struct addr *a, const struct addr *b);

/* 127.0.0.0/8 or ::1. */
bool addr_is_loopback(const struct addr *a);

/* fe80::/10 */
bool addr_is_link_local(const struct addr *a);

/* Length of the address in bytes: 4 or 16. */
unsigned addr_len(const struct addr *a);

/* From and to the system's form; port in host order. addr_to_sockaddr() returns the length. */
bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *out, uint16_t *port);
socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *out);

/* inet_pton for both families, with %interface; false when @s is no numeric address. */
bool addr_parse(const char *s, struct addr *out);

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; returns @out. */
char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX]);

/* "192.0.2.1:80", "[2001:db8::1]:80"; returns @out. */
char *addr_port_text(const struct addr *a, uint16_t port, char out[ADDR_TEXT_MAX]);

#endif
