/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_cubic.c - RFC 9438 on the controller alone, in segments of 1000 bytes. The table is
 * doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tcp/congestion.h"

#define MSS	 1000u
#define ROUND_US 100000 /* a round trip */

/* One round trip of acknowledgements, a segment each. */
static void a_round(struct congestion *cc, int64_t now_us)
{
	for (uint32_t left = cc->cwnd; left >= MSS; left -= MSS)
		congestion_on_ack(cc, MSS, MSS, ROUND_US, now_us);
}

/* A loss with @segments out is repaired. */
static void lose(struct congestion *cc, uint32_t segments)
{
	congestion_init(cc, MSS);
	cc->cwnd = segments * MSS;
	congestion_on_loss(cc, MSS, segments * MSS);
	congestion_recovered(cc);
}

/* RFC 9438 4.2, 4.6: 0.7 of the window, and back to it after K = cbrt(30 / 0.4) = 4.2 s. */
static void cubic__after_a_loss__old_window_again_after_k(void **unused)
{
	struct congestion cc;
	int64_t now_us = 0;

	lose(&cc, 100);
	assert_int_equal(cc.cwnd, 70 * MSS);
	for (; now_us < 2000000; now_us += ROUND_US)
		a_round(&cc, now_us);
	assert_true(cc.cwnd > 90 * MSS && cc.cwnd < 98 * MSS); /* steep first: 95.6 by the curve */
	for (; now_us < 4200000; now_us += ROUND_US)
		a_round(&cc, now_us);
	assert_true(cc.cwnd > 98 * MSS && cc.cwnd < 102 * MSS);
}

/* RFC 9438 4.3: where Reno would be faster, at least as fast. */
static void cubic__small_window__as_fast_as_reno(void **unused)
{
	struct congestion cc;

	lose(&cc, 10);
	for (int64_t now_us = 0; now_us < 1000000; now_us += 10000)
		for (uint32_t left = cc.cwnd; left >= MSS; left -= MSS)
			congestion_on_ack(&cc, MSS, MSS, 10000, now_us);
	/* the curve is below 10 segments after 1 s; Reno made 100 round trips */
	assert_true(cc.cwnd > 50 * MSS && cc.cwnd < 120 * MSS);
}

/* RFC 9438 4.2: at most half as much again in one round trip. */
static void cubic__far_along_the_curve__growth_is_bounded(void **unused)
{
	const int64_t round_us = 10000000; /* the curve is at 218 segments after one */
	struct congestion cc;

	lose(&cc, 10);
	for (int64_t i = 0; i < 5; i++) {
		uint32_t before = cc.cwnd;

		for (uint32_t left = before; left >= MSS; left -= MSS)
			congestion_on_ack(&cc, MSS, MSS, round_us, i * round_us);
		assert_true(cc.cwnd > before && cc.cwnd <= before + before / 2 + MSS);
	}
}

/* RFC 9438 4.7: a loss below the last maximum: others need room. */
static void cubic__second_loss_earlier__maximum_remembered_lower(void **unused)
{
	struct congestion cc;

	lose(&cc, 100);
	congestion_on_loss(&cc, MSS, 70 * MSS);
	assert_int_equal((uint32_t)cc.w_max, 70 * MSS * 85 / 100);
	assert_int_equal(cc.ssthresh, 49 * MSS);
}

/* RFC 9438 4.8: after a timeout the curve begins where slow start ended, with K 0. */
static void cubic__after_a_timeout__curve_begins_flat(void **unused)
{
	struct congestion cc;
	int64_t now_us = 0;

	congestion_init(&cc, MSS);
	cc.cwnd = 100 * MSS;
	congestion_on_timeout(&cc, MSS, 100 * MSS, true);
	assert_int_equal(cc.cwnd, MSS);
	for (; cc.cwnd < cc.ssthresh; now_us += ROUND_US)
		a_round(&cc, now_us);
	congestion_on_ack(&cc, MSS, MSS, ROUND_US, now_us);
	assert_true(cc.k == 0);
	assert_true(cc.w_max >= 70 * MSS && cc.w_max <= 71 * MSS);
}

/* RFC 9438 4.2, 5.8: time in which we did not use the window does not count. */
static void cubic__a_pause__time_stands_still(void **unused)
{
	struct congestion cc;
	uint32_t before;

	lose(&cc, 100);
	for (int64_t now_us = 0; now_us < 4200000; now_us += ROUND_US)
		a_round(&cc, now_us);
	before = cc.cwnd;
	a_round(&cc, 64200000); /* a minute later */
	assert_true(cc.cwnd < before + 3 * MSS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cubic__after_a_loss__old_window_again_after_k),
		cmocka_unit_test(cubic__small_window__as_fast_as_reno),
		cmocka_unit_test(cubic__far_along_the_curve__growth_is_bounded),
		cmocka_unit_test(cubic__second_loss_earlier__maximum_remembered_lower),
		cmocka_unit_test(cubic__after_a_timeout__curve_begins_flat),
		cmocka_unit_test(cubic__a_pause__time_stands_still),
	};

	return cmocka_run_group_tests_name("conform_cubic", tests, NULL, NULL);
}
