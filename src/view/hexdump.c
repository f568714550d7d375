/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexdump.c - bytes and which field each belongs to; see hexdump.h. */
#include "view/hexdump.h"

#include <stdlib.h>
#include <string.h>

#include "view/box.h"

#define FRAME_MAX  512u /* bytes of a frame that are dumped */
#define TEXT_BEGIN 32u	/* bytes of text in the dump of a frame */

/* A byte of the dump. */
struct mark {
	uint8_t byte;
	bool begins; /* a field does, at this byte */
	enum style style;
	char name[24]; /* of that field */
};

struct dump {
	struct mark marks[FRAME_MAX];
	unsigned count;
};

void hexdump_bytes(struct line *l, const struct part *p, size_t at, size_t len, enum style style)
{
	for (size_t i = at; i < at + len; i++) {
		if (i > at)
			line_add(l, STYLE_PLAIN, " ");
		if (i < p->have)
			line_add(l, style, "%02x", p->bytes[i]);
		else
			line_add(l, STYLE_FAINT, "--");
	}
}

static char printable(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
}

void hexdump_word(struct line *l, const struct part *p, size_t at)
{
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes), column = l->width;
	size_t end = at + 4 < p->len ? at + 4 : p->len;

	line_add(l, STYLE_FAINT, "%04zx", p->at + at);
	for (size_t i = at; i < end; i++) {
		unsigned box = box_of_byte(boxes, count, i);

		line_add(l, STYLE_PLAIN, i == at ? "  " : " ");
		hexdump_bytes(l, p, i, 1, box < count ? boxes[box].style : STYLE_PLAIN);
	}
	line_to(l, column + 19, 2);
	for (size_t i = at; i < end && i < p->have; i++)
		line_add(l, STYLE_FAINT, "%c", printable(p->bytes[i]));
}

/* One line of @n bytes. */
static void print_bytes(FILE *out, bool color, unsigned indent, unsigned per_line, size_t offset,
			const struct mark *marks, unsigned n)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, indent, 0);
	line_add(&l, STYLE_FAINT, "%04zx ", offset);
	for (unsigned i = 0; i < n; i++) {
		line_add(&l, STYLE_PLAIN, "%s", i % 8 || !i ? " " : "  ");
		line_add(&l, marks[i].style, "%02x", marks[i].byte);
	}
	line_to(&l, indent + 7 + 3 * per_line + (per_line - 1) / 8, 1);
	for (unsigned i = 0; i < n; i++)
		line_add(&l, STYLE_FAINT, "%c", printable(marks[i].byte));
	line_end(&l, out);
}

/* Under a line of bytes: each field's name where it begins, as much of it as there is room for. */
static void print_ruler(FILE *out, unsigned indent, const struct mark *marks, unsigned n)
{
	char text[80];
	unsigned used = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned column = 3 * i + i / 8, len;

		if (!marks[i].begins && i)
			continue;
		for (len = i + 1; len < n && !marks[len].begins; len++)
			;
		len = 3 * len + (len - 1) / 8 - column - 1; /* columns up to the next field's */
		memset(text + used, ' ', column - used);
		memset(text + column, '-', len);
		if (marks[i].begins) {
			size_t name = strlen(marks[i].name);

			memcpy(text + column, marks[i].name, name < len ? name : len);
		}
		used = column + len;
	}
	text[used] = '\0';
	fprintf(out, "%*s%s\n", (int)indent + 6, "", text);
}

static void print_dump(FILE *out, bool color, const struct dump *d, unsigned indent, unsigned width,
		       size_t offset, bool ruler)
{
	unsigned per_line = indent + 74 <= width ? 16 : 8;

	for (unsigned at = 0; at < d->count; at += per_line) {
		unsigned n = d->count - at < per_line ? d->count - at : per_line;

		print_bytes(out, color, indent, per_line, offset + at, d->marks + at, n);
		if (ruler && !color)
			print_ruler(out, indent, d->marks + at, n);
	}
}

void hexdump_text(FILE *out, bool color, const struct layers *l, unsigned indent, unsigned width,
		  size_t most)
{
	struct dump d = { .count = 0 };

	for (; d.count < l->text_have && d.count < most && d.count < FRAME_MAX; d.count++)
		d.marks[d.count] = (struct mark){ .byte = l->text[d.count], .style = STYLE_TEXT };
	print_dump(out, color, &d, indent, width, l->text_at, false);
}

static void add_part(struct dump *d, const struct part *p)
{
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes), last = count;

	for (size_t i = 0; i < p->have && d->count < FRAME_MAX; i++) {
		unsigned box = box_of_byte(boxes, count, i);
		struct mark *m = &d->marks[d->count++];

		*m = (struct mark){ .byte = p->bytes[i] };
		if (box == count) /* further back than boxes go */
			continue;
		m->style = boxes[box].style;
		/* An option's kind, length and value are one place. */
		m->begins = last == count || (box != last && boxes[box].style != boxes[last].style);
		snprintf(m->name, sizeof(m->name), "%s",
			 boxes[box].bits == 1 ? "flags" : boxes[box].name);
		last = box;
	}
}

void hexdump_frame(FILE *out, bool color, const struct layers *l, unsigned indent, unsigned width)
{
	struct dump *d = calloc(1, sizeof(*d));

	if (!d)
		return;
	for (unsigned i = 0; i < l->count; i++)
		add_part(d, &l->parts[i]);
	for (size_t i = 0; i < l->text_have && i < TEXT_BEGIN && d->count < FRAME_MAX; i++) {
		d->marks[d->count++] = (struct mark){
			.byte = l->text[i], .begins = i == 0, .style = STYLE_TEXT, .name = "text"
		};
	}
	print_dump(out, color, d, indent, width, l->count ? l->parts[0].at : 0, true);
	free(d);
}
