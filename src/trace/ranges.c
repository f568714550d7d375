/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranges.c - which step took which numbers, so that an acknowledgement can be traced to its step.
 *
 * A ring for each end, grown on demand to TRACE_RANGES_MAX. When it is full, neighbours are joined two
 * by two: what is said becomes coarser ("steps 7 to 8"), never wrong, and memory stays bounded. When
 * memory is short, steps are simply forgotten. */
#include <stdlib.h>

#include "tcp/seq.h"
#include "trace/flow.h"

#define ROOM_FIRST 8u

static struct trace_range *at(const struct trace_side *s, unsigned i)
{
	return &s->ranges[(s->range_first + i) % s->range_room];
}

const struct trace_range *trace_range_get(const struct trace_side *s, unsigned i)
{
	return i < s->range_count ? at(s, i) : NULL;
}

static bool grow(struct trace_side *s)
{
	unsigned room = s->range_room ? s->range_room * 2 : ROOM_FIRST;
	struct trace_range *bigger;

	if (room > TRACE_RANGES_MAX)
		return false;
	bigger = calloc(room, sizeof(*bigger));
	if (!bigger)
		return false;
	for (unsigned i = 0; i < s->range_count; i++)
		bigger[i] = *at(s, i);
	free(s->ranges);
	s->ranges = bigger;
	s->range_room = room;
	s->range_first = 0;
	return true;
}

static void join_neighbours(struct trace_side *s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < s->range_count; i += 2, kept++) {
		struct trace_range joined = *at(s, i);

		if (i + 1 < s->range_count) {
			const struct trace_range *next = at(s, i + 1);

			joined.to = next->to;
			joined.last_step = next->last_step;
			joined.fin = next->fin;
			if (next->times > joined.times)
				joined.times = next->times;
		}
		*at(s, kept) = joined;
	}
	s->range_count = kept;
}

void trace_range_push(struct trace_side *s, const struct trace_range *r)
{
	if (s->range_count == s->range_room && !grow(s)) {
		if (!s->range_room)
			return;
		join_neighbours(s);
	}
	*at(s, s->range_count++) = *r;
}

void trace_range_drop(struct trace_side *s, uint32_t upto)
{
	while (s->range_count && seq_upto(at(s, 0)->to, upto)) {
		s->range_first = (s->range_first + 1) % s->range_room;
		s->range_count--;
	}
}

static bool overlap(const struct trace_range *r, uint32_t from, uint32_t to)
{
	return seq_before(r->from, to) && seq_after(r->to, from);
}

void trace_range_again(struct trace_side *s, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < s->range_count; i++)
		if (overlap(at(s, i), from, to))
			at(s, i)->times++;
}

const struct trace_range *trace_range_find(const struct trace_side *s, uint32_t from, uint32_t to)
{
	for (unsigned i = 0; i < s->range_count; i++)
		if (overlap(at(s, i), from, to))
			return at(s, i);
	return NULL;
}
