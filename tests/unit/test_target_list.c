/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_target_list.c - lists of targets: their words, their places, and files that are no lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe/target_list.h"
#include "probe/target_word.h"
#include "probe/targets.h"

static struct target_list *list_of(const char *bytes, size_t len)
{
	FILE *stream = len ? fmemopen((char *)(uintptr_t)bytes, len, "r") : fopen("/dev/null", "r");
	struct err e = { 0 };
	struct target_list *l;

	assert_non_null(stream);
	l = target_list_of(stream, "list", &e);
	assert_non_null(l);
	return l;
}

/* All words with their lines, "1:a 1:b 3:c"; then what went wrong, in @e. */
static const char *words_of(const char *bytes, size_t len, struct err *e)
{
	static char all[8192];
	struct target_list *l = list_of(bytes, len);
	const char *word;
	size_t at = 0;
	bool ok;

	all[0] = '\0';
	while (target_list_next(l, &word, &ok, e)) {
		struct err where = { .status = STATUS_CHECK };

		assert_true(ok);
		target_list_blame(l, &where);
		/* "list:LINE: " */
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%.*s:%s", at ? " " : "",
				       (int)strcspn(where.text + 5, ":"), where.text + 5, word);
		assert_true(at < sizeof(all));
	}
	assert_int_equal(ok, e->status == STATUS_OK);
	target_list_close(l);
	return all;
}

static void words__with_their_lines(void **unused)
{
	static const char *const lists[][2] = {
		{ "", "" },
		{ "\n", "" },
		{ "\n\n  \t\n# only\n#comments", "" },
		{ "a", "1:a" },
		{ "a\n", "1:a" },
		{ "a b\tc\n", "1:a 1:b 1:c" },
		{ "  a  \n\n\tb", "1:a 3:b" },
		{ "a#b c\nd # e\n#f\ng", "1:a 2:d 4:g" },
		{ "a\r\nb c\r\n\r\nd\r\n", "1:a 2:b 2:c 4:d" },
		{ "\xef\xbb\xbf"
		  "a\nb",
		  "1:a 2:b" },
		{ "\xef\xbb\xbf# a\nb", "2:b" },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct err e = { 0 };

		assert_string_equal(words_of(lists[i][0], strlen(lists[i][0]), &e), lists[i][1]);
		assert_int_equal(e.status, STATUS_OK);
	}
}

static void nul_byte__ends_it(void **unused)
{
	struct err e = { 0 };

	assert_string_equal(words_of("a\nb c\0d\ne", 9, &e), "1:a");
	assert_int_equal(e.status, STATUS_USAGE);
	assert_string_equal(e.text, "list:2: a NUL byte; is this a list of targets?");
}

static void long_line__ends_it(void **unused)
{
	char text[TARGET_WORD_MAX + 5];
	struct err e = { 0 };

	text[0] = 'a';
	text[1] = '\n';
	memset(text + 2, 'b', TARGET_WORD_MAX);
	text[TARGET_WORD_MAX + 2] = '\n';
	assert_int_equal(strlen(words_of(text, TARGET_WORD_MAX + 3, &e)), 6 + TARGET_WORD_MAX);
	assert_int_equal(e.status, STATUS_OK);
	text[TARGET_WORD_MAX + 2] = 'b';
	assert_string_equal(words_of(text, TARGET_WORD_MAX + 3, &e), "1:a");
	assert_int_equal(e.status, STATUS_USAGE);
	assert_string_equal(e.text,
			    "list:2: a line longer than 1,024 bytes; is this a list of targets?");
}

static void unreadable__says_why(void **unused)
{
	struct err e = { 0 };
	struct target_list *l;
	const char *word;
	bool ok;

	assert_null(target_list_open("/no/such/file", &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_string_equal(e.text, "cannot read /no/such/file: No such file or directory");
	l = target_list_open("/", &e);
	assert_non_null(l);
	assert_false(target_list_next(l, &word, &ok, &e));
	assert_false(ok);
	assert_string_equal(e.text, "cannot read /: Is a directory");
	target_list_close(l);
	target_list_close(NULL);
}

/* "10.1\n10.2\n...", written while it is read. */
static ssize_t write_more(void *cookie, char *out, size_t room)
{
	unsigned *count = cookie;

	if (*count == 1000000)
		return 0;
	assert_true(room >= 16);
	return snprintf(out, room, "10.%u\n", ++*count);
}

static void stream__is_read_as_it_comes(void **unused)
{
	const cookie_io_functions_t functions = { .read = write_more };
	unsigned written = 0, count = 0;
	FILE *stream = fopencookie(&written, "r", functions);
	struct err e = { 0 };
	struct target_list *l;
	const char *word;
	bool ok;

	assert_non_null(stream);
	l = target_list_of(stream, "stream", &e);
	assert_non_null(l);
	while (target_list_next(l, &word, &ok, &e)) {
		count++;
		assert_true(!strncmp(word, "10.", 3) && strtoul(word + 3, NULL, 10) == count);
		assert_int_equal(count, written);
	}
	assert_true(ok);
	assert_int_equal(count, 1000000);
	target_list_close(l);
}

/* A file with these words in it, that is gone when it is closed. Returns its descriptor. */
static int write_list(char path[64], const char *words)
{
	int fd = memfd_create("list", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, words, strlen(words)), strlen(words));
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void exclude_file__its_words_are_taken_out(void **unused)
{
	struct targets_options options = { 0 };
	struct err e = { 0 };
	struct targets *t = targets_new(&options, &e);
	char path[64], text[128];
	int fd;

	fd = write_list(path, "# ours\n10.0.0.0/31 10.0.0.3\n\n10.0.0.5-7 # the printers\n");
	assert_true(targets_exclude_file(t, path, &e));
	close(fd);
	assert_true(targets_add(t, "10.0.0.0/29", &e));
	assert_true(targets_seal(t, &e));
	assert_int_equal(targets_count(t), 2);
	assert_int_equal(targets_excluded(t), 6);
	fd = write_list(path, "10.0.0.0/31\n\n10.0.0.1/31\n");
	assert_false(targets_exclude_file(t, path, &e));
	close(fd);
	snprintf(text, sizeof(text), "%s:3: 10.0.0.1/31: bits behind the prefix are not 0", path);
	assert_memory_equal(e.text, text, strlen(text));
	assert_false(targets_exclude_file(t, path, &e));
	assert_int_equal(e.status, STATUS_APP);
	targets_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__with_their_lines),
		cmocka_unit_test(nul_byte__ends_it),
		cmocka_unit_test(long_line__ends_it),
		cmocka_unit_test(unreadable__says_why),
		cmocka_unit_test(stream__is_read_as_it_comes),
		cmocka_unit_test(exclude_file__its_words_are_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
