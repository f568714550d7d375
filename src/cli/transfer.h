/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer.h - one HTTP request over a connection that a script has: the verb `get`.
 *
 * The request and the reading of the response are libcurl's (http/http.h), every byte of both travels in
 * the segments of the script's own connection. A connection can carry one request after the other. */
#ifndef TCPSHAKE_CLI_TRANSFER_H
#define TCPSHAKE_CLI_TRANSFER_H

#include "drive/hand.h"

struct transfer;

/* It is over. @status: of the response, 0 when none came; @why: why it is not whole, no status: it is. */
typedef void transfer_over(void *context, long status, uint64_t bytes, const struct err *why);

/**
 * transfer_begin() - fetch @url
 * @h:      established; what comes before the request is sent is dropped, lest it pass for the response
 * @over:   called once, from the loop, in which transfer_free() may be called
 * Return:  NULL with @e set. transfer_free() ends it, over or not, and leaves the connection as it is;
 *          accepts NULL. */
struct transfer *transfer_begin(struct loop *loop, struct hand *h, const char *url,
				transfer_over *over, void *context, struct err *e);
void transfer_free(struct transfer *t);

/* transfer_serve() - something has changed on the connection: bytes came, or it ended. */
void transfer_serve(struct transfer *t);

#endif
