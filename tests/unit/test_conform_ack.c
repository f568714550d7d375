/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_ack.c - RFC 9293 sections 3.8.5, 3.8.6.3 and 3.10.7.4, RFC 5681 section 4.2: what an
 * arriving segment may do, and when it is acknowledged. More of it is in test_conn_transfer.c; the table
 * is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "kit/dialogue.h"

#define AFTER_16 23361u /* the peer's next number after sixteen segments: from now on we delay */

static void established_and_delaying(struct dialogue *d)
{
	dialogue_established(d, NULL);
	peer_streams(d, 20, 16);
	assert_int_equal(d->delivered, AFTER_16 - 1);
}

/* SHLD-18, MUST-40: an acknowledgement may wait, for less than half a second. */
static void lone_segment__acknowledged_within_half_a_second(void **unused)
{
	struct dialogue d;

	established_and_delaying(&d);
	peer_sends(&d, 100, ". 23361:23461(100) ack 1 win 65535");
	silence(&d, 100, TCP_STATE_ESTABLISHED);
	we_send(&d, 140, ". 1:1(0) ack 23461");
	dialogue_end(&d);
}

/* SHLD-19: 2 * RMSS bytes of smaller segments are acknowledged too. */
static void small_segments__two_rmss_of_them__acknowledged(void **unused)
{
	struct dialogue d;

	established_and_delaying(&d);
	peer_sends(&d, 100, ". 23361:24361(1000) ack 1 win 65535");
	peer_sends(&d, 101, ". 24361:25361(1000) ack 1 win 65535");
	silence(&d, 101, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 102, ". 25361:26361(1000) ack 1 win 65535");
	we_send(&d, 102, ". 1:1(0) ack 26361");
	dialogue_end(&d);
}

/* MUST-58, MUST-59: segments that came together get one acknowledgement. */
static void segments_together__one_ack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1461(1460) ack 1 win 65535");
	peer_sends(&d, 20, ". 1461:2921(1460) ack 1 win 65535");
	peer_sends(&d, 20, ". 2921:4381(1460) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 4381");
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, seventh: an acknowledgement rides on text if that is soon there. */
static void delayed_ack__text_to_send__rides_on_it(void **unused)
{
	struct dialogue d;

	established_and_delaying(&d);
	peer_sends(&d, 100, ". 23361:23461(100) ack 1 win 65535");
	we_write(&d, 120, 10);
	we_send(&d, 120, "P. 1:11(10) ack 23461");
	peer_sends(&d, 130, ". 23461:23461(0) ack 11 win 65535");
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* MAY-13, SHLD-31, RFC 5681 4.2: out of order is acknowledged at once, by one segment, and kept; and so is
 * what fills a gap, in part or whole. */
static void out_of_order__ack_at_once__also_when_the_gap_is_filled(void **unused)
{
	struct dialogue d;

	established_and_delaying(&d);
	peer_sends(&d, 100, ". 26281:27741(1460) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 23361 <sack 26281:27741>");
	silence(&d, 101, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 101, ". 23361:24821(1460) ack 1 win 65535");
	we_send(&d, 101, ". 1:1(0) ack 24821 <sack 26281:27741>");
	peer_sends(&d, 102, ". 24821:26281(1460) ack 1 win 65535");
	we_send(&d, 102, ". 1:1(0) ack 27741 <>");
	assert_int_equal(d.delivered, 27740);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, eighth: a FIN is acknowledged without delay. */
static void fin__delaying__acknowledged_at_once(void **unused)
{
	struct dialogue d;

	established_and_delaying(&d);
	peer_sends(&d, 100, "F. 23361:23361(0) ack 1 win 65535");
	we_send(&d, 100, ". 1:1(0) ack 23362");
	silence(&d, 1000, TCP_STATE_CLOSE_WAIT);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, first: outside of the window is answered by an ACK, and dropped. */
static void text_outside_of_window__ack_and_no_more(void **unused)
{
	struct dialogue d;
	char line[80];
	unsigned edge;

	dialogue_established(&d, NULL);
	edge = dialogue_info(&d).rcv_wnd + 1;
	snprintf(line, sizeof(line), ". %u:%u(100) ack 1 win 0", edge, edge + 100);
	peer_sends(&d, 20, line);
	we_send(&d, 20, ". 1:1(0) ack 1 <>");
	peer_sends(&d, 30, ". 4294967000:4294967100(100) ack 1 win 0");
	we_send(&d, 30, ". 1:1(0) ack 1 <>");
	assert_int_equal(d.delivered, 0);
	assert_int_equal(dialogue_info(&d).snd_wnd, 65535);
	dialogue_end(&d);
}

/* ... and its first and last numbers are inside. */
static void text_at_the_end_of_window__is_kept(void **unused)
{
	struct dialogue d;
	char line[80], answer[80];
	unsigned edge;

	dialogue_established(&d, NULL);
	edge = dialogue_info(&d).rcv_wnd + 1;
	snprintf(line, sizeof(line), ". %u:%u(100) ack 1 win 65535", edge - 1, edge + 99);
	snprintf(answer, sizeof(answer), ". 1:1(0) ack 1 <sack %u:%u>", edge - 1, edge);
	peer_sends(&d, 20, line);
	we_send(&d, 20, answer);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, fifth: without ACK a segment is dropped, whatever else it says. */
static void no_ack_bit__dropped(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "P 1:101(100) win 65535");
	peer_sends(&d, 21, "F 1:1(0) win 65535");
	peer_sends(&d, 22, "U 1:11(10) win 0 urg 5");
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	assert_int_equal(d.delivered, 0);
	assert_int_equal(dialogue_info(&d).snd_wnd, 65535);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4: what is old in part is taken in part, a FIN behind it included. */
static void straddles_the_left_edge__with_fin__new_part_and_fin_taken(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 101");
	peer_sends(&d, 30, "F. 51:151(100) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 152");
	silence(&d, 30, TCP_STATE_CLOSE_WAIT);
	assert_int_equal(d.delivered, 150);
	dialogue_end(&d);
}

/* MUST-31, MUST-66, RFC 6093 4 and 6: urgent text of any length stays in line; where the pointer points,
 * sensibly or not, moves nothing. */
static void urgent__any_pointer__text_stays_in_line(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "U. 1:101(100) ack 1 win 65535 urg 50");
	we_send(&d, 20, ". 1:1(0) ack 101");
	peer_sends(&d, 21, "PU. 101:201(100) ack 1 win 65535 urg 0");
	we_send(&d, 21, ". 1:1(0) ack 201");
	peer_sends(&d, 22, "PU. 201:301(100) ack 1 win 65535 urg 65535");
	we_send(&d, 22, ". 1:1(0) ack 301");
	peer_sends(&d, 23, "U. 301:301(0) ack 1 win 65535 urg 1000");
	peer_sends(&d, 24, "P. 301:401(100) ack 1 win 65535");
	we_send(&d, 24, ". 1:1(0) ack 401");
	assert_int_equal(d.delivered, 400);
	dialogue_end(&d);
}

/* SHLD-13: we never send urgent text. */
static void our_text__is_never_urgent(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 3000);
	we_close(&d, 20);
	we_send(&d, 20, ".");
	assert_int_equal(d.last.urgent, 0);
	we_send(&d, 20, ".");
	we_send(&d, 20, "FP.");
	assert_int_equal(d.last.urgent, 0);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lone_segment__acknowledged_within_half_a_second),
		cmocka_unit_test(small_segments__two_rmss_of_them__acknowledged),
		cmocka_unit_test(segments_together__one_ack),
		cmocka_unit_test(delayed_ack__text_to_send__rides_on_it),
		cmocka_unit_test(out_of_order__ack_at_once__also_when_the_gap_is_filled),
		cmocka_unit_test(fin__delaying__acknowledged_at_once),
		cmocka_unit_test(text_outside_of_window__ack_and_no_more),
		cmocka_unit_test(text_at_the_end_of_window__is_kept),
		cmocka_unit_test(no_ack_bit__dropped),
		cmocka_unit_test(straddles_the_left_edge__with_fin__new_part_and_fin_taken),
		cmocka_unit_test(urgent__any_pointer__text_stays_in_line),
		cmocka_unit_test(our_text__is_never_urgent),
	};

	return cmocka_run_group_tests_name("conform_ack", tests, NULL, NULL);
}
