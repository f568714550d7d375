/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.c - see order.h. */
#include "probe/order.h"

#define PORTS_SEED 0x706f727473u /* another permutation than that of the hosts */

/* How many pairs from @index on are of one address. */
static uint64_t pairs_of_host(const struct targets *t, uint64_t index)
{
	struct target_pair first, next;
	uint64_t n = 1, count = targets_count(t);

	targets_pair(t, index, &first);
	for (; index + n < count; n++) {
		targets_pair(t, index + n, &next);
		if (!addr_equal(&first.addr, &next.addr))
			break;
	}
	return n;
}

static uint64_t addresses_in(const struct addr *first, const struct addr *last)
{
	uint64_t from = 0, to = 0;
	unsigned len = addr_len(first);

	/* Of IPv6 the lower half: the set holds no more than 2^62. */
	for (unsigned i = len > 8 ? len - 8 : 0; i < len; i++) {
		from = from << 8 | first->bytes[i];
		to = to << 8 | last->bytes[i];
	}
	return to - from + 1;
}

/* How many ports each host has, if that is the same for all and its pairs stand side by side; 0 if not. */
static uint64_t equal_ports(const struct targets *t, uint64_t *hosts)
{
	uint64_t ports = pairs_of_host(t, 0), index = 0;

	*hosts = 0;
	for (unsigned i = 0; i < targets_range_count(t); i++) {
		struct addr first, last;
		struct target_pair pair;
		uint64_t n;

		targets_range(t, i, &first, &last);
		n = addresses_in(&first, &last);
		if (index + n * ports > targets_count(t))
			return 0;
		targets_pair(t, index, &pair);
		if (!addr_equal(&pair.addr, &first))
			return 0;
		targets_pair(t, index + n * ports - 1, &pair);
		if (!addr_equal(&pair.addr, &last) || pairs_of_host(t, index) != ports)
			return 0;
		*hosts += n;
		index += n * ports;
	}
	return *hosts * ports == targets_count(t) ? ports : 0;
}

void order_init(struct order *o, const struct targets *t, uint64_t seed, unsigned shards)
{
	*o = (struct order){ .count = targets_count(t) };
	o->ports = equal_ports(t, &o->hosts);
	if (!o->ports) {
		o->hosts = 0;
		o->length = o->count;
		permute_init(&o->permute_hosts, o->count, seed);
		return;
	}
	o->round = (o->hosts + shards - 1) / shards * shards;
	o->length = o->ports == 1 ? o->hosts : o->round * o->ports;
	permute_init(&o->permute_hosts, o->hosts, seed);
	permute_init(&o->permute_ports, o->ports, seed ^ PORTS_SEED);
}

bool order_index(const struct order *o, uint64_t position, uint64_t *index)
{
	uint64_t host;

	if (!o->hosts) {
		*index = permute_index(&o->permute_hosts, position);
		return true;
	}
	host = position % o->round;
	if (host >= o->hosts)
		return false;
	*index = permute_index(&o->permute_hosts, host) * o->ports +
		 permute_index(&o->permute_ports, position / o->round);
	return true;
}

uint64_t order_position(const struct order *o, uint64_t index)
{
	if (!o->hosts)
		return permute_position(&o->permute_hosts, index);
	return permute_position(&o->permute_ports, index % o->ports) * o->round +
	       permute_position(&o->permute_hosts, index / o->ports);
}

bool order_before(const struct order *o, uint64_t position, uint64_t rounds, uint64_t *before)
{
	if (!o->hosts || position / o->round < rounds)
		return false;
	*before = position - rounds * o->round;
	return true;
}
