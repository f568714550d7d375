/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cookie.c - the initial sequence number of a probe; see cookie.h. */
#include "probe/cookie.h"

#include <string.h>

#include "tcp/isn.h"

/* Both addresses, both ports. The two families differ in length, and SipHash takes that in too. */
uint32_t cookie_isn(const struct cookie_key *key, const struct addr *local, uint16_t local_port,
		    const struct addr *peer, uint16_t peer_port)
{
	unsigned len = addr_len(peer);
	const uint8_t ports[4] = {
		(uint8_t)(local_port >> 8),
		(uint8_t)local_port,
		(uint8_t)(peer_port >> 8),
		(uint8_t)peer_port,
	};
	uint8_t tuple[16 + 16 + sizeof(ports)];

	memcpy(tuple, local->bytes, len);
	memcpy(tuple + len, peer->bytes, len);
	memcpy(tuple + 2 * len, ports, sizeof(ports));
	return (uint32_t)siphash(key->bytes, tuple, 2 * len + sizeof(ports));
}
