/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.h - connections that are open just now: found by their ports, or by who is due next.
 *
 * A bounded number: the prober begins no new target while there is no room. */
#ifndef TCPSHAKE_PROBE_LIVE_H
#define TCPSHAKE_PROBE_LIVE_H

#include "probe/result.h"
#include "tcp/conn.h"

/* One connection, from its SYN,ACK to its end. */
struct live {
	struct addr peer;
	uint16_t port, local_port;
	unsigned source, interface; /* ways.h */
	uint64_t position;
	struct tcp_conn *conn;
	struct probe_result result;
	int64_t deadline_us;	 /* set by live_due() */
	int64_t since_us;	 /* the last step forward: later ones may take the timeout again */
	int64_t fin_us, sent_us; /* when our FIN and our request first left; 0: not yet */
	int64_t heard_us;	 /* the capture's time of the segment in work */
	bool acked;		 /* all that we sent was acknowledged: our FIN, if we sent one */
	bool requested, closing, merged, peer_first, told;
	unsigned line_len; /* of the status line so far */
	/* the table's */
	unsigned heap_at;
	uint64_t hash;
	struct live *next;
};

struct live_table;

/* live_table_new() - NULL when memory is short; live_table_free() frees what is in it, too. */
struct live_table *live_table_new(unsigned limit);
void live_table_free(struct live_table *t);

unsigned live_count(const struct live_table *t);

/* live_add() - a new one, zeroed but for what it is found by; NULL: there is no room. */
struct live *live_add(struct live_table *t, const struct addr *peer, uint16_t port,
		      uint16_t local_port);
void live_remove(struct live_table *t, struct live *l);

struct live *live_find(const struct live_table *t, const struct addr *peer, uint16_t port,
		       uint16_t local_port);

/* live_due() - when its timer is to be called. live_first(): who is due first; NULL: nobody. */
void live_due(struct live_table *t, struct live *l, int64_t when_us);
struct live *live_first(const struct live_table *t);

/* Any of them; NULL: there is none. */
struct live *live_any(const struct live_table *t);

#endif
