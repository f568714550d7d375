/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - see world.h. */
#include "cli/world.h"

#include <stdlib.h>
#include <string.h>

#include "cli/world_priv.h"
#include "drive/prepare.h"
#include "wire/privilege.h"

static void on_failed(void *context, const struct err *why)
{
	struct world *w = context;

	if (!w->failed.status)
		w->failed = *why;
}

struct world *world_new(const struct common_options *o, struct loop *loop, struct err *e)
{
	struct world *w = calloc(1, sizeof(*w));
	struct station_options options;

	if (!w) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	w->common = o;
	w->loop = loop;
	if (common_station(o, &options, e) && (w->station = station_new(&options, e)))
		return w;
	free(w);
	return NULL;
}

void world_free(struct world *w)
{
	if (!w)
		return;
	while (w->connections)
		world_close(w->connections->user, w->connections->hand);
	hub_free(w->hub);
	station_free(w->station);
	free(w);
}

bool world_add(struct world *w, const char *target, unsigned connections, struct err *e)
{
	struct target t;

	return target_parse(target, &t, e) &&
	       station_add(w->station, t.host, t.port, connections, e);
}

bool world_listen(struct world *w, struct err *e)
{
	if (!station_listen_all(w->station, e) || !privilege_drop(e))
		return false;
	w->hub = hub_new(w->loop, w->station, on_failed, w, e);
	return w->hub != NULL;
}

int world_link_type(const struct world *w)
{
	return station_link_type(w->station);
}

unsigned world_drops(struct world *w)
{
	return station_drops(w->station);
}

const struct err *world_failed(const struct world *w)
{
	return w->failed.status ? &w->failed : NULL;
}

void world_settings(const struct common_options *o, struct exec_settings *out)
{
	*out = (struct exec_settings){
		.isn = o->isn,
		.source_port = o->src_port,
		.mss = o->mss,
		.window = o->window,
		.wscale = o->wscale,
		.ttl = o->ttl,
		.sack = !o->no_sack,
		.timestamps = !o->no_timestamps,
		.ecn = o->ecn,
		.nagle = o->nagle,
		.keepalive_us = o->keepalive_us,
		/* A person takes longer than two round trips for the last ACK. */
		.time_wait_us =
			o->time_wait_us == TCP_TIME_WAIT_BRIEF ? 2 * TCP_MSL_US : o->time_wait_us,
		.timeout_us = 3000000,
	};
}

static bool send_segment(void *wire, const struct craft_ip *ip, const struct tcp_segment *seg,
			 struct err *e)
{
	return craft_send(((struct connection *)wire)->address->craft, ip, seg, e);
}

/* What came is for the transfer first, as the executor may drop it. */
static void on_changed(void *context)
{
	struct connection *cn = context;

	if (cn->transfer)
		transfer_serve(cn->transfer);
	cn->changed(cn->context);
}

/* The connection's configuration: the station's, with what the script has set. */
static void apply(const struct exec_settings *s, struct hand_config *c)
{
	if (s->isn >= 0)
		c->tcp.isn = (uint32_t)s->isn;
	if (s->mss)
		c->tcp.mss = (uint16_t)s->mss;
	c->tcp.window = (uint32_t)s->window;
	c->tcp.wscale = (uint8_t)s->wscale;
	c->tcp.use_sack = s->sack;
	c->tcp.use_timestamps = s->timestamps;
	c->tcp.use_ecn = s->ecn;
	c->tcp.nagle = s->nagle;
	c->tcp.keepalive_us = s->keepalive_us;
	c->tcp.time_wait_us = s->time_wait_us;
	c->tcp.give_up_us = 0; /* the script says how long to wait */
	c->ip.ttl = (uint8_t)s->ttl;
	c->ip.tos = (uint8_t)s->tos;
}

static const struct origin *origin_of(struct world *w, const char *target, struct err *e)
{
	struct target t;

	if (!target) {
		err_set(e, STATUS_USAGE,
			"no target; `target HOST:PORT` in the script, or --target, names one");
		return NULL;
	}
	return target_parse(target, &t, e) ? station_add(w->station, t.host, t.port, 0, e) : NULL;
}

static void announce(const struct connection *cn)
{
	const struct origin_address *a = cn->address;
	struct watch_attempt attempt = {
		.host = cn->origin->host,
		.local = a->route.src,
		.peer = a->peer,
		.local_port = guard_port(cn->guard),
		.peer_port = cn->origin->port,
		.ifname = a->route.ifname,
		.mtu = a->route.mtu,
		.guard_layers = guard_layers(cn->guard),
		.number = cn->number,
	};

	WATCH(cn->watch, begin, &attempt);
}

/* To the first address that there is a way to: which is tried next is nothing that a script could say
 * anything about. */
static bool open_hand(struct connection *cn, const struct origin *o, const struct exec_settings *s,
		      struct hand_config *config, struct err *e)
{
	struct world *w = cn->user->world;
	const struct origin_address *a = &o->addresses[0];

	cn->origin = o;
	cn->address = a;
	cn->guard = s->source_port ? station_guard_port(w->station, &a->route.src,
							(uint16_t)s->source_port, e) :
				     station_guard(w->station, &a->route.src, e);
	if (!cn->guard || !prepare_ip(w->station, a, &config->ip, e))
		return false;
	prepare_tcp(w->station, o, a, guard_port(cn->guard), &config->tcp);
	config->mtu_text = prepare_mtu_text(a);
	apply(s, config);
	cn->hand = hand_new(config, e);
	if (!cn->hand || !hub_add(w->hub, cn->hand, e))
		return false;
	cn->number = station_count_attempt(w->station);
	announce(cn);
	return true;
}

struct hand *world_open(void *user, const char *name, const char *target,
			const struct exec_settings *settings, void (*changed)(void *context),
			void *context, struct err *e)
{
	struct world_user *u = user;
	const struct origin *o = origin_of(u->world, target ? target : u->target, e);
	struct connection *cn = o ? calloc(1, sizeof(*cn)) : NULL;
	struct hand_config config = { .loop = u->world->loop,
				      .watch = u->watch,
				      .send = send_segment,
				      .wire = cn,
				      .changed = on_changed,
				      .context = cn };

	(void)name;
	if (!cn) {
		if (o)
			err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	cn->user = u;
	cn->watch = u->watch;
	cn->changed = changed;
	cn->context = context;
	if (open_hand(cn, o, settings, &config, e)) {
		cn->next = u->world->connections;
		u->world->connections = cn;
		return cn->hand;
	}
	hand_free(cn->hand);
	if (cn->guard)
		station_release(u->world->station, cn->guard);
	free(cn);
	return NULL;
}

void world_close(void *user, struct hand *h)
{
	struct world *w = ((struct world_user *)user)->world;
	struct trace_summary summary;
	struct tcp_conn_info info;

	for (struct connection **at = &w->connections; *at; at = &(*at)->next) {
		struct connection *cn = *at;

		if (cn->hand != h)
			continue;
		transfer_free(cn->transfer);
		hub_remove(w->hub, h);
		hand_summary(h, &summary);
		tcp_conn_info(hand_conn(h), &info);
		WATCH(cn->watch, end, &summary, &info);
		*at = cn->next;
		hand_free(h);
		station_release(w->station, cn->guard);
		free(cn);
		return;
	}
}

struct connection *world_connection(const struct world *w, const struct hand *h)
{
	struct connection *cn = w->connections;

	while (cn && cn->hand != h)
		cn = cn->next;
	return cn;
}
