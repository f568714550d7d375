/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.c - an abstract Unix socket for ourselves; see door.h. */
#include "http/door.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool random_name(char out[DOOR_NAME_MAX])
{
	uint64_t r[2];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return false;
	snprintf(out, DOOR_NAME_MAX, "tcpshake-%016" PRIx64 "%016" PRIx64, r[0], r[1]);
	return true;
}

bool door_open(struct door *d, struct err *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len;

	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd >= 0 && random_name(d->name)) {
		/* An abstract name begins with a NUL and has no other. */
		memcpy(un.sun_path + 1, d->name, strlen(d->name));
		len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(d->name));
		if (bind(d->fd, (struct sockaddr *)&un, len) == 0 && listen(d->fd, 4) == 0)
			return true;
	}
	err_set(e, STATUS_APP, "cannot make a private Unix socket: %s", strerror(errno));
	door_close(d);
	return false;
}

void door_close(struct door *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static bool is_our_own(int fd)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.pid == getpid();
}

int door_accept(const struct door *d)
{
	for (;;) {
		int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0 && is_our_own(fd))
			return fd;
		if (fd >= 0)
			close(fd); /* somebody who read the name in /proc/net/unix */
		else if (errno != EINTR && errno != ECONNABORTED)
			return -1;
	}
}
