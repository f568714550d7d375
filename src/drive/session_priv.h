/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_priv.h - what the three files of a session share: session.c (its life and its timers),
 * session_wire.c (captured frames in, segments out), session_stream.c (bytes in and out). */
#ifndef TCPSHAKE_DRIVE_SESSION_PRIV_H
#define TCPSHAKE_DRIVE_SESSION_PRIV_H

#include "drive/ours.h"
#include "drive/session.h"

#define STREAM_CHUNK 65536u /* bytes read from the stream, or written to it, at once */

enum session_phase {
	PHASE_NEW,
	PHASE_RUNNING,
	PHASE_DRAINING, /* the engine is CLOSED, the capture still owes us our last segment */
	PHASE_OVER,
};

struct session {
	struct session_config cfg;
	char peer_name[ADDR_TEXT_MAX + 300];
	struct tcp_conn *conn;
	struct trace *trace;
	enum session_phase phase;
	bool established;
	bool news;	/* the owner is to be told */
	struct err why; /* why we gave up, where it was not the engine that did */

	/* the wire */
	struct loop_source wire; /* the capture, and every deadline of the session */
	bool more_frames;	 /* the last round stopped before the capture was empty */
	bool wire_gone;
	int64_t start_us, heard_us, drain_until_us;
	struct ours ours; /* which of our segments the capture has not shown yet */
	bool send_warned;
	unsigned unanswered; /* segments that the engine got since it last had the word */
	uint32_t duplicates, out_of_order; /* of the engine's counters, at that time */
	const char *icmp_text;		   /* the last ICMP error that counted, and who sent it */
	struct addr icmp_from;

	/* the stream */
	int in_fd, out_fd; /* -1: not attached */
	struct loop_source in, out;
	bool in_ended, out_ended, out_full;
	bool out_may_block;    /* a pipe or terminal that nobody could tell not to */
	bool held;	       /* the reader was waited for since it last took something: ... */
	int64_t hold_until_us; /* ... until then nothing is taken from the wire */
	int reader_error;      /* errno that ended writing to the stream; 0: none */
	uint8_t chunk[STREAM_CHUNK];
	uint8_t stage[STREAM_CHUNK]; /* on its way to the reader */
	size_t staged;		     /* not 0 after session_flush(): the reader is full */
	size_t stage_room; /* how much may wait there: more, the longer the reader keeps up */
};

/* session.c */
void session_fail(struct session *s, const struct err *why); /* the first reason counts */
void session_serve(struct session *s); /* after anything: timers, segments, phases, events */
void session_tell(struct session *s);  /* last of all: the owner may free the session */
void session_nudge(struct session *s); /* from outside a callback: send now, tell later */

/* session_wire.c */
void session_emit(struct session *s, int64_t now_us); /* send what the engine owes */
void session_read_wire(struct session *s);	      /* take what was captured */

/* session_stream.c */
size_t session_deliver(void *context, const uint8_t *text, size_t len); /* the engine's deliver() */
/* Write what is on its way to the reader, as far as it takes it; returns how much it took. */
size_t session_flush(struct session *s);
void session_retry_reader(struct session *s); /* it was full: offer again what the engine kept */
bool session_holds(const struct session *s, int64_t now_us); /* wait for the reader, not the wire */
void session_tend_stream(struct session *s); /* the peer's end, and what to wait for */

#endif
