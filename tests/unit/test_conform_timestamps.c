/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_timestamps.c - RFC 7323 sections 3 to 5: which clock is echoed, what PAWS drops.
 * More of it is in test_conn_transfer.c; the table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void with_timestamps(struct tcp_config *cfg)
{
	cfg->use_timestamps = true;
}

/* Established at 10 ms; our clock counts milliseconds, the peer's stood at 1000. */
static void established(struct dialogue *d)
{
	dialogue_begin(d, with_timestamps);
	we_send(d, 0, "S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0,wscale 8>");
	peer_sends(d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 1000 ecr 0>");
	we_send(d, 10, ". 1:1(0) ack 1 <TS val 10 ecr 1000>");
}

/* 3.2: once agreed on, every segment carries them. */
static void agreed__text_ack_and_fin__each_has_timestamps(void **unused)
{
	struct dialogue d;

	established(&d);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10) ack 1 <TS val 20 ecr 1000>");
	peer_sends(&d, 30, "P. 1:11(10) ack 11 win 65535 <TS val 1020 ecr 20>");
	we_send(&d, 30, ". 11:11(0) ack 11 <TS val 30 ecr 1020>");
	we_close(&d, 40);
	we_send(&d, 40, "F. 11:11(0) ack 11 <TS val 40 ecr 1020>");
	dialogue_end(&d);
}

/* 3.2: a RST should have them as well. */
static void agreed__abort__rst_has_timestamps(void **unused)
{
	struct dialogue d;

	established(&d);
	we_abort(&d, 50);
	we_send(&d, 50, "R. 1:1(0) ack 1 <TS val 50 ecr 1000>");
	dialogue_end(&d);
}

/* 3.2: not agreed on, not sent, and not heeded when they come. */
static void not_agreed__timestamps_of_the_peer__mean_nothing(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1 <>");
	peer_sends(&d, 20, "P. 1:11(10) ack 1 win 65535 <TS val 500 ecr 0>");
	we_send(&d, 20, ". 1:1(0) ack 11 <>");
	peer_sends(&d, 30, "P. 11:21(10) ack 1 win 65535 <TS val 400 ecr 0>");
	we_send(&d, 30, ". 1:1(0) ack 21 <>");
	assert_int_equal(d.delivered, 20);
	dialogue_end(&d);
}

/* 3.2, 5.2: a RST counts without timestamps, and with an old one. */
static void agreed__rst_without_or_with_an_old_one__counts(void **unused)
{
	struct dialogue d;

	established(&d);
	peer_sends(&d, 20, "R 1:1(0)");
	silence(&d, 20, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_RESET);
	dialogue_end(&d);

	established(&d);
	peer_sends(&d, 20, "R 1:1(0) <TS val 1 ecr 10>");
	silence(&d, 20, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_RESET);
	dialogue_end(&d);
}

/* 4.3 (A): one ACK for two segments echoes the first, so that our delay counts as round trip. */
static void two_segments__one_ack__echoes_the_first(void **unused)
{
	struct dialogue d;

	established(&d);
	peer_sends(&d, 20, ". 1:1449(1448) ack 1 win 65535 <TS val 1020 ecr 10>");
	peer_sends(&d, 20, ". 1449:2897(1448) ack 1 win 65535 <TS val 1025 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 2897 <TS val 20 ecr 1020>");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* 4.3 (B): above a gap, the segment that last moved RCV.NXT is echoed; (C): then the one that fills it. */
static void gap__echoes_the_last_in_order__then_the_filler(void **unused)
{
	struct dialogue d;

	established(&d);
	peer_sends(&d, 20, ". 1:1001(1000) ack 1 win 65535 <TS val 1020 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 1001 <TS val 20 ecr 1020>");
	peer_sends(&d, 30, ". 2001:3001(1000) ack 1 win 65535 <TS val 1030 ecr 10>");
	we_send(&d, 30, ". 1:1(0) ack 1001 <TS val 30 ecr 1020,sack 2001:3001>");
	peer_sends(&d, 40, ". 1001:2001(1000) ack 1 win 65535 <TS val 1025 ecr 10>");
	we_send(&d, 40, ". 1:1(0) ack 3001 <TS val 40 ecr 1025>");
	dialogue_end(&d);
}

/* 5.3 R1: older means older; the same clock again is good. */
static void paws__the_same_timestamp_again__taken(void **unused)
{
	struct dialogue d;

	established(&d);
	peer_sends(&d, 20, "P. 1:11(10) ack 1 win 65535 <TS val 1000 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 11");
	assert_int_equal(d.delivered, 10);
	dialogue_end(&d);
}

/* 5.2: the comparison is modulo 2^32. */
static void paws__timestamp_wraps__is_newer(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 4294967290 ecr 0>");
	we_send(&d, 10, ". 1:1(0) ack 1 <TS val 10 ecr 4294967290>");
	peer_sends(&d, 20, "P. 1:11(10) ack 1 win 65535 <TS val 4 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 11 <TS val 20 ecr 4>");
	peer_sends(&d, 30, "P. 11:21(10) ack 1 win 65535 <TS val 4294967295 ecr 10>");
	we_send(&d, 30, ". 1:1(0) ack 11 <TS val 30 ecr 4>");
	assert_int_equal(d.delivered, 10);
	dialogue_end(&d);
}

/* 5.3 R1: what an old segment acknowledges does not count either. */
static void paws__old_ack__acknowledges_nothing(void **unused)
{
	struct dialogue d;

	established(&d);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10) ack 1");
	peer_sends(&d, 30, ". 1:1(0) ack 11 win 65535 <TS val 999 ecr 20>");
	we_send(&d, 30, ". 11:11(0) ack 1");
	assert_false(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

/* 5.3 R2, R3: out of the window, not remembered. */
static void paws__out_of_window__timestamp_is_not_remembered(void **unused)
{
	struct dialogue d;

	established(&d);
	peer_sends(&d, 20, "P. 3000001:3000011(10) ack 1 win 65535 <TS val 900000 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 1 <TS val 20 ecr 1000>");
	peer_sends(&d, 30, "P. 1:11(10) ack 1 win 65535 <TS val 1030 ecr 10>");
	we_send(&d, 30, ". 1:1(0) ack 11 <TS val 30 ecr 1030>");
	dialogue_end(&d);
}

static void waits_2_msl(struct tcp_config *cfg)
{
	cfg->use_timestamps = true;
	cfg->time_wait_us = 2 * TCP_MSL_US;
}

/* 5.2: what a RST says of the time changes nothing; one that does not end the connection shows it. */
static void time_wait__rst__its_timestamp_is_not_remembered(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, waits_2_msl);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 1000 ecr 0>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_close(&d, 20);
	we_send(&d, 20, "F. 1:1(0) ack 1");
	peer_sends(&d, 30, "F. 1:1(0) ack 2 win 65535 <TS val 1020 ecr 20>");
	we_send(&d, 30, ". 2:2(0) ack 2 <TS val 30 ecr 1020>");
	peer_sends(&d, 40, "R 2:2(0) <TS val 900000 ecr 20>");
	peer_sends(&d, 50, "F. 1:1(0) ack 2 win 65535 <TS val 1040 ecr 20>");
	we_send(&d, 50, ". 2:2(0) ack 2 <TS val 50 ecr 1020>");
	dialogue_end(&d);
}

/* 5.5: after 24 days of silence the peer's clock may have gone half around. */
static void paws__idle_for_25_days__older_timestamp_taken(void **unused)
{
	const int64_t day_ms = 24 * 3600 * 1000;
	struct dialogue d;

	established(&d);
	peer_sends(&d, 23 * day_ms, "P. 1:11(10) ack 1 win 65535 <TS val 999 ecr 10>");
	we_send(&d, 23 * day_ms, ". 1:1(0) ack 1");
	peer_sends(&d, 25 * day_ms, "P. 1:11(10) ack 1 win 65535 <TS val 999 ecr 10>");
	we_send(&d, 25 * day_ms, ". 1:1(0) ack 11");
	assert_int_equal(d.delivered, 10);
	dialogue_end(&d);
}

/* 4.1, and RFC 6298 3: of a segment sent twice the echo names the copy, so it is a sample. */
static void rttm__second_copy_answered__is_a_sample(void **unused)
{
	struct dialogue d;

	established(&d);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 320, "P. 1:11(10) ack 1 <TS val 320 ecr 1000>"); /* the tail probe */
	peer_sends(&d, 410, ". 1:1(0) ack 11 win 65535 <TS val 1400 ecr 320>");
	assert_int_equal(dialogue_info(&d).srtt_us, 10000 + (90000 - 10000) / 8);
	dialogue_end(&d);
}

/* 4.1: an ACK that acknowledges nothing new is no measurement: it would measure the peer's pauses. */
static void rttm__nothing_new_acknowledged__no_sample(void **unused)
{
	struct dialogue d;

	established(&d);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	peer_sends(&d, 110, ". 1:1(0) ack 11 win 65535 <TS val 1100 ecr 100>");
	assert_int_equal(dialogue_info(&d).srtt_us, 10000);
	peer_sends(&d, 5000, "P. 1:11(10) ack 11 win 65535 <TS val 5990 ecr 100>");
	we_send(&d, 5000, ". 11:11(0) ack 11");
	assert_int_equal(dialogue_info(&d).srtt_us, 10000);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agreed__text_ack_and_fin__each_has_timestamps),
		cmocka_unit_test(agreed__abort__rst_has_timestamps),
		cmocka_unit_test(not_agreed__timestamps_of_the_peer__mean_nothing),
		cmocka_unit_test(agreed__rst_without_or_with_an_old_one__counts),
		cmocka_unit_test(two_segments__one_ack__echoes_the_first),
		cmocka_unit_test(gap__echoes_the_last_in_order__then_the_filler),
		cmocka_unit_test(paws__the_same_timestamp_again__taken),
		cmocka_unit_test(paws__timestamp_wraps__is_newer),
		cmocka_unit_test(paws__old_ack__acknowledges_nothing),
		cmocka_unit_test(paws__out_of_window__timestamp_is_not_remembered),
		cmocka_unit_test(time_wait__rst__its_timestamp_is_not_remembered),
		cmocka_unit_test(paws__idle_for_25_days__older_timestamp_taken),
		cmocka_unit_test(rttm__second_copy_answered__is_a_sample),
		cmocka_unit_test(rttm__nothing_new_acknowledged__no_sample),
	};

	return cmocka_run_group_tests_name("conform_timestamps", tests, NULL, NULL);
}
