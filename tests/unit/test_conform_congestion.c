/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_congestion.c - RFC 5681, RFC 3042, RFC 6928, RFC 6582 and RFC 8985 in dialogues. More of it is
 * in test_conn_transfer.c, CUBIC alone in test_conform_cubic.c; the table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void no_sack(struct tcp_config *cfg)
{
	cfg->use_sack = false;
}

/* RFC 6928 2, RFC 5681 3.1: ten segments, then by what is acknowledged. */
static void established__much_to_send__ten_segments_then_slow_start(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 40 * 1460);
	assert_int_equal(we_send_all(&d, 20), 10);
	peer_sends(&d, 30, ". 1:1(0) ack 1461 win 65535");
	assert_int_equal(we_send_all(&d, 30), 2);
	peer_sends(&d, 31, ". 1:1(0) ack 4381 win 65535");
	assert_int_equal(we_send_all(&d, 31), 4);
	assert_int_equal(dialogue_info(&d).cwnd, 13 * 1460);
	dialogue_end(&d);
}

/* RFC 5681 3.1: one segment when the SYN had to be sent again and again. */
static void syn_lost_twice__first_window_is_one_segment(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	we_send(&d, 3000, "S 0:0(0)");
	peer_sends(&d, 3010, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_write(&d, 3010, 5 * 1460);
	we_send(&d, 3010, ". 1:1461(1460) ack 1");
	silence(&d, 3010, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 6928 2: one lost SYN alone is no congestion. */
static void syn_lost_once__first_window_stays(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	peer_sends(&d, 1010, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_write(&d, 1010, 12 * 1460);
	assert_int_equal(we_send_all(&d, 1010), 10);
	dialogue_end(&d);
}

/* MUST-19, RFC 5681 3.1, RFC 9438 4.6 and 4.8: after a timeout one segment; ssthresh from what was out, and
 * not lowered again by the second timeout of the same segment. */
static void timeout__window_is_one_segment__ssthresh_from_the_flight_once(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	we_send(&d, 1100, ". 1:1461(1460)");
	assert_int_equal(dialogue_info(&d).cwnd, 1460);
	assert_int_equal(dialogue_info(&d).ssthresh, 10220);
	we_send(&d, 3100, ". 1:1461(1460)");
	assert_int_equal(dialogue_info(&d).cwnd, 1460);
	assert_int_equal(dialogue_info(&d).ssthresh, 10220);
	dialogue_end(&d);
}

/* RFC 5681 3.1, equation 4: never below two segments. */
static void timeout__little_was_out__ssthresh_is_two_segments(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 1100, "P. 1:11(10)");
	assert_int_equal(dialogue_info(&d).ssthresh, 2 * 1460);
	dialogue_end(&d);
}

/* RFC 5681 3.2: the third duplicate; slower once, however many are found lost in one window. */
static void third_duplicate__reduced_once_for_the_window(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 10 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	for (int i = 0; i < 3; i++)
		peer_sends(&d, 110 + i, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 112, ". 1:1461(1460)");
	assert_int_equal(dialogue_info(&d).ssthresh, 10220);
	peer_sends(&d, 122, ". 1:1(0) ack 2921 win 65535"); /* partial: a second hole, RFC 6582 */
	we_send(&d, 122, ". 2921:4381(1460)");
	assert_int_equal(dialogue_info(&d).ssthresh, 10220);
	peer_sends(&d, 132, ". 1:1(0) ack 14601 win 65535");
	assert_int_equal(dialogue_info(&d).cwnd, 10220);
	dialogue_end(&d);
}

/* RFC 5681 2: text, or another window, makes it no duplicate. */
static void acks_with_text_or_a_window__no_duplicates(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 5 * 1460);
	assert_int_equal(we_send_all(&d, 100), 5);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 60000");
	peer_sends(&d, 111, ". 1:1(0) ack 1 win 61000");
	peer_sends(&d, 112, ". 1:1(0) ack 1 win 62000");
	peer_sends(&d, 113, ". 1:1(0) ack 1 win 63000");
	for (unsigned i = 0; i < 4; i++) {
		static const char *const text[] = { ". 1:101(100) ack 1 win 63000",
						    ". 101:201(100) ack 1 win 63000",
						    ". 201:301(100) ack 1 win 63000",
						    ". 301:401(100) ack 1 win 63000" };

		peer_sends(&d, 120, text[i]);
	}
	we_send(&d, 120, ". 7301:7301(0) ack 401");
	silence(&d, 1099, TCP_STATE_ESTABLISHED);
	assert_int_equal(dialogue_info(&d).retransmissions, 0);
	dialogue_end(&d);
}

/* RFC 5681 3.2 (1), RFC 3042: the first two duplicates each let a new segment out. */
static void first_two_duplicates__without_sack__new_text(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 13 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 110, ". 14601:16061(1460)");
	peer_sends(&d, 111, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 111, ". 16061:17521(1460)");
	peer_sends(&d, 112, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 112, ". 1:1461(1460)");
	dialogue_end(&d);
}

/* ... and with SACK each report does (RFC 6675 5, RFC 8985: what was reported is not in flight). */
static void first_report__with_sack__new_text(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 13 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:2921>");
	we_send(&d, 110, ". 14601:16061(1460)");
	silence(&d, 110, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 5681 4.1: after a pause longer than the RTO what is known of the path is old: the first window again. */
static void idle_longer_than_the_rto__restart_window(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 20 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	peer_sends(&d, 110, ". 1:1(0) ack 14601 win 65535");
	assert_int_equal(we_send_all(&d, 110), 10);
	peer_sends(&d, 120, ". 1:1(0) ack 29201 win 65535");
	assert_true(dialogue_info(&d).cwnd > 20 * 1460);
	we_write(&d, 10000, 30 * 1460);
	assert_int_equal(we_send_all(&d, 10000), 10);
	dialogue_end(&d);
}

/* A round trip of 40 ms, so that a quarter of it, the time for mere reordering, is 10 ms. */
static void two_segments_out(struct dialogue *d)
{
	dialogue_begin(d, NULL);
	we_send(d, 0, "S 0:0(0)");
	peer_sends(d, 40, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	we_send(d, 40, ". 1:1(0) ack 1");
	we_write(d, 100, 2 * 1460);
	assert_int_equal(we_send_all(d, 100), 2);
	peer_sends(d, 140, ". 1:1(0) ack 1 win 65535 <sack 1461:2921>");
}

/* RFC 8985 6.2, steps 4 and 5: late by less than that is reordering, */
static void rack__late_by_less_than_a_quarter_rtt__not_sent_again(void **unused)
{
	struct dialogue d;

	two_segments_out(&d);
	peer_sends(&d, 149, ". 1:1(0) ack 2921 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_int_equal(dialogue_info(&d).retransmissions, 0);
	dialogue_end(&d);
}

/* by more is loss. */
static void rack__late_by_more__sent_again(void **unused)
{
	struct dialogue d;

	two_segments_out(&d);
	we_send(&d, 150, ". 1:1461(1460)");
	dialogue_end(&d);
}

/* RFC 8985 7.3: new text is the better probe, if there is any; and there is one probe only. */
static void tail_probe__new_text_waits__is_the_probe(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 11 * 1460);
	assert_int_equal(we_send_all(&d, 100), 10);
	we_send(&d, 125, "P. 14601:16061(1460)");
	silence(&d, 1124, TCP_STATE_ESTABLISHED);
	we_send(&d, 1125, ". 1:1461(1460)");
	dialogue_end(&d);
}

/* RFC 8985 7.4: a probe that was the only copy to arrive filled a hole, which counts as a loss; the answer
 * that says otherwise, D-SACK, is in test_conform_sack.c. */
static void tail_probe__answered_without_d_sack__counts_as_loss(void **unused)
{
	struct dialogue d;
	uint32_t cwnd;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	cwnd = dialogue_info(&d).cwnd;
	we_send(&d, 320, "P. 1:11(10)");
	peer_sends(&d, 330, ". 1:1(0) ack 11 win 65535");
	assert_true(dialogue_info(&d).cwnd < cwnd);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__much_to_send__ten_segments_then_slow_start),
		cmocka_unit_test(syn_lost_twice__first_window_is_one_segment),
		cmocka_unit_test(syn_lost_once__first_window_stays),
		cmocka_unit_test(timeout__window_is_one_segment__ssthresh_from_the_flight_once),
		cmocka_unit_test(timeout__little_was_out__ssthresh_is_two_segments),
		cmocka_unit_test(third_duplicate__reduced_once_for_the_window),
		cmocka_unit_test(acks_with_text_or_a_window__no_duplicates),
		cmocka_unit_test(first_two_duplicates__without_sack__new_text),
		cmocka_unit_test(first_report__with_sack__new_text),
		cmocka_unit_test(idle_longer_than_the_rto__restart_window),
		cmocka_unit_test(rack__late_by_less_than_a_quarter_rtt__not_sent_again),
		cmocka_unit_test(rack__late_by_more__sent_again),
		cmocka_unit_test(tail_probe__new_text_waits__is_the_probe),
		cmocka_unit_test(tail_probe__answered_without_d_sack__counts_as_loss),
	};

	return cmocka_run_group_tests_name("conform_congestion", tests, NULL, NULL);
}
