/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.h - the private Unix socket through which libcurl's connections come to us.
 *
 * Its name is abstract and random: nothing in any file system, nothing to clean up, and gone with the
 * process; and only this very process is let in. */
#ifndef TCPSHAKE_HTTP_DOOR_H
#define TCPSHAKE_HTTP_DOOR_H

#include "base/err.h"

#define DOOR_NAME_MAX 48u

struct door {
	int fd; /* listening, not blocking */
	char name[DOOR_NAME_MAX]; /* for CURLOPT_ABSTRACT_UNIX_SOCKET */
};

/* false with @e set; else door_close() it. */
bool door_open(struct door *d, struct err *e);
void door_close(struct door *d);

/* door_accept() - the next connection of our own, not blocking; -1: none waits. The caller's. */
int door_accept(const struct door *d);

#endif
