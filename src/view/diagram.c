/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagram.c - the bit diagram of RFC 9293 section 3.1, with this segment's values in its boxes.
 *
 * A bit is two columns wide, as in the RFC, so a field of n bits is a box of 2n - 1. Which fields there
 * are, and where, is in the table of anatomy.c; which options, in the walker of tcp/options.c. */
#include "view/diagram.h"

#include <inttypes.h>
#include <string.h>

#include "tcp/options.h"
#include "view/anatomy.h"
#include "view/line.h"

static void print_plain(FILE *out, bool color, unsigned indent, const char *text)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, indent, 0);
	line_add(&l, STYLE_FAINT, "%s", text);
	line_end(&l, out);
}

static void print_edge(FILE *out, bool color, unsigned indent)
{
	print_plain(out, color, indent,
		    "+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+");
}

/* One box of @bits, its text in the middle, and the edge on its right. */
static void add_box(struct line *l, unsigned bits, enum style style, const char *text)
{
	unsigned width = 2 * bits - 1, len = (unsigned)strlen(text);
	unsigned left = len < width ? (width - len) / 2 : 0;
	unsigned at = l->width;

	line_to(l, at + left, 0);
	line_add(l, style, "%.*s", (int)width, text);
	line_to(l, at + width, 0);
	line_add(l, STYLE_FAINT, "|");
}

static void begin_row(struct line *l, bool color, unsigned indent)
{
	line_begin(l, color);
	line_to(l, indent, 0);
	line_add(l, STYLE_FAINT, "|");
}

/* A word without flags: one line, names and values together. */
static void print_wide_row(FILE *out, bool color, const struct tcp_segment *seg, unsigned indent,
			   const struct header_field *first, unsigned word)
{
	struct line l;

	begin_row(&l, color, indent);
	for (const struct header_field *f = first; f->name && f->bit / 32 == word; f++) {
		uint32_t v = header_field_value(seg, f);
		char text[72];

		snprintf(text, sizeof(text),
			 strcmp(f->name, "checksum") ? "%s %" PRIu32 : "%s 0x%04" PRIx32, f->brief,
			 v);
		add_box(&l, f->bits, STYLE_PLAIN, text);
	}
	line_end(&l, out);
}

/* The word with the flags: their names downwards in three lines, the values in the fourth. */
static void print_flag_rows(FILE *out, bool color, const struct tcp_segment *seg, unsigned indent,
			    const struct header_field *first, unsigned word)
{
	for (unsigned row = 0; row < 4; row++) {
		struct line l;

		begin_row(&l, color, indent);
		for (const struct header_field *f = first; f->name && f->bit / 32 == word; f++) {
			uint32_t v = header_field_value(seg, f);
			enum style style = f->bits > 1 ? STYLE_PLAIN :
					   v	       ? STYLE_STRONG :
							 STYLE_FAINT;
			char text[24] = "";

			if (row == 3)
				snprintf(text, sizeof(text), "%" PRIu32, v);
			else if (f->bits == 1 && row < strlen(f->brief))
				snprintf(text, sizeof(text), "%c", f->brief[row]);
			else if (f->bits > 1 && row == 1)
				snprintf(text, sizeof(text), "%s", f->brief);
			add_box(&l, f->bits, style, text);
		}
		line_end(&l, out);
	}
}

/* What stands in one byte of the options: kinds and lengths in words, values in hexadecimal. */
struct cell {
	char text[24];
	unsigned
		value; /* 1 + number of the option that it is a value of; cells with the same are joined */
};

static unsigned lay_out_options(const struct tcp_segment *seg, struct cell cells[TCP_OPTIONS_MAX])
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	unsigned n = 0, at = 0;
	struct tcp_option o;

	for (; at < seg->option_len; at++) {
		snprintf(cells[at].text, sizeof(cells[at].text), "%02x", seg->option_bytes[at]);
		cells[at].value = 0;
	}
	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND) {
		const struct tcp_option_info *info = tcp_option_info(o.kind);
		size_t from = (size_t)(o.bytes - seg->option_bytes);

		snprintf(cells[from].text, sizeof(cells[from].text), "%u %s", o.kind,
			 info ? info->name : "?");
		if (o.len > 1)
			snprintf(cells[from + 1].text, sizeof(cells[from + 1].text), "length %u",
				 o.len);
		n++;
		for (size_t i = from + 2; i < from + o.len; i++)
			cells[i].value = n;
	}
	return seg->option_len;
}

static void print_option_rows(FILE *out, bool color, const struct tcp_segment *seg, unsigned indent)
{
	struct cell cells[TCP_OPTIONS_MAX];
	unsigned count = lay_out_options(seg, cells);

	for (unsigned at = 0; at < count; at += 4) {
		unsigned end = at + 4 < count ? at + 4 : count, next;
		struct line l;

		begin_row(&l, color, indent);
		for (unsigned i = at; i < end; i = next) {
			char text[32];

			snprintf(text, sizeof(text), "%s", cells[i].text);
			for (next = i + 1;
			     next < end && cells[i].value && cells[next].value == cells[i].value;
			     next++)
				snprintf(text + strlen(text), sizeof(text) - strlen(text), " %.2s",
					 cells[next].text);
			add_box(&l, 8 * (next - i), STYLE_PLAIN, text);
		}
		line_end(&l, out);
		print_edge(out, color, indent);
	}
}

void diagram_print(FILE *out, bool color, const struct tcp_segment *seg, unsigned indent)
{
	const struct header_field *f = header_fields();

	print_plain(out, color, indent,
		    " 0                   1                   2                   3");
	print_plain(out, color, indent,
		    " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1");
	print_edge(out, color, indent);
	for (unsigned word = 0; f->name; word++) {
		const struct header_field *first = f;
		bool flags = false;

		for (; f->name && f->bit / 32 == word; f++)
			flags |= f->bits == 1;
		if (flags)
			print_flag_rows(out, color, seg, indent, first, word);
		else
			print_wide_row(out, color, seg, indent, first, word);
		print_edge(out, color, indent);
	}
	print_option_rows(out, color, seg, indent);
}
