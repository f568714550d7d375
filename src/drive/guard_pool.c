/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard_pool.c - guards, by local address; see guard_pool.h. */
#include "drive/guard_pool.h"

#include <stdlib.h>

#define GUARDS_MAX   256u
#define FOR_EACH_MAX 16u /* held ready for one address */

struct held {
	struct addr local;
	struct guard *guard;
	bool used;
	uint64_t given; /* when it was given back, in an order of its own; 0: not */
};

struct guard_pool {
	uint16_t port;
	uint64_t gifts;
	unsigned count;
	struct held held[GUARDS_MAX];
};

struct guard_pool *guard_pool_new(uint16_t port, struct err *e)
{
	struct guard_pool *pool = calloc(1, sizeof(*pool));

	if (pool)
		pool->port = port;
	else
		err_set(e, STATUS_APP, "out of memory");
	return pool;
}

void guard_pool_free(struct guard_pool *pool)
{
	for (unsigned i = 0; pool && i < pool->count; i++)
		guard_close(pool->held[i].guard);
	free(pool);
}

unsigned guard_pool_count(const struct guard_pool *pool, const struct addr *local)
{
	unsigned n = 0;

	for (unsigned i = 0; i < pool->count; i++)
		n += addr_equal(&pool->held[i].local, local);
	return n;
}

static struct held *hold(struct guard_pool *pool, const struct addr *local, uint16_t port,
			 struct err *e)
{
	struct held *h = &pool->held[pool->count];

	if (pool->count == GUARDS_MAX) {
		err_set(e, STATUS_APP,
			"more than %u connections in one run; run it again for the rest",
			GUARDS_MAX);
		return NULL;
	}
	*h = (struct held){ .local = *local, .guard = guard_open(local, port, e) };
	if (!h->guard)
		return NULL;
	pool->count++;
	return h;
}

bool guard_pool_fill(struct guard_pool *pool, const struct addr *local, unsigned count,
		     struct err *e)
{
	if (pool->port)
		count = 1;
	else if (count > FOR_EACH_MAX)
		count = FOR_EACH_MAX;
	while (guard_pool_count(pool, local) < count)
		if (!hold(pool, local, pool->port, e))
			return false;
	return true;
}

/* The one that was given back longest ago, or NULL. */
static struct held *oldest_gift(struct guard_pool *pool, const struct addr *local)
{
	struct held *oldest = NULL;

	for (unsigned i = 0; i < pool->count; i++) {
		struct held *h = &pool->held[i];

		if (h->given && addr_equal(&h->local, local) &&
		    (!oldest || h->given < oldest->given))
			oldest = h;
	}
	return oldest;
}

const struct guard *guard_pool_take(struct guard_pool *pool, const struct addr *local,
				    struct err *e)
{
	struct held *h = NULL;

	for (unsigned i = 0; i < pool->count && !h; i++)
		if (addr_equal(&pool->held[i].local, local) && (!pool->held[i].used || pool->port))
			h = &pool->held[i];
	if (!h && pool->count == GUARDS_MAX)
		h = oldest_gift(pool, local);
	if (!h)
		h = hold(pool, local, pool->port, e);
	if (!h)
		return NULL;
	h->used = true;
	h->given = 0;
	return h->guard;
}

const struct guard *guard_pool_take_port(struct guard_pool *pool, const struct addr *local,
					 uint16_t port, struct err *e)
{
	struct held *h = NULL;

	for (unsigned i = 0; i < pool->count && !h; i++)
		if (addr_equal(&pool->held[i].local, local) &&
		    guard_port(pool->held[i].guard) == port)
			h = &pool->held[i];
	if (!h)
		h = hold(pool, local, port, e);
	if (!h)
		return NULL;
	h->used = true;
	h->given = 0;
	return h->guard;
}

void guard_pool_give(struct guard_pool *pool, const struct guard *guard)
{
	for (unsigned i = 0; i < pool->count; i++)
		if (pool->held[i].guard == guard)
			pool->held[i].given = ++pool->gifts;
}
