/* SPDX-License-Identifier: GPL-3.0-or-later */
/* busy.c - open addressing, at most half full; what is removed leaves no gap. See busy.h. */
#include "probe/busy.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t host;	/* its hash */
	uint32_t count; /* 0: a free place */
};

struct busy {
	uint32_t mask, used, limit;
	struct entry *entries;
};

struct busy *busy_new(uint32_t hosts)
{
	struct busy *b = calloc(1, sizeof(*b));
	uint64_t size = 16;

	if (!b)
		return NULL;
	while (size < 2 * (uint64_t)hosts)
		size *= 2;
	b->mask = (uint32_t)(size - 1);
	b->limit = (uint32_t)(size / 2);
	b->entries = calloc(size, sizeof(*b->entries));
	if (b->entries)
		return b;
	free(b);
	return NULL;
}

void busy_free(struct busy *b)
{
	if (!b)
		return;
	free(b->entries);
	free(b);
}

static uint64_t hash_of(const struct addr *host)
{
	uint64_t high, low;

	memcpy(&high, host->bytes, 8);
	memcpy(&low, host->bytes + 8, 8);
	high = (high ^ (uint64_t)host->family << 56) * 0x9e3779b97f4a7c15u;
	high = (high ^ high >> 32 ^ low) * 0xbf58476d1ce4e5b9u;
	return high ^ high >> 29;
}

/* Its place, or the free one where it would be. */
static struct entry *find(const struct busy *b, uint64_t host)
{
	uint32_t at = (uint32_t)host & b->mask;

	while (b->entries[at].count && b->entries[at].host != host)
		at = (at + 1) & b->mask;
	return &b->entries[at];
}

unsigned busy_count(const struct busy *b, const struct addr *host)
{
	return find(b, hash_of(host))->count;
}

void busy_more(struct busy *b, const struct addr *host)
{
	uint64_t hash = hash_of(host);
	struct entry *e = find(b, hash);

	if (!e->count && b->used == b->limit)
		return;
	b->used += !e->count;
	e->host = hash;
	e->count++;
}

/* Whatever was put behind it because its place was taken moves up. */
static void close_gap(struct busy *b, uint32_t gap)
{
	for (uint32_t at = (gap + 1) & b->mask; b->entries[at].count; at = (at + 1) & b->mask) {
		uint32_t home = (uint32_t)b->entries[at].host & b->mask;

		if (((at - home) & b->mask) < ((at - gap) & b->mask))
			continue;
		b->entries[gap] = b->entries[at];
		b->entries[at].count = 0;
		gap = at;
	}
}

void busy_less(struct busy *b, const struct addr *host)
{
	struct entry *e = find(b, hash_of(host));

	if (!e->count || --e->count)
		return;
	b->used--;
	close_gap(b, (uint32_t)(e - b->entries));
}
