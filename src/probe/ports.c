/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ports.c - one set of ports: read, and numbered; see ports.h. */
#include "probe/ports.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "probe/ports_bits.h"

static struct ports *out_of_memory(struct err *e)
{
	err_set(e, STATUS_APP, "out of memory for a list of ports");
	return NULL;
}

/* "80" of @len bytes: digits alone, which parse_uint() would let have 0x before them. */
static bool parse_port(const char *text, size_t len, uint64_t *port)
{
	char digits[8];

	if (!len || len >= sizeof(digits) || strspn(text, "0123456789") < len)
		return false;
	memcpy(digits, text, len);
	digits[len] = '\0';
	return parse_uint(digits, 0, UINT16_MAX, port);
}

static bool parse_range(const char *text, size_t len, struct port_range *out, struct err *e)
{
	const char *dash = memchr(text, '-', len);
	size_t first_len = dash ? (size_t)(dash - text) : len;
	uint64_t first, last;

	if (!parse_port(text, first_len, &first))
		goto bad;
	last = first;
	if (dash && !parse_port(dash + 1, len - first_len - 1, &last))
		goto bad;
	if (!first) /* RFC 6335 section 6 */
		return err_set(e, STATUS_USAGE, "port 0 is reserved, nothing listens there");
	if (last < first)
		return err_set(e, STATUS_USAGE, "ports %.*s: the end is before the beginning",
			       (int)len, text);
	*out = (struct port_range){ (uint16_t)first, (uint16_t)last, 0 };
	return true;
bad:
	return err_set(e, STATUS_USAGE,
		       "\"%.*s\" is no port: numbers from 1 to 65535 and ranges of them, "
		       "80,443,8000-8010",
		       (int)(len < 40 ? len : 40), text);
}

static struct ports *one_range(struct port_range range)
{
	struct ports *p = calloc(1, sizeof(*p) + sizeof(range));

	if (!p)
		return NULL;
	p->count = (unsigned)range.last - range.first + 1;
	p->ranges = 1;
	p->range[0] = range;
	return p;
}

struct ports *ports_parse(const char *text, struct err *e)
{
	struct port_bits bits = { 0 };
	struct port_range range;
	struct ports *p;
	size_t len;

	/* Most words have one port: those need not be sorted. */
	if (!strchr(text, ',')) {
		if (!parse_range(text, strlen(text), &range, e))
			return NULL;
		p = one_range(range);
		return p ? p : out_of_memory(e);
	}
	for (const char *at = text;; at += len + 1) {
		len = strcspn(at, ",");
		if (!parse_range(at, len, &range, e))
			return NULL;
		port_bits_set(&bits, range.first, range.last);
		if (!at[len])
			break;
	}
	p = port_bits_ports(&bits);
	return p ? p : out_of_memory(e);
}

uint16_t ports_at(const struct ports *p, unsigned rank)
{
	size_t from = 0, to = p->ranges;

	/* The last range that begins at or before it. */
	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (p->range[middle].before <= rank)
			from = middle;
		else
			to = middle;
	}
	return (uint16_t)(p->range[from].first + (rank - p->range[from].before));
}

bool ports_find(const struct ports *p, uint16_t port, unsigned *rank)
{
	size_t from = 0, to = p->ranges;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct port_range *r = &p->range[middle];

		if (port > r->last) {
			from = middle + 1;
		} else if (port < r->first) {
			to = middle;
		} else {
			*rank = r->before + port - r->first;
			return true;
		}
	}
	return false;
}
