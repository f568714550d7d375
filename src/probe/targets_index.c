/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets_index.c - sealed targets by number, and their numbers; each in O(log stretches). */
#include "probe/targets_priv.h"

uint64_t targets_count(const struct targets *t)
{
	return t->count;
}

uint64_t targets_reserved(const struct targets *t)
{
	return t->left_reserved;
}

uint64_t targets_excluded(const struct targets *t)
{
	return t->left_excluded;
}

void targets_pair(const struct targets *t, uint64_t index, struct target_pair *out)
{
	size_t from = 0, to = t->stretches;
	const struct stretch *s;
	const struct ports *p;
	struct num at;

	/* The last stretch that begins at or before it. */
	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (t->stretch[middle].before <= index)
			from = middle;
		else
			to = middle;
	}
	s = &t->stretch[from];
	p = t->ports.set[s->ports];
	index -= s->before;
	at = num_plus(s->span.first, index / p->count);
	out->addr = num_addr(at, s->span.family, s->span.scope);
	out->port = ports_at(p, (unsigned)(index % p->count));
	out->name = s->name ? t->name[s->name - 1] : NULL;
}

/* The first stretch that ends at or behind an address; t->stretches when all end before it. */
static size_t seek(const struct targets *t, int family, uint32_t scope, struct num at)
{
	size_t from = 0, to = t->stretches;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct span *s = &t->stretch[middle].span;
		bool before = s->family != family ? s->family < family :
			      s->scope != scope	  ? s->scope < scope :
						    num_cmp(s->last, at) < 0;

		if (before)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static bool find_scoped(const struct targets *t, const struct addr *addr, uint32_t scope,
			uint16_t port, uint64_t *index)
{
	struct num at = num_of(addr);
	size_t i = seek(t, addr->family, scope, at);
	const struct stretch *s = &t->stretch[i];
	const struct ports *p;
	unsigned rank;

	if (i == t->stretches || s->span.family != addr->family || s->span.scope != scope ||
	    num_cmp(at, s->span.first) < 0)
		return false;
	p = t->ports.set[s->ports];
	if (!ports_find(p, port, &rank))
		return false;
	*index = s->before + num_minus(at, s->span.first.lo).lo * p->count + rank;
	return true;
}

/* A captured link-local address does not say its interface: the first that has such a target. */
bool targets_find(const struct targets *t, const struct addr *addr, uint16_t port, uint64_t *index)
{
	uint32_t scope = addr->scope;

	while (!find_scoped(t, addr, scope, port, index)) {
		size_t next = seek(t, addr->family, scope + 1, (struct num){ 0 });

		if (addr->scope || next == t->stretches ||
		    t->stretch[next].span.family != addr->family)
			return false;
		scope = t->stretch[next].span.scope;
	}
	return true;
}

unsigned targets_range_count(const struct targets *t)
{
	return (unsigned)t->stretches;
}

void targets_range(const struct targets *t, unsigned n, struct addr *first, struct addr *last)
{
	const struct span *s = &t->stretch[n].span;

	*first = num_addr(s->first, s->family, s->scope);
	*last = num_addr(s->last, s->family, s->scope);
}
