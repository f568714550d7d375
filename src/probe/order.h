/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.h - in which order the pairs of a set are probed: all hosts before any of them a second time.
 *
 *     position   0 ............ hosts-1 | hosts ....... 2*hosts-1 | ...
 *     host       a permutation of all   | the same one            | ...
 *     port       first of the host's    | the next                | ...
 *
 * So a host comes again after all the others, and whether it is still busy is a question about one earlier
 * position: no table of hosts is kept. That takes a set where all hosts have equally many ports. In
 * another one the pairs themselves are permuted, and hosts are told apart by a table (busy.h). */
#ifndef TCPSHAKE_PROBE_ORDER_H
#define TCPSHAKE_PROBE_ORDER_H

#include "probe/permute.h"
#include "probe/targets.h"

struct order {
	uint64_t count; /* pairs */
	uint64_t hosts; /* in a round; 0: no rounds */
	uint64_t
		round; /* positions in a round: hosts, rounded up so that each shard has whole rounds */
	uint64_t ports;	 /* of each host: rounds */
	uint64_t length; /* positions */
	struct permute permute_hosts, permute_ports;
};

/* order_init() - @t: sealed, not empty; @shards: 1 or more. */
void order_init(struct order *o, const struct targets *t, uint64_t seed, unsigned shards);

/* order_index() - the pair at a position; false where a round was rounded up. */
bool order_index(const struct order *o, uint64_t position, uint64_t *index);

/* order_position() - where a pair stands. */
uint64_t order_position(const struct order *o, uint64_t index);

/* order_before() - where the same host stood, @rounds rounds before; false: it was not yet, or that has to
 * be looked up in a table. */
bool order_before(const struct order *o, uint64_t position, uint64_t rounds, uint64_t *before);

#endif
