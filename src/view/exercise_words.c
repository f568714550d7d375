/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise_words.c - an exercise in words: cells, questions, answers, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/exercise.h"
#include "view/words.h"

static const struct {
	const char *column, *question;
} fields[EXERCISE_FIELD_COUNT] = {
	[EXERCISE_FLAGS] = { "flags", "which flags are set?" },
	[EXERCISE_SEQ] = { "seq", "which seq does it have?" },
	[EXERCISE_ACK] = { "ack", "which ack does it have?" },
	[EXERCISE_NEXT] = { "next seq", "which seq will its sender use next?" },
	[EXERCISE_CLIENT] = { "client then", "which state is the client in then?" },
	[EXERCISE_SERVER] = { "server then", "which state is the server in then?" },
};

const char *exercise_column(enum exercise_field field)
{
	return fields[field].column;
}

char *exercise_question(const struct exercise *x, const struct exercise_blank *b, char *out,
			size_t size)
{
	snprintf(out, size, "step %u: %s", x->rows[b->row].step.number, fields[b->field].question);
	return out;
}

/* A number that is relative where that is known; else absolute, in parentheses. */
static void number_cell(const struct exercise *x, bool known, uint32_t relative, uint32_t absolute,
			char out[EXERCISE_CELL_MAX])
{
	snprintf(out, EXERCISE_CELL_MAX, known || x->absolute ? "%" PRIu32 : "(%" PRIu32 ")",
		 known && !x->absolute ? relative : absolute);
}

char *exercise_cell(const struct exercise *x, unsigned row, enum exercise_field field,
		    char out[EXERCISE_CELL_MAX])
{
	const struct trace_step *step = &x->rows[row].step;

	_Static_assert(EXERCISE_CELL_MAX >= TCP_FLAGS_TEXT_MAX, "flags fit into a cell");
	out[0] = '\0';
	switch (field) {
	case EXERCISE_FLAGS:
		tcp_flags_text(step->seg.flags, out);
		break;
	case EXERCISE_SEQ:
		number_cell(x, step->has_relative, step->seq, step->seg.seq, out);
		break;
	case EXERCISE_ACK:
		if (step->seg.flags & TCP_FLAG_ACK)
			number_cell(x, step->has_relative_ack, step->ack, step->seg.ack, out);
		break;
	case EXERCISE_NEXT:
		if (exercise_blank_number(x, row, field))
			number_cell(x, step->has_relative, exercise_truth(x, row, field),
				    tcp_segment_end(&step->seg), out);
		break;
	case EXERCISE_CLIENT:
	case EXERCISE_SERVER:
		snprintf(out, EXERCISE_CELL_MAX, "%s",
			 tcp_state_name((enum tcp_state)exercise_truth(x, row, field)));
		break;
	case EXERCISE_FIELD_COUNT:
		break;
	}
	return out;
}

unsigned exercise_blank_number(const struct exercise *x, unsigned row, enum exercise_field field)
{
	for (unsigned i = 0; i < x->blank_count; i++)
		if (x->blanks[i].row == row && x->blanks[i].field == field)
			return i + 1;
	return 0;
}

char *exercise_answer(const struct exercise *x, const struct exercise_blank *b, char *out,
		      size_t size)
{
	uint32_t truth = exercise_truth(x, b->row, b->field);
	char cell[EXERCISE_CELL_MAX];

	/* PSH and the like cannot be known. */
	snprintf(out, size, "%s",
		 b->field == EXERCISE_FLAGS ? tcp_flags_text((uint16_t)truth, cell) :
					      exercise_cell(x, b->row, b->field, cell));
	return out;
}

/* ---- why ---- */

static const struct trace_equation *equation_of(const struct trace_step *step,
						enum exercise_field field)
{
	enum trace_equation_kind kind = field == EXERCISE_SEQ ? TRACE_EQ_SEQ :
					field == EXERCISE_ACK ? TRACE_EQ_ACK :
								TRACE_EQ_NEXT;

	for (unsigned i = 0; i < step->equation_count; i++)
		if (step->equations[i].kind == kind)
			return &step->equations[i];
	return NULL;
}

static void why_number(const struct exercise *x, const struct trace_step *step,
		       const struct trace_equation *eq, char *out, size_t size)
{
	char words[WORDS_MAX], source[48];

	words_equation(step, eq, x->absolute, words, sizeof(words));
	words_source(eq, source, sizeof(source));
	snprintf(out, size, source[0] ? "%s (%s)" : "%s", words, source);
}

/* The way of one end from state to state; "" when it stays where it was. */
static void why_state(const struct trace_step *step, enum trace_end end, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < step->change_count && len < size; i++) {
		const struct trace_change *c = &step->changes[i];
		enum trace_note lesson;
		const char *why = exercise_transition(c->from, c->to, &lesson);
		int n;

		if (c->end != end || !why)
			continue;
		n = snprintf(out + len, size - len,
			     end == TRACE_CLIENT ? "%sclient %s -> %s: %s" :
						   "%sserver %s -> %s: %s",
			     len ? "; " : "", tcp_state_name(c->from), tcp_state_name(c->to), why);
		len += n > 0 ? (size_t)n : 0;
	}
}

/* Flags are read from the states: the sender's, and where it stays in its own, the other's. */
static void why_flags(const struct trace_step *step, char *out, size_t size)
{
	why_state(step, step->from, out, size);
	if (!out[0])
		why_state(step, step->from == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT, out,
			  size);
}

char *exercise_why(const struct exercise *x, const struct exercise_blank *b, char *out, size_t size)
{
	const struct trace_step *step = &x->rows[b->row].step;
	const struct trace_equation *eq = equation_of(step, b->field);

	out[0] = '\0';
	if (b->field == EXERCISE_FLAGS)
		why_flags(step, out, size);
	else if (b->field == EXERCISE_CLIENT || b->field == EXERCISE_SERVER)
		why_state(step, b->field == EXERCISE_CLIENT ? TRACE_CLIENT : TRACE_SERVER, out,
			  size);
	else if (eq)
		why_number(x, step, eq, out, size);
	return out;
}

/* ---- lessons ---- */

static bool has_note(const struct trace_step *step, enum trace_note note)
{
	for (unsigned i = 0; i < step->note_count; i++)
		if (step->notes[i] == note)
			return true;
	return false;
}

static enum trace_note lesson_of_number(const struct trace_step *step, enum exercise_field field)
{
	const struct trace_equation *eq = equation_of(step, field);

	if (!eq)
		return TRACE_NOTE_COUNT;
	if (field == EXERCISE_SEQ && step->kind == TRACE_KIND_HANDSHAKE_ACK)
		return TRACE_NOTE_THIRD_SEQ;
	if (field == EXERCISE_SEQ && has_note(step, TRACE_NOTE_ACK_TAKES_NONE))
		return TRACE_NOTE_ACK_TAKES_NONE;
	if (field == EXERCISE_ACK && step->kind == TRACE_KIND_SYN_ACK)
		return TRACE_NOTE_SYN_ACK_CHECKED;
	if (eq->syn)
		return TRACE_NOTE_SYN_TAKES_ONE;
	if (eq->fin)
		return TRACE_NOTE_FIN_TAKES_ONE;
	if (field == EXERCISE_ACK && eq->first_step != eq->last_step)
		return TRACE_NOTE_CUMULATIVE_ACK;
	return eq->bytes ? TRACE_NOTE_DATA_ACK : TRACE_NOTE_ACK_TAKES_NONE;
}

static enum trace_note lesson_of_flags(const struct trace_step *step)
{
	switch (step->kind) {
	case TRACE_KIND_SYN:
		return TRACE_NOTE_SYN_TAKES_ONE;
	case TRACE_KIND_SYN_ACK:
		return TRACE_NOTE_SYN_ACK_CHECKED;
	case TRACE_KIND_HANDSHAKE_ACK:
		return TRACE_NOTE_THIRD_SEQ;
	case TRACE_KIND_FIN:
		return has_note(step, TRACE_NOTE_THREE_SEGMENTS) ? TRACE_NOTE_THREE_SEGMENTS :
								   TRACE_NOTE_EVERY_SEGMENT_ACKS;
	case TRACE_KIND_FIN_ACK:
		return has_note(step, TRACE_NOTE_FOUR_SEGMENTS) ? TRACE_NOTE_FOUR_SEGMENTS :
								  TRACE_NOTE_FIN_TAKES_ONE;
	default:
		return TRACE_NOTE_COUNT;
	}
}

static enum trace_note lesson_of_state(const struct trace_step *step, enum trace_end end)
{
	enum trace_note lesson = TRACE_NOTE_COUNT;

	for (unsigned i = 0; i < step->change_count; i++)
		if (step->changes[i].end == end)
			exercise_transition(step->changes[i].from, step->changes[i].to, &lesson);
	return lesson;
}

enum trace_note exercise_lesson(const struct exercise *x, const struct exercise_blank *b)
{
	const struct trace_step *step = &x->rows[b->row].step;

	switch (b->field) {
	case EXERCISE_FLAGS:
		return lesson_of_flags(step);
	case EXERCISE_CLIENT:
		return lesson_of_state(step, TRACE_CLIENT);
	case EXERCISE_SERVER:
		return lesson_of_state(step, TRACE_SERVER);
	default:
		return lesson_of_number(step, b->field);
	}
}

/* ---- order ---- */

char *exercise_place(const struct exercise *x, unsigned row, char *out, size_t size)
{
	const struct trace_step *step = &x->rows[row].step;
	size_t len = 0;

	snprintf(out, size, "%s",
		 step->kind == TRACE_KIND_SYN ? "every connection begins with a SYN" : "");
	for (unsigned i = 0; i < step->equation_count && len < size; i++) {
		const struct trace_equation *eq = &step->equations[i];
		char words[WORDS_MAX];
		int n;

		if (eq->kind == TRACE_EQ_NEXT)
			continue;
		n = snprintf(out + len, size - len, "%s%s", len ? "; " : "",
			     words_equation(step, eq, x->absolute, words, sizeof(words)));
		len += n > 0 ? (size_t)n : 0;
	}
	return out;
}

const char *exercise_reason_text(enum exercise_reason reason)
{
	static const char *const reasons[] = {
		[EXERCISE_FREE] = "it may be the next",
		[EXERCISE_LOWER_SEQ] =
			"one of the same sender has a lower seq, and is still in the list",
		[EXERCISE_LOWER_ACK] =
			"one of the same sender has this seq and a lower ack: it comes first",
		[EXERCISE_PURE_FIRST] =
			"one of the same sender has this seq and takes no number: it comes first",
		[EXERCISE_IS_ACKNOWLEDGED] =
			"its ack covers one of the other end that is still in the list, or what came after that",
	};

	return reasons[reason];
}

/* ---- both ---- */

const char *exercise_remark(const struct exercise *x, unsigned row)
{
	const struct trace_step *step = &x->rows[row].step;

	for (unsigned i = 0; i < step->note_count; i++)
		if (catalogue_entry(step->notes[i])->problem)
			return catalogue_entry(step->notes[i])->title;
	return "";
}

const char *exercise_rules(bool order)
{
	return order ? "These segments of one connection are out of order. Which comes next? Where two "
		       "were on their way at the same time, either may be first." :
		       "Each blank follows from what is shown. States are those after the segment; an ack "
		       "that is blank acknowledges all that the table has of the other end before it.";
}

/* The number that an end's relative numbers count from. */
static bool zero_of(const struct exercise *x, enum trace_end end, uint32_t *zero)
{
	for (unsigned i = 0; i < x->row_count; i++) {
		const struct trace_step *step = &x->rows[i].step;
		bool known = step->from == end ?
				     step->has_relative :
				     step->has_relative_ack && step->seg.flags & TCP_FLAG_ACK;

		if (!known)
			continue;
		*zero = step->from == end ? step->seg.seq - step->seq : step->seg.ack - step->ack;
		return true;
	}
	return false;
}

char *exercise_numbers(const struct exercise *x, char *out, size_t size)
{
	uint32_t client, server;

	out[0] = '\0';
	if (zero_of(x, TRACE_CLIENT, &client) && zero_of(x, TRACE_SERVER, &server))
		snprintf(out, size,
			 x->absolute ?
				 "Numbers are absolute: the client's initial number is %" PRIu32
				 ", the server's %" PRIu32 "." :
				 "Numbers are relative: the client's 0 is %" PRIu32
				 ", the server's 0 is %" PRIu32 ".",
			 client, server);
	return out;
}
