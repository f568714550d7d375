/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagram.c - headers drawn as boxes; see diagram.h.
 *
 * In words of 32 bits a bit is two columns wide, as in the RFCs, so a field of n bits is a box of 2n - 1.
 * What the boxes are is said in box.c, for every header in the same way. */
#include "view/diagram.h"

#include <string.h>

#include "view/box.h"
#include "view/hexdump.h"

#define EDGE  "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+"
#define INNER "+                                                               +"

static void print_plain(FILE *out, bool color, unsigned indent, const char *text)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, indent, 0);
	line_add(&l, STYLE_FAINT, "%s", text);
	line_end(&l, out);
}

/* Text in the middle of @width columns; what is longer is cut. */
static void add_middle(struct line *l, unsigned width, enum style style, const char *text)
{
	unsigned len = (unsigned)strlen(text), at = l->width;

	line_to(l, at + (len < width ? (width - len) / 2 : 0), 0);
	if (len)
		line_add(l, style, "%.*s", (int)width, text);
	line_to(l, at + width, 0);
}

/* One word of the drawing: the boxes that have bits in it. */
struct word {
	const struct box *boxes;
	unsigned count;
	unsigned bit; /* the first of its 32 */
};

/* Lines that the names of flags take, written downwards; 0 without flags that need it. */
static unsigned flag_lines(const struct word *w)
{
	unsigned most = 1;

	for (unsigned i = 0; i < w->count; i++) {
		unsigned len = (unsigned)strlen(w->boxes[i].brief);

		if (w->boxes[i].bits == 1 && len > most)
			most = len;
	}
	return most > 1 ? most : 0;
}

static void both(const struct box *b, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", b->brief, *b->value ? " " : "", b->value);
}

static bool fits_a_line(const struct word *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		char text[128];

		both(&w->boxes[i], text, sizeof(text));
		if (w->boxes[i].bits < 32 && strlen(text) > 2 * w->boxes[i].bits - 1)
			return false;
	}
	return true;
}

/* What stands in a box in line @row of @rows: names over values, names of flags downwards. */
static void box_text(const struct box *b, const struct word *w, unsigned row, unsigned rows,
		     char *text, size_t size)
{
	unsigned middle = (b->bits / 32 - 1) / 2; /* of a field of several words */

	*text = '\0';
	if (b->bits > 32 && (w->bit - b->bit) / 32 != middle)
		return;
	if (rows == 1)
		both(b, text, size);
	else if (row == rows - 1)
		snprintf(text, size, "%s", b->value);
	else if (b->bits == 1 && rows > 2 && row < strlen(b->brief))
		snprintf(text, size, "%c", b->brief[row]);
	else if ((b->bits > 1 || rows == 2) && row == (rows - 1) / 2)
		snprintf(text, size, "%s", b->brief);
}

static void print_word(FILE *out, bool color, const struct part *p, unsigned indent, bool beside,
		       const struct word *w)
{
	unsigned rows = flag_lines(w) ? flag_lines(w) + 1 : fits_a_line(w) ? 1 : 2;

	for (unsigned row = 0; row < rows; row++) {
		struct line l;

		line_begin(&l, color);
		line_to(&l, indent, 0);
		line_add(&l, STYLE_FAINT, "|");
		for (unsigned i = 0; i < w->count; i++) {
			const struct box *b = &w->boxes[i];
			unsigned bits = b->bits < 32 ? b->bits : 32;
			char text[128];

			box_text(b, w, row, rows, text, sizeof(text));
			add_middle(&l, 2 * bits - 1, b->zero_flag ? STYLE_FAINT : b->style, text);
			line_add(&l, STYLE_FAINT, "|");
		}
		if (beside && row == rows - 1) {
			line_to(&l, indent + DIAGRAM_WIDTH, 2);
			hexdump_word(&l, p, w->bit / 8);
		}
		line_end(&l, out);
	}
}

void diagram_words(FILE *out, bool color, const struct part *p, unsigned indent, bool beside)
{
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes), end;
	struct word w = { .boxes = boxes };

	print_plain(out, color, indent,
		    " 0                   1                   2                   3");
	print_plain(out, color, indent,
		    " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1");
	print_plain(out, color, indent, EDGE);
	end = count ? boxes[count - 1].bit + boxes[count - 1].bits : 0;
	for (; w.bit < end; w.bit += 32) {
		bool goes_on;

		for (; w.boxes->bit + w.boxes->bits <= w.bit; w.boxes++)
			;
		for (w.count = 0;
		     w.boxes + w.count < boxes + count && w.boxes[w.count].bit < w.bit + 32;
		     w.count++)
			;
		print_word(out, color, p, indent, beside, &w);
		goes_on = w.boxes[0].bit + w.boxes[0].bits > w.bit + 32;
		print_plain(out, color, indent, goes_on ? INNER : EDGE);
	}
	if (p->len > BOX_BYTES_MAX) {
		char text[64];

		snprintf(text, sizeof(text), "(%zu bytes more of this header)",
			 p->len - BOX_BYTES_MAX);
		print_plain(out, color, indent, text);
	}
}

/* Columns inside a box of a row: the widest of name, value and bytes. */
static unsigned row_width(const struct box *b)
{
	unsigned width = b->bits / 8 * 3 - 1, n = (unsigned)strlen(b->brief);

	width = n > width ? n : width;
	n = (unsigned)strlen(b->value);
	return n > width ? n : width;
}

static void print_row_edge(FILE *out, bool color, unsigned indent, const struct box *boxes,
			   unsigned count)
{
	char text[256] = "+";
	size_t used = 1;

	for (unsigned i = 0; i < count; i++) {
		unsigned n = row_width(&boxes[i]) + 2;

		if (used + n + 2 > sizeof(text))
			break;
		memset(text + used, '-', n);
		text[used + n] = '+';
		used += n + 1;
	}
	text[used] = '\0';
	print_plain(out, color, indent, text);
}

/* The bytes of each box under it. */
static void print_row_bytes(FILE *out, bool color, const struct part *p, unsigned indent,
			    const struct box *boxes, unsigned count)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, indent + 1, 0);
	for (unsigned i = 0; i < count; i++) {
		unsigned at = l.width, room = row_width(&boxes[i]) + 2;
		unsigned bytes = boxes[i].bits / 8 * 3 - 1;

		line_to(&l, at + (room - bytes) / 2, 0);
		hexdump_bytes(&l, p, boxes[i].bit / 8, boxes[i].bits / 8, boxes[i].style);
		line_to(&l, at + room + 1, 0);
	}
	line_end(&l, out);
}

void diagram_row(FILE *out, bool color, const struct part *p, unsigned indent, unsigned width,
		 bool beside)
{
	struct box boxes[BOXES_MAX];
	unsigned count = boxes_of(p, boxes), columns = indent + 1;

	for (unsigned i = 0; i < count; i++)
		columns += row_width(&boxes[i]) + 3;
	if (!count || columns > width)
		return;
	print_row_edge(out, color, indent, boxes, count);
	for (unsigned row = 0; row < 2; row++) {
		struct line l;

		line_begin(&l, color);
		line_to(&l, indent, 0);
		line_add(&l, STYLE_FAINT, "|");
		for (unsigned i = 0; i < count; i++) {
			add_middle(&l, row_width(&boxes[i]) + 2, row ? boxes[i].style : STYLE_PLAIN,
				   row ? boxes[i].value : boxes[i].brief);
			line_add(&l, STYLE_FAINT, "|");
		}
		line_end(&l, out);
	}
	print_row_edge(out, color, indent, boxes, count);
	if (beside)
		print_row_bytes(out, color, p, indent, boxes, count);
}
