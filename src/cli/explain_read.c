/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_read.c - a capture file from its first frame to its last: each frame to its connection. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/explain_priv.h"
#include "view/text.h"

#define LOOK_EVERY 1024u  /* frames between two looks at the clock */
#define SHORT_US   500000 /* what takes no longer needs no progress line */

static struct flow_end end_of(const struct addr *a, uint16_t port)
{
	struct flow_end end = { .family = a->family == AF_INET6 ? 6 : 4, .port = port };

	memcpy(end.bytes, a->bytes, sizeof(end.bytes));
	return end;
}

static struct addr addr_of(const struct flow_end *end)
{
	struct addr a = { .family = end->family == 6 ? AF_INET6 : AF_INET };

	memcpy(a.bytes, end->bytes, sizeof(a.bytes));
	return a;
}

struct view_connection explain_connection(const struct flow *f, const char *host)
{
	return (struct view_connection){
		.host = host,
		.client = addr_of(&f->ends[TRACE_CLIENT]),
		.server = addr_of(&f->ends[TRACE_SERVER]),
		.client_port = f->ends[TRACE_CLIENT].port,
		.server_port = f->ends[TRACE_SERVER].port,
		.number = f->number,
	};
}

static void tell(struct explain *x, enum view_event_kind kind, const struct frame *f,
		 const struct packet *p, const char *text)
{
	struct view_event event = { kind, f ? f->time_ns : 0, p, text };

	view_event(x->view, &event);
}

static void begin_flow(struct explain *x, const struct flow *f)
{
	struct view_connection c = explain_connection(f, x->path);

	x->begun = true;
	c.number = 1;
	view_connection(x->view, &c);
	if (f->middle)
		tell(x, VIEW_EVENT_WARNING, NULL, NULL,
		     "the capture begins in the middle of this connection: which end is the "
		     "client is told from the ports alone");
	if (capfile_is_text(x->file))
		tell(x, VIEW_EVENT_WARNING, NULL, NULL,
		     "a hex dump or base64 has no times: whatever is said of time means nothing");
}

/* The connection's frames alone, for -w. */
static bool keep_frame(struct explain *x, const struct frame *frame, struct err *e)
{
	const char *path = x->options->common.pcap;

	if (!path)
		return true;
	if (!x->pcap)
		x->pcap = pcapfile_open(path, frame->link_type, e);
	return x->pcap && pcapfile_add(x->pcap, frame, e);
}

static bool take_tcp(struct explain *x, const struct frame *frame, const struct packet *p,
		     struct err *e)
{
	struct flow_end from = end_of(&p->src, p->seg.src_port);
	struct flow_end to = end_of(&p->dst, p->seg.dst_port);
	struct trace_input in = { .time_ns = frame->time_ns,
				  .seg = &p->seg,
				  .text_cut = p->text_cut };
	struct trace_step step;
	const struct flow *f = flows_segment(x->flows, &from, &to, &in, &step);

	if (f && x->report) {
		struct view_connection c = explain_connection(f, x->path);

		explain_report_step(x->report, f, &c, &step, p, frame);
	}
	if (!f || f->number != x->wanted)
		return true;
	if (!x->begun)
		begin_flow(x, f);
	view_step(x->view, &step, p, frame);
	if (x->record && in.from == TRACE_CLIENT)
		record_sent(x->record, &p->seg, frame->time_ns);
	else if (x->record)
		record_arrived(x->record, &p->seg, frame->time_ns);
	return keep_frame(x, frame, e);
}

/* An ICMP error that quotes a segment of the connection is a part of its story. */
static void take_icmp(struct explain *x, const struct frame *frame, const struct packet *p)
{
	struct flow_end from = end_of(&p->icmp_src, p->seg.src_port);
	struct flow_end to = end_of(&p->icmp_dst, p->seg.dst_port);
	bool client;
	const struct flow *f = flows_find(x->flows, &from, &to, &client);

	if (f)
		explain_report_event(x->report, f,
				     &(struct view_event){ VIEW_EVENT_ICMP, frame->time_ns, p,
							   NULL });
	if (f && f->number == x->wanted && x->begun)
		tell(x, VIEW_EVENT_ICMP, frame, p, NULL);
}

static bool take_frame(struct explain *x, const struct frame *frame, struct err *e)
{
	struct packet p;

	packet_decode(frame, &p);
	x->counts.frames++;
	switch (p.kind) {
	case PACKET_TCP:
		x->counts.tcp++;
		return take_tcp(x, frame, &p, e);
	case PACKET_ICMP_ERROR:
		x->counts.other++;
		take_icmp(x, frame, &p);
		break;
	case PACKET_FRAGMENT:
		x->counts.fragments++;
		break;
	case PACKET_TRUNCATED:
		x->counts.cut++;
		break;
	case PACKET_BAD_HEADER:
		x->counts.bad++;
		break;
	case PACKET_OTHER:
		x->counts.other++;
		break;
	case PACKET_NOT_IP:
		x->counts.not_ip++;
		break;
	}
	return true;
}

/* The one that is told has had its last segment. */
static void finish_flow(struct explain *x, const struct flow *f)
{
	struct trace_summary s;
	char others[EXPLAIN_OTHERS_MAX], text[300];

	x->finished = true;
	if (*explain_others_text(&x->counts, others, sizeof(others))) {
		snprintf(text, sizeof(text), "the capture also has %s", others);
		tell(x, VIEW_EVENT_WARNING, NULL, NULL, text);
	}
	trace_summary(f->trace, &s);
	view_summary(x->view, &s, NULL);
}

/* A connection that makes room for others. */
static void flow_gone(void *with, const struct flow *f)
{
	struct explain *x = with;

	explain_report_flow_end(x->report, f);
	if (x->wanted == f->number)
		finish_flow(x, f);
	else if (!x->wanted)
		explain_list_flow(x, f); /* so many cannot be but a list */
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* How far the file is read; not between lines that are told on the same terminal. */
static void show_progress(struct explain *x, int64_t began_us)
{
	char text[PROGRESS_MAX], frames[TEXT_NUMBER_MAX], mib[TEXT_NUMBER_MAX];
	int64_t now = now_us();
	uint64_t at, of;

	if (!progress_due(&x->progress, now) || now - began_us < SHORT_US ||
	    (x->wanted && isatty(STDOUT_FILENO)) || !capfile_position(x->file, &at, &of) || !of)
		return;
	snprintf(text, sizeof(text), "%u%% of %s MiB, %s frames, %.0f s left",
		 (unsigned)(at * 100 / of), text_count(of >> 20, mib),
		 text_count(x->counts.frames, frames),
		 at ? (double)(now - began_us) / 1e6 * (double)(of - at) / (double)at : 0);
	progress_line(&x->progress, text, now);
}

/* False: stop, with @e set when that is our fault. */
static bool read_frames(struct explain *x, struct err *e)
{
	int64_t began_us = now_us();
	struct frame frame;
	bool good = true;

	while (good && capfile_next(x->file, &frame, &x->broken) > 0) {
		good = take_frame(x, &frame, e) && !view_failed(x->view);
		if (x->counts.frames % LOOK_EVERY == 0)
			show_progress(x, began_us);
	}
	progress_erase(&x->progress);
	return good;
}

bool explain_pass(struct explain *x, bool again, struct err *e)
{
	flows_free(x->flows);
	x->flows = flows_new();
	x->counts = (struct counts){ 0 };
	x->broken = (struct err){ 0 };
	if (!x->flows)
		return err_set(e, STATUS_APP, "out of memory");
	flows_on_gone(x->flows, flow_gone, x);
	progress_init(&x->progress, stderr, x->options->common.verbosity < 0);
	if (!capfile_begin(x->file, again, e))
		return false;
	if (!read_frames(x, e))
		return e->status == STATUS_OK;
	explain_report_end(x->report, x->flows);
	for (const struct flow *f = flows_first(x->flows); f && x->wanted; f = f->next)
		if (f->number == x->wanted)
			finish_flow(x, f);
	return true;
}
