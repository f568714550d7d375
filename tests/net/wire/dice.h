/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dice.h - chance that can be repeated: splitmix64, thrown anew for every frame. */
#ifndef TCPSHAKE_TESTS_NET_WIRE_DICE_H
#define TCPSHAKE_TESTS_NET_WIRE_DICE_H

#include <stdbool.h>
#include <stdint.h>

#define SHARE_ALL 1000000u /* shares are parts of a million */

struct dice {
	uint64_t state;
};

/* The dice for frame @number of the direction @lane: they depend on nothing else, so that what becomes
 * of one frame does not hang on how many were thrown for another. */
struct dice dice_for(uint64_t seed, unsigned lane, uint64_t number);

uint64_t dice_throw(struct dice *d);

/* True for @share parts of a million. Throws once, whatever the share is. */
bool dice_chance(struct dice *d, uint32_t share);

#endif
