/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exec_segment.c - send, expect and ignore: what goes out, and what may come back when. */
#include "scene.h"

#define SYN_ACK "S. 0:0(0) ack 1 win 65535 <mss 1460>"
#define OPEN	"send S\nexpect S. ack 1\nsend .\n"

/* Through the first three lines, OPEN. */
static void open(struct scene *s)
{
	sends(s, "S 0:0(0)");
	hears(s, SYN_ACK);
	passes(s, 2);
	sends(s, ". 1:1(0) ack 1");
}

static void send__what_is_left_open__is_filled_in(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "set mss 1200\n" OPEN "send P. data \"abc\"\nsend F.\n");
	sends(&s, "S 0:0(0) win 64240 <mss 1460>"); /* the wire's owner makes sense of mss */
	assert_int_equal(scene_wire(&s, NULL)->settings.mss, 1200);
	hears(&s, SYN_ACK);
	passes(&s, 3);
	sends(&s, ". 1:1(0) ack 1 win 64240");
	sends(&s, "P. 1:4(3) ack 1 win 64240 data \"abc\"");
	sends(&s, "F. 4:4(0) ack 1 win 64240");
	sends(&s, "R. 5:5(0)");
	sends(&s, "R 1:1(0)"); /* should that not have been taken */
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void send__what_is_given__stays(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send SU seq 7 win 5 urg 9 reserved 3 <mss 5,hex fd02>\n");
	sends(&s, "SU 7:7(0) win 5 urg 9 reserved 3 <mss 5,hex fd02,eol,hex 00>");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void send__no_variable_of_that_field__fails(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. as synack\nsend . win $synack.wscale\n");
	sends(&s, "S 0:0(0)");
	hears(&s, SYN_ACK);
	passes(&s, 2);
	fails(&s, 3, "$synack.wscale: that segment came without the option", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void send__the_wire_refuses__fails(void **unused)
{
	struct scene s = { 0 };

	err_set(&s.send_fails, STATUS_UNREACHABLE, "no way");
	scene_begin(&s, "send S\nsend S\n");
	fails(&s, 1, "no way", "");
	ms_pass(&s, 200);
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void expect__another_segment__names_the_field(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. ack 1 win >= 1000 <mss 1460>\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "S. 0:0(0) ack 1 win 999 <mss 1400>");
	fails(&s, 2, "another segment came", "win mss ");
	sends(&s, "R. 1:1(0)");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void expect__nothing_comes__fails_when_the_time_is_up(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. within 500ms\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 499);
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 2, "no segment came within 0.5 s", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void expect__no_time_is_named__waits_as_set(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "set timeout 10s\nsend S\nset timeout 20s\nexpect S.\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 19999);
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 4, "no segment came within 20 s", "");
	scene_end(&s);
}

static void expect__it_comes_in_the_last_moment__passes(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. within 500ms\nexpect none within 1s\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 499);
	hears(&s, SYN_ACK);
	passes(&s, 2);
	ms_pass(&s, 999);
	no_verdict(&s);
	ms_pass(&s, 1);
	passes(&s, 3);
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

/* It came while another command was at work, and was in time for that one only. */
static void expect__it_came_before__is_taken(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "sleep 10s\nexpect P. data \"x\" within 1s\nexpect P. data \"y\"\n");
	open(&s);
	hears_on(&s, NULL, "P. 1:2(1) ack 1 win 65535", "x");
	hears_on(&s, NULL, "P. 2:3(1) ack 1 win 65535", "y");
	no_verdict(&s);
	ms_pass(&s, 10000);
	passes(&s, 5);
	passes(&s, 6);
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void expect__after__too_early_fails(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect P. after 100ms within 1s\n");
	open(&s);
	ms_pass(&s, 99);
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	fails(&s, 4, "it came too early", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void expect__after__in_time_passes(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect P. after 100ms within 1s\n");
	open(&s);
	ms_pass(&s, 100);
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	passes(&s, 4);
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void expect_none__something_comes__fails(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect none within 1s\n");
	open(&s);
	ms_pass(&s, 300);
	hears(&s, ". 1:1(0) ack 1 win 65535");
	fails(&s, 4, "a segment came", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void expect_none__like_that__other_segments_pass(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect none R within 1s\nexpect none R within 1s\n");
	open(&s);
	hears(&s, ". 1:1(0) ack 1 win 65535");
	ms_pass(&s, 1000);
	passes(&s, 4);
	hears(&s, "R 1:1(0)");
	fails(&s, 5, "a segment came", "");
	assert_true(scene_over(&s)); /* nothing is left to be reset */
	scene_end(&s);
}

static void expect_any__one_of_them__passes(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect any of {\nR\nP. data \"x\"\n} as got\necho \"${got.len}\"\n");
	open(&s);
	hears_on(&s, NULL, "P. 1:2(1) ack 1 win 65535", "x");
	passes(&s, 4);
	assert_string_equal(s.said, "1\n");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void expect_any__none_of_them__tells_of_the_nearest(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "expect any of {\nR seq 9 win 0\nP. data \"x\"\n}\n");
	open(&s);
	hears_on(&s, NULL, "P. 1:2(1) ack 1 win 65535", "z");
	fails(&s, 4, "none of these", "data ");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void ignore__what_fits__is_not_looked_at(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "ignore . len 0\nexpect P.\nignore nothing\nexpect P.\n");
	open(&s);
	hears(&s, ". 1:1(0) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	passes(&s, 5);
	hears(&s, ". 2:2(0) ack 1 win 65535");
	fails(&s, 7, "another segment came", "flags ");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void ignore_retransmissions__only_what_came_before(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, OPEN "ignore retransmissions\nexpect P. 1:2(1)\nexpect F. 2:2(0)\n");
	open(&s);
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	passes(&s, 5);
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, "F. 2:2(0) ack 1 win 65535");
	passes(&s, 6);
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void captured__its_fields_are_numbers_and_text(void **unused)
{
	struct scene s = { 0 };

	scene_begin(
		&s,
		"send S\nexpect S. as synack\nset w $synack.win - 3\n"
		"send . ack $synack.seq + 1 win $w\n"
		"expect P. data ~ /id=/ as page\nsend P. data \"${page.text}/${synack.mss}\"\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "S. 0:0(0) ack 1 win 500 <mss 1400>");
	passes(&s, 2);
	sends(&s, ". 1:1(0) ack 1 win 497");
	hears_on(&s, NULL, "P. 1:5(4) ack 1 win 500", "id=7");
	passes(&s, 5);
	sends(&s, "P. 1:10(9) ack 5 win 64236 data \"id=7/1400\"");
	sends(&s, "R. 10:10(0)");
	sends(&s, "R 1:1(0)"); /* should that not have been taken */
	scene_end(&s);
}

static void icmp__while_nothing_comes__is_in_the_message(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. within 1s\n");
	sends(&s, "S 0:0(0)");
	hears_icmp(&s, 0);
	no_verdict(&s);
	ms_pass(&s, 1000);
	fails(&s, 2, "no segment came within 1 s; ICMP said port unreachable", "");
	scene_end(&s);
}

static void checksum__wrong__can_be_expected(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S. badsum\nexpect S. sum 1\n");
	sends(&s, "S 0:0(0)");
	hears_broken(&s, SYN_ACK);
	passes(&s, 2);
	hears(&s, SYN_ACK);
	passes(&s, 3);
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(send__what_is_left_open__is_filled_in),
		cmocka_unit_test(send__what_is_given__stays),
		cmocka_unit_test(send__no_variable_of_that_field__fails),
		cmocka_unit_test(send__the_wire_refuses__fails),
		cmocka_unit_test(expect__another_segment__names_the_field),
		cmocka_unit_test(expect__nothing_comes__fails_when_the_time_is_up),
		cmocka_unit_test(expect__no_time_is_named__waits_as_set),
		cmocka_unit_test(expect__it_comes_in_the_last_moment__passes),
		cmocka_unit_test(expect__it_came_before__is_taken),
		cmocka_unit_test(expect__after__too_early_fails),
		cmocka_unit_test(expect__after__in_time_passes),
		cmocka_unit_test(expect_none__something_comes__fails),
		cmocka_unit_test(expect_none__like_that__other_segments_pass),
		cmocka_unit_test(expect_any__one_of_them__passes),
		cmocka_unit_test(expect_any__none_of_them__tells_of_the_nearest),
		cmocka_unit_test(ignore__what_fits__is_not_looked_at),
		cmocka_unit_test(ignore_retransmissions__only_what_came_before),
		cmocka_unit_test(captured__its_fields_are_numbers_and_text),
		cmocka_unit_test(icmp__while_nothing_comes__is_in_the_message),
		cmocka_unit_test(checksum__wrong__can_be_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
