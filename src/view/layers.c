/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layers.c - the headers of a frame, found one after the other; see layers.h.
 *
 * Rules: a header is shown as far as it was captured, whatever is in it; what follows it is looked at
 *        only when it was captured whole and says what follows. Behind the first part of a fragmented
 *        packet nothing is looked for. */
#include "view/layers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define VLAN_TAGS_MAX  8
#define EXTENSIONS_MAX 16
#define FAMILY_NONE    0

/* A walk down the frame. */
struct walk {
	struct layers *l;
	const uint8_t *bytes;
	size_t at, have,
		end; /* where the next header begins; bytes captured; where the packet ends */
};

static unsigned u16(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

/* One more header of @len bytes. False when it ends the walk: it was not captured whole. */
static bool add(struct walk *w, enum header_kind kind, size_t len)
{
	size_t left = w->at < w->have ? w->have - w->at : 0;
	struct part *p;

	if (!left || w->l->count == LAYERS_PARTS_MAX)
		return false;
	p = &w->l->parts[w->l->count++];
	*p = (struct part){ header_info(kind), w->bytes + w->at, w->at, len,
			    left < len ? left : len };
	w->at += len;
	return left >= len;
}

/* The last two bytes that were stepped over. */
static unsigned type_before(const struct walk *w)
{
	return u16(w->bytes + w->at - 2);
}

static int family_of_type(struct walk *w, unsigned type)
{
	for (int tags = 0; type == 0x8100 || type == 0x88a8 || type == 0x9100; tags++) {
		if (tags == VLAN_TAGS_MAX || !add(w, HEADER_VLAN, 4))
			return FAMILY_NONE;
		type = type_before(w);
	}
	return type == 0x0800 ? AF_INET : type == 0x86dd ? AF_INET6 : FAMILY_NONE;
}

static int family_of_version(const struct walk *w)
{
	unsigned version = w->at < w->have ? w->bytes[w->at] >> 4 : 0;

	return version == 4 ? AF_INET : version == 6 ? AF_INET6 : FAMILY_NONE;
}

/* The capturing system's number of the family, in either byte order. */
static int family_of_loopback(const uint8_t *b)
{
	uint32_t family = (uint32_t)u16(b) << 16 | u16(b + 2);

	if (family > 0xffff)
		family = (uint32_t)u16((const uint8_t[]){ b[3], b[2] }) << 16 |
			 u16((const uint8_t[]){ b[1], b[0] });
	switch (family) {
	case 2:
		return AF_INET;
	case 10: /* Linux, then NetBSD and OpenBSD, FreeBSD, macOS */
	case 24:
	case 28:
	case 30:
		return AF_INET6;
	default:
		return FAMILY_NONE;
	}
}

/* Step over the link header; what it says that follows. */
static int find_link(struct walk *w, int link_type)
{
	switch (link_type) {
	case LINK_ETHERNET:
		return add(w, HEADER_ETHERNET, 14) ? family_of_type(w, type_before(w)) :
						     FAMILY_NONE;
	case LINK_LINUX_SLL:
		return add(w, HEADER_SLL, 16) ? family_of_type(w, type_before(w)) : FAMILY_NONE;
	case LINK_LINUX_SLL2:
		return add(w, HEADER_SLL2, 20) ? family_of_type(w, u16(w->bytes)) : FAMILY_NONE;
	case LINK_NULL:
	case LINK_LOOP:
		return add(w, HEADER_LOOPBACK, 4) ? family_of_loopback(w->bytes) : FAMILY_NONE;
	case LINK_IPV4:
		return AF_INET;
	case LINK_IPV6:
		return AF_INET6;
	case LINK_RAW:
	case 14:  /* DLT_RAW on OpenBSD */
	case 101: /* LINKTYPE_RAW, in files */
		return family_of_version(w);
	default:
		return FAMILY_NONE;
	}
}

/* The transport protocol; -1 when it does not come to that. */
static int find_ipv4(struct walk *w)
{
	const uint8_t *b = w->bytes + w->at;
	size_t left = w->have - w->at, len = left ? (b[0] & 15u) * 4 : 20;

	if (len < 20)
		len = 20;
	if (!add(w, HEADER_IPV4, len))
		return -1;
	if (u16(b + 2))
		w->end = w->at - len + u16(b + 2);
	return u16(b + 6) & 0x3fff ? -1 : b[9];
}

static const struct extension {
	uint8_t protocol;
	enum header_kind kind;
} extensions[] = {
	{ 0, HEADER_IP6_HOP_BY_HOP },	{ 43, HEADER_IP6_ROUTING },
	{ 44, HEADER_IP6_FRAGMENT },	{ 51, HEADER_IP6_AUTHENTICATION },
	{ 60, HEADER_IP6_DESTINATION }, { 135, HEADER_IP6_OTHER },
	{ 139, HEADER_IP6_OTHER },	{ 140, HEADER_IP6_OTHER },
};

static const struct extension *extension_of(int protocol)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (extensions[i].protocol == protocol)
			return &extensions[i];
	return NULL;
}

static int find_ipv6(struct walk *w)
{
	const uint8_t *b = w->bytes + w->at;
	const struct extension *e;
	int next;

	if (!add(w, HEADER_IPV6, 40))
		return -1;
	if (u16(b + 4))
		w->end = w->at + u16(b + 4);
	next = b[6];
	for (int n = 0; n < EXTENSIONS_MAX && (e = extension_of(next)); n++) {
		size_t left = w->at < w->have ? w->have - w->at : 0;
		size_t len = left < 2 ? 8 : (w->bytes[w->at + 1] + 1u) * 8;

		b = w->bytes + w->at;
		if (e->kind == HEADER_IP6_FRAGMENT)
			len = 8;
		else if (e->kind == HEADER_IP6_AUTHENTICATION && left >= 2)
			len = (b[1] + 2u) * 4;
		if (!add(w, e->kind, len) || w->at > w->end)
			return -1;
		if (e->kind == HEADER_IP6_FRAGMENT && u16(b + 2) & 0xfff9)
			return -1;
		next = b[0];
	}
	return next;
}

static void find_tcp(struct walk *w)
{
	size_t len = TCP_HEADER_MIN;

	if (w->have > w->end)
		w->have = w->end;
	if (w->at + 12 < w->have && w->bytes[w->at + 12] >> 4 > 5)
		len = (w->bytes[w->at + 12] >> 4) * 4u;
	add(w, HEADER_TCP, len);
}

size_t layers_make_tcp(const struct tcp_segment *seg, uint8_t out[LAYERS_TCP_MAX])
{
	const uint16_t words[] = { seg->src_port,
				   seg->dst_port,
				   (uint16_t)(seg->seq >> 16),
				   (uint16_t)seg->seq,
				   (uint16_t)(seg->ack >> 16),
				   (uint16_t)seg->ack,
				   (uint16_t)((seg->data_offset & 15) << 12 |
					      (seg->reserved & 7) << 9 | (seg->flags & 0x1ff)),
				   seg->window,
				   seg->checksum,
				   seg->urgent };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		out[2 * i] = (uint8_t)(words[i] >> 8);
		out[2 * i + 1] = (uint8_t)words[i];
	}
	memcpy(out + TCP_HEADER_MIN, seg->option_bytes, seg->option_len);
	return TCP_HEADER_MIN + seg->option_len;
}

static void find_text(struct layers *l)
{
	const struct tcp_segment *seg = &l->step->seg;

	l->text_len = seg->text_len;
	if (l->frame && l->packet && l->packet->kind == PACKET_TCP) {
		l->text_at = l->packet->text_at;
		l->text_have = l->packet->text_captured;
		l->text = l->text_have ? l->frame->bytes + l->text_at : NULL;
	} else if (seg->text) {
		l->text_at = l->count ? l->parts[l->count - 1].at + l->parts[l->count - 1].len : 0;
		l->text_have = seg->text_len;
		l->text = seg->text;
	}
}

void layers_find(struct layers *l, const struct trace_step *step, const struct packet *packet,
		 const struct frame *frame)
{
	struct walk w = { .l = l, .end = SIZE_MAX };
	int family, protocol;
	size_t made;

	memset(l, 0, sizeof(*l));
	l->step = step;
	l->packet = packet;
	l->frame = frame;
	if (!packet || !frame) {
		made = layers_make_tcp(&step->seg, l->made);
		l->parts[l->count++] =
			(struct part){ header_info(HEADER_TCP), l->made, 0, made, made };
		find_text(l);
		return;
	}
	w.bytes = frame->bytes;
	w.have = frame->captured;
	family = find_link(&w, frame->link_type);
	if (w.at < w.have && family) {
		protocol = family == AF_INET ? find_ipv4(&w) : find_ipv6(&w);
		if (w.end < frame->captured)
			l->padding = frame->captured - w.end;
		if (protocol == 6)
			find_tcp(&w);
	}
	find_text(l);
}
