/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_live.c - connections that are open: the engine does TCP, here is what becomes of it.
 *
 *     SYN,ACK --> ACK --> FIN (or the request, and FIN after the first line) --> ... --> result
 *
 * The result is told when the close is over; the connection stays for its TIME-WAIT, which answers a FIN
 * that is sent again. */
#include <string.h>

#include "probe/prober_priv.h"

#define TEXT_MAX    65536u /* what a peer sends beyond that is not read */
#define REQUEST_MAX 1200u

/* A segment of the engine's to the wire. What finds no room is lost, which the engine knows to mend. */
static void send_segment(struct prober *p, struct live *l, const struct tcp_segment *seg)
{
	struct batch *b = prober_batch(p, l->interface, l->peer.family);
	struct err unused = { 0 };
	struct craft_ip ip;

	prober_ip(p, &ways_source(p->ways, l->source)->addr, &l->peer, &ip);
	if (seg->flags & TCP_FLAG_FIN && !l->fin_us)
		l->fin_us = loop_now();
	if (seg->text_len && !l->sent_us)
		l->sent_us = loop_now();
	if (seg->text_len || seg->flags & TCP_FLAG_FIN)
		l->acked = false;
	if (b)
		batch_build(b, &ip, seg, PROBER_NO_TAG, &unused);
}

static void emit(struct prober *p, struct live *l)
{
	struct tcp_segment seg;

	while (tcp_conn_emit(l->conn, &seg, loop_now()))
		send_segment(p, l, &seg);
}

static void tell(struct prober *p, struct live *l)
{
	if (!l->told)
		prober_result(p, &l->result);
	l->told = true;
}

static void broken(struct live *l, const char *why)
{
	l->result.state = PROBE_BROKEN;
	l->result.why = why;
}

/* So many connections that were closed in order had lost something that a few others may well have lost all:
 * silence then says nothing of the peer. */
static bool path_loses(const struct prober *p)
{
	return p->mended > 1 && p->mended * 20 > p->closed;
}

/* The connection failed: what does that say of the peer? Nothing where the user could not wait. */
static void judge_failure(const struct prober *p, struct live *l, enum tcp_failure failure)
{
	struct probe_result *r = &l->result;

	if (failure == TCP_FAILURE_RESET || failure == TCP_FAILURE_REFUSED) {
		r->close = PROBE_CLOSE_RESET;
		if (!l->acked && !l->sent_us)
			broken(l, "RST after the handshake");
	} else {
		r->close = l->acked ? PROBE_CLOSE_NO_FIN : PROBE_CLOSE_NO_ACK;
		if (!l->acked && !p->stop_now && !path_loses(p))
			broken(l, "a SYN,ACK, but no acknowledgement of what came after it");
	}
}

static void count_closed(struct prober *p, const struct live *l)
{
	struct tcp_conn_info info;

	tcp_conn_info(l->conn, &info);
	p->closed++;
	p->mended += info.retransmissions > 0;
}

/* After each call to the engine: is it over, and how? Return: true when the connection is gone. */
static bool judge(struct prober *p, struct live *l)
{
	enum tcp_state state = tcp_conn_state(l->conn);
	enum tcp_failure failure = tcp_conn_failure(l->conn);
	struct probe_result *r = &l->result;

	if (state != TCP_STATE_CLOSED && state != TCP_STATE_TIME_WAIT)
		return false;
	if (!l->told && failure != TCP_FAILURE_NONE) {
		judge_failure(p, l, failure);
	} else if (!l->told) {
		count_closed(p, l);
		r->close = l->peer_first ? PROBE_CLOSE_PEER_FIRST :
			   l->merged	 ? PROBE_CLOSE_MERGED :
					   PROBE_CLOSE_ORDERLY;
		if (l->heard_us > l->fin_us)
			r->close_ns = (l->heard_us - l->fin_us) * 1000;
	}
	tell(p, l);
	if (state != TCP_STATE_CLOSED)
		return false;
	live_remove(p->live, l);
	return true;
}

/* What the engine is to do next, now that the handshake is over. */
static void go_on(struct prober *p, struct live *l, int64_t now_us)
{
	enum tcp_state state = tcp_conn_state(l->conn);
	char request[REQUEST_MAX];
	bool ended = tcp_conn_at_end(l->conn), enough;

	if (state != TCP_STATE_ESTABLISHED && state != TCP_STATE_CLOSE_WAIT)
		return;
	if (p->o.mode == PROBER_HTTP && !l->requested) {
		size_t len = prober_request(p, l, request, sizeof(request));

		l->requested = true;
		tcp_conn_write(l->conn, (const uint8_t *)request, len, now_us);
		emit(p, l);
	}
	enough = p->o.mode != PROBER_HTTP || l->result.http_status || ended ||
		 l->line_len >= sizeof(l->result.http_line) - 1;
	if (!enough || l->closing)
		return;
	l->closing = true;
	l->peer_first = ended;
	l->since_us = now_us;
	tcp_conn_close(l->conn, now_us);
	emit(p, l);
}

/* The engine waits for some things for ever: an answer to a request, the peer's FIN. */
static int64_t patience_ends(const struct prober *p, const struct live *l)
{
	return l->told ? TCP_NEVER : l->since_us + p->o.timeout_us;
}

static void serve(struct prober *p, struct live *l)
{
	int64_t now = loop_now(), due, ends;

	if (l->result.text_bytes > TEXT_MAX)
		tcp_conn_abort(l->conn, now);
	emit(p, l); /* the ACK of the SYN,ACK is a segment of its own */
	go_on(p, l, now);
	if (judge(p, l))
		return;
	due = tcp_conn_deadline(l->conn);
	ends = patience_ends(p, l);
	live_due(p->live, l, due < ends ? due : ends);
}

/* The SYN that was sent for it, as the engine would have kept it. */
static void adopt_syn(const struct prober *p, const struct live *l, const struct prober_kind *k,
		      const struct tcp_segment *synack, int64_t sent_us)
{
	struct tcp_segment syn = k->syn;

	syn.src_port = l->local_port;
	syn.dst_port = l->port;
	syn.seq = synack->ack - 1;
	if (syn.options.has_timestamps)
		syn.options.ts_val = synack->options.has_timestamps ? synack->options.ts_ecr :
								      prober_ts(p, sent_us);
	tcp_conn_by_hand(l->conn, &syn, sent_us);
}

bool prober_live_begin(struct prober *p, unsigned interface, unsigned source, uint64_t position,
		       const struct packet *pk, int64_t sent_us, const struct probe_result *r,
		       int64_t heard_us)
{
	const struct prober_kind *k = &p->kinds[interface][pk->src.family == AF_INET6];
	struct tcp_config tcp = k->tcp;
	struct live *l;

	if (!k->ready)
		return false;
	l = live_add(p->live, &pk->src, pk->seg.src_port, pk->seg.dst_port);
	if (!l)
		return false;
	tcp.local_port = l->local_port;
	tcp.peer_port = l->port;
	tcp.isn = pk->seg.ack - 1;
	tcp.context = l;
	l->conn = tcp_conn_new(&tcp);
	if (!l->conn) {
		live_remove(p->live, l);
		return false;
	}
	l->interface = interface;
	l->source = source;
	l->position = position;
	l->result = *r;
	l->since_us = loop_now();
	adopt_syn(p, l, k, &pk->seg, sent_us);
	prober_live_hear(p, l, pk, heard_us);
	return true;
}

void prober_live_hear(struct prober *p, struct live *l, const struct packet *pk, int64_t heard_us)
{
	bool acked = l->acked, ended = tcp_conn_at_end(l->conn);

	/* RFC 9293 section 3.10.7.4: in TIME-WAIT only the FIN can come again. An ACK that was overtaken
	 * by it would be answered, and that with RST by a peer that is done. */
	if (l->told && !(pk->seg.flags & (TCP_FLAG_FIN | TCP_FLAG_SYN | TCP_FLAG_RST)))
		return;
	l->heard_us = heard_us;
	tcp_conn_on_segment(l->conn, &pk->seg, loop_now());
	if (tcp_conn_state(l->conn) != TCP_STATE_CLOSED)
		l->acked = (l->fin_us || l->sent_us) && tcp_conn_all_acked(l->conn);
	l->merged |= l->fin_us && l->acked && !acked && !ended && tcp_conn_at_end(l->conn);
	serve(p, l);
}

void prober_live_icmp(struct prober *p, struct live *l, const struct packet *pk)
{
	if (tcp_conn_on_icmp(l->conn, &pk->icmp, loop_now()))
		serve(p, l);
}

void prober_live_timers(struct prober *p, int64_t now_us)
{
	struct live *l;

	while ((l = live_first(p->live)) && l->deadline_us <= now_us) {
		tcp_conn_on_timer(l->conn, now_us);
		if (patience_ends(p, l) <= now_us)
			tcp_conn_abort(l->conn, now_us);
		serve(p, l);
	}
}

void prober_live_abort(struct prober *p)
{
	int64_t now = loop_now();

	while (live_count(p->live)) {
		struct live *l = live_any(p->live);

		tcp_conn_abort(l->conn, now);
		serve(p, l);
	}
}
