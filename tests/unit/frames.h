/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frames.h - frames put together byte by byte, for the tests of the decoder and the crafter.
 *
 * Shares no code with what it tests: it has a checksum of its own, written down as RFC 1071 says it. */
#ifndef TCPSHAKE_UNIT_FRAMES_H
#define TCPSHAKE_UNIT_FRAMES_H

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/decode.h"

struct bytes {
	size_t len;
	uint8_t b[70000];
};

static inline void put(struct bytes *to, const void *from, size_t len)
{
	memcpy(to->b + to->len, from, len);
	to->len += len;
}

static inline void put8(struct bytes *to, unsigned v)
{
	to->b[to->len++] = (uint8_t)v;
}

static inline void put16(struct bytes *to, unsigned v)
{
	put8(to, v >> 8);
	put8(to, v);
}

static inline void put32(struct bytes *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to, v & 0xffff);
}

/* Hexadecimal digits in pairs; blanks between them are for the reader. */
static inline void put_hex(struct bytes *to, const char *hex)
{
	for (; *hex; hex++) {
		char pair[3] = { hex[0], hex[1], '\0' };

		if (isspace((unsigned char)*hex))
			continue;
		put8(to, (unsigned)strtoul(pair, NULL, 16));
		hex++;
	}
}

static inline void set16(struct bytes *to, size_t at, unsigned v)
{
	to->b[at] = (uint8_t)(v >> 8);
	to->b[at + 1] = (uint8_t)v;
}

/* RFC 1071: add up words with end-around carry. */
static inline unsigned plain_sum(unsigned sum, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? b[i] : (unsigned)b[i] << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

/* The pseudo-header's sum, for a transport part of @len bytes. */
static inline unsigned plain_pseudo(const struct addr *src, const struct addr *dst,
				    unsigned protocol, size_t len)
{
	unsigned sum = plain_sum(0, src->bytes, 16); /* IPv4: the rest is zero */
	uint8_t tail[] = { 0,
			   (uint8_t)protocol,
			   (uint8_t)(len >> 24),
			   (uint8_t)(len >> 16),
			   (uint8_t)(len >> 8),
			   (uint8_t)len };

	sum = plain_sum(sum, dst->bytes, 16);
	return plain_sum(sum, tail, sizeof(tail));
}

static const struct addr client4 = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } };
static const struct addr server4 = { .family = AF_INET, .bytes = { 198, 51, 100, 2 } };
static const struct addr client6 = { .family = AF_INET6,
				     .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };
static const struct addr server6 = { .family = AF_INET6,
				     .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 2 } };

/* An IPv4 header for @payload bytes to follow, from the client to the server. */
static inline void put_ip4(struct bytes *to, unsigned protocol, size_t payload, unsigned fragment)
{
	size_t at = to->len;

	put_hex(to, "45 b8");
	put16(to, (unsigned)(20 + payload));
	put16(to, 0x1234);
	put16(to, fragment);
	put8(to, 57);
	put8(to, protocol);
	put16(to, 0);
	put(to, client4.bytes, 4);
	put(to, server4.bytes, 4);
	set16(to, at + 10, 0xffff & ~plain_sum(0, to->b + at, 20));
}

/* An IPv6 header, the same way; @payload counts extension headers in. */
static inline void put_ip6(struct bytes *to, unsigned next, size_t payload)
{
	put_hex(to, "6b 8a bc de");
	put16(to, (unsigned)payload);
	put8(to, next);
	put8(to, 57);
	put(to, client6.bytes, 16);
	put(to, server6.bytes, 16);
}

/* Fill in the checksum, at @field, of the transport part from @at to the end. */
static inline void finish_sum(struct bytes *to, size_t at, size_t field, unsigned pseudo)
{
	set16(to, field, 0);
	set16(to, field, 0xffff & ~plain_sum(pseudo, to->b + at, to->len - at));
}

/* A segment with every field other than 0: options mss, sackOK, TS, nop, wscale. Right checksum. */
static inline void put_tcp(struct bytes *to, bool v6, const char *text, size_t len)
{
	size_t at = to->len;

	put_hex(to, "0d09 1e6c d828aec4 67ac0417 a7 d8 faf0 0000 1357");
	put_hex(to, "0204 05b4 0402 080a 00000065 000000c8 01 0303 07");
	put(to, text, len);
	finish_sum(to, at, at + 16,
		   plain_pseudo(v6 ? &client6 : &client4, v6 ? &server6 : &server4, 6, 40 + len));
}

/* The whole packet, IP header and segment. */
static inline void put_packet(struct bytes *to, bool v6, const char *text, size_t len)
{
	if (v6)
		put_ip6(to, 6, 40 + len);
	else
		put_ip4(to, 6, 40 + len, 0x4000);
	put_tcp(to, v6, text, len);
}

/* Decode a copy that is exactly as long as captured, so that the sanitizer sees the first byte read too
 * far. Slices are moved into @from's bytes. */
static inline void decode_exact(const struct bytes *from, size_t captured, size_t length, int link,
				struct packet *p)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct frame f = { .bytes = copy,
			   .captured = (uint32_t)captured,
			   .length = (uint32_t)length,
			   .link_type = link };

	if (!copy)
		abort();
	memcpy(copy, from->b, captured);
	packet_decode(&f, p);
	if (p->seg.text)
		p->seg.text = from->b + (p->seg.text - copy);
	free(copy);
}

static inline void decode_whole(const struct bytes *from, int link, struct packet *p)
{
	decode_exact(from, from->len, from->len, link, p);
}

#endif
