/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - the files of a script; see source.h. */
#include "script/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads until the end, or one byte more than @max. Does not trust the size that stat() told. */
static bool read_all(int fd, size_t max, struct source *out, struct err *e)
{
	size_t room = 4096;
	char *grown;
	ssize_t n;

	out->bytes = malloc(room + 1);
	while (out->bytes) {
		n = read(fd, out->bytes + out->len, room - out->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(e, STATUS_APP, "%s", strerror(errno));
		if (!n)
			return true;
		out->len += (size_t)n;
		if (out->len > max)
			return err_set(
				e, STATUS_USAGE,
				"too large: %zu bytes are left of what all files of a script "
				"may have together",
				max);
		if (out->len < room)
			continue;
		room *= 2;
		grown = realloc(out->bytes, room + 1);
		if (!grown)
			free(out->bytes);
		out->bytes = grown;
	}
	return err_set(e, STATUS_APP, "out of memory");
}

static const char *what_it_is(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

bool source_read(const char *path, size_t max, struct source *out, struct err *e)
{
	bool standard_input = !path;
	/* Without O_NONBLOCK, opening a FIFO would wait for its writer. */
	int fd = standard_input ? STDIN_FILENO :
				  open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	bool ok;

	memset(out, 0, sizeof(*out));
	if (fd < 0 || fstat(fd, &st) < 0)
		ok = err_set(e, STATUS_APP, "%s", strerror(errno));
	else if (!standard_input && !S_ISREG(st.st_mode))
		ok = err_set(e, STATUS_APP, "it is %s; name a file", what_it_is(st.st_mode));
	else
		ok = read_all(fd, max, out, e);
	if (fd >= 0 && !standard_input)
		close(fd);
	if (!ok) {
		free(out->bytes);
		out->bytes = NULL;
		return false;
	}
	out->bytes[out->len] = '\0';
	out->dev = st.st_dev;
	out->ino = st.st_ino;
	return true;
}
