/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exec_parts.c - `expect ... in parts`: a range of the peer's text, however it is cut. Both initial
 * numbers wrap soon (scene.h): ranges longer than 296 go over the end of the circle. */
#include "scene.h"

#define SYN_ACK "S. 0:0(0) ack 1 win 65535 <mss 1460>"
#define OPEN	"send S\nexpect S. ack 1\nsend .\n" /* lines 1 to 3 */

static void opened(struct scene *s, const char *text)
{
	scene_begin(s, text);
	sends(s, "S 0:0(0)");
	hears(s, SYN_ACK);
	passes(s, 2);
	sends(s, ". 1:1(0) ack 1");
}

static void cut__in_many_segments__is_whole_when_the_last_has_come(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:1001(1000) in parts\n");
	hears(&s, ". 1:401(400) ack 1 win 65535");
	hears(&s, "P. 401:402(1) ack 1 win 65535");
	hears(&s, ". 402:1000(598) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, "P. 1000:1001(1) ack 1 win 65535");
	passes(&s, 4);
	scene_end(&s);
}

static void joined__with_what_follows__is_there_for_the_next(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s,
	       OPEN "expect . 1:11(10) in parts\nexpect . 11:16(5) in parts\nexpect P. 1:21(20)\n");
	hears(&s, "P. 1:21(20) ack 1 win 65535");
	passes(&s, 4);
	passes(&s, 5);
	passes(&s, 6); /* it goes on beyond both ranges, so it is still in the queue */
	scene_end(&s);
}

static void joined__to_the_end_of_the_range__is_taken(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:11(10) in parts\nexpect none within 1s\n");
	hears(&s, "P. 1:11(10) ack 1 win 65535");
	passes(&s, 4);
	ms_pass(&s, 1000);
	passes(&s, 5);
	scene_end(&s);
}

static void repeated__in_part_or_whole__counts_once(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:21(20) in parts\n");
	hears(&s, ". 1:11(10) ack 1 win 65535");
	hears(&s, ". 1:11(10) ack 1 win 65535");
	hears(&s, ". 6:16(10) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, ". 1:21(20) ack 1 win 65535");
	passes(&s, 4);
	scene_end(&s);
}

static void reordered__the_end_first__is_whole_when_the_gap_is_filled(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:801(800) in parts\n");
	hears(&s, "P. 401:801(400) ack 1 win 65535"); /* behind the wrap */
	hears(&s, ". 1:101(100) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, ". 101:401(300) ack 1 win 65535");
	passes(&s, 4);
	scene_end(&s);
}

static void came_before__while_another_command_worked__counts(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "sleep 10s\nexpect . 1:11(10) in parts within 1s\n");
	hears(&s, ". 1:6(5) ack 1 win 65535");
	hears(&s, ". 6:11(5) ack 1 win 65535");
	ms_pass(&s, 10000);
	passes(&s, 5);
	scene_end(&s);
}

static void gap__until_the_time_is_up__says_how_much_came(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:21(20) in parts within 500ms\n");
	hears(&s, ". 1:5(4) ack 1 win 65535");
	hears(&s, ". 11:21(10) ack 1 win 65535");
	ms_pass(&s, 499);
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 4, "4 of 20 bytes came within 0.5 s", "");
	scene_end(&s);
}

static void reset__inside__fails_at_once(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:21(20) in parts\n");
	hears(&s, ". 1:5(4) ack 1 win 65535");
	hears(&s, "R. 5:5(0) ack 1 win 0");
	fails(&s, 4, "the peer reset the connection (RST) after 4 of 20 bytes", "");
	scene_end(&s);
}

static void fin__inside__fails_at_once(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:21(20) in parts\n");
	hears(&s, "F. 1:16(15) ack 1 win 65535");
	fails(&s, 4, "the peer's stream ends at 16 (FIN), 5 bytes too early", "");
	scene_end(&s);
}

static void fin__described__is_waited_for(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect F. 1:11(10) in parts\nexpect none within 1s\n");
	hears(&s, "P. 1:11(10) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, "F. 11:11(0) ack 1 win 65535");
	passes(&s, 4);
	ms_pass(&s, 1000);
	passes(&s, 5);
	scene_end(&s);
}

static void fin__described__and_it_does_not_come(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect F. 1:11(10) in parts within 500ms\n");
	hears(&s, "P. 1:11(10) ack 1 win 65535");
	ms_pass(&s, 500);
	fails(&s, 4, "no FIN came at 11 within 0.5 s", "");
	scene_end(&s);
}

static void fin__with_the_text__is_there_for_the_next(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:11(10) in parts\nexpect F. 11:11(0) in parts\n");
	hears(&s, "FP. 1:11(10) ack 1 win 65535");
	passes(&s, 4);
	passes(&s, 5);
	scene_end(&s);
}

static void fin__once_more__does_not_end_the_waiting_for_an_acknowledgement(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s,
	       OPEN "expect F. 1:5(4) in parts\nsend F. ack 6\nexpect . 6:6(0) ack 2 in parts\n");
	hears(&s, "F. 1:5(4) ack 1 win 65535");
	passes(&s, 4);
	sends(&s, "F. 1:1(0) ack 6");
	hears(&s, "F. 1:5(4) ack 1 win 65535"); /* our ACK was late */
	no_verdict(&s);
	hears(&s, ". 6:6(0) ack 2 win 65535");
	passes(&s, 6);
	scene_end(&s);
}

static void acknowledgement__at_least__may_be_more(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "send P. len 10\nexpect . 1:1(0) ack 7 in parts\n");
	sends(&s, "P. 1:11(10)");
	hears(&s, ". 1:1(0) ack 6 win 65535");
	no_verdict(&s);
	hears(&s, ". 1:1(0) ack 11 win 65535");
	passes(&s, 5);
	scene_end(&s);
}

static void acknowledgement__with_later_text__counts(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s,
	       OPEN "send P. len 10\nexpect . 1:6(5) ack 11 in parts\nexpect . 6:11(5) in parts\n");
	sends(&s, "P. 1:11(10)");
	hears(&s, ". 1:6(5) ack 1 win 65535");
	no_verdict(&s);
	hears(&s, ". 6:11(5) ack 11 win 65535");
	passes(&s, 5);
	passes(&s, 6);
	scene_end(&s);
}

static void acknowledgement__too_little__says_which(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "send P. len 10\nexpect . 1:1(0) ack 11 in parts within 500ms\n");
	sends(&s, "P. 1:11(10)");
	hears(&s, ". 1:1(0) ack 6 win 65535");
	ms_pass(&s, 500);
	fails(&s, 5, "6 is acknowledged, and not 11, within 0.5 s", "");
	scene_end(&s);
}

static void text__another__fails_at_its_first_segment(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:11(10) data \"0123456789\" in parts\n");
	hears_on(&s, NULL, ". 1:5(4) ack 1 win 65535", "0123");
	no_verdict(&s);
	hears_on(&s, NULL, ". 5:7(2) ack 1 win 65535", "4x");
	fails(&s, 4, "its text is another", "data ");
	scene_end(&s);
}

static void text__reordered__is_compared_when_its_turn_has_come(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:11(10) data \"0123456789\" in parts\n");
	hears_on(&s, NULL, ". 7:13(6) ack 1 win 65535", "6789ab");
	hears_on(&s, NULL, ". 4:8(4) ack 1 win 65535", "3456");
	no_verdict(&s);
	hears_on(&s, NULL, ". 1:4(3) ack 1 win 65535", "012");
	passes(&s, 4);
	scene_end(&s);
}

static void text__a_pattern__is_compared_with_all_of_it(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "expect . 1:7(6) data ~ /^ab.*ef$/ in parts\n"
			"expect . 7:11(4) data ~ /xyz/ in parts\n");
	hears_on(&s, NULL, ". 1:4(3) ack 1 win 65535", "abc");
	no_verdict(&s);
	hears_on(&s, NULL, ". 4:7(3) ack 1 win 65535", "def");
	passes(&s, 4);
	hears_on(&s, NULL, ". 7:11(4) ack 1 win 65535", "wxy!");
	fails(&s, 5, "its text is another", "data ");
	scene_end(&s);
}

static void text__of_another_length_than_the_range__is_told(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "set t \"abc\"\nexpect . 1:11(10) data \"$t\" in parts\n");
	fails(&s, 5, "the data has 3 bytes, but the range has 10", "");
	scene_end(&s);
}

static void syn__not_yet_here__is_told(void **unused)
{
	struct scene s = { .leave = true };

	scene_begin(&s, "send S\nexpect . 1:11(10) in parts\n");
	sends(&s, "S 0:0(0)");
	fails(&s, 2, "the peer's SYN did not come yet", "");
	scene_end(&s);
}

static void icmp__meanwhile__is_in_the_words(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN "send P. len 10\nexpect . 1:11(10) in parts within 500ms\n");
	sends(&s, "P. 1:11(10)");
	hears_icmp(&s, 1);
	ms_pass(&s, 500);
	fails(&s, 5, "0 of 10 bytes came within 0.5 s; ICMP said port unreachable", "");
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut__in_many_segments__is_whole_when_the_last_has_come),
		cmocka_unit_test(joined__with_what_follows__is_there_for_the_next),
		cmocka_unit_test(joined__to_the_end_of_the_range__is_taken),
		cmocka_unit_test(repeated__in_part_or_whole__counts_once),
		cmocka_unit_test(reordered__the_end_first__is_whole_when_the_gap_is_filled),
		cmocka_unit_test(came_before__while_another_command_worked__counts),
		cmocka_unit_test(gap__until_the_time_is_up__says_how_much_came),
		cmocka_unit_test(reset__inside__fails_at_once),
		cmocka_unit_test(fin__inside__fails_at_once),
		cmocka_unit_test(fin__described__is_waited_for),
		cmocka_unit_test(fin__described__and_it_does_not_come),
		cmocka_unit_test(fin__with_the_text__is_there_for_the_next),
		cmocka_unit_test(fin__once_more__does_not_end_the_waiting_for_an_acknowledgement),
		cmocka_unit_test(acknowledgement__at_least__may_be_more),
		cmocka_unit_test(acknowledgement__with_later_text__counts),
		cmocka_unit_test(acknowledgement__too_little__says_which),
		cmocka_unit_test(text__another__fails_at_its_first_segment),
		cmocka_unit_test(text__reordered__is_compared_when_its_turn_has_come),
		cmocka_unit_test(text__a_pattern__is_compared_with_all_of_it),
		cmocka_unit_test(text__of_another_length_than_the_range__is_told),
		cmocka_unit_test(syn__not_yet_here__is_told),
		cmocka_unit_test(icmp__meanwhile__is_in_the_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
