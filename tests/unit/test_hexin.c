/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hexin.c - the same two packets in every form of text that programs write; and what is wrong with others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/frames.h"
#include "wire/hexin.h"

/* A SYN and what answers it, raw IPv4; the checksums are right. The second has text that looks like digits. */
#define SYN \
	"4500002c000040004006b6c8c0000201c00002020fa0005000000064000000006002fa0009ce0000020405b4"

static uint8_t bytes[HEXIN_FRAME_MAX];
static struct bytes packet, wrapped;

static void make_packets(void)
{
	packet.len = wrapped.len = 0;
	put_hex(&packet, SYN);
	put_hex(&wrapped, "020000000002020000000001 0800");
	put(&wrapped, packet.b, packet.len);
}

static void assert_frames(const char *text, const struct bytes *want, unsigned frames, int link)
{
	struct err e = { 0 };
	struct hexin h;
	struct frame f;
	unsigned seen = 0;
	int got;

	if (!hexin_begin(&h, text, strlen(text), HEXIN_ANY, HEXIN_LINK_ANY, bytes, &e))
		fail_msg("%s\n%s", e.text, text);
	while ((got = hexin_next(&h, &f, &e)) > 0) {
		seen++;
		assert_int_equal(f.captured, want->len);
		assert_memory_equal(f.bytes, want->b, want->len);
		assert_int_equal(f.link_type, link);
	}
	assert_int_equal(got, 0);
	assert_int_equal(seen, frames);
}

static void assert_wrong(const char *text, const char *words)
{
	struct err e = { 0 };
	struct hexin h;

	assert_false(hexin_begin(&h, text, strlen(text), HEXIN_ANY, HEXIN_LINK_ANY, bytes, &e));
	assert_int_equal(e.status, STATUS_APP);
	if (!strstr(e.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, e.text);
}

static void xxd(void **unused)
{
	(void)unused;
	assert_frames("00000000: 4500 002c 0000 4000 4006 b6c8 c000 0201  E..,..@.@.......\n"
		      "00000010: c000 0202 0fa0 0050 0000 0064 0000 0000  .......P...d....\n"
		      "00000020: 6002 fa00 09ce 0000 0204 05b4            `....J......\n",
		      &packet, 1, LINK_RAW);
}

/* Two, one behind the other: the second begins at offset 0. The text of the rows looks like digits. */
static void hexdump__its_text_looks_like_bytes(void **unused)
{
	static const char rows[] =
		"00000000  45 00 00 2c 00 00 40 00  40 06 b6 c8 c0 00 02 01  |E..,..@.@.......|\n"
		"00000010  c0 00 02 02 0f a0 00 50  00 00 00 64 00 00 00 00  |.......P...d....|\n"
		"00000020  60 02 fa 00 09 ce 00 00  02 04 05 b4              |`....J......|\n"
		"0000002c\n";
	static const char digits[] =
		"0000  45 00 00 2c 00 00 40 00 40 06 b6 c8 c0 00 02 01  ab cd\n"
		"0010  c0 00 02 02 0f a0 00 50 00 00 00 64 00 00 00 00  ab cd\n"
		"0020  60 02 fa 00 09 ce 00 00 02 04 05 b4              ab cd\n";
	char both[1000];

	(void)unused;
	snprintf(both, sizeof(both), "%s%s", rows, rows);
	assert_frames(both, &packet, 2, LINK_RAW);
	snprintf(both, sizeof(both), "%s%s", digits, digits);
	assert_frames(both, &packet, 2, LINK_RAW);
}

static void od__octal_offsets_and_words_of_either_order(void **unused)
{
	(void)unused;
	assert_frames("0000000 45 00 00 2c 00 00 40 00 40 06 b6 c8 c0 00 02 01\n"
		      "0000020 c0 00 02 02 0f a0 00 50 00 00 00 64 00 00 00 00\n"
		      "0000040 60 02 fa 00 09 ce 00 00 02 04 05 b4\n"
		      "0000054\n",
		      &packet, 1, LINK_RAW);
	assert_frames("0000000 0045 2c00 0000 0040 0640 c8b6 00c0 0102\n"
		      "0000020 00c0 0202 a00f 5000 0000 6400 0000 0000\n"
		      "0000040 0260 00fa ce09 0000 0402 b405\n"
		      "0000054\n",
		      &packet, 1, LINK_RAW);
}

static void tcpdump__what_stands_between_is_left_out(void **unused)
{
	static const char one[] =
		"12:34:56.000001 IP 192.0.2.1.4000 > 192.0.2.2.80: Flags [S], seq 100, length 0\n"
		"\t0x0000:  4500 002c 0000 4000 4006 b6c8 c000 0201  E..,..@.@.......\n"
		"\t0x0010:  c000 0202 0fa0 0050 0000 0064 0000 0000  .......P...d....\n"
		"\t0x0020:  6002 fa00 09ce 0000 0204 05b4            `....J......\n";
	char both[1000];

	(void)unused;
	snprintf(both, sizeof(both), "%s%s", one, one);
	assert_frames(both, &packet, 2, LINK_RAW);
}

static void tshark__what_it_put_together_is_no_frame(void **unused)
{
	(void)unused;
	assert_frames("Frame (58 bytes):\n"
		      "0000  02 00 00 00 00 02 02 00 00 00 00 01 08 00 45 00   ..............E.\n"
		      "0010  00 2c 00 00 40 00 40 06 b6 c8 c0 00 02 01 c0 00   .,..@.@.........\n"
		      "0020  02 02 0f a0 00 50 00 00 00 64 00 00 00 00 60 02   .....P...d....`.\n"
		      "0030  fa 00 09 ce 00 00 02 04 05 b4                     ...J......\n"
		      "Reassembled TCP (4 bytes):\n"
		      "0000  02 00 00 00                                       ....\n\n",
		      &wrapped, 1, LINK_ETHERNET);
}

static void rows_left_out__are_filled_in(void **unused)
{
	struct bytes long_one = { 0 };

	(void)unused;
	put_hex(&long_one, "4500005c000040004006b69b c0000201c0000202"
			   "0fa000500000006400000000 5010fa00 00000000");
	while (long_one.len < 92)
		put8(&long_one, 0);
	assert_frames("00000000: 4500 005c 0000 4000 4006 b69b c000 0201  E..\\\n"
		      "00000010: c000 0202 0fa0 0050 0000 0064 0000 0000  ....\n"
		      "00000020: 5010 fa00 0000 0000 0000 0000 0000 0000  P...\n"
		      "00000030: 0000 0000 0000 0000 0000 0000 0000 0000  ....\n"
		      "*\n"
		      "00000050: 0000 0000 0000 0000 0000 0000            ....\n",
		      &long_one, 1, LINK_RAW);
}

static void digits__streams_arrays_strings(void **unused)
{
	(void)unused;
	assert_frames(SYN "\n" SYN "\n", &packet, 2, LINK_RAW); /* one a line */
	assert_frames(SYN "\n\n" SYN, &packet, 2, LINK_RAW);
	assert_frames("020000000002020000000001080045 00002c0000 40:00:40:06\n"
		      "b6c8c0000201c00002020fa00050000000640000\n"
		      "00006002fa0009ce0000020405b4\n",
		      &wrapped, 1, LINK_ETHERNET);
	assert_frames("/* Frame (44 bytes) */\n"
		      "static const unsigned char pkt1[44] = {\n"
		      "0x45, 0x00, 0x00, 0x2c, 0x00, 0x00, 0x40, 0x00, /* E..,..@. */\n"
		      "0x40, 0x06, 0xb6, 0xc8, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02,\n"
		      "0x0f, 0xa0, 0x00, 0x50, 0x00, 0x00, 0x00, 0x64, 0x00, 0x00, 0x00, 0x00,\n"
		      "0x60, 0x02, 0xfa, 0x00, 0x09, 0xce, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4\n"
		      "};\n",
		      &packet, 1, LINK_RAW);
	assert_frames("\"\\x45\\x00\\x00\\x2c\\x00\\x00\\x40\\x00\\x40\\x06\\xb6\\xc8\" \\\n"
		      "\"\\xc0\\x00\\x02\\x01\\xc0\\x00\\x02\\x02\\x0f\\xa0\\x00\\x50\" \\\n"
		      "\"\\x00\\x00\\x00\\x64\\x00\\x00\\x00\\x00\\x60\\x02\\xfa\\x00\" \\\n"
		      "\"\\x09\\xce\\x00\\x00\\x02\\x04\\x05\\xb4\"\n",
		      &packet, 1, LINK_RAW);
}

static void base64__in_one_line_or_more(void **unused)
{
	(void)unused;
	assert_frames("RQAALAAAQABABrbIwAACAcAAAgIPoABQAAAAZAAAAABgAvoACc4AAAIEBbQ=\n", &packet, 1,
		      LINK_RAW);
	assert_frames("RQAALAAAQABABrbIwAACAcAAAgIPoABQAAAA\n"
		      "ZAAAAABgAvoACc4AAAIEBbQ=\n"
		      "RQAALAAAQABABrbIwAACAcAAAgIPoABQAAAAZAAAAABgAvoACc4AAAIEBbQ\n",
		      &packet, 2, LINK_RAW);
}

static void link__the_one_that_is_asked_for(void **unused)
{
	struct err e = { 0 };
	struct hexin h;
	struct frame f;

	(void)unused;
	assert_true(hexin_begin(&h, SYN, strlen(SYN), HEXIN_HEX, LINK_ETHERNET, bytes, &e));
	assert_int_equal(hexin_next(&h, &f, &e), 1);
	assert_int_equal(f.link_type, LINK_ETHERNET);
}

static void wrong__is_said_with_its_line(void **unused)
{
	(void)unused;
	assert_wrong("\n\n", "no bytes");
	assert_wrong("# nothing\n", "no bytes");
	assert_wrong("45 00 00\n45 0g\n", "line 2");
	assert_wrong("45 0\n", "half a byte");
	assert_wrong("GET / HTTP/1.1\n", "line 1");
	assert_wrong("01 02 03 04\n", "--link");
	assert_wrong("0000  45 00 00 2c\n0030  00 00\n", "line 2: offset 0x30");
	assert_wrong("0000  45 00 00 2c\n*\n", "*");
	assert_wrong("0000  45 00 00 2c\n\n0010  00 00\n", "line 3");
	assert_wrong("0000  45 00 00 2c\n*\nfffffffffffffff0 00\n", "does not follow");
	assert_wrong("RQAALAAAQABABrbIwAACAcAAAgI=PoAB\n", "line 1");
	assert_wrong("RQAALAAAQABABrbIwAACAcAAAgIPo?==\n", "line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xxd),
		cmocka_unit_test(hexdump__its_text_looks_like_bytes),
		cmocka_unit_test(od__octal_offsets_and_words_of_either_order),
		cmocka_unit_test(tcpdump__what_stands_between_is_left_out),
		cmocka_unit_test(tshark__what_it_put_together_is_no_frame),
		cmocka_unit_test(rows_left_out__are_filled_in),
		cmocka_unit_test(digits__streams_arrays_strings),
		cmocka_unit_test(base64__in_one_line_or_more),
		cmocka_unit_test(link__the_one_that_is_asked_for),
		cmocka_unit_test(wrong__is_said_with_its_line),
	};

	make_packets();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
