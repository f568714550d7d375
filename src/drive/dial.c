/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dial.c - one address of a host after the other; see dial.h. */
#include "drive/dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/prepare.h"
#include "drive/session.h"

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

static struct link *open_link(const struct dial *d, const struct origin_address *a, struct err *e)
{
	struct capture *capture = station_capture(d->station, d->origin, a, e);
	struct craft_ip ip;

	return capture && prepare_ip(d->station, a, &ip, e) ? link_live(a->craft, capture, &ip, e) :
							      NULL;
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
		.mtu_text = prepare_mtu_text(a),
		.peer_name = name,
		.connect_us = others ? o->timeout_us / 2 : o->timeout_us,
		.silence_us = o->may_be_silent ? 0 : o->timeout_us,
		.watch = d->watch,
		.changed = on_change,
		.context = d,
	};

	if (!guard)
		return false;
	prepare_tcp(d->station, d->origin, a, guard_port(guard), &config.tcp);
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
