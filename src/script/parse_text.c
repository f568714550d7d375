/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_text.c - strings and bare words, with variables in them; see parse_priv.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/parse_priv.h"

/* Bytes that come piece by piece. Literal ones are collected in @bytes; a piece remembers where its begin. */
struct builder {
	uint8_t *bytes;
	size_t len, room;
	struct bytes_piece *pieces;
	unsigned count, piece_room;
	bool no_memory;
};

static void *make_room(struct builder *b, void *array, size_t room, size_t size)
{
	void *grown = b->no_memory ? NULL : realloc(array, room * size);

	if (grown)
		return grown;
	b->no_memory = true;
	return array;
}

static void add_piece(struct builder *b, const char *name)
{
	if (b->count == b->piece_room) {
		b->piece_room = b->piece_room ? b->piece_room * 2 : 4;
		b->pieces = make_room(b, b->pieces, b->piece_room, sizeof(*b->pieces));
	}
	if (!b->no_memory)
		b->pieces[b->count++] = (struct bytes_piece){ .name = name };
}

static void add_bytes(struct builder *b, const char *bytes, size_t len)
{
	if (b->len + len > b->room) {
		b->room = (b->len + len) * 2;
		b->bytes = make_room(b, b->bytes, b->room, 1);
	}
	if (!b->count || b->pieces[b->count - 1].name)
		add_piece(b, NULL);
	if (b->no_memory)
		return;
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	b->pieces[b->count - 1].len += len;
}

/* Into the arena. */
static bool finish(struct parser *p, struct builder *b, struct bytes *out)
{
	const char *bytes;

	if (b->no_memory)
		return fail_memory(p);
	bytes = take_copy(p, b->bytes, b->len);
	out->count = b->count;
	out->pieces = b->count ? take(p, b->count * sizeof(*out->pieces)) : NULL;
	if (!bytes || (b->count && !out->pieces))
		return false;
	for (unsigned i = 0; i < b->count; i++) {
		out->pieces[i] = b->pieces[i];
		if (out->pieces[i].name)
			continue;
		out->pieces[i].bytes = (const uint8_t *)bytes;
		bytes += out->pieces[i].len;
	}
	return true;
}

static bool build(struct parser *p, bool (*read)(struct parser *p, struct builder *b),
		  struct bytes *out)
{
	struct builder b = { 0 };
	bool ok = read(p, &b) && finish(p, &b, out);

	free(b.bytes);
	free(b.pieces);
	return ok;
}

/* "${synack.text}" becomes a piece with the name "synack.text". */
static bool read_variable(struct parser *p, struct builder *b)
{
	char both[SCRIPT_NAME_MAX + 16];
	const char *name, *field;
	int len;

	if (!known_variable(p, false, &name, &field))
		return false;
	if (field) {
		len = snprintf(both, sizeof(both), "%s.%s", name, field);
		name = take_copy(p, both, (size_t)len);
		if (!name)
			return false;
	}
	add_piece(b, name);
	return true;
}

/* Behind the backslash. */
static bool read_escape(struct parser *p, struct builder *b)
{
	static const char letters[] = "nrt0\\\"$", means[] = "\n\r\t\0\\\"$";
	struct word w = { p->in.at, 1 };
	char text[SHOWN_MAX], byte;
	const char *found = *w.at ? strchr(letters, *w.at) : NULL;

	if (found) {
		add_bytes(b, &means[found - letters], 1);
		p->in.at++;
		return true;
	}
	if (*w.at != 'x')
		return fail(
			p,
			"\\%s means nothing in a string; known are \\n \\r \\t \\0 \\\\ \\\" \\$ \\xHH",
			shown(w, text));
	if (hex_digit(w.at[1]) < 0 || hex_digit(w.at[2]) < 0)
		return fail(p, "\\x needs two hexadecimal digits, as in \\x0d");
	byte = (char)(hex_digit(w.at[1]) << 4 | hex_digit(w.at[2]));
	add_bytes(b, &byte, 1);
	p->in.at += 3;
	return true;
}

static bool not_closed(struct parser *p, struct place opened)
{
	return fail_at(
		p, opened,
		"the string is not closed: its line ends before the second \"; a string can be "
		"followed by another one");
}

/* "..." at the cursor. */
static bool read_string(struct parser *p, struct builder *b)
{
	struct place opened = lex_place(&p->in);

	for (p->in.at++;;) {
		size_t len = strcspn(p->in.at, "\"\\$\n");

		if (len)
			add_bytes(b, p->in.at, len);
		p->in.at += len;
		switch (*p->in.at) {
		case '"':
			p->in.at++;
			return true;
		case '$':
			if (!read_variable(p, b))
				return false;
			break;
		case '\\':
			if (!p->in.at[1] || p->in.at[1] == '\n' || p->in.at[1] == '\r')
				return not_closed(p, opened);
			p->in.at++;
			if (!read_escape(p, b))
				return false;
			break;
		default:
			return not_closed(p, opened);
		}
	}
}

static bool read_strings(struct parser *p, struct builder *b)
{
	char text[SHOWN_MAX];

	lex_blanks(&p->in);
	if (*p->in.at != '"')
		return fail(p, "a string is missing: %s; write it as \"...\"", here(p, text));
	do {
		if (!read_string(p, b))
			return false;
		lex_blanks(&p->in);
	} while (*p->in.at == '"');
	return true;
}

/* Up to a blank. What could begin something else needs quotes. */
static bool read_bare(struct parser *p, struct builder *b)
{
	char text[SHOWN_MAX];

	for (;;) {
		unsigned len = utf8_len(p->in.at);
		struct word w = { p->in.at, len };
		const char *end = *w.at == '\\' ? w.at + 1 : w.at; /* a line that goes on */

		if (is_blank(*w.at) || !*w.at || *w.at == '#' || *end == '\n' ||
		    (*end == '\r' && end[1] == '\n') || (*w.at == '}' && p->in.in_block))
			return true;
		if (*w.at == '$') {
			if (!read_variable(p, b))
				return false;
			continue;
		}
		if (!len || (unsigned char)*w.at < 0x20 || *w.at == 0x7f)
			return fail(p, "%s; such bytes can stand in a string, as \\xHH",
				    here(p, text));
		if (strchr("\"\\{}", *w.at))
			return fail(
				p,
				"%s cannot stand in a word without quotes; write \"...\" around it",
				shown(w, text));
		add_bytes(b, w.at, len);
		p->in.at += len;
	}
}

static bool read_word(struct parser *p, struct builder *b)
{
	return *p->in.at == '"' ? read_strings(p, b) : read_bare(p, b);
}

static bool read_words(struct parser *p, struct builder *b)
{
	if (*p->in.at == '"')
		return read_strings(p, b);
	while (!lex_ends(&p->in)) {
		if (b->count)
			add_bytes(b, " ", 1);
		if (!read_bare(p, b))
			return false;
	}
	return true;
}

bool parse_string(struct parser *p, struct bytes *out)
{
	return build(p, read_strings, out);
}

bool parse_word(struct parser *p, const char *what, struct bytes *out)
{
	char text[SHOWN_MAX];

	if (lex_ends(&p->in))
		return fail(p, "%s is missing: %s", what, here(p, text));
	return build(p, read_word, out);
}

bool parse_words(struct parser *p, struct bytes *out)
{
	lex_blanks(&p->in);
	return build(p, read_words, out);
}

bool bytes_are_plain(const struct bytes *b, const uint8_t **bytes, size_t *len)
{
	*bytes = b->count ? b->pieces[0].bytes : (const uint8_t *)"";
	*len = b->count ? b->pieces[0].len : 0;
	return !b->count || (b->count == 1 && !b->pieces[0].name);
}

bool parse_plain(struct parser *p, const char *what, const char **out)
{
	const uint8_t *bytes;
	struct place at;
	struct bytes b;
	size_t len;

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!parse_word(p, what, &b))
		return false;
	if (!bytes_are_plain(&b, &bytes, &len))
		return fail_at(
			p, at,
			"%s: it is read before anything runs, so no variable can stand in it",
			what);
	if (!len)
		return fail_at(p, at, "%s is empty; name a file", what);
	if (memchr(bytes, 0, len))
		return fail_at(p, at, "%s has a NUL byte in it; no file has such a name", what);
	*out = take_copy(p, bytes, len);
	return *out != NULL;
}
