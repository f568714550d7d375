/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_stream.c - the bytes of a session: between the engine and a pair of descriptors.
 *
 * Rules: read only what the engine has room for; what the reader does not take stays in the engine,
 *        whose window closes by as much; the peer's FIN becomes an end of file and the other way
 *        round.
 * Never: blocks, drops or copies twice what is on its way to the reader. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drive/session_priv.h"

#define HOLD_US 4000 /* less than the 8 ms after which Linux would probe its tail */

/* EAGAIN and EWOULDBLOCK are one number on Linux. */
static bool try_again(int error)
{
	return error == EAGAIN || error == EINTR;
}

static ssize_t put(int fd, const uint8_t *bytes, size_t len)
{
	ssize_t n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);

	return n < 0 && errno == ENOTSOCK ? write(fd, bytes, len) : n;
}

/* A reader that is only a little slower than the wire gets a moment to catch up, in which frames wait in
 * the capture's ring: else the window would close, and the store fill, for the sake of milliseconds.
 * One moment each time that it took something: a reader that stands still stops no acknowledgement. */
static void reader_full(struct session *s)
{
	s->out_full = true;
	if (!s->held)
		s->hold_until_us = loop_now() + HOLD_US;
	s->held = true;
}

bool session_holds(const struct session *s, int64_t now_us)
{
	return s->out_full && s->held && now_us < s->hold_until_us;
}

size_t session_deliver(void *context, const uint8_t *text, size_t len)
{
	struct session *s = context;
	size_t done = 0;

	if (s->reader_error)
		return len; /* nobody wants it; the connection is about to be reset */
	while (s->out_fd >= 0 && !s->out_full && done < len) {
		ssize_t n = put(s->out_fd, text + done, len - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN) {
			reader_full(s);
		} else if (!try_again(errno)) {
			s->reader_error = errno;
			return len;
		}
	}
	return done;
}

void session_retry_reader(struct session *s)
{
	s->out_full = false;
	if (tcp_conn_resume(s->conn, loop_now()))
		s->held = false;
	if (!s->out_full)
		s->heard_us = loop_now(); /* the peer could not speak while our window was closed */
}

static void on_writable(void *context, short revents)
{
	struct session *s = context;

	session_retry_reader(s);
	session_serve(s);
	session_tell(s);
}

/* A Unix socket says ECONNRESET when its other end went away and left bytes unread: what a kernel's TCP
 * would answer with RST (RFC 9293 section 3.6.1). All else is a failure of the source alone. */
static void cannot_read(struct session *s, int error)
{
	struct err e = { 0 };

	s->in_ended = true;
	if (error == ECONNRESET) {
		s->reader_error = error;
		return;
	}
	err_set(&e, STATUS_APP,
		"cannot read what is to be sent to %s: %s; the connection was reset", s->peer_name,
		strerror(error));
	session_fail(s, &e);
}

static void on_readable(void *context, short revents)
{
	struct session *s = context;
	int64_t now = loop_now();
	size_t room = tcp_conn_write_room(s->conn);
	ssize_t n;

	if (room > sizeof(s->chunk))
		room = sizeof(s->chunk);
	n = room ? read(s->in_fd, s->chunk, room) : 0;
	if (n > 0) {
		tcp_conn_write(s->conn, s->chunk, (size_t)n, now);
	} else if (n == 0 && room) {
		s->in_ended = true;
		tcp_conn_close(s->conn, now);
	} else if (n < 0 && !try_again(errno)) {
		cannot_read(s, errno);
	}
	session_serve(s);
	session_tell(s);
}

void session_tend_stream(struct session *s)
{
	bool running = s->phase == PHASE_RUNNING;

	if (s->out_fd >= 0 && !s->out_ended && tcp_conn_at_end(s->conn)) {
		s->out_ended = true;
		/* A pipe has no half to shut down: its owner closes it when the session tells. */
		shutdown(s->out_fd, SHUT_WR);
		s->news = true;
	}
	s->in.events = running && !s->in_ended && tcp_conn_write_room(s->conn) ? POLLIN : 0;
	s->out.events = s->out_full && !s->reader_error ? POLLOUT : 0;
}

bool session_attach(struct session *s, int in, int out, struct err *e)
{
	s->in_fd = in;
	s->out_fd = out;
	s->in = (struct loop_source){ in, 0, LOOP_NEVER, on_readable, s };
	s->out = (struct loop_source){ out, 0, LOOP_NEVER, on_writable, s };
	if (!loop_add(s->cfg.loop, &s->in, e) || !loop_add(s->cfg.loop, &s->out, e))
		return false;
	tcp_conn_resume(s->conn, loop_now()); /* what came before there was a reader */
	session_nudge(s);
	return true;
}
