/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_round.c - one round over a set: how it begins, what it consists of, how far it came. */
#include <stdlib.h>
#include <string.h>

#include "probe/prober_priv.h"

#define WINDOW_MAX (1u << 22)
#define SECOND_US  1000000

/* As many as may be in the air: what the rate brings while the patience lasts. */
static uint32_t window_for(const struct prober_options *o)
{
	uint64_t window = 0;

	for (unsigned a = 0; a < o->attempts; a++)
		window += (uint64_t)(o->wait_us[a] + SECOND_US / 10) * o->rate / SECOND_US;
	return window < 64 ? 64 : window > WINDOW_MAX ? WINDOW_MAX : (uint32_t)window;
}

/* In the air, and open. */
static uint32_t hosts_at_once(const struct sweep_config *c)
{
	return (c->count < c->window ? (uint32_t)c->count : 2 * c->window) + PROBER_LIVE_MAX;
}

static uint64_t share_of(uint64_t count, unsigned shard, unsigned shards)
{
	return count < shard ? 0 : (count - shard) / shards + 1;
}

uint64_t prober_share(const struct prober_options *o, const struct targets *t)
{
	struct order order;

	order_init(&order, t, o->seed, o->shards);
	if (!order.hosts)
		return share_of(order.count, o->shard, o->shards);
	return share_of(order.hosts, o->shard, o->shards) * order.ports;
}

uint64_t prober_dry(const struct prober_options *o, const struct targets *t,
		    void (*each)(void *context, const struct target_pair *pair), void *context)
{
	struct target_pair pair;
	struct order order;
	uint64_t index, n = 0;

	order_init(&order, t, o->seed, o->shards);
	for (uint64_t at = o->shard - 1; at < order.length; at += o->shards) {
		if (!order_index(&order, at, &index))
			continue;
		n++;
		targets_pair(t, index, &pair);
		if (each)
			each(context, &pair);
	}
	return n;
}

bool prober_begin(struct prober *p, const struct targets *t, unsigned round,
		  const struct prober_start *start, struct err *e)
{
	struct sweep_config c = { .step = p->o.shards, .attempts = p->o.attempts };

	order_init(&p->order, t, p->o.seed, p->o.shards);
	c.first = start && start->from > p->o.shard - 1 ? start->from : p->o.shard - 1;
	c.count = p->order.length;
	c.window = window_for(&p->o);
	memcpy(c.wait_us, p->o.wait_us, sizeof(c.wait_us));
	p->first = c.first;
	p->targets = t;
	p->round = round;
	p->key = p->secret;
	for (unsigned i = 0; i < sizeof(round); i++)
		p->key.bytes[i] ^= (uint8_t)(round >> 8 * i);
	p->done = start ? start->done : NULL;
	p->done_count = start ? start->done_count : 0;
	p->done_at = 0;
	sweep_free(p->sweep);
	suspects_free(p->suspects);
	p->suspects = suspects_new();
	p->sweep = sweep_new(&c);
	busy_free(p->busy);
	p->busy = p->order.hosts ? NULL : busy_new(hosts_at_once(&c));
	if (!p->sweep || !p->suspects || (!p->order.hosts && !p->busy))
		return err_set(e, STATUS_APP, "out of memory");
	p->begun_us = loop_now();
	p->last_syn_us = 0;
	p->totals.targets += prober_share(&p->o, t);
	pace_init(&p->pace, p->o.rate, p->begun_us);
	p->running = true;
	p->timer.deadline_us = 0;
	return true;
}

bool prober_where(const struct prober *p, uint64_t *from, uint64_t **done, size_t *count)
{
	uint64_t low = sweep_low(p->sweep), step = p->o.shards;
	uint64_t end = p->first + sweep_begun(p->sweep) * step;

	*from = low;
	*count = 0;
	*done = calloc((end > low ? (end - low) / step : 0) + 1, sizeof(**done));
	for (uint64_t at = low; *done && at < end; at += step)
		if (sweep_standing(p->sweep, at) == SWEEP_DONE)
			(*done)[(*count)++] = at;
	return *done != NULL;
}
