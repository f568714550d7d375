/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h - "HOST:PORT" as a person writes it. */
#ifndef TCPSHAKE_CLI_TARGET_H
#define TCPSHAKE_CLI_TARGET_H

#include <stdint.h>

#include "base/err.h"
#include "script/script.h"

struct target {
	char host[256];
	uint16_t port;
};

/* target_parse() - "host:80", "192.0.2.1:80", "[2001:db8::1]:80"; false with @e set (STATUS_USAGE). */
bool target_parse(const char *text, struct target *out, struct err *e);

/* The same for scripts: "HOST:PORT", and $host and $port, whose values lie here. A host of IPv6 is in
 * brackets, as it stands before a port or in a Host header. */
struct target_text {
	char host[260], port[8], both[270];
	struct definition defs[2];
};
void target_write(const struct target *t, struct target_text *out);

#endif
