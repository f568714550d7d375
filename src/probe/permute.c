/* SPDX-License-Identifier: GPL-3.0-or-later */
/* permute.c - a keyed permutation of any size; see permute.h.
 *
 * A number is split into a high and a low half (the high one has the odd bit). Each round changes one half
 * by XOR with a hash of the other, so the same rounds in reverse undo it, whatever the hash. It scatters
 * probes over networks; it keeps no secret. */
#include "probe/permute.h"

/* SplitMix64 (Steele, Lea and Flood, 2014): any seed, 0 and 1 too, gives keys that have nothing in common. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

void permute_init(struct permute *p, uint64_t count, uint64_t seed)
{
	unsigned bits = 0;

	while ((count - 1) >> bits)
		bits++;
	p->count = count;
	p->low_bits = bits / 2;
	p->low_mask = (UINT64_C(1) << bits / 2) - 1;
	p->high_mask = (UINT64_C(1) << (bits - bits / 2)) - 1;
	for (unsigned i = 0; i < PERMUTE_ROUNDS; i++) {
		p->keys[i][0] = draw(&seed);
		p->keys[i][1] = draw(&seed) | 1; /* odd: the product loses nothing */
	}
}

/* The upper half of a product depends on every bit below it. */
static inline uint64_t mix(const uint64_t key[2], uint64_t half)
{
	uint64_t product = (half + key[0]) * key[1];

	return (product ^ product >> 29) >> 32;
}

static inline uint64_t forth(const struct permute *p, uint64_t x)
{
	uint64_t low = x & p->low_mask, high = x >> p->low_bits;

	for (unsigned i = 0; i < PERMUTE_ROUNDS; i += 2) {
		high ^= mix(p->keys[i], low) & p->high_mask;
		low ^= mix(p->keys[i + 1], high) & p->low_mask;
	}
	return high << p->low_bits | low;
}

static inline uint64_t back(const struct permute *p, uint64_t x)
{
	uint64_t low = x & p->low_mask, high = x >> p->low_bits;

	for (unsigned i = PERMUTE_ROUNDS; i > 0; i -= 2) {
		low ^= mix(p->keys[i - 1], high) & p->low_mask;
		high ^= mix(p->keys[i - 2], low) & p->high_mask;
	}
	return high << p->low_bits | low;
}

uint64_t permute_index(const struct permute *p, uint64_t position)
{
	do
		position = forth(p, position);
	while (position >= p->count);
	return position;
}

uint64_t permute_position(const struct permute *p, uint64_t index)
{
	do
		index = back(p, index);
	while (index >= p->count);
	return index;
}
