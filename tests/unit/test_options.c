/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_options.c - the walker, the decoder, the encoder and the table of TCP options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp/options.h"

static void syn__all_options__bytes_as_linux_sends_them(void **unused)
{
	static const uint8_t linux_syn[20] = { 2, 4, 5, 180, 4, 2, 8, 10, 0, 0,
					       1, 0, 0, 0,   0, 0, 1, 3,  3, 7 };
	struct tcp_options o = { .has_mss = true,
				 .mss = 1460,
				 .has_sack_permitted = true,
				 .has_timestamps = true,
				 .ts_val = 256,
				 .has_wscale = true,
				 .wscale = 7 };
	uint8_t out[TCP_OPTIONS_MAX];

	assert_int_equal(tcp_options_encode(&o, out), sizeof(linux_syn));
	assert_memory_equal(out, linux_syn, sizeof(linux_syn));
}

static void round_trip__every_combination__decodes_to_the_same(void **unused)
{
	for (unsigned bits = 0; bits < 16; bits++) {
		for (uint8_t sacks = 0; sacks <= 4; sacks++) {
			struct tcp_options o = { 0 }, back;
			uint8_t out[TCP_OPTIONS_MAX], len, fit = sacks;

			if (bits & 1)
				o.has_mss = true, o.mss = 536;
			if (bits & 2)
				o.has_wscale = true, o.wscale = 14;
			if (bits & 4)
				o.has_sack_permitted = true;
			if (bits & 8)
				o.has_timestamps = true, o.ts_val = 0xfffffffe, o.ts_ecr = 3;
			o.sack_count = sacks;
			for (uint32_t i = 0; i < sacks; i++)
				o.sack[i] = (struct tcp_sack_block){ 100 * i, 100 * i + 50 };
			len = tcp_options_encode(&o, out);
			assert_true(len <= TCP_OPTIONS_MAX);
			assert_int_equal(len % 4, 0);
			assert_true(tcp_options_decode(out, len, &back));
			/* Blocks give way to the other options, the last first. */
			if (back.sack_count < sacks)
				fit = back.sack_count;
			assert_true(fit == sacks || len + 8u > TCP_OPTIONS_MAX);
			assert_int_equal(back.has_mss, o.has_mss);
			assert_int_equal(back.mss, o.mss);
			assert_int_equal(back.has_wscale, o.has_wscale);
			assert_int_equal(back.wscale, o.wscale);
			assert_int_equal(back.has_sack_permitted, o.has_sack_permitted);
			assert_int_equal(back.ts_val, o.ts_val);
			assert_int_equal(back.ts_ecr, o.ts_ecr);
			assert_memory_equal(back.sack, o.sack, fit * sizeof(o.sack[0]));
		}
	}
}

static void four_sack_blocks__beside_timestamps__three_are_sent(void **unused)
{
	struct tcp_options o = { .has_timestamps = true, .sack_count = 4 }, back;
	uint8_t out[TCP_OPTIONS_MAX], len = tcp_options_encode(&o, out);

	assert_int_equal(len, 40);
	assert_true(tcp_options_decode(out, len, &back));
	assert_int_equal(back.sack_count, 3);
}

static void length_0_1_and_past_the_end__end_the_walk(void **unused)
{
	static const uint8_t bad[][4] = { { 99, 0, 1, 1 },  { 99, 1, 1, 1 },   { 99, 5, 1, 1 },
					  { 99, 41, 1, 1 }, { 99, 255, 1, 1 }, { 1, 1, 1, 2 } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct tcp_options o;

		assert_false(tcp_options_decode(bad[i], 4, &o));
	}
}

static void bad_length__what_came_before_is_kept(void **unused)
{
	static const uint8_t bytes[] = { 2, 4, 5, 180, 3, 0, 7, 0 };
	struct tcp_options o;

	assert_false(tcp_options_decode(bytes, sizeof(bytes), &o));
	assert_true(o.has_mss);
	assert_int_equal(o.mss, 1460);
	assert_false(o.has_wscale);
}

static void known_kind__wrong_length__is_skipped(void **unused)
{
	static const uint8_t bytes[] = { 2, 3, 5, 3, 3, 7, 5, 6, 1, 2, 3, 4 };
	struct tcp_options o;

	assert_true(tcp_options_decode(bytes, sizeof(bytes), &o));
	assert_false(o.has_mss);
	assert_true(o.has_wscale);
	assert_int_equal(o.sack_count, 0);
}

static void eol__hides_what_follows(void **unused)
{
	static const uint8_t bytes[] = { 0, 2, 4, 5 };
	struct tcp_options o;

	assert_true(tcp_options_decode(bytes, sizeof(bytes), &o));
	assert_false(o.has_mss);
}

static void random_bytes__walk_ends_inside(void **unused)
{
	srandom(20);
	for (int round = 0; round < 200000; round++) {
		uint8_t bytes[TCP_OPTIONS_MAX];
		size_t len = (size_t)random() % (sizeof(bytes) + 1);
		/* An exact copy on the heap, so that a sanitizer sees every step too far. */
		uint8_t *exact = test_malloc(len + !len);
		struct tcp_option_walk w = tcp_option_walk(exact, len);
		struct tcp_options o;
		struct tcp_option option;
		unsigned steps = 0;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)(random() % 4 ? random() % 12 : random());
		memcpy(exact, bytes, len);
		while (tcp_option_next(&w, &option) == TCP_OPTION_FOUND) {
			assert_true(option.bytes + option.len <= exact + len);
			assert_true(++steps <= len);
		}
		tcp_options_decode(exact, len, &o);
		assert_true(o.sack_count <= TCP_SACK_BLOCKS_MAX);
		test_free(exact);
	}
}

static void table__each_row_is_found_and_complete(void **unused)
{
	unsigned rows = 0;

	for (unsigned kind = 0; kind < 256; kind++) {
		const struct tcp_option_info *info = tcp_option_info((uint8_t)kind);

		if (!info)
			continue;
		rows++;
		assert_int_equal(info->kind, kind);
		assert_true(info->name[0] && info->meaning[0]);
		assert_memory_equal(info->source, "RFC ", 4);
	}
	assert_true(rows >= 7);
	assert_null(tcp_option_info(200));
}

static void flags_text__pairs_and_extremes(void **unused)
{
	char text[TCP_FLAGS_TEXT_MAX];

	assert_string_equal(tcp_flags_text(TCP_FLAG_SYN | TCP_FLAG_ACK, text), "SYN,ACK");
	assert_string_equal(tcp_flags_text(TCP_FLAG_FIN | TCP_FLAG_ACK, text), "FIN,ACK");
	assert_string_equal(tcp_flags_text(0, text), "none");
	assert_string_equal(tcp_flags_text(0xffff, text), "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn__all_options__bytes_as_linux_sends_them),
		cmocka_unit_test(round_trip__every_combination__decodes_to_the_same),
		cmocka_unit_test(four_sack_blocks__beside_timestamps__three_are_sent),
		cmocka_unit_test(length_0_1_and_past_the_end__end_the_walk),
		cmocka_unit_test(bad_length__what_came_before_is_kept),
		cmocka_unit_test(known_kind__wrong_length__is_skipped),
		cmocka_unit_test(eol__hides_what_follows),
		cmocka_unit_test(random_bytes__walk_ends_inside),
		cmocka_unit_test(table__each_row_is_found_and_complete),
		cmocka_unit_test(flags_text__pairs_and_extremes),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
