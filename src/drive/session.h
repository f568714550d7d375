/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h - one engine bound to the wire and to a byte stream, driven by the loop.
 *
 *     wire --capture--> frames --> tracker (steps, for the watch)
 *                              `-> engine --deliver--> stream
 *     wire <---craft--- segments <-- engine <--write-- stream
 *
 * Nothing is dropped on the way: while the stream's reader is full our window closes, while the
 * engine's send buffer is full the stream is not read. What the watch is told comes from the capture,
 * our own segments too, so that it is what was on the wire and in its order. */
#ifndef TCPSHAKE_DRIVE_SESSION_H
#define TCPSHAKE_DRIVE_SESSION_H

#include "drive/link.h"
#include "drive/loop.h"
#include "drive/watch.h"

struct session;

struct session_config {
	struct loop *loop;
	struct link *link; /* becomes the session's */
	struct addr local, peer;
	struct tcp_config tcp; /* deliver and context are set by the session */
	uint16_t mtu_text;     /* largest text in one packet, without options */
	const char *peer_name; /* for messages: "localhost:80 (127.0.0.1)"; copied */
	int64_t connect_us;    /* give up the handshake after this; 0: never */
	int64_t silence_us;    /* give up when the peer says nothing for so long; 0: never */
	const struct watch *watch;

	/* The connection became established, or it is over: look with session_established() and _over().
	 * Always called from the loop; the session may be freed in it. */
	void (*changed)(void *context);
	void *context;
};

/* session_new() - NULL with @e set when memory is short; the link is closed in that case too. */
struct session *session_new(const struct session_config *config, struct err *e);
/* Whatever the state: nothing is sent any more. Accepts NULL. Does not close the stream. */
void session_free(struct session *s);

/* Send the SYN. */
void session_start(struct session *s);

/**
 * session_attach() - the byte stream, once established
 * @in:     read: its bytes are sent, its end is our FIN
 * @out:    written: receives what the peer sends; shut down after the peer's FIN. Both may be one
 *          socket. They must not block (O_NONBLOCK, or sockets) and remain the caller's to close.
 * Return:  false with @e set. */
bool session_attach(struct session *s, int in, int out, struct err *e);

/* No more to send: FIN after what was written, and go on receiving. */
void session_close(struct session *s);

/**
 * session_abort() - reset the connection
 * @why:    what session_outcome() will say; copied */
void session_abort(struct session *s, const struct err *why);

/* Established once, whatever became of it. */
bool session_established(const struct session *s);
/* CLOSED, the last segment we sent was seen in the capture (or that was waited for in vain), and the
 * reader has all that came. */
bool session_over(const struct session *s);

/* session_outcome() - how it went: true after an orderly close, else false with @e set. */
bool session_outcome(const struct session *s, struct err *e);

void session_info(const struct session *s, struct tcp_conn_info *out);
void session_summary(const struct session *s, struct trace_summary *out);

#endif
