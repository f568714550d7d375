/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decode_ip.c - IP headers that are more than the plain twenty or forty bytes: options, fragments,
 * extension headers. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"

/* An IPv6 packet: header, the given extension headers, and the usual segment. */
static void extended(struct bytes *frame, unsigned next, const char *extensions)
{
	static struct bytes more;

	more.len = 0;
	put_hex(&more, extensions);
	frame->len = 0;
	put_ip6(frame, next, more.len + 40 + 5);
	put(frame, more.b, more.len);
	put_tcp(frame, true, "hello", 5);
}

/* No prefix of the frame is taken for a whole header, or read too far. */
static void assert_safe_when_cut(const struct bytes *frame, size_t headers)
{
	struct packet p;

	for (size_t n = 0; n < frame->len; n++) {
		decode_exact(frame, n, frame->len, LINK_RAW, &p);
		if (n < headers)
			assert_int_equal(p.kind, PACKET_TRUNCATED);
		else
			assert_int_not_equal(p.kind, PACKET_TRUNCATED);
	}
}

static void ipv4_options__are_stepped_over(void **unused)
{
	static struct bytes frame;
	struct packet p;

	frame.len = 0;
	put_ip4(&frame, 6, 8 + 40 + 5, 0);
	frame.b[0] = 0x47;
	put_hex(&frame, "94040000 01010100"); /* router alert, padding */
	put_tcp(&frame, false, "hello", 5);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.transport_at, 28);
	assert_int_equal(p.seg.src_port, 3337);
	assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
	assert_int_equal(p.seg.text_len, 5);
	assert_safe_when_cut(&frame, 68);
}

static void ipv4_header__contradictions__are_named(void **unused)
{
	static const struct {
		size_t at;
		unsigned byte;
		const char *why;
	} wrong[] = {
		{ 0, 0x65, "the version in an IPv4 header is not 4" },
		{ 0, 0x44, "the length of the IPv4 header is below 20 bytes" },
		{ 0, 0x40, "the length of the IPv4 header is below 20 bytes" },
		{ 3, 19, "the IPv4 packet is shorter than its header" },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		frame.len = 0;
		put_packet(&frame, false, "", 0);
		set16(&frame, 2, 60);
		frame.b[wrong[i].at] = (uint8_t)wrong[i].byte;
		decode_whole(&frame, LINK_IPV4, &p);
		assert_int_equal(p.kind, PACKET_BAD_HEADER);
		assert_string_equal(p.why, wrong[i].why);
	}
	frame.len = 0;
	put_packet(&frame, true, "", 0);
	frame.b[0] = 0x4b;
	decode_whole(&frame, LINK_IPV6, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	assert_string_equal(p.why, "the version in an IPv6 header is not 6");
}

/* The IP packet ends inside the TCP header, though the frame goes on. */
static void ipv4_packet__too_short_for_tcp__is_truncated(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (unsigned total = 20; total < 40; total++) {
		frame.len = 0;
		put_packet(&frame, false, "", 0);
		set16(&frame, 2, total);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_TRUNCATED);
		assert_string_equal(p.why, "ends inside the TCP header");
	}
}

static void ipv4_fragments__are_reported(void **unused)
{
	static const struct {
		unsigned field;
		bool is_fragment, more;
		unsigned offset;
	} fragments[] = {
		{ 0x2000, true, true, 0 },     { 0x2001, true, true, 8 },
		{ 0x00b9, true, false, 1480 }, { 0x1fff, true, false, 65528 },
		{ 0x4000, false, false, 0 },   { 0x8000, false, false, 0 },
		{ 0x6000, true, true, 0 },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(fragments); i++) {
		frame.len = 0;
		put_ip4(&frame, 6, 40, fragments[i].field);
		put_tcp(&frame, false, "", 0);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind == PACKET_FRAGMENT, fragments[i].is_fragment);
		assert_int_equal(p.more_fragments, fragments[i].more);
		assert_int_equal(p.fragment_offset, fragments[i].offset);
		assert_int_equal(p.ip_id, 0x1234);
		assert_int_equal(p.protocol, 6);
		assert_true(addr_equal(&p.src, &client4));
		/* Only the first one has ports. */
		assert_int_equal(p.seg.src_port, fragments[i].offset ? 0 : 3337);
		if (p.kind == PACKET_FRAGMENT)
			assert_non_null(p.why);
	}
}

static void extension_headers__are_walked(void **unused)
{
	/* Lengths: hop-by-hop 8, destination 16, routing 8 (used up), AH 24, atomic fragment 8. */
	static const struct {
		unsigned next;
		const char *hex;
		size_t len;
	} chains[] = {
		{ 0, "06 00 0502 00000100", 8 },
		{ 60, "06 01 0104 00000000 0106 000000000000", 16 },
		{ 43, "06 00 04 00 00000000", 8 },
		{ 51, "06 04 0000 00000001 00000002 000102030405060708090a0b", 24 },
		{ 44, "06 00 0000 12345678", 8 },
		{ 135, "06 00 0000 00000000", 8 },
		{ 0,
		  "3c 00 010400000000 2b 00 010400000000 2c 00 0400 00000000 33 00 0000 00000007"
		  "06 04 0000 00000001 00000002 000102030405060708090a0b",
		  56 },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(chains); i++) {
		extended(&frame, chains[i].next, chains[i].hex);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.protocol, 6);
		assert_int_equal(p.transport_at, 40 + chains[i].len);
		assert_int_equal(p.seg.src_port, 3337);
		assert_int_equal(p.seg.text_len, 5);
		assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
		assert_memory_equal(p.seg.text, "hello", 5);
		assert_safe_when_cut(&frame, 40 + chains[i].len + 40);
	}
}

static void ipv6_fragments__are_reported__atomic_ones_are_whole(void **unused)
{
	static const struct {
		const char *hex;
		bool more;
		unsigned offset, protocol;
	} fragments[] = {
		{ "06 00 0001 12345678", true, 0, 6 },
		{ "06 00 05a9 12345678", true, 1448, 6 },
		{ "06 00 fff8 12345678", false, 65528, 6 },
		{ "3c 00 0001 12345678", true, 0, 60 },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(fragments); i++) {
		extended(&frame, 44, fragments[i].hex);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_FRAGMENT);
		assert_int_equal(p.more_fragments, fragments[i].more);
		assert_int_equal(p.fragment_offset, fragments[i].offset);
		assert_int_equal(p.protocol, fragments[i].protocol);
		assert_int_equal(p.transport_at, 48);
		assert_int_equal(p.seg.src_port,
				 !fragments[i].offset && fragments[i].protocol == 6 ? 3337 : 0);
	}
}

static void extension_header__past_the_packet__is_bad(void **unused)
{
	static struct bytes frame;
	struct packet p;

	extended(&frame, 0, "06 ff 0502 00000100");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	assert_string_equal(p.why, "an IPv6 extension header goes on past the packet");
	extended(&frame, 51, "06 ff 0000 00000000");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	/* Not one byte of it belongs to the packet any more: that is an end, not a contradiction. */
	extended(&frame, 0, "06 00 0502 00000100");
	set16(&frame, 4, 1);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_TRUNCATED);
}

static void extension_headers__too_many__is_bad(void **unused)
{
	static char hex[17 * 16 + 1];
	static struct bytes frame;
	struct packet p;

	for (int n = 0; n < 17; n++)
		memcpy(hex + n * 16, n == 16 ? "0600010400000000" : "3c00010400000000", 17);
	extended(&frame, 60, hex);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	assert_string_equal(p.why, "more than 16 IPv6 extension headers");
	extended(&frame, 60, hex + 2 * 16);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_TCP);
}

/* With segments left, the checksum is that of the last destination (RFC 8200 section 8.1), which each
 * type of routing header keeps elsewhere. */
static void routing_header__not_used_up__checksum_is_the_last_destinations(void **unused)
{
	static const struct addr last = { .family = AF_INET6,
					  .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 9 } };
	static const struct {
		const char *hex;
		enum tcp_checksum verdict;
	} routes[] = {
		{ "06 04 00 02 00000000 20010db8000000000000000000000008 20010db8000000000000000000000009",
		  TCP_CHECKSUM_OK },
		{ "06 02 02 01 00000000 20010db8000000000000000000000009", TCP_CHECKSUM_OK },
		{ "06 04 04 01 01000000 20010db8000000000000000000000009 20010db8000000000000000000000002",
		  TCP_CHECKSUM_OK },
		{ "06 00 04 01 00000000", TCP_CHECKSUM_UNKNOWN },
		{ "06 00 63 01 00000000", TCP_CHECKSUM_UNKNOWN },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		extended(&frame, 43, routes[i].hex);
		finish_sum(&frame, frame.len - 45, frame.len - 45 + 16,
			   plain_pseudo(&client6, &last, 6, 45));
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.seg.checksum_is, routes[i].verdict);
		assert_true(addr_equal(&p.dst, &server6));
	}
}

static void other_protocols__are_other(void **unused)
{
	static struct bytes frame;
	struct packet p;

	frame.len = 0;
	put_ip4(&frame, 17, 8, 0);
	put_hex(&frame, "0035 d431 0008 0000");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	assert_int_equal(p.protocol, 17);
	assert_null(p.why);
	/* ESP hides what is in it; ICMP's number in the other version is nothing special. */
	extended(&frame, 50, "");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	extended(&frame, 1, "");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
	frame.len = 0;
	put_ip4(&frame, 58, 8, 0);
	put_hex(&frame, "0100 0000 0000 0000");
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_options__are_stepped_over),
		cmocka_unit_test(ipv4_header__contradictions__are_named),
		cmocka_unit_test(ipv4_packet__too_short_for_tcp__is_truncated),
		cmocka_unit_test(ipv4_fragments__are_reported),
		cmocka_unit_test(extension_headers__are_walked),
		cmocka_unit_test(ipv6_fragments__are_reported__atomic_ones_are_whole),
		cmocka_unit_test(extension_header__past_the_packet__is_bad),
		cmocka_unit_test(extension_headers__too_many__is_bad),
		cmocka_unit_test(routing_header__not_used_up__checksum_is_the_last_destinations),
		cmocka_unit_test(other_protocols__are_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
