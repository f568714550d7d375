/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ways_open.c - the handles that ways take, all opened before privilege is dropped; see ways.h. */
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/ways_priv.h"

/* Each port of each source twice, as "dst port 12345 or ", and the rest. */
#define FILTER_PORTS_MAX (WAYS_SOURCES_MAX * WAYS_PORTS_MAX * 20u)
#define FILTER_MAX	 (2 * FILTER_PORTS_MAX + 512u)

static void list_own(struct ways *w)
{
	struct ifaddrs *all = NULL;
	uint16_t unused;

	if (getifaddrs(&all) < 0)
		return;
	for (struct ifaddrs *i = all; i && w->own_count < WAYS_OWN_MAX; i = i->ifa_next)
		w->own_count +=
			i->ifa_addr &&
			addr_from_sockaddr(i->ifa_addr, &w->own_addr[w->own_count], &unused);
	freeifaddrs(all);
}

/* What the user chose is there at all; whether it leads to a target, its route tells. */
static bool check_options(const struct ways_options *o, struct err *e)
{
	struct err why = { 0 };
	struct route unused;

	if (o->ifname && !if_nametoindex(o->ifname))
		return err_set(
			e, STATUS_USAGE,
			"no interface %.50s: No such device; `ip link` lists interfaces, -i chooses one",
			o->ifname);
	if (!o->src.family || addr_is_link_local(&o->src) ||
	    route_lookup(&o->src, NULL, &o->src, &unused, &why) || why.status != STATUS_USAGE)
		return true;
	*e = why;
	return false;
}

struct ways *ways_new(const struct ways_options *options, struct err *e)
{
	struct ways *w;

	if (!check_options(options, e))
		return NULL;
	w = calloc(1, sizeof(*w));
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

int ways_open_interface(struct ways *w, const char *name, bool local, int family, struct err *e)
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
	in->craft[v] = craft_open(family, local ? NULL : name, e);
	in->batch[v] = in->craft[v] ? batch_new(in->craft[v], e) : NULL;
	return in->batch[v] ? (int)i : -1;
}

int ways_open_source(struct ways *w, const struct addr *addr, struct err *e)
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

bool ways_prepare_all(struct ways *w, struct err *e)
{
	struct ifaddrs *all = NULL;
	bool good = true;

	if (getifaddrs(&all) < 0)
		return true;
	for (struct ifaddrs *i = all; i && good; i = i->ifa_next) {
		struct addr a;
		uint16_t unused;
		bool local;

		if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
		    !addr_from_sockaddr(i->ifa_addr, &a, &unused) ||
		    (w->options.family && a.family != w->options.family) ||
		    (w->options.ifname && strcmp(w->options.ifname, i->ifa_name)) ||
		    w->interface_count == WAYS_INTERFACES_MAX)
			continue;
		local = i->ifa_flags & IFF_LOOPBACK && !w->options.ifname;
		good = ways_open_interface(w, i->ifa_name, local, a.family, e) >= 0 &&
		       (w->options.src.family || ways_open_source(w, &a, e) >= 0);
	}
	freeifaddrs(all);
	return good;
}

/* All that comes back to our ports, ICMP errors, and our own SYNs where their stamps are wanted. */
static void make_filter(const struct ways *w, char out[FILTER_MAX])
{
	char to[FILTER_PORTS_MAX] = "", from[FILTER_PORTS_MAX] = "";
	size_t to_at = 0, from_at = 0;

	for (unsigned s = 0; s < w->source_count; s++)
		for (unsigned p = 0; p < w->options.ports; p++) {
			const char * or = to_at ? " or " : "";
			unsigned port = w->sources[s].ports[p];

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
