/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_icmp.c - ICMP and ICMPv6 errors that quote a TCP segment.
 *
 * In:    an ICMP message; the quote may be as short as an IP header and 8 bytes (RFC 792).
 * Out:   whose segment it quotes, and what the error means to a connection.
 * Rules: RFC 1122 section 4.2.3.9, RFC 5461 and RFC 5927 for hard and soft; RFC 1191 and RFC 8201 for
 *        packets too big. An error whose checksum is wrong counts for nothing.
 * Never: decides whether to believe an error: who owns the connection compares the numbers. */
#include "base/err.h"
#include "wire/checksum.h"
#include "wire/decode_part.h"

#define QUOTED_TCP_MIN 8u    /* ports and sequence number */
#define IPV4_MTU_MIN   68u   /* RFC 791 section 3.2 */
#define IPV6_MTU_MIN   1280u /* RFC 8200 section 5 */
#define ANY_CODE       256

/* Every error that may quote a segment; the first row that fits counts. A new one is a row more. */
static const struct icmp_error {
	int family;
	uint8_t type;
	uint16_t code; /* or ANY_CODE */
	enum tcp_icmp_kind kind;
	const char *text;
} icmp_errors[] = {
	/* RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1 */
	{ AF_INET, 3, 0, TCP_ICMP_SOFT, "network unreachable" },
	{ AF_INET, 3, 1, TCP_ICMP_SOFT, "host unreachable" },
	{ AF_INET, 3, 2, TCP_ICMP_HARD, "protocol unreachable" },
	{ AF_INET, 3, 3, TCP_ICMP_HARD, "port unreachable" },
	{ AF_INET, 3, 4, TCP_ICMP_TOO_BIG, "packet too big, and it must not be fragmented" },
	{ AF_INET, 3, 5, TCP_ICMP_SOFT, "source route failed" },
	{ AF_INET, 3, 6, TCP_ICMP_SOFT, "network unknown" },
	{ AF_INET, 3, 7, TCP_ICMP_SOFT, "host unknown" },
	{ AF_INET, 3, 8, TCP_ICMP_SOFT, "source host isolated" },
	{ AF_INET, 3, 9, TCP_ICMP_HARD, "network administratively prohibited" },
	{ AF_INET, 3, 10, TCP_ICMP_HARD, "host administratively prohibited" },
	{ AF_INET, 3, 11, TCP_ICMP_SOFT, "network unreachable for this type of service" },
	{ AF_INET, 3, 12, TCP_ICMP_SOFT, "host unreachable for this type of service" },
	{ AF_INET, 3, 13, TCP_ICMP_HARD, "administratively prohibited" },
	{ AF_INET, 3, 14, TCP_ICMP_HARD, "host precedence violation" },
	{ AF_INET, 3, 15, TCP_ICMP_HARD, "precedence cut off" },
	{ AF_INET, 3, ANY_CODE, TCP_ICMP_SOFT, "destination unreachable" },
	{ AF_INET, 11, 0, TCP_ICMP_SOFT, "time to live exceeded in transit" },
	{ AF_INET, 11, ANY_CODE, TCP_ICMP_SOFT, "time exceeded" },
	{ AF_INET, 12, ANY_CODE, TCP_ICMP_SOFT, "parameter problem" },
	/* RFC 4443 section 3 */
	{ AF_INET6, 1, 0, TCP_ICMP_SOFT, "no route to destination" },
	{ AF_INET6, 1, 1, TCP_ICMP_HARD, "administratively prohibited" },
	{ AF_INET6, 1, 2, TCP_ICMP_SOFT, "beyond the scope of the source address" },
	{ AF_INET6, 1, 3, TCP_ICMP_SOFT, "address unreachable" },
	{ AF_INET6, 1, 4, TCP_ICMP_HARD, "port unreachable" },
	{ AF_INET6, 1, 5, TCP_ICMP_HARD, "source address failed policy" },
	{ AF_INET6, 1, 6, TCP_ICMP_HARD, "reject route to destination" },
	{ AF_INET6, 1, ANY_CODE, TCP_ICMP_SOFT, "destination unreachable" },
	{ AF_INET6, 2, ANY_CODE, TCP_ICMP_TOO_BIG, "packet too big" },
	{ AF_INET6, 3, 0, TCP_ICMP_SOFT, "hop limit exceeded in transit" },
	{ AF_INET6, 3, ANY_CODE, TCP_ICMP_SOFT, "time exceeded" },
	/* The next header that is not recognised is TCP: IPv6's "protocol unreachable". */
	{ AF_INET6, 4, 1, TCP_ICMP_HARD, "TCP is not recognised there" },
	{ AF_INET6, 4, ANY_CODE, TCP_ICMP_SOFT, "parameter problem" },
};

static const struct icmp_error *icmp_error_find(int family, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(icmp_errors); i++) {
		const struct icmp_error *error = &icmp_errors[i];

		if (error->family == family && error->type == type &&
		    (error->code == code || error->code == ANY_CODE))
			return error;
	}
	return NULL;
}

/* True as well when it cannot be told, because not all of it was captured. */
static bool checksum_holds(const struct reading *r, const struct packet *p)
{
	size_t len = r->end - r->at;
	checksum_sum sum = 0;

	if (p->text_cut)
		return true;
	if (p->src.family ==
	    AF_INET6) { /* RFC 4443 section 2.3; ICMP for IPv4 has no pseudo-header */
		if (!r->final_dst.family)
			return true;
		sum = checksum_pseudo(&p->src, &r->final_dst, IP_PROTOCOL_ICMPV6, len);
	}
	return checksum_fold(checksum_add(sum, r->bytes + r->at, len)) == 0xffff;
}

/* A router from before RFC 1191 does not say what fits: the next lower of the sizes that are common
 * (RFC 1191 section 7.1). */
static uint32_t mtu_below(uint32_t total)
{
	static const uint16_t plateaus[] = { 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296 };

	for (size_t i = 0; i < ARRAY_LEN(plateaus); i++)
		if (plateaus[i] < total)
			return plateaus[i];
	return IPV4_MTU_MIN;
}

/* The MTU that a "packet too big" reports; false when it is smaller than any link may have. */
static bool take_mtu(const uint8_t *b, struct packet *p, const struct ip_header *quoted)
{
	uint32_t mtu, headers = (uint32_t)quoted->len + TCP_HEADER_MIN;

	if (p->src.family == AF_INET6) {
		p->icmp_mtu = mtu = be32(b + 4);
		if (mtu < IPV6_MTU_MIN) /* RFC 8201 section 4: must be discarded */
			return false;
	} else {
		p->icmp_mtu = be16(b + 6);
		mtu = p->icmp_mtu ? p->icmp_mtu : mtu_below(quoted->total);
		if (mtu < IPV4_MTU_MIN) /* RFC 1191 section 3: never below */
			return false;
	}
	p->icmp.text_max = mtu > headers ? mtu - headers : 0;
	return true;
}

/* The packet that the error quotes, from r->at on; @b is the ICMP header. */
static void decode_quote(struct reading *r, struct packet *p, const uint8_t *b)
{
	size_t limit = r->have < r->end ? r->have : r->end;
	struct ip_header ip;
	const char *why;
	enum ip_result result;

	result = ip_header_read(r->bytes + r->at, limit - r->at, p->src.family, &ip, &why);
	if (result == IP_BAD) {
		packet_is(p, PACKET_BAD_HEADER,
			  "the packet quoted by an ICMP error is no IP packet");
		return;
	}
	if (result == IP_GOOD && (ip.protocol != IP_PROTOCOL_TCP || ip.fragment_offset)) {
		packet_is(p, PACKET_OTHER, NULL);
		return;
	}
	r->at += ip.len;
	if (result == IP_CUT || !reading_has(r, QUOTED_TCP_MIN)) {
		packet_is(p, PACKET_TRUNCATED, "ends inside the packet that an ICMP error quotes");
		return;
	}
	if (p->icmp.kind == TCP_ICMP_TOO_BIG && !take_mtu(b, p, &ip)) {
		packet_is(p, PACKET_BAD_HEADER,
			  "an ICMP error reports an MTU that no link may have");
		return;
	}
	p->kind = PACKET_ICMP_ERROR;
	p->icmp_src = ip.src;
	p->icmp_dst = ip.dst;
	p->seg.src_port = be16(r->bytes + r->at);
	p->seg.dst_port = be16(r->bytes + r->at + 2);
	p->seg.seq = p->icmp.seq = be32(r->bytes + r->at + 4);
}

void decode_icmp(struct reading *r, struct packet *p)
{
	const uint8_t *b = r->bytes + r->at;
	const struct icmp_error *error;

	if (!reading_has(r, 8)) {
		packet_is(p, PACKET_TRUNCATED, "ends inside the ICMP header");
		return;
	}
	p->icmp_type = b[0];
	p->icmp_code = b[1];
	error = icmp_error_find(p->src.family, b[0], b[1]);
	if (!error) {
		packet_is(p, PACKET_OTHER, NULL);
		return;
	}
	if (!checksum_holds(r, p)) {
		packet_is(p, PACKET_BAD_HEADER, "the ICMP checksum is wrong");
		return;
	}
	p->icmp.kind = error->kind;
	r->at += 8;
	p->text_at = r->at;
	decode_quote(r, p, b);
}

const char *packet_icmp_text(const struct packet *p)
{
	const struct icmp_error *error = icmp_error_find(p->src.family, p->icmp_type, p->icmp_code);

	return error ? error->text : "no error that is known here";
}
