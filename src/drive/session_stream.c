/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_stream.c - the bytes of a session: between the engine and a pair of descriptors.
 *
 * Rules: read only what the engine has room for; small pieces wait in the stage for each other, no longer
 *        than the frames that were captured already take; what the reader does not take stays in the
 *        engine, but for what is on the stage, and its window closes by as much; the peer's FIN becomes
 *        an end of file and the other way round.
 * Never: blocks, or drops what is on its way to the reader. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drive/session_priv.h"

#define HOLD_US	     4000  /* less than the 8 ms after which Linux would probe its tail */
#define STAGED_BELOW 8192u /* bytes: larger pieces are worth a system call of their own */

/* EAGAIN and EWOULDBLOCK are one number on Linux. */
static bool try_again(int error)
{
	return error == EAGAIN || error == EINTR;
}

/* A socket is told not to block with each call, and a file does not. */
static bool may_block(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) &&
	       !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

/* A pipe that polls writable has room for PIPE_BUF bytes: that much it takes at once. */
static ssize_t put_piece(int fd, const uint8_t *bytes, size_t len)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	if (!poll(&room, 1, 0)) {
		errno = EAGAIN;
		return -1;
	}
	return write(fd, bytes, len < PIPE_BUF ? len : PIPE_BUF);
}

static ssize_t put(const struct session *s, const uint8_t *bytes, size_t len)
{
	int fd = s->out_fd;
	ssize_t n;

	if (s->out_may_block)
		return put_piece(fd, bytes, len);
	n = send(fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
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

/* As much as the reader takes. When it is gone that is everything: nobody wants it, and the connection is
 * about to be reset. */
static size_t write_out(struct session *s, const uint8_t *text, size_t len)
{
	size_t done = 0;

	while (!s->reader_error && !s->out_full && done < len) {
		ssize_t n = put(s, text + done, len - done);

		if (n >= 0) {
			done += (size_t)n;
		} else if (errno == EAGAIN) {
			reader_full(s);
		} else if (!try_again(errno)) {
			s->reader_error = errno;
		}
	}
	return s->reader_error ? len : done;
}

size_t session_flush(struct session *s)
{
	size_t done = write_out(s, s->stage, s->staged);

	s->staged -= done;
	if (s->staged) {
		memmove(s->stage, s->stage + done, s->staged);
		s->stage_room = STAGED_BELOW;
	} else if (done && 2 * s->stage_room <= sizeof(s->stage)) {
		s->stage_room *= 2;
	}
	return done;
}

size_t session_deliver(void *context, const uint8_t *text, size_t len)
{
	struct session *s = context;

	if (s->out_fd < 0)
		return 0;
	if (len >= STAGED_BELOW || s->staged + len > s->stage_room)
		session_flush(s);
	if (s->out_full)
		return 0;
	if (len >= STAGED_BELOW || s->reader_error)
		return write_out(s, text, len);
	memcpy(s->stage + s->staged, text, len);
	s->staged += len;
	return len;
}

void session_retry_reader(struct session *s)
{
	size_t taken;

	s->out_full = false;
	taken = session_flush(s);
	taken += tcp_conn_resume(s->conn, loop_now());
	session_flush(s);
	if (taken)
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

/* How much to read of the stream now: what the congestion window could take next, and a chunk. So memory
 * follows the path, and the buffer may be as large as any path needs. Half a chunk at least: not a
 * system call for each acknowledgement. */
static size_t read_room(const struct session *s)
{
	size_t room = tcp_conn_write_room(s->conn), held = s->cfg.tcp.send_buffer - room;
	struct tcp_conn_info info;
	size_t sent, unsent, ahead;

	if (!room)
		return 0;
	tcp_conn_info(s->conn, &info);
	sent = info.snd_nxt - info.snd_una;
	unsent = held > sent ? held - sent : 0;
	ahead = (size_t)info.cwnd + sizeof(s->chunk);
	if (unsent + sizeof(s->chunk) / 2 > ahead)
		return 0;
	room = room < ahead - unsent ? room : ahead - unsent;
	return room < sizeof(s->chunk) ? room : sizeof(s->chunk);
}

static void on_readable(void *context, short revents)
{
	struct session *s = context;
	int64_t now = loop_now();
	size_t room = read_room(s);
	ssize_t n;

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

	if (s->out_fd >= 0 && !s->out_ended && !s->staged && tcp_conn_at_end(s->conn)) {
		s->out_ended = true;
		/* A pipe has no half to shut down: its owner closes it when the session tells. */
		shutdown(s->out_fd, SHUT_WR);
		s->news = true;
	}
	s->in.events = running && !s->in_ended && read_room(s) ? POLLIN : 0;
	s->out.events = s->out_full && !s->reader_error ? POLLOUT : 0;
}

bool session_attach(struct session *s, int in, int out, struct err *e)
{
	s->in_fd = in;
	s->out_fd = out;
	s->out_may_block = may_block(out);
	s->stage_room = STAGED_BELOW;
	s->in = (struct loop_source){ in, 0, LOOP_NEVER, on_readable, s };
	s->out = (struct loop_source){ out, 0, LOOP_NEVER, on_writable, s };
	if (!loop_add(s->cfg.loop, &s->in, e) || !loop_add(s->cfg.loop, &s->out, e))
		return false;
	tcp_conn_resume(s->conn, loop_now()); /* what came before there was a reader */
	session_flush(s);
	session_nudge(s);
	return true;
}
