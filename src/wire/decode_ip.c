/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_ip.c - IPv4 and IPv6 headers to values, for packets and for the packets that ICMP quotes.
 *
 * Rules: RFC 791 section 3.1; RFC 8200 sections 3 and 4 (extension headers are walked in any order,
 *        as section 4.1 asks of receivers), RFC 4302 (AH), RFC 6946 (atomic fragments).
 * Never: looks at the IPv4 header checksum (the card may be yet to fill it in, and TCP's own covers
 *        addresses and length), or at jumbograms (RFC 2675: no link that we know carries them). */
#include <string.h>

#include "wire/decode_part.h"

#define EXTENSIONS_MAX 16 /* headers; real packets have one or two (RFC 8504 section 5.3 lets us) */

enum ip6_extension {
	IP6_HOP_BY_HOP = 0,
	IP6_ROUTING = 43,
	IP6_FRAGMENT = 44,
	IP6_AUTHENTICATION = 51,
	IP6_DESTINATION = 60,
	IP6_MOBILITY = 135,
	IP6_HIP = 139,
	IP6_SHIM6 = 140,
};

static struct addr address(int family, const uint8_t *bytes)
{
	struct addr a = { .family = family };

	memcpy(a.bytes, bytes, addr_len(&a));
	return a;
}

static enum ip_result ip4_read(const uint8_t *b, size_t avail, struct ip_header *ip,
			       const char **why)
{
	uint16_t fragment;

	*why = "ends inside the IPv4 header";
	if (avail < 20)
		return IP_CUT;
	ip->len = (b[0] & 0xfu) * 4;
	ip->tos = b[1];
	ip->total = be16(b + 2);
	ip->id = be16(b + 4);
	fragment = be16(b + 6);
	ip->dont_fragment = fragment & 0x4000;
	ip->more_fragments = fragment & 0x2000;
	ip->fragment_offset = (uint16_t)((fragment & 0x1fff) * 8);
	ip->is_fragment = ip->more_fragments || ip->fragment_offset;
	ip->ttl = b[8];
	ip->protocol = b[9];
	ip->src = address(AF_INET, b + 12);
	/* A source route that is not used up has another destination in the pseudo-header; hosts and
	 * routers discard such packets (RFC 7126 section 4.3), so it is not looked for. */
	ip->dst = ip->final_dst = address(AF_INET, b + 16);

	if (b[0] >> 4 != 4)
		*why = "the version in an IPv4 header is not 4";
	else if (ip->len < 20)
		*why = "the length of the IPv4 header is below 20 bytes";
	else if (ip->total && ip->total < ip->len)
		*why = "the IPv4 packet is shorter than its header";
	else
		return avail < ip->len ? IP_CUT : IP_GOOD;
	return IP_BAD;
}

/* The last destination of a routing header that is not used up (RFC 8200 section 8.1); of the types
 * that we do not know it cannot be told. */
static void take_routing(const uint8_t *b, size_t len, struct ip_header *ip)
{
	uint8_t type = b[2], segments_left = b[3];

	if (!segments_left)
		return;
	memset(&ip->final_dst, 0, sizeof(ip->final_dst));
	if ((type == 0 || type == 2) && len >= 24) /* RFC 5095, RFC 6275: the last in the list */
		ip->final_dst = address(AF_INET6, b + len - 16);
	else if (type == 4 && len >= 24) /* RFC 8754 section 2: the first in the list */
		ip->final_dst = address(AF_INET6, b + 8);
}

static void take_fragment(const uint8_t *b, struct ip_header *ip)
{
	uint16_t fragment = be16(b + 2);

	ip->fragment_offset = fragment & 0xfff8;
	ip->more_fragments = fragment & 1;
	/* RFC 6946: an atomic fragment is a whole packet. */
	ip->is_fragment = ip->fragment_offset || ip->more_fragments;
}

/* Bytes of the extension header of kind @next at @b, where @left bytes are at hand; 0: it is none;
 * SIZE_MAX: too few bytes to tell. */
static size_t extension_len(uint8_t next, const uint8_t *b, size_t left)
{
	switch (next) {
	case IP6_FRAGMENT:
		return 8;
	case IP6_AUTHENTICATION:
		return left < 2 ? SIZE_MAX : (b[1] + 2u) * 4;
	case IP6_HOP_BY_HOP:
	case IP6_ROUTING:
	case IP6_DESTINATION:
	case IP6_MOBILITY:
	case IP6_HIP:
	case IP6_SHIM6:
		return left < 2 ? SIZE_MAX : (b[1] + 1u) * 8;
	default:
		return 0;
	}
}

/* Walk the extension headers, up to the transport header or to the first fragment header of a real
 * fragment: what follows it may be the middle of anything. */
static enum ip_result ip6_walk(const uint8_t *b, size_t avail, struct ip_header *ip,
			       const char **why)
{
	for (int n = 0; n < EXTENSIONS_MAX; n++) {
		const uint8_t *header = b + ip->len;
		size_t left = avail - ip->len;
		size_t len = extension_len(ip->protocol, header, left);
		uint8_t kind = ip->protocol;

		if (!len)
			return IP_GOOD;
		*why = "an IPv6 extension header goes on past the packet";
		if (len != SIZE_MAX && ip->total && len > ip->total - ip->len)
			return IP_BAD;
		*why = "ends inside an IPv6 extension header";
		if (left < len)
			return IP_CUT;
		if (kind == IP6_ROUTING)
			take_routing(header, len, ip);
		else if (kind == IP6_FRAGMENT)
			take_fragment(header, ip);
		ip->protocol = header[0];
		ip->len += len;
		if (ip->is_fragment)
			return IP_GOOD;
	}
	*why = "more than 16 IPv6 extension headers";
	return IP_BAD;
}

static enum ip_result ip6_read(const uint8_t *b, size_t avail, struct ip_header *ip,
			       const char **why)
{
	uint16_t payload;

	*why = "ends inside the IPv6 header";
	if (avail < 40)
		return IP_CUT;
	ip->len = 40;
	ip->tos = (uint8_t)(be16(b) >> 4);
	payload = be16(b + 4);
	ip->total = payload ? payload + 40u : 0;
	ip->protocol = b[6];
	ip->ttl = b[7];
	ip->src = address(AF_INET6, b + 8);
	ip->dst = ip->final_dst = address(AF_INET6, b + 24);

	*why = "the version in an IPv6 header is not 6";
	if (b[0] >> 4 != 6)
		return IP_BAD;
	if (ip->total && avail > ip->total)
		avail = ip->total;
	return ip6_walk(b, avail, ip, why);
}

enum ip_result ip_header_read(const uint8_t *b, size_t avail, int family, struct ip_header *ip,
			      const char **why)
{
	enum ip_result result;

	memset(ip, 0, sizeof(*ip));
	result = family == AF_INET6 ? ip6_read(b, avail, ip, why) : ip4_read(b, avail, ip, why);
	if (result == IP_GOOD)
		*why = NULL;
	return result;
}
