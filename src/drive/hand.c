/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hand.c - an engine on the wire, with its segments kept for somebody to look at; see hand.h. */
#include "drive/hand.h"

#include <stdlib.h>
#include <string.h>

#include "drive/ours.h"

#define TEXT_MAX   (1u << 20)
#define QUEUE_MAX  4096u       /* segments that nobody looked at; more are told, but not kept */
#define QUEUE_TEXT (16u << 20) /* bytes of text in them */

struct waiting {
	struct hand_arrival arrival;
	struct waiting *next;
	uint8_t text[];
};

struct hand {
	struct hand_config cfg;
	struct tcp_conn *conn;
	struct trace *trace;
	struct loop_source timer;
	struct ours ours;
	struct waiting *first, **end;
	unsigned waiting;
	size_t waiting_text;
	uint8_t *text; /* received in order, not read */
	size_t text_len, text_size;
	const char *icmp;
	bool overflow_told;
};

/* The engine's deliver(): keep what there is room for. */
static size_t deliver(void *context, const uint8_t *text, size_t len)
{
	struct hand *h = context;

	if (len > TEXT_MAX - h->text_len)
		len = TEXT_MAX - h->text_len;
	if (h->text_len + len > h->text_size) {
		size_t size = h->text_size ? h->text_size : 16384;
		uint8_t *bigger;

		while (size < h->text_len + len)
			size *= 2;
		bigger = realloc(h->text, size);
		if (!bigger)
			return 0; /* the engine keeps it, and the window closes */
		h->text = bigger;
		h->text_size = size;
	}
	memcpy(h->text + h->text_len, text, len);
	h->text_len += len;
	return len;
}

static void on_timer(void *context, short revents)
{
	struct hand *h = context;
	struct err e = { 0 };

	(void)revents;
	tcp_conn_on_timer(h->conn, loop_now());
	if (!hand_serve(h, &e))
		WATCH(h->cfg.watch, warning, e.text);
	h->cfg.changed(h->cfg.context);
}

struct hand *hand_new(const struct hand_config *config, struct err *e)
{
	struct hand *h = calloc(1, sizeof(*h));

	if (h) {
		h->cfg = *config;
		h->cfg.tcp.deliver = deliver;
		h->cfg.tcp.context = h;
		h->conn = tcp_conn_new(&h->cfg.tcp);
		h->trace = trace_new();
		h->end = &h->first;
		h->timer = (struct loop_source){ -1, 0, LOOP_NEVER, on_timer, h };
	}
	if (!h || !h->conn || !h->trace) {
		err_set(e, STATUS_APP, "out of memory");
		hand_free(h);
		return NULL;
	}
	if (!loop_add(config->loop, &h->timer, e)) {
		hand_free(h);
		return NULL;
	}
	return h;
}

void hand_free(struct hand *h)
{
	if (!h)
		return;
	if (h->cfg.loop)
		loop_remove(h->cfg.loop, &h->timer);
	while (h->first)
		hand_drop(h);
	trace_free(h->trace);
	tcp_conn_free(h->conn);
	free(h->text);
	free(h);
}

static bool send_one(struct hand *h, const struct craft_ip *ip, const struct tcp_segment *seg,
		     struct err *e)
{
	if (!h->cfg.send(h->cfg.wire, ip, seg, e))
		return false;
	ours_remember(&h->ours, seg);
	return true;
}

bool hand_send(struct hand *h, const struct craft_ip *ip, const struct tcp_segment *seg,
	       struct err *e)
{
	bool closed = tcp_conn_state(h->conn) == TCP_STATE_CLOSED;

	if (!send_one(h, ip ? ip : &h->cfg.ip, seg, e))
		return false;
	tcp_conn_by_hand(h->conn, seg, loop_now());
	if (closed && tcp_conn_state(h->conn) == TCP_STATE_SYN_SENT) {
		h->text_len = 0; /* of a connection before this one */
		h->icmp = NULL;
	}
	return hand_serve(h, e);
}

bool hand_serve(struct hand *h, struct err *e)
{
	struct tcp_segment seg;
	bool sent = true;

	while (tcp_conn_emit(h->conn, &seg, loop_now()))
		sent = send_one(h, &h->cfg.ip, &seg, e) && sent;
	h->timer.deadline_us = tcp_conn_deadline(h->conn);
	return sent;
}

/* Keep a segment of the peer's for whoever wants to look at it. */
static void keep(struct hand *h, const struct trace_step *step, const struct packet *p,
		 const struct frame *f, int64_t now_us)
{
	size_t len = p->seg.text ? p->seg.text_len : 0;
	struct waiting *w = NULL;

	if (h->waiting < QUEUE_MAX && h->waiting_text + len <= QUEUE_TEXT)
		w = malloc(sizeof(*w) + len);
	if (!w) {
		if (!h->overflow_told)
			WATCH(h->cfg.watch, warning,
			      "more segments arrive than are looked at; some were not kept");
		h->overflow_told = true;
		return;
	}
	*w = (struct waiting){ .arrival = {
				       .packet = *p, .time_us = now_us, .stamp_ns = f->time_ns } };
	for (unsigned i = 0; i < step->note_count; i++)
		w->arrival.again |= step->notes[i] == TRACE_NOTE_RETRANSMITTED ||
				    step->notes[i] == TRACE_NOTE_SPURIOUS ||
				    step->notes[i] == TRACE_NOTE_SYN_AGAIN;
	if (len) {
		memcpy(w->text, p->seg.text, len);
		w->arrival.packet.seg.text = w->text;
	}
	*h->end = w;
	h->end = &w->next;
	h->waiting++;
	h->waiting_text += len;
}

bool hand_takes(const struct hand *h, const struct packet *p)
{
	return ours_whose(&h->cfg.ip.src, h->cfg.tcp.local_port, &h->cfg.ip.dst,
			  h->cfg.tcp.peer_port, p) != WHOSE_OTHERS;
}

static void take_icmp(struct hand *h, const struct frame *f, const struct packet *p)
{
	WATCH(h->cfg.watch, icmp, p, f);
	if (!tcp_conn_on_icmp(h->conn, &p->icmp, loop_now()))
		return;
	h->icmp = packet_icmp_text(p);
	h->cfg.changed(h->cfg.context);
}

/* As in a session the engine comes first: the peer need not wait while a person is being told. */
static void take_segment(struct hand *h, const struct frame *f, const struct packet *p, bool mine)
{
	struct trace_input in = {
		.time_ns = f->time_ns,
		.from = mine ? TRACE_CLIENT : TRACE_SERVER,
		.seg = &p->seg,
		.mtu_text = h->cfg.mtu_text,
		.kernel = mine && !ours_recognise(&h->ours, &p->seg),
		.text_cut = p->text_cut,
	};
	const char *unfit = mine ? NULL : ours_unfit(p);
	int64_t now = loop_now();
	struct trace_step step;
	struct err e = { 0 };

	if (!mine && !unfit) {
		tcp_conn_on_segment(h->conn, &p->seg, now);
		if (!hand_serve(h, &e))
			WATCH(h->cfg.watch, warning, e.text);
	}
	trace_segment(h->trace, &in, &step);
	WATCH(h->cfg.watch, step, &step, p, f);
	if (unfit && p->seg.checksum_is != TCP_CHECKSUM_BAD)
		WATCH(h->cfg.watch, dropped, p, f, unfit);
	if (!mine)
		keep(h, &step, p, f, now);
	h->cfg.changed(h->cfg.context);
}

void hand_take(struct hand *h, const struct frame *f, const struct packet *p)
{
	enum whose whose = ours_whose(&h->cfg.ip.src, h->cfg.tcp.local_port, &h->cfg.ip.dst,
				      h->cfg.tcp.peer_port, p);

	WATCH(h->cfg.watch, frame, f);
	if (p->kind == PACKET_ICMP_ERROR)
		take_icmp(h, f, p);
	else if (p->kind == PACKET_TCP)
		take_segment(h, f, p, whose == WHOSE_OURS);
	else
		WATCH(h->cfg.watch, dropped, p, f, p->why);
}

struct tcp_conn *hand_conn(struct hand *h)
{
	return h->conn;
}

const struct craft_ip *hand_ip(const struct hand *h)
{
	return &h->cfg.ip;
}

const struct hand_arrival *hand_first(const struct hand *h)
{
	return h->first ? &h->first->arrival : NULL;
}

void hand_drop(struct hand *h)
{
	struct waiting *w = h->first;

	if (!w)
		return;
	h->first = w->next;
	if (!h->first)
		h->end = &h->first;
	h->waiting--;
	h->waiting_text -= w->arrival.packet.seg.text ? w->arrival.packet.seg.text_len : 0;
	free(w);
}

const uint8_t *hand_text(const struct hand *h, size_t *len)
{
	*len = h->text_len;
	return h->text;
}

void hand_read(struct hand *h, size_t len)
{
	struct err e = { 0 };

	if (len > h->text_len)
		len = h->text_len;
	if (!len)
		return;
	h->text_len -= len;
	memmove(h->text, h->text + len, h->text_len);
	tcp_conn_resume(h->conn, loop_now());
	if (!hand_serve(h, &e))
		WATCH(h->cfg.watch, warning, e.text);
}

const char *hand_icmp(const struct hand *h)
{
	return h->icmp;
}

bool hand_settled(const struct hand *h)
{
	return !h->ours.last_unseen;
}

void hand_summary(const struct hand *h, struct trace_summary *out)
{
	trace_summary(h->trace, out);
}
