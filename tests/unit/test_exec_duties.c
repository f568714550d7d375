/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exec_duties.c - what a script leaves to the engine, and when that is the hand's. */
#include "scene.h"

#define SYN_ACK "S. 0:0(0) ack 1 win 65535 <mss 1460>"

/* Through `connect`, the script's first line. */
static void connected(struct scene *s, const char *text)
{
	scene_begin(s, text);
	sends(s, "S 0:0(0)");
	hears(s, SYN_ACK);
	sends(s, ". 1:1(0) ack 1");
	passes(s, 1);
}

/* A connection made by hand has no duties of its own, until the script says so. */
static void duties__by_hand__are_none(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "send S\nexpect S.\nsend .\nsend P. data \"abc\"\nsleep 10s\nexpect P.\n"
			"auto ack on\nauto retransmit on\nsleep 1500ms\n");
	sends(&s, "S 0:0(0)");
	hears(&s, SYN_ACK);
	passes(&s, 2);
	sends(&s, ". 1:1(0) ack 1");
	sends(&s, "P. 1:4(3) ack 1");
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	ms_pass(&s, 9999);
	sends_nothing(&s);
	ms_pass(&s, 1);
	passes(&s, 6);
	sends(&s, ". 4:4(0) ack 2");
	sends_nothing(&s);
	ms_pass(&s, 1500);
	sends(&s, "P. 1:4(3) ack 2");
	sends(&s, "R. 4:4(0)");
	sends(&s, "R 1:1(0)"); /* should that not have been taken */
	scene_end(&s);
}

static void duties__taken_from_the_engine__are_the_hands(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nauto ack off\nexpect P.\nexpect none within 5s\nsend .\n");
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	passes(&s, 3);
	ms_pass(&s, 4999);
	sends_nothing(&s);
	ms_pass(&s, 1);
	passes(&s, 4);
	sends(&s, ". 1:1(0) ack 2");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

/* While a verb runs the engine does what that needs, and afterwards what it was left. */
static void duties__of_a_verb__end_with_it(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nauto all off\nread 1\nsleep 1s\nwrite \"x\"\nsleep 10s\n");
	hears(&s, "P. 1:2(1) ack 1 win 65535");
	sends(&s, ". 1:1(0) ack 2");
	passes(&s, 3);
	hears(&s, "P. 2:3(1) ack 1 win 65535");
	ms_pass(&s, 1000);
	sends(&s, "P. 1:2(1) ack 3");
	passes(&s, 5);
	ms_pass(&s, 9999);
	sends_nothing(&s);
	ms_pass(&s, 1);
	sends(&s, "R. 2:2(0)");
	sends(&s, "R 1:1(0)"); /* should that not have been taken */
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(duties__by_hand__are_none),
		cmocka_unit_test(duties__taken_from_the_engine__are_the_hands),
		cmocka_unit_test(duties__of_a_verb__end_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
