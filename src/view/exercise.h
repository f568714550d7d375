/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise.h - an exercise made of a connection: blanks to be filled in, or segments to be put in order.
 *
 *     exercise.c         what is kept of the connection; the blanks
 *     exercise_solve.c   what can be worked out from what is shown, as a reader would
 *     exercise_order.c   segments out of order
 *     exercise_answer.c  is an answer right?
 *     exercise_words.c   cells, questions, explanations
 *
 * A connection and a seed make the same exercise everywhere, so a sheet and its key fit together. */
#ifndef TCPSHAKE_VIEW_EXERCISE_H
#define TCPSHAKE_VIEW_EXERCISE_H

#include "view/view.h"

#define EXERCISE_HEAD	   24u /* segments kept of a long connection: the first, and the last */
#define EXERCISE_TAIL	   12u
#define EXERCISE_ROWS_MAX  (EXERCISE_HEAD + EXERCISE_TAIL)
#define EXERCISE_LEAST	   3u  /* a connection with fewer segments is too short */
#define EXERCISE_ORDER_MAX 26u /* each has a letter */
#define EXERCISE_CELL_MAX  64u

/* What can be a blank: a column of the table. */
enum exercise_field {
	EXERCISE_FLAGS,
	EXERCISE_SEQ,
	EXERCISE_ACK,
	EXERCISE_NEXT,	 /* the number after this segment's last; shown as a blank only */
	EXERCISE_CLIENT, /* its state after the segment */
	EXERCISE_SERVER,
	EXERCISE_FIELD_COUNT,
};

struct exercise_row {
	struct trace_step step; /* its text is not kept */
	unsigned left_out;	/* segments before it that are not kept */
	unsigned hidden;	/* blanks: 1 << enum exercise_field */
};

struct exercise_blank {
	unsigned row;
	enum exercise_field field;
};

struct exercise {
	struct view_connection about; /* its strings are not kept */
	bool absolute;		      /* absolute numbers are shown; either kind is right */
	uint64_t total;		      /* segments of the connection */
	unsigned row_count;
	struct exercise_row rows[EXERCISE_ROWS_MAX];

	unsigned blank_count; /* in the order of the table */
	struct exercise_blank blanks[EXERCISE_ROWS_MAX * EXERCISE_FIELD_COUNT];

	unsigned order_count;
	unsigned order[EXERCISE_ORDER_MAX];    /* rows, as they were seen */
	unsigned shuffled[EXERCISE_ORDER_MAX]; /* rows, as they are shown: A, B, ... */
};

/* ---- exercise.c ---- */

struct exercise *exercise_new(bool absolute); /* NULL when memory is short */
void exercise_free(struct exercise *x);	      /* accepts NULL */

/* exercise_view() - a connection that this view is told of is kept; NULL when memory is short. */
struct view *exercise_view(struct exercise *x);

/**
 * exercise_blanks() - choose what is blank
 * @count:  at most so many
 * Each can be worked out from what is left, without another blank.
 * Return:  false with @e set (STATUS_APP): the connection is too short. */
bool exercise_blanks(struct exercise *x, uint64_t seed, unsigned count, struct err *e);

/* A number below @n, from a generator whose memory is @state: splitmix64. */
unsigned exercise_dice(uint64_t *state, unsigned n);

/* ---- exercise_solve.c ---- */

/* What a cell holds: a number (relative), flags (SYN FIN RST ACK), or a state. */
uint32_t exercise_truth(const struct exercise *x, unsigned row, enum exercise_field field);

/**
 * exercise_solve() - work a cell out from the cells that are shown, its own not looked at
 * @value:  set on success
 * Return:  false when that cannot be done. */
bool exercise_solve(const struct exercise *x, unsigned row, enum exercise_field field,
		    uint32_t *value);

/* The connection was seen from its first SYN on: before that the client was in CLOSED, the server in LISTEN. */
bool exercise_from_the_start(const struct exercise *x);

/* Why an end went from a state to another (RFC 9293 figure 5), and the lesson that belongs to it; NULL: no
 * such step is in the figure. */
const char *exercise_transition(enum tcp_state from, enum tcp_state to, enum trace_note *lesson);

/* The flags that sequence numbers and states depend on. */
uint16_t exercise_core_flags(uint16_t flags);

/* ---- exercise_order.c ---- */

/**
 * exercise_shuffle() - choose segments, and an order in which they are not right
 * @count:  at most so many; 3 and 26 are the least and the most
 * Return:  false with @e set (STATUS_APP): the connection is too short. */
bool exercise_shuffle(struct exercise *x, uint64_t seed, unsigned count, struct err *e);

/* Why one row must come before another. */
enum exercise_reason {
	EXERCISE_FREE,		 /* it need not */
	EXERCISE_LOWER_SEQ,	 /* of one sender: its numbers are lower */
	EXERCISE_LOWER_ACK,	 /* ..., or it knows of less */
	EXERCISE_PURE_FIRST,	 /* ..., or it takes no number */
	EXERCISE_IS_ACKNOWLEDGED /* the other one acknowledges it, or what was sent after it */
};

enum exercise_reason exercise_precedes(const struct exercise *x, unsigned row, unsigned other);

/**
 * exercise_next() - may this one be the next?
 * @placed: which of the shuffled ones have their place already, a bit each
 * @which:  index in shuffled
 * Return:  EXERCISE_FREE: yes; otherwise why one that is not placed must come first. */
enum exercise_reason exercise_next(const struct exercise *x, uint32_t placed, unsigned which);

/* ---- exercise_answer.c ---- */

/**
 * exercise_right() - is that the answer?
 * Numbers may be relative or absolute, and have "ack =" before them; flags be written as SYN,ACK or S. and
 * otherwise, PSH or not; states in any case, with blanks, underlines or nothing, or as ss(8) has them. */
bool exercise_right(const struct exercise *x, const struct exercise_blank *b, const char *answer);

/* ---- exercise_words.c ---- */

const char *exercise_column(enum exercise_field field); /* its heading */

/* A cell, whether it is a blank or not; "" when there is nothing in it. Returns @out. */
char *exercise_cell(const struct exercise *x, unsigned row, enum exercise_field field,
		    char out[EXERCISE_CELL_MAX]);

/* Which blank a cell is, from 1; 0: none. */
unsigned exercise_blank_number(const struct exercise *x, unsigned row, enum exercise_field field);

/* "step 2: which ack does it have?"; returns @out. */
char *exercise_question(const struct exercise *x, const struct exercise_blank *b, char *out,
			size_t size);

/* The right answer, as it is best written. Returns @out. */
char *exercise_answer(const struct exercise *x, const struct exercise_blank *b, char *out,
		      size_t size);

/* Why that is right: the equation with its numbers, or the rule. Returns @out. */
char *exercise_why(const struct exercise *x, const struct exercise_blank *b, char *out,
		   size_t size);

/* The lesson that belongs to it; TRACE_NOTE_COUNT: none. */
enum trace_note exercise_lesson(const struct exercise *x, const struct exercise_blank *b);

/* Why a segment has its place: the equations of its numbers. Returns @out. */
char *exercise_place(const struct exercise *x, unsigned row, char *out, size_t size);

/* What is the matter with the choice of a segment, in words. */
const char *exercise_reason_text(enum exercise_reason reason);

/* What is odd about a segment, a few words; "": nothing. */
const char *exercise_remark(const struct exercise *x, unsigned row);

/* What is to be done, a paragraph; and what the numbers count from. The second returns @out. */
const char *exercise_rules(bool order);
char *exercise_numbers(const struct exercise *x, char *out, size_t size);

#endif
