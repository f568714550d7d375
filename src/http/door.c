/* SPDX-License-Identifier: GPL-3.0-or-later */
/* door.c - a Unix socket for ourselves; see door.h. */
#include "http/door.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ROOM_BYTES (1 << 20) /* on the way to libcurl; the kernel gives what it allows */

static bool random_name(char out[DOOR_NAME_MAX])
{
	uint64_t r[2];

	if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return false;
	snprintf(out, DOOR_NAME_MAX, "tcpshake-%016" PRIx64 "%016" PRIx64, r[0], r[1]);
	return true;
}

static bool bind_abstract(struct door *d)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	/* An abstract name begins with a NUL and has no other. */
	memcpy(un.sun_path + 1, d->name, strlen(d->name));
	return bind(d->fd, (struct sockaddr *)&un,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(d->name))) == 0;
}

/* The name is there for an instant, and for this user only. */
static bool bind_in(struct door *d, const char *folder)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	mode_t mask;
	bool bound;

	if (!folder || (size_t)snprintf(un.sun_path, sizeof(un.sun_path), "%s/.%s", folder,
					d->name) >= sizeof(un.sun_path))
		return false;
	mask = umask(077);
	bound = bind(d->fd, (struct sockaddr *)&un, sizeof(un)) == 0;
	umask(mask);
	if (!bound)
		return false;
	d->path_fd = open(un.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	unlink(un.sun_path);
	if (d->path_fd >= 0)
		snprintf(d->name, sizeof(d->name), "/proc/self/fd/%d", d->path_fd);
	return d->path_fd >= 0;
}

static bool bind_somewhere(struct door *d, bool keep)
{
	const char *const folders[] = { getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/dev/shm",
					"/tmp" };

	for (size_t i = 0; keep && i < ARRAY_LEN(folders); i++)
		if (bind_in(d, folders[i]))
			return true;
	return bind_abstract(d); /* works as well, each request on a connection of its own */
}

bool door_open(struct door *d, bool keep, struct err *e)
{
	d->path_fd = -1;
	d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (d->fd >= 0 && random_name(d->name) && bind_somewhere(d, keep) && listen(d->fd, 4) == 0)
		return true;
	err_set(e, STATUS_APP, "cannot make a private Unix socket: %s", strerror(errno));
	door_close(d);
	return false;
}

void door_close(struct door *d)
{
	if (d->fd >= 0)
		close(d->fd);
	if (d->path_fd >= 0)
		close(d->path_fd);
	d->fd = d->path_fd = -1;
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
		/* cppcheck-suppress nullPointer ; accept(2) allows it */
		int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		int room = ROOM_BYTES;

		if (fd >= 0 && is_our_own(fd)) {
			setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
			return fd;
		}
		if (fd >= 0)
			close(fd); /* somebody who read an abstract name in /proc/net/unix */
		else if (errno != EINTR && errno != ECONNABORTED)
			return -1;
	}
}
