/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_seq.c - comparisons of sequence numbers, around the wrap too; SipHash and ISN. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcp/isn.h"
#include "tcp/seq.h"

static const uint32_t places[] = { 0, 1, 77, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

static void before_and_after__any_place__agree(void **unused)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint32_t a = places[i];

		assert_false(seq_before(a, a));
		assert_true(seq_upto(a, a));
		assert_true(seq_before(a, a + 1));
		assert_true(seq_before(a, a + 0x7fffffff));
		assert_false(seq_before(a, a + 0x80000000));
		assert_true(seq_after(a + 5, a));
		assert_int_equal(seq_max(a, a + 9), a + 9);
		assert_int_equal(seq_min(a, a + 9), a);
		assert_int_equal(seq_ahead(a, a + 9), 9);
		assert_int_equal(seq_ahead(a + 9, a), 0);
	}
}

static void within__edges__from_in_and_end_out(void **unused)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint32_t a = places[i];

		assert_false(seq_within(a, a, 0));
		assert_true(seq_within(a, a, 1));
		assert_true(seq_within(a + 9, a, 10));
		assert_false(seq_within(a + 10, a, 10));
		assert_false(seq_within(a - 1, a, 10));
	}
}

/* The first and the eighth and ninth vectors of the authors' reference (key 00 01 .. 0f, message
 * 00 01 .. of that length). */
static void siphash__reference_vectors(void **unused)
{
	uint8_t key[16], message[16];

	for (uint8_t i = 0; i < 16; i++)
		key[i] = message[i] = i;
	assert_true(siphash(key, message, 0) == 0x726fdb47dd0e0e31u);
	assert_true(siphash(key, message, 7) == 0xab0200f58b01d137u);
	assert_true(siphash(key, message, 8) == 0x93f5f5799a932462u);
	assert_true(siphash(key, message, 15) == 0xa129ca6149be45e5u);
}

static void isn__same_tuple__advances_one_in_four_microseconds(void **unused)
{
	static const uint8_t key[16] = { 1, 2, 3 }, tuple[12] = { 192, 0, 2, 1 };
	uint8_t other[12] = { 192, 0, 2, 2 };
	uint32_t isn = tcp_isn(key, tuple, sizeof(tuple), 1000);

	assert_int_equal(tcp_isn(key, tuple, sizeof(tuple), 1000), isn);
	assert_int_equal(tcp_isn(key, tuple, sizeof(tuple), 1400), isn + 100);
	assert_int_not_equal(tcp_isn(key, other, sizeof(other), 1000), isn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_and_after__any_place__agree),
		cmocka_unit_test(within__edges__from_in_and_end_out),
		cmocka_unit_test(siphash__reference_vectors),
		cmocka_unit_test(isn__same_tuple__advances_one_in_four_microseconds),
	};

	return cmocka_run_group_tests_name("seq", tests, NULL, NULL);
}
