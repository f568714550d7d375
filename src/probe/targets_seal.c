/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets_seal.c - edges become stretches: every address once, with all ports that were asked of it.
 *
 * The edges are walked in order of address. Between two of them the same words hold, so the ports there are
 * the union of theirs; what is excluded or reserved is cut out of each such piece before it is kept. */
#include <stdlib.h>

#include "probe/grow.h"
#include "probe/reserved.h"
#include "probe/targets_priv.h"

#define PAIRS_MAX (UINT64_C(1) << 62)

/* The walk. */
struct seal {
	struct targets *t;
	struct holding {
		uint32_t words; /* that name this port set and hold here */
		uint32_t at;	/* its place in held, while there are any */
	} * holding;		/* for each port set */
	uint32_t *held;		/* the port sets that hold here, in any order */
	uint32_t held_count;
	struct num from; /* the piece begins here */
	uint32_t name;	 /* of that address, when it is alone */
	uint32_t ports;	 /* the union, when it is known */
	bool known;
};

/* By address; there first those that begin, the named ones in the order of their words before the others. */
static int by_address(const void *one, const void *other)
{
	const struct edge *a = one, *b = other;
	int order;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	order = num_cmp(a->at, b->at);
	if (order)
		return order;
	if (a->end != b->end)
		return a->end ? 1 : -1;
	if (!a->name != !b->name)
		return a->name ? -1 : 1;
	return a->name < b->name ? -1 : a->name > b->name;
}

static uint64_t add_saturating(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t pairs(const struct targets *t, const struct span *s, uint32_t ports)
{
	uint64_t product;

	if (__builtin_mul_overflow(span_size(s), t->ports.set[ports]->count, &product))
		return UINT64_MAX;
	return product;
}

/* One more stretch, or the last one longer. */
static bool keep(struct seal *s, const struct span *span)
{
	struct targets *t = s->t;
	struct stretch *last = t->stretches ? &t->stretch[t->stretches - 1] : NULL, *array;
	bool alone = num_cmp(span->first, span->last) == 0;

	if (last && !last->name && !s->name && last->ports == s->ports &&
	    last->span.family == span->family && last->span.scope == span->scope &&
	    num_cmp(num_plus(last->span.last, 1), span->first) == 0) {
		last->span.last = span->last;
		return true;
	}
	array = grow_array(t->stretch, &t->stretch_room, t->stretches, sizeof(*array));
	if (!array)
		return false;
	t->stretch = array;
	t->stretch[t->stretches++] =
		(struct stretch){ .span = *span, .ports = s->ports, .name = alone ? s->name : 0 };
	return true;
}

/* Cut a list out of a span; @pieces gets what is left, @left_out is told how much was not. */
static bool cut(struct seal *s, struct span span, const struct span_list *list, uint64_t *left_out,
		bool (*pieces)(struct seal *s, const struct span *span))
{
	const struct span *met;

	while ((met = span_list_meets(list, &span)) != NULL) {
		struct span inside = span, before = span;

		if (num_cmp(span.first, met->first) < 0) {
			before.last = num_minus(met->first, 1);
			inside.first = met->first;
			if (!pieces(s, &before))
				return false;
		}
		if (num_cmp(met->last, span.last) < 0)
			inside.last = met->last;
		*left_out = add_saturating(*left_out, pairs(s->t, &inside, s->ports));
		if (list == &s->t->reserved)
			s->t->reserved_hit = reserved_row((size_t)(met - list->span));
		if (num_cmp(inside.last, span.last) == 0)
			return true;
		span.first = num_plus(inside.last, 1);
	}
	return pieces(s, &span);
}

static bool cut_reserved(struct seal *s, const struct span *span)
{
	return cut(s, *span, &s->t->reserved, &s->t->left_reserved, keep);
}

/* The piece from s->from to @last is complete. What is both excluded and reserved was excluded. */
static bool piece(struct seal *s, const struct edge *edge, struct num last)
{
	struct span span = { s->from, last, edge->family, edge->scope };

	if (!s->known && s->held_count == 1)
		s->ports = s->held[0];
	else if (!s->known && !port_table_union(&s->t->ports, s->held, s->held_count, &s->ports))
		return false;
	s->known = true;
	return cut(s, span, &s->t->excluded, &s->t->left_excluded, cut_reserved);
}

static void begins(struct seal *s, uint32_t ports)
{
	struct holding *h = &s->holding[ports];

	if (h->words++)
		return;
	h->at = s->held_count++;
	s->held[h->at] = ports;
	s->known = false;
}

static void ends(struct seal *s, uint32_t ports)
{
	struct holding *h = &s->holding[ports];
	uint32_t last;

	if (--h->words)
		return;
	last = s->held[--s->held_count];
	s->held[h->at] = last;
	s->holding[last].at = h->at;
	s->known = false;
}

/* All edges of one kind at one address, of which @edge is the first. Returns the next. */
static const struct edge *pass(struct seal *s, const struct edge *edge, const struct edge *stop)
{
	const struct edge *first = edge;

	for (; edge < stop && edge->end == first->end && edge->family == first->family &&
	       edge->scope == first->scope && num_cmp(edge->at, first->at) == 0;
	     edge++) {
		if (edge->end)
			ends(s, edge->ports);
		else
			begins(s, edge->ports);
	}
	return edge;
}

static bool walk(struct seal *s)
{
	const struct edge *edge = s->t->edge, *stop = edge + s->t->edges;

	while (edge < stop) {
		const struct edge *here = edge;

		if (here->end && !piece(s, here, here->at))
			return false;
		if (!here->end && s->held_count && num_cmp(s->from, here->at) < 0 &&
		    !piece(s, here, num_minus(here->at, 1)))
			return false;
		edge = pass(s, here, stop);
		s->from = here->end ? num_plus(here->at, 1) : here->at;
		s->name = here->end ? 0 : here->name;
	}
	return true;
}

/* Pairs, and those before each stretch. */
static bool count(struct targets *t, struct err *e)
{
	for (size_t i = 0; i < t->stretches; i++) {
		struct stretch *s = &t->stretch[i];

		s->before = t->count;
		t->count = add_saturating(t->count, pairs(t, &s->span, s->ports));
		if (t->count > PAIRS_MAX) {
			t->count = t->stretches = 0;
			return err_set(
				e, STATUS_USAGE,
				"more than 2^62 pairs of address and port; name smaller networks "
				"(an IPv6 /64 alone has 2^64 addresses)");
		}
	}
	return true;
}

static bool nothing_left(const struct targets *t, struct err *e)
{
	const struct reserved *r = t->reserved_hit;

	if (!t->edges)
		return err_set(e, STATUS_USAGE, "no target is named");
	if (!r)
		return err_set(e, STATUS_USAGE,
			       "nothing is left to probe: all targets are excluded");
	return err_set(
		e, STATUS_USAGE,
		"nothing is left to probe: %s%s is reserved (%s, %s); --all-addresses probes it",
		t->left_excluded ? "some targets are excluded, and " : "", r->network, r->what,
		r->source);
}

bool targets_seal(struct targets *t, struct err *e)
{
	struct seal s = { .t = t };
	bool ok;

	t->stretches = 0;
	t->count = t->left_excluded = t->left_reserved = 0;
	t->reserved_hit = NULL;
	if (!t->edges)
		return nothing_left(t, e);
	span_list_join(&t->excluded);
	qsort(t->edge, t->edges, sizeof(*t->edge), by_address);
	s.holding = calloc(t->ports.count, sizeof(*s.holding));
	s.held = calloc(t->ports.count, sizeof(*s.held));
	ok = s.holding && s.held && walk(&s);
	free(s.holding);
	free(s.held);
	if (!ok)
		return err_set(e, STATUS_APP, "out of memory for targets");
	return count(t, e) && (t->count || nothing_left(t, e));
}
