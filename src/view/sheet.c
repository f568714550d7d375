/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c - an exercise as a page of HTML, which needs nothing from anywhere, or as Markdown.
 *
 * The two differ in their marks alone: sheet_form.c has those, and the sheet is written once. */
#include "view/sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/sheet_form.h"

struct sheet {
	const struct exercise *x;
	const struct sheet_form *form;
	FILE *out;
	bool key, odd; /* odd: with a column for what is odd about a segment */
	uint64_t told; /* lessons that are in it already, a bit each */
};

bool sheet_name_ok(const char *path, struct err *e)
{
	return sheet_form(path) ||
	       err_set(e, STATUS_USAGE,
		       "--sheet %s: its ending does not say what it is; .html is a page, .md Markdown",
		       path);
}

/* Text, with what could be a mark of its form made harmless. */
static void put(const struct sheet *s, const char *text)
{
	bool markdown = s->form->rule[0];

	for (; *text; text++)
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(s->out, "&#%d;", *text);
		else
			fprintf(s->out, markdown && strchr("\\`*_[]|~#", *text) ? "\\%c" : "%c",
				*text);
}

static void put_between(const struct sheet *s, const char *mark, const char *text,
			const char *mark_end)
{
	fputs(mark, s->out);
	put(s, text);
	fputs(mark_end, s->out);
}

static void paragraph(const struct sheet *s, const char *text)
{
	if (text[0])
		put_between(s, s->form->paragraph, text, s->form->paragraph_end);
}

static void cell(const struct sheet *s, const char *text)
{
	put_between(s, s->form->cell, text, s->form->cell_end);
}

static void headings(const struct sheet *s, const char *const *names, unsigned count)
{
	fprintf(s->out, "%s%s", s->form->table, s->form->row);
	for (unsigned i = 0; i < count; i++)
		put_between(s, s->form->heading, names[i], s->form->heading_end);
	fputs(s->form->row_end, s->out);
	if (!s->form->rule[0])
		return;
	fputs(s->form->row, s->out);
	for (unsigned i = 0; i < count; i++)
		fputs(s->form->rule, s->out);
	fputs(s->form->row_end, s->out);
}

/* Its text once in a sheet. */
static void lesson(struct sheet *s, enum trace_note note)
{
	if (note >= TRACE_NOTE_COUNT || s->told & (uint64_t)1 << note)
		return;
	s->told |= (uint64_t)1 << note;
	fputc(' ', s->out);
	put(s, catalogue_entry(note)->text);
}

/* ---- blanks ---- */

static void number_cell(const struct sheet *s, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	cell(s, text);
}

static void field_cell(const struct sheet *s, unsigned row, enum exercise_field field)
{
	unsigned number = exercise_blank_number(s->x, row, field);
	char text[EXERCISE_CELL_MAX], mark[16];

	exercise_cell(s->x, row, field, text);
	if (!number) {
		cell(s, text);
		return;
	}
	snprintf(mark, sizeof(mark), "(%u)", number);
	put_between(s, s->form->cell, mark, " ");
	if (s->key)
		put_between(s, s->form->strong, text, s->form->strong_end);
	else
		fputs(s->form->line, s->out);
	fputs(s->form->cell_end, s->out);
}

static void blanks_row(const struct sheet *s, unsigned row)
{
	const struct exercise_row *r = &s->x->rows[row];
	char gap[64];

	if (r->left_out) {
		snprintf(gap, sizeof(gap), "%u left out", r->left_out);
		fputs(s->form->row, s->out);
		for (unsigned i = 0; i < (s->odd ? 10 : 9); i++)
			cell(s, i ? "" : gap);
		fputs(s->form->row_end, s->out);
	}
	fputs(s->form->row, s->out);
	number_cell(s, r->step.number);
	cell(s, r->step.from == TRACE_CLIENT ? "client" : "server");
	for (unsigned f = EXERCISE_FLAGS; f <= EXERCISE_ACK; f++)
		field_cell(s, row, (enum exercise_field)f);
	number_cell(s, r->step.seg.text_len);
	for (unsigned f = EXERCISE_NEXT; f <= EXERCISE_SERVER; f++)
		field_cell(s, row, (enum exercise_field)f);
	if (s->odd)
		cell(s, exercise_remark(s->x, row));
	fputs(s->form->row_end, s->out);
}

static void blanks_question(struct sheet *s, const struct exercise_blank *b)
{
	char text[512];

	put_between(s, s->form->item, exercise_question(s->x, b, text, sizeof(text)), " ");
	if (!s->key) {
		fprintf(s->out, "%s%s", s->form->line, s->form->item_end);
		return;
	}
	put_between(s, s->form->strong, exercise_answer(s->x, b, text, sizeof(text)),
		    s->form->strong_end);
	put_between(s, " ", exercise_why(s->x, b, text, sizeof(text)), ".");
	lesson(s, exercise_lesson(s->x, b));
	fputs(s->form->item_end, s->out);
}

static void write_blanks(struct sheet *s)
{
	const char *const names[] = {
		"step",
		"from",
		exercise_column(EXERCISE_FLAGS),
		exercise_column(EXERCISE_SEQ),
		exercise_column(EXERCISE_ACK),
		"bytes",
		exercise_column(EXERCISE_NEXT),
		exercise_column(EXERCISE_CLIENT),
		exercise_column(EXERCISE_SERVER),
		"odd",
	};

	for (unsigned i = 0; i < s->x->row_count; i++)
		s->odd |= exercise_remark(s->x, i)[0] != '\0';
	if (exercise_from_the_start(s->x))
		paragraph(
			s,
			"Before the first segment the client is in CLOSED, the server in LISTEN.");
	headings(s, names, s->odd ? ARRAY_LEN(names) : ARRAY_LEN(names) - 1);
	for (unsigned i = 0; i < s->x->row_count; i++)
		blanks_row(s, i);
	fprintf(s->out, "%s%s", s->form->table_end, s->form->list);
	for (unsigned i = 0; i < s->x->blank_count; i++)
		blanks_question(s, &s->x->blanks[i]);
	fputs(s->form->list_end, s->out);
}

/* ---- order ---- */

static unsigned place_of(const struct exercise *x, unsigned row)
{
	unsigned i = 0;

	while (i < x->order_count && x->order[i] != row)
		i++;
	return i + 1;
}

static void order_row(const struct sheet *s, unsigned which)
{
	unsigned row = s->x->shuffled[which];
	const char letter[] = { (char)('A' + which), '\0' };
	char text[EXERCISE_CELL_MAX];

	fputs(s->form->row, s->out);
	if (s->key) {
		snprintf(text, sizeof(text), "%u", place_of(s->x, row));
		fputs(s->form->cell, s->out);
		put_between(s, s->form->strong, text, s->form->strong_end);
		fputs(s->form->cell_end, s->out);
	} else {
		fprintf(s->out, "%s%s%s", s->form->cell, s->form->line, s->form->cell_end);
	}
	cell(s, letter);
	cell(s, s->x->rows[row].step.from == TRACE_CLIENT ? "client" : "server");
	for (unsigned f = EXERCISE_FLAGS; f <= EXERCISE_ACK; f++)
		cell(s, exercise_cell(s->x, row, (enum exercise_field)f, text));
	number_cell(s, s->x->rows[row].step.seg.text_len);
	fputs(s->form->row_end, s->out);
}

static void write_order(struct sheet *s)
{
	static const char *const names[] = { "place", "letter", "from", "flags",
					     "seq",   "ack",	"bytes" };
	const struct exercise *x = s->x;

	headings(s, names, ARRAY_LEN(names));
	for (unsigned i = 0; i < x->order_count; i++)
		order_row(s, i);
	fputs(s->form->table_end, s->out);
	if (!s->key)
		return;
	fputs(s->form->list, s->out);
	for (unsigned i = 0; i < x->order_count; i++) {
		unsigned which = 0;
		char text[512];

		while (x->shuffled[which] != x->order[i])
			which++;
		snprintf(text, sizeof(text), "%c", 'A' + which);
		fputs(s->form->item, s->out);
		put_between(s, s->form->strong, text, s->form->strong_end);
		put_between(s, " ", exercise_place(x, x->order[i], text, sizeof(text)),
			    s->form->item_end);
	}
	fputs(s->form->list_end, s->out);
}

/* ---- both ---- */

static void write_sheet(struct sheet *s, uint64_t seed)
{
	bool order = s->x->order_count > 0;
	char text[256], client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX];

	fputs(s->form->head, s->out);
	put_between(s, s->form->title, s->key ? "TCP exercise: the key" : "TCP exercise",
		    s->form->title_end);
	snprintf(text, sizeof(text), "Client %s, server %s. Seed %" PRIu64 ".",
		 addr_port_text(&s->x->about.client, s->x->about.client_port, client),
		 addr_port_text(&s->x->about.server, s->x->about.server_port, server), seed);
	paragraph(s, text);
	paragraph(s, exercise_rules(order));
	paragraph(s, exercise_numbers(s->x, text, sizeof(text)));
	if (order)
		write_order(s);
	else
		write_blanks(s);
	fputs(s->form->tail, s->out);
}

bool sheet_save(const struct exercise *x, const char *path, uint64_t seed, bool key, struct err *e)
{
	struct sheet s = { .x = x, .form = sheet_form(path), .key = key };
	int error = 0;

	if (!sheet_name_ok(path, e))
		return false;
	s.out = fopen(path, "we");
	if (s.out) {
		errno = 0;
		write_sheet(&s, seed);
		if (fflush(s.out) || ferror(s.out))
			error = errno ? errno : EIO;
		if (fclose(s.out) && !error)
			error = errno;
	}
	if (s.out && !error)
		return true;
	return err_set(e, STATUS_APP, "cannot write the sheet %s: %s; --sheet takes another place",
		       path, strerror(error ? error : errno));
}
