/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.c - straight columns, in colour or not; see line.h. */
#include "view/line.h"

#include <stdarg.h>
#include <string.h>

/* Select Graphic Rendition, ECMA-48 section 8.3.117: only the sixteen old colours, which every theme
 * makes readable. */
static const char *const sgr[STYLE_COUNT] = {
	[STYLE_HEADING] = "1",	 [STYLE_STRONG] = "1",	  [STYLE_FAINT] = "2",
	[STYLE_CLIENT] = "1;36", [STYLE_SERVER] = "1;35", [STYLE_STATE] = "33",
	[STYLE_GOOD] = "32",	 [STYLE_ODD] = "33",	  [STYLE_BAD] = "1;31",
	[STYLE_TEXT] = "34",	 [STYLE_FIELD_1] = "36",  [STYLE_FIELD_2] = "33",
	[STYLE_FIELD_3] = "35",	 [STYLE_FIELD_4] = "32",  [STYLE_FIELD_5] = "34",
};

/* Columns on the screen. */
static unsigned columns(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

void line_begin(struct line *l, bool color)
{
	l->color = color;
	l->width = 0;
	l->len = 0;
	l->bytes[0] = '\0';
}

static void append(struct line *l, const char *s)
{
	size_t n = strlen(s);

	if (n >= sizeof(l->bytes) - l->len)
		return;
	memcpy(l->bytes + l->len, s, n + 1);
	l->len += n;
}

void line_add(struct line *l, enum style style, const char *fmt, ...)
{
	bool dressed = l->color && sgr[style];
	char piece[512], dress[16];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(piece, sizeof(piece), fmt, ap);
	va_end(ap);
	if (dressed) {
		snprintf(dress, sizeof(dress), "\033[%sm", sgr[style]);
		append(l, dress);
	}
	append(l, piece);
	if (dressed)
		append(l, "\033[0m");
	l->width += columns(piece);
}

void line_to(struct line *l, unsigned column, unsigned least)
{
	unsigned n = l->width < column ? column - l->width : 0;

	if (n < least)
		n = least;
	for (; n > 0; n--, l->width++)
		append(l, " ");
}

void line_end(struct line *l, FILE *out)
{
	while (l->len > 0 && l->bytes[l->len - 1] == ' ')
		l->len--;
	fwrite(l->bytes, 1, l->len, out);
	fputc('\n', out);
	line_begin(l, l->color);
}

size_t line_fit(const char *text, unsigned room, size_t *next)
{
	unsigned width = 0;
	size_t take = 0;

	*next = 0;
	for (size_t i = 0;; i++) {
		if (text[i] == ' ' || !text[i]) {
			if (take && width > room)
				break;
			take = i;
			*next = text[i] ? i + 1 : i;
		}
		if (!text[i])
			break;
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	}
	return take;
}

void line_wrap(FILE *out, bool color, unsigned indent, enum style style, const char *mark,
	       const char *text)
{
	unsigned room = LINE_WIDTH - indent - columns(mark) - 1;
	struct line l;
	size_t next;

	line_begin(&l, color);
	for (; *text; text += next) {
		size_t take = line_fit(text, room, &next);

		line_to(&l, indent, 0);
		line_add(&l, style, "%s %.*s", mark, (int)take, text);
		line_end(&l, out);
	}
}

void line_rule(FILE *out, bool color, const char *title)
{
	static const char dashes[] =
		"----------------------------------------------------------------"
		"------------------------------------";
	unsigned used = columns(title) + 4;
	struct line l;

	line_begin(&l, color);
	line_add(&l, STYLE_HEADING, "-- %s %s", title,
		 used < LINE_WIDTH ? dashes + sizeof(dashes) - 1 - (LINE_WIDTH - used) : "");
	line_end(&l, out);
}
