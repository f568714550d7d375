/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexin.c - text to frames, line by line; see hexin.h. */
#include "wire/hexin.h"

#include <string.h>

#include "wire/hexin_part.h"

#define ETHERNET_SHORTEST 60u /* without its checksum: shorter packets are padded */

static const int links[] = { LINK_ETHERNET,   LINK_RAW,	 LINK_LINUX_SLL,
			     LINK_LINUX_SLL2, LINK_NULL, LINK_LOOP };

bool hexin_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

int hexin_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum hexin_said hexin_wrong(const struct hexin *h, struct err *e, const char *words)
{
	err_set(e, STATUS_APP, "line %u: %s", h->line, words);
	return HEXIN_WRONG;
}

bool hexin_add(struct hexin *h, uint8_t byte, struct err *e)
{
	if (h->count == HEXIN_FRAME_MAX)
		return err_set(e, STATUS_APP, "line %u: a frame of more than %u bytes", h->line,
			       HEXIN_FRAME_MAX);
	h->bytes[h->count++] = byte;
	return true;
}

/* ---- what a frame is ---- */

unsigned hexin_rank(const uint8_t *bytes, size_t len, int link)
{
	struct frame f = { .bytes = bytes,
			   .captured = (uint32_t)len,
			   .length = (uint32_t)len,
			   .link_type = link };
	struct packet p;
	size_t end;

	packet_decode(&f, &p);
	if (p.kind != PACKET_TCP && p.kind != PACKET_ICMP_ERROR && p.kind != PACKET_OTHER &&
	    p.kind != PACKET_FRAGMENT)
		return 0;
	if (p.kind == PACKET_TCP &&
	    (p.seg.checksum_is == TCP_CHECKSUM_OK || p.seg.checksum_is == TCP_CHECKSUM_PARTIAL))
		return 3;
	end = p.ip_at + p.ip_len;
	return end == len || (end < len && len <= ETHERNET_SHORTEST && link == LINK_ETHERNET) ? 2 :
												1;
}

/* Whether the packet in it ends here. */
static bool is_whole(const struct hexin *h)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if ((h->asked == HEXIN_LINK_ANY || h->asked == links[i]) &&
		    hexin_rank(h->bytes, h->count, links[i]) >= 2)
			return true;
	return false;
}

/* ---- lines ---- */

static bool next_line(struct hexin *h, const char **line, size_t *len)
{
	const char *end;

	if (h->at >= h->len)
		return false;
	*line = h->text + h->at;
	end = memchr(*line, '\n', h->len - h->at);
	*len = end ? (size_t)(end - *line) : h->len - h->at;
	h->at += *len + (end != NULL);
	h->line++;
	while (*len && hexin_blank((*line)[*len - 1]))
		--*len;
	return true;
}

static enum hexin_said bare_line(struct hexin *h, const char *line, size_t len, struct err *e)
{
	enum hexin_said said;

	if (!len)
		return HEXIN_DONE;
	if (line[0] == '#')
		return HEXIN_MORE;
	said = h->shape == HEXIN_SHAPE_BASE64 ? hexin_base64_line(h, line, len, e) :
						hexin_digits_line(h, line, len, e);
	return said == HEXIN_MORE && is_whole(h) ? HEXIN_DONE : said;
}

static void begin_frame(struct hexin *h)
{
	h->count = h->row = h->width = 0;
	h->repeated = h->padded = h->skip = false;
	h->bits = h->bit_count = 0;
}

int hexin_next(struct hexin *h, struct frame *f, struct err *e)
{
	enum hexin_said said = HEXIN_MORE;
	const char *line;
	size_t len;

	begin_frame(h);
	while (said != HEXIN_WRONG && !(said != HEXIN_MORE && h->count)) {
		size_t from = h->at;

		if (!next_line(h, &line, &len))
			break;
		said = h->shape == HEXIN_SHAPE_DUMP ? hexin_dump_line(h, line, len, e) :
						      bare_line(h, line, len, e);
		if (said == HEXIN_AGAIN) {
			h->at = from;
			h->line--;
		}
	}
	if (said != HEXIN_WRONG && h->repeated)
		said = hexin_wrong(h, e, "* stands for rows up to an offset that does not come");
	if (said != HEXIN_WRONG && h->bit_count >= 6)
		said = hexin_wrong(h, e, "base64 that ends in the middle of a byte");
	if (said == HEXIN_WRONG)
		return -1;
	*f = (struct frame){ .bytes = h->bytes,
			     .captured = (uint32_t)h->count,
			     .length = (uint32_t)h->count,
			     .link_type = h->link_type };
	return h->count > 0;
}

/* ---- looking it over ---- */

static void rewind_text(struct hexin *h)
{
	h->at = 0;
	h->line = 0;
}

static enum hexin_shape shape_of(struct hexin *h, enum hexin_form form)
{
	enum hexin_shape bare = HEXIN_SHAPE_DIGITS;
	const char *line;
	size_t len;
	bool first = true;

	if (form == HEXIN_BASE64)
		return HEXIN_SHAPE_BASE64;
	rewind_text(h);
	while (next_line(h, &line, &len)) {
		if (hexin_dump_begins(line, len))
			return HEXIN_SHAPE_DUMP;
		if (!len || line[0] == '#')
			continue;
		if (first && form == HEXIN_ANY && hexin_base64_like(line, len))
			bare = HEXIN_SHAPE_BASE64;
		first = false;
	}
	return bare;
}

/* Which link type suits the frames best: that with the most points of them all. *@points: 0 when none does. */
static bool vote(struct hexin *h, uint64_t *points, struct err *e)
{
	uint64_t of[ARRAY_LEN(links)] = { 0 };
	unsigned frames = 0;
	struct frame f;
	int got;

	rewind_text(h);
	while ((got = hexin_next(h, &f, e)) > 0) {
		frames++;
		for (size_t i = 0; i < ARRAY_LEN(links); i++)
			if (h->asked == HEXIN_LINK_ANY || h->asked == links[i])
				of[i] += hexin_rank(f.bytes, f.captured, links[i]);
	}
	if (got < 0)
		return false;
	if (!frames)
		return err_set(e, STATUS_APP, "no bytes are in it");
	*points = 0;
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (of[i] > *points) {
			*points = of[i];
			h->link_type = links[i];
		}
	return true;
}

bool hexin_begin(struct hexin *h, const char *text, size_t len, enum hexin_form form, int link,
		 uint8_t bytes[HEXIN_FRAME_MAX], struct err *e)
{
	uint64_t points, swapped;
	int straight;

	*h = (struct hexin){ .text = text, .len = len, .asked = link, .bytes = bytes };
	h->shape = shape_of(h, form);
	if (!vote(h, &points, e))
		return false;
	straight = h->link_type;
	if (h->shape == HEXIN_SHAPE_DUMP) {
		h->swap = true;
		if (!vote(h, &swapped, e))
			return false;
		h->swap = swapped > points;
		if (h->swap)
			points = swapped;
		else
			h->link_type = straight;
	}
	if (link != HEXIN_LINK_ANY)
		h->link_type = link;
	else if (!points)
		return err_set(
			e, STATUS_APP,
			"its bytes read neither as IP packets nor as frames with IP in them; "
			"--link says what they are");
	rewind_text(h);
	return true;
}
