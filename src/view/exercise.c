/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise.c - what is kept of a connection, and which of its cells become blanks. */
#include "view/exercise.h"

#include <stdlib.h>

#include "view/catalogue.h"
#include "view/ops.h"

struct exercise *exercise_new(bool absolute)
{
	struct exercise *x = calloc(1, sizeof(*x));

	if (x)
		x->absolute = absolute;
	return x;
}

void exercise_free(struct exercise *x)
{
	free(x);
}

/* ---- the view ---- */

struct exercise_view {
	struct view view;
	struct exercise *exercise;
};

static void take_connection(struct view *v, const struct view_connection *c)
{
	struct exercise *x = ((struct exercise_view *)v)->exercise;

	x->about = *c;
	x->about.host = x->about.ifname = NULL;
}

/* The last ones are a ring behind the first, until take_end(). */
static void take_step(struct view *v, const struct trace_step *step, const struct packet *packet,
		      const struct frame *frame)
{
	struct exercise *x = ((struct exercise_view *)v)->exercise;
	unsigned at = x->row_count;

	(void)packet;
	(void)frame;
	if (at == EXERCISE_ROWS_MAX)
		at = EXERCISE_HEAD + (unsigned)((x->total - EXERCISE_HEAD) % EXERCISE_TAIL);
	else
		x->row_count++;
	x->total++;
	x->rows[at] = (struct exercise_row){ .step = *step };
	x->rows[at].step.seg.text = NULL;
}

static void take_end(struct view *v, const struct trace_summary *summary,
		     const struct view_result *result)
{
	struct exercise *x = ((struct exercise_view *)v)->exercise;
	struct exercise_row tail[EXERCISE_TAIL];
	unsigned first;

	(void)summary;
	(void)result;
	if (x->total <= EXERCISE_ROWS_MAX)
		return;
	first = (unsigned)((x->total - EXERCISE_HEAD) % EXERCISE_TAIL);
	for (unsigned i = 0; i < EXERCISE_TAIL; i++)
		tail[i] = x->rows[EXERCISE_HEAD + (first + i) % EXERCISE_TAIL];
	for (unsigned i = 0; i < EXERCISE_TAIL; i++)
		x->rows[EXERCISE_HEAD + i] = tail[i];
	x->rows[EXERCISE_HEAD].left_out = (unsigned)(x->total - EXERCISE_ROWS_MAX);
}

static void free_view(struct view *v)
{
	free((struct exercise_view *)v);
}

struct view *exercise_view(struct exercise *x)
{
	static const struct view_ops ops = {
		.connection = take_connection,
		.step = take_step,
		.summary = take_end,
		.free = free_view,
	};
	struct exercise_view *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return NULL;
	ev->view.ops = &ops;
	ev->exercise = x;
	return &ev->view;
}

/* ---- blanks ---- */

unsigned exercise_dice(uint64_t *state, unsigned n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ z >> 31) % n);
}

static bool is_solved(const struct exercise *x, unsigned row, enum exercise_field field)
{
	uint32_t value;

	return exercise_solve(x, row, field, &value) && value == exercise_truth(x, row, field);
}

static bool all_solved(const struct exercise *x)
{
	for (unsigned i = 0; i < x->row_count; i++)
		for (unsigned f = 0; f < EXERCISE_FIELD_COUNT; f++)
			if (x->rows[i].hidden & 1u << f && !is_solved(x, i, (enum exercise_field)f))
				return false;
	return true;
}

/* Every cell that could be a blank when it is the only one, in any order. What is wrong or odd about a
 * segment is shown, not asked. */
static unsigned candidates(const struct exercise *x, struct exercise_blank *out)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->row_count; i++)
		for (unsigned f = 0; f < EXERCISE_FIELD_COUNT; f++)
			if (!exercise_remark(x, i)[0] && is_solved(x, i, (enum exercise_field)f))
				out[n++] = (struct exercise_blank){ i, (enum exercise_field)f };
	return n;
}

/* The two states are of one kind. */
static unsigned kind_of(const struct exercise_blank *b)
{
	return b->field == EXERCISE_SERVER ? EXERCISE_CLIENT : b->field;
}

/* Each kind in its turn, as long as there is any of it. */
static unsigned draw(const struct exercise_blank *all, unsigned n, unsigned turn, uint64_t *seed)
{
	unsigned kind = turn % EXERCISE_SERVER, fit = 0, skip;

	for (unsigned i = 0; i < n; i++)
		fit += kind_of(&all[i]) == kind;
	if (!fit)
		return exercise_dice(seed, n);
	skip = exercise_dice(seed, fit);
	for (unsigned i = 0;; i++)
		if (kind_of(&all[i]) == kind && !skip--)
			return i;
}

static void list_blanks(struct exercise *x)
{
	x->blank_count = 0;
	for (unsigned i = 0; i < x->row_count; i++)
		for (unsigned f = 0; f < EXERCISE_FIELD_COUNT; f++)
			if (x->rows[i].hidden & 1u << f)
				x->blanks[x->blank_count++] =
					(struct exercise_blank){ i, (enum exercise_field)f };
}

bool exercise_blanks(struct exercise *x, uint64_t seed, unsigned count, struct err *e)
{
	struct exercise_blank all[EXERCISE_ROWS_MAX * EXERCISE_FIELD_COUNT];
	unsigned n = candidates(x, all), turn;

	if (x->row_count < EXERCISE_LEAST)
		return err_set(e, STATUS_APP,
			       "no exercise: the connection has %u segment%s, and %u are needed",
			       x->row_count, x->row_count == 1 ? "" : "s", EXERCISE_LEAST);
	if (!n)
		return err_set(
			e, STATUS_APP,
			"no exercise: of none of the connection's %u segments can a value be "
			"worked out from the others",
			x->row_count);
	turn = exercise_dice(&seed, EXERCISE_FIELD_COUNT);
	while (n && count) {
		unsigned which = draw(all, n, turn, &seed);
		struct exercise_blank b = all[which];

		all[which] = all[--n];
		x->rows[b.row].hidden |= 1u << b.field;
		if (all_solved(x)) {
			count--;
			turn++;
		} else {
			x->rows[b.row].hidden &= ~(1u << b.field);
		}
	}
	list_blanks(x);
	return true;
}
