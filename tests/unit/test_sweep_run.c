/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sweep_run.c - whole sweeps in simulated time, at a rate, with answers that come when they like; every
 * step of each is compared with what is known of every target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/sweep.h"

/* A run: every position, and all that a sweep must keep to. */
struct run {
	struct sweep_config config;
	unsigned answering; /* in a hundred targets */
	unsigned lost;	    /* in a hundred probes */
	int64_t gap_us;	    /* between two probes */
	uint64_t stop_after;

	struct sweep *sweep;
	struct target {
		int64_t sent_us;
		uint8_t sent, answers, done, given_up;
	} * target;
	struct answer {
		int64_t at_us;
		uint64_t from;
	} * queue; /* all take as long as the first, so they come in order */
	uint64_t head, tail;
	uint64_t next[SWEEP_ATTEMPTS_MAX]; /* no attempt goes back */
	uint64_t sent, finished;
	bool stopped;
};

#define ANSWER_US 5000

static struct target *target(struct run *r, uint64_t position)
{
	assert_true(position < r->config.count && position % r->config.step == r->config.first);
	return &r->target[position];
}

static void sends(struct run *r, const struct sweep_step *step, int64_t now)
{
	struct target *t = target(r, step->position);

	assert_false(r->stopped);
	assert_true(!t->done && !t->given_up && t->sent == step->attempt);
	assert_true(step->attempt < r->config.attempts);
	if (t->sent)
		assert_true(now - t->sent_us >= r->config.wait_us[t->sent - 1]);
	assert_true(step->position >= r->next[step->attempt]);
	r->next[step->attempt] = step->position + 1;
	t->sent++;
	t->sent_us = now;
	sweep_sent(r->sweep, step->position, step->attempt, now);
	if (t->answers && (unsigned)random() % 100 >= r->lost)
		r->queue[r->tail++] = (struct answer){ now + ANSWER_US, step->position };
	r->sent++;
}

static void gives_up(struct run *r, const struct sweep_step *step, int64_t now)
{
	struct target *t = target(r, step->position);

	assert_true(!t->done && !t->given_up && t->sent == step->attempt + 1);
	assert_true(r->stopped || t->sent == r->config.attempts);
	assert_true(now - t->sent_us >= r->config.wait_us[step->attempt]);
	t->given_up = 1;
	r->finished++;
}

static void hears(struct run *r, int64_t now)
{
	while (r->head < r->tail && r->queue[r->head].at_us <= now) {
		uint64_t from = r->queue[r->head++].from;
		struct target *t = target(r, from);

		assert_int_equal(sweep_standing(r->sweep, from) == SWEEP_WAITING,
				 !t->done && !t->given_up);
		sweep_done(r->sweep, from);
		r->finished += !t->done && !t->given_up;
		t->done |= !t->given_up;
	}
}

/* How long it took. */
static int64_t goes(struct run *r)
{
	uint64_t window = 64;
	int64_t now = 1, free_at = 1;
	struct sweep_step step;

	while (window < r->config.window)
		window *= 2;
	for (;;) {
		hears(r, now);
		assert_int_equal(sweep_finished(r->sweep), r->finished);
		sweep_next(r->sweep, now, &step);
		assert_true(sweep_begun(r->sweep) * r->config.step + r->config.first -
				    sweep_low(r->sweep) <=
			    window * r->config.step);
		if (step.what == SWEEP_FINISHED)
			return now;
		if (step.what == SWEEP_GAVE_UP) {
			gives_up(r, &step, now);
		} else if (step.what == SWEEP_WAIT) {
			assert_true(step.when_us > now && step.when_us < INT64_MAX);
			now = r->head < r->tail && r->queue[r->head].at_us < step.when_us ?
				      r->queue[r->head].at_us :
				      step.when_us;
		} else if (free_at > now) {
			now = free_at; /* the rate has it wait; it asks again */
		} else {
			sends(r, &step, now);
			free_at = now + r->gap_us;
			if (r->stop_after && r->sent == r->stop_after) {
				sweep_stop(r->sweep);
				r->stopped = true;
			}
		}
	}
}

static void begin(struct run *r, unsigned seed)
{
	srandom(seed);
	r->sweep = sweep_new(&r->config);
	r->target = calloc(r->config.count, sizeof(*r->target));
	r->queue = calloc(r->config.count * r->config.attempts, sizeof(*r->queue));
	assert_true(r->sweep && r->target && r->queue);
	for (uint64_t i = 0; i < r->config.count; i++)
		r->target[i].answers = (unsigned)random() % 100 < r->answering;
}

/* Each was done with in the one way or the other, those that were begun. */
static void end(struct run *r)
{
	uint64_t begun = 0, share = 0;

	for (uint64_t i = r->config.first; i < r->config.count; i += r->config.step, share++) {
		const struct target *t = &r->target[i];

		begun += t->sent > 0;
		assert_int_equal(t->done + t->given_up, t->sent > 0);
		if (t->sent && !t->answers)
			assert_true(t->given_up);
		if (t->answers && !r->lost && !r->stopped)
			assert_true(t->done && t->sent == 1);
	}
	assert_int_equal(begun, sweep_begun(r->sweep));
	assert_int_equal(begun, r->finished);
	if (!r->stopped)
		assert_int_equal(begun, share);
	sweep_free(r->sweep);
	free(r->target);
	free(r->queue);
}

#define WAITS                                                            \
	{                                                                \
		50000, 100000, 200000, 10000, 20000, 30000, 40000, 50000 \
	}

/* No rate, and a window for all: every attempt leaves when it is due, to the microsecond. */
static void nobody_answers__each_is_sent_every_attempt(void **unused)
{
	struct run r = { .config = { .count = 10000,
				     .step = 1,
				     .attempts = 3,
				     .wait_us = WAITS,
				     .window = 10000 } };

	begin(&r, 1);
	assert_int_equal(goes(&r), 1 + 50000 + 100000 + 200000);
	assert_int_equal(r.sent, 30000);
	end(&r);
}

static void all_answer__each_is_sent_once(void **unused)
{
	struct run r = { .config = { .count = 100000,
				     .step = 1,
				     .attempts = 3,
				     .wait_us = WAITS,
				     .window = 8192 },
			 .answering = 100,
			 .gap_us = 10 };

	begin(&r, 1);
	/* Answers keep ahead of the window: the rate is all that takes time. */
	assert_true(goes(&r) <= 100000 * 10 + ANSWER_US + 1);
	assert_int_equal(r.sent, 100000);
	end(&r);
}

static void a_million__some_answer__much_is_lost(void **unused)
{
	struct run r = { .config = { .count = 1000000,
				     .step = 1,
				     .attempts = 4,
				     .wait_us = WAITS,
				     .window = 1 << 16 },
			 .answering = 60,
			 .lost = 30,
			 .gap_us = 3 };

	begin(&r, 2);
	goes(&r);
	end(&r);
}

static void small_windows__any_attempts__any_shard(void **unused)
{
	for (unsigned seed = 0; seed < 150; seed++) {
		srandom(seed);
		struct run r = { .config = { .count = 1 + (uint64_t)random() % 3000,
					     .step = 1 + (uint64_t)random() % 5,
					     .attempts =
						     1 + (unsigned)random() % SWEEP_ATTEMPTS_MAX,
					     .wait_us = WAITS,
					     .window = 1 + (uint32_t)random() % 300 },
				 .answering = (unsigned)random() % 101,
				 .lost = (unsigned)random() % 60,
				 .gap_us = random() % 300 };

		r.config.first = (uint64_t)random() % r.config.step;
		if (seed % 3 == 0)
			r.stop_after = 1 + (uint64_t)random() % 3000;
		begin(&r, seed);
		goes(&r);
		end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_answers__each_is_sent_every_attempt),
		cmocka_unit_test(all_answer__each_is_sent_once),
		cmocka_unit_test(a_million__some_answer__much_is_lost),
		cmocka_unit_test(small_windows__any_attempts__any_shard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
