/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.h - memory that is given back all at once.
 *
 * A script's values point to each other in every direction; none of them is freed alone. */
#ifndef TCPSHAKE_SCRIPT_ARENA_H
#define TCPSHAKE_SCRIPT_ARENA_H

#include <stddef.h>

struct arena;

/**
 * arena_new() - an empty arena
 * @limit:  bytes that may be taken altogether
 * Return:  NULL when memory is short. Free with arena_free(). */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a); /* accepts NULL */

/**
 * arena_take() - zeroed bytes, good until arena_free(), aligned for anything
 * Return:  NULL when the limit would be passed, or memory is short. */
void *arena_take(struct arena *a, size_t size);

/* arena_copy() - @len bytes and a NUL behind them; NULL as above. */
char *arena_copy(struct arena *a, const void *bytes, size_t len);

#endif
