/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dial.c - one address of a host after the other; see dial.h. */
#include "drive/dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "drive/session.h"

#define IPV4_HEADERS  40u /* IP and TCP, without options */
#define IPV6_HEADERS  60u
#define IPV4_PEER_MSS 536u /* what a peer that names none can take (RFC 9293 section 3.7.1) */
#define IPV6_PEER_MSS 1220u
#define RECEIVE_BUFFER \
	(4u << 20) /* most that a slow reader makes us keep; about what Linux allows */

struct dial {
	struct loop *loop;
	struct station *station;
	const struct origin *origin;
	const struct watch *watch;
	void (*changed)(void *context);
	void *context;
	struct session *session;
	unsigned next;	    /* the address to try after the one in work */
	bool no_more;	    /* given up by the owner */
	struct err outcome; /* without a session: why there is none */
};

static uint16_t mtu_text(const struct origin_address *a)
{
	uint32_t headers = a->peer.family == AF_INET6 ? IPV6_HEADERS : IPV4_HEADERS;
	uint32_t mtu = a->route.mtu;

	if (mtu <= headers)
		return 1;
	return mtu - headers > UINT16_MAX ? UINT16_MAX : (uint16_t)(mtu - headers);
}

static void fill_tcp_config(const struct dial *d, const struct origin_address *a, uint16_t port,
			    struct tcp_config *c)
{
	const struct station_options *o = station_options(d->station);

	tcp_config_init(c);
	c->local_port = port;
	c->peer_port = d->origin->port;
	c->isn = station_isn(d->station, &a->route.src, port, &a->peer, c->peer_port, loop_now());
	c->mss = o->mss ? o->mss : mtu_text(a);
	c->peer_mss = a->peer.family == AF_INET6 ? IPV6_PEER_MSS : IPV4_PEER_MSS;
	c->receive_buffer = RECEIVE_BUFFER;
	c->wscale = o->wscale;
	c->use_sack = o->sack;
	c->use_timestamps = o->timestamps;
	c->window = o->window;
	c->use_ecn = o->ecn;
	c->nagle = o->nagle;
	c->keepalive_us = o->keepalive_us;
	c->time_wait_us = o->time_wait_us;
	c->give_up_us = o->timeout_us;
	c->ts_offset = station_ts_offset(d->station, &a->route.src, &a->peer);
}

static struct link *open_link(const struct dial *d, const struct origin_address *a, struct err *e)
{
	struct capture *capture = station_capture(d->station, d->origin, a, e);
	struct craft_ip ip = {
		.src = a->route.src,
		.dst = a->peer,
		.ttl = station_options(d->station)->ttl,
		.dont_fragment = true, /* path MTU discovery (RFC 1191) */
	};

	if (!capture)
		return NULL;
	/* One label for the connection, unlike those of others (RFC 6437 section 3). */
	if (a->peer.family == AF_INET6) {
		if (getrandom(&ip.flow_label, sizeof(ip.flow_label), 0) < 0) {
			err_set(e, STATUS_APP, "no random numbers: %s", strerror(errno));
			return NULL;
		}
		ip.flow_label &= 0xfffff;
	}
	return link_live(a->craft, capture, &ip, e);
}

static void announce(const struct dial *d, const struct origin_address *a,
		     const struct guard *guard)
{
	struct watch_attempt attempt = {
		.host = d->origin->host,
		.local = a->route.src,
		.peer = a->peer,
		.local_port = guard_port(guard),
		.peer_port = d->origin->port,
		.ifname = a->route.ifname,
		.mtu = a->route.mtu,
		.guard_layers = guard_layers(guard),
		.number = station_count_attempt(d->station),
	};

	WATCH(d->watch, begin, &attempt);
}

/* "192.0.2.1:80", or "host port 80 (192.0.2.1)" where the host was given by name. */
static void name_peer(const struct dial *d, const struct origin_address *a, char *out, size_t size)
{
	char text[ADDR_TEXT_MAX];
	struct addr numeric;

	if (addr_parse(d->origin->host, &numeric))
		snprintf(out, size, "%s", addr_port_text(&a->peer, d->origin->port, text));
	else
		snprintf(out, size, "%s port %u (%s)", d->origin->host, d->origin->port,
			 addr_text(&a->peer, text));
}

static void on_change(void *context);

static bool try_address(struct dial *d, const struct origin_address *a, struct err *e)
{
	const struct station_options *o = station_options(d->station);
	const struct guard *guard = station_guard(d->station, &a->route.src, e);
	bool others = d->next < d->origin->address_count;
	char name[ADDR_TEXT_MAX + 300];
	struct session_config config = {
		.loop = d->loop,
		.local = a->route.src,
		.peer = a->peer,
		.mtu_text = mtu_text(a),
		.peer_name = name,
		.connect_us = others ? o->timeout_us / 2 : o->timeout_us,
		.silence_us = o->may_be_silent ? 0 : o->timeout_us,
		.watch = d->watch,
		.changed = on_change,
		.context = d,
	};

	if (!guard)
		return false;
	fill_tcp_config(d, a, guard_port(guard), &config.tcp);
	name_peer(d, a, name, sizeof(name));
	config.link = open_link(d, a, e);
	if (!config.link)
		return false;
	announce(d, a, guard);
	d->session = session_new(&config, e);
	if (!d->session)
		return false;
	session_start(d->session);
	return true;
}

/* "[::1]:8000: refused; trying 127.0.0.1:8000" */
static void tell_next(const struct dial *d, const struct err *why)
{
	const struct origin_address *next = &d->origin->addresses[d->next];
	const char *what = why->status == STATUS_REFUSED     ? "refused" :
			   why->status == STATUS_TIMEOUT     ? "no answer" :
			   why->status == STATUS_UNREACHABLE ? "unreachable" :
							       "failed";
	char text[2 * ADDR_TEXT_MAX + 40], old[ADDR_TEXT_MAX], new[ADDR_TEXT_MAX];

	addr_port_text(&next[-1].peer, d->origin->port, old);
	addr_port_text(&next->peer, d->origin->port, new);
	snprintf(text, sizeof(text), "%s: %s; trying %s", old, what, new);
	WATCH(d->watch, next_address, text);
}

/* The next address that a session can be made for; none: false, and outcome says why. */
static bool try_next(struct dial *d)
{
	while (d->next < d->origin->address_count) {
		const struct origin_address *a = &d->origin->addresses[d->next++];

		d->outcome = (struct err){ 0 };
		if (try_address(d, a, &d->outcome))
			return true;
	}
	return false;
}

static void finish(struct dial *d)
{
	struct trace_summary summary;
	struct tcp_conn_info info;

	session_summary(d->session, &summary);
	session_info(d->session, &info);
	WATCH(d->watch, end, &summary, &info);
	d->changed(d->context);
}

static void on_change(void *context)
{
	struct dial *d = context;
	struct err why = { 0 };

	if (!session_over(d->session)) {
		d->changed(d->context);
		return;
	}
	if (session_established(d->session) || d->no_more || d->next == d->origin->address_count ||
	    session_outcome(d->session, &why)) {
		finish(d);
		return;
	}
	tell_next(d, &why);
	session_free(d->session);
	d->session = NULL;
	if (!try_next(d))
		d->changed(d->context);
}

struct dial *dial_new(struct loop *loop, struct station *st, const struct origin *o,
		      const struct watch *watch, void (*changed)(void *context), void *context,
		      struct err *e)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (!d) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	d->loop = loop;
	d->station = st;
	d->origin = o;
	d->watch = watch;
	d->changed = changed;
	d->context = context;
	if (try_next(d))
		return d;
	*e = d->outcome;
	free(d);
	return NULL;
}

void dial_free(struct dial *d)
{
	if (!d)
		return;
	session_free(d->session);
	free(d);
}

bool dial_attach(struct dial *d, int in, int out, struct err *e)
{
	return session_attach(d->session, in, out, e);
}

void dial_close(struct dial *d)
{
	d->no_more = true;
	if (d->session)
		session_close(d->session);
}

void dial_abort(struct dial *d, const struct err *why)
{
	d->no_more = true;
	if (d->session)
		session_abort(d->session, why);
}

bool dial_established(const struct dial *d)
{
	return d->session && session_established(d->session);
}

bool dial_over(const struct dial *d)
{
	return !d->session || session_over(d->session);
}

bool dial_outcome(const struct dial *d, struct err *e)
{
	if (d->session)
		return session_outcome(d->session, e);
	*e = d->outcome;
	return false;
}
