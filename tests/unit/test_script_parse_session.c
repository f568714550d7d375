/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_parse_session.c - commands that are typed, line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "script_text.h"

static struct script_session *begin(void)
{
	struct script_session *s = script_session_new(script_defs, ARRAY_LEN(script_defs));

	assert_non_null(s);
	return s;
}

/* The line is taken; whether more is wanted then, and how many commands there are. */
static void type(struct script_session *s, const char *line, bool more, unsigned commands)
{
	struct script_error e;
	bool wants = !more;

	if (!script_session_line(s, line, &wants, &e))
		fail_msg("%s\n%s\n%s", line, e.err.text, e.excerpt);
	assert_int_equal(wants, more);
	assert_int_equal(script_session_script(s)->command_count, commands);
}

/* The line is refused, with that message; whether a block is still open then. */
static void mistype(struct script_session *s, const char *line, bool more, const char *begins)
{
	unsigned before = script_session_script(s)->command_count;
	struct script_error e;
	bool wants = !more;

	assert_false(script_session_line(s, line, &wants, &e));
	assert_int_equal(wants, more);
	assert_int_equal(e.err.status, STATUS_USAGE);
	if (strncmp(e.err.text, begins, strlen(begins)))
		fail_msg("wanted: %s...\nis:     %s", begins, e.err.text);
	assert_int_equal(script_session_script(s)->command_count, before);
}

static void session__lines__add_commands(void **unused)
{
	struct script_session *s = begin();
	char *text;

	type(s, "syn", false, 1);
	type(s, "", false, 1);
	type(s, "# nothing", false, 1);
	type(s, "expect S. as synack", false, 2);
	type(s, "send . ack $synack.seq + 1", false, 3);
	type(s, "save \"a file\"", false, 4);
	text = print_script(script_session_script(s));
	assert_string_equal(
		text, "send S\nexpect S. as synack\nsend . ack $synack.seq + 1\nsave \"a file\"\n");
	assert_int_equal(script_session_script(s)->commands[2].at.line, 5);
	free(text);
	script_session_free(s);
}

static void session__blocks__want_more(void **unused)
{
	struct script_session *s = begin();

	type(s, "repeat 2 {", true, 0);
	type(s, "  syn", true, 0);
	type(s, "  expect any of {", true, 0);
	type(s, "  R", true, 0);
	type(s, "  }", true, 0);
	type(s, "}", false, 1);
	type(s, "repeat 2 { ack }", false, 2);
	assert_int_equal(script_session_script(s)->commands[0].body_count, 2);
	assert_int_equal(script_session_script(s)->commands[0].body[1].at.line, 3);
	assert_int_equal(script_session_script(s)->commands[1].at.line, 7);
	script_session_free(s);
}

static void session__backslash__wants_more(void **unused)
{
	struct script_session *s = begin();

	type(s, "send \\", true, 0);
	type(s, "S \\", true, 0);
	type(s, "win 5", false, 1);
	type(s, "# a comment does not go on \\", false, 1);
	type(s, "ack", false, 2);
	script_session_free(s);
}

static void session__wrong_lines__are_forgotten(void **unused)
{
	struct script_session *s = begin();

	mistype(s, "snd", false, "step:1:1: snd: no such command; did you mean send?");
	type(s, "syn", false, 1);
	mistype(s, "set x $y", false, "step:2:7: $y: nothing of that name");
	mistype(s, "echo $x", false, "step:2:6: $x: nothing of that name");
	mistype(s, "expect S. as a as b", false, "step:2:16: as is given twice");
	type(s, "set a 5", false, 2); /* "a" was not captured */
	mistype(s, "}", false, "step:3:1: } closes nothing");
	type(s, "ack", false, 3);
	script_session_free(s);
}

static void session__wrong_lines_in_a_block__leave_it_open(void **unused)
{
	struct script_session *s = begin();

	type(s, "syn", false, 1);
	type(s, "repeat 2 {", true, 1);
	type(s, "set x 1", true, 1);
	mistype(s, "snd", true, "step:4:1: snd");
	type(s, "echo $x", true, 1);
	type(s, "}", false, 2);
	assert_int_equal(script_session_script(s)->commands[1].body_count, 2);
	script_session_free(s);
}

static void session__forget__drops_the_open_block(void **unused)
{
	struct script_session *s = begin();

	type(s, "repeat 2 {", true, 0);
	type(s, "set x 1", true, 0);
	script_session_forget(s);
	mistype(s, "echo $x", false, "step:1:6: $x");
	type(s, "syn", false, 1);
	assert_int_equal(script_session_script(s)->commands[0].at.line, 1);
	script_session_free(s);
}

static void session__many_lines__keep_what_was_known(void **unused)
{
	struct script_session *s = begin();
	struct script_error e;
	char line[32];

	for (unsigned i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "set v%u 1", i);
		type(s, line, false, i + 1);
	}
	type(s, "echo $v0 $v499 $host", false, 501);
	script_error_at(script_session_script(s), script_session_script(s)->commands[2].at,
			STATUS_CHECK, "went wrong: why", &e);
	assert_string_equal(e.err.text, "step:3:1: went wrong: why");
	assert_string_equal(e.excerpt, "set v2 1\n^");
	assert_int_equal(e.err.status, STATUS_CHECK);
	script_session_free(s);
}

static void session__a_line_too_long__is_refused(void **unused)
{
	struct script_session *s = begin();
	char *line = malloc(SCRIPT_LINE_MAX + 2);

	assert_non_null(line);
	memset(line, '#', SCRIPT_LINE_MAX + 1);
	line[SCRIPT_LINE_MAX + 1] = '\0';
	mistype(s, line, false, "the line is too long");
	type(s, "syn", false, 1);
	free(line);
	script_session_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session__lines__add_commands),
		cmocka_unit_test(session__blocks__want_more),
		cmocka_unit_test(session__backslash__wants_more),
		cmocka_unit_test(session__wrong_lines__are_forgotten),
		cmocka_unit_test(session__wrong_lines_in_a_block__leave_it_open),
		cmocka_unit_test(session__forget__drops_the_open_block),
		cmocka_unit_test(session__many_lines__keep_what_was_known),
		cmocka_unit_test(session__a_line_too_long__is_refused),
	};

	return cmocka_run_group_tests_name("script_parse_session", tests, NULL, NULL);
}
