/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url.h - what a URL on the command line says, checked by libcurl's own parser. */
#ifndef TCPSHAKE_HTTP_URL_H
#define TCPSHAKE_HTTP_URL_H

#include <stdint.h>

#include "base/err.h"

struct url {
	char *text;	/* normalised, as libcurl wants it */
	char host[256]; /* to resolve: a name, or an address without brackets ("fe80::1%eth0") */
	uint16_t port;
};

/**
 * url_parse() - read a URL
 * @s:      "http://host:port/path"; without a scheme http:// is assumed
 * @out:    filled in; url_free() it
 * Return:  false with @e set (STATUS_USAGE): not a URL, no host, a port out of range, user and
 *          password in it, another scheme than http. */
bool url_parse(const char *s, struct url *out, struct err *e);
void url_free(struct url *u);

#endif
