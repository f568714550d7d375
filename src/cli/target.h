/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h - "HOST:PORT" as a person writes it. */
#ifndef TCPSHAKE_CLI_TARGET_H
#define TCPSHAKE_CLI_TARGET_H

#include <stdint.h>

#include "base/err.h"

struct target {
	char host[256];
	uint16_t port;
};

/* target_parse() - "host:80", "192.0.2.1:80", "[2001:db8::1]:80"; false with @e set (STATUS_USAGE). */
bool target_parse(const char *text, struct target *out, struct err *e);

#endif
