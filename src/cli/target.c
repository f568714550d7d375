/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.c - see target.h. */
#include "cli/target.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"

bool target_parse(const char *text, struct target *out, struct err *e)
{
	const char *colon = strrchr(text, ':'), *host = text;
	size_t len = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (!colon)
		return err_set(e, STATUS_USAGE,
			       "%.100s: no port; write HOST:PORT, as in localhost:80", text);
	if (text[0] == '[') {
		if (len < 3 || text[len - 1] != ']')
			return err_set(e, STATUS_USAGE,
				       "%.100s: the bracket is not closed before the port; "
				       "write [2001:db8::1]:80",
				       text);
		host++;
		len -= 2;
	} else if (memchr(text, ':', len)) {
		return err_set(e, STATUS_USAGE,
			       "%.100s: which colon stands before the port? write "
			       "[2001:db8::1]:80",
			       text);
	}
	if (!len || len >= sizeof(out->host))
		return err_set(e, STATUS_USAGE, "%.100s: the host is %s", text,
			       len ? "too long" : "empty");
	if (!parse_uint(colon + 1, 1, 65535, &port))
		return err_set(e, STATUS_USAGE, "%.100s: the port is not a number from 1 to 65535",
			       text);
	snprintf(out->host, sizeof(out->host), "%.*s", (int)len, host);
	out->port = (uint16_t)port;
	return true;
}

void target_write(const struct target *t, struct target_text *out)
{
	snprintf(out->host, sizeof(out->host), strchr(t->host, ':') ? "[%s]" : "%s", t->host);
	snprintf(out->port, sizeof(out->port), "%u", t->port);
	snprintf(out->both, sizeof(out->both), "%s:%s", out->host, out->port);
	out->defs[0] = (struct definition){ "host", out->host };
	out->defs[1] = (struct definition){ "port", out->port };
}
