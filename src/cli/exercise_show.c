/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise_show.c - the table of an exercise, on standard output. */
#include "cli/exercise.h"
#include "view/line.h"

struct table {
	const struct exercise *x;
	bool color;
};

enum column {
	COLUMN_FROM = 5,
	COLUMN_FLAGS = 9,
	COLUMN_SEQ = 24,
	COLUMN_ACK = 36,
	COLUMN_LENGTH = 48,
	COLUMN_NEXT = 57,
	COLUMN_CLIENT = 69,
	COLUMN_SERVER = 83,
};

static const unsigned column_of[EXERCISE_FIELD_COUNT] = {
	[EXERCISE_FLAGS] = COLUMN_FLAGS,   [EXERCISE_SEQ] = COLUMN_SEQ,
	[EXERCISE_ACK] = COLUMN_ACK,	   [EXERCISE_NEXT] = COLUMN_NEXT,
	[EXERCISE_CLIENT] = COLUMN_CLIENT, [EXERCISE_SERVER] = COLUMN_SERVER,
};

static void show_field(const struct table *t, struct line *l, unsigned row,
		       enum exercise_field field)
{
	unsigned number = exercise_blank_number(t->x, row, field);
	char text[EXERCISE_CELL_MAX];

	line_to(l, column_of[field], 1);
	if (number)
		line_add(l, STYLE_STRONG, "[%u]____", number);
	else
		line_add(l, field >= EXERCISE_CLIENT ? STYLE_STATE : STYLE_PLAIN, "%s",
			 exercise_cell(t->x, row, field, text));
}

/* What stands before the columns: "   3 ->", "   C ->". */
static void begin_row(const struct table *t, struct line *l, const char *name, unsigned row)
{
	bool client = t->x->rows[row].step.from == TRACE_CLIENT;

	line_begin(l, t->color);
	line_add(l, STYLE_STRONG, "%4s", name);
	line_to(l, COLUMN_FROM, 1);
	line_add(l, client ? STYLE_CLIENT : STYLE_SERVER, "%s", client ? "->" : "<-");
}

static void show_headings(const struct table *t, unsigned last)
{
	struct line l;

	line_begin(&l, t->color);
	for (unsigned f = 0; f <= last; f++) {
		line_to(&l, column_of[f], 1);
		line_add(&l, STYLE_HEADING, "%s", exercise_column((enum exercise_field)f));
		if (f != EXERCISE_ACK)
			continue;
		line_to(&l, COLUMN_LENGTH, 1);
		line_add(&l, STYLE_HEADING, "bytes");
	}
	line_end(&l, stdout);
}

static void show_row(const struct table *t, const char *name, unsigned row, unsigned last)
{
	struct line l;

	begin_row(t, &l, name, row);
	for (unsigned f = 0; f <= EXERCISE_ACK; f++)
		show_field(t, &l, row, (enum exercise_field)f);
	line_to(&l, COLUMN_LENGTH, 1);
	line_add(&l, STYLE_PLAIN, "%zu", t->x->rows[row].step.seg.text_len);
	for (unsigned f = EXERCISE_NEXT; f <= last; f++)
		show_field(t, &l, row, (enum exercise_field)f);
	line_end(&l, stdout);
	if (exercise_remark(t->x, row)[0])
		line_wrap(stdout, t->color, COLUMN_FLAGS, STYLE_ODD, "!",
			  exercise_remark(t->x, row));
}

static void show_blanks(const struct table *t)
{
	struct line l;

	show_headings(t, EXERCISE_SERVER);
	if (exercise_from_the_start(t->x)) {
		line_begin(&l, t->color);
		line_to(&l, COLUMN_CLIENT, 0);
		line_add(&l, STYLE_FAINT, "(CLOSED)");
		line_to(&l, COLUMN_SERVER, 0);
		line_add(&l, STYLE_FAINT, "(LISTEN)");
		line_end(&l, stdout);
	}
	for (unsigned i = 0; i < t->x->row_count; i++) {
		char name[16];

		if (t->x->rows[i].left_out)
			printf("%*s %u segments are left out ...\n", (int)COLUMN_FLAGS, "...",
			       t->x->rows[i].left_out);
		snprintf(name, sizeof(name), "%u", t->x->rows[i].step.number);
		show_row(t, name, i, EXERCISE_SERVER);
	}
}

static void show_order(const struct table *t)
{
	show_headings(t, EXERCISE_ACK);
	for (unsigned i = 0; i < t->x->order_count; i++) {
		const char name[] = { (char)('A' + i), '\0' };

		show_row(t, name, t->x->shuffled[i], EXERCISE_ACK);
	}
}

void exercise_show(const struct exercise *x, bool color, bool order)
{
	struct table t = { x, color };

	if (order)
		show_order(&t);
	else
		show_blanks(&t);
}
