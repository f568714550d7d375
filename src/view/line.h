/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - one line of output: columns that are straight, in colour or not.
 *
 * A line is built piece by piece and knows how wide it is on the screen, colours not counted. */
#ifndef TCPSHAKE_VIEW_LINE_H
#define TCPSHAKE_VIEW_LINE_H

#include <stdbool.h>
#include <stdio.h>

#define LINE_WIDTH 100u /* what the layout is drawn for */

/* What a piece is, not what it looks like: line.c has the colours. */
enum style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_STRONG,
	STYLE_FAINT,
	STYLE_CLIENT, /* what the client sends */
	STYLE_SERVER,
	STYLE_STATE,
	STYLE_GOOD,
	STYLE_ODD,
	STYLE_BAD,
	STYLE_TEXT,    /* bytes from the stream */
	STYLE_FIELD_1, /* fields of a header: neighbours differ */
	STYLE_FIELD_2,
	STYLE_FIELD_3,
	STYLE_FIELD_4,
	STYLE_FIELD_5,
	STYLE_COUNT,
};

#define STYLE_FIELDS 5u

struct line {
	bool color;
	unsigned width; /* columns used so far */
	size_t len;
	char bytes[1024];
};

void line_begin(struct line *l, bool color);

/* Appends; what does not fit any more is left out. Pieces hold no control characters. */
void line_add(struct line *l, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Blanks up to @column; where the line is that wide already, @least of them. */
void line_to(struct line *l, unsigned column, unsigned least);

/* Writes the line, without blanks at its end, and begins the next. */
void line_end(struct line *l, FILE *out);

/**
 * line_fit() - how much of a paragraph fits on a line
 * @room:   columns
 * @next:   set to where the rest begins
 * Return:  bytes of @text, whole words, at least one. */
size_t line_fit(const char *text, unsigned room, size_t *next);

/**
 * line_wrap() - write a paragraph
 * @indent: column of its left edge
 * @mark:   stands before every line, at @indent
 * @text:   words between single blanks */
void line_wrap(FILE *out, bool color, unsigned indent, enum style style, const char *mark,
	       const char *text);

/* "-- TITLE -----" across the page. */
void line_rule(FILE *out, bool color, const char *title);

#endif
