/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reassembly.c - pages of received text and the ranges they hold; see reassembly.h. */
#include "tcp/reassembly.h"

#include <stdlib.h>
#include <string.h>

bool reassembly_init(struct reassembly *r, uint32_t window)
{
	memset(r, 0, sizeof(*r));
	/* One slot more than the window needs when it starts in mid-page, so that no two pages in
	 * the window share a slot. */
	r->slots = window / REASSEMBLY_PAGE + 2;
	r->pages = calloc(r->slots, sizeof(*r->pages));
	return r->pages != NULL;
}

void reassembly_free(struct reassembly *r)
{
	for (uint32_t i = 0; r->pages && i < r->slots; i++)
		free(r->pages[i]);
	free(r->pages);
	free(r->ranges);
	r->pages = NULL;
	r->ranges = NULL;
}

static uint8_t **slot_of(const struct reassembly *r, uint64_t at)
{
	return &r->pages[at / REASSEMBLY_PAGE % r->slots];
}

/* The first stored range that ends at or behind @at; r->count when none does. */
static unsigned first_ending_at(const struct reassembly *r, uint64_t at)
{
	unsigned low = 0, high = r->count;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (r->ranges[mid].to < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct reassembly_range *reassembly_find(const struct reassembly *r, uint64_t at)
{
	unsigned i = first_ending_at(r, at + 1);

	return i < r->count && r->ranges[i].from <= at ? &r->ranges[i] : NULL;
}

uint64_t reassembly_reach(const struct reassembly *r, uint64_t at)
{
	const struct reassembly_range *range = reassembly_find(r, at);

	return range ? range->to : at;
}

/* Copy @len bytes to their pages, making pages as needed; false when memory is short. */
static bool store(struct reassembly *r, uint64_t at, const uint8_t *text, size_t len)
{
	while (len) {
		size_t in_page = at % REASSEMBLY_PAGE;
		size_t n = REASSEMBLY_PAGE - in_page;
		uint8_t **slot = slot_of(r, at);

		if (n > len)
			n = len;
		if (!*slot && !(*slot = malloc(REASSEMBLY_PAGE)))
			return false;
		memcpy(*slot + in_page, text, n);
		at += n;
		text += n;
		len -= n;
	}
	return true;
}

/* Store those parts of [from, to) that no range holds yet. */
static bool store_gaps(struct reassembly *r, uint64_t from, uint64_t to, const uint8_t *text)
{
	uint64_t at = from;

	for (unsigned i = first_ending_at(r, from); at < to; i++) {
		uint64_t stop = to;

		if (i < r->count && r->ranges[i].from < stop)
			stop = r->ranges[i].from;
		if (at < stop && !store(r, at, text + (at - from), (size_t)(stop - at)))
			return false;
		if (i >= r->count)
			break;
		if (r->ranges[i].to > at)
			at = r->ranges[i].to;
	}
	return true;
}

/* Note that [from, to) is stored; joins ranges that touch. The caller made sure of a free entry. */
static void add_range(struct reassembly *r, uint64_t from, uint64_t to)
{
	unsigned i = first_ending_at(r, from), j = i;

	while (j < r->count && r->ranges[j].from <= to) {
		if (r->ranges[j].from < from)
			from = r->ranges[j].from;
		if (r->ranges[j].to > to)
			to = r->ranges[j].to;
		j++;
	}
	memmove(&r->ranges[i + 1], &r->ranges[j], (r->count - j) * sizeof(r->ranges[0]));
	r->ranges[i] = (struct reassembly_range){ from, to };
	r->count = r->count - (j - i) + 1;
}

bool reassembly_put(struct reassembly *r, uint64_t at, const uint8_t *text, size_t len)
{
	uint64_t from = at < r->start ? r->start : at;
	uint64_t to = at + len;
	uint64_t limit =
		r->start / REASSEMBLY_PAGE * REASSEMBLY_PAGE + (uint64_t)r->slots * REASSEMBLY_PAGE;

	if (to > limit)
		to = limit;
	if (from >= to)
		return false;
	if (!r->ranges && !(r->ranges = calloc(REASSEMBLY_RANGES, sizeof(*r->ranges))))
		return false;
	if (r->count == REASSEMBLY_RANGES) {
		unsigned i = first_ending_at(r, from);

		if (i == r->count || r->ranges[i].from > to)
			return false;
	}
	/* Without memory, pages that were made stay empty until they are released: harmless. */
	if (!store_gaps(r, from, to, text + (from - at)))
		return false;
	add_range(r, from, to);
	return true;
}

const uint8_t *reassembly_peek(const struct reassembly *r, uint64_t at, size_t *len)
{
	uint64_t reach = reassembly_reach(r, at);
	size_t in_page = at % REASSEMBLY_PAGE;

	*len = REASSEMBLY_PAGE - in_page;
	if (*len > reach - at)
		*len = (size_t)(reach - at);
	return *len ? *slot_of(r, at) + in_page : NULL;
}

void reassembly_release(struct reassembly *r, uint64_t upto)
{
	unsigned gone = 0;

	if (upto <= r->start)
		return;
	/* Only pages inside the window can exist: at most one turn of the ring. */
	for (uint64_t page = r->start / REASSEMBLY_PAGE, n = 0;
	     page < upto / REASSEMBLY_PAGE && n < r->slots; page++, n++) {
		uint8_t **slot = &r->pages[page % r->slots];

		free(*slot);
		*slot = NULL;
	}
	r->start = upto;
	while (gone < r->count && r->ranges[gone].to <= upto)
		gone++;
	if (gone)
		memmove(r->ranges, r->ranges + gone, (r->count - gone) * sizeof(r->ranges[0]));
	r->count -= gone;
	if (r->count && r->ranges[0].from < upto)
		r->ranges[0].from = upto;
}

size_t reassembly_memory(const struct reassembly *r)
{
	size_t pages = 0;

	for (uint32_t i = 0; i < r->slots; i++)
		pages += r->pages[i] != NULL;
	return pages * REASSEMBLY_PAGE;
}
