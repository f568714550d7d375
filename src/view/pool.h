/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.h - each different sequence of bytes once, known by a small number. */
#ifndef TCPSHAKE_VIEW_POOL_H
#define TCPSHAKE_VIEW_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool {
	uint8_t *bytes;
	size_t used, room;
	uint32_t *slots; /* a hash table of numbers; 0: free */
	size_t slot_count, taken;
};

/* pool_put() - the number of @len bytes, never 0; 0 when memory is short. A zeroed pool is empty. */
uint32_t pool_put(struct pool *p, const void *bytes, size_t len);

/* The bytes behind a number of pool_put(), aligned for nothing; good until the next pool_put(). */
const void *pool_get(const struct pool *p, uint32_t number);

/* Bytes of memory that it takes. */
size_t pool_size(const struct pool *p);

/* Empties it. */
void pool_free(struct pool *p);

#endif
