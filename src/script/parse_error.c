/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_error.c - a message, its place, and the line with a caret; see parse.h and parse_priv.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "script/parse_priv.h"
#include "script/words.h"

#define FILE_SHOWN   160u /* bytes of a path in a message: its end says more */
#define EXCERPT_WIDE 72u  /* columns of an excerpt */
#define BEFORE_CARET 40u  /* columns that are kept before the caret */
#define WORD_SHOWN   60u
#define TAB	     8u

/* A line of a text, without its end; empty beyond the last one. */
static struct word line_of(const struct script_file *file, unsigned line)
{
	const char *at = file->text, *end = file->text + file->len, *nl;

	for (unsigned i = 1; i < line; i++) {
		nl = memchr(at, '\n', (size_t)(end - at));
		if (!nl)
			return (struct word){ end, 0 };
		at = nl + 1;
	}
	nl = memchr(at, '\n', (size_t)(end - at));
	if (!nl)
		nl = end;
	if (nl > at && nl[-1] == '\r')
		nl--;
	return (struct word){ at, (size_t)(nl - at) };
}

/* One character as it is shown: a tab as blanks, what is no text as '?'. */
struct cell {
	char text[TAB + 1];
	unsigned wide;
};

/* The cell at @at, which will stand in column @column (from 0); returns what is behind it. */
static const char *next_cell(const char *at, const char *end, unsigned column, struct cell *cell)
{
	char text[5] = { *at };
	unsigned len = 1;

	while (len < 4 && at + len < end && ((unsigned char)at[len] & 0xc0) == 0x80) {
		text[len] = at[len];
		len++;
	}
	cell->wide = *at == '\t' ? TAB - column % TAB : 1;
	if (*at == '\t')
		snprintf(cell->text, sizeof(cell->text), "%*s", (int)cell->wide, "");
	else if ((unsigned char)*at < 0x20 || *at == 0x7f || utf8_len(text) != len)
		strcpy(cell->text, "?");
	else
		memcpy(cell->text, text, sizeof(text));
	return at + len;
}

/* The line and under it the caret; cut on both sides, with "...", when it is long. */
static void excerpt(struct word line, unsigned column, char *out, size_t size)
{
	const char *s = line.at, *end = line.at + line.len;
	size_t used = 0,
	       room = size - EXCERPT_WIDE - sizeof("...\n..."); /* the rest is for the caret */
	unsigned caret = 0, col = 0, from;
	struct cell cell;

	for (unsigned i = 1; i < column && s < end; i++) {
		s = next_cell(s, end, caret, &cell);
		caret += cell.wide;
	}
	from = caret > EXCERPT_WIDE - 8 ? caret - BEFORE_CARET : 0;
	for (s = line.at; s < end && col < from; col += cell.wide)
		s = next_cell(s, end, col, &cell);
	if (from) {
		used = (size_t)snprintf(out, size, "...");
		caret = caret - col + 3;
		from = col;
	}
	for (; s < end && col - from < EXCERPT_WIDE - 3; col += cell.wide) {
		const char *next = next_cell(s, end, col, &cell);
		size_t len = strlen(cell.text);

		if (used + len > room)
			break;
		memcpy(out + used, cell.text, len);
		used += len;
		s = next;
	}
	snprintf(out + used, size - used, "%s\n%*s", s < end ? "..." : "", (int)caret + 1, "^");
}

void script_error_at(const struct script *s, struct place at, enum status status, const char *text,
		     struct script_error *e)
{
	const struct script_file *file = at.file < s->file_count ? &s->files[at.file] : NULL;
	size_t len = file ? strlen(file->name) : 0;
	bool cut = len > FILE_SHOWN;

	e->excerpt[0] = '\0';
	if (!file || !at.line) {
		err_set(&e->err, status, "%s", text);
		return;
	}
	err_set(&e->err, status, "%s%s:%u:%u: %s", cut ? "..." : "",
		file->name + (cut ? len - FILE_SHOWN : 0), at.line, at.column, text);
	if (file->text)
		excerpt(line_of(file, at.line), at.column, e->excerpt, sizeof(e->excerpt));
}

bool fail_at(struct parser *p, struct place at, const char *fmt, ...)
{
	char text[sizeof(p->error->err.text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	script_error_at(p->script, at, STATUS_USAGE, text, p->error);
	return false;
}

bool fail(struct parser *p, const char *fmt, ...)
{
	char text[sizeof(p->error->err.text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	lex_blanks(&p->in);
	return fail_at(p, lex_place(&p->in), "%s", text);
}

const char *shown(struct word w, char out[SHOWN_MAX])
{
	const char *s = w.at, *end = w.at + w.len;
	size_t used = 0;
	struct cell cell;

	while (s < end && used < WORD_SHOWN) {
		s = next_cell(s, end, 0, &cell);
		memcpy(out + used, cell.text, strlen(cell.text));
		used += strlen(cell.text);
	}
	strcpy(out + used, s < end ? "..." : "");
	return out;
}

const char *here(struct parser *p, char out[SHOWN_MAX])
{
	char word[SHOWN_MAX];
	struct word run;

	if (lex_ends(&p->in) && *p->in.at != '}')
		return strcpy(out, "the line ends here");
	run = lex_run(&p->in);
	if (!run.len ||
	    ((unsigned char)*run.at < 0x80 && ((unsigned char)*run.at < 0x20 || *run.at == 0x7f)))
		snprintf(out, SHOWN_MAX, "here is a control byte, 0x%02x",
			 (unsigned char)*p->in.at);
	else if (!utf8_len(run.at))
		snprintf(out, SHOWN_MAX, "here is 0x%02x, which is no UTF-8",
			 (unsigned char)*run.at);
	else
		snprintf(out, SHOWN_MAX, "here is \"%s\"", shown(run, word));
	return out;
}

const char *meant(struct word w, const char *const *list, const char *before, char out[SHOWN_MAX])
{
	const char *nearest = words_nearest(w.at, w.len, list);

	out[0] = '\0';
	if (nearest)
		snprintf(out, SHOWN_MAX, "; did you mean %s%s?", before, nearest);
	return out;
}

bool fail_memory(struct parser *p)
{
	return fail(p, "the script is too large: parsed, it would take more than %u MB of memory",
		    SCRIPT_BYTES_MAX >> 20);
}

void *take(struct parser *p, size_t size)
{
	void *bytes = arena_take(p->script->arena, size);

	if (!bytes)
		fail_memory(p);
	return bytes;
}

char *take_copy(struct parser *p, const void *bytes, size_t len)
{
	char *copy = arena_copy(p->script->arena, bytes, len);

	if (!copy)
		fail_memory(p);
	return copy;
}

void *grow(struct parser *p, void *array, unsigned count, unsigned *room, size_t size)
{
	void *grown;

	if (count < *room)
		return array;
	*room = *room ? *room * 2 : 4;
	grown = take(p, *room * size);
	if (grown && count)
		memcpy(grown, array, count * size);
	return grown;
}
