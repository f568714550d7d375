/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ways.c - see ways.h. */
#include "probe/ways.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_SLOTS 4096u
#define SAMPLES	    4096u /* networks of one range that are asked for ahead */
#define OWN_MAX	    64u
#define FILTER_MAX  4096u

enum known { UNKNOWN, REACHED, NOWHERE };

struct cached {
	uint8_t network[8];
	uint8_t family, known;
	const char *why;
	struct way way;
};

struct ways {
	struct ways_options options;
	struct ways_interface interfaces[WAYS_INTERFACES_MAX];
	unsigned interface_count;
	struct ways_source sources[WAYS_SOURCES_MAX];
	unsigned source_count;
	bool listening; /* privilege is gone: no more handles */
	struct cached cache[CACHE_SLOTS];
	struct cached
		own[OWN_MAX]; /* addresses of this host: other ways than those of their networks */
	struct addr own_addr[OWN_MAX];
	unsigned own_count;
};

static void list_own(struct ways *w)
{
	struct ifaddrs *all = NULL;
	uint16_t unused;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *i = all; i && w->own_count < OWN_MAX; i = i->ifa_next)
		w->own_count +=
			i->ifa_addr &&
			addr_from_sockaddr(i->ifa_addr, &w->own_addr[w->own_count], &unused);
	freeifaddrs(all);
}

struct ways *ways_new(const struct ways_options *options, struct err *e)
{
	struct ways *w = calloc(1, sizeof(*w));

	if (!w) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	w->options = *options;
	list_own(w);
	return w;
}

void ways_free(struct ways *w)
{
	if (!w)
		return;
	for (unsigned i = 0; i < w->interface_count; i++) {
		capture_close(w->interfaces[i].capture);
		for (unsigned v = 0; v < 2; v++) {
			batch_free(w->interfaces[i].batch[v]);
			craft_close(w->interfaces[i].craft[v]);
		}
	}
	for (unsigned i = 0; i < w->source_count; i++)
		for (unsigned p = 0; p < WAYS_PORTS_MAX; p++)
			guard_close(w->sources[i].guards[p]);
	free(w);
}

/* The interface's number, opened for a family if need be; -1 with @e set. */
static int open_interface(struct ways *w, const char *name, int family, struct err *e)
{
	unsigned v = family == AF_INET6, i = 0;
	struct ways_interface *in;

	while (i < w->interface_count && strcmp(w->interfaces[i].name, name))
		i++;
	if (i == WAYS_INTERFACES_MAX) {
		err_set(e, STATUS_USAGE,
			"more than %u interfaces lead to the targets; -i chooses one",
			WAYS_INTERFACES_MAX);
		return -1;
	}
	in = &w->interfaces[i];
	if (i < w->interface_count && in->batch[v])
		return (int)i;
	if (w->listening) {
		err_set(e, STATUS_UNREACHABLE, "no route through an interface that was prepared");
		return -1;
	}
	if (i == w->interface_count) {
		snprintf(in->name, sizeof(in->name), "%s", name);
		w->interface_count++;
	}
	in->craft[v] = craft_open(family, name, e);
	in->batch[v] = in->craft[v] ? batch_new(in->craft[v], e) : NULL;
	return in->batch[v] ? (int)i : -1;
}

/* The number of one of our addresses, with its guards; -1 with @e set. */
static int open_source(struct ways *w, const struct addr *addr, struct err *e)
{
	struct ways_source *s;
	unsigned i = 0;

	while (i < w->source_count && !addr_equal(&w->sources[i].addr, addr))
		i++;
	if (i < w->source_count)
		return (int)i;
	if (i == WAYS_SOURCES_MAX) {
		err_set(e, STATUS_USAGE,
			"more than %u of our addresses lead to the targets; -s chooses one",
			WAYS_SOURCES_MAX);
		return -1;
	}
	s = &w->sources[w->source_count++];
	s->addr = *addr;
	for (unsigned p = 0; p < w->options.ports; p++) {
		uint16_t port = w->options.src_port ? (uint16_t)(w->options.src_port + p) : 0;

		s->guards[p] = guard_open(addr, port, e);
		if (!s->guards[p])
			return -1;
		s->ports[p] = guard_port(s->guards[p]);
	}
	return (int)i;
}

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
		c->why = why.status == STATUS_UNREACHABLE ? "no route" : "no address for TCP";
		return true;
	}
	c->known = NOWHERE;
	interface = open_interface(w, route.ifname, peer->family, e);
	source = interface >= 0 ? open_source(w, &route.src, e) : -1;
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

bool ways_prepare_all(struct ways *w, struct err *e)
{
	struct ifaddrs *all = NULL;
	bool good = true;

	if (getifaddrs(&all) < 0)
		return true;
	for (struct ifaddrs *i = all; i && good; i = i->ifa_next) {
		struct addr a;
		uint16_t unused;

		if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
		    !addr_from_sockaddr(i->ifa_addr, &a, &unused) ||
		    (w->options.family && a.family != w->options.family) ||
		    (w->options.ifname && strcmp(w->options.ifname, i->ifa_name)) ||
		    w->interface_count == WAYS_INTERFACES_MAX)
			continue;
		good = open_interface(w, i->ifa_name, a.family, e) >= 0 &&
		       (w->options.src.family || open_source(w, &a, e) >= 0);
	}
	freeifaddrs(all);
	return good;
}

/* All that comes back to our ports, ICMP errors, and our own SYNs where their stamps are wanted. */
static void make_filter(const struct ways *w, char out[FILTER_MAX])
{
	char to[FILTER_MAX / 3] = "", from[FILTER_MAX / 3] = "";
	size_t to_at = 0, from_at = 0;

	for (unsigned s = 0; s < w->source_count; s++)
		for (unsigned p = 0; p < w->options.ports; p++) {
			const char * or = to_at ? " or " : "";
			unsigned port = w->sources[s].ports[p];

			if (sizeof(to) - to_at < 32)
				break;
			to_at += (size_t)snprintf(to + to_at, sizeof(to) - to_at, "%sdst port %u",
						  or, port);
			from_at += (size_t)snprintf(from + from_at, sizeof(from) - from_at,
						    "%ssrc port %u", or, port);
		}
	snprintf(out, FILTER_MAX,
		 "(tcp and (%s)) or (icmp and (icmp[0] == 3 or icmp[0] == 11 or icmp[0] == 12)) or "
		 "(ip6 and ip6[6] == 58 and ip6[40] >= 1 and ip6[40] <= 4)%s%s%s",
		 to, w->options.stamps ? " or (tcp and (" : "", w->options.stamps ? from : "",
		 w->options.stamps ? ") and ((ip and ip[((ip[0] & 15) << 2) + 13] & 18 == 2) or "
				     "(ip6 and ip6[53] & 18 == 2)))" :
				     "");
}

bool ways_listen(struct ways *w, struct err *e)
{
	char filter[FILTER_MAX];

	if (!w->source_count) /* nothing can be sent: nothing will come */
		return true;
	make_filter(w, filter);
	for (unsigned i = 0; i < w->interface_count; i++) {
		struct ways_interface *in = &w->interfaces[i];

		in->capture = capture_open_sized(in->name, filter, &w->options.ring, e);
		if (!in->capture)
			return false;
	}
	w->listening = true;
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

unsigned ways_interface_count(const struct ways *w)
{
	return w->interface_count;
}

struct ways_interface *ways_interface(struct ways *w, unsigned n)
{
	return &w->interfaces[n];
}

unsigned ways_source_count(const struct ways *w)
{
	return w->source_count;
}

const struct ways_source *ways_source(const struct ways *w, unsigned n)
{
	return &w->sources[n];
}

bool ways_attempt(const struct ways *w, const struct addr *local, uint16_t port, unsigned *source,
		  unsigned *attempt)
{
	for (unsigned s = 0; s < w->source_count; s++)
		for (unsigned p = 0; p < w->options.ports; p++)
			if (w->sources[s].ports[p] == port &&
			    addr_equal(&w->sources[s].addr, local)) {
				*source = s;
				*attempt = p;
				return true;
			}
	return false;
}

uint64_t ways_drops(struct ways *w)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < w->interface_count; i++)
		if (w->interfaces[i].capture)
			n += capture_drops(w->interfaces[i].capture);
	return n;
}
