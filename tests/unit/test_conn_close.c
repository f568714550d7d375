/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conn_close.c - every way in which a connection ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

/* A brief TIME-WAIT lasts two round trips of 10 ms after a clean connection. */
#define BRIEF 20

/* SEEDS: FIN, ACK, FIN, ACK. */
static void established__we_close_first__four_segments(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	silence(&d, 100, TCP_STATE_FIN_WAIT_1);
	peer_sends(&d, 110, ". 1:1(0) ack 2 win 65535");
	silence(&d, 110, TCP_STATE_FIN_WAIT_2);
	peer_sends(&d, 120, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, 120, ". 2:2(0) ack 2");
	silence(&d, 120, TCP_STATE_TIME_WAIT);
	silence(&d, 121 + BRIEF, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);
}

static void fin_wait_1__fin_with_ack__three_segments(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, 110, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, 110, ". 2:2(0) ack 2");
	silence(&d, 110, TCP_STATE_TIME_WAIT);
	dialogue_end(&d);
}

static void established__peer_closes_first__last_ack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 2");
	silence(&d, 100, TCP_STATE_CLOSE_WAIT);
	assert_true(tcp_conn_at_end(d.c));
	we_close(&d, 200);
	we_send(&d, 200, "F. 1:1(0) ack 2");
	silence(&d, 200, TCP_STATE_LAST_ACK);
	peer_sends(&d, 210, ". 2:2(0) ack 2 win 65535");
	silence(&d, 210, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);
}

static void close_wait__we_write__peer_still_receives(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 2");
	we_write(&d, 150, 500);
	we_close(&d, 150);
	we_send(&d, 150, "FP. 1:501(500) ack 2");
	peer_sends(&d, 160, ". 2:2(0) ack 502 win 65535");
	silence(&d, 160, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

static void fin_wait_1__fin_crosses_ours__closing(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, 105, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 105, ". 2:2(0) ack 2");
	silence(&d, 105, TCP_STATE_CLOSING);
	peer_sends(&d, 110, ". 2:2(0) ack 2 win 65535");
	silence(&d, 110, TCP_STATE_TIME_WAIT);
	silence(&d, 111 + BRIEF, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

static void fin_wait_2__data__is_delivered_and_acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, 110, ". 1:1(0) ack 2 win 65535");
	peer_sends(&d, 120, "P. 1:1001(1000) ack 2 win 65535");
	we_send(&d, 120, ". 2:2(0) ack 1001");
	peer_sends(&d, 130, "FP. 1001:1501(500) ack 2 win 65535");
	we_send(&d, 130, ". 2:2(0) ack 1502");
	silence(&d, 130, TCP_STATE_TIME_WAIT);
	assert_int_equal(d.delivered, 1500);
	dialogue_end(&d);
}

static void established__fin_before_its_data__waits_for_the_gap(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "F. 101:101(0) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 1");
	silence(&d, 100, TCP_STATE_ESTABLISHED);
	assert_false(tcp_conn_at_end(d.c));
	peer_sends(&d, 110, ". 1:101(100) ack 1 win 65535");
	we_send(&d, 110, ". 1:1(0) ack 102");
	silence(&d, 110, TCP_STATE_CLOSE_WAIT);
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

/* A hostile peer: text behind the place of its FIN must not be delivered, nor block the end. */
static void established__text_behind_the_fin__is_ignored(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, ". 51:201(150) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 1 <sack 51:201>");
	peer_sends(&d, 110, "F. 101:101(0) ack 1 win 65535");
	we_send(&d, 110, ". 1:1(0) ack 1");
	peer_sends(&d, 120, ". 1:51(50) ack 1 win 65535");
	we_send(&d, 120, ". 1:1(0) ack 102");
	silence(&d, 120, TCP_STATE_CLOSE_WAIT);
	assert_int_equal(d.delivered, 100);
	assert_true(tcp_conn_at_end(d.c));
	dialogue_end(&d);
}

/* First the tail probe, two round trips of 10 ms and the peer's longest delay later (RFC 8985 section
 * 7.2); then the RTO, counted from there. */
static void fin_wait_1__no_answer__fin_again(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	we_send(&d, 320, "F. 1:1(0) ack 1");
	we_send(&d, 1320, "F. 1:1(0) ack 1");
	we_send(&d, 3320, "F. 1:1(0) ack 1");
	dialogue_end(&d);
}

static void waits_2_msl(struct tcp_config *cfg)
{
	cfg->time_wait_us = 2 * TCP_MSL_US;
}

/* RFC 9293 section 3.10.7.4, eighth: a FIN again in TIME-WAIT is acknowledged and waited for anew. */
static void time_wait__fin_again__acknowledged_and_restarted(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, waits_2_msl);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, 110, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, 110, ". 2:2(0) ack 2");
	peer_sends(&d, 50110, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, 50110, ". 2:2(0) ack 2");
	silence(&d, 110109, TCP_STATE_TIME_WAIT);
	silence(&d, 110111, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

/* Forged, or from an older connection: answered as any old segment, and no reason to stay. */
static void time_wait__fin_with_another_number__is_not_waited_for(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, waits_2_msl);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, 110, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, 110, ". 2:2(0) ack 2");
	peer_sends(&d, 50110, "F. 0:0(0) ack 2 win 65535");
	we_send(&d, 50110, ". 2:2(0) ack 2");
	silence(&d, 60109, TCP_STATE_TIME_WAIT);
	silence(&d, 60111, TCP_STATE_CLOSED);
	dialogue_end(&d);
}

static void time_wait__fin_for_ever__ends_all_the_same(void **unused)
{
	struct dialogue d;
	int ms = 110;

	dialogue_established(&d, NULL);
	we_close(&d, 100);
	we_send(&d, 100, "F. 1:1(0) ack 1");
	peer_sends(&d, ms, "F. 1:1(0) ack 2 win 65535");
	we_send(&d, ms, ". 2:2(0) ack 2");
	while (tcp_conn_state(d.c) == TCP_STATE_TIME_WAIT && (ms += 15) < 100000) {
		struct tcp_segment ack;

		peer_sends(&d, ms, "F. 1:1(0) ack 2 win 65535");
		tcp_conn_emit(d.c, &ack, d.now_us);
	}
	assert_true(ms > 50000 && ms < 70000);
	dialogue_end(&d);
}

static void established__rst_with_next_number__reset(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "R 1:1(0)");
	silence(&d, 100, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_RESET);
	dialogue_end(&d);
}

/* RFC 5961 section 3.2 */
static void established__rst_elsewhere_in_window__challenge_ack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "R 2:2(0)");
	we_send(&d, 100, ". 1:1(0) ack 1");
	silence(&d, 100, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void established__rst_outside_of_window__ignored(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "R 2000000:2000000(0)");
	peer_sends(&d, 101, "R 0:0(0)");
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 5961 section 4.2 and section 7: ten in five seconds, no more */
static void established__syn__challenge_ack_throttled(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	for (int i = 0; i < 10; i++) {
		peer_sends(&d, 6000 + i, "S 100:100(0) win 65535");
		we_send(&d, 6000 + i, ". 1:1(0) ack 1");
	}
	peer_sends(&d, 6500, "S 100:100(0) win 65535");
	silence(&d, 6500, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 11000, "S 100:100(0) win 65535");
	we_send(&d, 11000, ". 1:1(0) ack 1");
	dialogue_end(&d);
}

static void established__abort__rst_with_our_next_number(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10) ack 1");
	tcp_conn_abort(d.c, d.now_us);
	we_send(&d, 100, "R. 11:11(0) ack 1");
	silence(&d, 60000, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_ABORTED);
	dialogue_end(&d);
}

static void last_ack_and_closing__rst__closed_without_failure(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 100, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 2");
	we_close(&d, 110);
	we_send(&d, 110, "F. 1:1(0) ack 2");
	peer_sends(&d, 120, "R 2:2(0)");
	silence(&d, 120, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);
}

static void zero_window__close__fin_goes_as_a_probe(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 0 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_close(&d, 100);
	we_send(&d, 1100, "F. 1:1(0) ack 1");
	silence(&d, 1100, TCP_STATE_FIN_WAIT_1);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__we_close_first__four_segments),
		cmocka_unit_test(fin_wait_1__fin_with_ack__three_segments),
		cmocka_unit_test(established__peer_closes_first__last_ack),
		cmocka_unit_test(close_wait__we_write__peer_still_receives),
		cmocka_unit_test(fin_wait_1__fin_crosses_ours__closing),
		cmocka_unit_test(fin_wait_2__data__is_delivered_and_acknowledged),
		cmocka_unit_test(established__fin_before_its_data__waits_for_the_gap),
		cmocka_unit_test(established__text_behind_the_fin__is_ignored),
		cmocka_unit_test(fin_wait_1__no_answer__fin_again),
		cmocka_unit_test(time_wait__fin_again__acknowledged_and_restarted),
		cmocka_unit_test(time_wait__fin_with_another_number__is_not_waited_for),
		cmocka_unit_test(time_wait__fin_for_ever__ends_all_the_same),
		cmocka_unit_test(established__rst_with_next_number__reset),
		cmocka_unit_test(established__rst_elsewhere_in_window__challenge_ack),
		cmocka_unit_test(established__rst_outside_of_window__ignored),
		cmocka_unit_test(established__syn__challenge_ack_throttled),
		cmocka_unit_test(established__abort__rst_with_our_next_number),
		cmocka_unit_test(last_ack_and_closing__rst__closed_without_failure),
		cmocka_unit_test(zero_window__close__fin_goes_as_a_probe),
	};

	return cmocka_run_group_tests_name("conn_close", tests, NULL, NULL);
}
