/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.h - numbers and durations as people type them, read strictly.
 *
 * Nothing here accepts what it only half understands: trailing bytes, signs, overflow and empty
 * strings are refused, and the caller says which option they came from. */
#ifndef TCPSHAKE_BASE_PARSE_H
#define TCPSHAKE_BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * parse_uint() - read a whole number
 * @s:      decimal digits, or 0x and hexadecimal digits; nothing else around them
 * @min:    smallest value accepted
 * @max:    largest value accepted
 * @out:    set only on success
 * Return:  false when @s is no such number or is out of range. */
bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/**
 * parse_duration() - read a time span
 * @s:      a decimal number, a fraction allowed, and a unit: us, ms, s, m or h; no unit means
 *          seconds ("500ms", "2s", "1.5", "3m")
 * @out_us: microseconds, rounded to the nearest, at most 10 years; set only on success
 * Return:  false when @s is no such span. */
bool parse_duration(const char *s, int64_t *out_us);

#endif
