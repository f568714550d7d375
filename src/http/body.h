/* SPDX-License-Identifier: GPL-3.0-or-later */
/* body.h - where the body of a response goes: a file, standard output, or nowhere; always counted and
 * hashed, never kept in memory. */
#ifndef TCPSHAKE_HTTP_BODY_H
#define TCPSHAKE_HTTP_BODY_H

#include <stdint.h>

#include "base/err.h"

struct body;

#define BODY_SHA256_TEXT 65u /* hexadecimal, and a NUL */

/**
 * body_open() - prepare to receive
 * @path:   a file, "-" for standard output, NULL to count and hash only. A file that is there keeps
 *          its content until the first byte comes, or until body_finish(); one that is not is made
 *          now, so that a name that cannot be written shows before anything is fetched.
 * Return:  NULL with @e set (STATUS_APP). */
struct body *body_open(const char *path, struct err *e);

/* body_close() - release; a file that was made and got nothing is removed again. Accepts NULL. */
void body_close(struct body *b);

/* body_write() - some bytes; blocks while a disk or pipe is slow. False with @e set (STATUS_APP). */
bool body_write(struct body *b, const void *bytes, size_t len, struct err *e);

/* From now on count and hash only, and leave the file as it is (--fail). */
void body_discard(struct body *b);

/* body_finish() - that was all; false with @e set when the file cannot hold it. */
bool body_finish(struct body *b, struct err *e);

uint64_t body_bytes(const struct body *b);

/* The file that holds bytes of it, or NULL; "-" for standard output. */
const char *body_saved_as(const struct body *b);

/* The SHA-256 of what came so far; returns @out. */
char *body_sha256(const struct body *b, char out[BODY_SHA256_TEXT]);

#endif
