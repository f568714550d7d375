/* SPDX-License-Identifier: GPL-3.0-or-later */
/* station.c - routes, guards, raw sockets and captures for some hosts; see station.h.
 *
 * Rules: one address of a host that cannot be used matters only when no other can. One capture for an
 *        interface, one raw socket for an interface and IP version, one guard for a connection to be.
 * Never: sends or reads anything. */
#include "drive/station.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "drive/guard_pool.h"
#include "tcp/isn.h"
#include "wire/resolve.h"

#define INTERFACES_MAX 8u
#define ORIGINS_MAX    32u
#define FILTER_MAX     8192u
#define KEY_BYTES      16

struct interface {
	char name[IF_NAMESIZE];
	struct capture *capture;
	struct craft *craft[2];	       /* IPv4, IPv6 */
	const struct origin *tuned_to; /* whose addresses the capture's filter names */
};

struct station {
	struct station_options options;
	uint8_t isn_key[KEY_BYTES], boot_key[KEY_BYTES];
	unsigned attempts;
	struct interface interfaces[INTERFACES_MAX];
	unsigned interface_count;
	struct origin *origins[ORIGINS_MAX];
	unsigned origin_count;
	struct guard_pool *guards;
};

/* Bytes that stay the same until the next boot, and that no other host knows. */
static void read_boot_key(uint8_t key[KEY_BYTES])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	char text[64] = "";

	if (!f || !fgets(text, sizeof(text), f) ||
	    sscanf(text,
		   "%2hhx%2hhx%2hhx%2hhx-%2hhx%2hhx-%2hhx%2hhx-%2hhx%2hhx-%2hhx%2hhx%2hhx%2hhx"
		   "%2hhx%2hhx",
		   &key[0], &key[1], &key[2], &key[3], &key[4], &key[5], &key[6], &key[7], &key[8],
		   &key[9], &key[10], &key[11], &key[12], &key[13], &key[14],
		   &key[15]) != KEY_BYTES)
		memset(key, 0,
		       KEY_BYTES); /* then the offset is known; the clock still never goes back */
	if (f)
		fclose(f);
}

struct station *station_new(const struct station_options *options, struct err *e)
{
	struct station *st = calloc(1, sizeof(*st));

	if (!st) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	st->options = *options;
	if (!st->options.family && st->options.src.family)
		st->options.family = st->options.src.family;
	st->guards = guard_pool_new(options->src_port, e);
	read_boot_key(st->boot_key);
	if (st->guards && getrandom(st->isn_key, sizeof(st->isn_key), 0) == KEY_BYTES)
		return st;
	if (st->guards)
		err_set(e, STATUS_APP, "no random numbers: %s", strerror(errno));
	station_free(st);
	return NULL;
}

void station_free(struct station *st)
{
	if (!st)
		return;
	for (unsigned i = 0; i < st->interface_count; i++) {
		capture_close(st->interfaces[i].capture);
		craft_close(st->interfaces[i].craft[0]);
		craft_close(st->interfaces[i].craft[1]);
	}
	guard_pool_free(st->guards);
	for (unsigned i = 0; i < st->origin_count; i++)
		free(st->origins[i]);
	free(st);
}

const struct station_options *station_options(const struct station *st)
{
	return &st->options;
}

unsigned station_count_attempt(struct station *st)
{
	return ++st->attempts;
}

/* The interface's place in the table, made if need be; -1 with @e set. */
static int interface_of(struct station *st, const char *name, struct err *e)
{
	for (unsigned i = 0; i < st->interface_count; i++)
		if (!strcmp(st->interfaces[i].name, name))
			return (int)i;
	if (st->interface_count == INTERFACES_MAX) {
		err_set(e, STATUS_USAGE,
			"more than %u interfaces lead to these hosts; name fewer "
			"hosts at once",
			INTERFACES_MAX);
		return -1;
	}
	snprintf(st->interfaces[st->interface_count].name, IF_NAMESIZE, "%s", name);
	return (int)st->interface_count++;
}

/* Everything for one address of a host. */
static bool reach(struct station *st, const struct addr *peer, struct origin_address *a,
		  struct err *e)
{
	const struct station_options *o = &st->options;
	struct craft **craft;
	int i;

	a->peer = *peer;
	if (!route_lookup(peer, o->ifname, o->src.family ? &o->src : NULL, &a->route, e))
		return false;
	i = interface_of(st, a->route.ifname, e);
	if (i < 0)
		return false;
	a->interface = (unsigned)i;
	craft = &st->interfaces[i].craft[peer->family == AF_INET6];
	if (!*craft)
		*craft = craft_open(peer->family, a->route.local ? NULL : a->route.ifname, e);
	a->craft = *craft;
	return *craft != NULL;
}

/* More guards for the local addresses that lead to @o: @more each; two addresses of the host that share
 * one count once. */
static bool hold_guards(struct station *st, const struct origin *o, unsigned more, struct err *e)
{
	unsigned before[ORIGIN_ADDRESSES_MAX];

	for (unsigned i = 0; i < o->address_count; i++)
		before[i] = guard_pool_count(st->guards, &o->addresses[i].route.src);
	for (unsigned i = 0; i < o->address_count; i++)
		if (!guard_pool_fill(st->guards, &o->addresses[i].route.src, before[i] + more, e))
			return false;
	return true;
}

static struct origin *known_origin(struct station *st, const char *host, uint16_t port)
{
	for (unsigned i = 0; i < st->origin_count; i++)
		if (st->origins[i]->port == port && !strcasecmp(st->origins[i]->host, host))
			return st->origins[i];
	return NULL;
}

/* Find a host's addresses and keep those that can be reached. */
static bool find_addresses(struct station *st, struct origin *o, struct err *e)
{
	struct addr found[ORIGIN_ADDRESSES_MAX];
	unsigned n = resolve(o->host, st->options.family, found, ORIGIN_ADDRESSES_MAX, e);
	struct err first = { 0 };

	if (!n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		struct err why = { 0 };

		if (reach(st, &found[i], &o->addresses[o->address_count], &why))
			o->address_count++;
		else if (!first.status || why.status == STATUS_PRIVILEGE)
			first = why;
	}
	if (!o->address_count || first.status == STATUS_PRIVILEGE) {
		*e = first;
		return false;
	}
	return true;
}

const struct origin *station_add(struct station *st, const char *host, uint16_t port,
				 unsigned connections, struct err *e)
{
	struct origin *o = known_origin(st, host, port);

	if (o)
		return hold_guards(st, o, connections, e) ? o : NULL;
	if (st->origin_count == ORIGINS_MAX) {
		err_set(e, STATUS_USAGE, "more than %u different hosts; name fewer at once",
			ORIGINS_MAX);
		return NULL;
	}
	o = calloc(1, sizeof(*o));
	if (!o) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	snprintf(o->host, sizeof(o->host), "%s", host);
	o->port = port;
	st->origins[st->origin_count++] = o;
	return find_addresses(st, o, e) && hold_guards(st, o, connections, e) ? o : NULL;
}

/* All that concerns an origin's addresses on one interface. */
static void filter_for(const struct origin *o, unsigned interface, char out[FILTER_MAX])
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < o->address_count; i++) {
		char one[FILTER_MAX / ORIGIN_ADDRESSES_MAX - 16];

		if (o->addresses[i].interface != interface)
			continue;
		capture_peer_filter(&o->addresses[i].peer, o->port, one, sizeof(one));
		at += (size_t)snprintf(out + at, FILTER_MAX - at, "%s(%s)", at ? " or " : "", one);
	}
}

static const struct origin *first_user(const struct station *st, unsigned interface)
{
	for (unsigned i = 0; i < st->origin_count; i++)
		for (unsigned j = 0; j < st->origins[i]->address_count; j++)
			if (st->origins[i]->addresses[j].interface == interface)
				return st->origins[i];
	return NULL;
}

bool station_listen(struct station *st, struct err *e)
{
	for (unsigned i = 0; i < st->interface_count; i++) {
		struct interface *in = &st->interfaces[i];
		char filter[FILTER_MAX];

		in->tuned_to = first_user(st, i);
		if (!in->tuned_to)
			continue;
		filter_for(in->tuned_to, i, filter);
		in->capture = capture_open(in->name, filter, e);
		if (!in->capture)
			return false;
	}
	return true;
}

/* All origins on one interface; where that is too long for one expression, all TCP. */
static void filter_for_all(const struct station *st, unsigned interface, char out[FILTER_MAX])
{
	char one[FILTER_MAX];
	size_t at = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < st->origin_count; i++) {
		filter_for(st->origins[i], interface, one);
		if (!one[0])
			continue;
		if (at + strlen(one) + 5 > FILTER_MAX) {
			snprintf(out, FILTER_MAX, "tcp or icmp or ip6 or (ip[6:2] & 0x1fff != 0)");
			return;
		}
		at += (size_t)snprintf(out + at, FILTER_MAX - at, "%s%s", at ? " or " : "", one);
	}
}

bool station_listen_all(struct station *st, struct err *e)
{
	for (unsigned i = 0; i < st->interface_count; i++) {
		char filter[FILTER_MAX];

		filter_for_all(st, i, filter);
		if (!filter[0])
			continue;
		st->interfaces[i].capture = capture_open(st->interfaces[i].name, filter, e);
		if (!st->interfaces[i].capture)
			return false;
	}
	return true;
}

unsigned station_interfaces(const struct station *st)
{
	return st->interface_count;
}

struct capture *station_interface_capture(const struct station *st, unsigned interface)
{
	return st->interfaces[interface].capture;
}

struct capture *station_capture(struct station *st, const struct origin *o,
				const struct origin_address *a, struct err *e)
{
	struct interface *in = &st->interfaces[a->interface];
	char filter[FILTER_MAX];

	if (in->tuned_to != o) {
		filter_for(o, a->interface, filter);
		if (!capture_set_filter(in->capture, filter, e))
			return NULL;
		in->tuned_to = o;
	}
	return in->capture;
}

const struct guard *station_guard(struct station *st, const struct addr *local, struct err *e)
{
	return guard_pool_take(st->guards, local, e);
}

const struct guard *station_guard_port(struct station *st, const struct addr *local, uint16_t port,
				       struct err *e)
{
	return guard_pool_take_port(st->guards, local, port, e);
}

void station_release(struct station *st, const struct guard *guard)
{
	guard_pool_give(st->guards, guard);
}

uint32_t station_isn(const struct station *st, const struct addr *local, uint16_t local_port,
		     const struct addr *peer, uint16_t peer_port, int64_t now_us)
{
	uint8_t tuple[36] = { 0 };

	if (st->options.isn >= 0)
		return (uint32_t)st->options.isn;
	memcpy(tuple, local->bytes, 16);
	memcpy(tuple + 16, peer->bytes, 16);
	memcpy(tuple + 32, &local_port, 2);
	memcpy(tuple + 34, &peer_port, 2);
	return tcp_isn(st->isn_key, tuple, sizeof(tuple), now_us);
}

int station_link_type(const struct station *st)
{
	for (unsigned i = 0; i < st->interface_count; i++)
		if (st->interfaces[i].capture)
			return capture_link_type(st->interfaces[i].capture);
	return LINK_RAW;
}

unsigned station_drops(struct station *st)
{
	unsigned n = 0;

	for (unsigned i = 0; i < st->interface_count; i++)
		if (st->interfaces[i].capture)
			n += capture_drops(st->interfaces[i].capture);
	return n;
}

uint32_t station_ts_offset(const struct station *st, const struct addr *local,
			   const struct addr *peer)
{
	uint8_t pair[32];

	memcpy(pair, local->bytes, 16);
	memcpy(pair + 16, peer->bytes, 16);
	return (uint32_t)siphash(st->boot_key, pair, sizeof(pair));
}
