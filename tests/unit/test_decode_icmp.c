/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_decode_icmp.c - ICMP errors about a TCP segment: whose it was, and what it means. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"

/* An ICMP error in whose quote nothing is longer than it must be: IP header and eight bytes. The second
 * word of the header is @word; @quote_at is where the quoted packet begins. */
static size_t build(struct bytes *frame, bool v6, unsigned type, unsigned code, uint32_t word)
{
	size_t at, quote_at, quote = (v6 ? 40 : 20) + 8;

	frame->len = 0;
	if (v6)
		put_ip6(frame, 58, 8 + quote);
	else
		put_ip4(frame, 1, 8 + quote, 0);
	at = frame->len;
	put8(frame, type);
	put8(frame, code);
	put16(frame, 0);
	put32(frame, word);
	quote_at = frame->len;
	if (v6)
		put_ip6(frame, 6, 1440);
	else
		put_ip4(frame, 6, 1480, 0x4000);
	put_hex(frame, "0d09 1e6c d828aec4");
	finish_sum(frame, at, at + 2, v6 ? plain_pseudo(&client6, &server6, 58, 8 + quote) : 0);
	return quote_at;
}

/* The checksum again, after something was changed. */
static void refresh(struct bytes *frame, bool v6)
{
	size_t at = v6 ? 40 : 20;

	finish_sum(frame, at, at + 2,
		   v6 ? plain_pseudo(&client6, &server6, 58, frame->len - at) : 0);
}

static void each_error__means_what_the_rfcs_say(void **unused)
{
	static const struct {
		bool v6;
		unsigned type, code;
		enum tcp_icmp_kind kind;
		const char *text;
	} errors[] = {
		/* RFC 1122 section 4.2.3.9 names 3/0, 3/1, 3/5, 11 and 12 soft, 3/2 to 3/4 hard */
		{ false, 3, 0, TCP_ICMP_SOFT, "network unreachable" },
		{ false, 3, 1, TCP_ICMP_SOFT, "host unreachable" },
		{ false, 3, 2, TCP_ICMP_HARD, "protocol unreachable" },
		{ false, 3, 3, TCP_ICMP_HARD, "port unreachable" },
		{ false, 3, 5, TCP_ICMP_SOFT, "source route failed" },
		{ false, 3, 9, TCP_ICMP_HARD, "network administratively prohibited" },
		{ false, 3, 10, TCP_ICMP_HARD, "host administratively prohibited" },
		{ false, 3, 13, TCP_ICMP_HARD, "administratively prohibited" },
		{ false, 3, 200, TCP_ICMP_SOFT, "destination unreachable" },
		{ false, 11, 0, TCP_ICMP_SOFT, "time to live exceeded in transit" },
		{ false, 11, 1, TCP_ICMP_SOFT, "time exceeded" },
		{ false, 12, 0, TCP_ICMP_SOFT, "parameter problem" },
		{ true, 1, 0, TCP_ICMP_SOFT, "no route to destination" },
		{ true, 1, 1, TCP_ICMP_HARD, "administratively prohibited" },
		{ true, 1, 3, TCP_ICMP_SOFT, "address unreachable" },
		{ true, 1, 4, TCP_ICMP_HARD, "port unreachable" },
		{ true, 1, 77, TCP_ICMP_SOFT, "destination unreachable" },
		{ true, 3, 0, TCP_ICMP_SOFT, "hop limit exceeded in transit" },
		{ true, 4, 0, TCP_ICMP_SOFT, "parameter problem" },
		{ true, 4, 1, TCP_ICMP_HARD, "TCP is not recognised there" },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		bool v6 = errors[i].v6;

		build(&frame, v6, errors[i].type, errors[i].code, 0);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_ICMP_ERROR);
		assert_null(p.why);
		assert_int_equal(p.icmp_type, errors[i].type);
		assert_int_equal(p.icmp_code, errors[i].code);
		assert_int_equal(p.icmp.kind, errors[i].kind);
		assert_string_equal(packet_icmp_text(&p), errors[i].text);
		assert_int_equal(p.icmp.seq, 3626544836u);
		assert_int_equal(p.seg.seq, 3626544836u);
		assert_int_equal(p.seg.src_port, 3337);
		assert_int_equal(p.seg.dst_port, 7788);
		assert_true(addr_equal(&p.icmp_src, v6 ? &client6 : &client4));
		assert_true(addr_equal(&p.icmp_dst, v6 ? &server6 : &server4));
		assert_int_equal(p.icmp_mtu, 0);
	}
}

static void too_big__tells_what_still_fits(void **unused)
{
	static const struct {
		bool v6;
		unsigned code;
		uint32_t word, mtu, text_max;
	} reports[] = {
		{ false, 4, 1400, 1400, 1360 },
		{ false, 4, 0xffff0000 | 576, 576, 536 }, /* the upper half is unused (RFC 1191) */
		{ false, 4, 68, 68, 28 },
		{ false, 4, 0, 0, 1452 }, /* not said: the plateau below 1500 is 1492 */
		{ true, 0, 1400, 1400, 1340 },
		{ true, 9, 1280, 1280,
		  1220 }, /* the code is to be ignored (RFC 4443 section 3.2) */
		{ true, 0, 0x00010000, 65536, 65476 },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(reports); i++) {
		build(&frame, reports[i].v6, reports[i].v6 ? 2 : 3, reports[i].code,
		      reports[i].word);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_ICMP_ERROR);
		assert_int_equal(p.icmp.kind, TCP_ICMP_TOO_BIG);
		assert_int_equal(p.icmp_mtu, reports[i].mtu);
		assert_int_equal(p.icmp.text_max, reports[i].text_max);
	}
}

/* Believed, it would stop a connection (RFC 8201 section 4, RFC 1191 section 3). */
static void too_big__below_what_any_link_has__is_refused(void **unused)
{
	static struct bytes frame;
	struct packet p;

	build(&frame, false, 3, 4, 67);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);
	for (uint32_t mtu = 0; mtu < 1280; mtu += 1279) {
		build(&frame, true, 2, 0, mtu);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_BAD_HEADER);
		assert_string_equal(p.why, "an ICMP error reports an MTU that no link may have");
	}
}

static void too_big__headers_of_the_quote_count(void **unused)
{
	static struct bytes frame;
	struct packet p;
	size_t quote;

	/* 8 bytes of IPv4 options in the quoted packet */
	quote = build(&frame, false, 3, 4, 1400);
	frame.b[quote] = 0x47;
	frame.len = quote + 20;
	put_hex(&frame, "94040000 01010100 0d09 1e6c d828aec4");
	set16(&frame, 2, (unsigned)frame.len);
	refresh(&frame, false);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_int_equal(p.icmp.text_max, 1400 - 28 - 20);
	assert_int_equal(p.icmp.seq, 3626544836u);

	/* an 8-byte hop-by-hop header in the quoted packet */
	quote = build(&frame, true, 2, 0, 1400);
	frame.b[quote + 6] = 0;
	frame.len = quote + 40;
	put_hex(&frame, "06 00 0502 00000100 0d09 1e6c d828aec4");
	set16(&frame, 4, (unsigned)frame.len - 40);
	refresh(&frame, true);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_ICMP_ERROR);
	assert_int_equal(p.icmp.text_max, 1400 - 48 - 20);
	assert_int_equal(p.icmp.seq, 3626544836u);
}

static void checksum__wrong__is_refused(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (int v6 = 0; v6 < 2; v6++) {
		build(&frame, v6, v6 ? 1 : 3, 1, 0);
		frame.b[frame.len - 1] ^= 1;
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_BAD_HEADER);
		assert_string_equal(p.why, "the ICMP checksum is wrong");
	}
}

/* Cut anywhere: named as such until the sequence number is there, and never read too far. When it is
 * there, but the message not whole, the checksum cannot be told and the error counts. */
static void cut__at_every_byte__reads_no_further(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (int v6 = 0; v6 < 2; v6++) {
		size_t needed;

		build(&frame, v6, v6 ? 1 : 3, 1, 0);
		needed = frame.len;
		put_hex(&frame, "67ac0417 5018");
		set16(&frame, v6 ? 4 : 2, (unsigned)frame.len - (v6 ? 40 : 0));
		refresh(&frame, v6);
		for (size_t n = 0; n <= frame.len; n++) {
			decode_exact(&frame, n, frame.len, LINK_RAW, &p);
			assert_int_equal(p.kind, n < needed ? PACKET_TRUNCATED : PACKET_ICMP_ERROR);
		}
	}
}

/* The message itself ends inside the quote, and the capture has all of it. */
static void quote__too_short__is_truncated(void **unused)
{
	static struct bytes frame;
	struct packet p;

	for (int v6 = 0; v6 < 2; v6++) {
		size_t quote = build(&frame, v6, v6 ? 1 : 3, 1, 0), whole = frame.len;

		for (size_t n = quote; n < whole; n++) {
			frame.len = n;
			set16(&frame, v6 ? 4 : 2, (unsigned)n - (v6 ? 40 : 0));
			refresh(&frame, v6);
			frame.len = whole; /* Ethernet padding, say */
			decode_whole(&frame, LINK_RAW, &p);
			assert_int_equal(p.kind, PACKET_TRUNCATED);
			build(&frame, v6, v6 ? 1 : 3, 1, 0);
		}
	}
}

static void quote__of_something_else__is_other(void **unused)
{
	static struct bytes frame;
	struct packet p;
	size_t quote;

	quote = build(&frame, false, 3, 3, 0);
	frame.b[quote + 9] = 17; /* UDP */
	refresh(&frame, false);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);

	quote = build(&frame, false, 11, 1, 0);
	set16(&frame, quote + 6, 0x00b9); /* a later fragment: what follows is no TCP header */
	refresh(&frame, false);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);

	quote = build(&frame, false, 3, 3, 0);
	frame.b[quote] = 0x65;
	refresh(&frame, false);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_BAD_HEADER);

	quote = build(&frame, true, 1, 0, 0);
	frame.b[quote + 6] = 58; /* ICMPv6 */
	refresh(&frame, true);
	decode_whole(&frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_OTHER);
}

static void no_error__is_other(void **unused)
{
	static const struct {
		bool v6;
		unsigned type;
	} messages[] = {
		{ false, 0 },  { false, 8 },  { false, 5 },  { false, 4 }, /* RFC 6633: quench is ignored */
		{ true, 128 }, { true, 129 }, { true, 133 }, { true, 135 }, { true, 0 },
	};
	static struct bytes frame;
	struct packet p;

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		build(&frame, messages[i].v6, messages[i].type, 0, 0);
		decode_whole(&frame, LINK_RAW, &p);
		assert_int_equal(p.kind, PACKET_OTHER);
		assert_string_equal(packet_icmp_text(&p), "no error that is known here");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error__means_what_the_rfcs_say),
		cmocka_unit_test(too_big__tells_what_still_fits),
		cmocka_unit_test(too_big__below_what_any_link_has__is_refused),
		cmocka_unit_test(too_big__headers_of_the_quote_count),
		cmocka_unit_test(checksum__wrong__is_refused),
		cmocka_unit_test(cut__at_every_byte__reads_no_further),
		cmocka_unit_test(quote__too_short__is_truncated),
		cmocka_unit_test(quote__of_something_else__is_other),
		cmocka_unit_test(no_error__is_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
