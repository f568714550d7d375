/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_craft.c - what libnet builds is, byte for byte, what the RFCs say, and what decode reads back. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"
#include "wire/craft.h"

static uint8_t packet[CRAFT_PACKET_MAX];
static uint8_t pattern[65535];

static struct craft *dry(bool v6)
{
	struct err e = { 0 };
	struct craft *cr = craft_dry(v6 ? AF_INET6 : AF_INET, &e);

	if (!cr)
		fail_msg("%s", e.text);
	return cr;
}

static struct craft_ip ip_header(bool v6)
{
	return (struct craft_ip){
		.src = v6 ? client6 : client4,
		.dst = v6 ? server6 : server4,
		.ttl = 64,
		.id = 0x1234,
		.dont_fragment = true,
	};
}

static size_t build(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg)
{
	struct err e = { 0 };
	size_t len = craft_build(cr, ip, seg, packet, &e);

	if (!len)
		fail_msg("%s", e.text);
	return len;
}

static void decode(size_t len, struct packet *p)
{
	struct frame f = { .bytes = packet,
			   .captured = (uint32_t)len,
			   .length = (uint32_t)len,
			   .link_type = LINK_RAW };

	packet_decode(&f, p);
}

static void assert_packet(size_t len, const char *hex)
{
	static struct bytes expected;

	expected.len = 0;
	put_hex(&expected, hex);
	assert_int_equal(len, expected.len);
	assert_memory_equal(packet, expected.b, len);
}

/* RFC 791 section 3.1, RFC 9293 section 3.1. The SYN of the worked example, with Linux's options.
 * IP words: 4500 + 003c + 1234 + 4000 + 4006 + c000 + 0201 + c633 + 6402 = 2c3ac, folded c3ae, not: 3c51.
 * TCP words: pseudo-header c000 + 0201 + c633 + 6402 + 0006 + 0028 = 1ec64, folded ec65; the segment's
 * sum up to 6589; together 151ee, folded 51ef, not: ae10. */
static void ipv4_syn__byte_for_byte(void **unused)
{
	struct craft *cr = dry(false);
	struct craft_ip ip = ip_header(false);
	struct tcp_segment
		seg = {
			.src_port = 3337,
			.dst_port = 7788,
			.seq = 3626544836u,
			.flags = TCP_FLAG_SYN,
			.window = 64240,
			.option_len = 20,
			.option_bytes = { 2, 4,	  5, 0xb4, 4, 2, 8, 10, 0, 0,
					  0, 101, 0, 0,	   0, 0, 1, 3,	3, 7 },
		};

	assert_packet(build(cr, &ip, &seg), "4500003c 12344000 4006 3c51 c0000201 c6336402"
					    "0d091e6c d828aec4 00000000 a002 faf0 ae10 0000"
					    "020405b4 0402080a 00000065 00000000 01030307");
	craft_close(cr);
}

/* RFC 8200 section 3. TCP words: pseudo-header 2001 + 0db8 + 1 + 2001 + 0db8 + 2 + 0026 + 0006 = 5ba1;
 * the segment's sum up to 4ed4; together aa75, not: 558a. */
static void ipv6_data__byte_for_byte(void **unused)
{
	struct craft *cr = dry(true);
	struct craft_ip ip = ip_header(true);
	struct tcp_segment seg = {
		.src_port = 3337,
		.dst_port = 7788,
		.seq = 3626544837u,
		.ack = 1739326487u,
		.flags = TCP_FLAG_ACK | TCP_FLAG_PSH,
		.window = 501,
		.text = (const uint8_t *)"GET / HTTP/1.0\r\n\r\n",
		.text_len = 18,
	};

	ip.tos = 0xb8;
	ip.flow_label = 0xabcde;
	assert_packet(build(cr, &ip, &seg), "6b8abcde 0026 06 40 20010db8000000000000000000000001"
					    "20010db8000000000000000000000002"
					    "0d091e6c d828aec5 67ac0417 5018 01f5 558a 0000"
					    "474554202f20485454502f312e300d0a0d0a");
	craft_close(cr);
}

static void assert_same_segment(const struct tcp_segment *got, const struct tcp_segment *want)
{
	uint8_t padded = (uint8_t)((want->option_len + 3) & ~3);

	assert_int_equal(got->src_port, want->src_port);
	assert_int_equal(got->dst_port, want->dst_port);
	assert_int_equal(got->seq, want->seq);
	assert_int_equal(got->ack, want->ack);
	assert_int_equal(got->flags, want->flags);
	assert_int_equal(got->reserved, want->reserved);
	assert_int_equal(got->window, want->window);
	assert_int_equal(got->urgent, want->urgent);
	assert_int_equal(got->data_offset, 5 + padded / 4);
	assert_int_equal(got->option_len, padded);
	assert_memory_equal(got->option_bytes, want->option_bytes, want->option_len);
	for (uint8_t i = want->option_len; i < padded; i++)
		assert_int_equal(got->option_bytes[i], 0);
	assert_int_equal(got->text_len, want->text_len);
	if (want->text_len)
		assert_memory_equal(got->text, want->text, want->text_len);
}

/* Every length of options with every length of text that an Ethernet packet holds. */
static void built_and_read_back__every_length__is_the_same(void **unused)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct craft *cr = dry(v6);
		struct craft_ip ip = ip_header(v6);
		struct tcp_segment seg = {
			.src_port = 0xfedc,
			.dst_port = 0xba98,
			.seq = 0xfffffff0u,
			.ack = 0x89abcdefu,
			.flags = 0xff,
			.window = 0xffff,
			.urgent = 0xabcd,
			.text = pattern,
		};
		struct packet p;

		memset(seg.option_bytes, 1, sizeof(seg.option_bytes));
		for (seg.option_len = 0; seg.option_len <= TCP_OPTIONS_MAX; seg.option_len++)
			for (seg.text_len = 0; seg.text_len <= 1460; seg.text_len++) {
				decode(build(cr, &ip, &seg), &p);
				assert_int_equal(p.kind, PACKET_TCP);
				assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
				assert_same_segment(&p.seg, &seg);
			}
		craft_close(cr);
	}
}

/* Long, then short, then long again with one crafter: nothing of the last packet stays. */
static void sizes__up_to_64_kib__and_back(void **unused)
{
	static const size_t sizes[] = { 0, 65475, 1, 1460, 8960, 32000, 65474, 3, 65475 };

	memset(pattern, 0xff, sizeof(pattern)); /* the sum that overflows in libnet 1.1.6 */
	for (int v6 = 0; v6 < 2; v6++) {
		struct craft *cr = dry(v6);
		struct craft_ip ip = ip_header(v6);
		struct tcp_segment seg = { .flags = TCP_FLAG_ACK,
					   .text = pattern,
					   .option_len = 20 };
		struct packet p;

		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			seg.text_len = sizes[i];
			decode(build(cr, &ip, &seg), &p);
			assert_int_equal(p.seg.text_len, sizes[i]);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
			assert_int_equal(p.ip_len, (v6 ? 40u : 20u) + 40 + sizes[i]);
		}
		craft_close(cr);
	}
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 7 + i / 256);
}

static void ip_fields__are_as_asked(void **unused)
{
	for (int v6 = 0; v6 < 2; v6++)
		for (unsigned byte = 0; byte < 256; byte += 5) {
			struct craft *cr = dry(v6);
			struct craft_ip ip = ip_header(v6);
			struct tcp_segment seg = { .flags = TCP_FLAG_SYN };
			struct packet p;

			ip.ttl = (uint8_t)byte;
			ip.tos = (uint8_t)~byte;
			ip.id = (uint16_t)(byte * 257);
			ip.dont_fragment = byte % 2;
			decode(build(cr, &ip, &seg), &p);
			assert_int_equal(p.kind, PACKET_TCP);
			assert_int_equal(p.ttl, ip.ttl);
			assert_int_equal(p.tos, ip.tos);
			assert_int_equal(p.ip_id, v6 ? 0 : ip.id);
			assert_int_equal(p.dont_fragment, v6 ? false : ip.dont_fragment);
			assert_int_equal(p.protocol, 6);
			if (!v6)
				assert_int_equal(plain_sum(0, packet, 20), 0xffff);
			craft_close(cr);
		}
}

/* What libnet has no argument for: nine flags, the reserved bits, any data offset. */
static void patched_header__checksum_is_right_all_the_same(void **unused)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct craft *cr = dry(v6);
		struct craft_ip ip = ip_header(v6);
		size_t tcp = v6 ? 40 : 20;

		for (unsigned bits = 0; bits < 16 * 16; bits++) {
			struct tcp_segment seg = {
				.src_port = 1,
				.dst_port = 2,
				.flags = (uint16_t)((bits & 1) << 8 | TCP_FLAG_ACK),
				.reserved = bits >> 1 & 7,
				.data_offset = (uint8_t)(bits >> 4),
				.text = pattern,
				.text_len = 33,
				.option_len = 8,
			};
			unsigned offset = seg.data_offset ? seg.data_offset : 7;
			struct addr src = ip.src, dst = ip.dst;
			size_t len = build(cr, &ip, &seg);

			assert_int_equal(len, tcp + 28 + 33);
			assert_int_equal(packet[tcp + 12], offset << 4 | (bits & 15));
			assert_int_equal(packet[tcp + 13], TCP_FLAG_ACK);
			assert_int_equal(plain_sum(plain_pseudo(&src, &dst, 6, len - tcp),
						   packet + tcp, len - tcp),
					 0xffff);
		}
		craft_close(cr);
	}
}

static void bad_checksum__is_bad_whatever_the_segment(void **unused)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct craft *cr = dry(v6);
		struct craft_ip ip = ip_header(v6);
		struct tcp_segment seg = { .flags = TCP_FLAG_SYN };
		struct packet p;

		ip.bad_checksum = true;
		/* Every value that the right sum can have: so each unlucky one is met, too. */
		for (seg.window = 0; seg.window < 65535; seg.window++) {
			decode(build(cr, &ip, &seg), &p);
			if (p.seg.checksum_is != TCP_CHECKSUM_BAD)
				fail_msg("window %u", seg.window);
		}
		ip.bad_checksum = false;
		decode(build(cr, &ip, &seg), &p);
		assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
		craft_close(cr);
	}
}

static void assert_refused(struct craft *cr, const struct craft_ip *ip,
			   const struct tcp_segment *seg)
{
	struct err e = { 0 };

	assert_int_equal(craft_build(cr, ip, seg, packet, &e), 0);
	assert_int_equal(e.status, STATUS_USAGE);
	assert_true(e.text[0] != '\0');
}

static void what_no_packet_can_hold__is_refused(void **unused)
{
	for (int v6 = 0; v6 < 2; v6++) {
		struct craft *cr = dry(v6);
		struct craft_ip ip = ip_header(v6), other = ip_header(!v6);
		struct tcp_segment seg = { .text = pattern, .text_len = 65535 - (v6 ? 20 : 40) };
		struct packet p;

		decode(build(cr, &ip, &seg), &p);
		assert_int_equal(p.seg.text_len, seg.text_len);
		seg.text_len++;
		assert_refused(cr, &ip, &seg);
		seg.text_len = 0;
		seg.option_len = 41;
		assert_refused(cr, &ip, &seg);
		seg.option_len = 40;
		assert_refused(cr, &other, &seg);
		build(cr, &ip, &seg); /* a refusal leaves nothing behind */
		craft_close(cr);
	}
}

static void dry_crafter__does_not_send(void **unused)
{
	struct craft *cr = dry(false);
	struct craft_ip ip = ip_header(false);
	struct tcp_segment seg = { .flags = TCP_FLAG_SYN };
	struct err e = { 0 };

	assert_false(craft_send(cr, &ip, &seg, &e));
	assert_int_equal(e.status, STATUS_APP);
	craft_close(cr);
	craft_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_syn__byte_for_byte),
		cmocka_unit_test(ipv6_data__byte_for_byte),
		cmocka_unit_test(built_and_read_back__every_length__is_the_same),
		cmocka_unit_test(sizes__up_to_64_kib__and_back),
		cmocka_unit_test(ip_fields__are_as_asked),
		cmocka_unit_test(patched_header__checksum_is_right_all_the_same),
		cmocka_unit_test(bad_checksum__is_bad_whatever_the_segment),
		cmocka_unit_test(what_no_packet_can_hold__is_refused),
		cmocka_unit_test(dry_crafter__does_not_send),
	};

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = (uint8_t)(i * 7 + i / 256);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
