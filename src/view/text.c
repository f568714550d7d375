/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c - numbers for people, and bytes from strangers made harmless; see text.h. */
#include "view/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *text_count(uint64_t n, char out[TEXT_NUMBER_MAX])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *at = out;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return out;
}

char *text_size(uint64_t bytes, char out[TEXT_NUMBER_MAX])
{
	static const char units[][3] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	size_t unit = 0;
	double value = (double)bytes / 1e3;

	if (bytes < 1000) {
		snprintf(out, TEXT_NUMBER_MAX, bytes == 1 ? "1 byte" : "%" PRIu64 " bytes", bytes);
		return out;
	}
	/* 999.95 would be printed as 1000.0 */
	while (value >= 999.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1e3;
		unit++;
	}
	snprintf(out, TEXT_NUMBER_MAX, "%.1f %s", value, units[unit]);
	return out;
}

char *text_time(int64_t ns, char out[TEXT_NUMBER_MAX])
{
	double ms = (double)ns / 1e6;

	if (ms > -9999.9995 && ms < 9999.9995)
		snprintf(out, TEXT_NUMBER_MAX, "%.3f ms", ms);
	else
		snprintf(out, TEXT_NUMBER_MAX, "%.3f s", ms / 1e3);
	return out;
}

char *text_escape(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	char *at = out;

	for (size_t i = 0; i < len; i++) {
		static const char plain[] = "\r\n\t\\\"", letter[] = "rnt\\\"";
		const char *special = bytes[i] ? strchr(plain, bytes[i]) : NULL;
		char piece[8];
		size_t n;

		if (special)
			n = (size_t)snprintf(piece, sizeof(piece), "\\%c", letter[special - plain]);
		else if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
			n = (size_t)snprintf(piece, sizeof(piece), "%c", bytes[i]);
		else
			n = (size_t)snprintf(piece, sizeof(piece), "\\x%02x", bytes[i]);
		if (n >= size - (size_t)(at - out))
			break;
		memcpy(at, piece, n);
		at += n;
	}
	*at = '\0';
	return out;
}

char *text_safe(const char *s, char *out, size_t size)
{
	char *at = out;

	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;
		size_t need = c >= 0x20 && c < 0x7f ? 1 : 4;

		if (need >= size - (size_t)(at - out))
			break;
		if (need == 1)
			*at++ = *s;
		else
			at += snprintf(at, 5, "\\x%02x", c);
	}
	*at = '\0';
	return out;
}
