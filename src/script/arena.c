/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arena.c - memory that is given back all at once; see arena.h. */
#include "script/arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Chunks double: most scripts are short, and there may be thousands. */
#define CHUNK_FIRST 4096u
#define CHUNK_LAST  65536u

struct chunk {
	struct chunk *next;
	size_t size, used; /* of bytes */
	alignas(max_align_t) uint8_t bytes[];
};

struct arena {
	struct chunk *first; /* the one that still has room */
	size_t left;
	size_t chunk; /* bytes of the next one */
};

struct arena *arena_new(size_t limit)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a) {
		a->left = limit;
		a->chunk = CHUNK_FIRST;
	}
	return a;
}

void arena_free(struct arena *a)
{
	struct chunk *next;

	for (struct chunk *c = a ? a->first : NULL; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

/* What is large gets a chunk of its own, behind the first, where room may be left. */
static struct chunk *add_chunk(struct arena *a, size_t size)
{
	bool large = size > a->chunk / 4;
	struct chunk *c;

	if (!large) {
		size = a->chunk;
		a->chunk = size < CHUNK_LAST ? 2 * size : size;
	}
	c = calloc(1, sizeof(*c) + size);
	if (!c)
		return NULL;
	c->size = size;
	if (large && a->first) {
		c->next = a->first->next;
		a->first->next = c;
	} else {
		c->next = a->first;
		a->first = c;
	}
	return c;
}

void *arena_take(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *c = a->first;
	uint8_t *bytes;

	if (size > a->left)
		return NULL;
	size = size ? (size + align - 1) / align * align : align;
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	if (!c)
		return NULL;
	bytes = c->bytes + c->used;
	c->used += size;
	a->left -= size < a->left ? size : a->left;
	return bytes;
}

char *arena_copy(struct arena *a, const void *bytes, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_take(a, len + 1) : NULL;

	if (copy && len)
		memcpy(copy, bytes, len);
	return copy;
}
