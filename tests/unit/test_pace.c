/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pace.c - the token bucket: the exact rate, and bursts that are bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probe/pace.h"

static const uint64_t rates[] = { 1,	 2,	 3,	  7,	   99,	    300,     499,   500,
				  501,	 997,	 1000,	  1500,	   4999,    10000,   33333, 99999,
				  65537, 180000, 1000000, 1234567, 9999999, 10000000 };
#define RATES (sizeof(rates) / sizeof(rates[0]))

#define START 1234567 /* any time */

/* One after the other, each as soon as it may leave: after ten seconds as many as ten seconds bring, and
 * the one that the bucket began with. */
static void asked_when_told__sends_the_exact_number(void **unused)
{
	for (size_t i = 0; i < RATES; i++) {
		int64_t now = START, end = START + 10000000;
		struct pace p;
		uint64_t sent = 0;

		pace_init(&p, rates[i], now);
		while (now <= end) {
			unsigned got = pace_take(&p, UINT32_MAX, now);

			assert_true(got > 0);
			sent += got;
			assert_true(sent <= rates[i] * (uint64_t)(now - START) / 1000000 + 1);
			now = pace_when(&p, now);
		}
		assert_int_equal(sent, rates[i] * 10 + 1);
	}
}

/* Asked at any time, but never later than the burst lasts, nothing is lost either. */
static void asked_now_and_then__sends_the_exact_number(void **unused)
{
	srandom(1);
	for (size_t i = 0; i < RATES; i++) {
		int64_t now = START;
		struct pace p;
		uint64_t sent = 0;

		pace_init(&p, rates[i], now);
		for (;;) {
			sent += pace_take(&p, UINT32_MAX, now);
			assert_true(sent <= rates[i] * (uint64_t)(now - START) / 1000000 + 1);
			if (now == START + 10000000)
				break;
			now += random() % 1000;
			if (now > START + 10000000)
				now = START + 10000000;
		}
		assert_int_equal(sent, rates[i] * 10 + 1);
	}
}

static void after_a_pause__a_burst_of_two_milliseconds(void **unused)
{
	for (size_t i = 0; i < RATES; i++) {
		uint64_t burst = rates[i] / 500 ? rates[i] / 500 : 1;
		struct pace p;

		pace_init(&p, rates[i], START);
		assert_int_equal(pace_take(&p, UINT32_MAX, START), 1);
		assert_int_equal(pace_take(&p, UINT32_MAX, START), 0);
		for (int64_t pause = 10000000; pause < INT64_C(1) << 50; pause <<= 10) {
			assert_int_equal(pace_when(&p, START + pause), START + pause);
			assert_int_equal(pace_take(&p, UINT32_MAX, START + pause), burst);
			/* One that was nearly due is all that may follow at once. */
			assert_in_range(pace_take(&p, UINT32_MAX, START + pause + 1), 0,
					1 + rates[i] / 1000000);
			pace_init(&p, rates[i], START);
		}
	}
}

/* In any second there leave no more than the rate and a burst. */
static void any_second__is_bounded(void **unused)
{
	static int64_t left[200000];
	struct pace p;
	unsigned sent = 0, oldest = 0;
	int64_t now = START;

	srandom(2);
	pace_init(&p, 5000, now);
	while (sent < 100000) {
		unsigned got = pace_take(&p, 1 + (unsigned)random() % 20, now);

		while (got--)
			left[sent++] = now;
		while (sent && left[oldest] <= now - 1000000)
			oldest++;
		assert_in_range(sent - oldest, 0, 5000 + 10 + 1);
		now += random() % 100 ? random() % 500 : random() % 3000000;
	}
}

static void given_back__may_leave_later(void **unused)
{
	struct pace p;

	pace_init(&p, 1000, START);
	assert_int_equal(pace_take(&p, 5, START), 1);
	pace_give_back(&p, 1);
	assert_int_equal(pace_when(&p, START), START);
	assert_int_equal(pace_take(&p, 5, START), 1);
	assert_int_equal(pace_when(&p, START), START + 1000);
	assert_int_equal(pace_take(&p, 5, START + 999), 0);
	assert_int_equal(pace_when(&p, START + 999), START + 1000);
	assert_int_equal(pace_take(&p, 5, START + 1000), 1);
}

static void clock_that_goes_back__brings_nothing(void **unused)
{
	struct pace p;

	pace_init(&p, 1000, START);
	assert_int_equal(pace_take(&p, 1, START), 1);
	assert_int_equal(pace_take(&p, 1, START - 500000), 0);
	assert_int_equal(pace_when(&p, START - 500000), START + 1000);
	assert_int_equal(pace_take(&p, 9, START), 0);
	assert_int_equal(pace_take(&p, 9, START + 1000), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked_when_told__sends_the_exact_number),
		cmocka_unit_test(asked_now_and_then__sends_the_exact_number),
		cmocka_unit_test(after_a_pause__a_burst_of_two_milliseconds),
		cmocka_unit_test(any_second__is_bounded),
		cmocka_unit_test(given_back__may_leave_later),
		cmocka_unit_test(clock_that_goes_back__brings_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
