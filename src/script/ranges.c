/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranges.c - pieces of a stream; see ranges.h. */
#include "script/ranges.h"

#include <string.h>

void ranges_add(struct ranges *r, uint32_t from, uint32_t to)
{
	unsigned first = 0, end;

	if (from >= to)
		return;
	while (first < r->count && r->at[first].to < from)
		first++;
	/* All that touch the new one become one with it. */
	for (end = first; end < r->count && r->at[end].from <= to; end++) {
		from = r->at[end].from < from ? r->at[end].from : from;
		to = r->at[end].to > to ? r->at[end].to : to;
	}
	if (end == first) {
		unsigned kept = r->count < RANGES_MAX ? r->count : RANGES_MAX - 1;

		if (first == RANGES_MAX)
			return;
		memmove(&r->at[first + 1], &r->at[first], (kept - first) * sizeof(r->at[0]));
		r->count = kept + 1;
	} else {
		memmove(&r->at[first + 1], &r->at[end], (r->count - end) * sizeof(r->at[0]));
		r->count -= end - first - 1;
	}
	r->at[first].from = from;
	r->at[first].to = to;
}

uint32_t ranges_upto(const struct ranges *r, uint32_t from)
{
	for (unsigned i = 0; i < r->count; i++)
		if (r->at[i].from <= from && from < r->at[i].to)
			return r->at[i].to;
	return from;
}
