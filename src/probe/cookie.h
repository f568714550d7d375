/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cookie.h - what a probe carries, so that its reply can be told from a forged one without a table.
 *
 * The initial sequence number is a keyed hash (SipHash-2-4, as RFC 6528 asks for connections) of both
 * addresses and ports; a reply is believed only when it acknowledges that number, an ICMP error only when
 * it quotes it. Each attempt leaves from a port of its own, so a late reply is known as what it is. */
#ifndef TCPSHAKE_PROBE_COOKIE_H
#define TCPSHAKE_PROBE_COOKIE_H

#include "wire/addr.h"

struct cookie_key {
	uint8_t bytes[16];
};

uint32_t cookie_isn(const struct cookie_key *key, const struct addr *local, uint16_t local_port,
		    const struct addr *peer, uint16_t peer_port);

#endif
