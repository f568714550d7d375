/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_parse.c - each construct of the command language: what it is parsed to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "script_text.h"
#include "tcp/conn.h"

/* Written so, and printed so; where the second is NULL, as the first with a newline. */
struct written {
	const char *text, *printed;
};

static void check_all(const struct written *w, size_t count)
{
	char line[512];

	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%s\n", w[i].text);
		assert_prints(w[i].text, w[i].printed ? w[i].printed : line);
	}
}

static void segments__flags__are_letters_or_words(void **unused)
{
	static const struct written w[] = {
		{ "send S", NULL },
		{ "send S.", NULL },
		{ "send .P", "send P.\n" },
		{ "send SEW", NULL },
		{ "send FSRP.UEWA", NULL },
		{ "send all", "send FSRP.UEWA\n" },
		{ "send none", "send -\n" },
		{ "expect *", NULL },
		{ "expect -", NULL },
		{ "syn", "send S\n" },
		{ "ack", "send .\n" },
		{ "fin", "send F.\n" },
		{ "rst ack 5", "send R. ack 5\n" },
		{ "data \"x\" seq 7", "send P. seq 7 data \"x\"\n" },
		{ "data hex 0d0a", "send P. data \"\\r\\n\"\n" },
	};

	check_all(w, ARRAY_LEN(w));
}

static void segments__fields__take_numbers_and_tests(void **unused)
{
	static const struct written w[] = {
		{ "send . 1:101(100)", NULL },
		{ "send . =4294967295:0(1)", NULL },
		{ "send . 5:6(1) abs", "send . =5:6(1)\n" },
		{ "send . seq 1 len 100", "send . 1:101(100)\n" },
		{ "send . 0x10 : 0x11 ( 1 )", "send . 16:17(1)\n" },
		{ "send . len 4k", "send . len 4096\n" },
		{ "send . ack 1 win 0x100 urg 3 reserved 7 offset 15 sport 1 dport 2 ttl 9 tos 255 id 65535",
		  "send . ack 1 win 256 urg 3 reserved 7 offset 15 sport 1 dport 2 ttl 9 tos 255 id 65535\n" },
		{ "send . ack =5", "send . ack 5 abs\n" },
		{ "send . ack 5 abs", NULL },
		{ "send . win = 5", "send . win 5\n" },
		{ "send . df badsum ect0", "send . df ect0 badsum\n" },
		{ "send . nodf sum 1 ce", "send . nodf ce sum 1\n" },
		{ "send . df 1 ecn 1", "send . df ect1\n" },
		{ "send . df 1:2(1)", "send . 1:2(1) df\n" },
		{ "send . df =1:2(1)", "send . =1:2(1) df\n" },
		{ "send . df <mss 5>", NULL },
		{ "expect . df < 1 ack 2", "expect . ack 2 df < 1\n" },
		{ "expect . df <= 1", NULL },
		{ "expect . df *", NULL },
		{ "expect . df != 0", NULL },
		{ "expect . df *:*(0)", "expect . seq * len 0 df\n" },
		{ "expect . ack * win != 1 urg < 2 ttl <= 3 tos > 4 id >= 5 sport 6..7",
		  "expect . ack * win != 1 urg < 2 sport 6..7 ttl <= 3 tos > 4 id >= 5\n" },
		{ "expect . ack >= 5 abs seq 1..2 abs", "expect . seq 1..2 abs ack >= 5 abs\n" },
		{ "expect . seq 4294967000..5", NULL },
		{ "expect . *:101(*)", NULL },
		{ "expect . 1:*(*)", "expect . seq 1 len *\n" },
		{ "expect . 1:*(5)", "expect . 1:6(5)\n" },
	};
	static const struct written ecn[] = {
		{ "send . ecn 2", "send . ect0\n" },
		{ "send . ect1", NULL },
		{ "send . ecn 3", "send . ce\n" },
		{ "send . ecn 0", NULL },
	};
	check_all(w, ARRAY_LEN(w));
	check_all(ecn, ARRAY_LEN(ecn));
}

static void segments__options__are_listed(void **unused)
{
	static const struct written w[] = {
		{ "send S <mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7>", NULL },
		{ "send S < mss 1460 , nop >", "send S <mss 1460,nop>\n" },
		{ "send S <>", NULL },
		{ "send . <TS>", NULL },
		{ "send . <TS 5 6>", "send . <TS val 5 ecr 6>\n" },
		{ "send . <nop,nop,sack 1:101 =201:301>", NULL },
		{ "send . <sack 1:101 abs 5:6>", "send . <sack =1:101 5:6>\n" },
		{ "send . <hex 1e04ABcd,eol>", "send . <hex 1e04abcd,eol>\n" },
		{ "expect S. <mss *,wscale >= 5,...>", NULL },
		{ "expect S. <...,mss 5>", "expect S. <mss 5,...>\n" },
		{ "expect S. <*>", "expect S. <...>\n" },
		{ "expect S. <TS val * ecr != 0,kind 30>", NULL },
		{ "send . <mss $port>", NULL },
	};

	check_all(w, ARRAY_LEN(w));
}

static void segments__data__has_forms(void **unused)
{
	static const struct written w[] = {
		{ "send P. data \"\"", NULL },
		{ "send P. data \"a\\n\\r\\t\\0\\\\\\\"\\$\\x7F\"",
		  "send P. data \"a\\n\\r\\t\\0\\\\\\\"\\$\\x7f\"\n" },
		{ "send P. data \"Host: $host:${port}x\"",
		  "send P. data \"Host: ${host}:${port}x\"\n" },
		{ "send P. data \"ab\" \"cd\" \\\n \"ef\"", "send P. data \"abcdef\"\n" },
		{ "send P. data \"gr\xc3\xbc\xff\"", "send P. data \"gr\xc3\xbc\\xff\"\n" },
		{ "send P. data len 1k", "send P. data len 1024\n" },
		{ "send P. 1:4(3) data \"abc\"", NULL },
		{ "expect P. data ~ /^HTTP\\/1\\.[01] 200\\r\\n/", NULL },
	};

	check_all(w, ARRAY_LEN(w));
}

static void numbers__sums__hold_variables(void **unused)
{
	static const struct written w[] = {
		{ "send . ack $port + 1", NULL },
		{ "send . ack $port+1-0x2", "send . ack $port + 1 - 2\n" },
		{ "send . ack ${port}", "send . ack $port\n" },
		{ "send . $port:$port + 5(5)", NULL },
		{ "expect . win $port..$port + 10", NULL },
		{ "expect S. as sa\nsend . ack $sa.seq + 1 seq $sa.ts.val",
		  "expect S. as sa\nsend . seq $sa.ts.val ack $sa.seq + 1\n" },
		{ "expect S. as sa\nsend P. data \"${sa.text}${sa.win}$sa.win\"",
		  "expect S. as sa\nsend P. data \"${sa.text}${sa.win}${sa}.win\"\n" },
	};

	check_all(w, ARRAY_LEN(w));
}

static void verbs__expecting__have_their_forms(void **unused)
{
	static const struct written w[] = {
		{ "expect S. within 500ms as a", NULL },
		{ "expect S. as a within 0.5", "expect S. within 500ms as a\n" },
		{ "expect S. after 10ms within 2s", NULL },
		{ "expect any of {\n\tR\n\tF. 1:1(0)\n} within 1s as a", NULL },
		{ "expect any of { R # reset\n\n F.\n}", "expect any of {\n\tR\n\tF.\n}\n" },
		{ "expect any of { R }", "expect R\n" },
		{ "expect none within 2m", "expect none within 120s\n" },
		{ "expect none R ack 5 within 7us", NULL },
		{ "expect none - within 1s", NULL },
		{ "expect FP. 1:852(851) ack 78 in parts within 5s", NULL },
		{ "expect . 1:3(2) data \"ab\" in parts", NULL },
		{ "expect . 1:3(2) data ~ /a/ in  parts", "expect . 1:3(2) data ~ /a/ in parts\n" },
		{ "ignore . ack 1", NULL },
		{ "ignore nothing", NULL },
		{ "ignore retransmissions", NULL },
		{ "read", NULL },
		{ "read 4k as a", "read 4096 as a\n" },
		{ "read until /a\\/b/ within 1s as a", NULL },
		{ "read to end", NULL },
	};

	check_all(w, ARRAY_LEN(w));
}

static void verbs__engine_and_session__have_their_forms(void **unused)
{
	static const struct written w[] = {
		{ "connect", NULL },
		{ "connect within 1s", NULL },
		{ "write \"a\"", NULL },
		{ "write data \"a\"", "write \"a\"\n" },
		{ "write len 1m", "write len 1048576\n" },
		{ "get /a?b=c", "get \"/a?b=c\"\n" },
		{ "get \"/$host\" expect 404 within 1s",
		  "get \"/${host}\" expect 404 within 1s\n" },
		{ "close within 3s", NULL },
		{ "reset", NULL },
		{ "auto ack off", NULL },
		{ "auto all on", NULL },
		{ "sleep 1.5s", "sleep 1500ms\n" },
		{ "at 2s", NULL },
		{ "repeat 3 {\n\tsend .\n\trepeat $port {\n\t\techo\n\t}\n}", NULL },
		{ "repeat 3 { ack }", "repeat 3 {\n\tsend .\n}\n" },
		{ "repeat 1 {\n}", NULL },
		{ "echo a  b # c", "echo \"a b\"\n" },
		{ "echo \"a\" \"b\"", "echo \"ab\"\n" },
		{ "echo", NULL },
		{ "show", NULL },
		{ "show ladder", NULL },
		{ "next", NULL },
		{ "explain", NULL },
	};

	check_all(w, ARRAY_LEN(w));
}

static void verbs__targets__are_host_and_port(void **unused)
{
	static const struct written w[] = {
		{ "target example.com:80", "target \"example.com:80\"\n" },
		{ "target 192.0.2.1 80", "target \"192.0.2.1:80\"\n" },
		{ "target ::1 80", "target \"[::1]:80\"\n" },
		{ "target [::1]:80", "target \"[::1]:80\"\n" },
		{ "target $host $port", "target \"${host}:${port}\"\n" },
		{ "target $host", "target \"${host}\"\n" },
		{ "connection b\nb: send S\nb: set mss 5\nb: show",
		  "connection b\nb: send S\nb: set mss 5\nb: show\n" },
		{ "connection b $host:81", "connection b \"${host}:81\"\n" },
	};

	check_all(w, ARRAY_LEN(w));
}

static void verbs__set__takes_settings_and_variables(void **unused)
{
	static const struct written w[] = {
		{ "set timeout 2.5s", "set timeout 2500ms\n" },
		{ "set isn 0xffffffff", "set isn 4294967295\n" },
		{ "set window 64k", "set window 65536\n" },
		{ "set mss $port", NULL },
		{ "set sack off", NULL },
		{ "set time-wait brief", NULL },
		{ "set time-wait 2msl", NULL },
		{ "set keepalive 1s", NULL },
		{ "set x 5", NULL },
		{ "set x 007", NULL },
		{ "set x \"5\"", "set x 5\n" },
		{ "set x 2024-01-01", NULL },
		{ "set x 10ms", NULL },
		{ "set x \"a b\"", NULL },
		{ "set x a$port", "set x \"a${port}\"\n" },
		{ "set x $port", NULL },
		{ "set x $port + 1", NULL },
		{ "expect S. as a\nset x $a.win\nset y $a.seq abs",
		  "expect S. as a\nset x $a.win\nset y $a.seq abs\n" },
		{ "set x \"\"", NULL },
	};

	check_all(w, ARRAY_LEN(w));
}

static void lines__layout__does_not_matter(void **unused)
{
	assert_prints("", "");
	assert_prints("\n\n# nothing\n   \t\n", "");
	assert_prints("\xef\xbb\xbfsyn\r\n\r\nack\r\n", "send S\nsend .\n");
	assert_prints("send \\\n S \\\r\n win 5", "send S win 5\n");
	assert_prints("syn# at once\nack", "send S\nsend .\n");
	assert_prints("set a \"#\" # a comment: \xff \x01\nexpect . data ~ /#/",
		      "set a \"#\"\nexpect . data ~ /#/\n");
}

static void values__of_a_send__are_in_the_tree(void **unused)
{
	struct script *s =
		parse_good("\n  send S. =5:7(2) ack $port - 1 <mss 9,hex 0102> data \"a$host\"");
	const struct command *c = s->commands;
	const struct segment_spec *spec = c->specs;

	assert_int_equal(s->command_count, 1);
	assert_int_equal(c->verb, VERB_SEND);
	assert_true(c->at.file == 0 && c->at.line == 2 && c->at.column == 3);
	assert_int_equal(c->within_us, -1);
	assert_int_equal(spec->flags, TCP_FLAG_SYN | TCP_FLAG_ACK);
	assert_int_equal(spec->fields[FIELD_SEQ].kind, TEST_EQUAL);
	assert_true(spec->fields[FIELD_SEQ].a.absolute);
	assert_int_equal(spec->fields[FIELD_SEQ].a.terms[0].value, 5);
	assert_int_equal(spec->fields[FIELD_LEN].a.terms[0].value, 2);
	assert_int_equal(spec->end.kind, TEST_NONE);
	assert_int_equal(spec->fields[FIELD_ACK].a.count, 2);
	assert_string_equal(spec->fields[FIELD_ACK].a.terms[0].name, "port");
	assert_true(spec->fields[FIELD_ACK].a.terms[1].minus);
	assert_int_equal(spec->fields[FIELD_WIN].kind, TEST_NONE);
	assert_true(spec->options.given && !spec->options.more);
	assert_int_equal(spec->options.count, 2);
	assert_int_equal(spec->options.items[1].raw_len, 2);
	assert_int_equal(spec->options.items[1].raw[1], 2);
	assert_int_equal(spec->data.kind, DATA_BYTES);
	assert_int_equal(spec->data.bytes.count, 2);
	assert_memory_equal(spec->data.bytes.pieces[0].bytes, "a", 1);
	assert_string_equal(spec->data.bytes.pieces[1].name, "host");
	script_free(s);
}

static void values__of_a_range_with_variables__keep_the_end(void **unused)
{
	struct script *s = parse_good("expect . $port:90(10)");

	assert_int_equal(s->commands->specs->end.kind, TEST_EQUAL);
	assert_int_equal(s->commands->specs->end.a.terms[0].value, 90);
	script_free(s);
}

static void values__of_other_verbs__are_in_the_tree(void **unused)
{
	struct script *s =
		parse_good("get /x\nauto retransmit on\nread until /x/ as y\nset z 7\n"
			   "set timeout 1m\nset q $z + 1\nrepeat 2 { echo $y }\nshow last\n"
			   "expect none . within 1s");
	const struct command *c = s->commands;

	assert_int_equal(c[0].number.terms[0].value, 200);
	assert_true(c[1].on && c[1].duties == TCP_AUTO_RETRANSMIT);
	assert_int_equal(c[2].until, READ_REGEX);
	assert_string_equal(c[2].data.regex, "x");
	assert_string_equal(c[2].name, "y");
	assert_string_equal(c[3].name, "z");
	assert_int_equal(c[3].number.count, 0);
	assert_memory_equal(c[3].text.pieces[0].bytes, "7", 1);
	assert_string_equal(c[4].name, "timeout");
	assert_memory_equal(c[4].text.pieces[0].bytes, "60s", 3);
	assert_int_equal(c[5].number.count, 2);
	assert_int_equal(c[5].text.count, 0);
	assert_int_equal(c[6].body_count, 1);
	assert_string_equal(c[6].body->text.pieces[0].name, "y");
	assert_memory_equal(c[7].text.pieces[0].bytes, "last", 4);
	assert_true(c[8].verb == VERB_EXPECT_NONE && c[8].spec_count == 1);
	script_free(s);
}

/* A list ends with NULL, and has no word twice. */
static void check_words(const char *const *list, const char *one_of_them)
{
	bool found = false;

	for (size_t i = 0; list[i]; i++) {
		found |= !strcmp(list[i], one_of_them);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(list[i], list[j]);
	}
	assert_true(found);
}

static void words__for_completion__are_listed(void **unused)
{
	check_words(script_verbs(), "include");
	check_words(script_fields(), "badsum");
	check_words(script_settings(), "time-wait");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments__flags__are_letters_or_words),
		cmocka_unit_test(segments__fields__take_numbers_and_tests),
		cmocka_unit_test(segments__options__are_listed),
		cmocka_unit_test(segments__data__has_forms),
		cmocka_unit_test(numbers__sums__hold_variables),
		cmocka_unit_test(verbs__expecting__have_their_forms),
		cmocka_unit_test(verbs__engine_and_session__have_their_forms),
		cmocka_unit_test(verbs__targets__are_host_and_port),
		cmocka_unit_test(verbs__set__takes_settings_and_variables),
		cmocka_unit_test(lines__layout__does_not_matter),
		cmocka_unit_test(values__of_a_send__are_in_the_tree),
		cmocka_unit_test(values__of_a_range_with_variables__keep_the_end),
		cmocka_unit_test(values__of_other_verbs__are_in_the_tree),
		cmocka_unit_test(words__for_completion__are_listed),
	};

	return cmocka_run_group_tests_name("script_parse", tests, NULL, NULL);
}
