/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_send.c - SYNs and RSTs, many of them; see prober_priv.h.
 *
 * How:   the engine makes one SYN for each interface and family, libnet its packet; all others are stamped
 *        after it. */
#include <errno.h>
#include <string.h>

#include "probe/prober_priv.h"

#define IPV4_HEADERS   40u /* IP and TCP, without options */
#define IPV6_HEADERS   60u
#define IPV4_PEER_MSS  536u /* what a peer that names none can take (RFC 9293 section 3.7.1) */
#define IPV6_PEER_MSS  1220u
#define RTO_FLOOR_US   200000 /* as drive/prepare.c has it */
#define SEND_BUFFER    2048u
#define FLOW_LABEL_MAX 0xfffffu

uint32_t prober_ts(const struct prober *p, int64_t now_us)
{
	return p->ts_base + (uint32_t)(now_us / 1000);
}

void prober_ip(const struct prober *p, const struct addr *local, const struct addr *peer,
	       struct craft_ip *out)
{
	*out = (struct craft_ip){
		.src = *local,
		.dst = *peer,
		.ttl = p->o.ttl,
		.dont_fragment = true,
		.flow_label = peer->family == AF_INET6 ? p->ts_base & FLOW_LABEL_MAX : 0,
	};
}

static void config_for(const struct prober *p, int family, uint32_t mtu, struct tcp_config *c)
{
	uint32_t headers = family == AF_INET6 ? IPV6_HEADERS : IPV4_HEADERS;
	uint32_t mss = mtu > headers ? mtu - headers : 1;

	tcp_config_init(c);
	c->mss = p->o.mss ? p->o.mss : mss > UINT16_MAX ? UINT16_MAX : (uint16_t)mss;
	c->peer_mss = family == AF_INET6 ? IPV6_PEER_MSS : IPV4_PEER_MSS;
	c->wscale = p->o.wscale;
	c->use_sack = p->o.sack;
	c->use_timestamps = p->o.timestamps;
	c->use_ecn = p->o.ecn;
	c->nagle = false;
	c->window = p->o.mode == PROBER_HTTP ? PROBER_WINDOW_HTTP : PROBER_WINDOW;
	c->receive_buffer = c->window;
	c->send_buffer = SEND_BUFFER;
	c->rto_floor_us = RTO_FLOOR_US;
	c->give_up_us = p->o.timeout_us;
	c->deliver = prober_deliver;
}

/* The engine's own SYN, so that what a connection goes on with is what was sent. */
static bool make_kind(struct prober *p, struct prober_kind *k, struct craft *cr, int family,
		      uint32_t mtu, struct err *e)
{
	struct addr any = { .family = family };
	struct tcp_segment rst = { .flags = TCP_FLAG_RST };
	struct tcp_conn *c;
	struct craft_ip ip;
	bool made = false;

	config_for(p, family, mtu, &k->tcp);
	c = tcp_conn_new(&k->tcp);
	if (!c)
		return err_set(e, STATUS_APP, "out of memory");
	tcp_conn_open(c, 0);
	prober_ip(p, &any, &any, &ip);
	if (tcp_conn_emit(c, &k->syn, 0))
		made = batch_stamp_init(&k->syn_stamp, cr, &ip, &k->syn, e) &&
		       batch_stamp_init(&k->rst_stamp, cr, &ip, &rst, e);
	tcp_conn_free(c);
	k->ready = made;
	return made;
}

struct prober_kind *prober_kind_of(struct prober *p, unsigned interface, int family, uint32_t mtu,
				   struct err *e)
{
	struct prober_kind *k = &p->kinds[interface][family == AF_INET6];
	struct craft *cr = ways_interface(p->ways, interface)->craft[family == AF_INET6];

	return k->ready || make_kind(p, k, cr, family, mtu, e) ? k : NULL;
}

/* This host cannot send to it: its route is gone, or its packet filter forbids it. */
static void refused(void *context, uint64_t tag, const struct addr *dst, int number)
{
	struct prober *p = context;
	struct target_pair pair;
	struct probe_result r;

	(void)dst;
	if (tag == PROBER_NO_TAG || sweep_standing(p->sweep, tag) != SWEEP_WAITING)
		return;
	sweep_done(p->sweep, tag);
	prober_pair(p, tag, &pair);
	prober_blank(p, &pair, &r);
	r.state = PROBE_UNREACHABLE;
	r.why = number == EPERM ? "this host's packet filter refuses it" :
		number == ENETDOWN || number == ENODEV || number == ENXIO ?
				  "the interface is down" :
		number == EMSGSIZE ? "the interface's MTU is too small" :
				     "no route";
	prober_result(p, &r);
}

void prober_flush(struct prober *p)
{
	p->flush_stuck = 0;
	for (unsigned i = 0; i < ways_interface_count(p->ways); i++)
		for (unsigned v = 0; v < 2; v++) {
			struct batch *b = ways_interface(p->ways, i)->batch[v];

			if (!b || !batch_waiting(b))
				continue;
			p->totals.segments_sent += batch_flush(b, refused, p);
			p->flush_stuck += batch_waiting(b) != 0;
		}
}

/* With room for one packet more; NULL while a full queue holds it up. */
struct batch *prober_batch(struct prober *p, unsigned interface, int family)
{
	struct batch *b = ways_interface(p->ways, interface)->batch[family == AF_INET6];

	if (!batch_room(b))
		p->totals.segments_sent += batch_flush(b, refused, p);
	return batch_room(b) ? b : NULL;
}

static void unreachable(struct prober *p, uint64_t position, const struct target_pair *pair,
			const char *why)
{
	struct probe_result r;

	sweep_done(p->sweep, position);
	prober_blank(p, pair, &r);
	r.state = PROBE_UNREACHABLE;
	r.why = why;
	prober_result(p, &r);
}

static void count_syn(struct prober *p, unsigned attempt, int64_t now_us)
{
	p->totals.syns++;
	p->totals.retries += attempt > 0;
	p->last_syn_us = now_us;
}

/* False: not now, a full queue holds it up. */
bool prober_send_syn(struct prober *p, uint64_t position, unsigned attempt, int64_t now_us)
{
	const char *why = "no route";
	const struct ways_source *s;
	struct target_pair pair;
	struct batch_fields f;
	struct prober_kind *k;
	const struct way *way;
	struct err e = { 0 };
	struct batch *b;

	prober_pair(p, position, &pair);
	way = ways_find(p->ways, &pair.addr, &why);
	if (p->busy && attempt == 0)
		busy_more(p->busy, &pair.addr);
	k = way ? prober_kind_of(p, way->interface, pair.addr.family, way->mtu, &e) : NULL;
	if (!k) {
		sweep_sent(p->sweep, position, attempt, now_us);
		unreachable(p, position, &pair, way ? "no packet for it could be built" : why);
		return true;
	}
	b = prober_batch(p, way->interface, pair.addr.family);
	if (!b)
		return false;
	s = ways_source(p->ways, way->source);
	f = (struct batch_fields){
		.src = &s->addr,
		.dst = &pair.addr,
		.src_port = s->ports[attempt],
		.dst_port = pair.port,
		.seq = cookie_isn(&p->key, &s->addr, s->ports[attempt], &pair.addr, pair.port),
		.ts_val = prober_ts(p, now_us),
	};
	batch_add(b, &k->syn_stamp, &f, position);
	sweep_sent(p->sweep, position, attempt, now_us);
	count_syn(p, attempt, now_us);
	return true;
}

void prober_send_rst(struct prober *p, unsigned interface, const struct addr *local,
		     uint16_t local_port, const struct addr *peer, uint16_t port, uint32_t seq)
{
	struct batch_fields f = {
		.src = local, .dst = peer, .src_port = local_port, .dst_port = port, .seq = seq
	};
	struct prober_kind *k = &p->kinds[interface][peer->family == AF_INET6];
	struct batch *b = k->ready ? prober_batch(p, interface, peer->family) : NULL;

	if (b)
		batch_add(b, &k->rst_stamp, &f, PROBER_NO_TAG);
}
