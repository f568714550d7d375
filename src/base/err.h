/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - what went wrong, in words, with the exit status that goes with it.
 *
 * Only main() and the commands in cli/ print or exit. Everything below them fills in a struct err
 * where the facts are known and returns; the words travel up unchanged. */
#ifndef TCPSHAKE_BASE_ERR_H
#define TCPSHAKE_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The exit statuses of every command (tcpshake(1), EXIT STATUS). */
enum status {
	STATUS_OK = 0,
	STATUS_CHECK = 1,	/* an expectation or a check failed */
	STATUS_USAGE = 2,	/* the command line or a script is wrong */
	STATUS_REFUSED = 3,	/* the peer answered our SYN with RST */
	STATUS_TIMEOUT = 4,	/* no answer in time */
	STATUS_UNREACHABLE = 5, /* ICMP error, no route, no such host */
	STATUS_PRIVILEGE = 6,	/* CAP_NET_RAW is missing */
	STATUS_PEER = 7,	/* the peer broke the protocol, or reset an open connection */
	STATUS_APP = 8,		/* HTTP, TLS, a local file or other resource */
};

/* One failure. Zeroed, it means none. */
struct err {
	enum status status;
	char text[512]; /* "what: why; what to do", without "tcpshake: " and newline */
};

/**
 * err_set() - record a failure
 * @e:      where to; must not be NULL
 * @s:      the exit status it leads to, not STATUS_OK
 * @fmt:    "what: why; what to do" (no newline); cut at 511 bytes
 * Return:  always false, so that a caller can `return err_set(...)`. */
bool err_set(struct err *e, enum status s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * err_print() - print a failure as the one line that a user sees
 * Writes "tcpshake: TEXT\n" to stderr; control bytes in the text (a hostile host name, say) are
 * shown as '?'. Prints nothing when @e holds no failure.
 * Return:  e->status. */
enum status err_print(const struct err *e);

#endif
