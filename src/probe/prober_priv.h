/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_priv.h - the prober, for its own files only:
 *
 *     prober.c       life, and the turn of the loop: what is due now
 *     prober_due.c   whose turn it is
 *     prober_round.c a round over a set: its beginning, how far it came
 *     prober_send.c  SYNs and RSTs, by stamps; the way to each target
 *     prober_hear.c  from a captured frame to what it says of a target
 *     prober_live.c  connections that are open
 *     prober_http.c  the request, and the first line of what comes back */
#ifndef TCPSHAKE_PROBE_PROBER_PRIV_H
#define TCPSHAKE_PROBE_PROBER_PRIV_H

#include "probe/busy.h"
#include "probe/cookie.h"
#include "probe/live.h"
#include "probe/order.h"
#include "probe/pace.h"
#include "probe/prober.h"
#include "probe/suspect.h"

#define PROBER_LIVE_MAX	  8192u /* connections open at a time */
#define PROBER_LIVE_LEAST 256u	/* with so many open, new targets may always be begun */
#define PROBER_NO_TAG	  UINT64_MAX
#define PROBER_STUCK_US	  1000 /* a full queue is looked at again after so long */

struct prober_ear {
	struct prober *p;
	unsigned interface;
	struct loop_source source;
};

/* A SYN as the engine makes it for an interface and a family, and its stamps. */
struct prober_kind {
	bool ready;
	struct tcp_config tcp;
	struct tcp_segment syn;
	struct batch_stamp syn_stamp, rst_stamp;
};

struct prober {
	struct prober_options o;
	struct prober_calls calls;
	struct loop *loop;
	struct ways *ways;
	struct loop_source timer;
	struct prober_ear ears[WAYS_INTERFACES_MAX];
	unsigned ear_count;
	struct prober_kind kinds[WAYS_INTERFACES_MAX][2];
	struct live_table *live;
	struct suspects *suspects;
	struct cookie_key secret, key; /* of the run, of the round */
	uint32_t ts_base;
	int64_t clock_ns; /* the epoch's clock less the loop's */

	/* the round */
	const struct targets *targets;
	struct order order;
	struct sweep *sweep;
	struct busy *busy; /* NULL: the order tells */
	struct pace pace;
	unsigned round;
	uint64_t first;	      /* position */
	const uint64_t *done; /* prober_start */
	size_t done_count, done_at;
	bool running, stopped, stop_now;
	int64_t begun_us, last_syn_us;
	int64_t least_rtt_ns; /* 0: none yet */
	struct probe_totals totals;
	uint64_t closed,
		mended; /* connections closed in order, and of these those that had lost something */
	unsigned flush_stuck; /* batches that a full queue holds up */
};

/* prober.c */
void prober_result(struct prober *p, const struct probe_result *r);
void prober_blank(const struct prober *p, const struct target_pair *pair, struct probe_result *r);
void prober_pair(const struct prober *p, uint64_t position, struct target_pair *pair);
int64_t prober_clock(const struct prober *p, int64_t time_ns); /* the capture's as the loop's */

/* prober_due.c */
/* Do what the sweep asks for, until it or the pace says to wait. Return: until when. */
int64_t prober_send_due(struct prober *p, int64_t now_us);
bool prober_over(struct prober *p, int64_t now_us);

/* prober_send.c */
bool prober_send_syn(struct prober *p, uint64_t position, unsigned attempt, int64_t now_us);
void prober_send_rst(struct prober *p, unsigned interface, const struct addr *local,
		     uint16_t local_port, const struct addr *peer, uint16_t port, uint32_t seq);
void prober_flush(struct prober *p);
struct prober_kind *prober_kind_of(struct prober *p, unsigned interface, int family, uint32_t mtu,
				   struct err *e);
struct batch *prober_batch(struct prober *p, unsigned interface, int family);
uint32_t prober_ts(const struct prober *p, int64_t now_us);
void prober_ip(const struct prober *p, const struct addr *local, const struct addr *peer,
	       struct craft_ip *out);

/* prober_hear.c */
void prober_hear(struct prober *p, unsigned interface, const struct frame *f);

/* prober_live.c */
bool prober_live_begin(struct prober *p, unsigned interface, unsigned source, uint64_t position,
		       const struct packet *pk, int64_t sent_us, const struct probe_result *r,
		       int64_t heard_us);
void prober_live_hear(struct prober *p, struct live *l, const struct packet *pk, int64_t heard_us);
void prober_live_icmp(struct prober *p, struct live *l, const struct packet *pk);
void prober_live_timers(struct prober *p, int64_t now_us);
void prober_live_abort(struct prober *p);

/* prober_http.c */
size_t prober_request(const struct prober *p, const struct live *l, char *out, size_t size);
size_t prober_deliver(void *context, const uint8_t *text, size_t len);

#endif
