/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dice.c - see dice.h. The mixer is splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", 2014). */
#include "net/wire/dice.h"

#define GAMMA 0x9e3779b97f4a7c15u

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct dice dice_for(uint64_t seed, unsigned lane, uint64_t number)
{
	return (struct dice){ mix(mix(seed + GAMMA) + lane) + mix(number + GAMMA) };
}

uint64_t dice_throw(struct dice *d)
{
	d->state += GAMMA;
	return mix(d->state);
}

bool dice_chance(struct dice *d, uint32_t share)
{
	return (dice_throw(d) >> 32) * SHARE_ALL >> 32 < share;
}
