/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_buffers.c - the store for received text and the queue of sent text; the RTT estimator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp/reassembly.h"
#include "tcp/rtt.h"
#include "tcp/sendq.h"

static void reassembly__pieces_in_any_order__give_the_stream(void **unused)
{
	enum { WINDOW = 50000 };
	uint8_t stream[WINDOW];

	srandom(1);
	for (size_t i = 0; i < WINDOW; i++)
		stream[i] = (uint8_t)random();
	for (int round = 0; round < 300; round++) {
		struct reassembly r;
		uint64_t reach = 0;

		assert_true(reassembly_init(&r, WINDOW));
		while (reach < WINDOW) {
			uint64_t at = (uint64_t)random() % WINDOW;
			size_t len = 1 + (size_t)random() % 3000;

			if (at + len > WINDOW)
				len = (size_t)(WINDOW - at);
			reassembly_put(&r, at, stream + at, len);
			reach = reassembly_reach(&r, 0);
		}
		for (uint64_t at = 0; at < WINDOW;) {
			size_t len;
			const uint8_t *p = reassembly_peek(&r, at, &len);

			assert_true(len > 0);
			assert_memory_equal(p, stream + at, len);
			at += len;
			reassembly_release(&r, at);
		}
		assert_int_equal(reassembly_memory(&r) <= REASSEMBLY_PAGE, 1);
		assert_int_equal(r.count, 0);
		reassembly_free(&r);
	}
}

static void reassembly__one_byte_far_ahead__costs_one_page(void **unused)
{
	struct reassembly r;

	assert_true(reassembly_init(&r, 16u << 20));
	assert_true(reassembly_put(&r, (16u << 20) - 1, (const uint8_t *)"x", 1));
	assert_int_equal(reassembly_memory(&r), REASSEMBLY_PAGE);
	assert_int_equal(reassembly_reach(&r, 0), 0);
	reassembly_free(&r);
}

static void reassembly__first_copy_wins(void **unused)
{
	struct reassembly r;
	size_t len;

	assert_true(reassembly_init(&r, 1000));
	assert_true(reassembly_put(&r, 2, (const uint8_t *)"CD", 2));
	assert_true(reassembly_put(&r, 0, (const uint8_t *)"abcdef", 6));
	assert_memory_equal(reassembly_peek(&r, 0, &len), "abCDef", 6);
	assert_int_equal(len, 6);
	reassembly_free(&r);
}

static void reassembly__too_many_ranges__are_refused_but_gaps_can_close(void **unused)
{
	struct reassembly r;

	assert_true(reassembly_init(&r, 1 << 20));
	for (uint64_t i = 0; i < REASSEMBLY_RANGES; i++)
		assert_true(reassembly_put(&r, 2 * i + 1, (const uint8_t *)"x", 1));
	assert_false(reassembly_put(&r, 10000, (const uint8_t *)"x", 1));
	assert_true(reassembly_put(&r, 0, (const uint8_t *)"x", 1));
	assert_int_equal(reassembly_reach(&r, 0), 2);
	reassembly_free(&r);
}

static void reassembly__past_the_window__is_cut(void **unused)
{
	struct reassembly r;
	static uint8_t text[3 * REASSEMBLY_PAGE];

	assert_true(reassembly_init(&r, 1));
	reassembly_put(&r, 0, text, sizeof(text));
	assert_true(reassembly_reach(&r, 0) <= 2 * REASSEMBLY_PAGE);
	reassembly_free(&r);
}

static void sendq__writes_and_releases__keep_every_byte_in_place(void **unused)
{
	struct sendq q;
	uint64_t written = 0, released = 0;
	uint8_t text[5000], scratch[5000];
	uint32_t first = 0xfffff000; /* wraps */

	srandom(2);
	sendq_init(&q, 30000, first);
	while (released < 2000000) {
		size_t len = (size_t)random() % sizeof(text), taken;

		for (size_t i = 0; i < len; i++)
			text[i] = (uint8_t)((written + i) * 31);
		taken = sendq_write(&q, text, len);
		assert_int_equal(taken, len < 30000 - q.used + taken ? taken : len);
		written += taken;
		assert_int_equal(sendq_text_end(&q), first + (uint32_t)written);
		if (q.used > sizeof(scratch)) {
			uint64_t at = released + (uint64_t)random() % (q.used - sizeof(scratch));
			const uint8_t *p =
				sendq_slice(&q, first + (uint32_t)at, sizeof(scratch), scratch);

			for (size_t i = 0; i < sizeof(scratch); i++)
				if (p[i] != (uint8_t)((at + i) * 31))
					fail_msg("byte %llu", (unsigned long long)(at + i));
		}
		released += (uint64_t)random() % (q.used + 1);
		sendq_release(&q, first + (uint32_t)released);
		assert_int_equal(q.used, written - released);
	}
	sendq_free(&q);
}

static void sendq__marks_and_splits__keep_the_sums(void **unused)
{
	struct sendq q;
	uint32_t seq = 100;

	sendq_init(&q, 1000, 0);
	for (int i = 0; i < 40; i++, seq += 10)
		assert_true(sendq_sent(&q, seq, seq + 10, i));
	sendq_mark(&q, sendq_record(&q, 3), SENT_SACKED, 0);
	sendq_mark(&q, sendq_record(&q, 4), SENT_LOST, 0);
	assert_true(sendq_split(&q, 4, 143));
	assert_int_equal(q.count, 41);
	assert_int_equal(sendq_record(&q, 4)->end, 143);
	assert_int_equal(sendq_record(&q, 5)->seq, 143);
	assert_int_equal(q.sacked, 10);
	assert_int_equal(q.lost, 10);
	sendq_mark(&q, sendq_record(&q, 5), SENT_AGAIN, SENT_LOST);
	assert_int_equal(q.lost, 3);
	while (q.count)
		sendq_pop(&q);
	assert_int_equal(q.sacked, 0);
	assert_int_equal(q.lost, 0);
	sendq_free(&q);
}

/* RFC 6298 rules 2.1 to 2.5, with the numbers worked out by hand. */
static void rtt__samples__follow_the_rules(void **unused)
{
	struct rtt r = { 0 };

	assert_int_equal(rtt_rto(&r), 1000000);
	rtt_sample(&r, 800000); /* SRTT 0.8, RTTVAR 0.4: RTO 2.4 */
	assert_int_equal(rtt_rto(&r), 2400000);
	rtt_sample(&r, 400000); /* RTTVAR 0.4 + (0.4 - 0.4) / 4, SRTT 0.75 */
	assert_int_equal(r.srtt_us, 750000);
	assert_int_equal(rtt_rto(&r), 750000 + 4 * 400000);
	for (int i = 0; i < 100; i++)
		rtt_sample(&r, 10000);
	assert_int_equal(rtt_rto(&r), 1000000); /* rule 2.4 */
	assert_int_equal(r.min_us, 10000);
}

static void rtt__back_off__doubles_up_to_a_minute_and_ends_with_progress(void **unused)
{
	struct rtt r = { 0 };
	static const int64_t seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60 };

	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		assert_int_equal(rtt_rto(&r), seconds[i] * 1000000);
		rtt_back_off(&r);
	}
	rtt_progress(&r);
	assert_int_equal(rtt_rto(&r), 1000000);
	rtt_after_lost_syn(&r);
	assert_int_equal(rtt_rto(&r), 3000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reassembly__pieces_in_any_order__give_the_stream),
		cmocka_unit_test(reassembly__one_byte_far_ahead__costs_one_page),
		cmocka_unit_test(reassembly__first_copy_wins),
		cmocka_unit_test(reassembly__too_many_ranges__are_refused_but_gaps_can_close),
		cmocka_unit_test(reassembly__past_the_window__is_cut),
		cmocka_unit_test(sendq__writes_and_releases__keep_every_byte_in_place),
		cmocka_unit_test(sendq__marks_and_splits__keep_the_sums),
		cmocka_unit_test(rtt__samples__follow_the_rules),
		cmocka_unit_test(rtt__back_off__doubles_up_to_a_minute_and_ends_with_progress),
	};

	return cmocka_run_group_tests_name("buffers", tests, NULL, NULL);
}
