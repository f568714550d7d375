/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_rto.c - RFC 6298, and RFC 9293 sections 3.8.1 and 3.8.3: when something is sent again, and
 * when we give up. Rules 2.1 to 2.5 alone are in test_buffers.c; the table is doc/CONFORMANCE.md.
 *
 * Without SACK there is no tail probe, so here only the timer speaks. The handshake took 10 ms, so the
 * RTO is its least, 1 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void no_sack(struct tcp_config *cfg)
{
	cfg->use_sack = false;
}

/* Rule 5.1: the timer is started by what is sent while it is off, and by nothing else. */
static void more_is_sent__timer_runs__is_not_started_anew(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_write(&d, 600, 10);
	we_send(&d, 600, "P. 11:21(10)");
	we_send(&d, 1100, ". 1:11(10)");
	dialogue_end(&d);
}

/* Rule 5.2 */
static void all_acknowledged__timer_is_off(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	peer_sends(&d, 110, ". 1:1(0) ack 11 win 65535");
	assert_true(tcp_conn_deadline(d.c) == TCP_NEVER);
	silence(&d, 600000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* Rule 5.3: new data acknowledged, more is out: one RTO from now. */
static void part_acknowledged__timer_starts_anew(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_write(&d, 101, 10);
	we_send(&d, 101, "P. 11:21(10)");
	peer_sends(&d, 900, ". 1:1(0) ack 11 win 65535");
	assert_int_equal(dialogue_info(&d).rto_us, 1000000);
	we_send(&d, 1900, "P. 11:21(10)");
	dialogue_end(&d);
}

/* Rule 5.3 speaks of new data: a duplicate acknowledgement leaves the timer alone. */
static void duplicate_ack__timer_is_not_started_anew(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	peer_sends(&d, 900, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 1100, "P. 1:11(10)");
	dialogue_end(&d);
}

/* Rules 5.4 to 5.6, RFC 5681 3.1: the earliest alone, twice the time, and so on. */
static void timeout__three_out__only_the_earliest_again(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 3 * 1460);
	assert_int_equal(we_send_all(&d, 100), 3);
	we_send(&d, 1100, ". 1:1461(1460)");
	silence(&d, 3099, TCP_STATE_ESTABLISHED);
	assert_int_equal(dialogue_info(&d).rto_us, 2000000);
	we_send(&d, 3100, ". 1:1461(1460)");
	we_send(&d, 7100, ". 1:1461(1460)");
	dialogue_end(&d);
}

/* MUST-18, section 3, Karn: which copy was answered is not known, so it is no sample. */
static void sent_twice__acknowledged__no_sample(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 1100, "P. 1:11(10)");
	peer_sends(&d, 1500, ". 1:1(0) ack 11 win 65535");
	assert_int_equal(dialogue_info(&d).srtt_us, 10000);
	dialogue_end(&d);
}

/* After a timeout the acknowledgement of what was out before may be one that was lost, and is repeated. */
static void timeout__older_range_acknowledged__no_sample(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 2 * 1460);
	assert_int_equal(we_send_all(&d, 100), 2);
	we_send(&d, 1100, ". 1:1461(1460)");
	peer_sends(&d, 1500, ". 1:1(0) ack 2921 win 65535");
	assert_int_equal(dialogue_info(&d).srtt_us, 10000);
	dialogue_end(&d);
}

static void with_floor(struct tcp_config *cfg)
{
	cfg->rto_floor_us = 200000;
}

/* RFC 8961 4: with a floor the RTO is SRTT, here 10 ms, and so much more. */
static void floor_given__rto_is_srtt_and_that(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, with_floor);
	assert_int_equal(dialogue_info(&d).rto_us, 210000);
	dialogue_end(&d);
}

/* MUST-18, MUST-19: the longer time stays in force until something sent once was acknowledged (RFC 6298
 * section 5, at the end; RFC 9293 3.8.2). */
static void sent_twice__acknowledged__back_off_stays_until_a_sample(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 1100, "P. 1:11(10)");
	peer_sends(&d, 1500, ". 1:1(0) ack 11 win 65535");
	we_write(&d, 1600, 10);
	we_send(&d, 1600, "P. 11:21(10)");
	silence(&d, 2700, TCP_STATE_ESTABLISHED); /* not sent again after 1 s */
	assert_int_equal(dialogue_info(&d).rto_us, 2000000);
	peer_sends(&d, 2700, ". 1:1(0) ack 21 win 65535");
	assert_true(dialogue_info(&d).rto_us < 2000000);
	dialogue_end(&d);
}

/* Section 2: the samples of a slow path lengthen the time. First 10 ms, then 2 s. */
static void path_becomes_slow__sample__timer_follows(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, no_sack);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 900, "S. 0:0(0) ack 1 win 65535 <mss 1460>"); /* RTTVAR 450: RTO 2.7 s */
	we_send(&d, 900, ". 1:1(0) ack 1");
	assert_int_equal(dialogue_info(&d).rto_us, 2700000);
	we_write(&d, 1000, 10);
	we_send(&d, 1000, "P. 1:11(10)");
	we_send(&d, 3700, "P. 1:11(10)");
	dialogue_end(&d);
}

static void gives_up_after_100_s(struct tcp_config *cfg)
{
	cfg->use_sack = false;
	cfg->give_up_us = 100000000;
}

/* MUST-20 (c), MUST-21: R2 is the owner's; SHLD-11's 100 s here. SHLD-9, SHLD-10: what was sent again is
 * counted from the first time on. */
static void nothing_acknowledged__r2__timed_out(void **unused)
{
	static const int64_t again_ms[] = { 1100, 3100, 7100, 15100, 31100, 63100 };
	struct dialogue d;

	dialogue_established(&d, gives_up_after_100_s);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	for (uint32_t i = 0; i < 6; i++) {
		we_send(&d, again_ms[i], "P. 1:11(10)");
		assert_int_equal(dialogue_info(&d).retransmissions, i + 1);
	}
	silence(&d, 100099, TCP_STATE_ESTABLISHED);
	silence(&d, 100101, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_TIMED_OUT);
	dialogue_end(&d);
}

/* MUST-20: it counts from the last progress, not from the beginning. */
static void something_acknowledged__r2__counts_from_there(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, gives_up_after_100_s);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_write(&d, 101, 10);
	we_send(&d, 101, "P. 11:21(10)");
	peer_sends(&d, 900, ". 1:1(0) ack 11 win 65535");
	for (int64_t ms = 1900, step = 2000; ms < 100900; ms += step, step *= 2)
		we_send(&d, ms, "P. 11:21(10)");
	silence(&d, 100899, TCP_STATE_ESTABLISHED);
	silence(&d, 100901, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

/* MUST-21: without an R2 it goes on, a minute apart (rule 2.5). */
static void nothing_acknowledged__no_r2__goes_on(void **unused)
{
	static const int64_t again_ms[] = { 1100,  3100,   7100,   15100, 31100,
					    63100, 123100, 183100, 243100 };
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	for (size_t i = 0; i < sizeof(again_ms) / sizeof(again_ms[0]); i++)
		we_send(&d, again_ms[i], "P. 1:11(10)");
	silence(&d, 300000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 9293 3.6, case 1: a FIN is sent again as text is; RFC 6298 knows no difference. */
static void fin__lost__again_by_the_timer(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_close(&d, 100);
	we_send(&d, 100, "FP. 1:11(10)");
	peer_sends(&d, 200, ". 1:1(0) ack 11 win 65535");
	we_send(&d, 1200, "F. 11:11(0)");
	we_send(&d, 3200, "F. 11:11(0)");
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_is_sent__timer_runs__is_not_started_anew),
		cmocka_unit_test(all_acknowledged__timer_is_off),
		cmocka_unit_test(part_acknowledged__timer_starts_anew),
		cmocka_unit_test(duplicate_ack__timer_is_not_started_anew),
		cmocka_unit_test(timeout__three_out__only_the_earliest_again),
		cmocka_unit_test(sent_twice__acknowledged__no_sample),
		cmocka_unit_test(timeout__older_range_acknowledged__no_sample),
		cmocka_unit_test(floor_given__rto_is_srtt_and_that),
		cmocka_unit_test(sent_twice__acknowledged__back_off_stays_until_a_sample),
		cmocka_unit_test(path_becomes_slow__sample__timer_follows),
		cmocka_unit_test(nothing_acknowledged__r2__timed_out),
		cmocka_unit_test(something_acknowledged__r2__counts_from_there),
		cmocka_unit_test(nothing_acknowledged__no_r2__goes_on),
		cmocka_unit_test(fin__lost__again_by_the_timer),
	};

	return cmocka_run_group_tests_name("conform_rto", tests, NULL, NULL);
}
