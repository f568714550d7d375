/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_base.c - strict numbers and durations, errors as values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/parse.h"

static void uint__good_numbers__are_read(void **unused)
{
	uint64_t v = 0;

	assert_true(parse_uint("0", 0, 9, &v) && v == 0);
	assert_true(parse_uint("65535", 1, 65535, &v) && v == 65535);
	assert_true(parse_uint("0xff", 0, 255, &v) && v == 255);
	assert_true(parse_uint("4294967295", 0, UINT32_MAX, &v) && v == UINT32_MAX);
}

static void uint__anything_else__is_refused(void **unused)
{
	static const char *const bad[] = { "",
					   " 1",
					   "1 ",
					   "+1",
					   "-1",
					   "1x",
					   "0x",
					   "0x0x1",
					   "0xg",
					   "x1",
					   "1.0",
					   "70000",
					   "99999999999999999999" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint64_t v = 42;

		assert_false(parse_uint(bad[i], 0, 65535, &v));
		assert_int_equal(v, 42);
	}
}

static void duration__units__are_microseconds(void **unused)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = { { "0", 0 },	  { "2", 2000000 },	{ "2s", 2000000 },
		     { "500ms", 500000 }, { "7us", 7 },		{ "1.5s", 1500000 },
		     { "1m", 60000000 },  { "1h", 3600000000 }, { "0.25", 250000 } };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		int64_t us = -1;

		assert_true(parse_duration(good[i].text, &us));
		assert_int_equal(us, good[i].us);
	}
}

static void duration__anything_else__is_refused(void **unused)
{
	static const char *const bad[] = { "",	  "s",	 "-1s", "1 s", "1d",   "1.2.3s",
					   "nan", "inf", ".5",	"1e3", "0x10", "999999999999999h" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		int64_t us = 42;

		assert_false(parse_duration(bad[i], &us));
		assert_int_equal(us, 42);
	}
}

static void err_set__long_text__is_cut_and_false(void **unused)
{
	struct err e = { 0 };
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_false(err_set(&e, STATUS_PEER, "%s", text));
	assert_int_equal(e.status, STATUS_PEER);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uint__good_numbers__are_read),
		cmocka_unit_test(uint__anything_else__is_refused),
		cmocka_unit_test(duration__units__are_microseconds),
		cmocka_unit_test(duration__anything_else__is_refused),
		cmocka_unit_test(err_set__long_text__is_cut_and_false),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
