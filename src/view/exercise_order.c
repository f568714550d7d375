/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise_order.c - segments out of order, and which orders are right.
 *
 * Not the order of the capture alone is right: where two segments were on their way at the same time, nothing
 * in them says which was first. What their numbers say is a partial order, and whatever keeps to it will do. */
#include "tcp/seq.h"
#include "view/exercise.h"

static uint32_t end_of(const struct trace_step *step)
{
	return step->seq + tcp_segment_len(&step->seg);
}

enum exercise_reason exercise_precedes(const struct exercise *x, unsigned row, unsigned other)
{
	const struct trace_step *a = &x->rows[row].step, *b = &x->rows[other].step;
	bool b_acks = b->seg.flags & TCP_FLAG_ACK;

	if (a->from !=
	    b->from) /* what takes no number was sent before all that is acknowledged beyond it */
		return b_acks && seq_before(a->seq, b->ack) ? EXERCISE_IS_ACKNOWLEDGED :
							      EXERCISE_FREE;
	if (a->seq != b->seq)
		return seq_before(a->seq, b->seq) ? EXERCISE_LOWER_SEQ : EXERCISE_FREE;
	if (a->ack != b->ack)
		return seq_before(a->ack, b->ack) ? EXERCISE_LOWER_ACK : EXERCISE_FREE;
	return seq_before(end_of(a), end_of(b)) ? EXERCISE_PURE_FIRST : EXERCISE_FREE;
}

/* Sent once, in order, with numbers that are known: what the capture has of it fits the rules. */
static bool is_orderly(const struct exercise *x, unsigned row)
{
	const struct trace_step *step = &x->rows[row].step;

	switch (step->kind) {
	case TRACE_KIND_SYN:
	case TRACE_KIND_SYN_ACK:
	case TRACE_KIND_HANDSHAKE_ACK:
	case TRACE_KIND_FIN:
	case TRACE_KIND_DATA:
	case TRACE_KIND_FIN_ACK:
	case TRACE_KIND_ACK:
		break;
	default:
		return false;
	}
	return !exercise_remark(x, row)[0] && step->times_sent <= 1 && step->has_relative &&
	       (step->has_relative_ack || !(step->seg.flags & TCP_FLAG_ACK));
}

static unsigned choose(const struct exercise *x, unsigned *rows)
{
	unsigned n = 0;

	for (unsigned i = 0; i < x->row_count; i++) {
		bool fits = is_orderly(x, i);

		for (unsigned k = 0; fits && k < n; k++)
			fits = exercise_precedes(x, i, rows[k]) == EXERCISE_FREE;
		if (fits)
			rows[n++] = i;
	}
	return n;
}

/* Of too many the first ones stay, and the close. */
static unsigned thin_out(unsigned *rows, unsigned have, unsigned count)
{
	unsigned tail = count / 2;

	if (have <= count)
		return have;
	for (unsigned i = 0; i < tail; i++)
		rows[count - tail + i] = rows[have - tail + i];
	return count;
}

static bool is_in_order(const struct exercise *x)
{
	for (unsigned i = 0; i < x->order_count; i++)
		for (unsigned k = i + 1; k < x->order_count; k++)
			if (exercise_precedes(x, x->shuffled[k], x->shuffled[i]))
				return false;
	return true;
}

bool exercise_shuffle(struct exercise *x, uint64_t seed, unsigned count, struct err *e)
{
	unsigned rows[EXERCISE_ROWS_MAX];
	unsigned n = choose(x, rows);

	if (n < EXERCISE_LEAST)
		return err_set(
			e, STATUS_APP,
			"no exercise: of the connection's %u segment%s %u can be put in order, and "
			"%u are needed",
			x->row_count, x->row_count == 1 ? "" : "s", n, EXERCISE_LEAST);
	if (count < EXERCISE_LEAST)
		count = EXERCISE_LEAST;
	if (count > EXERCISE_ORDER_MAX)
		count = EXERCISE_ORDER_MAX;
	x->order_count = thin_out(rows, n, count);
	for (unsigned i = 0; i < x->order_count; i++)
		x->order[i] = x->shuffled[i] = rows[i];
	for (unsigned i = x->order_count; i > 1; i--) {
		unsigned k = exercise_dice(&seed, i), row = x->shuffled[k];

		x->shuffled[k] = x->shuffled[i - 1];
		x->shuffled[i - 1] = row;
	}
	if (is_in_order(x)) { /* the first one, which others depend on, goes to the end */
		unsigned row = x->shuffled[0];

		for (unsigned i = 1; i < x->order_count; i++)
			x->shuffled[i - 1] = x->shuffled[i];
		x->shuffled[x->order_count - 1] = row;
	}
	return true;
}

enum exercise_reason exercise_next(const struct exercise *x, uint32_t placed, unsigned which)
{
	for (unsigned i = 0; i < x->order_count; i++) {
		enum exercise_reason reason;

		if (i == which || placed & 1u << i)
			continue;
		reason = exercise_precedes(x, x->shuffled[i], x->shuffled[which]);
		if (reason)
			return reason;
	}
	return EXERCISE_FREE;
}
