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

/* Neighbours become one, two by two; where a hole lies between them they stay apart. */
static void join_neighbours(struct trace_side *s)
{
	unsigned kept = 0, count = s->range_count;
	bool joined = true;

	for (unsigned i = 0; i < count; i++) {
		struct trace_range next = *at(s, i), *before = kept ? at(s, kept - 1) : NULL;

		joined = !joined && before->to == next.from;
		if (!joined) {
			*at(s, kept++) = next;
			continue;
		}
		before->to = next.to;
		before->last_step = next.last_step;
		before->fin = next.fin;
		if (next.times > before->times)
			before->times = next.times;
	}
	s->range_count = kept;
}

static void forget_oldest(struct trace_side *s)
{
	s->range_first = (s->range_first + 1) % s->range_room;
	s->range_count--;
}

void trace_range_add(struct trace_side *s, const struct trace_range *r)
{
	unsigned i;

	if (s->range_count == s->range_room && !grow(s)) {
		if (!s->range_room)
			return;
		join_neighbours(s);
		if (s->range_count == s->range_room)
			forget_oldest(s);
	}
	/* At the end, as a rule; what fills a hole finds its place by its number. */
	for (i = s->range_count++; i > 0 && seq_before(r->from, at(s, i - 1)->from); i--)
		*at(s, i) = *at(s, i - 1);
	*at(s, i) = *r;
}

void trace_range_drop(struct trace_side *s, uint32_t upto)
{
	while (s->range_count && seq_upto(at(s, 0)->to, upto))
		forget_oldest(s);
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
