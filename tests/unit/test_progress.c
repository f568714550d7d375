/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_progress.c - the progress line: its text, how often it is written, and that nothing of it stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "view/progress.h"

static void progress__as_text(void **unused)
{
	struct progress_figures f = { .targets = 65536, .elapsed_us = 1000000 };
	char out[PROGRESS_MAX];

	assert_string_equal(progress_text(&f, -1, 80, out), "0 of 65,536 (0%), 0 sent, 0 answered");
	f.finished = 16384;
	f.answered = 12;
	f.sent = 17000;
	assert_string_equal(progress_text(&f, 17000, 80, out),
			    "16,384 of 65,536 (25%), 17,000 sent, 12 answered, 17,000/s, 3 s left");
	assert_string_equal(progress_text(&f, 17000, 60, out),
			    "16,384 of 65,536 (25%), 17,000 sent, 12 answered, 17,000/s");
	assert_string_equal(progress_text(&f, 17000, 40, out),
			    "16,384 of 65,536 (25%), 17,000 sent");
	f.elapsed_us = 60 * 1000000ll;
	assert_non_null(strstr(progress_text(&f, 283, 80, out), ", 3 min 0 s left"));
	f.elapsed_us = 3600 * 1000000ll;
	assert_non_null(strstr(progress_text(&f, 4, 80, out), ", 3 h 0 min left"));
	f.finished = 1; /* most are silent: the rest is sent in 10 s, and then waited for */
	f.begun = 32768;
	f.elapsed_us = 10000000;
	f.patience_us = 23000000;
	assert_non_null(strstr(progress_text(&f, 4, 80, out), ", 33 s left"));
	f.finished = 65536;
	assert_null(strstr(progress_text(&f, 4, 80, out), "left"));
	f.finished = 70000; /* more than were known of */
	assert_non_null(strstr(progress_text(&f, 4, 80, out), "65,536 of 65,536 (100%)"));
	f.targets = 0;
	assert_string_equal(progress_text(&f, 4, 80, out),
			    "70,000 done, 17,000 sent, 12 answered, 4/s");
}

static void progress__five_times_a_second_and_gone_without_a_trace(void **unused)
{
	struct progress_figures f = { .targets = 10, .elapsed_us = 1000 };
	char *text = NULL;
	size_t len = 0, wrote;
	struct progress p = {
		.out = open_memstream(&text, &len), .on = true, .columns = 80, .per_second = -1
	};

	assert_non_null(p.out);
	progress_erase(&p);
	progress_erase(NULL);
	assert_int_equal(len, 0);
	progress_show(&p, &f);
	assert_string_equal(text, "\r0 of 10 (0%), 0 sent, 0 answered, 0/s");
	wrote = len;
	f.elapsed_us += PROGRESS_EVERY_US - 1;
	progress_show(&p, &f);
	assert_int_equal(len, wrote);
	f.elapsed_us += 1;
	f.sent = 40; /* in a fifth of a second; none in the one before */
	progress_show(&p, &f);
	assert_string_equal(text + wrote, "\r0 of 10 (0%), 40 sent, 0 answered, 100/s");
	wrote = len;
	progress_erase(&p);
	assert_int_equal(text[wrote], '\r');
	assert_int_equal(strspn(text + wrote + 1, " "), 40);
	assert_string_equal(text + wrote + 41, "\r");
	wrote = len;
	progress_erase(&p);
	assert_int_equal(len, wrote);
	fclose(p.out);
	free(text);
}

static void progress__not_where_nobody_looks(void **unused)
{
	FILE *nowhere = fopen("/dev/null", "w");
	struct progress p;

	assert_non_null(nowhere);
	progress_init(&p, nowhere, false);
	assert_false(p.on);
	fclose(nowhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progress__as_text),
		cmocka_unit_test(progress__five_times_a_second_and_gone_without_a_trace),
		cmocka_unit_test(progress__not_where_nobody_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
