/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lex.h - a place in the text of a script, and what stands there.
 *
 * The parser says what it looks for, as one byte can begin different things: "/" a path or a regular
 * expression, "<" an option list or a relation. Nothing here reports errors. */
#ifndef TCPSHAKE_SCRIPT_LEX_H
#define TCPSHAKE_SCRIPT_LEX_H

#include "script/script.h"

struct lex {
	const char *at; /* the next byte; a NUL is at the end of the text, and nowhere else in it */
	const char *line_start;
	unsigned file, line;
	bool in_block; /* "}" ends a command */
	bool cut;      /* the text ended behind a backslash that goes on with the next line */
};

/* Bytes of the text. */
struct word {
	const char *at;
	size_t len;
};

/* lex_begin() - at the first byte of a text, behind a byte order mark if there is one. */
void lex_begin(struct lex *in, unsigned file, const char *text);

/* lex_blanks() - over blanks, and over ends of lines that a backslash takes away. */
void lex_blanks(struct lex *in);

/* lex_ends() - over blanks; true where the command must end: at the end of the line, a comment, the end of
 * the text, or the "}" of a block. */
bool lex_ends(struct lex *in);

/* lex_next_line() - over a comment and the end of the line, if there is one. */
void lex_next_line(struct lex *in);

/* lex_take() - over blanks, and over @punctuation if that is next; else false. */
bool lex_take(struct lex *in, const char *punctuation);

/* lex_name() - over blanks; the name that is next, not taken yet; its len is 0 when there is none. Names:
 * [A-Za-z_][A-Za-z0-9_-]*, without a limit here. */
struct word lex_name(struct lex *in);

/* lex_take_name() - over blanks, and over the name @name if that is next; else false. */
bool lex_take_name(struct lex *in, const char *name);

/* lex_run() - over blanks; all up to the next blank or end of line, not taken yet. */
struct word lex_run(struct lex *in);

/* The place of the next byte. Columns count characters. */
struct place lex_place(const struct lex *in);

bool word_is(struct word w, const char *text);
int hex_digit(char c); /* 0 to 15; -1: none */
bool is_blank(char c);
bool is_name_start(char c);
bool is_name_char(char c);

/* utf8_len() - how many bytes the character at @at has, 1 to 4; 0 where that is no UTF-8. @at ends with a
 * NUL. */
unsigned utf8_len(const char *at);

#endif
