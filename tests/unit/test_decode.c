/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decode.c - frames of every link type to TCP segments, whole, cut anywhere, and damaged.
 *
 * IP fragments, extension headers and ICMP are in test_decode_ip.c. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"

/* Link headers, and where they say that an IPv4 or IPv6 packet follows. */
static const struct link_sample {
	const char *name;
	int link;
	const char *header[2]; /* before IPv4, before IPv6; NULL: cannot carry it */
	unsigned vlan;
} links[] = {
	{ "Ethernet",
	  LINK_ETHERNET,
	  { "020000000002 020000000001 0800", "020000000002 020000000001 86dd" },
	  0 },
	{ "VLAN",
	  LINK_ETHERNET,
	  { "020000000002 020000000001 8100 6064 0800",
	    "020000000002 020000000001 8100 6064 86dd" },
	  101 },
	{ "VLAN 0",
	  LINK_ETHERNET,
	  { "020000000002 020000000001 8100 e000 0800",
	    "020000000002 020000000001 8100 e000 86dd" },
	  1 },
	{ "802.1ad",
	  LINK_ETHERNET,
	  { "020000000002 020000000001 88a8 0fff 8100 0064 0800",
	    "020000000002 020000000001 88a8 0fff 8100 0064 86dd" },
	  4096 },
	{ "three tags",
	  LINK_ETHERNET,
	  { "020000000002 020000000001 9100 0001 9100 0002 8100 0003 0800",
	    "020000000002 020000000001 9100 0001 9100 0002 8100 0003 86dd" },
	  2 },
	{ "NULL, little endian", LINK_NULL, { "02000000", "1e000000" }, 0 },
	{ "NULL, big endian", LINK_NULL, { "00000002", "0000001c" }, 0 },
	{ "NULL, NetBSD", LINK_NULL, { "02000000", "18000000" }, 0 },
	{ "NULL, Linux", LINK_NULL, { "02000000", "0a000000" }, 0 },
	{ "LOOP", LINK_LOOP, { "00000002", "00000018" }, 0 },
	{ "SLL",
	  LINK_LINUX_SLL,
	  { "0000 0001 0006 0200000000010000 0800", "0004 0001 0006 0200000000010000 86dd" },
	  0 },
	{ "SLL and VLAN",
	  LINK_LINUX_SLL,
	  { "0000 0001 0006 0200000000010000 8100 0064 0800",
	    "0004 0001 0006 0200000000010000 8100 0064 86dd" },
	  101 },
	{ "SLL2",
	  LINK_LINUX_SLL2,
	  { "0800 0000 00000003 0001 00 06 0200000000010000",
	    "86dd 0000 00000003 0001 04 06 0200000000010000" },
	  0 },
	{ "RAW", LINK_RAW, { "", "" }, 0 },
	{ "RAW of OpenBSD", 14, { "", "" }, 0 },
	{ "RAW in files", 101, { "", "" }, 0 },
	{ "IPV4", LINK_IPV4, { "", NULL }, 0 },
	{ "IPV6", LINK_IPV6, { NULL, "" }, 0 },
};

/* A frame of this kind; false when it cannot carry that IP version. */
static bool build(const struct link_sample *link, bool v6, struct bytes *frame)
{
	frame->len = 0;
	if (!link->header[v6])
		return false;
	put_hex(frame, link->header[v6]);
	put_packet(frame, v6, "Hello, TCP!", 11);
	return true;
}

static void assert_every_field(const struct packet *p, bool v6, size_t ip_at)
{
	const struct tcp_segment *s = &p->seg;
	size_t header = v6 ? 40 : 20;

	assert_int_equal(p->kind, PACKET_TCP);
	assert_null(p->why);
	assert_int_equal(p->ip_at, ip_at);
	assert_int_equal(p->transport_at, ip_at + header);
	assert_int_equal(p->text_at, ip_at + header + 40);
	assert_true(addr_equal(&p->src, v6 ? &client6 : &client4));
	assert_true(addr_equal(&p->dst, v6 ? &server6 : &server4));
	assert_int_equal(p->ttl, 57);
	assert_int_equal(p->tos, 0xb8);
	assert_int_equal(p->ip_id, v6 ? 0 : 0x1234);
	assert_int_equal(p->dont_fragment, !v6);
	assert_false(p->more_fragments);
	assert_int_equal(p->fragment_offset, 0);
	assert_int_equal(p->ip_len, header + 51);
	assert_int_equal(p->protocol, 6);

	/* The segment of put_tcp(); ports and sequence number are those of SEEDS' worked example. */
	assert_int_equal(s->src_port, 3337);
	assert_int_equal(s->dst_port, 7788);
	assert_int_equal(s->seq, 3626544836u);
	assert_int_equal(s->ack, 1739326487u);
	assert_int_equal(s->data_offset, 10);
	assert_int_equal(s->reserved, 3);
	assert_int_equal(s->flags,
			 TCP_FLAG_AE | TCP_FLAG_CWR | TCP_FLAG_ECE | TCP_FLAG_ACK | TCP_FLAG_PSH);
	assert_int_equal(s->window, 0xfaf0);
	assert_int_equal(s->urgent, 0x1357);
	assert_int_equal(s->option_len, 20);
	assert_true(s->options.has_mss && s->options.has_sack_permitted &&
		    s->options.has_timestamps && s->options.has_wscale);
	assert_int_equal(s->options.mss, 1460);
	assert_int_equal(s->options.ts_val, 101);
	assert_int_equal(s->options.ts_ecr, 200);
	assert_int_equal(s->options.wscale, 7);
	assert_int_equal(s->text_len, 11);
}

static void whole_frame__every_link_type__every_field(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		for (int v6 = 0; v6 < 2; v6++) {
			if (!build(&links[i], v6, &frame))
				continue;
			decode_whole(&frame, links[i].link, &p);
			if (p.kind != PACKET_TCP)
				print_error("%s, IPv%d: %s\n", links[i].name, v6 ? 6 : 4, p.why);
			assert_every_field(&p, v6, frame.len - 51 - (v6 ? 40 : 20));
			assert_int_equal(p.vlan, links[i].vlan);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
			assert_false(p.text_cut);
			assert_int_equal(p.text_captured, 11);
			assert_memory_equal(p.seg.text, "Hello, TCP!", 11);
		}
}

/* Every prefix of every sample. What is left of a header is never taken for a whole one; once the
 * headers are there, the segment is the whole frame's, but for its text. */
static void cut_frame__at_every_byte__reads_no_further(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		for (int v6 = 0; v6 < 2; v6++) {
			if (!build(&links[i], v6, &frame))
				continue;
			for (size_t n = 0; n < frame.len; n++) {
				size_t headers = frame.len - 11;

				decode_exact(&frame, n, frame.len, links[i].link, &p);
				if (n < headers) {
					assert_int_equal(p.kind, PACKET_TRUNCATED);
					assert_non_null(p.why);
					assert_null(p.seg.text);
					continue;
				}
				assert_every_field(&p, v6, headers - 40 - (v6 ? 40 : 20));
				assert_true(p.text_cut);
				assert_null(p.seg.text);
				assert_int_equal(p.text_captured, n - headers);
				assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_UNKNOWN);
			}
		}
}

/* The same, but the frame was so short on the wire already: nothing changes, nothing is invented. */
static void short_frame__claims_more__is_cut(void **unused)
{
	static struct bytes frame;
	struct packet p;

	build(&links[0], false, &frame);
	decode_exact(&frame, frame.len - 4, frame.len - 4, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_true(p.text_cut);
	assert_int_equal(p.seg.text_len, 11);
	assert_int_equal(p.text_captured, 7);
	/* A length on the wire below what was captured, as some files have it, counts for nothing. */
	decode_exact(&frame, frame.len, 0, LINK_ETHERNET, &p);
	assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
}

static void padding__is_not_payload(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (int v6 = 0; v6 < 2; v6++) {
		frame.len = 0;
		put_hex(&frame, links[0].header[v6]);
		put_packet(&frame, v6, "", 0);
		put_hex(&frame, "deadbeef deadbeef");
		decode_whole(&frame, LINK_ETHERNET, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.seg.text_len, 0);
		assert_int_equal(p.text_captured, 0);
		assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
		assert_false(p.text_cut);
		/* The capture ends in the padding: the packet is whole all the same. */
		decode_exact(&frame, frame.len - 5, frame.len, LINK_ETHERNET, &p);
		assert_false(p.text_cut);
		assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
	}
}

static void checksum__each_verdict(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (int v6 = 0; v6 < 2; v6++)
		for (size_t text = 0; text < 4; text++) {
			size_t field = (v6 ? 40 : 20) + 16;
			unsigned pseudo = plain_pseudo(v6 ? &client6 : &client4,
						       v6 ? &server6 : &server4, 6, 40 + text);

			frame.len = 0;
			put_packet(&frame, v6, "odd", text);
			decode_whole(&frame, LINK_RAW, &p);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);

			set16(&frame, field, pseudo);
			decode_whole(&frame, LINK_RAW, &p);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_PARTIAL);
			assert_int_equal(p.seg.checksum, pseudo);

			set16(&frame, field, ~pseudo & 0xffff);
			decode_whole(&frame, LINK_RAW, &p);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_BAD);

			set16(&frame, field, 0);
			decode_whole(&frame, LINK_RAW, &p);
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_BAD);
		}
}

/* One flipped bit, wherever it is in what the checksum covers, is noticed. */
static void checksum__every_flipped_bit__is_bad(void **unused)
{
	static struct bytes frame;
	struct packet p;

	frame.len = 0;
	put_packet(&frame, false, "Hello, TCP!", 11);
	for (size_t bit = 12 * 8; bit < frame.len * 8; bit++) {
		frame.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		decode_whole(&frame, LINK_RAW, &p);
		if (p.kind == PACKET_TCP)
			assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_BAD);
		else
			assert_in_range(bit / 8, 32, 32); /* the data offset */
		frame.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* Offload leaves 0 in the IP length of packets that it is to cut up: the frame says how long. */
static void ip_length_zero__long_frame__is_the_frame(void **unused)
{
	static struct bytes frame;
	static char text[60000];
	struct packet p;

	memset(text, 'x', sizeof(text));
	for (int v6 = 0; v6 < 2; v6++) {
		frame.len = 0;
		put_hex(&frame, links[0].header[v6]);
		put_packet(&frame, v6, text, sizeof(text));
		set16(&frame, v6 ? 18 : 16, 0);
		decode_whole(&frame, LINK_ETHERNET, &p);
		assert_int_equal(p.kind, PACKET_TCP);
		assert_int_equal(p.seg.text_len, sizeof(text));
		assert_int_equal(p.ip_len, frame.len - 14);
		assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
		/* Cut by the capture: the length on the wire still tells. */
		decode_exact(&frame, 96, frame.len, LINK_ETHERNET, &p);
		assert_int_equal(p.seg.text_len, sizeof(text));
		assert_true(p.text_cut);
	}
}

static void ip_length_zero__short_frame__is_no_offload(void **unused)
{
	static struct bytes frame;
	struct packet p;

	build(&links[0], false, &frame);
	set16(&frame, 16, 0);
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	build(&links[0], true, &frame);
	set16(&frame, 18, 0);
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_TRUNCATED);
	frame.b[20] = 59; /* no next header: a packet without payload (RFC 8200 section 4.7) */
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
}

static void super_segment__of_64_kib__is_whole(void **unused)
{
	static struct bytes frame;
	static char text[65535 - 60];
	struct packet p;

	frame.len = 0;
	put_hex(&frame, links[0].header[0]);
	put_packet(&frame, false, text, sizeof(text));
	assert_int_equal(frame.len, 65549);
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.seg.text_len, sizeof(text));
	assert_int_equal(p.seg.checksum_is, TCP_CHECKSUM_OK);
}

static void data_offset__wrong__is_a_bad_header(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (unsigned words = 0; words < 16; words++) {
		build(&links[0], false, &frame);
		frame.b[14 + 20 + 12] = (uint8_t)(words << 4);
		decode_whole(&frame, LINK_ETHERNET, &p);
		/* Options and text are 31 bytes: up to 12 words are within the packet. */
		assert_int_equal(p.kind, words < 5 || words > 12 ? PACKET_BAD_HEADER : PACKET_TCP);
		assert_int_equal(p.seg.data_offset, words);
		assert_int_equal(p.seg.src_port, 3337);
		if (p.kind == PACKET_TCP) {
			assert_int_equal(p.seg.text_len, 51 - words * 4);
			assert_int_equal(p.seg.option_len, words * 4 - 20);
		}
	}
}

static void options__nonsense__is_kept_as_bytes(void **unused)
{
	static struct bytes frame;
	struct packet p;

	build(&links[0], false, &frame);
	frame.b[14 + 20 + 20 + 5] = 0; /* sackOK of length 0: the walk ends, mss before it counts */
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_true(p.seg.options.has_mss);
	assert_false(p.seg.options.has_timestamps);
	assert_int_equal(p.seg.option_len, 20);
	assert_memory_equal(p.seg.option_bytes, frame.b + 14 + 20 + 20, 20);
}

static void other_frames__are_named(void **unused)
{
	static const struct {
		int link;
		const char *hex, *why;
	} frames[] = {
		{ LINK_ETHERNET, "ffffffffffff 020000000001 0806 0001 0800", "ARP" },
		{ LINK_ETHERNET, "0180c2000000 020000000001 0026 4242 03",
		  "an IEEE 802.3 frame without an EtherType" },
		{ LINK_ETHERNET, "0180c200000e 020000000001 88cc 0207", "neither IPv4 nor IPv6" },
		{ LINK_RAW, "55 00", "neither IPv4 nor IPv6" },
		{ LINK_NULL, "07000000 4500", "neither IPv4 nor IPv6" },
		{ LINK_LINUX_SLL2, "0003 0000 00000003 0001 00 06 0200000000010000",
		  "an IEEE 802.3 frame without an EtherType" },
		{ 105, "0800 0000", "a link type that is not read here" },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(frames); i++) {
		frame.len = 0;
		put_hex(&frame, frames[i].hex);
		decode_whole(&frame, frames[i].link, &p);
		assert_int_equal(p.kind, PACKET_NOT_IP);
		assert_string_equal(p.why, frames[i].why);
	}
	frame.len = 0;
	put_hex(&frame, "020000000002 020000000001");
	for (int i = 0; i < 9; i++)
		put_hex(&frame, "8100 0001");
	put_hex(&frame, "0800");
	decode_whole(&frame, LINK_ETHERNET, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
}

/* Whatever comes in: the slices stay inside the frame. Numbers by xorshift, the same each time. */
static void damaged_frames__stay_inside(void **unused)
{
	static struct bytes frame;
	uint32_t x = 2463534242u;
	struct packet p;

	for (int round = 0; round < 60000; round++) {
		const struct link_sample *link = &links[(unsigned)round % ARRAY_LEN(links)];
		size_t captured;

		if (!build(link, round / 64 % 2, &frame))
			continue;
		for (int i = 0; i < 1 + round % 4; i++) {
			x ^= x << 13, x ^= x >> 17, x ^= x << 5;
			frame.b[x % frame.len] = (uint8_t)(x >> 16);
		}
		captured = frame.len - (round % 8 ? 0 : x % 32);
		decode_exact(&frame, captured, frame.len, link->link, &p);
		assert_true(p.text_at <= frame.len && p.transport_at <= captured);
		assert_true(p.kind != PACKET_TCP || p.text_at + p.text_captured <= captured);
		assert_true(!p.seg.text || p.text_captured == p.seg.text_len);
		assert_non_null(packet_icmp_text(&p));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frame__every_link_type__every_field),
		cmocka_unit_test(cut_frame__at_every_byte__reads_no_further),
		cmocka_unit_test(short_frame__claims_more__is_cut),
		cmocka_unit_test(padding__is_not_payload),
		cmocka_unit_test(checksum__each_verdict),
		cmocka_unit_test(checksum__every_flipped_bit__is_bad),
		cmocka_unit_test(ip_length_zero__long_frame__is_the_frame),
		cmocka_unit_test(ip_length_zero__short_frame__is_no_offload),
		cmocka_unit_test(super_segment__of_64_kib__is_whole),
		cmocka_unit_test(data_offset__wrong__is_a_bad_header),
		cmocka_unit_test(options__nonsense__is_kept_as_bytes),
		cmocka_unit_test(other_frames__are_named),
		cmocka_unit_test(damaged_frames__stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
