/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trace_handshake.c - the tracker on how connections begin, or do not. */
#include <stdio.h>

#include "observed.h"

static void closed__syn__takes_one_number(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0) win 64240 <mss 1460,sackOK,wscale 7>");
	assert_step(&o, SYN, SYN_SENT, LISTEN);
	assert_int_equal(o.step.number, 1);
	assert_int_equal(o.step.time_ns, 0);
	assert_int_equal(o.step.phase, TRACE_HANDSHAKE);
	assert_int_equal(o.step.seg.seq, 3626544836u);
	assert_int_equal(o.step.seq, 0);
	assert_seq(&o, "none");
	assert_ack(&o, "none");
	assert_next(&o, "1 = 0 + SYN, ok");
	assert_noted(&o, SYN_TAKES_ONE);
	assert_noted(&o, RELATIVE_NUMBERS);
	observe_end(&o);
}

static void syn_sent__syn_ack__acknowledges_the_syn(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 1");
	assert_step(&o, SYN_ACK, SYN_SENT, SYN_RECEIVED);
	assert_int_equal(o.step.seg.ack, 3626544837u);
	assert_ack(&o, "1 = 0 + SYN of 1, ok");
	assert_next(&o, "1 = 0 + SYN, ok");
	assert_noted(&o, SYN_ACK_CHECKED);
	observe_end(&o);
}

/* The third segment's seq is the client's initial number + 1, not the server's. */
static void syn_received__ack__establishes_both(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_handshake(&o);
	assert_step(&o, HANDSHAKE_ACK, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.phase, TRACE_HANDSHAKE);
	assert_int_equal(o.step.seg.seq, 3626544837u);
	assert_int_equal(o.step.seg.ack, 1739326487u);
	assert_seq(&o, "1 = 0 + SYN of 1, ok");
	assert_ack(&o, "1 = 0 + SYN of 2, ok");
	assert_next(&o, "none");
	assert_int_equal(o.step.change_count, 2);
	assert_noted(&o, THIRD_SEQ);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.handshake_ns, 2 * NS_PER_MS);
	assert_int_equal(sum.rtt_ns, NS_PER_MS);
	assert_int_equal(sum.wrong_equations, 0);
	assert_true(sum.isn_known[0] && sum.isn_known[1]);
	assert_int_equal(sum.isn[TRACE_SERVER], 1739326486u);
	observe_end(&o);
}

static void syn_sent__syn_again__counts_and_measures_no_round_trip(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	o.next.after_ms = 1000;
	client(&o, "S 0:0(0)");
	assert_step(&o, SYN, SYN_SENT, LISTEN);
	assert_int_equal(o.step.times_sent, 2);
	assert_noted(&o, SYN_AGAIN);
	assert_next(&o, "1 = 0 + SYN, old");
	o.next.after_ms = 2000;
	client(&o, "S 0:0(0)");
	assert_int_equal(o.step.times_sent, 3);
	assert_noted(&o, SYN_AGAIN);
	server(&o, "S. 0:0(0) ack 1");
	assert_ack(&o, "1 = 0 + SYN of 1, ok");
	client(&o, ". 1:1(0) ack 1");
	trace_summary(o.t, &sum);
	assert_int_equal(sum.rtt_ns, -1);
	assert_int_equal(sum.retransmissions[TRACE_CLIENT], 2);
	assert_int_equal(sum.handshake_ns, 3002 * NS_PER_MS);
	observe_end(&o);
}

static void syn_sent__rst__is_refused(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	o.isn[TRACE_SERVER] = 0; /* a host without the connection has no numbers of its own */
	server(&o, "R. 0:0(0) ack 1");
	assert_step(&o, RST, CLOSED, CLOSED);
	assert_false(o.step.has_relative);
	assert_true(o.step.has_relative_ack);
	assert_ack(&o, "1 = 0 + SYN of 1, ok");
	assert_noted(&o, REFUSED);
	assert_not_noted(&o, RST_IN_FLIGHT);
	assert_int_equal(o.step.phase, TRACE_HANDSHAKE);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.closing, TRACE_CLOSING_RESET);
	observe_end(&o);
}

/* RFC 9293 section 3.10.7.3: a reset that does not acknowledge the SYN is a stranger's. */
static void syn_sent__rst_without_our_number__is_ignored(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "R. 0:0(0) ack 900");
	assert_step(&o, RST, SYN_SENT, LISTEN);
	assert_noted(&o, RST_IGNORED);
	assert_ack(&o, "900 = 1, wrong");
	server(&o, "R 0:0(0)");
	assert_step(&o, RST, SYN_SENT, LISTEN);
	observe_end(&o);
}

static void syn_sent__wrong_ack__moves_nothing(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 2");
	assert_step(&o, SYN_ACK, SYN_SENT, LISTEN);
	assert_ack(&o, "2 = 1, wrong");
	assert_noted(&o, ACK_UNSENT);
	server(&o, "S. 0:0(0) ack 0"); /* not even the SYN */
	assert_step(&o, SYN_ACK, SYN_SENT, LISTEN);
	assert_ack(&o, "0 = 1, wrong");
	trace_summary(o.t, &sum);
	assert_int_equal(sum.wrong_equations, 2);
	observe_end(&o);
}

static void syn_received__kernel_rst__is_told_apart(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 1");
	o.next.kernel = true;
	client(&o, "R 1:1(0)");
	assert_step(&o, RST, SYN_SENT, LISTEN); /* a passive open goes back to LISTEN */
	assert_noted(&o, KERNEL_RST);
	assert_not_noted(&o, RST_IN_FLIGHT);
	observe_end(&o);
}

/* The third segment is lost: the server asks again, and gets it again. */
static void established__syn_ack_again__was_not_established(void **unused)
{
	struct observed o;

	observe_handshake(&o);
	server(&o, "S. 0:0(0) ack 1 <mss 1460,sackOK>");
	assert_step(&o, SYN_ACK, ESTABLISHED, SYN_RECEIVED);
	assert_int_equal(o.step.times_sent, 2);
	assert_noted(&o, RETRANSMITTED);
	assert_noted(&o, ACK_LOST);
	client(&o, ". 1:1(0) ack 1");
	assert_step(&o, HANDSHAKE_ACK, ESTABLISHED, ESTABLISHED);
	assert_ack(&o, "1 = 0 + SYN of 2, old");
	observe_end(&o);
}

/* RFC 9293 figure 7: SYNs cross, each end answers with SYN,ACK. */
static void syn_sent__syn__is_a_simultaneous_open(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S 0:0(0)");
	assert_step(&o, SYN, SYN_SENT, SYN_SENT);
	assert_noted(&o, SIMULTANEOUS_OPEN);
	client(&o, "S. 0:0(0) ack 1");
	assert_step(&o, SYN_ACK, SYN_RECEIVED, SYN_SENT);
	server(&o, "S. 0:0(0) ack 1");
	assert_step(&o, SYN_ACK, ESTABLISHED, SYN_RECEIVED);
	client(&o, "P. 1:11(10) ack 1");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.phase, TRACE_TRANSFER);
	assert_ack(&o, "1 = 0 + SYN of 2, old");
	observe_end(&o);
}

static void handshake_ack__with_text__is_still_the_third_segment(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	server(&o, "S. 0:0(0) ack 1");
	client(&o, "P. 1:75(74) ack 1");
	assert_step(&o, HANDSHAKE_ACK, ESTABLISHED, ESTABLISHED);
	assert_next(&o, "75 = 1 + 74, ok");
	server(&o, ". 1:1(0) ack 75");
	assert_ack(&o, "75 = 1 + 74 of 3, ok");
	observe_end(&o);
}

static void windows__scaled__when_both_offer(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0) win 1000 <wscale 7>");
	assert_int_equal(o.step.window, 1000);
	server(&o, "S. 0:0(0) ack 1 win 2000 <wscale 200>");
	assert_int_equal(o.step.window, 2000);
	client(&o, ". 1:1(0) ack 1 win 3000");
	assert_true(o.step.window_known);
	assert_int_equal(o.step.window, 3000 << 7);
	server(&o, ". 1:1(0) ack 1 win 65535"); /* RFC 7323 2.3: more than 14 counts as 14 */
	assert_int_equal(o.step.window, 65535u << 14);
	observe_end(&o);

	observe_begin(&o);
	client(&o, "S 0:0(0) win 1000 <wscale 7>");
	server(&o, "S. 0:0(0) ack 1 win 2000");
	client(&o, ". 1:1(0) ack 1 win 3000");
	assert_int_equal(o.step.window, 3000);
	observe_end(&o);
}

static void middle__first_numbers_count_as_one(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_begin(&o);
	server(&o, "P. 5000:5100(100) ack 700");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, MIDDLE);
	assert_int_equal(o.step.phase, TRACE_TRANSFER);
	assert_int_equal(o.step.seq, 1);
	assert_int_equal(o.step.ack, 1);
	assert_false(o.step.window_known);
	assert_seq(&o, "1 = 1, unknown");
	assert_ack(&o, "1 = 1, unknown");
	client(&o, ". 700:700(0) ack 5100");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	assert_seq(&o, "1 = 1, ok"); /* as the other end's ack said */
	assert_ack(&o, "101 = 1 + 100 of 1, ok");
	client(&o, ". 700:700(0) ack 5200"); /* of text that was there before the capture */
	assert_ack(&o, "201 = 201, unknown");
	server(&o, "P. 5200:5210(10) ack 700");
	assert_seq(&o, "201 = 201, ok");
	trace_summary(o.t, &sum);
	assert_false(sum.isn_known[0] || sum.isn_known[1]);
	assert_int_equal(sum.handshake_ns, -1);
	assert_int_equal(sum.wrong_equations, 0);
	observe_end(&o);
}

static void middle__begins_with_syn_ack__knows_both_numbers(void **unused)
{
	struct observed o;

	observe_begin(&o);
	server(&o, "S. 0:0(0) ack 1");
	assert_step(&o, SYN_ACK, SYN_SENT, SYN_RECEIVED);
	assert_ack(&o, "1 = 1, unknown");
	client(&o, ". 1:1(0) ack 1");
	assert_step(&o, HANDSHAKE_ACK, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.seq, 1);
	assert_seq(&o, "1 = 1, ok");
	observe_end(&o);
}

static void syn_ack_not_captured__handshake_goes_on(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	client(&o, ". 1:1(0) ack 1");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	assert_ack(&o, "1 = 1, unknown");
	server(&o, "P. 1:11(10) ack 1");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_seq(&o, "1 = 1, ok");
	observe_end(&o);
}

/* The same ports again, as a client that closed does. */
static void closed__new_syn__begins_anew(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "R. 75:75(0) ack 313");
	o.isn[TRACE_CLIENT] += 1000000;
	o.isn[TRACE_SERVER] += 5;
	client(&o, "S 0:0(0)");
	assert_step(&o, SYN, SYN_SENT, LISTEN);
	assert_noted(&o, NEW_CONNECTION);
	assert_int_equal(o.step.seq, 0);
	assert_int_equal(o.step.times_sent, 1);
	server(&o, "S. 0:0(0) ack 1");
	assert_ack(&o, "1 = 0 + SYN of 9, ok");
	client(&o, ". 1:1(0) ack 1");
	assert_step(&o, HANDSHAKE_ACK, ESTABLISHED, ESTABLISHED);
	observe_end(&o);
}

static void established__syn_with_other_number__is_a_stray(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, "S 5000:5000(0)");
	assert_step(&o, SYN, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, OUT_OF_WINDOW);
	assert_seq(&o, "5000 = 75, wrong");
	client(&o, "P. 75:85(10) ack 313");
	assert_seq(&o, "75 = 1 + 74 of 4, ok");
	observe_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed__syn__takes_one_number),
		cmocka_unit_test(syn_sent__syn_ack__acknowledges_the_syn),
		cmocka_unit_test(syn_received__ack__establishes_both),
		cmocka_unit_test(syn_sent__syn_again__counts_and_measures_no_round_trip),
		cmocka_unit_test(syn_sent__rst__is_refused),
		cmocka_unit_test(syn_sent__rst_without_our_number__is_ignored),
		cmocka_unit_test(syn_sent__wrong_ack__moves_nothing),
		cmocka_unit_test(syn_received__kernel_rst__is_told_apart),
		cmocka_unit_test(established__syn_ack_again__was_not_established),
		cmocka_unit_test(syn_sent__syn__is_a_simultaneous_open),
		cmocka_unit_test(handshake_ack__with_text__is_still_the_third_segment),
		cmocka_unit_test(windows__scaled__when_both_offer),
		cmocka_unit_test(middle__first_numbers_count_as_one),
		cmocka_unit_test(middle__begins_with_syn_ack__knows_both_numbers),
		cmocka_unit_test(syn_ack_not_captured__handshake_goes_on),
		cmocka_unit_test(closed__new_syn__begins_anew),
		cmocka_unit_test(established__syn_with_other_number__is_a_stray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
