/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sweep.c - whom to send to next: attempts, waits, window and what is known of a position. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "probe/sweep.h"

static struct sweep *made(struct sweep_config config)
{
	struct sweep *s;

	if (!config.step)
		config.step = 1;
	if (!config.window)
		config.window = 1024;
	s = sweep_new(&config);
	assert_non_null(s);
	return s;
}

/* What it says now, and nothing else. */
static void says_wait(struct sweep *s, int64_t now, int64_t until)
{
	struct sweep_step step;

	sweep_next(s, now, &step);
	assert_int_equal(step.what, SWEEP_WAIT);
	assert_int_equal(step.when_us, until);
}

static void says(struct sweep *s, int64_t now, enum sweep_what what, uint64_t position,
		 unsigned attempt)
{
	struct sweep_step step;

	sweep_next(s, now, &step);
	assert_int_equal(step.what, what);
	assert_int_equal(step.position, position);
	assert_int_equal(step.attempt, attempt);
	if (what == SWEEP_SEND)
		sweep_sent(s, position, attempt, now);
}

static void says_finished(struct sweep *s, int64_t now)
{
	struct sweep_step step;

	sweep_next(s, now, &step);
	assert_int_equal(step.what, SWEEP_FINISHED);
}

static void no_answer__attempts_with_back_off__then_given_up(void **unused)
{
	struct sweep *s = made(
		(struct sweep_config){ .count = 2, .attempts = 3, .wait_us = { 100, 200, 400 } });

	says(s, 1000, SWEEP_SEND, 0, 0);
	says(s, 1010, SWEEP_SEND, 1, 0);
	says_wait(s, 1010, 1100);
	says_wait(s, 1099, 1100);
	says(s, 1100, SWEEP_SEND, 0, 1);
	says_wait(s, 1100, 1110);
	says(s, 1110, SWEEP_SEND, 1, 1);
	says(s, 1300, SWEEP_SEND, 0, 2);
	says(s, 1310, SWEEP_SEND, 1, 2);
	says_wait(s, 1699, 1700);
	says(s, 1700, SWEEP_GAVE_UP, 0, 2);
	says_wait(s, 1700, 1710);
	assert_int_equal(sweep_finished(s), 1);
	says(s, 1710, SWEEP_GAVE_UP, 1, 2);
	says_finished(s, 1710);
	assert_int_equal(sweep_finished(s), 2);
	assert_int_equal(sweep_begun(s), 2);
	assert_int_equal(sweep_low(s), 2);
	sweep_free(s);
}

static void answered__is_left_alone(void **unused)
{
	struct sweep *s =
		made((struct sweep_config){ .count = 3, .attempts = 2, .wait_us = { 100, 100 } });

	for (unsigned i = 0; i < 3; i++)
		says(s, 1000, SWEEP_SEND, i, 0);
	sweep_done(s, 1);
	sweep_done(s, 1);
	assert_int_equal(sweep_finished(s), 1);
	says(s, 1100, SWEEP_SEND, 0, 1);
	says(s, 1100, SWEEP_SEND, 2, 1);
	sweep_done(s, 0); /* by the second attempt, or late by the first */
	says(s, 1200, SWEEP_GAVE_UP, 2, 1);
	says_finished(s, 1200);
	assert_int_equal(sweep_finished(s), 3);
	sweep_free(s);
}

/* Asked again before it was sent (the rate said no), it is still what is due. */
static void unsent__is_asked_for_again(void **unused)
{
	struct sweep *s =
		made((struct sweep_config){ .count = 2, .attempts = 2, .wait_us = { 100, 100 } });
	struct sweep_step step;

	for (unsigned i = 0; i < 3; i++) {
		sweep_next(s, 1000, &step);
		assert_true(step.what == SWEEP_SEND && step.position == 0 && step.attempt == 0);
	}
	assert_int_equal(sweep_begun(s), 0);
	says(s, 1000, SWEEP_SEND, 0, 0);
	sweep_next(s, 1100, &step);
	assert_true(step.what == SWEEP_SEND && step.position == 0 && step.attempt == 1);
	sweep_done(s, 0); /* its answer came meanwhile */
	says(s, 1101, SWEEP_SEND, 1, 0);
	sweep_free(s);
}

static void giving_up_comes_first__then_again__then_new(void **unused)
{
	struct sweep *s = made(
		(struct sweep_config){ .count = 9, .attempts = 3, .wait_us = { 100, 100, 100 } });

	says(s, 1000, SWEEP_SEND, 0, 0);
	says(s, 1100, SWEEP_SEND, 0, 1);
	says(s, 1100, SWEEP_SEND, 1, 0);
	says(s, 1200, SWEEP_SEND, 0, 2);
	says(s, 1200, SWEEP_SEND, 1, 1);
	says(s, 1200, SWEEP_SEND, 2, 0);
	says(s, 1300, SWEEP_GAVE_UP, 0, 2);
	says(s, 1300, SWEEP_SEND, 1, 2);
	says(s, 1300, SWEEP_SEND, 2, 1);
	says(s, 1300, SWEEP_SEND, 3, 0);
	sweep_free(s);
}

static void full_window__begins_nothing_new(void **unused)
{
	struct sweep *s = made((struct sweep_config){
		.count = 1000, .attempts = 1, .wait_us = { 100 }, .window = 64 });

	for (unsigned i = 0; i < 64; i++)
		says(s, 1000 + i, SWEEP_SEND, i, 0);
	says_wait(s, 1063, 1100);
	for (unsigned i = 1; i < 40; i++)
		sweep_done(s, i);
	says_wait(s, 1064, 1100); /* the oldest holds it */
	sweep_done(s, 0);
	for (unsigned i = 64; i < 64 + 40; i++)
		says(s, 1065, SWEEP_SEND, i, 0);
	assert_int_equal(sweep_low(s), 40);
	says_wait(s, 1065, 1140);
	says(s, 1140, SWEEP_GAVE_UP, 40, 0);
	says(s, 1140, SWEEP_SEND, 104, 0);
	sweep_free(s);
}

/* What is in the air is given its time, whatever attempt it was at; nothing is sent. */
static void stopped__waits_for_what_is_in_the_air(void **unused)
{
	struct sweep *s = made((struct sweep_config){
		.count = 1000, .attempts = 3, .wait_us = { 100, 200, 400 } });

	for (unsigned i = 0; i < 5; i++)
		says(s, 1000, SWEEP_SEND, i, 0);
	says(s, 1100, SWEEP_SEND, 0, 1);
	says(s, 1100, SWEEP_SEND, 1, 1);
	sweep_done(s, 2);
	sweep_stop(s);
	says_wait(s, 1100, 1300);
	sweep_done(s, 4);
	says(s, 1300, SWEEP_GAVE_UP, 0, 1);
	says(s, 1300, SWEEP_GAVE_UP, 1, 1);
	says(s, 1300, SWEEP_GAVE_UP, 3, 0);
	says_finished(s, 1300);
	assert_int_equal(sweep_begun(s), 5);
	assert_int_equal(sweep_finished(s), 5);
	assert_int_equal(sweep_low(s), 5); /* a later run goes on here */
	sweep_free(s);
}

static void stopped_between_asking_and_sending__counts_what_was_sent(void **unused)
{
	struct sweep *s =
		made((struct sweep_config){ .count = 9, .attempts = 1, .wait_us = { 100 } });
	struct sweep_step step;

	sweep_next(s, 1000, &step);
	sweep_stop(s);
	sweep_sent(s, step.position, step.attempt, 1000);
	says(s, 1100, SWEEP_GAVE_UP, 0, 0);
	says_finished(s, 1100);
	sweep_free(s);
}

static void standing__of_each_position(void **unused)
{
	struct sweep *s = made((struct sweep_config){
		.first = 3, .step = 4, .count = 20, .attempts = 1, .wait_us = { 100 } });

	for (unsigned i = 3; i <= 11; i += 4)
		says(s, 1000, SWEEP_SEND, i, 0);
	sweep_done(s, 11);
	says(s, 1100, SWEEP_GAVE_UP, 3, 0);
	assert_int_equal(sweep_standing(s, 3), SWEEP_PAST);
	assert_int_equal(sweep_standing(s, 7), SWEEP_WAITING);
	assert_int_equal(sweep_standing(s, 11), SWEEP_DONE);
	assert_int_equal(sweep_standing(s, 15), SWEEP_UNSENT);
	assert_int_equal(sweep_standing(s, 4), SWEEP_PAST); /* another shard's */
	assert_int_equal(sweep_standing(s, 0), SWEEP_PAST);
	assert_int_equal(sweep_standing(s, UINT64_MAX), SWEEP_UNSENT);
	/* Of these nothing can be done. */
	sweep_done(s, 3);
	sweep_done(s, 4);
	sweep_done(s, 15);
	assert_int_equal(sweep_finished(s), 2);
	assert_int_equal(sweep_low(s), 7);
	sweep_free(s);
}

static void nothing_to_do__is_finished(void **unused)
{
	struct sweep *s = made((struct sweep_config){ .count = 0, .attempts = 1 });

	says_finished(s, 1000);
	sweep_free(s);
	s = made((struct sweep_config){ .first = 5, .count = 5, .attempts = 1 });
	says_finished(s, 1000);
	sweep_free(s);
	sweep_free(NULL);
}

/* A position costs nothing until it is in the air. */
static void any_number_of_targets__constant_memory(void **unused)
{
	struct sweep *s = made((struct sweep_config){ .first = 6,
						      .step = 7,
						      .count = UINT64_C(1) << 62,
						      .attempts = 1,
						      .wait_us = { 100 },
						      .window = 100 });

	for (uint64_t at = 6; at < 7 * 128; at += 7)
		says(s, 1000, SWEEP_SEND, at, 0);
	sweep_free(s);
}

static void sent_at__is_known_while_it_is_in_the_window(void **unused)
{
	struct sweep *s = made((struct sweep_config){
		.count = 200, .attempts = 2, .wait_us = { 100, 100 }, .window = 64 });
	int64_t when;

	assert_false(sweep_sent_at(s, 0, 0, &when));
	says(s, 1000, SWEEP_SEND, 0, 0);
	says(s, 1005, SWEEP_SEND, 1, 0);
	assert_true(sweep_sent_at(s, 0, 0, &when));
	assert_int_equal(when, 1000);
	assert_false(sweep_sent_at(s, 0, 1, &when));
	assert_false(sweep_sent_at(s, 0, 2, &when));
	says(s, 1100, SWEEP_SEND, 0, 1);
	sweep_done(s, 1);
	assert_true(sweep_sent_at(s, 0, 0, &when));
	assert_int_equal(when, 1000);
	assert_true(sweep_sent_at(s, 0, 1, &when));
	assert_int_equal(when, 1100);
	/* The capture has it a little later than we were told the time. */
	sweep_correct(s, 0, 1, 1103);
	assert_true(sweep_sent_at(s, 0, 1, &when));
	assert_int_equal(when, 1103);
	says(s, 1203, SWEEP_GAVE_UP, 0, 1);
	says(s, 1203, SWEEP_SEND, 2, 0);
	assert_false(sweep_sent_at(s, 0, 0, &when));
	sweep_correct(s, 0, 1, 9999);
	/* One that answered the first attempt had no second, whoever stood there a lap before. */
	for (unsigned i = 3; i < 64 + 2; i++)
		says(s, 1203, SWEEP_SEND, i, 0);
	for (unsigned i = 2; i < 64 + 2; i++)
		says(s, 1303, SWEEP_SEND, i, 1);
	for (unsigned i = 2; i < 64 + 2; i++)
		sweep_done(s, i);
	for (unsigned i = 66; i < 130; i++) {
		says(s, 1304, SWEEP_SEND, i, 0);
		assert_false(sweep_sent_at(s, i, 1, &when));
		assert_int_equal(sweep_standing(s, i), SWEEP_WAITING);
	}
	sweep_free(s);
}

/* Only 32 bits of a time are kept: every boundary of 2^32 microseconds (71 minutes) is crossed. */
static void times__wrap(void **unused)
{
	for (int64_t offset = -450; offset <= 450; offset++) {
		int64_t t = (INT64_C(5) << 32) + offset, when;
		struct sweep *s = made((struct sweep_config){
			.count = 1, .attempts = 2, .wait_us = { 150, 1800000000 } });

		says(s, t, SWEEP_SEND, 0, 0);
		assert_true(sweep_sent_at(s, 0, 0, &when));
		assert_in_range(when - t, 0, t % (INT64_C(1) << 32) == 0); /* 0 is kept as 1 */
		sweep_correct(s, 0, 0, t);
		says_wait(s, t + 149, when + 150);
		says(s, t + 151, SWEEP_SEND, 0, 1);
		says_wait(s, t + 1799999000,
			  t + 151 + 1800000000 + ((t + 151) % (INT64_C(1) << 32) == 0));
		says(s, t + 1800000152, SWEEP_GAVE_UP, 0, 1);
		sweep_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_answer__attempts_with_back_off__then_given_up),
		cmocka_unit_test(answered__is_left_alone),
		cmocka_unit_test(unsent__is_asked_for_again),
		cmocka_unit_test(giving_up_comes_first__then_again__then_new),
		cmocka_unit_test(full_window__begins_nothing_new),
		cmocka_unit_test(stopped__waits_for_what_is_in_the_air),
		cmocka_unit_test(stopped_between_asking_and_sending__counts_what_was_sent),
		cmocka_unit_test(standing__of_each_position),
		cmocka_unit_test(nothing_to_do__is_finished),
		cmocka_unit_test(any_number_of_targets__constant_memory),
		cmocka_unit_test(sent_at__is_known_while_it_is_in_the_window),
		cmocka_unit_test(times__wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
