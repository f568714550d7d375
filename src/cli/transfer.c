/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer.c - see transfer.h.
 *
 * Rules: what libcurl does not take stays in the connection, whose window closes; the end of the peer's
 *        stream becomes an end of file for libcurl; the end of libcurl's never becomes a FIN, as the
 *        connection is the script's to close. */
#include "cli/transfer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"

#define REQUEST_PIECE 16384u

struct transfer {
	struct loop *loop;
	struct hand *hand;
	struct http *http;
	struct body *body;
	struct url url;
	struct loop_source stream; /* our end of libcurl's connection; fd -1: none */
	bool asked;  /* some of the request was sent: what comes now may be its response */
	bool at_end; /* libcurl was told that no more will come */
	transfer_over *over;
	void *context;
};

static void hang_up(struct transfer *t)
{
	if (t->stream.fd < 0)
		return;
	loop_remove(t->loop, &t->stream);
	close(t->stream.fd);
	t->stream.fd = -1;
}

/* A segment that cannot be sent now is one that got lost: the engine sends it again. */
static void send_owed(struct transfer *t)
{
	struct err unsent = { 0 };

	hand_serve(t->hand, &unsent);
}

/* Responses to what the script has asked for itself, and did not read. */
static void drop_unread(struct hand *h)
{
	size_t len;

	for (hand_text(h, &len); len; hand_text(h, &len))
		hand_read(h, len);
}

static void take_request(struct transfer *t)
{
	size_t room = tcp_conn_write_room(hand_conn(t->hand));
	uint8_t piece[REQUEST_PIECE];
	ssize_t n;

	if (!room)
		return;
	n = read(t->stream.fd, piece, room < sizeof(piece) ? room : sizeof(piece));
	if (n > 0) {
		t->asked = true;
		tcp_conn_write(hand_conn(t->hand), piece, (size_t)n, loop_now());
		send_owed(t);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		hang_up(t);
	}
}

/* As much as libcurl takes; true when it took everything. */
static bool give_response(struct transfer *t)
{
	for (;;) {
		size_t len;
		const uint8_t *text = hand_text(t->hand, &len);
		ssize_t n = len ? send(t->stream.fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

		if (!len || (n < 0 && errno != EINTR))
			return !len;
		if (n > 0)
			hand_read(t->hand, (size_t)n);
	}
}

void transfer_serve(struct transfer *t)
{
	struct tcp_conn *c = hand_conn(t->hand);
	bool all;

	if (t->stream.fd < 0)
		return;
	if (!t->asked)
		drop_unread(t->hand);
	all = give_response(t);
	if (all && !t->at_end && (tcp_conn_at_end(c) || tcp_conn_state(c) == TCP_STATE_CLOSED)) {
		t->at_end = true;
		shutdown(t->stream.fd, SHUT_WR);
	}
	t->stream.events = (short)((tcp_conn_write_room(c) ? POLLIN : 0) | (all ? 0 : POLLOUT));
}

static void on_stream(void *context, short revents)
{
	struct transfer *t = context;

	if (revents & (POLLIN | POLLHUP | POLLERR))
		take_request(t);
	transfer_serve(t);
}

static void on_wanted(void *context, int fd)
{
	struct transfer *t = context;
	struct err e = { 0 };

	/* libcurl tries a second time what broke before the first byte: the connection is the same. */
	hang_up(t);
	t->stream = (struct loop_source){ fd, POLLIN, LOOP_NEVER, on_stream, t };
	if (!loop_add(t->loop, &t->stream, &e)) {
		close(fd);
		t->stream.fd = -1;
		return;
	}
	t->at_end = false;
	transfer_serve(t);
}

static void on_done(void *context)
{
	struct transfer *t = context;
	struct http_reply reply;
	struct err why = { 0 };
	bool good = http_outcome(t->http, &reply, &why);

	hang_up(t);
	/* A body that only the close ends looks whole to libcurl after a reset, too. */
	if (good && !reply.delimited && tcp_conn_failure(hand_conn(t->hand)))
		err_set(&why, STATUS_PEER, "the connection ended before the response did");
	t->over(t->context, reply.status, body_bytes(t->body), &why);
}

struct transfer *transfer_begin(struct loop *loop, struct hand *h, const char *url,
				transfer_over *over, void *context, struct err *e)
{
	struct transfer *t = calloc(1, sizeof(*t));
	struct http_options options = { .wanted = on_wanted, .done = on_done, .context = t };

	if (!t) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	t->loop = loop;
	t->hand = h;
	t->stream.fd = -1;
	t->over = over;
	t->context = context;
	if (url_parse(url, &t->url, e) && (t->body = body_open(NULL, e)) &&
	    (t->http = http_new(loop, &options, e)) &&
	    http_fetch(t->http, &t->url, t->body, true, e))
		return t;
	transfer_free(t);
	return NULL;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	hang_up(t);	    /* libcurl's thread sees the end of its connection, */
	http_free(t->http); /* and writes to nobody that could hold it up */
	body_close(t->body);
	url_free(&t->url);
	free(t);
}
