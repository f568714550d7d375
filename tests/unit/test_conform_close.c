/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_close.c - RFC 9293 sections 3.6, 3.8.4, 3.10.4 and 3.10.7.4 eighth: closing and keep-alive.
 * More of it is in test_conn_close.c; the table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

/* 3.10.4, SYN-RECEIVED: the FIN goes once the connection is established. */
static void syn_received__close__fin_once_established(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	we_close(&d, 6);
	silence(&d, 6, TCP_STATE_SYN_RECEIVED);
	peer_sends(&d, 10, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 10, "F. 1:1(0) ack 1");
	silence(&d, 10, TCP_STATE_FIN_WAIT_1);
	dialogue_end(&d);
}

/* 3.6 and 3.10.4: what was written before the close is sent, and the FIN behind it. */
static void established__close_behind_text__fin_comes_last(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 1000 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_write(&d, 20, 2500);
	we_close(&d, 20);
	we_send(&d, 20, ". 1:1001(1000) ack 1");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 30, ". 1:1(0) ack 1001 win 1000");
	we_send(&d, 30, ". 1001:2001(1000) ack 1");
	peer_sends(&d, 40, ". 1:1(0) ack 2001 win 1000");
	we_send(&d, 40, "FP. 2001:2501(500) ack 1");
	silence(&d, 40, TCP_STATE_FIN_WAIT_1);
	dialogue_end(&d);
}

/* 3.10.2: after a close nothing more is taken. */
static void fin_wait_1__write__refused(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 20);
	assert_int_equal(tcp_conn_write(d.c, (const uint8_t *)"x", 1, d.now_us), 0);
	we_send(&d, 20, "F. 1:1(0) ack 1");
	assert_int_equal(tcp_conn_write(d.c, (const uint8_t *)"x", 1, d.now_us), 0);
	dialogue_end(&d);
}

/* MUST-12: the owner can tell a close from an abort. */
static void established__fin_or_rst__owner_can_tell(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "FP. 1:11(10) ack 1 win 65535");
	assert_true(tcp_conn_at_end(d.c));
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "P. 1:11(10) ack 1 win 65535");
	peer_sends(&d, 20, "R 11:11(0)");
	assert_false(tcp_conn_at_end(d.c));
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_RESET);
	dialogue_end(&d);
}

/* 3.10.7.4, seventh: behind a FIN there is no text. */
static void close_wait__text_behind_the_fin__ignored(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2");
	peer_sends(&d, 30, "P. 2:102(100) ack 1 win 65535");
	silence(&d, 1000, TCP_STATE_CLOSE_WAIT);
	assert_int_equal(d.delivered, 0);
	assert_int_equal(dialogue_info(&d).rcv_nxt - d.peer_isn, 2);
	dialogue_end(&d);
}

/* 3.10.7.4, eighth: a FIN again is acknowledged again, and changes no state. */
static void close_wait_and_last_ack__fin_again__acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2");
	peer_sends(&d, 30, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 2");
	silence(&d, 30, TCP_STATE_CLOSE_WAIT);
	we_close(&d, 40);
	we_send(&d, 40, "F. 1:1(0) ack 2");
	peer_sends(&d, 50, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 50, ". 2:2(0) ack 2");
	silence(&d, 50, TCP_STATE_LAST_ACK);
	peer_sends(&d, 60, ". 2:2(0) ack 2 win 65535");
	silence(&d, 60, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

/* 3.10.7.4, fifth, CLOSING: until our FIN is acknowledged nothing moves us. */
static void closing__fin_again__stays_until_ours_is_acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 20);
	we_send(&d, 20, "F. 1:1(0) ack 1");
	peer_sends(&d, 30, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 30, ". 2:2(0) ack 2");
	peer_sends(&d, 40, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 40, ". 2:2(0) ack 2");
	silence(&d, 40, TCP_STATE_CLOSING);
	peer_sends(&d, 50, ". 2:2(0) ack 2 win 65535");
	silence(&d, 50, TCP_STATE_TIME_WAIT);
	dialogue_end(&d);
}

/* MUST-25: no keep-alive unless asked for. */
static void idle__keep_alive_not_asked_for__nothing_is_sent(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	silence(&d, 24 * 3600 * 1000, TCP_STATE_ESTABLISHED);
	assert_true(tcp_conn_deadline(d.c) == TCP_NEVER);
	dialogue_end(&d);
}

static void keeps_alive_after_2_h(struct tcp_config *cfg)
{
	cfg->keepalive_us = 7200000000;
}

/* MUST-24, MUST-26, MUST-27, SHLD-12: after the interval, a segment without text whose number the peer has
 * already; its answer begins a new interval. */
static void idle__for_the_interval__asked_without_text(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, keeps_alive_after_2_h);
	we_send(&d, 7200010, ". 0:0(0) ack 1");
	peer_sends(&d, 7200020, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 14400020, ". 0:0(0) ack 1");
	dialogue_end(&d);
}

/* MUST-26: whatever the peer sends counts, and begins a new interval. */
static void idle__peer_sends__interval_begins_anew(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, keeps_alive_after_2_h);
	peer_sends(&d, 7200000, "P. 1:11(10) ack 1 win 65535");
	we_send(&d, 7200000, ". 1:1(0) ack 11");
	we_send(&d, 14400000, ". 0:0(0) ack 11");
	dialogue_end(&d);
}

static void keeps_alive_after_5_s(struct tcp_config *cfg)
{
	cfg->keepalive_us = 5000000;
	cfg->use_sack = false;
}

/* MUST-26: not while something of ours is out; that is sent again, and asks as well. */
static void text_out__for_the_interval__no_keep_alive(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, keeps_alive_after_5_s);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 1100, "P. 1:11(10)");
	we_send(&d, 3100, "P. 1:11(10)");
	we_send(&d, 7100, "P. 1:11(10)");
	we_send(&d, 15100, "P. 1:11(10)");
	we_send(&d, 31100, "P. 1:11(10)");
	we_send(&d, 63100, "P. 1:11(10)");
	peer_sends(&d, 63200, ". 1:1(0) ack 11 win 65535");
	we_send(&d, 68200, ". 10:10(0) ack 1");
	dialogue_end(&d);
}

/* MUST-29: one answer that is missing proves nothing; nine do. */
static void idle__no_answer__nine_questions_then_timed_out(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, keeps_alive_after_2_h);
	for (int i = 0; i < 9; i++) {
		we_send(&d, 7200010 + i * 75000, ". 0:0(0) ack 1");
		silence(&d, 7200010 + i * 75000, TCP_STATE_ESTABLISHED);
	}
	silence(&d, 7200010 + 9 * 75000 - 1, TCP_STATE_ESTABLISHED);
	silence(&d, 7200010 + 9 * 75000 + 1, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_TIMED_OUT);
	dialogue_end(&d);
}

/* ... and a late answer begins all anew. */
static void idle__answer_to_the_ninth__goes_on(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, keeps_alive_after_2_h);
	for (int i = 0; i < 9; i++)
		we_send(&d, 7200010 + i * 75000, ". 0:0(0) ack 1");
	peer_sends(&d, 7800100, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 15000100, ". 0:0(0) ack 1");
	silence(&d, 15000200, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_received__close__fin_once_established),
		cmocka_unit_test(established__close_behind_text__fin_comes_last),
		cmocka_unit_test(fin_wait_1__write__refused),
		cmocka_unit_test(established__fin_or_rst__owner_can_tell),
		cmocka_unit_test(close_wait__text_behind_the_fin__ignored),
		cmocka_unit_test(close_wait_and_last_ack__fin_again__acknowledged),
		cmocka_unit_test(closing__fin_again__stays_until_ours_is_acknowledged),
		cmocka_unit_test(idle__keep_alive_not_asked_for__nothing_is_sent),
		cmocka_unit_test(idle__for_the_interval__asked_without_text),
		cmocka_unit_test(idle__peer_sends__interval_begins_anew),
		cmocka_unit_test(text_out__for_the_interval__no_keep_alive),
		cmocka_unit_test(idle__no_answer__nine_questions_then_timed_out),
		cmocka_unit_test(idle__answer_to_the_ninth__goes_on),
	};

	return cmocka_run_group_tests_name("conform_close", tests, NULL, NULL);
}
