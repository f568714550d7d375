/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span.c - arithmetic of addresses, and sets of them; see span.h. */
#include "probe/span.h"

#include <stdlib.h>

#include "probe/grow.h"

struct num num_of(const struct addr *a)
{
	struct num n = { 0 };

	for (unsigned i = 0; i < addr_len(a); i++) {
		n.hi = n.hi << 8 | n.lo >> 56;
		n.lo = n.lo << 8 | a->bytes[i];
	}
	return n;
}

struct addr num_addr(struct num n, int family, uint32_t scope)
{
	struct addr a = { .family = family, .scope = scope };

	for (unsigned i = addr_len(&a); i-- > 0;) {
		a.bytes[i] = (uint8_t)n.lo;
		n.lo = n.lo >> 8 | n.hi << 56;
		n.hi >>= 8;
	}
	return a;
}

int num_cmp(struct num a, struct num b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

struct num num_plus(struct num n, uint64_t by)
{
	n.lo += by;
	n.hi += n.lo < by;
	return n;
}

struct num num_minus(struct num n, uint64_t by)
{
	n.hi -= n.lo < by;
	n.lo -= by;
	return n;
}

uint64_t span_size(const struct span *s)
{
	struct num between = num_minus(s->last, s->first.lo);

	between.hi -= s->first.hi;
	return between.hi || between.lo == UINT64_MAX ? UINT64_MAX : between.lo + 1;
}

bool span_list_add(struct span_list *l, const struct span *s)
{
	struct span *array = grow_array(l->span, &l->room, l->count, sizeof(*array));

	if (!array)
		return false;
	l->span = array;
	l->span[l->count++] = *s;
	return true;
}

static int by_first(const void *one, const void *other)
{
	const struct span *a = one, *b = other;

	return a->family != b->family ? a->family - b->family : num_cmp(a->first, b->first);
}

/* Overlapping, or one right behind the other; @b does not begin before @a. */
static bool touch(const struct span *a, const struct span *b)
{
	return a->family == b->family &&
	       (num_cmp(b->first, a->last) <= 0 || num_cmp(num_minus(b->first, 1), a->last) == 0);
}

void span_list_join(struct span_list *l)
{
	size_t kept = 0;

	if (l->count < 2)
		return;
	qsort(l->span, l->count, sizeof(*l->span), by_first);
	for (size_t i = 1; i < l->count; i++) {
		struct span *last = &l->span[kept];

		if (!touch(last, &l->span[i]))
			l->span[++kept] = l->span[i];
		else if (num_cmp(last->last, l->span[i].last) < 0)
			last->last = l->span[i].last;
	}
	l->count = kept + 1;
}

void span_list_free(struct span_list *l)
{
	free(l->span);
	*l = (struct span_list){ 0 };
}

static bool ends_before(const struct span *a, const struct span *b)
{
	return a->family != b->family ? a->family < b->family : num_cmp(a->last, b->first) < 0;
}

const struct span *span_list_meets(const struct span_list *l, const struct span *s)
{
	size_t from = 0, to = l->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (ends_before(&l->span[middle], s))
			from = middle + 1;
		else
			to = middle;
	}
	return from < l->count && !ends_before(s, &l->span[from]) ? &l->span[from] : NULL;
}
