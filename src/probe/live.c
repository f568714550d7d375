/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live.c - a hash table with chains, and a heap of deadlines; see live.h. */
#include "probe/live.h"

#include <stdlib.h>
#include <string.h>

struct live_table {
	unsigned limit, count, mask;
	struct live **buckets;
	struct live **heap; /* [0] is due first */
};

struct live_table *live_table_new(unsigned limit)
{
	struct live_table *t = calloc(1, sizeof(*t));
	unsigned size = 64;

	if (!t)
		return NULL;
	while (size < limit)
		size *= 2;
	t->limit = limit;
	t->mask = size - 1;
	t->buckets = calloc(size, sizeof(struct live *));
	t->heap = calloc(limit, sizeof(struct live *));
	if (t->buckets && t->heap)
		return t;
	live_table_free(t);
	return NULL;
}

void live_table_free(struct live_table *t)
{
	if (!t)
		return;
	while (t->heap && t->count)
		live_remove(t, t->heap[0]);
	free(t->buckets);
	free(t->heap);
	free(t);
}

unsigned live_count(const struct live_table *t)
{
	return t->count;
}

/* What is in the table answered our cookie, so nobody chooses what falls into a bucket. */
static uint64_t hash_of(const struct addr *peer, uint16_t port, uint16_t local_port)
{
	uint64_t high, low;

	memcpy(&high, peer->bytes, 8);
	memcpy(&low, peer->bytes + 8, 8);
	high = (high ^ (uint64_t)port << 48 ^ (uint64_t)local_port << 32) * 0x9e3779b97f4a7c15u;
	high = (high ^ high >> 29 ^ low) * 0xbf58476d1ce4e5b9u;
	return high ^ high >> 32;
}

static void put(struct live_table *t, unsigned at, struct live *l)
{
	t->heap[at] = l;
	l->heap_at = at;
}

/* Its place in the heap, by its deadline. */
static void settle(struct live_table *t, struct live *l)
{
	unsigned at = l->heap_at;

	while (at && t->heap[(at - 1) / 2]->deadline_us > l->deadline_us) {
		put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		unsigned child = 2 * at + 1;

		if (child + 1 < t->count &&
		    t->heap[child + 1]->deadline_us < t->heap[child]->deadline_us)
			child++;
		if (child >= t->count || t->heap[child]->deadline_us >= l->deadline_us)
			break;
		put(t, at, t->heap[child]);
		at = child;
	}
	put(t, at, l);
}

struct live *live_add(struct live_table *t, const struct addr *peer, uint16_t port,
		      uint16_t local_port)
{
	struct live *l = t->count < t->limit ? calloc(1, sizeof(*l)) : NULL;

	if (!l)
		return NULL;
	l->peer = *peer;
	l->port = port;
	l->local_port = local_port;
	l->hash = hash_of(peer, port, local_port);
	l->next = t->buckets[l->hash & t->mask];
	t->buckets[l->hash & t->mask] = l;
	l->deadline_us = TCP_NEVER;
	put(t, t->count++, l);
	settle(t, l);
	return l;
}

void live_remove(struct live_table *t, struct live *l)
{
	struct live **at = &t->buckets[l->hash & t->mask];
	struct live *last = t->heap[--t->count];

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (last != l) {
		put(t, l->heap_at, last);
		settle(t, last);
	}
	tcp_conn_free(l->conn);
	free(l);
}

struct live *live_find(const struct live_table *t, const struct addr *peer, uint16_t port,
		       uint16_t local_port)
{
	uint64_t hash = hash_of(peer, port, local_port);
	struct live *l = t->buckets[hash & t->mask];

	while (l && (l->hash != hash || l->port != port || l->local_port != local_port ||
		     !addr_equal(&l->peer, peer)))
		l = l->next;
	return l;
}

void live_due(struct live_table *t, struct live *l, int64_t when_us)
{
	l->deadline_us = when_us;
	settle(t, l);
}

struct live *live_first(const struct live_table *t)
{
	return t->count && t->heap[0]->deadline_us != TCP_NEVER ? t->heap[0] : NULL;
}

struct live *live_any(const struct live_table *t)
{
	return t->count ? t->heap[0] : NULL;
}
