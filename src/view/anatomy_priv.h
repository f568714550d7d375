/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy_priv.h - the page that an anatomy is printed on; for anatomy*.c only. */
#ifndef TCPSHAKE_VIEW_ANATOMY_PRIV_H
#define TCPSHAKE_VIEW_ANATOMY_PRIV_H

#include "view/layers.h"
#include "view/line.h"

struct page {
	FILE *out;
	bool color;
	unsigned width;
	bool beside; /* bytes beside the diagrams; then labels are printed, too */
	unsigned indent;
	unsigned at_label, at_bits, at_value,
		at_why; /* columns of a field; without beside no label */
};

/* A paragraph in the column @at, begun on the line as it stands. */
void page_words(const struct page *page, struct line *l, unsigned at, enum style style,
		const char *words);

/* anatomy_fields.c: every field of a header, then its options one by one. */
void anatomy_fields(const struct page *page, const struct layers *l, const struct part *p);

/* anatomy_sum.c: how the checksum of a header comes about; nothing where it has none. */
void anatomy_sum(const struct page *page, const struct layers *l, const struct part *p);

#endif
