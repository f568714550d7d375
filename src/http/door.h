/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.h - the private Unix socket through which libcurl's connections come to us.
 *
 * Its name is abstract and random: nothing in any file system, nothing to clean up, and gone with the
 * process; and only this very process is let in.
 *
 * libcurl up to 7.88 at least, where it resolves names in a thread, never uses a connection to an
 * abstract socket a second time: it takes the empty path for an address that is still being resolved.
 * Where connections are to be kept the socket is therefore bound to a name in a temporary folder,
 * removed again at once, and reached through /proc/self/fd. */
#ifndef TCPSHAKE_HTTP_DOOR_H
#define TCPSHAKE_HTTP_DOOR_H

#include "base/err.h"

#define DOOR_NAME_MAX 48u

struct door {
	int fd;	     /* listening, not blocking */
	int path_fd; /* what the name in /proc/self/fd stands for; -1: the name is abstract */
	char name[DOOR_NAME_MAX]; /* for CURLOPT_UNIX_SOCKET_PATH or _ABSTRACT_UNIX_SOCKET */
};

/* false with @e set; else door_close() it. @keep: libcurl's connections are to be used again. */
bool door_open(struct door *d, bool keep, struct err *e);
void door_close(struct door *d);

/* door_accept() - the next connection of our own, not blocking; -1: none waits. The caller's. */
int door_accept(const struct door *d);

#endif
