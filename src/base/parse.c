/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.c - strict numbers and durations; see parse.h. */
#include "base/parse.h"

#include "base/err.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DURATION_US (10.0 * 365 * 24 * 3600 * 1e6)

bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? s + 2 : s;
	unsigned long long v;
	char *end;

	/* strtoull itself would let blanks, signs and a second 0x through. */
	if (!isxdigit((unsigned char)digits[0]) || digits[1] == 'x' || digits[1] == 'X')
		return false;
	errno = 0;
	v = strtoull(digits, &end, hex ? 16 : 10);
	if (errno || end == digits || *end || v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool parse_duration(const char *s, int64_t *out_us)
{
	static const struct {
		const char *unit;
		double us;
	} units[] = {
		{ "", 1e6 }, { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "m", 6e7 }, { "h", 3.6e9 },
	};
	size_t number = strspn(s, "0123456789.");
	char *end;
	double v;

	if (!isdigit((unsigned char)s[0]))
		return false;
	v = strtod(s, &end);
	if (end != s + number)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		if (v * units[i].us > MAX_DURATION_US)
			return false;
		*out_us = (int64_t)(v * units[i].us + 0.5);
		return true;
	}
	return false;
}
