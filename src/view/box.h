/* SPDX-License-Identifier: GPL-3.0-or-later */
/* box.h - a header cut into boxes: what the diagram draws, and what the hex dump is coloured by. */
#ifndef TCPSHAKE_VIEW_BOX_H
#define TCPSHAKE_VIEW_BOX_H

#include "view/layers.h"
#include "view/line.h"

#define BOXES_MAX     160u
#define BOX_BYTES_MAX 80u /* what lies further back in a header is not drawn */

struct box {
	unsigned bit, bits; /* from the first bit of the header */
	char name[24];	    /* in the box, and for the ruler: of an option "mss" */
	char brief[40];
	char value[PART_VALUE_MAX]; /* "": the brief says all */
	enum style style;
	bool zero_flag; /* one bit, and it is not set */
};

/**
 * boxes_of() - the fields and options of a header, in order and without gaps
 * Return:  how many, at most BOXES_MAX; they end where the header does, or at BOX_BYTES_MAX. */
unsigned boxes_of(const struct part *p, struct box boxes[BOXES_MAX]);

/* The box that most bits of a byte belong to, as an index; @count when there is none. */
unsigned box_of_byte(const struct box *boxes, unsigned count, size_t byte);

/* The style of a header's fields, so that neighbours differ. */
enum style box_style(unsigned n);

#endif
