/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script_text.h - scripts as strings: what they print, and how they are refused. */
#ifndef TCPSHAKE_UNIT_SCRIPT_TEXT_H
#define TCPSHAKE_UNIT_SCRIPT_TEXT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/parse.h"
#include "script/print.h"

/* What is known from the beginning in all of these tests. */
static const struct definition script_defs[] = { { "host", "192.0.2.1" }, { "port", "80" } };

static inline struct script *parse_bytes(const char *text, size_t len, struct script_error *e)
{
	return script_parse_text("t", text, len, script_defs, ARRAY_LEN(script_defs), e);
}

/* Fails the test, with the message, when the text is refused. */
static inline struct script *parse_good(const char *text)
{
	struct script_error e;
	struct script *s = parse_bytes(text, strlen(text), &e);

	if (!s)
		fail_msg("%s\n%s\n%s", text, e.err.text, e.excerpt);
	return s;
}

static inline char *print_script(const struct script *s)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (unsigned i = 0; i < s->command_count; i++)
		script_print_command(out, &s->commands[i], 0);
	fclose(out);
	return text;
}

/* Parsed and printed, @text reads @printed; and that parses to the same again. */
static inline void assert_prints(const char *text, const char *printed)
{
	struct script *s = parse_good(text), *again;
	char *first = print_script(s), *second;

	assert_string_equal(first, printed);
	again = parse_good(first);
	second = print_script(again);
	assert_string_equal(first, second);
	script_free(s);
	script_free(again);
	free(first);
	free(second);
}

/* The text is refused at that line and column, with @piece in the message. */
static inline void assert_refused(const char *text, size_t len, unsigned line, unsigned column,
				  const char *piece)
{
	char place[32];
	struct script_error e;
	struct script *s = parse_bytes(text, len, &e);

	if (s)
		fail_msg("was taken: %s", text);
	assert_int_equal(e.err.status, STATUS_USAGE);
	snprintf(place, sizeof(place), "t:%u:%u: ", line, column);
	if (strncmp(e.err.text, place, strlen(place)) || !strstr(e.err.text, piece))
		fail_msg("%s\nwanted: %s... %s\nis:     %s", text, place, piece, e.err.text);
	assert_non_null(strchr(e.excerpt, '\n'));
}

#endif
