/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_window.c - RFC 9293 sections 3.7.4, 3.8.6 and 3.9.1.2, RFC 7323 section 2: windows of both
 * sides, probes, silly windows, Nagle. More of it is in test_conn_transfer.c; the table is
 * doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void no_sack(struct tcp_config *cfg)
{
	cfg->use_sack = false;
}

/* MUST-1, REC-1, RFC 7323 2.3: unsigned, in 32 bits, up to 65535 << 14. */
static void peer_window__largest_there_is__taken_as_it_is(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 14>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	assert_int_equal(dialogue_info(&d).snd_wnd, 65535); /* a SYN's is not scaled */
	peer_sends(&d, 20, ". 1:1(0) ack 1 win 65535");
	assert_int_equal(dialogue_info(&d).snd_wnd, 65535u << 14);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, fifth: SND.WL1. What was sent earlier, and comes later, changes no window. */
static void peer_window__older_segment__not_taken(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 101:201(100) ack 1 win 5000");
	we_send(&d, 20, ".");
	assert_int_equal(dialogue_info(&d).snd_wnd, 5000);
	peer_sends(&d, 21, ". 1:101(100) ack 1 win 60000");
	we_send(&d, 21, ". 1:1(0) ack 201");
	assert_int_equal(dialogue_info(&d).snd_wnd, 5000);
	dialogue_end(&d);
}

/* MUST-34, SHLD-15, SHLD-16: nothing new beyond a window that shrank; what is out goes again. */
static void peer_window__shrinks__no_new_text_but_the_old_again(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 5 * 1460);
	assert_int_equal(we_send_all(&d, 100), 5);
	peer_sends(&d, 110, ". 1:1(0) ack 1461 win 1000");
	we_write(&d, 110, 1460);
	silence(&d, 1109, TCP_STATE_ESTABLISHED);
	we_send(&d, 1110, ". 1461:2921(1460)");
	peer_sends(&d, 1120, ". 1:1(0) ack 7301 win 65535");
	we_send(&d, 1120, "P. 7301:8761(1460)");
	dialogue_end(&d);
}

/* MUST-35: a window that shrank to nothing is probed as any closed one. */
static void peer_window__shrinks_to_zero__is_probed(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 2 * 1460);
	assert_int_equal(we_send_all(&d, 100), 2);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 0");
	we_send(&d, 1110, ". 1:2(1) ack 1");
	peer_sends(&d, 1120, ". 1:1(0) ack 1 win 0");
	we_send(&d, 3110, ". 1:2(1) ack 1");
	peer_sends(&d, 3120, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 3120, ". 1:1461(1460) ack 1");
	dialogue_end(&d);
}

static void gives_up_after_5_s(struct tcp_config *cfg)
{
	cfg->give_up_us = 5000000;
}

/* MUST-37: a peer that answers probes is alive, be its window closed for ever. */
static void zero_window__probes_answered__stays_open(void **unused)
{
	static const int64_t probe_ms[] = { 1020, 3020, 7020, 15020, 31020, 63020, 123020, 183020 };
	struct dialogue d;

	dialogue_established(&d, gives_up_after_5_s);
	peer_sends(&d, 20, ". 1:1(0) ack 1 win 0");
	we_write(&d, 20, 100);
	for (size_t i = 0; i < sizeof(probe_ms) / sizeof(probe_ms[0]); i++) {
		we_send(&d, probe_ms[i], ". 1:2(1) ack 1");
		peer_sends(&d, probe_ms[i] + 10, ". 1:1(0) ack 1 win 0");
	}
	silence(&d, 240000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* ... and one that does not is given up as any other (RFC 9293 3.8.3). */
static void zero_window__probes_not_answered__timed_out(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, gives_up_after_5_s);
	peer_sends(&d, 20, ". 1:1(0) ack 1 win 0");
	we_write(&d, 20, 100);
	we_send(&d, 1020, ". 1:2(1) ack 1");
	we_send(&d, 3020, ". 1:2(1) ack 1");
	silence(&d, 5000, TCP_STATE_ESTABLISHED);
	silence(&d, 7000, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_TIMED_OUT);
	dialogue_end(&d);
}

/* MUST-38, rules (3) and (4): less than half of the largest window seen waits, but not for ever. */
static void silly_window__small_steps__wait_for_half_or_the_timeout(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 1000 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_write(&d, 20, 3000);
	we_send(&d, 20, ". 1:1001(1000)");
	peer_sends(&d, 30, ". 1:1(0) ack 1001 win 100");
	silence(&d, 229, TCP_STATE_ESTABLISHED);
	we_send(&d, 230, ". 1001:1101(100)");
	peer_sends(&d, 240, ". 1:1(0) ack 1101 win 499");
	silence(&d, 300, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 300, ". 1:1(0) ack 1101 win 500");
	we_send(&d, 300, ". 1101:1601(500)");
	dialogue_end(&d);
}

static void small_buffer(struct tcp_config *cfg)
{
	cfg->receive_buffer = 4096;
	cfg->use_wscale = false;
}

/* MUST-39: the edge stays where it is until a segment, or half of the buffer, can be offered. */
static void our_window__reader_takes_bit_by_bit__edge_moves_in_large_steps(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, small_buffer); /* offered: 2920, up to 2921 */
	d.reader_takes = 100;
	peer_sends(&d, 20, ". 1:1461(1460) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1461 win 1460");
	d.reader_takes = 100;
	peer_sends(&d, 30, ". 1461:1561(100) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 1561 win 1360");
	reader_takes(&d, 40, SIZE_MAX);
	peer_sends(&d, 50, ". 1561:1661(100) ack 1 win 65535");
	we_send(&d, 50, ". 1:1(0) ack 1661 win 4096");
	dialogue_end(&d);
}

/* SHLD-14, RFC 7323 2.4: with a scale the edge is told in units of it, and does not move back for that. */
static void our_window__odd_segments_and_a_scale__edge_never_moves_back(void **unused)
{
	struct dialogue d;
	uint32_t edge = 0;
	unsigned at = 1;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0) <mss 1460,sackOK,wscale 8>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,wscale 7>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	for (unsigned i = 0; i < 200; i++) {
		unsigned len = 1 + i * 7 % 300;
		char line[80];

		d.reader_takes = i % 3 ? 0 : 50;
		snprintf(line, sizeof(line), ". %u:%u(%u) ack 1 win 512", at, at + len, len);
		peer_sends(&d, 20 + i, line);
		at += len;
		if (!we_send_all(&d, 20 + i))
			continue;
		assert_true((int32_t)(d.last.ack + ((uint32_t)d.last.window << 8) - edge) >= 0 ||
			    edge == 0);
		edge = d.last.ack + ((uint32_t)d.last.window << 8);
	}
	assert_true(edge != 0);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4: with our window closed a segment's text does not count, its acknowledgement does. */
static void our_window_closed__probe_of_the_peer__its_ack_counts(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, small_buffer);
	d.reader_takes = 0;
	we_write(&d, 15, 10);
	we_send(&d, 15, "P. 1:11(10) ack 1");
	peer_sends(&d, 20, ". 1:2921(2920) ack 1 win 65535");
	we_send(&d, 20, ". 11:11(0) ack 2921 win 0");
	peer_sends(&d, 30, ". 2921:2922(1) ack 11 win 65535");
	we_send(&d, 30, ". 11:11(0) ack 2921 win 0");
	assert_true(tcp_conn_all_acked(d.c));
	reader_takes(&d, 40, SIZE_MAX);
	assert_int_equal(d.delivered, 2920);
	dialogue_end(&d);
}

/* MAY-8: no reader, no window, for an hour. */
static void our_window_closed__for_an_hour__stays_closed(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, small_buffer);
	d.reader_takes = 0;
	peer_sends(&d, 20, ". 1:2921(2920) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2921 win 0");
	for (int64_t ms = 60000; ms <= 3600000; ms += 60000) {
		peer_sends(&d, ms, ". 2921:2922(1) ack 1 win 65535");
		we_send(&d, ms, ". 1:1(0) ack 2921 win 0");
	}
	dialogue_end(&d);
}

/* SHLD-27, SHLD-28, MUST-61: writes are no boundaries; segments are as large as can be, PSH is on the
 * last one. */
static void many_writes__sent_together__full_segments_one_push(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	for (int i = 0; i < 30; i++)
		we_write(&d, 1, 100);
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1461(1460)");
	we_send(&d, 10, ". 1461:2921(1460)");
	we_send(&d, 10, "P. 2921:3001(80)");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void with_nagle(struct tcp_config *cfg)
{
	cfg->nagle = true;
}

/* SHLD-7: a full segment is not held, and what was held goes once all is acknowledged. */
static void nagle__full_segment__is_not_held(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, with_nagle);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10)");
	we_write(&d, 21, 1500);
	we_send(&d, 21, ". 11:1471(1460)");
	silence(&d, 25, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 30, ". 1:1(0) ack 11 win 65535");
	silence(&d, 30, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 31, ". 1:1(0) ack 1471 win 65535");
	we_send(&d, 31, "P. 1471:1511(40)");
	dialogue_end(&d);
}

/* MUST-17: switched off, as the dialogues have it, nothing waits. */
static void no_nagle__small_writes__each_at_once(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10)");
	we_write(&d, 21, 10);
	we_send(&d, 21, "P. 11:21(10)");
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_window__largest_there_is__taken_as_it_is),
		cmocka_unit_test(peer_window__older_segment__not_taken),
		cmocka_unit_test(peer_window__shrinks__no_new_text_but_the_old_again),
		cmocka_unit_test(peer_window__shrinks_to_zero__is_probed),
		cmocka_unit_test(zero_window__probes_answered__stays_open),
		cmocka_unit_test(zero_window__probes_not_answered__timed_out),
		cmocka_unit_test(silly_window__small_steps__wait_for_half_or_the_timeout),
		cmocka_unit_test(our_window__reader_takes_bit_by_bit__edge_moves_in_large_steps),
		cmocka_unit_test(our_window__odd_segments_and_a_scale__edge_never_moves_back),
		cmocka_unit_test(our_window_closed__probe_of_the_peer__its_ack_counts),
		cmocka_unit_test(our_window_closed__for_an_hour__stays_closed),
		cmocka_unit_test(many_writes__sent_together__full_segments_one_push),
		cmocka_unit_test(nagle__full_segment__is_not_held),
		cmocka_unit_test(no_nagle__small_writes__each_at_once),
	};

	return cmocka_run_group_tests_name("conform_window", tests, NULL, NULL);
}
