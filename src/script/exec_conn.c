/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_conn.c - the connections of a script: made when they are first used, and reset when they are left open. */
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"

struct exec_conn *exec_conn_named(struct exec *x, const char *name)
{
	for (struct exec_conn *cn = x->conns; cn; cn = cn->next)
		if (name ? cn->name && !strcmp(cn->name, name) : !cn->name)
			return cn;
	return NULL;
}

struct exec_conn *exec_conn_of(struct exec *x, const struct command *c)
{
	const char *name = c->verb == VERB_CONNECTION ? c->name : c->connection;
	struct exec_conn *cn = exec_conn_named(x, name);

	if (cn)
		return cn;
	cn = calloc(1, sizeof(*cn));
	if (!cn)
		return NULL;
	cn->name = name;
	cn->settings = x->settings;
	cn->next = x->conns;
	x->conns = cn;
	return cn;
}

struct exec_conn *exec_open(struct exec *x, const struct command *c)
{
	struct exec_conn *cn = exec_conn_of(x, c);
	struct err e = { 0 };

	if (cn && cn->hand)
		return cn;
	if (cn)
		cn->hand = x->cfg.open(x->cfg.world, cn->name, cn->target ? cn->target : x->target,
				       &cn->settings, exec_changed, x, &e);
	else
		err_set(&e, STATUS_APP, "out of memory");
	if (cn && cn->hand) {
		tcp_conn_set_automatic(hand_conn(cn->hand), cn->duties, loop_now());
		return cn;
	}
	exec_fail(x, c, "%s", e.text);
	return NULL;
}

/* Both initial numbers, once they are known; they stay known when the connection is gone. */
void exec_learn_base(struct exec_conn *cn)
{
	struct tcp_conn_info info;

	tcp_conn_info(hand_conn(cn->hand), &info);
	cn->base.ours = info.iss;
	if (info.state >= TCP_STATE_SYN_RECEIVED) {
		cn->base.peers = info.irs;
		cn->base.peers_known = true;
	}
}

void exec_drop(struct exec *x, struct exec_conn *cn)
{
	const struct hand_arrival *a = hand_first(cn->hand);

	if (a && x->cfg.watch->looked)
		x->cfg.watch->looked(x->cfg.watch->context, cn->name, a);
	hand_drop(cn->hand);
}

/* One more segment, without text. */
static void send_bare(struct exec_conn *cn, uint16_t flags, uint32_t seq, struct err *e)
{
	struct tcp_segment seg = { .flags = flags, .seq = seq };

	tcp_conn_fill(hand_conn(cn->hand), TCP_GIVEN_SEQ, &seg, loop_now());
	hand_send(cn->hand, NULL, &seg, e);
}

/* The peer believes a RST with exactly the number that it expects (RFC 5961 section 3.2): that is SND.NXT,
 * or, where it did not take what we sent last, SND.UNA. Who only waits for our last ACK gets that. */
void exec_conn_reset(struct exec_conn *cn, struct err *e)
{
	struct tcp_conn_info i;

	tcp_conn_info(hand_conn(cn->hand), &i);
	if (i.state == TCP_STATE_TIME_WAIT && i.ack_owed)
		send_bare(cn, TCP_FLAG_ACK, i.snd_nxt, e);
	tcp_conn_abort(hand_conn(cn->hand), loop_now());
	hand_serve(cn->hand, e);
	if (i.state >= TCP_STATE_ESTABLISHED && i.state != TCP_STATE_TIME_WAIT &&
	    i.snd_una != i.snd_nxt)
		send_bare(cn, TCP_FLAG_RST, i.snd_una, e);
}
