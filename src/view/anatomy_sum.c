/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy_sum.c - how a checksum comes about, line by line: RFC 1071, RFC 9293 section 3.1. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "view/anatomy_priv.h"
#include "wire/addr.h"

#define COLUMN_NAME  2u /* from the indent on */
#define COLUMN_VALUE 18u
#define COLUMN_WHY   30u

static void print_line(const struct page *page, const char *name, const char *value,
		       enum style style, const char *why)
{
	struct line l;

	line_begin(&l, page->color);
	line_to(&l, page->indent + COLUMN_NAME, 0);
	line_add(&l, STYLE_PLAIN, "%s", name);
	line_to(&l, page->indent + COLUMN_VALUE, 1);
	line_add(&l, STYLE_PLAIN, "%s", value);
	page_words(page, &l, page->indent + COLUMN_WHY, style, why);
}

static void print_sum(const struct page *page, const char *name, checksum_sum sum, const char *why)
{
	char value[24];

	snprintf(value, sizeof(value), "0x%08" PRIx64, sum);
	print_line(page, name, value, STYLE_PLAIN, why);
}

static void print_heading(const struct page *page, const struct part *p)
{
	char words[96];
	struct line l;

	snprintf(words, sizeof(words),
		 "%s checksum: 16-bit words added up, folded, every bit turned (RFC 1071)",
		 p->header->label);
	line_begin(&l, page->color);
	page_words(page, &l, page->indent, STYLE_PLAIN, words);
}

static void print_verdict(const struct page *page, const struct part *p,
			  const struct checksum_made *made)
{
	bool tcp = p->header == header_info(HEADER_TCP);
	char why[200], value[16];
	enum style style = STYLE_BAD;

	if (made->is == TCP_CHECKSUM_OK) {
		style = STYLE_GOOD;
		snprintf(why, sizeof(why), "the header has 0x%04x: right%s", made->field,
			 made->field == made->complement ?
				 "" :
				 " (0x0000 and 0xffff are both zero here)");
	} else if (made->is == TCP_CHECKSUM_BAD) {
		snprintf(why, sizeof(why), "the header has 0x%04x: WRONG, 0x%04x would be right",
			 made->field, made->complement);
	} else {
		style = STYLE_ODD;
		snprintf(why, sizeof(why),
			 tcp ? "the header has 0x%04x, the pseudo-header's sum folded: partial, "
			       "the card is to add the rest (offload)" :
			       "the header has 0x%04x: not filled in, left to the card (offload)",
			 made->field);
	}
	snprintf(value, sizeof(value), "0x%04x", made->complement);
	print_line(page, "complement", value, style, why);
}

static void print_pseudo(const struct page *page, const struct layers *l, const struct part *p,
			 const struct checksum_made *made)
{
	char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX], why[240];

	snprintf(why, sizeof(why), "%s + %s + protocol %u + length %zu",
		 addr_text(&l->packet->src, src), addr_text(&l->packet->sum_dst, dst),
		 l->packet->protocol, p->len + l->text_len);
	print_sum(page, "pseudo-header", made->pseudo, why);
}

void anatomy_sum(const struct page *page, const struct layers *l, const struct part *p)
{
	bool tcp = p->header == header_info(HEADER_TCP);
	struct checksum_made made;
	char why[96], value[16];

	if (!part_checksum(l, p, &made))
		return;
	print_heading(page, p);
	if (tcp)
		print_pseudo(page, l, p, &made);
	snprintf(why, sizeof(why), "%zu bytes, the checksum itself counted as 0", p->len);
	print_sum(page, "header", made.header, why);
	if (made.is == TCP_CHECKSUM_UNKNOWN) {
		snprintf(why, sizeof(why), "%zu bytes, of which %zu were captured: not to be told",
			 l->text_len, l->text_have);
		print_line(page, "data", "cut off", STYLE_ODD, why);
		return;
	}
	if (tcp) {
		snprintf(why, sizeof(why), "%zu bytes of text%s", l->text_len,
			 l->text_len % 2 ? " and a 0, to make words" : "");
		print_sum(page, "data", made.data, why);
	}
	print_sum(page, "total", made.total, "");
	snprintf(value, sizeof(value), "0x%04x", made.folded);
	print_line(page, "folded", value, STYLE_PLAIN, "what is above 16 bits added to the rest");
	print_verdict(page, p, &made);
}
