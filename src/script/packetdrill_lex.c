/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill_lex.c - a script of packetdrill's to words, numbers and signs.
 *
 * Ends of lines mean nothing there; comments are C's, C++'s, and from # to the end of the line. */
#include <ctype.h>
#include <string.h>

#include "script/packetdrill_priv.h"

#define INTEGER_DIGITS_MAX 18u /* what an int64_t holds for sure */
#define SECONDS_MAX	   1000000

static bool is_word(const struct drill_lexer *l, const char *p)
{
	return p < l->end && (isalnum((unsigned char)*p) || *p == '_');
}

static bool is_digit(const struct drill_lexer *l, const char *p)
{
	return p < l->end && isdigit((unsigned char)*p);
}

static bool starts(const struct drill_lexer *l, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(l->end - l->at) >= len && !memcmp(l->at, with, len);
}

static void advance(struct drill_lexer *l, size_t len)
{
	for (; len; len--, l->at++) {
		l->column++;
		if (*l->at == '\n') {
			l->line++;
			l->column = 1;
		}
	}
}

/* Up to and with @end, from @skip bytes on; a backslash takes the next byte with it where @escapes. */
static void until(struct drill_lexer *l, size_t skip, const char *end, bool escapes,
		  enum drill_kind kind)
{
	size_t left = (size_t)(l->end - l->at), end_len = strlen(end);

	for (size_t i = skip; i + end_len <= left; i++) {
		if (escapes && l->at[i] == '\\') {
			i++;
		} else if (!memcmp(l->at + i, end, end_len)) {
			l->token.kind = kind;
			l->token.len = i + end_len;
			return;
		}
	}
	l->token.kind = DRILL_BROKEN;
	l->token.len = left;
}

static void skip_line(struct drill_lexer *l)
{
	const char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));

	advance(l, (size_t)((end ? end : l->end) - l->at));
}

/* Blanks and comments; false at a comment without an end. */
static bool skip_blanks(struct drill_lexer *l)
{
	while (l->at < l->end) {
		if (isspace((unsigned char)*l->at)) {
			advance(l, 1);
		} else if (*l->at == '#' || starts(l, "//")) {
			skip_line(l);
		} else if (starts(l, "/*")) {
			until(l, 2, "*/", false, DRILL_WORD);
			if (l->token.kind == DRILL_BROKEN)
				return false;
			advance(l, l->token.len);
		} else {
			break;
		}
	}
	return true;
}

/* "12" or "12.34" or ".5", as a time. */
static int64_t seconds(const char *p, const char *end)
{
	int64_t us = 0, unit = 1000000;

	for (; p < end && *p != '.'; p++) {
		us = us * 10 + (*p - '0') * 1000000ll;
		if (us > SECONDS_MAX * 1000000ll)
			return -1;
	}
	for (p++; p < end && unit > 1; p++) {
		unit /= 10;
		us += (*p - '0') * unit;
	}
	return us;
}

static int64_t digits(const char *p, const char *end, int base)
{
	int64_t value = 0;

	for (; p < end; p++)
		value = value * base + (isdigit((unsigned char)*p) ?
						*p - '0' :
						tolower((unsigned char)*p) - 'a' + 10);
	return value;
}

/* Letters, digits and _; a number when they say so. */
static void word(struct drill_lexer *l)
{
	const char *p = l->at, *end;
	bool hex = starts(l, "0x") || starts(l, "0X"), decimal = true;
	struct drill_token *t = &l->token;

	for (end = p; is_word(l, end); end++) {
		decimal = decimal && isdigit((unsigned char)*end);
		hex = hex && (end < p + 2 || isxdigit((unsigned char)*end));
	}
	t->kind = DRILL_WORD;
	if (decimal && end < l->end && *end == '.' && is_digit(l, end + 1)) {
		for (end++; is_digit(l, end); end++)
			;
		t->kind = DRILL_FLOAT;
		t->us = seconds(p, end);
	} else if (decimal && end - p <= (int)INTEGER_DIGITS_MAX) {
		t->kind = DRILL_INTEGER;
		t->value = digits(p, end, 10);
		t->us = seconds(p, end);
	} else if (hex && end - p > 2 && end - p <= 2 + 15) {
		t->kind = DRILL_INTEGER;
		t->value = digits(p + 2, end, 16);
	}
	t->len = (size_t)(end - p);
}

static void other(struct drill_lexer *l)
{
	struct drill_token *t = &l->token;
	const char *end = l->at + 1;

	t->kind = DRILL_SIGN;
	t->len = 1;
	if (starts(l, "...")) {
		t->kind = DRILL_ELLIPSIS;
		t->len = 3;
	} else if (*l->at == '.' && is_digit(l, end)) {
		while (is_digit(l, end))
			end++;
		t->kind = DRILL_FLOAT;
		t->len = (size_t)(end - l->at);
		t->us = seconds(l->at, end);
	} else if (starts(l, "--") && is_word(l, l->at + 2)) {
		for (end = l->at + 2; is_word(l, end); end++)
			;
		t->kind = DRILL_SETTING;
		t->len = (size_t)(end - l->at);
	}
}

void drill_next(struct drill_lexer *l)
{
	bool whole = skip_blanks(l);
	struct drill_token *t = &l->token;

	*t = (struct drill_token){ .at = l->at, .us = -1, .place = { 0, l->line, l->column } };
	if (!whole)
		until(l, 2, "*/", false, DRILL_WORD);
	else if (l->at == l->end)
		t->kind = DRILL_END;
	else if (*l->at == '"')
		until(l, 1, "\"", true, DRILL_STRING);
	else if (*l->at == '`')
		until(l, 1, "`", true, DRILL_COMMAND);
	else if (starts(l, "%{"))
		until(l, 2, "}%", false, DRILL_CODE);
	else if (is_word(l, l->at))
		word(l);
	else
		other(l);
	advance(l, t->len);
}

void drill_lex_init(struct drill_lexer *l, const char *text, size_t len)
{
	*l = (struct drill_lexer){ .at = text, .end = text + len, .line = 1, .column = 1 };
	drill_next(l);
}

bool drill_is(const struct drill_token *t, const char *word)
{
	return (t->kind == DRILL_WORD || t->kind == DRILL_SIGN) && t->len == strlen(word) &&
	       !memcmp(t->at, word, t->len);
}
