/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - numbers for people, and bytes from strangers made harmless. */
#ifndef TCPSHAKE_VIEW_TEXT_H
#define TCPSHAKE_VIEW_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define TEXT_NUMBER_MAX 32u /* bytes that any of the numbers below can need */

/* "1,234,567"; returns @out. */
char *text_count(uint64_t n, char out[TEXT_NUMBER_MAX]);

/* "312 bytes", "12.3 MB" (powers of 1000); returns @out. */
char *text_size(uint64_t bytes, char out[TEXT_NUMBER_MAX]);

/* "0.212 ms", "12.345 s"; negative times too; returns @out. */
char *text_time(int64_t ns, char out[TEXT_NUMBER_MAX]);

/**
 * text_escape() - bytes as printable ASCII
 * @bytes:  may be NULL when @len is 0
 * @out:    receives at most @size - 1 characters: \r \n \t \\ \" and \xNN for all that is not
 *          printable ASCII. Cut between characters when it does not fit.
 * Return:  @out. */
char *text_escape(const uint8_t *bytes, size_t len, char *out, size_t size);

/* The same of a string of ours, without escaping quotes and backslashes: only what a terminal could
 * obey is escaped. NULL gives "". */
char *text_safe(const char *s, char *out, size_t size);

#endif
