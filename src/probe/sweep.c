/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sweep.c - the window of targets in the air; see sweep.h.
 *
 * Inside, positions are numbered without gaps: turn k is position first + k * step. The window is a ring
 * over turns. cursor[a] is the turn whose attempt a is due next, cursor[0] the next new one, and
 * cursor[attempts] the oldest not yet given up; each lies at or behind the one before it. As attempt a is
 * sent in the order of turns, the turn at a cursor is always the first of its kind to become due, and
 * looking at one turn for each cursor says what is to be done.
 *
 * Rules: a cursor moves forward only, and steps over what is done 64 turns at a time, so that a whole
 *        sweep costs each attempt one pass over the bits, however many answers come and when. */
#include "probe/sweep.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_US 60000000u /* a time up to this far ahead of the clock is believed; see sent_us() */

struct sweep {
	uint64_t first, step;
	uint64_t turns; /* how many there are; fewer after sweep_stop() */
	unsigned attempts;
	int64_t wait_us[SWEEP_ATTEMPTS_MAX];
	int64_t now_us; /* the latest time that was told */
	uint64_t cursor[SWEEP_ATTEMPTS_MAX + 1];
	uint64_t finished;
	bool stopped;
	uint64_t mask;	/* of the ring */
	uint64_t *done; /* a bit for each place in the ring */
	uint32_t *sent; /* attempts for each place: low 32 bits of the time, 0: not sent */
};

static uint64_t *cursor_low(struct sweep *s)
{
	return &s->cursor[s->attempts];
}

static uint64_t low(const struct sweep *s)
{
	return s->cursor[s->attempts];
}

/* At least one word of bits; no more places than there are turns. */
static uint64_t ring_size(uint64_t window, uint64_t turns)
{
	uint64_t size = 64;

	while (size < window && size < turns)
		size *= 2;
	return size;
}

struct sweep *sweep_new(const struct sweep_config *config)
{
	struct sweep *s = calloc(1, sizeof(*s));
	uint64_t places;

	if (!s)
		return NULL;
	assert(config->step && config->attempts && config->attempts <= SWEEP_ATTEMPTS_MAX);
	s->first = config->first;
	s->step = config->step;
	if (config->first < config->count)
		s->turns = (config->count - config->first - 1) / config->step + 1;
	s->attempts = config->attempts;
	memcpy(s->wait_us, config->wait_us, sizeof(s->wait_us));
	places = ring_size(config->window, s->turns);
	s->mask = places - 1;
	s->done = calloc(places / 64, sizeof(*s->done));
	s->sent = calloc(places * s->attempts, sizeof(*s->sent));
	if (!s->done || !s->sent) {
		sweep_free(s);
		return NULL;
	}
	return s;
}

void sweep_free(struct sweep *s)
{
	if (!s)
		return;
	free(s->done);
	free(s->sent);
	free(s);
}

static uint32_t *sent_slot(const struct sweep *s, uint64_t turn, unsigned attempt)
{
	return &s->sent[(turn & s->mask) * s->attempts + attempt];
}

static void set_sent(struct sweep *s, uint64_t turn, unsigned attempt, int64_t when_us)
{
	uint32_t us = (uint32_t)when_us;

	*sent_slot(s, turn, attempt) = us ? us : 1;
}

/* The whole of a time of which 32 bits were kept: the one that lies at most 71 minutes back. The
 * capture's clock may be a little ahead of the one we were told. */
static int64_t sent_us(const struct sweep *s, uint64_t turn, unsigned attempt)
{
	uint32_t age = (uint32_t)s->now_us - *sent_slot(s, turn, attempt) + AHEAD_US;

	return s->now_us - ((int64_t)age - AHEAD_US);
}

static bool is_done(const struct sweep *s, uint64_t turn)
{
	return s->done[(turn & s->mask) / 64] >> turn % 64 & 1;
}

/* The first turn from @turn on that is not done, or @limit. */
static uint64_t step_over(const struct sweep *s, uint64_t turn, uint64_t limit)
{
	while (turn < limit) {
		uint64_t open = ~s->done[(turn & s->mask) / 64] >> turn % 64;

		if (open) {
			turn += (unsigned)__builtin_ctzll(open);
			break;
		}
		turn += 64 - turn % 64;
	}
	return turn < limit ? turn : limit;
}

/* The last attempt that was made at a turn. Only after sweep_stop() need the oldest not have had all. */
static unsigned last_attempt(const struct sweep *s, uint64_t turn)
{
	unsigned a = s->attempts - 1;

	while (a > 0 && s->cursor[a] <= turn)
		a--;
	return a;
}

/* A stopped sweep makes no more attempts, so there what is done is stepped over up to the newest. */
static void step_all_over(struct sweep *s)
{
	if (s->stopped) {
		*cursor_low(s) = step_over(s, low(s), s->cursor[0]);
		return;
	}
	for (unsigned a = 1; a <= s->attempts; a++)
		s->cursor[a] = step_over(s, s->cursor[a], s->cursor[a - 1]);
}

static void set_step(const struct sweep *s, struct sweep_step *out, enum sweep_what what,
		     uint64_t turn, unsigned attempt)
{
	*out = (struct sweep_step){
		.what = what,
		.position = s->first + turn * s->step,
		.attempt = attempt,
		.when_us = s->now_us,
	};
}

/* Is the time over that was given to an attempt? If not, out->when_us is no later than its end. */
static bool overdue(const struct sweep *s, uint64_t turn, unsigned attempt, struct sweep_step *out)
{
	int64_t due = sent_us(s, turn, attempt) + s->wait_us[attempt];

	if (due > s->now_us && due < out->when_us)
		out->when_us = due;
	return due <= s->now_us;
}

/* The oldest turn was given its time, after its last attempt. */
static bool gives_up(struct sweep *s, struct sweep_step *out)
{
	uint64_t turn = low(s);
	unsigned attempt;

	if (turn == s->cursor[s->stopped ? 0 : s->attempts - 1])
		return false;
	attempt = last_attempt(s, turn);
	if (!overdue(s, turn, attempt, out))
		return false;
	set_step(s, out, SWEEP_GAVE_UP, turn, attempt);
	++*cursor_low(s);
	s->finished++;
	return true;
}

void sweep_next(struct sweep *s, int64_t now_us, struct sweep_step *out)
{
	s->now_us = now_us;
	step_all_over(s);
	*out = (struct sweep_step){ .what = SWEEP_WAIT, .when_us = INT64_MAX };
	if (gives_up(s, out))
		return;
	for (unsigned a = s->attempts - 1; a > 0 && !s->stopped; a--)
		if (s->cursor[a] < s->cursor[a - 1] && overdue(s, s->cursor[a], a - 1, out)) {
			set_step(s, out, SWEEP_SEND, s->cursor[a], a);
			return;
		}
	if (s->cursor[0] < s->turns && s->cursor[0] - low(s) <= s->mask)
		set_step(s, out, SWEEP_SEND, s->cursor[0], 0);
	else if (low(s) == s->turns)
		out->what = SWEEP_FINISHED;
}

/* False when it is none of this sweep's positions. */
static bool find_turn(const struct sweep *s, uint64_t position, uint64_t *turn)
{
	if (position < s->first || (position - s->first) % s->step)
		return false;
	*turn = (position - s->first) / s->step;
	return true;
}

static bool in_window(const struct sweep *s, uint64_t position, uint64_t *turn)
{
	return find_turn(s, position, turn) && *turn >= low(s) && *turn < s->cursor[0];
}

void sweep_sent(struct sweep *s, uint64_t position, unsigned attempt, int64_t now_us)
{
	uint64_t turn;
	bool asked = find_turn(s, position, &turn) && turn == s->cursor[attempt];

	assert(asked); /* in the order of sweep_next(), on which everything here rests */
	if (!asked)
		return;
	s->now_us = now_us;
	if (attempt == 0) {
		s->done[(turn & s->mask) / 64] &= ~(UINT64_C(1) << turn % 64);
		memset(sent_slot(s, turn, 0), 0, s->attempts * sizeof(*s->sent));
		s->turns += s->stopped; /* it left all the same */
	}
	set_sent(s, turn, attempt, now_us);
	s->cursor[attempt]++;
}

bool sweep_sent_at(const struct sweep *s, uint64_t position, unsigned attempt, int64_t *when_us)
{
	uint64_t turn;

	if (attempt >= s->attempts || !in_window(s, position, &turn) ||
	    !*sent_slot(s, turn, attempt))
		return false;
	*when_us = sent_us(s, turn, attempt);
	return true;
}

void sweep_correct(struct sweep *s, uint64_t position, unsigned attempt, int64_t when_us)
{
	int64_t unused;

	if (sweep_sent_at(s, position, attempt, &unused))
		set_sent(s, (position - s->first) / s->step, attempt, when_us);
}

enum sweep_standing sweep_standing(const struct sweep *s, uint64_t position)
{
	uint64_t turn;

	if (!find_turn(s, position, &turn) || turn < low(s))
		return SWEEP_PAST;
	if (turn >= s->cursor[0])
		return SWEEP_UNSENT;
	return is_done(s, turn) ? SWEEP_DONE : SWEEP_WAITING;
}

void sweep_done(struct sweep *s, uint64_t position)
{
	uint64_t turn;

	if (!in_window(s, position, &turn) || is_done(s, turn))
		return;
	s->done[(turn & s->mask) / 64] |= UINT64_C(1) << turn % 64;
	s->finished++;
}

void sweep_stop(struct sweep *s)
{
	s->stopped = true;
	s->turns = s->cursor[0];
}

uint64_t sweep_begun(const struct sweep *s)
{
	return s->cursor[0];
}

uint64_t sweep_finished(const struct sweep *s)
{
	return s->finished;
}

uint64_t sweep_low(const struct sweep *s)
{
	return s->first + low(s) * s->step;
}
