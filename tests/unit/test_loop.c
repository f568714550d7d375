/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_loop.c - descriptors, deadlines, and sources that change while they are called. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "drive/loop.h"

struct bench {
	struct loop *loop;
	int pipe[2];
	struct loop_source reader, timer, other;
	char log[64]; /* a letter for each call, in order */
	struct err e;
};

static void note(struct bench *b, char letter)
{
	size_t len = strlen(b->log);

	assert_true(len + 1 < sizeof(b->log));
	b->log[len] = letter;
}

static void on_read(void *context, short revents)
{
	struct bench *b = context;
	char c;

	note(b, revents ? 'r' : 't');
	if (revents & POLLIN)
		assert_int_equal(read(b->pipe[0], &c, 1), 1);
	else
		b->reader.deadline_us = LOOP_NEVER;
}

static void on_timer(void *context, short revents)
{
	struct bench *b = context;

	assert_int_equal(revents, 0);
	note(b, 'T');
	b->timer.deadline_us = LOOP_NEVER;
}

static void remove_reader(void *context, short revents)
{
	struct bench *b = context;

	note(b, 'x');
	loop_remove(b->loop, &b->reader);
	b->other.deadline_us = LOOP_NEVER;
	b->other.events = 0;
}

static void add_timer(void *context, short revents)
{
	struct bench *b = context;

	note(b, 'a');
	b->other.deadline_us = LOOP_NEVER;
	assert_true(loop_add(b->loop, &b->timer, &b->e));
}

static int set_up(void **state)
{
	static struct bench b;

	memset(&b, 0, sizeof(b));
	b.loop = loop_new(&b.e);
	if (!b.loop || pipe(b.pipe))
		return -1;
	b.reader = (struct loop_source){ b.pipe[0], POLLIN, LOOP_NEVER, on_read, &b };
	b.timer = (struct loop_source){ -1, 0, LOOP_NEVER, on_timer, &b };
	b.other = (struct loop_source){ -1, 0, LOOP_NEVER, on_timer, &b };
	*state = &b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	loop_free(b->loop);
	close(b->pipe[0]);
	if (b->pipe[1] >= 0)
		close(b->pipe[1]);
	return 0;
}

static void turn(struct bench *b)
{
	assert_true(loop_turn(b->loop, &b->e));
}

static void poke(struct bench *b)
{
	assert_int_equal(write(b->pipe[1], "x", 1), 1);
}

static void nothing_to_wait_for__turn__returns_at_once(void **state)
{
	struct bench *b = *state;

	turn(b);
	b->reader.events = 0;
	assert_true(loop_add(b->loop, &b->reader, &b->e));
	turn(b);
	assert_string_equal(b->log, "");
}

static void descriptor__readable__is_called_each_turn(void **state)
{
	struct bench *b = *state;

	assert_true(loop_add(b->loop, &b->reader, &b->e));
	poke(b);
	poke(b);
	turn(b);
	turn(b);
	assert_string_equal(b->log, "rr");
}

static void deadline__comes__not_before_its_time(void **state)
{
	struct bench *b = *state;
	int64_t due = loop_now() + 20000;

	b->timer.deadline_us = due;
	assert_true(loop_add(b->loop, &b->timer, &b->e));
	turn(b);
	assert_string_equal(b->log, "T");
	assert_true(loop_now() >= due);
}

static void deadline_and_data_at_once__data__comes_first(void **state)
{
	struct bench *b = *state;

	b->timer.deadline_us = b->reader.deadline_us = 0;
	assert_true(loop_add(b->loop, &b->timer, &b->e));
	assert_true(loop_add(b->loop, &b->reader, &b->e));
	poke(b);
	turn(b);
	assert_string_equal(b->log, "rT");
	turn(b); /* once a round: else who is always due would keep the others waiting */
	assert_string_equal(b->log, "rTt");
}

/* A hang-up cannot be masked in poll(2): a source that wants no events must not spin the loop. */
static void hung_up_descriptor__without_events__stays_silent(void **state)
{
	struct bench *b = *state;

	close(b->pipe[1]);
	b->pipe[1] = -1;
	b->reader.events = 0;
	b->timer.deadline_us = loop_now() + 1000;
	assert_true(loop_add(b->loop, &b->reader, &b->e));
	assert_true(loop_add(b->loop, &b->timer, &b->e));
	turn(b);
	assert_string_equal(b->log, "T");
}

static void source_removed_in_the_same_round__ready__is_not_called(void **state)
{
	struct bench *b = *state;

	b->other = (struct loop_source){ b->pipe[0], POLLIN, LOOP_NEVER, remove_reader, b };
	assert_true(loop_add(b->loop, &b->other, &b->e));
	assert_true(loop_add(b->loop, &b->reader, &b->e));
	poke(b);
	turn(b);
	turn(b);
	assert_string_equal(b->log, "x");
}

static void source_added_in_a_callback__due__is_called_in_the_next_round(void **state)
{
	struct bench *b = *state;

	b->timer.deadline_us = 0;
	b->other.ready = add_timer;
	b->other.deadline_us = 0;
	assert_true(loop_add(b->loop, &b->other, &b->e));
	turn(b);
	assert_string_equal(b->log, "a");
	turn(b);
	assert_string_equal(b->log, "aT");
}

static void many_sources__are_all_served(void **state)
{
	struct bench *b = *state;
	struct loop_source many[100];

	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		many[i] = (struct loop_source){ -1, 0, LOOP_NEVER, on_timer, b };
		assert_true(loop_add(b->loop, &many[i], &b->e));
	}
	for (size_t i = 0; i < ARRAY_LEN(many); i += 2)
		loop_remove(b->loop, &many[i]);
	many[0].deadline_us = many[99].deadline_us = 0;
	turn(b);
	assert_string_equal(b->log, "T"); /* the last one; the first is gone */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_to_wait_for__turn__returns_at_once),
		TEST(descriptor__readable__is_called_each_turn),
		TEST(deadline__comes__not_before_its_time),
		TEST(deadline_and_data_at_once__data__comes_first),
		TEST(hung_up_descriptor__without_events__stays_silent),
		TEST(source_removed_in_the_same_round__ready__is_not_called),
		TEST(source_added_in_a_callback__due__is_called_in_the_next_round),
		TEST(many_sources__are_all_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
