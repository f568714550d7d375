/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h - what people and programs get to see of the steps: narration or JSON lines.
 *
 * A view is a table of callbacks; the narrator and the JSON writer are two, a report (report.h) is a
 * third. Commands feed one or, joined, several through struct view, in order of events, and never print
 * otherwise. */
#ifndef TCPSHAKE_VIEW_VIEW_H
#define TCPSHAKE_VIEW_VIEW_H

#include <stdio.h>

#include "base/err.h"
#include "trace/trace.h"
#include "wire/decode.h"

struct view;

/* What is said once, when a connection begins. Strings are the caller's, read during the call. */
struct view_connection {
	const char *host; /* as the user named it */
	struct addr client, server;
	uint16_t client_port, server_port;
	const char *ifname;
	uint32_t mtu;
	unsigned guard_layers; /* enum guard_layer */
	unsigned number;       /* from 1, when a command opens several */
};

/* Something that is not a segment of the flow. */
enum view_event_kind {
	VIEW_EVENT_ICMP, /* packet: an ICMP error about our segment */
	VIEW_EVENT_DROPPED, /* packet: a segment of ours or the peer's that was not used: text says why */
	VIEW_EVENT_NEXT_ADDRESS, /* the host has another address, which is tried now: text */
	VIEW_EVENT_HTTP, /* a line about the exchange above: text ("HTTP/1.1 200 OK, 312 bytes") */
	VIEW_EVENT_WARNING, /* text */
};

struct view_event {
	enum view_event_kind kind;
	int64_t stamp_ns;	     /* 0: not known */
	const struct packet *packet; /* or NULL */
	const char *text;	     /* or NULL */
};

/* What the application got out of it; zero where it does not apply. */
struct view_result {
	const char *url;
	long http_status;
	uint64_t body_bytes;
	char body_sha256[65]; /* hex; empty: not computed */
	const char *saved_as; /* or NULL */
	unsigned capture_drops;
	int64_t srtt_ns, rto_ns; /* the engine's last estimates, -1: none */
};

struct view_options {
	FILE *out;
	bool json;     /* JSON lines in place of narration */
	bool absolute; /* absolute numbers first */
	bool color;    /* decided by the caller: view_want_color() */
	int verbosity; /* -1: -q, summary only; 0; 1: -v, anatomy under each segment */
	bool brief;    /* the narration without its lessons: a line a segment, and what is odd */
};

/* --color=auto|always|never with NO_COLOR, TERM and whether @out is a terminal taken into account. */
enum view_color { VIEW_COLOR_AUTO, VIEW_COLOR_ALWAYS, VIEW_COLOR_NEVER };
bool view_want_color(enum view_color choice, FILE *out);

/* view_open() - NULL when memory is short. view_close() flushes; false with @e set (STATUS_APP) when
 * writing failed at any time (disk full, reader gone), and accepts NULL. */
struct view *view_open(const struct view_options *options);
bool view_close(struct view *v, struct err *e);

/* view_join() - tell both of everything from now on: the result stands for both, and closes both. Either may
 * be NULL. */
struct view *view_join(struct view *first, struct view *second);

/* All of these do nothing when @v is NULL. */
void view_connection(struct view *v, const struct view_connection *c);
/* @packet, @frame: the captured frame behind the step, for the anatomy; may be NULL */
void view_step(struct view *v, const struct trace_step *step, const struct packet *packet,
	       const struct frame *frame);
void view_event(struct view *v, const struct view_event *event);
void view_summary(struct view *v, const struct trace_summary *summary,
		  const struct view_result *result);

/* True once writing failed: time to stop. */
bool view_failed(const struct view *v);

#endif
