/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trace_transfer.c - the tracker on data: in order, lost, overtaken, sent again, stopped. */
#include <stdio.h>

#include "observed.h"

static void established__data_and_acks__count_by_length(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_handshake(&o);
	client(&o, "P. 1:75(74) ack 1");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.phase, TRACE_TRANSFER);
	assert_seq(&o, "1 = 0 + SYN of 1, ok"); /* the ACK before it took no number */
	assert_ack(&o, "1 = 0 + SYN of 2, old");
	assert_next(&o, "75 = 1 + 74, ok");
	assert_noted(&o, ACK_TAKES_NONE);
	assert_noted(&o, TEXT_IS_CARRIED);
	server(&o, ". 1:1(0) ack 75");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	assert_ack(&o, "75 = 1 + 74 of 4, ok");
	assert_noted(&o, DATA_ACK);
	server(&o, "P. 1:313(312) ack 75");
	assert_ack(&o, "75 = 1 + 74 of 4, old");
	client(&o, ". 75:75(0) ack 313");
	assert_seq(&o, "75 = 1 + 74 of 4, ok");
	assert_ack(&o, "313 = 1 + 312 of 6, ok");
	assert_no_problem(&o);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.text[TRACE_CLIENT], 74);
	assert_int_equal(sum.text[TRACE_SERVER], 312);
	assert_int_equal(sum.segments[TRACE_CLIENT], 4);
	assert_int_equal(sum.segments[TRACE_SERVER], 3);
	assert_int_equal(sum.retransmissions[0] + sum.retransmissions[1], 0);
	observe_end(&o);
}

static void data__one_ack_for_several__names_them(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, ". 313:1773(1460) ack 75");
	server(&o, ". 1773:3233(1460) ack 75");
	assert_noted(&o, PIPELINE);
	server(&o, ". 3233:4693(1460) ack 75");
	assert_not_noted(&o, PIPELINE); /* a lesson is told once */
	client(&o, ". 75:75(0) ack 3233");
	assert_ack(&o, "3233 = 313 + 2920 of 8-9, ok");
	assert_noted(&o, CUMULATIVE_ACK);
	client(&o, ". 75:75(0) ack 4693");
	assert_ack(&o, "4693 = 3233 + 1460 of 10, ok");
	observe_end(&o);
}

/* Offload: one frame holds three segments, and the ACK falls inside of it. */
static void merged_frame__ack_inside__counts_a_part(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, ". 313:4693(4380) ack 75");
	assert_noted(&o, MERGED_FRAME);
	client(&o, ". 75:75(0) ack 3233");
	assert_ack(&o, "3233 = 313 + 2920 of 8 partly, ok");
	server(&o, ". 4693:6153(1460) ack 75");
	client(&o, ". 75:75(0) ack 5000");
	assert_ack(&o, "5000 = 3233 + 1767 of 8-10, ok");
	o.next.mtu_text = 1000;
	server(&o, ". 6153:7613(1460) ack 75");
	assert_not_noted(&o, MERGED_FRAME);
	observe_end(&o);
}

static void data__again__is_a_retransmission(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_handshake(&o);
	client(&o, "P. 1:75(74) ack 1");
	client(&o, "P. 1:75(74) ack 1");
	assert_step(&o, RETRANSMISSION, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.times_sent, 2);
	assert_seq(&o, "1 = 75, old");
	assert_next(&o, "75 = 1 + 74, old");
	assert_noted(&o, RETRANSMITTED);
	assert_not_noted(&o, SPURIOUS);
	client(&o, "P. 1:75(74) ack 1");
	assert_int_equal(o.step.times_sent, 3);
	server(&o, ". 1:1(0) ack 75");
	client(&o, "P. 1:75(74) ack 1");
	assert_noted(&o, SPURIOUS);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.text[TRACE_CLIENT], 74);
	assert_int_equal(sum.text_again[TRACE_CLIENT], 3 * 74);
	assert_int_equal(sum.retransmissions[TRACE_CLIENT], 3);
	observe_end(&o);
}

static void data__overlapping__is_partly_new(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_handshake(&o);
	client(&o, "P. 1:101(100) ack 1");
	client(&o, "P. 51:151(100) ack 1");
	assert_step(&o, RETRANSMISSION, ESTABLISHED, ESTABLISHED);
	assert_next(&o, "151 = 51 + 100, ok");
	server(&o, ". 1:1(0) ack 151");
	assert_ack(&o, "151 = 1 + 150 of 4-5, ok");
	trace_summary(o.t, &sum);
	assert_int_equal(sum.text[TRACE_CLIENT], 150);
	assert_int_equal(sum.text_again[TRACE_CLIENT], 50);
	observe_end(&o);
}

static void gap__then_filled__is_out_of_order(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	server(&o, ". 1773:3233(1460) ack 75");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_seq(&o, "1773 = 313, ahead");
	assert_noted(&o, GAP);
	client(&o, ". 75:75(0) ack 313 <sack 1773:3233>");
	assert_step(&o, DUPLICATE_ACK, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, DUPLICATE_ACK);
	assert_noted(&o, SACK);
	server(&o, ". 313:1773(1460) ack 75");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, OUT_OF_ORDER);
	assert_not_noted(&o, RETRANSMITTED);
	server(&o, ". 313:1773(1460) ack 75"); /* now it is one */
	assert_step(&o, RETRANSMISSION, ESTABLISHED, ESTABLISHED);
	client(&o, ". 75:75(0) ack 3233");
	assert_int_equal(equation_of(&o, TRACE_EQ_ACK)->verdict, TRACE_OK);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.out_of_order[TRACE_SERVER], 1);
	assert_int_equal(sum.duplicate_acks[TRACE_CLIENT], 1);
	assert_int_equal(sum.text[TRACE_SERVER], 312 + 2920);
	observe_end(&o);
}

/* The receiver acknowledges what only the capture missed: then the hole is no hole. */
static void gap__acknowledged__was_only_not_captured(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, ". 1773:3233(1460) ack 75");
	client(&o, ". 75:75(0) ack 3233");
	assert_ack(&o, "3233 = 313 + 2920, ok"); /* not all of it in a step that was seen */
	server(&o, ". 313:1773(1460) ack 75");
	assert_step(&o, RETRANSMISSION, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, SPURIOUS);
	observe_end(&o);
}

/* RFC 5681 section 2, each of (a) to (e) failing once. */
static void duplicate_ack__by_its_definition_only(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, ". 75:75(0) ack 313"); /* (a) nothing is outstanding */
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	server(&o, ". 313:1773(1460) ack 75");
	client(&o, "P. 75:85(10) ack 313"); /* (b) it has data */
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	client(&o, ". 85:85(0) ack 100"); /* (d) an older number */
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	assert_ack(&o, "100 = 313, old");
	client(&o, ". 85:85(0) ack 313 win 60000"); /* (e) another window */
	assert_step(&o, WINDOW_UPDATE, ESTABLISHED, ESTABLISHED);
	client(&o, ". 85:85(0) ack 313 win 60000");
	assert_step(&o, DUPLICATE_ACK, ESTABLISHED, ESTABLISHED);
	client(&o,
	       ". 85:85(0) ack 313 win 61000 <sack 1000:1773>"); /* RFC 6675: SACK instead of (e) */
	assert_step(&o, DUPLICATE_ACK, ESTABLISHED, ESTABLISHED);
	client(&o, ". 85:85(0) ack 313 win 60000 <sack 1:100>"); /* RFC 2883: no gap */
	assert_step(&o, WINDOW_UPDATE, ESTABLISHED, ESTABLISHED);
	client(&o, "F. 85:85(0) ack 313 win 60000"); /* (c) it has a FIN */
	assert_step(&o, FIN, FIN_WAIT_1, ESTABLISHED);
	observe_end(&o);
}

static void zero_window__is_probed_and_opens(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	server(&o, ". 313:1773(1460) ack 75");
	client(&o, ". 75:75(0) ack 1773 win 0");
	assert_noted(&o, ZERO_WINDOW);
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	server(&o, ". 1772:1772(0) ack 75"); /* as Linux asks */
	assert_step(&o, WINDOW_PROBE, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, WINDOW_PROBE);
	client(&o, ". 75:75(0) ack 1773 win 0");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	assert_not_noted(&o, ZERO_WINDOW);   /* still closed, no news */
	server(&o, ". 1773:1774(1) ack 75"); /* as RFC 9293 3.8.6.1 asks: a byte */
	assert_step(&o, WINDOW_PROBE, ESTABLISHED, ESTABLISHED);
	assert_not_noted(&o, WINDOW_EXCEEDED);
	client(&o, ". 75:75(0) ack 1773 win 0");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	server(&o, ". 1773:1774(1) ack 75");
	assert_step(&o, WINDOW_PROBE, ESTABLISHED, ESTABLISHED);
	client(&o, ". 75:75(0) ack 1773 win 20000");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED); /* an answer, though it opens the window */
	server(&o, ". 1773:3233(1460) ack 75");
	assert_step(&o, RETRANSMISSION, ESTABLISHED,
		    ESTABLISHED); /* the byte is sent again with it */
	assert_not_noted(&o, WINDOW_EXCEEDED);
	observe_end(&o);
}

/* The probe's byte was lost before the capture: the next ACK stands one beyond the closed window. */
static void zero_window__lost_probe__is_a_gap(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0) win 100 <mss 1460>");
	server(&o, "S. 0:0(0) ack 1 win 2000 <mss 1460>");
	client(&o, ". 1:1(0) ack 1 win 100");
	server(&o, "P. 1:101(100) ack 1");
	client(&o, ". 1:1(0) ack 101 win 0");
	server(&o, ". 102:102(0) ack 1");
	assert_seq(&o, "102 = 101, ahead");
	assert_noted(&o, GAP);
	observe_end(&o);
}

static void window_update__without_probe__is_named(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, ". 75:75(0) ack 313 win 100");
	assert_step(&o, WINDOW_UPDATE, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, WINDOW_UPDATE);
	assert_no_problem(&o);
	observe_end(&o);
}

static void window__exceeded__is_noted(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0) win 1000 <mss 1460>");
	server(&o, "S. 0:0(0) ack 1 win 2000 <mss 1460>");
	client(&o, ". 1:1(0) ack 1 win 1000");
	server(&o, ". 1:1001(1000) ack 1 win 2000");
	assert_not_noted(&o, WINDOW_EXCEEDED);
	server(&o, ". 1001:1002(1) ack 1 win 2000");
	assert_noted(&o, WINDOW_EXCEEDED);
	server(&o, ". 9000:9100(100) ack 1 win 2000"); /* that far: not this connection's at all */
	assert_noted(&o, OUT_OF_WINDOW);
	assert_seq(&o, "9000 = 1002, wrong");
	server(&o, ". 1002:1003(1) ack 1 win 2000"); /* and it did not move anything */
	assert_seq(&o, "1002 = 1001 + 1 of 5, ok");
	observe_end(&o);
}

static void keep_alive__and_its_answer(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	o.next.after_ms = 45000;
	client(&o, ". 74:74(0) ack 313");
	assert_step(&o, KEEP_ALIVE, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, KEEP_ALIVE);
	assert_seq(&o, "74 = 75, old");
	server(&o, ". 313:313(0) ack 75");
	assert_step(&o, KEEP_ALIVE_ACK, ESTABLISHED, ESTABLISHED);
	server(&o,
	       ". 312:313(1) ack 75"); /* RFC 9293 3.8.4: or with one byte that does not matter */
	assert_step(&o, KEEP_ALIVE, ESTABLISHED, ESTABLISHED);
	client(&o, ". 75:75(0) ack 313");
	assert_step(&o, KEEP_ALIVE_ACK, ESTABLISHED, ESTABLISHED);
	client(&o, ". 75:75(0) ack 313");
	assert_step(&o, ACK, ESTABLISHED, ESTABLISHED);
	trace_summary(o.t, &sum);
	assert_int_equal(sum.retransmissions[TRACE_SERVER], 0);
	assert_int_equal(sum.text_again[TRACE_SERVER], 0);
	observe_end(&o);
}

static void bad_checksum__moves_nothing(void **unused)
{
	struct trace_summary sum;
	struct observed o;

	observe_exchange(&o);
	o.next.checksum = TCP_CHECKSUM_BAD;
	server(&o, "FP. 313:413(100) ack 75");
	assert_noted(&o, BAD_CHECKSUM);
	assert_int_equal(o.step.state[TRACE_SERVER], TCP_STATE_ESTABLISHED);
	assert_int_equal(o.step.change_count, 0);
	assert_int_equal(o.step.phase, TRACE_TRANSFER);
	assert_int_equal(equation_of(&o, TRACE_EQ_SEQ)->verdict, TRACE_UNKNOWN);
	assert_int_equal(equation_of(&o, TRACE_EQ_NEXT)->verdict, TRACE_UNKNOWN);
	o.next.checksum = TCP_CHECKSUM_BAD;
	server(&o, "R. 313:313(0) ack 75");
	assert_int_equal(o.step.state[TRACE_CLIENT], TCP_STATE_ESTABLISHED);
	server(&o, "P. 313:413(100) ack 75");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_int_equal(o.step.times_sent, 1);
	assert_seq(&o, "313 = 1 + 312 of 6, ok");
	trace_summary(o.t, &sum);
	assert_int_equal(sum.bad_checksums[TRACE_SERVER], 2);
	assert_int_equal(sum.text[TRACE_SERVER], 412);
	observe_end(&o);
}

static void partial_checksum__is_accepted_and_told_once(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	o.next.checksum = TCP_CHECKSUM_PARTIAL;
	client(&o, "P. 75:85(10) ack 313");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, PARTIAL_CHECKSUM);
	o.next.checksum = TCP_CHECKSUM_PARTIAL;
	client(&o, "P. 85:95(10) ack 313");
	assert_not_noted(&o, PARTIAL_CHECKSUM);
	observe_end(&o);
}

static void cut_frame__is_noted_and_not_read(void **unused)
{
	struct observed o;

	observe_handshake(&o);
	o.next.cut = true;
	o.next.checksum = TCP_CHECKSUM_UNKNOWN;
	client(&o, "P. 1:1461(1460) ack 1");
	assert_step(&o, DATA, ESTABLISHED, ESTABLISHED);
	assert_noted(&o, CUT);
	assert_next(&o, "1461 = 1 + 1460, ok");
	observe_end(&o);
}

static void ack__of_the_unsent__is_wrong_until_its_sender_agrees(void **unused)
{
	struct observed o;

	observe_exchange(&o);
	client(&o, ". 75:75(0) ack 1000");
	assert_ack(&o, "1000 = 313, wrong");
	assert_noted(&o, ACK_UNSENT);
	server(&o, "P. 313:413(100) ack 75"); /* it was nonsense */
	assert_seq(&o, "313 = 1 + 312 of 6, ok");
	observe_end(&o);

	/* Or the capture missed more than a window of segments. */
	observe_begin(&o);
	client(&o, "S 0:0(0) win 1000");
	server(&o, "S. 0:0(0) ack 1 win 1000");
	client(&o, ". 1:1(0) ack 1 win 1000");
	client(&o, ". 1:1(0) ack 50001 win 1000");
	assert_ack(&o, "50001 = 1, wrong");
	server(&o, "P. 50001:50101(100) ack 1 win 1000");
	assert_seq(&o, "50001 = 1, ahead");
	client(&o, ". 1:1(0) ack 50101 win 1000");
	assert_int_equal(equation_of(&o, TRACE_EQ_ACK)->verdict, TRACE_OK);
	observe_end(&o);
}

static void numbers__wrap__is_noted_and_counted_on(void **unused)
{
	struct observed o;

	for (uint32_t before = 0; before < 80; before++) {
		bool wrapped = false;

		observe_begin(&o);
		o.isn[TRACE_CLIENT] = 0u - before;
		o.isn[TRACE_SERVER] = 0u - 2 * before;
		client(&o, "S 0:0(0) <mss 1460>");
		wrapped |= noted(&o, TRACE_NOTE_WRAP);
		server(&o, "S. 0:0(0) ack 1 <mss 1460>");
		wrapped |= noted(&o, TRACE_NOTE_WRAP);
		client(&o, ". 1:1(0) ack 1");
		client(&o, "P. 1:75(74) ack 1");
		wrapped |= noted(&o, TRACE_NOTE_WRAP);
		assert_next(&o, "75 = 1 + 74, ok");
		server(&o, "P. 1:313(312) ack 75");
		wrapped |= noted(&o, TRACE_NOTE_WRAP);
		assert_ack(&o, "75 = 1 + 74 of 4, ok");
		client(&o, "F. 75:75(0) ack 313");
		wrapped |= noted(&o, TRACE_NOTE_WRAP);
		assert_step(&o, FIN, FIN_WAIT_1, ESTABLISHED);
		server(&o, "F. 313:313(0) ack 76");
		client(&o, ". 76:76(0) ack 314");
		assert_step(&o, FIN_ACK, TIME_WAIT, CLOSED);
		assert_no_problem(&o);
		assert_int_equal(wrapped, before > 0);
		observe_end(&o);
	}
}

static void second_request__is_a_further_exchange(void **unused)
{
	struct observed o;

	observe_handshake(&o);
	o.text = "GET / HTTP/1.1\r\n";
	client(&o, "P. 1:75(74) ack 1");
	assert_not_noted(&o, SECOND_EXCHANGE);
	assert_not_noted(&o, TLS);
	o.text = NULL;
	server(&o, "P. 1:313(312) ack 75");
	o.text = "GET /2 HTTP/1.1\r\n";
	client(&o, "P. 75:149(74) ack 313");
	assert_noted(&o, SECOND_EXCHANGE);
	observe_end(&o);

	observe_handshake(&o);
	o.text = "\x16\x03\x01";
	client(&o, "P. 1:201(200) ack 1");
	assert_noted(&o, TLS);
	observe_end(&o);
}

/* More steps in flight than are remembered: coarser, never wrong. */
static void flight__longer_than_the_memory__is_joined(void **unused)
{
	const struct trace_equation *eq;
	char line[64];
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0) win 65535 <mss 1460,wscale 7>");
	server(&o, "S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 7>");
	client(&o, ". 1:1(0) ack 1");
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(line, sizeof(line), ". %u:%u(100) ack 1", 1 + 100 * i, 101 + 100 * i);
		server(&o, line);
		assert_no_problem(&o);
	}
	client(&o, ". 1:1(0) ack 101");
	eq = equation_of(&o, TRACE_EQ_ACK);
	assert_int_equal(eq->verdict, TRACE_OK);
	assert_int_equal(eq->base + eq->bytes, 101);
	assert_int_equal(eq->first_step, 4);
	assert_in_range(eq->last_step, 5, 5003);
	client(&o, ". 1:1(0) ack 500001");
	eq = equation_of(&o, TRACE_EQ_ACK);
	assert_int_equal(eq->base + eq->bytes, 500001);
	assert_int_equal(eq->last_step, 5003);
	observe_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__data_and_acks__count_by_length),
		cmocka_unit_test(data__one_ack_for_several__names_them),
		cmocka_unit_test(merged_frame__ack_inside__counts_a_part),
		cmocka_unit_test(data__again__is_a_retransmission),
		cmocka_unit_test(data__overlapping__is_partly_new),
		cmocka_unit_test(gap__then_filled__is_out_of_order),
		cmocka_unit_test(gap__acknowledged__was_only_not_captured),
		cmocka_unit_test(duplicate_ack__by_its_definition_only),
		cmocka_unit_test(zero_window__is_probed_and_opens),
		cmocka_unit_test(zero_window__lost_probe__is_a_gap),
		cmocka_unit_test(window_update__without_probe__is_named),
		cmocka_unit_test(window__exceeded__is_noted),
		cmocka_unit_test(keep_alive__and_its_answer),
		cmocka_unit_test(bad_checksum__moves_nothing),
		cmocka_unit_test(partial_checksum__is_accepted_and_told_once),
		cmocka_unit_test(cut_frame__is_noted_and_not_read),
		cmocka_unit_test(ack__of_the_unsent__is_wrong_until_its_sender_agrees),
		cmocka_unit_test(numbers__wrap__is_noted_and_counted_on),
		cmocka_unit_test(second_request__is_a_further_exchange),
		cmocka_unit_test(flight__longer_than_the_memory__is_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
