/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_reset.c - RST, SYN and ACK out of place: RFC 5961, RFC 9293 sections 3.5.3, 3.10.5 and
 * 3.10.7.4, RFC 1337. More of it is in test_conn_close.c; the table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void reset_is_expected(struct dialogue *d, int64_t ms, enum tcp_failure failure)
{
	silence(d, ms, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d->c), failure);
	dialogue_end(d);
}

/* SHLD-2: a RST may bring text along. */
static void rst__with_text__counts_all_the_same(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "R. 0:15(15) ack 1");
	reset_is_expected(&d, 20, TCP_FAILURE_REFUSED);

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "R 1:16(15)");
	assert_int_equal(d.delivered, 0);
	reset_is_expected(&d, 20, TCP_FAILURE_RESET);
}

static void room_for_one_segment(struct tcp_config *cfg)
{
	cfg->receive_buffer = 1460;
	cfg->use_wscale = false;
}

/* Our window is closed at 1461. */
static void window_closed(struct dialogue *d)
{
	dialogue_established(d, room_for_one_segment);
	d->reader_takes = 0;
	peer_sends(d, 20, ". 1:1461(1460) ack 1 win 65535");
	we_send(d, 20, ". 1:1(0) ack 1461 win 0");
}

/* MUST-66: with a closed window too. */
static void zero_window__rst_with_next_number__reset(void **unused)
{
	struct dialogue d;

	window_closed(&d);
	peer_sends(&d, 30, "R 1461:1461(0)");
	reset_is_expected(&d, 30, TCP_FAILURE_RESET);
}

/* MUST-66 and SHLD-2 */
static void zero_window__rst_with_text__reset(void **unused)
{
	struct dialogue d;

	window_closed(&d);
	peer_sends(&d, 30, "R 1461:1476(15)");
	reset_is_expected(&d, 30, TCP_FAILURE_RESET);
}

/* RFC 5961 3.2 (1): nothing but the exact number is in a closed window. */
static void zero_window__rst_one_further__ignored(void **unused)
{
	struct dialogue d;

	window_closed(&d);
	peer_sends(&d, 30, "R 1462:1462(0)");
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 5961 3.2 (3): the last number in the window earns a challenge ACK. */
static void established__rst_with_the_last_number_in_window__challenge_ack(void **unused)
{
	struct dialogue d;
	char line[40];
	unsigned last;

	dialogue_established(&d, NULL);
	last = dialogue_info(&d).rcv_wnd; /* from 1 on */
	snprintf(line, sizeof(line), "R %u:%u(0)", last, last);
	peer_sends(&d, 20, line);
	we_send(&d, 20, ". 1:1(0) ack 1");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 5961 3.2 (1): the number behind it is outside, and earns nothing. */
static void established__rst_at_the_edge_of_the_window__ignored(void **unused)
{
	struct dialogue d;
	char line[40];
	unsigned edge;

	dialogue_established(&d, NULL);
	edge = dialogue_info(&d).rcv_wnd + 1;
	snprintf(line, sizeof(line), "R %u:%u(0)", edge, edge);
	peer_sends(&d, 20, line);
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, second, ESTABLISHED to CLOSE-WAIT: reset, and the owner is told. */
static void fin_wait_2_and_close_wait__rst__reset(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 20);
	we_send(&d, 20, "F. 1:1(0) ack 1");
	peer_sends(&d, 30, ". 1:1(0) ack 2 win 65535");
	silence(&d, 30, TCP_STATE_FIN_WAIT_2);
	peer_sends(&d, 40, "R 1:1(0)");
	reset_is_expected(&d, 40, TCP_FAILURE_RESET);

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2");
	peer_sends(&d, 40, "R 2:2(0)");
	reset_is_expected(&d, 40, TCP_FAILURE_RESET);
}

/* RFC 5961 3.2 holds in SYN-RECEIVED as well (RFC 9293 3.10.7.4, second). */
static void syn_received__rst_elsewhere_in_window__challenge_ack(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	peer_sends(&d, 10, "R 500:500(0)");
	we_send(&d, 10, ". 1:1(0) ack 1");
	silence(&d, 10, TCP_STATE_SYN_RECEIVED);
	dialogue_end(&d);
}

/* RFC 5961 4.2: a SYN earns a challenge ACK whatever its number; a peer that really began anew answers
 * that with a RST which counts. */
static void established__syn_of_a_restarted_peer__challenged_then_reset(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "S 3000000000:3000000000(0) win 65535 <mss 1460>");
	we_send(&d, 20, ". 1:1(0) ack 1");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 30, "R 1:1(0)");
	reset_is_expected(&d, 30, TCP_FAILURE_RESET);
}

/* RFC 5961 7: ten in five seconds, and all kinds of challenges count together. */
static void challenges__of_every_kind__share_one_limit(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	for (int i = 0; i < 5; i++) {
		peer_sends(&d, 6000 + i, "R 200:200(0)");
		we_send(&d, 6000 + i, ". 1:1(0) ack 1");
		peer_sends(&d, 6000 + i, ". 1:1(0) ack 5000 win 65535");
		we_send(&d, 6000 + i, ". 1:1(0) ack 1");
	}
	peer_sends(&d, 6100, "R 200:200(0)");
	peer_sends(&d, 6101, ". 1:1(0) ack 5000 win 65535");
	peer_sends(&d, 6102, "S 100:100(0) win 65535");
	silence(&d, 10000, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 11100, "R 200:200(0)");
	we_send(&d, 11100, ". 1:1(0) ack 1");
	dialogue_end(&d);
}

/* RFC 5961 7 with 4.2: a SYN outside of the window is challenged, so it is throttled too. */
static void challenges__syn_outside_of_window__throttled(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	for (int i = 0; i < 10; i++) {
		peer_sends(&d, 6000 + i, "S 3000000000:3000000000(0) win 65535");
		we_send(&d, 6000 + i, ". 1:1(0) ack 1");
	}
	peer_sends(&d, 6500, "S 3000000000:3000000000(0) win 65535");
	silence(&d, 6500, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* MAY-12, RFC 5961 5.2: an acknowledgement older than the largest window ever offered is no good. */
static void established__ack_too_old__challenged_and_text_dropped(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);				      /* MAX.SND.WND is 65535 */
	peer_sends(&d, 20, "P. 1:101(100) ack 4294901761 win 65535"); /* SND.UNA - 65536 */
	we_send(&d, 20, ". 1:1(0) ack 1");
	assert_int_equal(d.delivered, 0);
	dialogue_end(&d);
}

/* ... and one within it is merely late: its text counts. */
static void established__ack_late__text_taken(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "P. 1:101(100) ack 4294901762 win 65535"); /* SND.UNA - 65535 */
	we_send(&d, 20, ". 1:1(0) ack 101");
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

static void waits_2_msl(struct tcp_config *cfg)
{
	cfg->time_wait_us = 2 * TCP_MSL_US;
}

/* TIME-WAIT from 40 ms on, both FINs acknowledged. */
static void in_time_wait(struct dialogue *d)
{
	dialogue_established(d, waits_2_msl);
	we_close(d, 20);
	we_send(d, 20, "F. 1:1(0) ack 1");
	peer_sends(d, 40, "F. 1:1(0) ack 2 win 65535");
	we_send(d, 40, ". 2:2(0) ack 2");
	silence(d, 40, TCP_STATE_TIME_WAIT);
}

/* RFC 1337 3, and MUST-13: an old RST does not cut the wait short, it lasts 2 MSL. */
static void time_wait__rst__waits_on(void **unused)
{
	struct dialogue d;

	in_time_wait(&d);
	peer_sends(&d, 1000, "R 2:2(0)");
	silence(&d, 60039, TCP_STATE_TIME_WAIT);
	reset_is_expected(&d, 60041, TCP_FAILURE_NONE);
}

/* RFC 5961 4.2, RFC 9293 3.10.7.4, fourth: no new connection begins here (MAY-2), whatever the number. */
static void time_wait__syn__challenge_ack(void **unused)
{
	struct dialogue d;

	in_time_wait(&d);
	peer_sends(&d, 1000, "S 90000:90000(0) win 65535 <mss 1460>");
	we_send(&d, 1000, ". 2:2(0) ack 2");
	silence(&d, 1000, TCP_STATE_TIME_WAIT);
	dialogue_end(&d);
}

/* RFC 9293 3.10.5 */
static void fin_wait_2_and_close_wait__abort__rst(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_close(&d, 20);
	we_send(&d, 20, "F. 1:1(0) ack 1");
	peer_sends(&d, 30, ". 1:1(0) ack 2 win 65535");
	we_abort(&d, 40);
	we_send(&d, 40, "R. 2:2(0) ack 1");
	reset_is_expected(&d, 60000, TCP_FAILURE_ABORTED);

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2");
	we_abort(&d, 40);
	we_send(&d, 40, "R. 1:1(0) ack 2");
	reset_is_expected(&d, 60000, TCP_FAILURE_ABORTED);
}

/* RFC 9293 3.10.5: both ends have closed, there is nobody to be told. */
static void last_ack_and_time_wait__abort__closed_without_a_segment(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2");
	we_close(&d, 30);
	we_send(&d, 30, "F. 1:1(0) ack 2");
	we_abort(&d, 40);
	reset_is_expected(&d, 60000, TCP_FAILURE_ABORTED);

	in_time_wait(&d);
	we_abort(&d, 50);
	reset_is_expected(&d, 60000, TCP_FAILURE_ABORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rst__with_text__counts_all_the_same),
		cmocka_unit_test(zero_window__rst_with_next_number__reset),
		cmocka_unit_test(zero_window__rst_with_text__reset),
		cmocka_unit_test(zero_window__rst_one_further__ignored),
		cmocka_unit_test(established__rst_with_the_last_number_in_window__challenge_ack),
		cmocka_unit_test(established__rst_at_the_edge_of_the_window__ignored),
		cmocka_unit_test(fin_wait_2_and_close_wait__rst__reset),
		cmocka_unit_test(syn_received__rst_elsewhere_in_window__challenge_ack),
		cmocka_unit_test(established__syn_of_a_restarted_peer__challenged_then_reset),
		cmocka_unit_test(challenges__of_every_kind__share_one_limit),
		cmocka_unit_test(challenges__syn_outside_of_window__throttled),
		cmocka_unit_test(established__ack_too_old__challenged_and_text_dropped),
		cmocka_unit_test(established__ack_late__text_taken),
		cmocka_unit_test(time_wait__rst__waits_on),
		cmocka_unit_test(time_wait__syn__challenge_ack),
		cmocka_unit_test(fin_wait_2_and_close_wait__abort__rst),
		cmocka_unit_test(last_ack_and_time_wait__abort__closed_without_a_segment),
	};

	return cmocka_run_group_tests_name("conform_reset", tests, NULL, NULL);
}
