/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_wire.c - the segments of a session: captured frames to the tracker and the engine, and what
 * the engine owes to the wire.
 *
 * In:    frames of whatever connection; a frame is ours when its whole 4-tuple is.
 * Rules: the tracker and the watch get every segment of both directions, in the order of the capture;
 *        the engine gets the peer's good ones only, and before anybody is told.
 * Never: takes a segment on trust: a wrong checksum, a cut payload or a fragment does not reach the
 *        engine. A partial checksum does: on loopback and virtual links there is no other. */
#include "drive/session_priv.h"

#define FRAMES_AT_ONCE 256 /* then the others of the loop have a turn */
#define SEGMENTS_AT_ONCE \
	16	       /* answered together at most: what GRO makes of them for the kernel's TCP */
#define GAPS_AT_ONCE 2 /* out of order, fewer than one acknowledgement has SACK blocks for */

/* A segment that cannot be sent is like one that was lost on the way, as long as there is a chance
 * that the next one can be: the timers of the engine decide then. */
static void not_sent(struct session *s, const struct err *e)
{
	if (!s->established || e->status != STATUS_UNREACHABLE) {
		session_fail(s, e);
		return;
	}
	if (!s->send_warned)
		WATCH(s->cfg.watch, warning, e->text);
	s->send_warned = true;
}

void session_emit(struct session *s, int64_t now_us)
{
	struct tcp_conn_info info;
	struct tcp_segment seg;

	tcp_conn_info(s->conn, &info);
	s->unanswered = 0;
	s->duplicates = info.duplicates;
	s->out_of_order = info.out_of_order;
	while (tcp_conn_emit(s->conn, &seg, now_us)) {
		struct err e = { 0 };

		if (s->cfg.link->send(s->cfg.link, &seg, &e))
			ours_remember(&s->ours, &seg);
		else if (s->phase == PHASE_RUNNING)
			not_sent(s, &e);
	}
}

/* Whether the engine has the word now, or after more of the segments that wait in the capture: text in
 * order is acknowledged together with what follows, as by a kernel that joins segments before its TCP sees
 * them. Not so what the peer counts or waits for: what is no text; a duplicate, which an acknowledgement
 * reports but once (RFC 2883); what is out of order, each without SACK (RFC 5681 section 3.2), and else
 * as many as there is room to report; and the first segments of a connection, while the peer's window
 * may grow with the number of acknowledgements (RFC 5681 section 3.1). */
static bool answer_now(const struct session *s, const struct tcp_segment *seg)
{
	struct tcp_conn_info info;
	uint32_t gaps;

	if (!seg->text_len || seg->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST))
		return true;
	tcp_conn_info(s->conn, &info);
	gaps = info.out_of_order - s->out_of_order;
	return s->unanswered >= SEGMENTS_AT_ONCE ||
	       s->unanswered > info.segments_received / SEGMENTS_AT_ONCE ||
	       info.duplicates != s->duplicates || gaps >= (info.sack ? GAPS_AT_ONCE : 1);
}

/* What the peer sent, to the engine, whose answer is on its way before this returns, or before the
 * capture was waited for again. */
static void act_on(struct session *s, const struct packet *p)
{
	s->heard_us = loop_now();
	tcp_conn_on_segment(s->conn, &p->seg, s->heard_us);
	s->unanswered++;
	if (answer_now(s, &p->seg))
		session_emit(s, s->heard_us);
}

/* The engine first: the peer need not wait while a person is being told. Our answer will be in the
 * capture behind this segment, so the order of the telling is that of the wire all the same. */
static void take_segment(struct session *s, const struct packet *p, const struct frame *f,
			 bool ours)
{
	struct trace_input in = {
		.time_ns = f->time_ns,
		.from = ours ? TRACE_CLIENT : TRACE_SERVER,
		.seg = &p->seg,
		.mtu_text = s->cfg.mtu_text,
		.kernel = ours && !ours_recognise(&s->ours, &p->seg),
		.text_cut = p->text_cut,
	};
	const char *why = ours ? NULL : ours_unfit(p);
	struct trace_step step;

	if (!ours && !why && s->phase == PHASE_RUNNING)
		act_on(s, p);
	WATCH(s->cfg.watch, frame, f);
	trace_segment(s->trace, &in, &step);
	WATCH(s->cfg.watch, step, &step, p, f);
	/* A wrong checksum is a note of the step already. */
	if (why && p->seg.checksum_is != TCP_CHECKSUM_BAD)
		WATCH(s->cfg.watch, dropped, p, f, why);
}

/* While it connects, a connection gives in to any unreachability that is about its SYN; the next
 * address, or the user, should not wait for a timeout (RFC 5461 section 3). */
static void take_icmp(struct session *s, const struct packet *p, const struct frame *f)
{
	struct tcp_conn_info info;

	WATCH(s->cfg.watch, icmp, p, f);
	if (s->phase != PHASE_RUNNING)
		return;
	if (!tcp_conn_on_icmp(s->conn, &p->icmp, loop_now()) || p->icmp.kind == TCP_ICMP_TOO_BIG)
		return;
	tcp_conn_info(s->conn, &info);
	s->icmp_text = packet_icmp_text(p);
	s->icmp_from = p->src;
	if (!s->established && info.state != TCP_STATE_CLOSED) {
		struct err e = { 0 };
		char from[ADDR_TEXT_MAX];

		err_set(&e, STATUS_UNREACHABLE,
			"cannot reach %s: %s, says %s (ICMP); check the address and the route to it",
			s->peer_name, s->icmp_text, addr_text(&p->src, from));
		session_fail(s, &e);
	}
}

static void take_frame(struct session *s, const struct frame *f)
{
	struct packet p;
	enum whose from;

	packet_decode(f, &p);
	from = ours_whose(&s->cfg.local, s->cfg.tcp.local_port, &s->cfg.peer, s->cfg.tcp.peer_port,
			  &p);
	if (from == WHOSE_OTHERS)
		return;
	if (p.kind == PACKET_TCP) {
		take_segment(s, &p, f, from == WHOSE_OURS);
		return;
	}
	if (p.kind == PACKET_ICMP_ERROR) {
		WATCH(s->cfg.watch, frame, f);
		take_icmp(s, &p, f);
		return;
	}
	WATCH(s->cfg.watch, frame, f);
	WATCH(s->cfg.watch, dropped, &p, f, p.why);
}

/* A reader that runs in this very loop (libcurl) could not keep up if all frames came first: as soon as
 * it is full it gets its turn. One that is still full then is slow, and nothing is gained by leaving
 * frames in the capture until that overflows: the engine has room for them. */
void session_read_wire(struct session *s)
{
	struct frame f;
	struct err e = { 0 };
	bool was_full;
	int got = 0;

	if (s->out_full)
		session_retry_reader(s);
	if (session_holds(s, loop_now()))
		return;
	was_full = s->out_full;
	for (int i = 0; i < FRAMES_AT_ONCE && s->out_full == was_full; i++) {
		got = s->cfg.link->receive(s->cfg.link, &f, &e);
		if (got <= 0)
			break;
		take_frame(s, &f);
	}
	s->more_frames = got > 0;
	if (got < 0) {
		s->wire_gone = true; /* poll() would not stop telling */
		s->ours.last_unseen = false;
		session_fail(s, &e);
	}
}
