/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ways.c - which way leads to an address; see ways.h. */
#include "probe/ways.h"

#include <string.h>

#include "probe/ways_priv.h"

#define SAMPLES 4096u /* networks of one range that are asked for ahead */

static struct cached *own_slot(struct ways *w, const struct addr *peer)
{
	for (unsigned i = 0; i < w->own_count; i++)
		if (addr_equal(&w->own_addr[i], peer))
			return &w->own[i];
	return NULL;
}

static struct cached *slot_of(struct ways *w, const struct addr *peer)
{
	struct cached *c;
	uint8_t network[8] = { 0 };
	uint64_t hash;

	c = own_slot(w, peer);
	if (c)
		return c;
	memcpy(network, peer->bytes, peer->family == AF_INET ? 3 : 8);
	memcpy(&hash, network, sizeof(hash));
	c = &w->cache[hash * 0x9e3779b97f4a7c15u >> 52];
	if (c->family != peer->family || memcmp(c->network, network, sizeof(network))) {
		*c = (struct cached){ .family = (uint8_t)peer->family };
		memcpy(c->network, network, sizeof(network));
	}
	return c;
}

/* Ask the kernel, and open what is missing. False with @e set when a handle cannot be opened. */
static bool ask(struct ways *w, const struct addr *peer, struct cached *c, struct err *e)
{
	const struct ways_options *o = &w->options;
	struct err why = { 0 };
	struct route route;
	int interface, source;

	if (!route_lookup(peer, o->ifname, o->src.family ? &o->src : NULL, &route, &why)) {
		/* A broadcast address says nothing of the others of its network. */
		c->known = why.status == STATUS_UNREACHABLE ? NOWHERE : UNKNOWN;
		c->why =
			why.status == STATUS_UNREACHABLE ?
				"no route" :
			addr_is_link_local(peer) && !peer->scope ?
				"a link-local address does not say on which link: %interface or -i does" :
				"an address of many hosts: TCP joins two";
		return true;
	}
	c->known = NOWHERE;
	interface = ways_open_interface(w, route.ifname, route.local, peer->family, e);
	source = interface >= 0 ? ways_open_source(w, &route.src, e) : -1;
	if (source < 0) {
		c->why = "no route through an interface that was prepared";
		return false;
	}
	c->known = REACHED;
	c->way = (struct way){ (unsigned)interface, (unsigned)source, route.mtu };
	return true;
}

/* A network as a number, by which they can be counted. */
static uint64_t network_of(const struct addr *a)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < (a->family == AF_INET ? 4 : 8); i++)
		n = n << 8 | a->bytes[i];
	return a->family == AF_INET ? n >> 8 : n;
}

static void set_network(struct addr *a, uint64_t network)
{
	for (int i = a->family == AF_INET ? 2 : 7; i >= 0; i--, network >>= 8)
		a->bytes[i] = (uint8_t)network;
}

static bool prepare_one(struct ways *w, const struct addr *a, struct err *e)
{
	struct cached *c = slot_of(w, a);

	return c->known != UNKNOWN || ask(w, a, c, e);
}

bool ways_prepare(struct ways *w, const struct addr *first, const struct addr *last, struct err *e)
{
	uint64_t networks = network_of(last) - network_of(first);
	uint64_t step = networks / SAMPLES + 1;
	unsigned len = addr_len(first);
	struct addr a = *first;

	if (!prepare_one(w, first, e))
		return false;
	for (uint64_t n = 0; !addr_equal(first, last) && n <= networks; n += step) {
		set_network(&a, network_of(first) + n);
		a.bytes[len - 1] = n ? 1 : first->bytes[len - 1] | 1; /* 0 may be a broadcast */
		while (own_slot(w, &a) && a.bytes[len - 1] < 254)
			a.bytes[len - 1]++;
		if (!prepare_one(w, &a, e))
			return false;
	}
	for (unsigned i = 0; i < w->own_count; i++) {
		a = w->own_addr[i];
		if (a.family == first->family && memcmp(a.bytes, first->bytes, len) >= 0 &&
		    memcmp(a.bytes, last->bytes, len) <= 0 && !prepare_one(w, &a, e))
			return false;
	}
	return true;
}

const struct way *ways_find(struct ways *w, const struct addr *peer, const char **why)
{
	struct cached *c = slot_of(w, peer);
	struct err unused = { 0 };

	if (c->known == UNKNOWN)
		ask(w, peer, c, &unused);
	if (c->known == REACHED)
		return &c->way;
	*why = c->why;
	return NULL;
}
