/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print_text.c - strings, regular expressions, numbers, data as text of the language; see print.h. */
#include <inttypes.h>
#include <string.h>

#include "script/lex.h"
#include "script/print_priv.h"

#define STRING_WIDE 4000u /* a longer one goes on in the next line, below SCRIPT_LINE_MAX */

/* Bytes of a character that can be shown as it is; 0: none can. */
static unsigned printable(const uint8_t *bytes, size_t left)
{
	char text[5] = "";
	unsigned len;

	memcpy(text, bytes, left < 4 ? left : 4);
	len = utf8_len(text);
	if (bytes[0] < 0x20 || bytes[0] == 0x7f ||
	    (bytes[0] == 0xc2 && left > 1 && bytes[1] < 0xa0))
		return 0; /* control characters, those of terminals too */
	return len;
}

/* The inside of a string; returns how wide it became. */
static size_t put_bytes(FILE *out, const uint8_t *bytes, size_t len, size_t wide, bool wrap)
{
	static const char specials[] = "\n\r\t\\\"$", letters[] = "nrt\\\"$";

	for (size_t i = 0, n; i < len; i += n) {
		const char *special = bytes[i] ? strchr(specials, bytes[i]) : NULL;

		if (wrap && wide > STRING_WIDE) {
			fputs("\" \\\n\t\"", out);
			wide = 0;
		}
		n = printable(bytes + i, len - i);
		wide += n + 4;
		if (special)
			fprintf(out, "\\%c", letters[special - specials]);
		else if (n)
			fwrite(bytes + i, 1, n, out);
		else
			fprintf(out, bytes[i] ? "\\x%02x" : "\\0", bytes[i]);
		n = n ? n : 1;
	}
	return wide;
}

void script_print_string(FILE *out, const uint8_t *bytes, size_t len)
{
	putc('"', out);
	put_bytes(out, bytes, len, 0, false);
	putc('"', out);
}

void print_bytes(FILE *out, const struct bytes *b)
{
	size_t wide = 0;

	putc('"', out);
	for (unsigned i = 0; i < b->count; i++) {
		const struct bytes_piece *piece = &b->pieces[i];

		if (piece->name)
			wide += (size_t)fprintf(out, "${%s}", piece->name);
		else
			wide = put_bytes(out, piece->bytes, piece->len, wide, true);
	}
	putc('"', out);
}

void print_regex(FILE *out, const char *regex)
{
	static const char specials[] = "\n\r\t/", letters[] = "nrt/";

	putc('/', out);
	for (; *regex; regex++) {
		const char *special = strchr(specials, *regex);

		if (special) {
			fprintf(out, "\\%c", letters[special - specials]);
		} else {
			putc(*regex, out);
			if (*regex == '\\' && regex[1])
				putc(*++regex, out);
		}
	}
	putc('/', out);
}

void print_terms(FILE *out, const struct number *n)
{
	for (unsigned i = 0; i < n->count; i++) {
		if (i)
			fputs(n->terms[i].minus ? " - " : " + ", out);
		if (!n->terms[i].name)
			fprintf(out, "%" PRId64, n->terms[i].value);
		else if (!n->terms[i].field)
			fprintf(out, "$%s", n->terms[i].name);
		else
			fprintf(out, "$%s.%s", n->terms[i].name, n->terms[i].field);
	}
}

void print_number(FILE *out, const struct number *n)
{
	print_terms(out, n);
	if (n->absolute)
		fputs(" abs", out);
}

void print_data(FILE *out, const struct data *d)
{
	switch (d->kind) {
	case DATA_NONE:
		break;
	case DATA_BYTES:
		if (d->file) {
			fputs("file ", out);
			script_print_string(out, (const uint8_t *)d->file, strlen(d->file));
		} else {
			print_bytes(out, &d->bytes);
		}
		break;
	case DATA_PATTERN:
		fputs("len ", out);
		print_number(out, &d->len);
		break;
	case DATA_REGEX:
		fputs("~ ", out);
		print_regex(out, d->regex);
		break;
	}
}
