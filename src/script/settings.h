/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h - what can be set for a connection before its first segment: the reserved names of `set`, as one
 * table. The parser refuses with it what is wrong, the executor applies the rest, whose variables it knows. */
#ifndef TCPSHAKE_SCRIPT_SETTINGS_H
#define TCPSHAKE_SCRIPT_SETTINGS_H

#include <stdint.h>

#include "base/err.h"

struct exec_settings {
	int64_t isn;	     /* -1: by RFC 6528 */
	int64_t source_port; /* 0: a free one */
	int64_t mss, window; /* 0: by MTU; no cap */
	int64_t wscale, ttl, tos;
	bool sack, timestamps, ecn, nagle;
	int64_t keepalive_us, time_wait_us;
	int64_t timeout_us; /* of an expectation that names no time */
};

enum setting_kind {
	SETTING_NUMBER,
	SETTING_SWITCH, /* on, off */
	SETTING_TIME,
	SETTING_TIME_WAIT, /* a time, or one of two words */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t at;	  /* its member of struct exec_settings: int64_t, of a switch bool */
	int64_t min, max; /* of a number; of a time in microseconds */
};

/* setting_find() - the row of a name of @len bytes; NULL: it is a variable's. */
const struct setting *setting_find(const char *name, size_t len);

/* setting_time_wait() - the time that "brief" and "2msl" stand for; false for other words. */
bool setting_time_wait(const char *word, size_t len, int64_t *us);

/* settings_apply() - false with @e set: no such setting is STATUS_APP, a bad value STATUS_USAGE. */
bool settings_apply(struct exec_settings *s, const char *name, const char *value, struct err *e);

#endif
