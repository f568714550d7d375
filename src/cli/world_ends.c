/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_ends.c - what to tell of a connection when something failed on it. */
#include <stdio.h>
#include <string.h>

#include "cli/world_priv.h"

/* The handshake came to nothing, in a way that another address may not share. */
static bool had_no_luck(struct hand *h)
{
	enum tcp_failure failure = tcp_conn_failure(hand_conn(h));

	return failure == TCP_FAILURE_REFUSED || failure == TCP_FAILURE_UNREACHABLE ||
	       tcp_conn_state(hand_conn(h)) == TCP_STATE_SYN_SENT;
}

/* Which addresses the host has besides, and how to have one of them taken. */
static void tell_others(const struct connection *cn, char *out, size_t size)
{
	int family = cn->address->peer.family;
	bool other_family = false;
	char text[ADDR_TEXT_MAX];
	size_t at;

	at = (size_t)snprintf(out, size, "%.100s is also", cn->origin->host);
	for (unsigned i = 0; i < cn->origin->address_count; i++) {
		const struct addr *peer = &cn->origin->addresses[i].peer;

		if (peer == &cn->address->peer)
			continue;
		at += (size_t)snprintf(out + at, size - at, " %s,", addr_text(peer, text));
		other_family |= peer->family != family;
	}
	/* In place of the last comma. */
	if (other_family)
		snprintf(out + at - 1, size - at + 1, ": try -%c", family == AF_INET ? '6' : '4');
	else
		snprintf(out + at - 1, size - at + 1, ": name it as the target");
}

void world_ends(void *user, const struct hand *h, struct world_ends *out)
{
	struct connection *cn = world_connection(((struct world_user *)user)->world, h);
	char local[ADDR_TEXT_MAX], peer[ADDR_TEXT_MAX];
	const struct origin_address *a = cn->address;
	bool named;

	addr_text(&a->peer, peer);
	named = strcmp(peer, cn->origin->host) != 0;
	snprintf(out->text, sizeof(out->text), "%s -> %s%s%.256s%s",
		 addr_port_text(&a->route.src, guard_port(cn->guard), local),
		 addr_port_text(&a->peer, cn->origin->port, peer), named ? " (" : "",
		 named ? cn->origin->host : "", named ? ")" : "");
	out->hint[0] = '\0';
	if (cn->origin->address_count > 1 && had_no_luck(cn->hand))
		tell_others(cn, out->hint, sizeof(out->hint));
}
