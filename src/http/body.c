/* SPDX-License-Identifier: GPL-3.0-or-later */
/* body.c - the sink of a response; see body.h. */
#include "http/body.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <nettle/version.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct body {
	const char *path; /* NULL: nowhere */
	int fd;
	bool made;    /* the file was not there before */
	bool touched; /* it holds what came, and nothing else */
	bool discard;
	uint64_t bytes;
	struct sha256_ctx hash;
};

static bool fail(const struct body *b, const char *doing, struct err *e)
{
	return err_set(e, STATUS_APP, "cannot %s %.200s: %s; -o chooses another file", doing,
		       !strcmp(b->path, "-") ? "standard output" : b->path, strerror(errno));
}

static bool open_file(struct body *b, struct err *e)
{
	b->fd = open(b->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	b->made = b->fd >= 0;
	if (b->fd < 0 && errno == EEXIST)
		b->fd = open(b->path, O_WRONLY | O_CLOEXEC);
	return b->fd >= 0 || fail(b, "open", e);
}

struct body *body_open(const char *path, struct err *e)
{
	struct body *b = calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	b->path = path;
	b->fd = -1;
	sha256_init(&b->hash);
	if (path && !strcmp(path, "-"))
		b->fd = STDOUT_FILENO;
	else if (path && !open_file(b, e)) {
		free(b);
		return NULL;
	}
	return b;
}

void body_close(struct body *b)
{
	if (!b)
		return;
	if (b->fd > STDERR_FILENO)
		close(b->fd);
	if (b->made && !b->touched)
		unlink(b->path);
	free(b);
}

/* The old content goes when the new one comes. What has no length (a terminal, a FIFO) has nothing
 * to cut. */
static bool touch(struct body *b, struct err *e)
{
	struct stat st;

	if (b->touched || b->fd == STDOUT_FILENO) {
		b->touched = true;
		return true;
	}
	if (fstat(b->fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(b->fd, 0))
		return fail(b, "write", e);
	b->touched = true;
	return true;
}

/* Standard output may have been set not to block, by whoever shares it with us. */
static void wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	poll(&p, 1, -1);
}

static bool put(struct body *b, const char *bytes, size_t len, struct err *e)
{
	while (len) {
		ssize_t n = write(b->fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			wait_writable(b->fd);
		} else if (n < 0 && errno != EINTR) {
			return fail(b, "write", e);
		}
	}
	return true;
}

bool body_write(struct body *b, const void *bytes, size_t len, struct err *e)
{
	if (b->fd >= 0 && !b->discard && (!touch(b, e) || !put(b, bytes, len, e)))
		return false;
	sha256_update(&b->hash, len, bytes);
	b->bytes += len;
	return true;
}

void body_discard(struct body *b)
{
	b->discard = true;
}

bool body_finish(struct body *b, struct err *e)
{
	int fd = b->fd;

	if (fd < 0 || b->discard)
		return true;
	if (!touch(b, e))
		return false;
	if (fd <= STDERR_FILENO)
		return true;
	b->fd = -1;
	/* Network file systems tell of a full disk only here. */
	return close(fd) == 0 || fail(b, "write", e);
}

uint64_t body_bytes(const struct body *b)
{
	return b->bytes;
}

const char *body_saved_as(const struct body *b)
{
	return b->touched ? b->path : NULL;
}

char *body_sha256(const struct body *b, char out[BODY_SHA256_TEXT])
{
	struct sha256_ctx hash = b->hash;
	uint8_t digest[SHA256_DIGEST_SIZE];

#if NETTLE_VERSION_MAJOR >= 4
	sha256_digest(&hash, digest);
#else
	sha256_digest(&hash, sizeof(digest), digest);
#endif
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}
