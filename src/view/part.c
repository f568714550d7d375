/* SPDX-License-Identifier: GPL-3.0-or-later */
/* part.c - what a found header says: values, their meaning, and how its checksum comes about. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "view/layers.h"

bool part_has(const struct part *p, const struct header_field *f)
{
	return (f->bit + f->bits + 7) / 8 <= p->have;
}

bool part_lacks(const struct part *p, const struct header_field *f)
{
	return (f->bit + f->bits + 7) / 8 > p->len;
}

char *part_value(const struct part *p, const struct header_field *f, char *out)
{
	const uint8_t *b = p->bytes + f->bit / 8;
	struct addr a = { .family = f->bits == 32 ? AF_INET : AF_INET6 };
	size_t used = 0;

	if (!part_has(p, f))
		return strcpy(out, "cut off");
	switch (f->form) {
	case FORM_ADDRESS:
		memcpy(a.bytes, b, f->bits / 8);
		return addr_text(&a, out);
	case FORM_BYTES:
		for (unsigned i = 0; i < f->bits / 8 && used + 4 < PART_VALUE_MAX; i++)
			used += (size_t)snprintf(out + used, PART_VALUE_MAX - used, "%s%02x",
						 i ? ":" : "", b[i]);
		return out;
	case FORM_HEX:
		snprintf(out, PART_VALUE_MAX, "0x%0*" PRIx32, (int)(f->bits + 3) / 4,
			 header_value(f, p->bytes));
		return out;
	default:
		snprintf(out, PART_VALUE_MAX, "%" PRIu32, header_value(f, p->bytes));
		return out;
	}
}

char *part_meaning(const struct layers *l, const struct part *p, const struct header_field *f,
		   char *out)
{
	const char *word;
	uint32_t value;

	if (!part_has(p, f)) {
		snprintf(out, FIELD_SAID_MAX, "the capture ends before it");
		return out;
	}
	value = f->bits <= 32 ? header_value(f, p->bytes) : 0;
	if (f->bits <= 32 && f->say && f->say(l, p, value, out))
		return out;
	word = f->bits <= 32 ? header_value_word(f, value) : NULL;
	snprintf(out, FIELD_SAID_MAX, "%s%s%s", word ? word : f->meaning, word ? ": " : "",
		 word ? f->meaning : "");
	return out;
}

static bool tcp_checksum(const struct layers *l, const struct part *p, struct checksum_made *made)
{
	const struct packet *packet = l->packet;
	size_t text = l->text_len;
	bool whole;

	if (!packet || packet->kind != PACKET_TCP || !packet->sum_dst.family || p->have < p->len)
		return false;
	whole = l->text_have == text;
	checksum_make(made,
		      checksum_pseudo(&packet->src, &packet->sum_dst, packet->protocol,
				      p->len + text),
		      p->bytes, p->len, 16, whole ? l->text : NULL, whole ? text : 0);
	if (!whole)
		made->is = TCP_CHECKSUM_UNKNOWN;
	return true;
}

bool part_checksum(const struct layers *l, const struct part *p, struct checksum_made *made)
{
	if (p->header == header_info(HEADER_TCP))
		return tcp_checksum(l, p, made);
	if (p->header != header_info(HEADER_IPV4) || p->have < p->len)
		return false;
	checksum_make(made, 0, p->bytes, p->len, 10, NULL, 0);
	return true;
}
