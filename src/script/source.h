/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.h - the files of a script: read whole, within limits, and never waited for. */
#ifndef TCPSHAKE_SCRIPT_SOURCE_H
#define TCPSHAKE_SCRIPT_SOURCE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct source {
	char *bytes; /* malloc()ed, a NUL behind them */
	size_t len;
	dev_t dev; /* which file it is, whatever its path */
	ino_t ino;
};

/**
 * source_read() - all of a file
 * @path:   a regular file; a directory, a FIFO, a device are refused without being waited for. NULL is
 *          standard input, which may be anything that can be read
 * @max:    most bytes
 * @out:    set on success; its bytes are the caller's to free
 * Return:  false with @e set: STATUS_APP where the system refuses, STATUS_USAGE where the limit does; "why;
 *          what to do" without the path. */
bool source_read(const char *path, size_t max, struct source *out, struct err *e);

#endif
