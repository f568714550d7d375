/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prepare.c - see prepare.h. */
#include "drive/prepare.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "drive/loop.h"

#define IPV4_HEADERS  40u /* IP and TCP, without options */
#define IPV6_HEADERS  60u
#define IPV4_PEER_MSS 536u /* what a peer that names none can take (RFC 9293 section 3.7.1) */
#define IPV6_PEER_MSS 1220u
#define RTO_FLOOR_US  200000 /* as Linux: with 1 s a lossy path is given up on long before */

uint16_t prepare_mtu_text(const struct origin_address *a)
{
	uint32_t headers = a->peer.family == AF_INET6 ? IPV6_HEADERS : IPV4_HEADERS;
	uint32_t mtu = a->route.mtu;

	if (mtu <= headers)
		return 1;
	return mtu - headers > UINT16_MAX ? UINT16_MAX : (uint16_t)(mtu - headers);
}

void prepare_tcp(const struct station *st, const struct origin *origin,
		 const struct origin_address *a, uint16_t local_port, struct tcp_config *c)
{
	const struct station_options *o = station_options(st);

	tcp_config_init(c);
	c->local_port = local_port;
	c->peer_port = origin->port;
	c->isn = station_isn(st, &a->route.src, local_port, &a->peer, c->peer_port, loop_now());
	c->mss = o->mss ? o->mss : prepare_mtu_text(a);
	c->peer_mss = a->peer.family == AF_INET6 ? IPV6_PEER_MSS : IPV4_PEER_MSS;
	c->wscale = o->wscale;
	c->use_sack = o->sack;
	c->use_timestamps = o->timestamps;
	c->window = o->window;
	c->use_ecn = o->ecn;
	c->nagle = o->nagle;
	c->keepalive_us = o->keepalive_us;
	c->time_wait_us = o->time_wait_us;
	c->rto_floor_us = RTO_FLOOR_US;
	c->give_up_us = o->timeout_us;
	c->ts_offset = station_ts_offset(st, &a->route.src, &a->peer);
}

bool prepare_ip(const struct station *st, const struct origin_address *a, struct craft_ip *ip,
		struct err *e)
{
	*ip = (struct craft_ip){
		.src = a->route.src,
		.dst = a->peer,
		.ttl = station_options(st)->ttl,
		.dont_fragment = true, /* path MTU discovery (RFC 1191) */
	};
	/* One label for the connection, unlike those of others (RFC 6437 section 3). */
	if (a->peer.family == AF_INET6) {
		if (getrandom(&ip->flow_label, sizeof(ip->flow_label), 0) < 0)
			return err_set(e, STATUS_APP, "no random numbers: %s", strerror(errno));
		ip->flow_label &= 0xfffff;
	}
	return true;
}
