/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.h - HTTP by libcurl, over connections that we make.
 *
 * libcurl connects to a private Unix socket; each such connection is handed to the owner, who carries
 * its bytes over our own TCP. libcurl, and the body's sink with it, runs in a thread of its own; all
 * calls and callbacks here are of the loop's. */
#ifndef TCPSHAKE_HTTP_HTTP_H
#define TCPSHAKE_HTTP_HTTP_H

#include "drive/loop.h"
#include "http/body.h"
#include "http/url.h"

struct http;

struct http_options {
	const char *const *headers; /* "Name: value", as curl -H takes them */
	size_t header_count;
	const char *user_agent; /* NULL: "tcpshake/VERSION" */
	bool http10;		/* speak HTTP/1.0 */
	bool fail;		/* a status of 400 or more is an error, its body is not kept */
	bool keep;		/* some transfer but the last leaves its connection to the next */

	/* libcurl wants a connection: @fd is its other end, now the owner's to close. An older one is
	 * of no use any more. */
	void (*wanted)(void *context, int fd);
	/* The transfer is over; see http_outcome(). */
	void (*done)(void *context);
	void *context;
};

/* How a transfer went. */
struct http_reply {
	long status;	       /* 0: there was no response */
	char status_line[128]; /* "HTTP/1.1 200 OK" */
	bool complete;	       /* the whole response came */
	bool delimited; /* it says itself where it ends, and does not rely on the close for that */
};

/* http_new() - NULL with @e set. */
struct http *http_new(struct loop *loop, const struct http_options *options, struct err *e);

/**
 * http_free() - end a transfer in work, and close libcurl's connections
 * @h:      NULL is accepted; close the other ends of connections with a transfer in work first
 * Return:  false when a transfer is stuck in writing its body to somebody who does not read: body and
 *          url must stay then, and the end of the program ends it. */
bool http_free(struct http *h);

/**
 * http_fetch() - begin a transfer; one at a time
 * @url, @body: borrowed until it is over
 * @last:   close the connection afterwards, else it is kept for the next transfer
 * Return:  false with @e set. */
bool http_fetch(struct http *h, const struct url *url, struct body *body, bool last, struct err *e);

/* http_outcome() - of the transfer that is over: true when all is well, else false with @e set. */
bool http_outcome(const struct http *h, struct http_reply *reply, struct err *e);

#endif
