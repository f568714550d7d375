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
};

struct guard_pool {
	uint16_t port;
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

static struct held *hold(struct guard_pool *pool, const struct addr *local, struct err *e)
{
	struct held *h = &pool->held[pool->count];

	if (pool->count == GUARDS_MAX) {
		err_set(e, STATUS_APP,
			"more than %u connections in one run; run it again for the rest",
			GUARDS_MAX);
		return NULL;
	}
	*h = (struct held){ .local = *local, .guard = guard_open(local, pool->port, e) };
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
		if (!hold(pool, local, e))
			return false;
	return true;
}

const struct guard *guard_pool_take(struct guard_pool *pool, const struct addr *local,
				    struct err *e)
{
	struct held *h = NULL;

	for (unsigned i = 0; i < pool->count && !h; i++)
		if (addr_equal(&pool->held[i].local, local) && (!pool->held[i].used || pool->port))
			h = &pool->held[i];
	if (!h)
		h = hold(pool, local, e);
	if (!h)
		return NULL;
	h->used = true;
	return h->guard;
}
