/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranges.h - which numbers of a stream there are, in however many pieces they came.
 *
 * Numbers are relative to the initial one, so that they begin at 0 and do not wrap before 4 GiB. */
#ifndef TCPSHAKE_SCRIPT_RANGES_H
#define TCPSHAKE_SCRIPT_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#define RANGES_MAX 64u

struct ranges {
	unsigned count;
	struct {
		uint32_t from, to;
	} at[RANGES_MAX]; /* apart from each other, in order */
};

/* ranges_add() - [from, to) is there, too. Where that would be one piece too many, the last is forgotten. */
void ranges_add(struct ranges *r, uint32_t from, uint32_t to);

/* ranges_upto() - how far it goes from @from without a gap; @from itself when nothing is there. */
uint32_t ranges_upto(const struct ranges *r, uint32_t from);

#endif
