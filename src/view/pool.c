/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - interned bytes; see pool.h.
 *
 * Entries stand one behind the other, each behind its length; the number of an entry is where its length
 * stands. The first bytes are left free, so that no number is 0. */
#include "view/pool.h"

#include <stdlib.h>
#include <string.h>

#define LEN_BYTES sizeof(uint16_t)

static size_t entry_len(const struct pool *p, uint32_t number)
{
	uint16_t len;

	memcpy(&len, p->bytes + number, LEN_BYTES);
	return len;
}

/* FNV-1a */
static uint32_t hash(const uint8_t *bytes, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * 16777619u;
	return h;
}

/* The slot where these bytes are, or where they belong. */
static uint32_t *slot_of(const struct pool *p, const uint8_t *bytes, size_t len)
{
	size_t i = hash(bytes, len) & (p->slot_count - 1);

	while (p->slots[i] && (entry_len(p, p->slots[i]) != len ||
			       memcmp(p->bytes + p->slots[i] + LEN_BYTES, bytes, len) != 0))
		i = (i + 1) & (p->slot_count - 1);
	return &p->slots[i];
}

static bool grow_slots(struct pool *p)
{
	struct pool bigger = *p;

	if (p->taken * 2 < p->slot_count)
		return true;
	bigger.slot_count = p->slot_count ? p->slot_count * 2 : 64;
	bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < p->slot_count; i++)
		if (p->slots[i])
			*slot_of(&bigger, p->bytes + p->slots[i] + LEN_BYTES,
				 entry_len(p, p->slots[i])) = p->slots[i];
	free(p->slots);
	*p = bigger;
	return true;
}

static bool grow_bytes(struct pool *p, size_t len)
{
	size_t room = p->room ? p->room : 1024;
	uint8_t *bytes;

	while (room - p->used < len)
		room *= 2;
	if (room > UINT32_MAX)
		return false;
	if (room == p->room)
		return true;
	bytes = realloc(p->bytes, room);
	if (!bytes)
		return false;
	p->bytes = bytes;
	p->room = room;
	return true;
}

uint32_t pool_put(struct pool *p, const void *bytes, size_t len)
{
	uint16_t stored = (uint16_t)len;
	uint32_t *slot, known;

	if (len > UINT16_MAX || !grow_slots(p))
		return 0;
	slot = slot_of(p, bytes, len);
	known = *slot;
	if (known)
		return known;
	if (!p->used)
		p->used = LEN_BYTES;
	if (!grow_bytes(p, LEN_BYTES + len))
		return 0;
	memcpy(p->bytes + p->used, &stored, LEN_BYTES);
	memcpy(p->bytes + p->used + LEN_BYTES, bytes, len);
	*slot = (uint32_t)p->used;
	p->used += LEN_BYTES + len;
	p->taken++;
	return *slot;
}

const void *pool_get(const struct pool *p, uint32_t number)
{
	return p->bytes + number + LEN_BYTES;
}

size_t pool_size(const struct pool *p)
{
	return p->room + p->slot_count * sizeof(*p->slots);
}

void pool_free(struct pool *p)
{
	free(p->bytes);
	free(p->slots);
	memset(p, 0, sizeof(*p));
}
