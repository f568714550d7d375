/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c - see frame.h. */
#include "net/wire/frame.h"

#include <string.h>

#include "wire/checksum.h"

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd
#define IPV4_LEN  20 /* of the headers that we make */
#define IPV6_LEN  40
#define ICMP_LEN  8

static const uint8_t router4[4] = { 198, 51, 100, 254 };
static const uint8_t router6[16] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0x51, [15] = 0xfe };

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static void look4(const uint8_t *ip, size_t len, struct frame_look *out)
{
	size_t header = (ip[0] & 15u) * 4u, total = get16(ip + 2);

	if (ip[0] >> 4 != 4 || header < IPV4_LEN || total < header || total > len)
		return;
	out->housekeeping = false;
	out->may_fragment = !(ip[6] & 0x40);
	out->text_from = ETHER_LEN + header;
	out->text_to = ETHER_LEN + total;
}

/* ICMPv6 130 to 143 are multicast listener and neighbour discovery; reports of listeners come behind
 * a hop-by-hop header, and nothing else here has one. */
static void look6(const uint8_t *ip, size_t len, struct frame_look *out)
{
	size_t total = IPV6_LEN + (size_t)get16(ip + 4);

	if (ip[0] >> 4 != 6 || total > len || ip[6] == 0)
		return;
	if (ip[6] == 58 && total > IPV6_LEN && ip[IPV6_LEN] >= 130 && ip[IPV6_LEN] <= 143)
		return;
	out->housekeeping = false;
	out->text_from = ETHER_LEN + IPV6_LEN;
	out->text_to = ETHER_LEN + total;
}

void frame_look(const uint8_t *frame, size_t len, struct frame_look *out)
{
	*out = (struct frame_look){ .housekeeping = true };
	if (len < ETHER_LEN)
		return;
	out->ether_type = get16(frame + 12);
	if (out->ether_type == TYPE_IPV4 && len >= ETHER_LEN + IPV4_LEN)
		look4(frame + ETHER_LEN, len - ETHER_LEN, out);
	else if (out->ether_type == TYPE_IPV6 && len >= ETHER_LEN + IPV6_LEN)
		look6(frame + ETHER_LEN, len - ETHER_LEN, out);
}

bool frame_mark(uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + ETHER_LEN;
	struct frame_look look;
	bool v4;

	frame_look(frame, len, &look);
	if (look.housekeeping)
		return false;
	v4 = look.ether_type == TYPE_IPV4;
	/* The two bits are the last of the second byte, or of the traffic class that lies across two. */
	if (!((v4 ? ip[1] : ip[1] >> 4) & 3))
		return false;
	ip[1] |= v4 ? 0x03 : 0x30;
	if (v4) {
		put16(ip + 10, 0);
		put16(ip + 10, ~(uint32_t)checksum_fold(checksum_add(0, ip, (ip[0] & 15u) * 4u)));
	}
	return true;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The quote is the header and the first 8 bytes behind it; more is allowed (RFC 1812), and better. */
static size_t answer4(const uint8_t *ip, size_t len, uint32_t mtu, uint8_t *out)
{
	uint8_t *icmp = out + IPV4_LEN;
	size_t quote = smaller(len, 576 - IPV4_LEN - ICMP_LEN), total = IPV4_LEN + ICMP_LEN + quote;

	memset(out, 0, IPV4_LEN + ICMP_LEN);
	out[0] = 0x45;
	put16(out + 2, (uint32_t)total);
	out[8] = 64;
	out[9] = 1;
	memcpy(out + 12, router4, 4);
	memcpy(out + 16, ip + 12, 4);
	put16(out + 10, ~(uint32_t)checksum_fold(checksum_add(0, out, IPV4_LEN)));
	icmp[0] = 3;
	icmp[1] = 4;
	put16(icmp + 6, mtu);
	memcpy(icmp + ICMP_LEN, ip, quote);
	put16(icmp + 2, ~(uint32_t)checksum_fold(checksum_add(0, icmp, ICMP_LEN + quote)));
	return total;
}

static size_t answer6(const uint8_t *ip, size_t len, uint32_t mtu, uint8_t *out)
{
	uint8_t *icmp = out + IPV6_LEN;
	size_t quote = smaller(len, 1280 - IPV6_LEN - ICMP_LEN);
	checksum_sum sum;

	memset(out, 0, IPV6_LEN + ICMP_LEN);
	out[0] = 0x60;
	put16(out + 4, (uint32_t)(ICMP_LEN + quote));
	out[6] = 58;
	out[7] = 64;
	memcpy(out + 8, router6, 16);
	memcpy(out + 24, ip + 8, 16);
	icmp[0] = 2;
	put16(icmp + 4, mtu >> 16);
	put16(icmp + 6, mtu);
	memcpy(icmp + ICMP_LEN, ip, quote);
	sum = checksum_add(58 + ICMP_LEN + quote, out + 8, 32); /* RFC 8200 section 8.1 */
	put16(icmp + 2, ~(uint32_t)checksum_fold(checksum_add(sum, icmp, ICMP_LEN + quote)));
	return IPV6_LEN + ICMP_LEN + quote;
}

size_t frame_too_big(const uint8_t *frame, size_t len, uint32_t mtu, uint8_t *out)
{
	const uint8_t *ip = frame + ETHER_LEN;
	struct frame_look look;

	frame_look(frame, len, &look);
	if (look.housekeeping || look.may_fragment)
		return 0;
	memcpy(out, frame + 6, 6);
	memcpy(out + 6, frame, 6);
	memcpy(out + 12, frame + 12, 2);
	len -= ETHER_LEN;
	return ETHER_LEN + (look.ether_type == TYPE_IPV4 ? answer4(ip, len, mtu, out + ETHER_LEN) :
							   answer6(ip, len, mtu, out + ETHER_LEN));
}
