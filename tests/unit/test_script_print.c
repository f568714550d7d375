/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_print.c - real segments and strings as text of the language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "script_text.h"

static void assert_segment(const struct tcp_segment *seg, size_t text_max, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	script_print_segment(out, seg, 1000, 2000, text_max);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void assert_string(const char *bytes, size_t len, const char *expected)
{
	char *text = NULL, command[256];
	size_t size;
	FILE *out = open_memstream(&text, &size);
	uint8_t *copy = malloc(len ? len : 1); /* ends where the bytes do */
	struct script *s;
	struct bytes *b;

	assert_non_null(out);
	assert_non_null(copy);
	memcpy(copy, bytes, len);
	script_print_string(out, copy, len);
	fclose(out);
	assert_string_equal(text, expected);
	/* And it says the same bytes. */
	snprintf(command, sizeof(command), "echo %s", text);
	s = parse_good(command);
	b = &s->commands->text;
	assert_int_equal(b->count, len > 0);
	if (len) {
		assert_int_equal(b->pieces[0].len, len);
		assert_memory_equal(b->pieces[0].bytes, bytes, len);
	}
	script_free(s);
	free(copy);
	free(text);
}

static void string__bytes__are_escaped(void **unused)
{
	assert_string("", 0, "\"\"");
	assert_string("a\n\r\t\0\\\"$5", 9, "\"a\\n\\r\\t\\0\\\\\\\"\\$5\"");
	assert_string("\x01\x7f\x1b", 3, "\"\\x01\\x7f\\x1b\"");
	assert_string("\xc3\xbc\xe2\x82\xac", 5, "\"\xc3\xbc\xe2\x82\xac\"");
	assert_string("\xff\xc3", 2, "\"\\xff\\xc3\"");
	assert_string("\xc2\x9b", 2, "\"\\xc2\\x9b\""); /* CSI, to a terminal */
	assert_string("\xed\xa0\x80", 3, "\"\\xed\\xa0\\x80\"");
}

static void segment__syn__shows_its_options(void **unused)
{
	struct tcp_segment seg = {
		.seq = 1000,
		.flags = TCP_FLAG_SYN,
		.window = 64240,
		.option_bytes = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7 },
		.option_len = 20,
	};

	assert_segment(&seg, 10,
		       "S 0:0(0) win 64240 <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>");
}

static void segment__text__is_cut(void **unused)
{
	struct tcp_segment seg = {
		.seq = 1001,
		.ack = 2001,
		.flags = TCP_FLAG_PSH | TCP_FLAG_ACK,
		.window = 5,
		.text = (const uint8_t *)"GET / HTTP/1.1\r\n",
		.text_len = 16,
	};

	assert_segment(&seg, 16, "P. 1:17(16) ack 1 win 5 data \"GET / HTTP/1.1\\r\\n\"");
	assert_segment(&seg, 5, "P. 1:17(16) ack 1 win 5 data \"GET /\"...");
	assert_segment(&seg, 0, "P. 1:17(16) ack 1 win 5");
}

static void segment__numbers__wrap_around(void **unused)
{
	struct tcp_segment seg = { .seq = 999, .flags = TCP_FLAG_URG, .urgent = 3, .reserved = 1 };

	assert_segment(&seg, 0, "U 4294967295:4294967295(0) win 0 urg 3 reserved 1");
	seg.flags = 0;
	assert_segment(&seg, 0, "- 4294967295:4294967295(0) win 0 reserved 1");
}

static void segment__strange_options__are_bytes(void **unused)
{
	struct tcp_segment
		seg = {
			.seq = 1000,
			.flags = TCP_FLAG_SYN,
			.option_bytes = { 5,  10, 0, 0, 7, 0xd1, 0, 0, 7, 0xda,
					  30, 4,  1, 2, 2, 3,	 9, 0, 0, 7 },
			.option_len = 20,
		};

	assert_segment(&seg, 0, "S 0:0(0) win 0 <sack 1:10,hex 1e040102,hex 020309,eol,hex 0007>");
	/* A length that cannot be: the rest is bytes. */
	seg.option_len = 4;
	seg.option_bytes[0] = 1;
	seg.option_bytes[1] = 2;
	seg.option_bytes[2] = 9;
	assert_segment(&seg, 0, "S 0:0(0) win 0 <nop,hex 020900>");
}

/* What was heard can be expected in a script. */
static void segment__printed__parses_as_an_expectation(void **unused)
{
	assert_prints("expect S 0:0(0) win 0 <sack 1:10,hex 1e040102,hex 020309,eol,hex 0007>",
		      "expect S 0:0(0) win 0 <sack 1:10,hex 1e040102,hex 020309,eol,hex 0007>\n");
	assert_prints("expect - 4294967295:4294967295(0) win 0 urg 3 reserved 1",
		      "expect - 4294967295:4294967295(0) win 0 urg 3 reserved 1\n");
}

/* A line of the script has a limit; long strings go on in the next one. */
static void command__long_strings__are_wrapped(void **unused)
{
	char *text = malloc(SCRIPT_LINE_MAX), *first, *second;
	struct script *s, *again;

	assert_non_null(text);
	strcpy(text, "write \"");
	memset(text + 7, '\x01', 50000);
	strcpy(text + 50007, "\"");
	s = parse_good(text);
	first = print_script(s);
	again = parse_good(first);
	second = print_script(again);
	assert_string_equal(first, second);
	assert_int_equal(again->commands->data.bytes.pieces[0].len, 50000);
	script_free(s);
	script_free(again);
	free(first);
	free(second);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(string__bytes__are_escaped),
		cmocka_unit_test(segment__syn__shows_its_options),
		cmocka_unit_test(segment__text__is_cut),
		cmocka_unit_test(segment__numbers__wrap_around),
		cmocka_unit_test(segment__strange_options__are_bytes),
		cmocka_unit_test(segment__printed__parses_as_an_expectation),
		cmocka_unit_test(command__long_strings__are_wrapped),
	};

	return cmocka_run_group_tests_name("script_print", tests, NULL, NULL);
}
