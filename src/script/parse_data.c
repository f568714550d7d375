/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_data.c - the text of a segment or of a stream, and regular expressions; see parse_priv.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/parse_priv.h"

/* One run of pairs of digits. */
bool parse_hex(struct parser *p, size_t max, uint8_t *out, size_t *len)
{
	char text[SHOWN_MAX];
	struct word w;

	lex_blanks(&p->in);
	w = (struct word){ p->in.at, 0 };
	while (is_name_char(w.at[w.len]))
		w.len++;
	if (!w.len)
		return fail(p, "hex: digits are missing, %s; write two for each byte, as in 0d0a",
			    here(p, text));
	for (size_t i = 0; i < w.len; i++) {
		if (hex_digit(w.at[i]) < 0) {
			p->in.at += i;
			return fail(
				p,
				"hex: %s is not hexadecimal; write two digits for each byte, as in "
				"0d0a",
				shown(w, text));
		}
	}
	if (w.len % 2)
		return fail(p, "hex: %zu digits are no whole bytes; write two for each", w.len);
	if (w.len / 2 > max)
		return fail(p, "hex: %zu bytes are too many; %zu are possible", w.len / 2, max);
	for (*len = 0; *len < w.len / 2; ++*len)
		out[*len] =
			(uint8_t)(hex_digit(w.at[2 * *len]) << 4 | hex_digit(w.at[2 * *len + 1]));
	p->in.at += w.len;
	return true;
}

static bool set_bytes(struct parser *p, const void *bytes, size_t len, struct bytes *out)
{
	char *copy = take_copy(p, bytes, len);

	out->count = len > 0;
	out->pieces = take(p, sizeof(*out->pieces));
	if (!copy || !out->pieces)
		return false;
	out->pieces[0] = (struct bytes_piece){ .bytes = (uint8_t *)copy, .len = len };
	return true;
}

static bool parse_data_hex(struct parser *p, size_t max, struct bytes *out)
{
	size_t len = 0, room = strcspn(p->in.at, "\n") / 2 + 1;
	uint8_t *bytes = take(p, room);

	return bytes && parse_hex(p, max < room ? max : room, bytes, &len) &&
	       set_bytes(p, bytes, len, out);
}

static bool parse_data_file(struct parser *p, size_t max, struct data *out)
{
	const char *path;
	struct source source;
	struct place at;
	bool ok;

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!parse_plain(p, "the file of data", &path))
		return false;
	out->file = parser_resolve(p, path);
	if (!out->file || !parser_read(p, at, "data file", out->file,
				       max < p->data_left ? max : p->data_left, &source))
		return false;
	p->data_left -= source.len;
	ok = set_bytes(p, source.bytes, source.len, &out->bytes);
	free(source.bytes);
	return ok;
}

/* The escapes of a string that stand for a byte mean the same here; others go to regcomp(). */
static bool read_regex_escape(struct parser *p, char *out, size_t *len)
{
	static const char letters[] = "nrt/", means[] = "\n\r\t/";
	struct word w = { p->in.at + 1, 1 };
	const char *found = *w.at ? strchr(letters, *w.at) : NULL;
	char text[SHOWN_MAX];

	if (found) {
		out[(*len)++] = means[found - letters];
	} else if ((is_name_start(*w.at) && !strchr("wWsSbB", *w.at)) || *w.at == '0') {
		return fail(
			p,
			"\\%s means nothing in a regular expression; known are \\n \\r \\t \\w \\W "
			"\\s \\S \\b \\B, and \\ before what is no letter",
			shown(w, text));
	} else {
		out[(*len)++] = '\\';
		out[(*len)++] = *w.at;
	}
	p->in.at += 2;
	return true;
}

bool parse_regex(struct parser *p, const char **out)
{
	char regex[SCRIPT_REGEX_MAX + 3], why[128];
	const char *trouble;
	struct place at;
	size_t len = 0;

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!lex_take(&p->in, "/"))
		return fail(p, "a regular expression is missing, %s; write it as /.../",
			    here(p, why));
	while (*p->in.at != '/') {
		bool end = !*p->in.at || *p->in.at == '\n';

		if (end || (*p->in.at == '\\' && (!p->in.at[1] || p->in.at[1] == '\n')))
			return fail_at(p, at,
				       "the regular expression is not closed: its line ends before "
				       "the second /; a / in it is written \\/");
		if (len >= SCRIPT_REGEX_MAX)
			return fail_at(p, at,
				       "the regular expression is too long; %u bytes are possible",
				       SCRIPT_REGEX_MAX);
		if (*p->in.at != '\\')
			regex[len++] = *p->in.at++;
		else if (!read_regex_escape(p, regex, &len))
			return false;
	}
	p->in.at++;
	regex[len] = '\0';
	if (!len)
		return fail_at(p, at, "the regular expression is empty; it would match everything");
	trouble = regex_trouble(regex, &p->regex_left, why, sizeof(why));
	if (trouble)
		return fail_at(p, at, "the regular expression is not good: %s", trouble);
	*out = take_copy(p, regex, len);
	return *out != NULL;
}

static bool literal_fits(struct parser *p, const struct data *d, size_t max)
{
	size_t len = 0;

	for (unsigned i = 0; i < d->bytes.count; i++)
		len += d->bytes.pieces[i].len;
	if (len <= max)
		return true;
	return fail_at(p, d->at, "data: %zu bytes are too many; %zu are possible", len, max);
}

bool parse_data(struct parser *p, bool expected, size_t max, struct data *out)
{
	struct limits length = { "data len", 0, (int64_t)max, false, true };
	char text[SHOWN_MAX];

	lex_blanks(&p->in);
	memset(out, 0, sizeof(*out));
	out->at = lex_place(&p->in);
	out->kind = DATA_BYTES;
	if (*p->in.at == '"')
		return parse_string(p, &out->bytes) && literal_fits(p, out, max);
	if (lex_take_name(&p->in, "hex"))
		return parse_data_hex(p, max, &out->bytes);
	if (lex_take_name(&p->in, "file"))
		return parse_data_file(p, max, out);
	if (lex_take_name(&p->in, "len")) {
		out->kind = DATA_PATTERN;
		return parse_number(p, &length, &out->len);
	}
	if (*p->in.at == '~' && !expected)
		return fail(p, "data: a regular expression can only be expected; write a string");
	if (lex_take(&p->in, "~")) {
		out->kind = DATA_REGEX;
		return parse_regex(p, &out->regex);
	}
	return fail(p, "data is missing, %s; write \"...\", hex 0d0a, file \"PATH\"%s or len N",
		    here(p, text), expected ? ", ~ /RE/" : "");
}
