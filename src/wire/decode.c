/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.c - from a captured frame down to its transport header: link layer and IP.
 *
 * In:    a frame of any link type of enum link_type, cut anywhere.
 * Out:   a struct packet, filled in completely; decode_ip.c reads IP headers, decode_tcp.c and
 *        decode_icmp.c what is in them.
 * Rules: the captured length first, the headers' claims second. Where the IP packet ends is what its
 *        header says: Ethernet pads short frames, and padding is not payload.
 * Never: calls the system, allocates, reassembles fragments. */
#include "wire/decode.h"

#include <string.h>

#include "wire/decode_part.h"

enum ethertype {
	ETHERTYPE_IS_IPV4 = 0x0800,
	ETHERTYPE_IS_ARP = 0x0806,
	ETHERTYPE_IS_VLAN = 0x8100, /* IEEE 802.1Q */
	ETHERTYPE_IS_IPV6 = 0x86dd,
	ETHERTYPE_IS_PROVIDER = 0x88a8, /* IEEE 802.1ad */
	ETHERTYPE_IS_QINQ = 0x9100,	/* 802.1ad before it had a number */
	ETHERTYPE_SMALLEST = 0x0600,	/* below: the length of an IEEE 802.3 frame */
};

#define VLAN_TAGS_MAX 8	  /* real frames have two; the bound is against made-up ones */
#define OFFLOAD_MIN   576 /* bytes of an IP packet; smaller ones need no offload (RFC 1122 3.3.2) */

void packet_is(struct packet *p, enum packet_kind kind, const char *why)
{
	p->kind = kind;
	p->why = why;
}

/* What the IP header says, into the packet. */
static void take_ip_header(struct packet *p, const struct ip_header *ip)
{
	p->src = ip->src;
	p->dst = ip->dst;
	p->ttl = ip->ttl;
	p->tos = ip->tos;
	p->seg.ecn = ip->tos & 3;
	p->ip_id = ip->id;
	p->dont_fragment = ip->dont_fragment;
	p->more_fragments = ip->more_fragments;
	p->fragment_offset = ip->fragment_offset;
	p->protocol = ip->protocol;
	p->ip_len = ip->total;
}

/* A fragment is reported, not guessed at; the first one at least tells its ports. */
static void decode_fragment(struct reading *r, struct packet *p)
{
	if (p->fragment_offset) {
		packet_is(p, PACKET_FRAGMENT, "a later fragment of a datagram");
		return;
	}
	packet_is(p, PACKET_FRAGMENT, "the first fragment of a datagram");
	if (p->protocol == IP_PROTOCOL_TCP && reading_has(r, 4)) {
		p->seg.src_port = be16(r->bytes + r->at);
		p->seg.dst_port = be16(r->bytes + r->at + 2);
	}
}

static void decode_transport(struct reading *r, struct packet *p)
{
	bool v6 = p->src.family == AF_INET6;

	if (p->protocol == IP_PROTOCOL_TCP)
		decode_tcp(r, p);
	else if (p->protocol == (v6 ? IP_PROTOCOL_ICMPV6 : IP_PROTOCOL_ICMP))
		decode_icmp(r, p);
	else
		packet_is(p, PACKET_OTHER, NULL);
}

/* An IP length of 0 is what offload leaves in a packet above 64 KiB, or in one that the card is yet to
 * cut up: there the frame says how long it is. In a short frame it cannot mean that, and padding
 * would be taken for payload: there an IPv6 packet is one without payload, an IPv4 one nonsense. */
static enum ip_result length_from_frame(const struct reading *r, int family, struct ip_header *ip,
					const char **why)
{
	if (r->wire - r->at > OFFLOAD_MIN) {
		ip->total = (uint32_t)(r->wire - r->at);
		return IP_GOOD;
	}
	if (family == AF_INET6) {
		ip->total = (uint32_t)ip->len;
		return IP_GOOD;
	}
	*why = "the IPv4 packet is shorter than its header";
	return IP_BAD;
}

static void decode_ip(struct reading *r, struct packet *p, int family)
{
	struct ip_header ip;
	enum ip_result result;

	p->ip_at = p->transport_at = p->text_at = r->at;
	result = ip_header_read(r->bytes + r->at, r->have - r->at, family, &ip, &p->why);
	if (result == IP_GOOD && !ip.total)
		result = length_from_frame(r, family, &ip, &p->why);
	take_ip_header(p, &ip);
	if (result != IP_GOOD) {
		p->kind = result == IP_CUT ? PACKET_TRUNCATED : PACKET_BAD_HEADER;
		return;
	}
	r->end = r->at + ip.total;
	r->at += ip.len;
	r->final_dst = p->sum_dst = ip.final_dst;
	p->transport_at = p->text_at = r->at;
	p->text_cut = r->end > r->have;
	if (ip.is_fragment)
		decode_fragment(r, p);
	else
		decode_transport(r, p);
}

/* By the version nibble: for link types that say no more than "IP". */
static void decode_raw(struct reading *r, struct packet *p)
{
	if (!reading_has(r, 1)) {
		packet_is(p, PACKET_TRUNCATED, "ends before the IP header");
		return;
	}
	switch (r->bytes[r->at] >> 4) {
	case 4:
		decode_ip(r, p, AF_INET);
		break;
	case 6:
		decode_ip(r, p, AF_INET6);
		break;
	default:
		packet_is(p, PACKET_NOT_IP, "neither IPv4 nor IPv6");
	}
}

/* What an EtherType announces, from r->at on; VLAN tags may be stacked. */
static void decode_ethertype(struct reading *r, struct packet *p, uint16_t type)
{
	for (int tags = 0; type == ETHERTYPE_IS_VLAN || type == ETHERTYPE_IS_PROVIDER ||
			   type == ETHERTYPE_IS_QINQ;
	     tags++) {
		if (tags == VLAN_TAGS_MAX) {
			packet_is(p, PACKET_BAD_HEADER, "more than 8 VLAN tags");
			return;
		}
		if (!reading_has(r, 4)) {
			packet_is(p, PACKET_TRUNCATED, "ends inside a VLAN tag");
			return;
		}
		if (!p->vlan)
			p->vlan = (uint16_t)((be16(r->bytes + r->at) & 0xfff) + 1);
		type = be16(r->bytes + r->at + 2);
		r->at += 4;
	}
	if (type == ETHERTYPE_IS_IPV4)
		decode_ip(r, p, AF_INET);
	else if (type == ETHERTYPE_IS_IPV6)
		decode_ip(r, p, AF_INET6);
	else if (type == ETHERTYPE_IS_ARP)
		packet_is(p, PACKET_NOT_IP, "ARP");
	else if (type < ETHERTYPE_SMALLEST)
		packet_is(p, PACKET_NOT_IP, "an IEEE 802.3 frame without an EtherType");
	else
		packet_is(p, PACKET_NOT_IP, "neither IPv4 nor IPv6");
}

/* DLT_NULL and DLT_LOOP: an address family in four bytes, with the number that the capturing system
 * gives it, for DLT_NULL also in that system's byte order. */
static void decode_loopback(struct reading *r, struct packet *p, uint32_t family)
{
	switch (family) {
	case 2: /* AF_INET everywhere */
		decode_ip(r, p, AF_INET);
		break;
	case 10: /* AF_INET6 on Linux */
	case 24: /* on NetBSD and OpenBSD */
	case 28: /* on FreeBSD */
	case 30: /* on macOS */
		decode_ip(r, p, AF_INET6);
		break;
	default:
		packet_is(p, PACKET_NOT_IP, "neither IPv4 nor IPv6");
	}
}

/* Step over a link header of @len bytes; false, with the packet's kind set, when it is cut. */
static bool skip_link_header(struct reading *r, struct packet *p, size_t len)
{
	if (!reading_has(r, len)) {
		packet_is(p, PACKET_TRUNCATED, "ends inside the link header");
		return false;
	}
	r->at += len;
	return true;
}

static void decode_link(struct reading *r, struct packet *p, int link_type)
{
	const uint8_t *b = r->bytes;
	uint32_t family;

	switch (link_type) {
	case LINK_ETHERNET:
		if (skip_link_header(r, p, 14))
			decode_ethertype(r, p, be16(b + 12));
		break;
	case LINK_LINUX_SLL:
		if (skip_link_header(r, p, 16))
			decode_ethertype(r, p, be16(b + 14));
		break;
	case LINK_LINUX_SLL2:
		if (skip_link_header(r, p, 20))
			decode_ethertype(r, p, be16(b));
		break;
	case LINK_NULL:
	case LINK_LOOP:
		if (!skip_link_header(r, p, 4))
			break;
		family = be32(b);
		if (family > 0xffff) /* families are small: it is the other byte order */
			family = be32((const uint8_t[]){ b[3], b[2], b[1], b[0] });
		decode_loopback(r, p, family);
		break;
	case LINK_RAW:
	case 14:  /* DLT_RAW on OpenBSD */
	case 101: /* LINKTYPE_RAW, in files */
		decode_raw(r, p);
		break;
	case LINK_IPV4:
		decode_ip(r, p, AF_INET);
		break;
	case LINK_IPV6:
		decode_ip(r, p, AF_INET6);
		break;
	default:
		packet_is(p, PACKET_NOT_IP, "a link type that is not read here");
	}
}

void packet_decode(const struct frame *f, struct packet *p)
{
	struct reading r = {
		.bytes = f->bytes,
		.have = f->captured,
		/* Some files have a length of 0 beside captured bytes: those were on the wire too. */
		.wire = f->length > f->captured ? f->length : f->captured,
		.end = SIZE_MAX,
	};

	memset(p, 0, sizeof(*p));
	decode_link(&r, p, f->link_type);
}
