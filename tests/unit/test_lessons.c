/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lessons.c - the catalogue of lessons: nothing is missing in a row, its script can be parsed, its
 * question is asked whole, and its answer is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cli/lesson.h"
#include "cli/step_priv.h"

static bool is_there(const char *text)
{
	return text && *text;
}

static void every_lesson__has_all_its_texts(void **unused)
{
	for (size_t i = 0; i < lesson_count; i++) {
		const struct lesson *l = &lessons[i];

		if (!is_there(l->name) || !is_there(l->title) || !is_there(l->before) ||
		    !is_there(l->after) || !is_there(l->question) || !is_there(l->answer) ||
		    !is_there(l->why) || !is_there(l->script) || !l->sights[0].what)
			fail_msg("lesson %zu: something is missing", i);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(l->name, lessons[k].name);
	}
}

/* Names are typed in a list with commas, where "all" and "list" mean something else. */
static void every_name__can_be_typed(void **unused)
{
	for (size_t i = 0; i < lesson_count; i++) {
		assert_int_equal(strspn(lessons[i].name, "abcdefghijklmnopqrstuvwxyz-"),
				 strlen(lessons[i].name));
		assert_string_not_equal(lessons[i].name, "all");
		assert_string_not_equal(lessons[i].name, "list");
	}
}

static void every_script__parses(void **unused)
{
	static const struct definition defs[] = { { "host", LAB_SERVER4 },
						  { "port", "80" },
						  { "closed", "81" } };

	for (size_t i = 0; i < lesson_count; i++) {
		const struct lesson *l = &lessons[i];
		struct script_error e = { 0 };
		struct script *s = script_parse_text(l->name, l->script, strlen(l->script), defs,
						     ARRAY_LEN(defs), &e);

		if (!s)
			fail_msg("%s\n%s", e.err.text, e.excerpt);
		script_free(s);
	}
}

static void every_question__is_asked_whole__and_its_answer_is_right(void **unused)
{
	for (size_t i = 0; i < lesson_count; i++) {
		const struct lesson *l = &lessons[i];
		struct quiz *q = quiz_new();
		const char *asked = quiz_pose(q, l->question, l->answer, l->why);
		char verdict[400], score[64];

		assert_non_null(strstr(asked, l->question));
		quiz_answer(q, l->answer, verdict, sizeof(verdict));
		assert_int_equal(strncmp(verdict, "right: ", 7), 0);
		assert_non_null(strstr(verdict, l->why));
		quiz_answer(q, "no idea", verdict, sizeof(verdict));
		assert_int_equal(strncmp(verdict, "not quite: ", 11), 0);
		quiz_score(q, score, sizeof(score));
		assert_string_equal(score, "1 of 2 right");
		quiz_free(q);
	}
}

/* On loopback there is no cable that could do anything. */
static void rules__are_for_a_cable(void **unused)
{
	for (size_t i = 0; i < lesson_count; i++)
		assert_false(lessons[i].loopback && lessons[i].rules[0].nth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lesson__has_all_its_texts),
		cmocka_unit_test(every_name__can_be_typed),
		cmocka_unit_test(every_script__parses),
		cmocka_unit_test(every_question__is_asked_whole__and_its_answer_is_right),
		cmocka_unit_test(rules__are_for_a_cable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
