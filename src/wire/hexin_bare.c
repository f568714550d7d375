/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexin_bare.c - bytes without offsets: hexadecimal digits, as a stream, a C array or an escaped string; and
 * base64 (RFC 4648). */
#include <string.h>

#include "wire/hexin_part.h"

static bool starts(const char *at, const char *end, const char *with)
{
	size_t len = strlen(with);

	return (size_t)(end - at) >= len && !memcmp(at, with, len);
}

/* A C comment ends in its line, or the line in it. */
static const char *behind_comment(const char *at, const char *end)
{
	for (at += 2; at < end; at++)
		if (starts(at, end, "*/"))
			return at + 2;
	return end;
}

enum hexin_said hexin_digits_line(struct hexin *h, const char *line, size_t len, struct err *e)
{
	const char *at = line, *end = line + len;

	if (memchr(line, '[', len) || starts(line, end, "//")) /* an array's declaration */
		return HEXIN_DONE;
	while (at < end) {
		if (starts(at, end, "/*")) {
			at = behind_comment(at, end);
		} else if (starts(at, end, "0x") || starts(at, end, "\\x")) {
			at += 2;
		} else if (*at == '}') {
			return HEXIN_DONE;
		} else if (strchr(" \t\r,:;-\"\\{", *at)) {
			at++;
		} else if (hexin_digit(*at) < 0) {
			return hexin_wrong(h, e, "neither hexadecimal digits nor a hex dump");
		} else if (at + 1 == end || hexin_digit(at[1]) < 0) {
			return hexin_wrong(h, e, "half a byte: one hexadecimal digit stands alone");
		} else {
			if (!hexin_add(h, (uint8_t)(hexin_digit(at[0]) << 4 | hexin_digit(at[1])),
				       e))
				return HEXIN_WRONG;
			at += 2;
		}
	}
	return HEXIN_MORE;
}

/* Of a digit, in either alphabet; -1: none. */
static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool hexin_base64_like(const char *line, size_t len)
{
	bool hexadecimal = true;

	if (len >= 2 && line[0] == '0' && line[1] == 'x')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (base64_digit(line[i]) < 0 && line[i] != '=')
			return false;
		hexadecimal &= hexin_digit(line[i]) >= 0 || line[i] == '-';
	}
	return len >= 8 && !hexadecimal;
}

enum hexin_said hexin_base64_line(struct hexin *h, const char *line, size_t len, struct err *e)
{
	for (size_t i = 0; i < len; i++) {
		int digit = base64_digit(line[i]);

		if (hexin_blank(line[i]))
			continue;
		if (line[i] == '=' && h->count) {
			h->padded = true;
			continue;
		}
		if (digit < 0 || h->padded)
			return hexin_wrong(
				h, e, h->padded ? "base64 goes on behind its end" : "no base64");
		h->bits = (h->bits << 6 | (uint32_t)digit) & 0xffffu;
		h->bit_count += 6;
		if (h->bit_count < 8)
			continue;
		h->bit_count -= 8;
		if (!hexin_add(h, (uint8_t)(h->bits >> h->bit_count), e))
			return HEXIN_WRONG;
	}
	if (!h->padded)
		return HEXIN_MORE;
	h->bit_count = 0;
	return HEXIN_DONE;
}
