/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise_solve.c - a cell of the table, worked out from the others by the rules that are taught:
 *
 *   - a segment's next number is its seq, its bytes, and one each for SYN and FIN
 *   - its seq is the next number of its sender's segment before it
 *   - its ack is the next number of the other end's last segment before it
 *   - states and flags go together as in RFC 9293 figure 5
 *
 * Only cells that are shown are looked at. The rules are simpler than TCP: where one gives another value
 * than the segment has, the cell is no blank. */
#include "base/err.h"
#include "view/exercise.h"

/* A step of figure 5: what one end does, or what happens to it, in a segment with these flags. */
static const struct transition {
	bool sends; /* the end sends the segment; otherwise it is sent to it */
	enum tcp_state from, to;
	uint16_t flags; /* needed */
	bool acks_fin;	/* the segment must acknowledge the other end's FIN */
	enum trace_note lesson;
	const char *why;
} transitions[] = {
	{ true, TCP_STATE_LISTEN, TCP_STATE_SYN_RECEIVED, TCP_FLAG_SYN | TCP_FLAG_ACK, false,
	  TRACE_NOTE_SYN_ACK_CHECKED,
	  "it answers a SYN with its own, and waits for the ACK of that" },
	{ true, TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECEIVED, TCP_FLAG_SYN | TCP_FLAG_ACK, false,
	  TRACE_NOTE_SIMULTANEOUS_OPEN,
	  "the SYNs crossed: it acknowledges the other's, its own is still out" },
	{ true, TCP_STATE_CLOSED, TCP_STATE_SYN_SENT, TCP_FLAG_SYN, false, TRACE_NOTE_SYN_TAKES_ONE,
	  "it sends a SYN, and waits for the answer" },
	{ true, TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED, TCP_FLAG_ACK, false,
	  TRACE_NOTE_THIRD_SEQ,
	  "its SYN was acknowledged, and it acknowledges the other's: the handshake is done" },
	{ false, TCP_STATE_SYN_RECEIVED, TCP_STATE_ESTABLISHED, TCP_FLAG_ACK, false,
	  TRACE_NOTE_THIRD_SEQ, "the ACK of its SYN arrives: the handshake is done" },
	{ true, TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, TCP_FLAG_ACK, true,
	  TRACE_NOTE_CLOSE_WAIT,
	  "it acknowledges the other's FIN, and waits for its own program to close" },
	{ true, TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT_1, TCP_FLAG_FIN | TCP_FLAG_ACK, false,
	  TRACE_NOTE_FIN_TAKES_ONE, "it is the first to send FIN, and waits for the ACK of that" },
	{ true, TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK, TCP_FLAG_FIN | TCP_FLAG_ACK, false,
	  TRACE_NOTE_CLOSE_WAIT,
	  "it closes too: its FIN is out, and the last ACK is still to come" },
	{ true, TCP_STATE_FIN_WAIT_1, TCP_STATE_CLOSING, TCP_FLAG_ACK, true, TRACE_NOTE_BOTH_CLOSED,
	  "the FINs crossed: it acknowledges the other's before its own is acknowledged" },
	{ false, TCP_STATE_FIN_WAIT_1, TCP_STATE_FIN_WAIT_2, TCP_FLAG_ACK, true,
	  TRACE_NOTE_HALF_CLOSED,
	  "its FIN is acknowledged, the other's has not been answered yet" },
	{ true, TCP_STATE_FIN_WAIT_2, TCP_STATE_TIME_WAIT, TCP_FLAG_ACK, true, TRACE_NOTE_TIME_WAIT,
	  "it closed first, and now acknowledges the other's FIN" },
	{ false, TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT, TCP_FLAG_ACK, true, TRACE_NOTE_TIME_WAIT,
	  "the FINs crossed, and both are acknowledged now" },
	{ false, TCP_STATE_LAST_ACK, TCP_STATE_CLOSED, TCP_FLAG_ACK, true, TRACE_NOTE_FOUR_SEGMENTS,
	  "the last ACK arrives: this end has nothing left to wait for" },
};

#define CHAIN_MAX 3u /* steps that one segment can cause at one end, and one more */

const char *exercise_transition(enum tcp_state from, enum tcp_state to, enum trace_note *lesson)
{
	for (size_t i = 0; i < ARRAY_LEN(transitions); i++)
		if (transitions[i].from == from && transitions[i].to == to) {
			*lesson = transitions[i].lesson;
			return transitions[i].why;
		}
	return NULL;
}

uint16_t exercise_core_flags(uint16_t flags)
{
	return flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST | TCP_FLAG_ACK);
}

static enum exercise_field state_field(enum trace_end end)
{
	return end == TRACE_CLIENT ? EXERCISE_CLIENT : EXERCISE_SERVER;
}

static uint32_t end_of(const struct trace_step *step)
{
	return step->seq + tcp_segment_len(&step->seg);
}

uint32_t exercise_truth(const struct exercise *x, unsigned row, enum exercise_field field)
{
	const struct trace_step *step = &x->rows[row].step;

	switch (field) {
	case EXERCISE_FLAGS:
		return exercise_core_flags(step->seg.flags);
	case EXERCISE_SEQ:
		return step->seq;
	case EXERCISE_ACK:
		return step->ack;
	case EXERCISE_NEXT:
		return end_of(step);
	case EXERCISE_CLIENT:
		return step->state[TRACE_CLIENT];
	case EXERCISE_SERVER:
		return step->state[TRACE_SERVER];
	case EXERCISE_FIELD_COUNT:
		break;
	}
	return 0;
}

static bool is_shown(const struct exercise_row *r, enum exercise_field field)
{
	return !(r->hidden & 1u << field);
}

static const struct trace_equation *equation_of(const struct trace_step *step,
						enum trace_equation_kind kind)
{
	for (unsigned i = 0; i < step->equation_count; i++)
		if (step->equations[i].kind == kind)
			return &step->equations[i];
	return NULL;
}

static bool holds(const struct trace_step *step, enum trace_equation_kind kind)
{
	const struct trace_equation *eq = equation_of(step, kind);

	return eq &&
	       (eq->verdict == TRACE_OK || (eq->verdict == TRACE_OLD && eq->kind == TRACE_EQ_ACK &&
					    eq->value == eq->base + eq->bytes + eq->syn + eq->fin));
}

/* The last segment of an end before this one; NULL: none, or there may be others between that are left out. */
static const struct exercise_row *last_of(const struct exercise *x, unsigned row,
					  enum trace_end end)
{
	while (!x->rows[row].left_out && row-- > 0)
		if (x->rows[row].step.from == end)
			return &x->rows[row];
	return NULL;
}

static bool next_of(const struct exercise_row *r, uint32_t *value)
{
	*value = end_of(&r->step);
	return r->step.has_relative && is_shown(r, EXERCISE_SEQ) && is_shown(r, EXERCISE_FLAGS);
}

static bool solve_seq(const struct exercise *x, unsigned row, uint32_t *value)
{
	const struct trace_step *step = &x->rows[row].step;
	const struct exercise_row *before = last_of(x, row, step->from);

	return before && step->has_relative && holds(step, TRACE_EQ_SEQ) && next_of(before, value);
}

static bool solve_ack(const struct exercise *x, unsigned row, uint32_t *value)
{
	const struct exercise_row *r = &x->rows[row], *before;

	before = last_of(x, row, r->step.from == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT);
	return before && r->step.has_relative_ack && r->step.seg.flags & TCP_FLAG_ACK &&
	       is_shown(r, EXERCISE_FLAGS) && holds(&r->step, TRACE_EQ_ACK) &&
	       next_of(before, value);
}

/* A next number, where there is something that takes one. */
static bool solve_next(const struct exercise *x, unsigned row, uint32_t *value)
{
	const struct exercise_row *r = &x->rows[row];

	return tcp_segment_len(&r->step.seg) && holds(&r->step, TRACE_EQ_NEXT) && next_of(r, value);
}

bool exercise_from_the_start(const struct exercise *x)
{
	return x->row_count && x->rows[0].step.kind == TRACE_KIND_SYN;
}

/* The state of an end before a segment. */
static bool state_before(const struct exercise *x, unsigned row, enum trace_end end,
			 enum tcp_state *state)
{
	const struct exercise_row *r = &x->rows[row];

	if (!row) { /* as is said above the first row */
		*state = end == TRACE_CLIENT ? TCP_STATE_CLOSED : TCP_STATE_LISTEN;
		return exercise_from_the_start(x);
	}
	*state = r[-1].step.state[end];
	return !r->left_out && is_shown(r - 1, state_field(end));
}

/* The segment acknowledges all numbers of the other end, a FIN with them. */
static bool acks_fin(const struct exercise *x, unsigned row)
{
	const struct exercise_row *r = &x->rows[row];

	for (unsigned i = 0; i < row; i++) {
		const struct exercise_row *fin = &x->rows[i];
		uint32_t end;

		if (fin->step.from != r->step.from && fin->step.seg.flags & TCP_FLAG_FIN &&
		    next_of(fin, &end) && r->step.has_relative_ack && r->step.ack == end)
			return is_shown(r, EXERCISE_ACK);
	}
	return false;
}

static bool solve_state(const struct exercise *x, unsigned row, enum trace_end end, uint32_t *value)
{
	const struct exercise_row *r = &x->rows[row];
	enum tcp_state state, was;
	bool fin = acks_fin(x, row);
	size_t i = 0;

	if (!is_shown(r, EXERCISE_FLAGS) || !state_before(x, row, end, &was))
		return false;
	state = was;
	while (i < ARRAY_LEN(transitions)) {
		const struct transition *t = &transitions[i++];

		if (t->from != state || t->sends != (r->step.from == end) ||
		    (r->step.seg.flags & t->flags) != t->flags || (t->acks_fin && !fin))
			continue;
		state = t->to;
		i = 0; /* the figure has no circle */
	}
	*value = state;
	return state != was;
}

/* The flags that lead from one state to another, added to @flags. */
static bool chain(bool sends, enum tcp_state from, enum tcp_state to, unsigned most,
		  uint16_t *flags)
{
	if (from == to)
		return true;
	for (size_t i = 0; most && i < ARRAY_LEN(transitions); i++) {
		const struct transition *t = &transitions[i];
		uint16_t more = *flags | t->flags;

		if (t->sends != sends || t->from != from ||
		    !chain(sends, t->to, to, most - 1, &more))
			continue;
		*flags = more;
		return true;
	}
	return false;
}

static bool solve_flags(const struct exercise *x, unsigned row, uint32_t *value)
{
	const struct exercise_row *r = &x->rows[row];
	uint16_t flags = 0;

	for (unsigned end = 0; end < 2; end++) {
		enum tcp_state was;

		if (!state_before(x, row, (enum trace_end)end, &was) ||
		    !is_shown(r, state_field((enum trace_end)end)) ||
		    !chain(r->step.from == (enum trace_end)end, was, r->step.state[end], CHAIN_MAX,
			   &flags))
			return false;
	}
	*value = flags;
	return flags != 0;
}

bool exercise_solve(const struct exercise *x, unsigned row, enum exercise_field field,
		    uint32_t *value)
{
	switch (field) {
	case EXERCISE_FLAGS:
		return solve_flags(x, row, value);
	case EXERCISE_SEQ:
		return solve_seq(x, row, value);
	case EXERCISE_ACK:
		return solve_ack(x, row, value);
	case EXERCISE_NEXT:
		return solve_next(x, row, value);
	case EXERCISE_CLIENT:
		return solve_state(x, row, TRACE_CLIENT, value);
	case EXERCISE_SERVER:
		return solve_state(x, row, TRACE_SERVER, value);
	case EXERCISE_FIELD_COUNT:
		break;
	}
	return false;
}
