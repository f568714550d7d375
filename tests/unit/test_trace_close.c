/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trace_close.c - the tracker on every way in which a connection ends. */
#include <stdio.h>

#include "observed.h"

static void assert_closing(const struct observed *o, enum trace_closing closing,
			   enum trace_end first)
{
	struct trace_summary sum;

	trace_summary(o->t, &sum);
	assert_string_equal(trace_closing_name(sum.closing), trace_closing_name(closing));
	assert_true(sum.first_fin_known);
	assert_int_equal(sum.first_fin, first);
	assert_int_equal(sum.wrong_equations, 0);
}

/* SEEDS: FIN seq=u, ACK u+1, FIN seq=w, ACK w+1. */
static void established__client_closes_first__four_segments(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	assert_step(&o, FIN, FIN_WAIT_1, ESTABLISHED);
	assert_int_equal(o.step.phase, TRACE_CLOSE);
	assert_seq(&o, "75 = 1 + 74 of 4, ok");
	assert_next(&o, "76 = 75 + FIN, ok");
	assert_noted(&o, FIN_TAKES_ONE);
	assert_noted(&o, EVERY_SEGMENT_ACKS);
	server(&o, ". 313:313(0) ack 76");
	assert_step(&o, FIN_ACK, FIN_WAIT_2, CLOSE_WAIT);
	assert_ack(&o, "76 = 75 + FIN of 8, ok");
	assert_noted(&o, HALF_CLOSED);
	assert_noted(&o, CLOSE_WAIT);
	assert_int_equal(o.step.changes[0].end, TRACE_SERVER); /* the sender's change first */
	server(&o, "F. 313:313(0) ack 76");
	assert_step(&o, FIN, FIN_WAIT_2, LAST_ACK);
	assert_closing(&o, TRACE_CLOSING_OPEN, TRACE_CLIENT);
	client(&o, ". 76:76(0) ack 314");
	assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
	assert_ack(&o, "314 = 313 + FIN of 10, ok");
	assert_noted(&o, FOUR_SEGMENTS);
	assert_noted(&o, TIME_WAIT);
	assert_closing(&o, TRACE_CLOSING_FOUR, TRACE_CLIENT);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.close_ns, 3 * NS_PER_MS);
	assert_int_equal(sum.transfer_ns, 5 * NS_PER_MS);
	observe_end(&o);
}

static void fin_wait_1__fin_with_ack__three_segments(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, "F. 313:313(0) ack 76");
	assert_step(&o, FIN, FIN_WAIT_2, LAST_ACK);
	assert_int_equal(o.step.change_count, 3);
	assert_noted(&o, THREE_SEGMENTS);
	assert_not_noted(&o, HALF_CLOSED);
	client(&o, ". 76:76(0) ack 314");
	assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
	assert_not_noted(&o, FOUR_SEGMENTS);
	assert_closing(&o, TRACE_CLOSING_THREE, TRACE_CLIENT);
	observe_end(&o);
}

static void established__server_closes_first__time_wait_is_its(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, "F. 313:313(0) ack 75");
	assert_step(&o, FIN, ESTABLISHED, FIN_WAIT_1);
	assert_noted(&o, SERVER_CLOSES_FIRST);
	client(&o, ". 75:75(0) ack 314");
	assert_step(&o, FIN_ACK, CLOSE_WAIT, FIN_WAIT_2);
	client(&o, "F. 75:75(0) ack 314");
	assert_step(&o, FIN, LAST_ACK, FIN_WAIT_2);
	server(&o, ". 314:314(0) ack 76");
	assert_step(&o, FIN_ACK, CLOSED, TIME_WAIT);
	assert_closing(&o, TRACE_CLOSING_FOUR, TRACE_SERVER);
	observe_end(&o);
}

/* HTTP/1.0: the FIN comes with the last bytes. */
static void established__fin_with_text__counts_both(void **unused)
{
	struct observed o;

	observe_handshake(&o);
	client(&o, "P. 1:75(74) ack 1");
	server(&o, "FP. 1:313(312) ack 75");
	assert_step(&o, FIN, ESTABLISHED, FIN_WAIT_1);
	assert_next(&o, "314 = 1 + 312 + FIN, ok");
	client(&o, ". 75:75(0) ack 314");
	assert_step(&o, FIN_ACK, CLOSE_WAIT, FIN_WAIT_2);
	assert_ack(&o, "314 = 1 + 312 + FIN of 5, ok");
	observe_end(&o);
}

static void fin_wait_2__server_sends_on__half_closed(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, ". 313:313(0) ack 76");
	server(&o, "P. 313:413(100) ack 76");
	assert_step(&o, DATA, FIN_WAIT_2, CLOSE_WAIT);
	assert_int_equal(o.step.phase, TRACE_CLOSE);
	client(&o, ". 76:76(0) ack 413");
	assert_step(&o, ACK, FIN_WAIT_2, CLOSE_WAIT);
	assert_seq(&o, "76 = 75 + FIN of 8, ok");
	assert_ack(&o, "413 = 313 + 100 of 10, ok");
	server(&o, "F. 413:413(0) ack 76");
	client(&o, ". 76:76(0) ack 414");
	assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
	assert_no_problem(&o);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.text[TRACE_SERVER], 412);
	observe_end(&o);
}

/* RFC 9293 figure 13. */
static void fin_wait_1__fins_cross__simultaneous_close(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, "F. 313:313(0) ack 75");
	assert_step(&o, FIN, FIN_WAIT_1, FIN_WAIT_1);
	assert_noted(&o, BOTH_CLOSED);
	assert_not_noted(&o, SERVER_CLOSES_FIRST);
	client(&o, ". 76:76(0) ack 314");
	assert_step(&o, FIN_ACK, CLOSING, TIME_WAIT);
	assert_int_equal(o.step.change_count, 3); /* the server's way leads through CLOSING too */
	server(&o, ". 314:314(0) ack 76");
	assert_step(&o, FIN_ACK, TIME_WAIT, TIME_WAIT);
	assert_closing(&o, TRACE_CLOSING_SIMULTANEOUS, TRACE_CLIENT);
	observe_end(&o);
}

static void fin_wait_1__fin_again__is_counted(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	client(&o, "F. 75:75(0) ack 313");
	assert_step(&o, FIN, FIN_WAIT_1, ESTABLISHED);
	assert_int_equal(o.step.times_sent, 2);
	assert_noted(&o, RETRANSMITTED);
	assert_not_noted(&o, ACK_LOST);
	assert_next(&o, "76 = 75 + FIN, old");
	server(&o, ". 313:313(0) ack 76");
	assert_step(&o, FIN_ACK, FIN_WAIT_2, CLOSE_WAIT);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.retransmissions[TRACE_CLIENT], 1);
	observe_end(&o);
}

/* What TIME-WAIT is for: the last ACK is lost, the FIN comes again, and somebody answers. */
static void closed__fin_again__was_in_last_ack(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, ". 313:313(0) ack 76");
	server(&o, "F. 313:313(0) ack 76");
	client(&o, ". 76:76(0) ack 314");
	assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
	server(&o, "F. 313:313(0) ack 76");
	assert_step(&o, FIN, TIME_WAIT, LAST_ACK);
	assert_noted(&o, ACK_LOST);
	assert_int_equal(o.step.change_count, 0); /* a correction is no transition */
	client(&o, ". 76:76(0) ack 314");
	assert_step(&o, ACK, TIME_WAIT, CLOSED);
	assert_ack(&o, "314 = 313 + FIN of 10, old");
	observe_end(&o);
}

static void fin_wait_2__fin_again__was_in_fin_wait_1(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, ". 313:313(0) ack 76");
	client(&o, "F. 75:75(0) ack 313");
	assert_step(&o, FIN, FIN_WAIT_1, CLOSE_WAIT);
	assert_noted(&o, ACK_LOST);
	assert_noted(&o, SPURIOUS);
	server(&o, ". 313:313(0) ack 76");
	assert_step(&o, ACK, FIN_WAIT_2, CLOSE_WAIT);
	observe_end(&o);
}

static void established__rst__closes_both(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	server(&o, "R. 313:313(0) ack 75");
	assert_step(&o, RST, CLOSED, CLOSED);
	assert_noted(&o, RST_IN_FLIGHT);
	assert_not_noted(&o, REFUSED);
	assert_int_equal(o.step.phase, TRACE_CLOSE);
	assert_seq(&o, "313 = 1 + 312 of 6, ok");
	assert_next(&o, "none");
	trace_summary(o.t, &sum);
	assert_int_equal(sum.closing, TRACE_CLOSING_RESET);
	server(&o, "P. 313:413(100) ack 75"); /* a straggler opens nothing */
	assert_step(&o, DATA, CLOSED, CLOSED);
	client(&o, "R 75:75(0)");
	assert_step(&o, RST, CLOSED, CLOSED);
	assert_not_noted(&o, RST_IN_FLIGHT);
	observe_end(&o);
}

/* A kernel without the connection takes the number from the segment that it answers: what was
 * acknowledged, not what was sent. */
static void established__rst_at_the_acknowledged_number__counts(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, "P. 313:413(100) ack 75");
	server(&o, "R 313:313(0)");
	assert_step(&o, RST, CLOSED, CLOSED);
	assert_seq(&o, "313 = 313, ok");
	observe_end(&o);
}

/* RFC 5961 section 3.2: in the window, but not exact. */
static void established__rst_in_the_window__does_not_count(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, "R. 400:400(0) ack 75");
	assert_step(&o, RST, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, RST_IGNORED);
	assert_seq(&o, "400 = 313, ahead");
	o.isn[TRACE_SERVER] += 1u << 30;
	server(&o, "R. 400:400(0) ack 75");
	assert_step(&o, RST, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, RST_IGNORED);
	assert_int_equal(equation_of(&o, TRACE_EQ_SEQ)->verdict, TRACE_WRONG);
	observe_end(&o);
}

/* A host that is through with the connection answers an old duplicate with an old number. */
static void time_wait__rst_to_an_old_duplicate__is_no_error(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, "F. 313:313(0) ack 76");
	client(&o, ". 76:76(0) ack 314");
	server(&o, "R 1:1(0)");
	assert_step(&o, RST, TIME_WAIT, CLOSED);
	assert_seq(&o, "1 = 314, old");
	assert_not_noted(&o, RST_IN_FLIGHT);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.wrong_equations, 0);
	assert_int_equal(sum.closing, TRACE_CLOSING_THREE);
	observe_end(&o);
}

/* RFC 9293 section 3.10.7.4, first check: an old segment is dropped, with the acknowledgement in it.
 * That its sender has the FIN is shown all the same. */
static void fin_wait_1__ack_in_an_old_segment__moves_its_sender_only(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, "P. 1:313(312) ack 76");
	assert_step(&o, RETRANSMISSION, FIN_WAIT_1, CLOSE_WAIT);
	server(&o, ". 313:313(0) ack 76");
	assert_step(&o, ACK, FIN_WAIT_2, CLOSE_WAIT);
	observe_end(&o);
}

/* A FIN stuck behind a gap has not arrived, however long ago it was sent. */
static void fin_wait_1__crossing_fin_behind_a_gap__is_no_closing(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	server(&o, "F. 413:413(0) ack 75");
	assert_step(&o, FIN, FIN_WAIT_1, FIN_WAIT_1);
	server(&o, ". 414:414(0) ack 76");
	assert_step(&o, FIN_ACK, FIN_WAIT_2, CLOSING);
	server(&o, "P. 313:413(100) ack 76");
	client(&o, ". 76:76(0) ack 414");
	assert_step(&o, FIN_ACK, TIME_WAIT, TIME_WAIT);
	observe_end(&o);
}

static void fin_wait_1__text_after_fin__is_wrong(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "F. 75:75(0) ack 313");
	client(&o, "P. 76:86(10) ack 313");
	assert_noted(&o, DATA_AFTER_FIN);
	assert_seq(&o, "76 = 76, wrong");
	server(&o, ". 313:313(0) ack 76");
	assert_step(&o, FIN_ACK, FIN_WAIT_2, CLOSE_WAIT);
	client(&o, ". 76:76(0) ack 313"); /* an ACK there is right */
	assert_seq(&o, "76 = 75 + FIN of 8, ok");
	observe_end(&o);
}

static void syn_received__fin__goes_to_fin_wait_1(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 1");
	server(&o, "F. 1:1(0) ack 1");
	assert_step(&o, FIN, SYN_SENT, FIN_WAIT_1);
	client(&o, ". 1:1(0) ack 2");
	assert_step(&o, HANDSHAKE_ACK, CLOSE_WAIT, FIN_WAIT_2);
	observe_end(&o);
}

static void established__fin_with_the_third_segment(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 1");
	client(&o, "F. 1:1(0) ack 1");
	assert_step(&o, HANDSHAKE_ACK, FIN_WAIT_1, ESTABLISHED);
	assert_int_equal(o.step.phase, TRACE_CLOSE);
	server(&o, "F. 1:1(0) ack 2");
	client(&o, ". 2:2(0) ack 2");
	assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
	observe_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__client_closes_first__four_segments),
		cmocka_unit_test(fin_wait_1__fin_with_ack__three_segments),
		cmocka_unit_test(established__server_closes_first__time_wait_is_its),
		cmocka_unit_test(established__fin_with_text__counts_both),
		cmocka_unit_test(fin_wait_2__server_sends_on__half_closed),
		cmocka_unit_test(fin_wait_1__fins_cross__simultaneous_close),
		cmocka_unit_test(fin_wait_1__fin_again__is_counted),
		cmocka_unit_test(closed__fin_again__was_in_last_ack),
		cmocka_unit_test(fin_wait_2__fin_again__was_in_fin_wait_1),
		cmocka_unit_test(established__rst__closes_both),
		cmocka_unit_test(established__rst_at_the_acknowledged_number__counts),
		cmocka_unit_test(established__rst_in_the_window__does_not_count),
		cmocka_unit_test(time_wait__rst_to_an_old_duplicate__is_no_error),
		cmocka_unit_test(fin_wait_1__ack_in_an_old_segment__moves_its_sender_only),
		cmocka_unit_test(fin_wait_1__crossing_fin_behind_a_gap__is_no_closing),
		cmocka_unit_test(fin_wait_1__text_after_fin__is_wrong),
		cmocka_unit_test(syn_received__fin__goes_to_fin_wait_1),
		cmocka_unit_test(established__fin_with_the_third_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
