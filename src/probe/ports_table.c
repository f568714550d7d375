/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ports_table.c - sets of ports put together, and each kept once; see ports.h. */
#include <stdlib.h>
#include <string.h>

#include "probe/grow.h"
#include "probe/ports_bits.h"

void port_bits_set(struct port_bits *b, unsigned first, unsigned last)
{
	for (unsigned port = first; port <= last; port++)
		b->word[port / 64] |= UINT64_C(1) << port % 64;
}

/* The first port from @port on that is set (or not set); 65536 when there is none. */
static unsigned seek(const struct port_bits *b, unsigned port, bool set)
{
	while (port <= UINT16_MAX) {
		uint64_t word = set ? b->word[port / 64] : ~b->word[port / 64];

		word >>= port % 64;
		if (word)
			return port + (unsigned)__builtin_ctzll(word);
		port += 64 - port % 64;
	}
	return port;
}

/* Ports that are set behind one that is not. */
static size_t count_ranges(const struct port_bits *b)
{
	uint64_t before = 0;
	size_t ranges = 0;

	for (size_t i = 0; i < ARRAY_LEN(b->word); i++) {
		ranges += (size_t)__builtin_popcountll(b->word[i] & ~(b->word[i] << 1 | before));
		before = b->word[i] >> 63;
	}
	return ranges;
}

struct ports *port_bits_ports(const struct port_bits *b)
{
	struct ports *p = calloc(1, sizeof(*p) + count_ranges(b) * sizeof(p->range[0]));

	if (!p)
		return NULL;
	for (unsigned at = seek(b, 0, true); at <= UINT16_MAX;) {
		unsigned end = seek(b, at, false);

		p->range[p->ranges++] =
			(struct port_range){ (uint16_t)at, (uint16_t)(end - 1), p->count };
		p->count += end - at;
		at = seek(b, end, true);
	}
	return p;
}

static bool same(const struct ports *a, const struct ports *b)
{
	return a->ranges == b->ranges &&
	       !memcmp(a->range, b->range, a->ranges * sizeof(a->range[0]));
}

/* Where a set stands, or the empty slot where it would. */
static uint32_t *slot_of(const struct port_table *t, const struct ports *p)
{
	uint64_t hash = p->count;

	for (unsigned i = 0; i < p->ranges; i++) {
		hash ^= (uint64_t)p->range[i].first << 16 | p->range[i].last;
		hash *= 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	for (size_t at = hash & (t->slots - 1);; at = (at + 1) & (t->slots - 1))
		if (!t->slot[at] || same(t->set[t->slot[at] - 1], p))
			return &t->slot[at];
}

static void fill_slots(struct port_table *t)
{
	memset(t->slot, 0, t->slots * sizeof(*t->slot));
	for (uint32_t i = 0; i < t->count; i++)
		*slot_of(t, t->set[i]) = i + 1;
}

/* At most half full, and the array has room for one more. */
static bool make_room(struct port_table *t)
{
	struct ports **set = grow_array(t->set, &t->room, t->count, sizeof(struct ports *));
	uint32_t *slot;

	if (!set)
		return false;
	t->set = set;
	if (2 * (t->count + 1) <= t->slots)
		return true;
	slot = reallocarray(t->slot, 4 * t->room, sizeof(*slot));
	if (!slot)
		return false;
	t->slot = slot;
	t->slots = 4 * t->room;
	fill_slots(t);
	return true;
}

bool port_table_take(struct port_table *t, struct ports *p, uint32_t *number)
{
	uint32_t *slot;

	if (!p || !make_room(t)) {
		free(p);
		return false;
	}
	slot = slot_of(t, p);
	if (*slot) {
		free(p);
	} else {
		t->set[t->count++] = p;
		*slot = (uint32_t)t->count;
	}
	*number = *slot - 1;
	return true;
}

bool port_table_union(struct port_table *t, const uint32_t *numbers, size_t count, uint32_t *number)
{
	struct port_bits all = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct ports *p = t->set[numbers[i]];

		for (unsigned r = 0; r < p->ranges; r++)
			port_bits_set(&all, p->range[r].first, p->range[r].last);
	}
	return port_table_take(t, port_bits_ports(&all), number);
}

void port_table_cut(struct port_table *t, size_t keep)
{
	if (keep >= t->count)
		return;
	while (t->count > keep)
		free(t->set[--t->count]);
	fill_slots(t);
}

void port_table_free(struct port_table *t)
{
	port_table_cut(t, 0);
	free(t->set);
	free(t->slot);
	*t = (struct port_table){ 0 };
}
