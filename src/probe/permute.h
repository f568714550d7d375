/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permute.h - the numbers 0 to n-1 in an order that looks random, without a table.
 *
 * A Feistel network over as many bits as n-1 has, keyed by the seed; what falls outside is permuted again
 * until it falls inside (cycle walking), less than twice in the mean. Position to index and back cost the
 * same, so a reply leads to its place in the order without a table too. */
#ifndef TCPSHAKE_PROBE_PERMUTE_H
#define TCPSHAKE_PROBE_PERMUTE_H

#include <stdint.h>

#define PERMUTE_ROUNDS 6u

struct permute {
	uint64_t count;
	unsigned low_bits;	      /* in the lower half of a number */
	uint64_t low_mask, high_mask; /* of each half, moved down to bit 0 */
	uint64_t keys[PERMUTE_ROUNDS][2];
};

/* permute_init() - @count: 1 to 2^62; the same seed gives the same order everywhere. */
void permute_init(struct permute *p, uint64_t count, uint64_t seed);

/* Which index stands at a position, and at which position an index stands; both 0 to count-1. */
uint64_t permute_index(const struct permute *p, uint64_t position);
uint64_t permute_position(const struct permute *p, uint64_t index);

#endif
