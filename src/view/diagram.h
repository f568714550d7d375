/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagram.h - a header as the RFCs draw it, bit by bit, with this frame's values in its boxes. */
#ifndef TCPSHAKE_VIEW_DIAGRAM_H
#define TCPSHAKE_VIEW_DIAGRAM_H

#include <stdio.h>

#include "view/layers.h"

#define DIAGRAM_WIDTH	     65u
#define DIAGRAM_BESIDE_WIDTH 90u /* with the bytes on its right */

/**
 * diagram_words() - draw a header as words of 32 bits, options included
 * @indent: column of the left edge
 * @beside: the same four bytes of the frame on the right of each word */
void diagram_words(FILE *out, bool color, const struct part *p, unsigned indent, bool beside);

/**
 * diagram_row() - draw a header as one row of boxes
 * @width:  columns of the page
 * @beside: the same bytes of the frame under each box
 * A row that the page is too narrow for is not drawn. */
void diagram_row(FILE *out, bool color, const struct part *p, unsigned indent, unsigned width,
		 bool beside);

#endif
