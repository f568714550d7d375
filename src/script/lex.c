/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lex.c - a place in the text of a script; see lex.h. */
#include "script/lex.h"

#include <string.h>

bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name_char(char c)
{
	return is_name_start(c) || (c >= '0' && c <= '9') || c == '-';
}

int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

bool word_is(struct word w, const char *text)
{
	return strlen(text) == w.len && !memcmp(w.at, text, w.len);
}

unsigned utf8_len(const char *at)
{
	const uint8_t *s = (const uint8_t *)at;
	unsigned len = s[0] < 0x80 ? 1 :
		       s[0] < 0xc2 ? 0 :
		       s[0] < 0xe0 ? 2 :
		       s[0] < 0xf0 ? 3 :
		       s[0] < 0xf5 ? 4 :
				     0;

	for (unsigned i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong, a surrogate, beyond U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

void lex_begin(struct lex *in, unsigned file, const char *text)
{
	memset(in, 0, sizeof(*in));
	in->at = in->line_start = strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3;
	in->file = file;
	in->line = 1;
}

/* Bytes of an end of line: 0 where there is none, 2 for CR LF. */
static size_t line_end(const char *at)
{
	return *at == '\n' ? 1 : *at == '\r' && at[1] == '\n' ? 2 : 0;
}

static void new_line(struct lex *in, size_t bytes)
{
	in->at += bytes;
	in->line_start = in->at;
	in->line++;
}

void lex_blanks(struct lex *in)
{
	for (;;) {
		if (is_blank(*in->at)) {
			in->at++;
		} else if (*in->at == '\\' && line_end(in->at + 1)) {
			new_line(in, 1 + line_end(in->at + 1));
			if (!*in->at)
				in->cut = true;
		} else {
			return;
		}
	}
}

bool lex_ends(struct lex *in)
{
	lex_blanks(in);
	return !*in->at || *in->at == '#' || line_end(in->at) || (*in->at == '}' && in->in_block);
}

void lex_next_line(struct lex *in)
{
	lex_blanks(in);
	if (*in->at == '#')
		in->at += strcspn(in->at, "\n");
	if (line_end(in->at))
		new_line(in, line_end(in->at));
}

bool lex_take(struct lex *in, const char *punctuation)
{
	size_t len = strlen(punctuation);

	lex_blanks(in);
	if (strncmp(in->at, punctuation, len))
		return false;
	in->at += len;
	return true;
}

struct word lex_name(struct lex *in)
{
	struct word w;

	lex_blanks(in);
	w.at = in->at;
	w.len = 0;
	if (is_name_start(*w.at))
		while (is_name_char(w.at[w.len]))
			w.len++;
	return w;
}

bool lex_take_name(struct lex *in, const char *name)
{
	struct word w = lex_name(in);

	if (!word_is(w, name))
		return false;
	in->at += w.len;
	return true;
}

struct word lex_run(struct lex *in)
{
	struct word w;

	lex_blanks(in);
	w.at = in->at;
	w.len = strcspn(in->at, " \t\r\n#");
	return w;
}

struct place lex_place(const struct lex *in)
{
	struct place at = { in->file, in->line, 1 };

	for (const char *s = in->line_start; s < in->at; s++)
		if (((unsigned char)*s & 0xc0) != 0x80)
			at.column++;
	return at;
}
