/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy_fields.c - the list under a diagram: each field and option with its name, size, value and
 * meaning. */
#include <stdio.h>
#include <string.h>

#include "view/anatomy_priv.h"
#include "view/box.h"
#include "view/option.h"

struct row {
	const char *name, *label, *size, *value, *why;
	enum style style;
};

/* A long value goes on in its column, and its meaning below it. */
static void print_row(const struct page *page, const struct row *r)
{
	const char *value = r->value;
	struct line l;
	size_t next, take;

	line_begin(&l, page->color);
	line_to(&l, page->indent, 0);
	line_add(&l, STYLE_FAINT, "%s", r->name);
	if (page->beside) {
		line_to(&l, page->at_label, 1);
		line_add(&l, STYLE_PLAIN, "%s", r->label);
	}
	line_to(&l, page->at_bits, 1);
	line_add(&l, STYLE_FAINT, "%s", r->size);
	for (;; value += next) {
		line_to(&l, page->at_value, 1);
		take = line_fit(value, page->width - l.width, &next);
		line_add(&l, r->style, "%.*s", (int)take, value);
		if (!value[next])
			break;
		line_end(&l, page->out);
	}
	if (l.width + 1 > page->at_why)
		line_end(&l, page->out);
	page_words(page, &l, page->at_why, STYLE_PLAIN, r->why);
}

static void print_fields(const struct page *page, const struct layers *l, const struct part *p)
{
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes), n = 0;

	for (const struct header_field *f = p->header->fields; f->name && n < count; f++, n++) {
		char size[24], value[PART_VALUE_MAX], why[FIELD_SAID_MAX];

		if (part_lacks(p, f))
			break;
		if (boxes[n].zero_flag) /* the diagram shows those that are not set */
			continue;
		snprintf(size, sizeof(size), f->bits == 1 ? "%u bit" : "%u bits", f->bits);
		print_row(page, &(struct row){ f->name, f->label, size, part_value(p, f, value),
					       part_meaning(l, p, f, why), boxes[n].style });
	}
}

static enum style style_at(const struct box *boxes, unsigned count, size_t byte)
{
	unsigned i = box_of_byte(boxes, count, byte);

	return i < count ? boxes[i].style : STYLE_PLAIN;
}

static void print_options(const struct page *page, const struct layers *l, const struct part *p)
{
	struct option_walk w = option_walk(p);
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes);
	enum option_result result;
	struct option o;

	while ((result = option_next(&w, &o)) == OPTION_FOUND) {
		char name[24], size[24], value[OPTION_VALUE_MAX], why[FIELD_SAID_MAX];

		snprintf(name, sizeof(name), "option %u", o.kind);
		snprintf(size, sizeof(size), o.len == 1 ? "%zu byte" : "%zu bytes", o.len);
		print_row(page,
			  &(struct row){ page->beside ? name :
					 o.info	      ? o.info->name :
							name,
					 o.info ? o.info->name : "unknown", size,
					 option_value(l, p, &o, value), option_meaning(p, &o, why),
					 style_at(boxes, count, o.at) });
	}
	if (result == OPTION_BAD_LENGTH)
		print_row(page,
			  &(struct row){ "option", "", "", "",
					 "its length cannot be: the rest is not read", STYLE_BAD });
	else if (result == OPTION_CUT)
		print_row(page, &(struct row){ "option", "", "", "cut off",
					       "the capture ends before its end", STYLE_BAD });
}

static void print_data(const struct page *page, const struct part *p)
{
	size_t at = header_fixed_len(p->header);
	char size[32], value[100];

	if (p->header->rest != REST_BYTES || p->have <= at)
		return;
	snprintf(size, sizeof(size), "%zu bytes", p->len - at);
	print_row(page,
		  &(struct row){ "data", "the rest", size,
				 option_hex(p->bytes + at, p->have - at, value, sizeof(value)),
				 "not taken apart", STYLE_PLAIN });
}

void anatomy_fields(const struct page *page, const struct layers *l, const struct part *p)
{
	print_fields(page, l, p);
	print_options(page, l, p);
	print_data(page, p);
}
