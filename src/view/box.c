/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box.c - the boxes of a header: the table's fields, then each option's kind, length and value; see
 * box.h. */
#include "view/box.h"

#include <stdio.h>
#include <string.h>

#include "view/option.h"

enum style box_style(unsigned n)
{
	return (enum style)(STYLE_FIELD_1 + n % STYLE_FIELDS);
}

struct filling {
	struct box *boxes;
	unsigned count;
	unsigned color;
};

static struct box *add(struct filling *f, unsigned bit, unsigned bits, const char *name)
{
	struct box *b;

	if (f->count == BOXES_MAX)
		return &f->boxes[BOXES_MAX - 1];
	b = &f->boxes[f->count++];
	memset(b, 0, sizeof(*b));
	b->bit = bit;
	b->bits = bits;
	b->style = box_style(f->color);
	snprintf(b->name, sizeof(b->name), "%s", name);
	return b;
}

/* Flags that stand together have one colour. */
static void add_fields(struct filling *to, const struct part *p)
{
	unsigned bits_before = 0;

	for (const struct header_field *f = p->header->fields; f->name; f++) {
		struct box *b;

		if (part_lacks(p, f))
			break;
		if (to->count && (f->bits > 1 || bits_before > 1))
			to->color++;
		bits_before = f->bits;
		b = add(to, f->bit, f->bits, f->name);
		snprintf(b->brief, sizeof(b->brief), "%s", f->brief);
		if (part_has(p, f))
			part_value(p, f, b->value);
		else
			strcpy(b->value, "?");
		b->zero_flag = f->bits == 1 && !strcmp(b->value, "0");
	}
}

/* The bytes from @at to @end, in boxes that end where words of 32 bits do. */
static void add_bytes(struct filling *to, const struct part *p, size_t at, size_t end,
		      const char *name)
{
	while (at < end && at < BOX_BYTES_MAX) {
		size_t next = (at / 4 + 1) * 4 < end ? (at / 4 + 1) * 4 : end;
		struct box *b = add(to, (unsigned)at * 8, (unsigned)(next - at) * 8, name);
		size_t used = 0;

		for (size_t i = at; i < next; i++)
			used += (size_t)snprintf(b->brief + used, sizeof(b->brief) - used,
						 i < p->have ? "%s%02x" : "%s--", i > at ? " " : "",
						 i < p->have ? p->bytes[i] : 0);
		at = next;
	}
}

static void add_option(struct filling *to, const struct part *p, const struct option *o)
{
	const char *name = o->info ? o->info->name : "?";
	unsigned bit = (unsigned)o->at * 8;

	to->color++;
	snprintf(add(to, bit, 8, name)->brief, 16, "%u %.11s", o->kind, name);
	if (o->bare)
		return;
	snprintf(add(to, bit + 8, 8, name)->brief, 16, "length %u", o->bytes[1]);
	add_bytes(to, p, o->at + 2, o->at + o->len, name);
}

unsigned boxes_of(const struct part *p, struct box boxes[BOXES_MAX])
{
	struct filling to = { .boxes = boxes };
	struct option_walk w = option_walk(p);
	size_t at = header_fixed_len(p->header);
	struct option o;

	add_fields(&to, p);
	while (at < BOX_BYTES_MAX && option_next(&w, &o) == OPTION_FOUND) {
		add_option(&to, p, &o);
		at = o.at + o.len;
	}
	to.color++;
	add_bytes(&to, p, at, p->len, p->header->rest == REST_BYTES ? "data" : "padding");
	return to.count;
}

unsigned box_of_byte(const struct box *boxes, unsigned count, size_t byte)
{
	unsigned best = count, most = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned from = boxes[i].bit, to = from + boxes[i].bits;
		unsigned low = (unsigned)byte * 8, high = low + 8;
		unsigned bits;

		if (to <= low || from >= high)
			continue;
		bits = (to < high ? to : high) - (from > low ? from : low);
		if (bits > most) {
			most = bits;
			best = i;
		}
	}
	return best;
}
