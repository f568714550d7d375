/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.h - names to addresses, by the system's resolver. */
#ifndef TCPSHAKE_WIRE_RESOLVE_H
#define TCPSHAKE_WIRE_RESOLVE_H

#include "base/err.h"
#include "wire/addr.h"

/**
 * resolve() - all addresses of a host, best first (RFC 6724 order, as getaddrinfo gives it)
 * @host:   a name or a numeric address (IPv6 with or without brackets and %interface)
 * @family: AF_INET, AF_INET6, or AF_UNSPEC for both
 * @out:    receives up to @max addresses, each once
 * Return:  how many; 0 with @e set (STATUS_UNREACHABLE: no such host, or none of that family). */
unsigned resolve(const char *host, int family, struct addr *out, unsigned max, struct err *e);

#endif
