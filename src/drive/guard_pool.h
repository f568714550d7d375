/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard_pool.h - guarded ports, held ready for connections to come.
 *
 * A guard that is opened while there is privilege has all its layers, so they are opened ahead; and it
 * stays until the end, so that a late segment of a finished connection still meets silence. */
#ifndef TCPSHAKE_DRIVE_GUARD_POOL_H
#define TCPSHAKE_DRIVE_GUARD_POOL_H

#include "wire/guard.h"

struct guard_pool;

/**
 * guard_pool_new() - an empty pool
 * @port:   the source port of all connections: one guard for an address then serves them all; 0: a
 *          free one for each
 * Return:  NULL with @e set when memory is short. guard_pool_free() accepts NULL. */
struct guard_pool *guard_pool_new(uint16_t port, struct err *e);
void guard_pool_free(struct guard_pool *pool);

/* How many guards there are for a local address, used or not. */
unsigned guard_pool_count(const struct guard_pool *pool, const struct addr *local);

/* guard_pool_fill() - open guards until there are @count for @local; false with @e set. */
bool guard_pool_fill(struct guard_pool *pool, const struct addr *local, unsigned count,
		     struct err *e);

/* guard_pool_take() - one for a new connection: held ready, or else opened now with the layers that
 * need no privilege; NULL with @e set. Remains the pool's. */
const struct guard *guard_pool_take(struct guard_pool *pool, const struct addr *local,
				    struct err *e);

/* guard_pool_take_port() - the same with a given port: one that is held already serves again. */
const struct guard *guard_pool_take_port(struct guard_pool *pool, const struct addr *local,
					 uint16_t port, struct err *e);

/* guard_pool_give() - its connection is over: once no more guards can be opened it may serve again, the
 * one that has waited longest first. */
void guard_pool_give(struct guard_pool *pool, const struct guard *guard);

#endif
