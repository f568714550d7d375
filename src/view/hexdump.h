/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexdump.h - bytes of a frame in hexadecimal, coloured by the fields that they belong to. */
#ifndef TCPSHAKE_VIEW_HEXDUMP_H
#define TCPSHAKE_VIEW_HEXDUMP_H

#include <stdio.h>

#include "view/layers.h"
#include "view/line.h"

/* Bytes of a header in one style; "--" for those that were not captured. */
void hexdump_bytes(struct line *l, const struct part *p, size_t at, size_t len, enum style style);

/* "0022  0d 09 1e 6c  ...l": a header's four bytes from @at on, fewer at its end, in the colours of their
 * fields. */
void hexdump_word(struct line *l, const struct part *p, size_t at);

/**
 * hexdump_text() - what a segment carries, as far as it is to be shown
 * @width:  columns of the page
 * @most:   bytes */
void hexdump_text(FILE *out, bool color, const struct layers *l, unsigned indent, unsigned width,
		  size_t most);

/**
 * hexdump_frame() - all headers of a frame and the beginning of the text
 * In colour, bytes have their fields' colours; without, a ruler under each line names the fields. */
void hexdump_frame(FILE *out, bool color, const struct layers *l, unsigned indent, unsigned width);

#endif
