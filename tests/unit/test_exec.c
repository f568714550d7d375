/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exec.c - the program counter of a script: loops, time, settings, several connections, and the end. */
#include "scene.h"

#define SYN_ACK "S. 0:0(0) ack 1 win 65535 <mss 1460>"
#define OPEN	"send S\nexpect S. ack 1\nsend .\n"

/* Through the first three lines, OPEN. */
static void opened(struct scene *s, const char *text)
{
	scene_begin(s, text);
	sends(s, "S 0:0(0)");
	hears(s, SYN_ACK);
	passes(s, 2);
	sends(s, ". 1:1(0) ack 1");
}

static void script__empty__ends_at_once(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "# nothing\n");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void script__a_failure__is_its_end(void **unused)
{
	struct scene s = { 0 };
	unsigned passed, failed;

	scene_begin(&s, "send S\nexpect S. within 1s\nsend .\necho never\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 1000);
	fails(&s, 2, "no segment came", "");
	assert_true(scene_over(&s));
	assert_string_equal(s.said, "");
	exec_counts(s.exec, &passed, &failed);
	assert_true(passed == 0 && failed == 1);
	scene_end(&s);
}

static void end__open__is_reset(void **unused)
{
	struct scene s = { .hide_own = true };

	opened(&s, OPEN);
	sends(&s, "R. 1:1(0) ack 1");
	assert_false(scene_over(&s)); /* that the RST comes by in the capture is waited for */
	ms_pass(&s, 199);
	assert_false(scene_over(&s));
	ms_pass(&s, 1);
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void end__leave__keeps_it_open(void **unused)
{
	struct scene s = { .leave = true };

	opened(&s, OPEN);
	assert_true(scene_over(&s));
	ms_pass(&s, 1000);
	scene_end(&s);
}

static void stop__while_it_waits__ends_in_order(void **unused)
{
	struct scene s = { 0 };

	opened(&s, OPEN "sleep 1h\nsend P. data \"never\"\n");
	exec_stop(s.exec);
	ms_pass(&s, 0);
	sends(&s, "R. 1:1(0)");
	assert_true(scene_over(&s));
	exec_stop(s.exec);
	ms_pass(&s, 1000);
	assert_true(scene_over(&s)); /* told once */
	scene_end(&s);
}

static void stop__in_a_verb_of_the_engine__gives_no_verdict(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect\n");
	sends(&s, "S 0:0(0)");
	exec_stop(s.exec);
	ms_pass(&s, 0);
	assert_true(scene_over(&s));
	hears(&s, SYN_ACK); /* too late: the connection is gone */
	scene_end(&s);
}

static void grows__after_a_failure_too__it_goes_on(void **unused)
{
	struct scene s = { .grows = true };

	scene_begin(&s, "send S\nexpect S. within 1s\necho never\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 1000);
	fails(&s, 2, "no segment came", "");
	assert_int_equal(s.idle, 1);
	scene_type(&s, "echo later");
	assert_string_equal(s.said, "later\n");
	assert_int_equal(s.idle, 2);
	assert_false(scene_over(&s));
	exec_stop(s.exec);
	ms_pass(&s, 0);
	assert_true(scene_over(&s));
	scene_end(&s);
}

/* One line that is in work, and one that was added and not begun. */
static void cancel__in_work_or_not_begun__goes_on_behind_both(void **unused)
{
	struct scene s = { .grows = true };

	scene_begin(&s, "sleep 1h\necho never\n");
	exec_cancel(s.exec);
	assert_int_equal(s.idle, 1);
	scene_add(&s, "echo nor this");
	exec_cancel(s.exec);
	assert_int_equal(s.idle, 1);
	scene_type(&s, "echo later");
	assert_string_equal(s.said, "later\n");
	exec_stop(s.exec);
	ms_pass(&s, 0);
	scene_end(&s);
}

static void repeat__nested__counts_both(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "repeat 2 {\necho a\nrepeat 3 {\necho b\n}\n}\nrepeat 2 {\n}\necho end\n");
	assert_string_equal(s.said, "a\nb\nb\nb\na\nb\nb\nb\nend\n");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void repeat__a_variable__is_read_when_it_begins(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "set n 2\nrepeat $n {\nset n 9\necho a\n}\n");
	assert_string_equal(s.said, "a\na\n");
	scene_end(&s);
}

static void repeat__no_turn_at_all__is_passed_over(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "set n 0\nrepeat $n {\necho never\n}\nset n x\nrepeat $n {\n}\n");
	fails(&s, 6, "$n is no number: it holds \"x\"", "");
	assert_string_equal(s.said, "");
	scene_end(&s);
}

static void repeat__a_failure_inside__ends_the_script(void **unused)
{
	struct scene s = { 0 };

	opened(&s, OPEN "repeat 3 {\nsend P. data \"x\"\nexpect . within 1s\n}\necho never\n");
	sends(&s, "P. 1:2(1)");
	hears(&s, ". 1:1(0) ack 2 win 65535");
	passes(&s, 6);
	sends(&s, "P. 2:3(1)");
	ms_pass(&s, 1000);
	fails(&s, 6, "no segment came within 1 s", "");
	sends(&s, "R. 3:3(0)");
	sends(&s, "R 2:2(0)"); /* should that not have been taken */
	assert_string_equal(s.said, "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void repeat__for_ever__is_stopped(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "repeat 1000000 {\nrepeat 1000000 {\nset x 1\n}\n}\n");
	fails(&s, 3, "more than 1000000 commands; does a loop not end?", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void sleep__and_at__wait_as_long_as_they_say(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "sleep 100ms\necho a\nat 150ms\necho b\nat 120ms\necho c\nsleep 1us\n");
	ms_pass(&s, 99);
	assert_string_equal(s.said, "");
	ms_pass(&s, 1);
	assert_string_equal(s.said, "a\n");
	ms_pass(&s, 49);
	assert_string_equal(s.said, "a\n");
	ms_pass(&s, 1);
	assert_string_equal(s.said, "a\nb\nc\n"); /* that time is over: at once */
	assert_false(scene_over(&s));
	ms_pass(&s, 1);
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void set__before_the_first_segment__is_used(void **unused)
{
	struct scene s = { 0 };
	const struct exec_settings *got;

	scene_begin(&s, "connection a\nset mss 1000\na: set mss 2000\nset ttl 7\nset sack on\n"
			"set time-wait 2msl\nset keepalive 2m\nset source-port 4000\n"
			"set size 900\nset window $size\nsend S\na: send S\n");
	got = &scene_wire(&s, NULL)->settings;
	assert_int_equal(got->mss, 1000);
	assert_int_equal(got->ttl, 7);
	assert_int_equal(got->time_wait_us, 60000000);
	assert_int_equal(got->keepalive_us, 120000000);
	assert_int_equal(got->source_port, 4000);
	assert_int_equal(got->window, 900);
	assert_true(got->sack && !got->timestamps);
	sends(&s, "S 0:0(0) win 900 <mss 1460,nop,nop,sackOK>");
	got = &scene_wire(&s, "a")->settings;
	assert_int_equal(got->mss, 2000);
	assert_int_equal(got->ttl, 7);
	sends_on(&s, "a", "S 0:0(0) win 900");
	scene_end(&s);
}

/* What is known only while the script runs is checked then. */
static void set__a_bad_value__fails(void **unused)
{
	static const struct {
		const char *text, *why;
	} bad[] = {
		{ "set x 70000\nset mss $x\n", "mss 70000: not a number from 1 to 65535" },
		{ "set x big\nset window $x\n", "window big: not a number from 1 to" },
		{ "set x \"\"\nset ttl $x\n", "ttl : not a number from 1 to 255" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct scene s = { 0 };

		scene_begin(&s, bad[i].text);
		fails(&s, 2, bad[i].why, "");
		assert_true(scene_over(&s));
		scene_end(&s);
	}
}

static void set__after_the_first_segment__is_for_others(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connection a\nsend S\nset ttl 9\nset timeout 1s\na: send S\nexpect S.\n");
	assert_int_equal(scene_wire(&s, NULL)->settings.ttl, 64);
	assert_int_equal(scene_wire(&s, "a")->settings.ttl, 9);
	sends(&s, "S 0:0(0)");
	sends_on(&s, "a", "S 0:0(0)");
	ms_pass(&s, 1000); /* but the time to wait is for all */
	fails(&s, 6, "no segment came within 1 s", "");
	scene_end(&s);
}

static void target__each_connection_has_its_own(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "target one:80\nconnection a two:$port\nconnection b\nsend S\na: send S\n"
			"target \"$host\" 81\nb: send S\n");
	assert_string_equal(scene_wire(&s, NULL)->target, "one:80");
	assert_string_equal(scene_wire(&s, "a")->target, "two:80");
	assert_string_equal(scene_wire(&s, "b")->target, "server:81");
	sends(&s, "S 0:0(0)");
	sends_on(&s, "a", "S 0:0(0)");
	sends_on(&s, "b", "S 0:0(0)");
	scene_end(&s);
}

static void target__that_cannot_be_opened__fails(void **unused)
{
	struct scene s = { 0 };

	err_set(&s.open_fails, STATUS_UNREACHABLE, "no such host");
	scene_begin(&s, "send S\nsend S\n");
	fails(&s, 1, "no such host", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void connections__two__do_not_hear_each_other(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connection a\nconnection b\na: send S\nb: send S\n"
			"b: expect S. ack 1 win 2\na: expect S. ack 1 win 1\n"
			"a: ignore .\nb: expect none within 1s\na: expect none within 1s\n");
	sends_on(&s, "a", "S 0:0(0)");
	sends_on(&s, "b", "S 0:0(0)");
	hears_on(&s, "a", "S. 0:0(0) ack 1 win 1", NULL);
	no_verdict(&s);
	hears_on(&s, "b", "S. 0:0(0) ack 1 win 2", NULL);
	passes(&s, 5);
	passes(&s, 6);
	hears_on(&s, "a", ". 1:1(0) ack 1 win 1", NULL);
	ms_pass(&s, 1000);
	passes(&s, 8);
	ms_pass(&s, 1000);
	passes(&s, 9); /* ignored on a alone */
	sends_on(&s, "a", "R. 1:1(0)");
	sends_on(&s, "b", "R. 1:1(0)");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void connections__one_fails__all_are_reset(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connection a\nsend S\na: send S\nexpect S.\na: expect S.\nexpect R\n");
	sends(&s, "S 0:0(0)");
	sends_on(&s, "a", "S 0:0(0)");
	hears(&s, SYN_ACK);
	hears_on(&s, "a", SYN_ACK, NULL);
	passes(&s, 4);
	passes(&s, 5);
	hears_on(&s, "a", "R. 1:1(0) ack 1", NULL); /* not the one that is waited for */
	no_verdict(&s);
	ms_pass(&s, 3000);
	fails(&s, 6, "no segment came within 3 s", "");
	sends(&s, "R. 1:1(0)");
	assert_true(scene_over(&s));
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(script__empty__ends_at_once),
		cmocka_unit_test(script__a_failure__is_its_end),
		cmocka_unit_test(end__open__is_reset),
		cmocka_unit_test(end__leave__keeps_it_open),
		cmocka_unit_test(stop__while_it_waits__ends_in_order),
		cmocka_unit_test(stop__in_a_verb_of_the_engine__gives_no_verdict),
		cmocka_unit_test(grows__after_a_failure_too__it_goes_on),
		cmocka_unit_test(cancel__in_work_or_not_begun__goes_on_behind_both),
		cmocka_unit_test(repeat__nested__counts_both),
		cmocka_unit_test(repeat__a_variable__is_read_when_it_begins),
		cmocka_unit_test(repeat__no_turn_at_all__is_passed_over),
		cmocka_unit_test(repeat__a_failure_inside__ends_the_script),
		cmocka_unit_test(repeat__for_ever__is_stopped),
		cmocka_unit_test(sleep__and_at__wait_as_long_as_they_say),
		cmocka_unit_test(set__before_the_first_segment__is_used),
		cmocka_unit_test(set__a_bad_value__fails),
		cmocka_unit_test(set__after_the_first_segment__is_for_others),
		cmocka_unit_test(target__each_connection_has_its_own),
		cmocka_unit_test(target__that_cannot_be_opened__fails),
		cmocka_unit_test(connections__two__do_not_hear_each_other),
		cmocka_unit_test(connections__one_fails__all_are_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
