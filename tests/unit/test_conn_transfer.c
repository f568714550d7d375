/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conn_transfer.c - text both ways: acknowledgement, windows, loss and its repair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void established__request_and_answer__the_equations_hold(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 77);
	we_send(&d, 20, "P. 1:78(77) ack 1");
	peer_sends(&d, 30, ". 1:1(0) ack 78 win 65535");
	peer_sends(&d, 31, "P. 1:301(300) ack 78 win 65535");
	we_send(&d, 31, ". 78:78(0) ack 301");
	assert_int_equal(d.delivered, 300);
	assert_true(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

/* RFC 9293 section 3.8.6.3: after the first, quick ones, every second segment, or after 40 ms. */
static void established__steady_data__every_second_segment_or_40_ms(void **unused)
{
	struct dialogue d;
	char line[80];
	unsigned at = 1;

	dialogue_established(&d, NULL);
	for (int i = 0; i < 16; i++, at += 1460) {
		snprintf(line, sizeof(line), ". %u:%u(1460) ack 1 win 65535", at, at + 1460);
		peer_sends(&d, 20 + i, line);
		we_send(&d, 20 + i, ". 1:1(0)");
	}
	snprintf(line, sizeof(line), ". %u:%u(1460) ack 1 win 65535", at, at + 1460);
	peer_sends(&d, 50, line);
	silence(&d, 50, TCP_STATE_ESTABLISHED);
	at += 1460;
	snprintf(line, sizeof(line), ". %u:%u(1460) ack 1 win 65535", at, at + 1460);
	peer_sends(&d, 51, line);
	at += 1460;
	snprintf(line, sizeof(line), ". 1:1(0) ack %u", at);
	we_send(&d, 51, line);
	snprintf(line, sizeof(line), ". %u:%u(100) ack 1 win 65535", at, at + 100);
	peer_sends(&d, 60, line);
	snprintf(line, sizeof(line), ". 1:1(0) ack %u", at + 100);
	we_send(&d, 100, line);
	dialogue_end(&d);
}

static void established__out_of_order__sack_newest_first(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <sack 1001:2001>");
	peer_sends(&d, 21, ". 3001:4001(1000) ack 1 win 65535");
	we_send(&d, 21, ". 1:1(0) ack 1 <sack 3001:4001,sack 1001:2001>");
	peer_sends(&d, 22, ". 2001:3001(1000) ack 1 win 65535");
	we_send(&d, 22, ". 1:1(0) ack 1 <sack 1001:4001>");
	assert_int_equal(d.delivered, 0);
	peer_sends(&d, 23, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 23, ". 1:1(0) ack 4001 <>");
	assert_int_equal(d.delivered, 4000);
	dialogue_end(&d);
}

/* RFC 2883 section 4.1 */
static void established__duplicate__d_sack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1001 <>");
	peer_sends(&d, 30, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 1001 <sack 1:1001>");
	assert_int_equal(d.delivered, 1000);
	dialogue_end(&d);
}

static void established__overlap__only_the_new_part_is_delivered(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1001");
	peer_sends(&d, 30, ". 501:1501(1000) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 1501");
	assert_int_equal(d.delivered, 1500);
	dialogue_end(&d);
}

static void small_buffer(struct tcp_config *cfg)
{
	cfg->receive_buffer = 4096;
	cfg->use_wscale = false;
}

static void slow_reader__window_closes_and_is_told_to_open(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, small_buffer);
	d.reader_takes = 0;
	peer_sends(&d, 20, ". 1:1461(1460) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1461 win 1460");
	peer_sends(&d, 21, ". 1461:2921(1460) ack 1 win 65535");
	we_send(&d, 21, ". 1:1(0) ack 2921 win 0");
	/* a probe of the closed window is answered, not taken */
	peer_sends(&d, 300, ". 2921:2922(1) ack 1 win 65535");
	we_send(&d, 300, ". 1:1(0) ack 2921 win 0");
	reader_takes(&d, 400, 100);
	silence(&d, 400, TCP_STATE_ESTABLISHED); /* RFC 9293 3.8.6.2.2: too little to be told */
	reader_takes(&d, 500, SIZE_MAX);
	we_send(&d, 500, ". 1:1(0) ack 2921 win 4096");
	assert_int_equal(d.delivered, 2920);
	dialogue_end(&d);
}

static void established__text_beyond_the_window__is_cut(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, small_buffer);
	d.reader_takes = 0;
	peer_sends(&d, 20, ". 1:5001(5000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 2921 win 0");
	reader_takes(&d, 30, SIZE_MAX);
	assert_int_equal(d.delivered, 2920);
	dialogue_end(&d);
}

static void zero_window__probe_with_back_off__then_data(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1(0) ack 1 win 0");
	we_write(&d, 20, 100);
	we_send(&d, 1020, ". 1:2(1) ack 1");
	peer_sends(&d, 1030, ". 1:1(0) ack 1 win 0");
	we_send(&d, 3020, ". 1:2(1) ack 1");
	peer_sends(&d, 3030, ". 1:1(0) ack 1 win 0");
	/* the window opens: the probe's byte goes again at once, not after an RTO */
	peer_sends(&d, 4000, ". 1:1(0) ack 1 win 1000");
	we_send(&d, 4000, ". 1:2(1) ack 1");
	we_send(&d, 4000, "P. 2:101(99) ack 1");
	peer_sends(&d, 4010, ". 1:1(0) ack 101 win 1000");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void established__no_ack__retransmission_with_back_off(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	we_send(&d, 320, "P. 1:11(10)"); /* the tail probe */
	we_send(&d, 1320, "P. 1:11(10)");
	we_send(&d, 3320, "P. 1:11(10)");
	we_send(&d, 7320, "P. 1:11(10)");
	peer_sends(&d, 7330, ". 1:1(0) ack 11 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 8985: a hole that SACK shows is filled before any timeout. */
static void established__sack_with_a_hole__only_the_hole_again(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 5 * 1460);
	we_send(&d, 100, ". 1:1461(1460)");
	we_send(&d, 100, ". 1461:2921(1460)");
	we_send(&d, 100, ". 2921:4381(1460)");
	we_send(&d, 100, ". 4381:5841(1460)");
	we_send(&d, 100, "P. 5841:7301(1460)");
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:2921>");
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:4381>");
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:7301>");
	we_send(&d, 110, ". 1:1461(1460)");
	peer_sends(&d, 120, ". 1:1(0) ack 7301 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_true(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

static void no_sack(struct tcp_config *cfg)
{
	cfg->use_sack = false;
}

/* RFC 5681 section 3.2 */
static void without_sack__third_duplicate_ack__fast_retransmit(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	we_write(&d, 100, 4 * 1460);
	for (int i = 0; i < 4; i++)
		we_send(&d, 100, i < 3 ? "." : "P.");
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535");
	peer_sends(&d, 111, ". 1:1(0) ack 1 win 65535");
	silence(&d, 111, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 112, ". 1:1(0) ack 1 win 65535");
	we_send(&d, 112, ". 1:1461(1460)");
	/* RFC 6582: a partial acknowledgement shows the next hole */
	peer_sends(&d, 120, ". 1:1(0) ack 1461 win 65535");
	we_send(&d, 120, ". 1461:2921(1460)");
	dialogue_end(&d);
}

/* RFC 5961 section 5.2 */
static void established__ack_of_unsent__challenge_and_drop(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 5000 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1");
	assert_int_equal(d.delivered, 0);
	dialogue_end(&d);
}

static void with_timestamps(struct tcp_config *cfg)
{
	cfg->use_timestamps = true;
}

/* RFC 7323 section 5.3: R1, and the segment without timestamps of section 3.2 */
static void timestamps__older_or_missing__dropped(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 1000 ecr 0>");
	we_send(&d, 10, ". 1:1(0) ack 1 <TS val 10 ecr 1000>");
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535 <TS val 999 ecr 10>");
	we_send(&d, 20, ". 1:1(0) ack 1");
	peer_sends(&d, 30, ". 1:101(100) ack 1 win 65535");
	silence(&d, 30, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 40, ". 1:101(100) ack 1 win 65535 <TS val 1001 ecr 10>");
	we_send(&d, 40, ". 1:1(0) ack 101 <TS val 40 ecr 1001>");
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

/* RFC 3522: the answer echoes the first copy's clock, so nothing was lost. */
static void timeout__ack_of_the_first_copy__window_restored(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info before, after;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 1000 ecr 0>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_write(&d, 20, 3000);
	for (int i = 0; i < 3; i++)
		we_send(&d, 20, i < 2 ? "." : "P.");
	tcp_conn_info(d.c, &before);
	we_send(&d, 1020, ". 1:1449(1448) <TS val 1020 ecr 1000>");
	peer_sends(&d, 1100, ". 1:1(0) ack 1449 win 65535 <TS val 1100 ecr 20>");
	tcp_conn_info(d.c, &after);
	assert_true(after.cwnd >= before.cwnd);
	assert_int_equal(after.ssthresh, before.ssthresh);
	silence(&d, 1100, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 8985 section 7: the last range, alone lost, is found by its probe. */
static void tail__lost__probe_instead_of_timeout(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 2 * 1460);
	we_send(&d, 100, ". 1:1461(1460)");
	we_send(&d, 100, "P. 1461:2921(1460)");
	we_send(&d, 125, "P. 1461:2921(1460)");
	peer_sends(&d, 135, ". 1:1(0) ack 1 win 65535 <sack 1461:2921>");
	we_send(&d, 135, ". 1:1461(1460)");
	peer_sends(&d, 145, ". 1:1(0) ack 2921 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* The window follows what the reader takes in a round trip, up to the buffer. */
static void steady_reader__more_each_round_trip__window_grows(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;
	uint32_t at = 1, offered = 0;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,wscale 7>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	for (int64_t ms = 20, burst = 10; ms < 140; ms += 10, burst *= 2) {
		for (int64_t i = 0; i < burst; i++, at += 1460) {
			struct tcp_segment ack;
			char line[80];

			tcp_conn_info(d.c, &info);
			if (info.rcv_wnd < 2 * 1460)
				break;
			snprintf(line, sizeof(line), ". %u:%u(1460) ack 1 win 512", at, at + 1460);
			peer_sends(&d, ms, line);
			while (tcp_conn_emit(d.c, &ack, d.now_us))
				;
		}
		tcp_conn_info(d.c, &info);
		assert_true(info.rcv_wnd + 1460 >= offered);
		offered = info.rcv_wnd;
	}
	assert_true(offered > 10 << 20);
	assert_int_equal(d.delivered, at - 1);
	dialogue_end(&d);
}

static void with_nagle(struct tcp_config *cfg)
{
	cfg->nagle = true;
}

/* RFC 9293 section 3.7.4 */
static void nagle__small_write_in_flight__next_waits_for_its_ack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, with_nagle);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10)");
	we_write(&d, 21, 10);
	silence(&d, 21, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 30, ". 1:1(0) ack 11 win 65535");
	we_send(&d, 30, "P. 11:21(10)");
	dialogue_end(&d);
}

/* RFC 8201 section 5.4: smaller at once, the congestion window untouched */
static void established__packet_too_big__sent_again_in_smaller_pieces(void **unused)
{
	struct dialogue d;
	struct tcp_icmp icmp = { .kind = TCP_ICMP_TOO_BIG, .text_max = 1000 };

	dialogue_established(&d, NULL);
	we_write(&d, 20, 1460);
	we_send(&d, 20, "P. 1:1461(1460)");
	icmp.seq = d.cfg.isn + 1;
	tcp_conn_on_icmp(d.c, &icmp, d.now_us);
	we_send(&d, 20, ". 1:1001(1000)");
	we_send(&d, 20, "P. 1001:1461(460)");
	peer_sends(&d, 30, ". 1:1(0) ack 1461 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* PPPoE: 8 bytes less. Timestamps count, or nothing would be found too big. */
static void timestamps__packet_a_little_too_big__sent_again_at_once(void **unused)
{
	struct dialogue d;
	struct tcp_icmp icmp = { .kind = TCP_ICMP_TOO_BIG, .text_max = 1452 };

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 1000 ecr 0>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	we_write(&d, 20, 1448);
	we_send(&d, 20, "P. 1:1449(1448)");
	icmp.seq = d.cfg.isn + 1;
	assert_true(tcp_conn_on_icmp(d.c, &icmp, d.now_us));
	we_send(&d, 20, ". 1:1441(1440)");
	we_send(&d, 20, "P. 1441:1449(8)");
	icmp.seq = d.cfg.isn + 5000;
	assert_false(tcp_conn_on_icmp(d.c, &icmp, d.now_us));
	dialogue_end(&d);
}

/* Two ends that disagree about the numbers must not answer each other for ever. */
static void established__bare_acks_out_of_window__answers_are_throttled(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	for (int i = 0; i < 10; i++) {
		peer_sends(&d, 6000 + i, ". 900000:900000(0) ack 1 win 65535");
		we_send(&d, 6000 + i, ". 1:1(0) ack 1");
	}
	peer_sends(&d, 6500, ". 900000:900000(0) ack 1 win 65535");
	silence(&d, 6500, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void established__keep_alive_of_the_peer__is_acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 0:0(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1");
	dialogue_end(&d);
}

static void by_hand(struct tcp_config *cfg)
{
	cfg->automatic = TCP_AUTO_RETRANSMIT | TCP_AUTO_CLOSE;
}

static void ack_and_send_by_hand__data_and_write__nothing_is_sent(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, by_hand);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	we_write(&d, 30, 10);
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

/* Two segments that are less than two full ones: the peer may wait with its acknowledgement. */
static void tail__less_than_two_full_segments__probe_waits_for_a_delayed_ack(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 1924);
	we_send(&d, 20, ". 1:1461(1460)");
	we_send(&d, 20, "P. 1461:1925(464)");
	silence(&d, 239, TCP_STATE_ESTABLISHED);
	we_send(&d, 240, "P. 1461:1925(464)");
	dialogue_end(&d);
}

/* The owner's clock may start anywhere, also below zero: the ration of answers begins with the first. */
static void clock_below_zero__bare_acks_far_apart__each_is_answered(void **unused)
{
	int64_t now_us = -1000000000000;
	struct tcp_segment seg = { .flags = TCP_FLAG_SYN | TCP_FLAG_ACK, .ack = 1, .window = 100 };
	struct tcp_segment out;
	struct tcp_config cfg;
	struct tcp_conn *c;

	tcp_config_init(&cfg);
	cfg.use_timestamps = false;
	c = tcp_conn_new(&cfg);
	tcp_conn_open(c, now_us);
	assert_true(tcp_conn_emit(c, &out, now_us));
	tcp_conn_on_segment(c, &seg, now_us);
	assert_true(tcp_conn_emit(c, &out, now_us));
	seg.flags = TCP_FLAG_ACK; /* its number is one below: a keep-alive */
	for (int i = 0; i < 20; i++) {
		now_us += 10000000;
		tcp_conn_on_segment(c, &seg, now_us);
		assert_true(tcp_conn_emit(c, &out, now_us));
		assert_false(tcp_conn_emit(c, &out, now_us));
	}
	tcp_conn_free(c);
}

static void ask_each_second(struct tcp_config *cfg)
{
	cfg->keepalive_us = 1000000;
}

/* The peer asks too, with numbers below our window: it is there. */
static void keep_alive__answers_out_of_window__peer_is_not_gone(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, ask_each_second);
	for (int ms = 1010; ms < 20000; ms += 1010) {
		we_send(&d, ms, ". 0:0(0) ack 1");
		peer_sends(&d, ms + 10, ". 0:0(0) ack 1 win 65535");
		we_send(&d, ms + 10, ". 1:1(0) ack 1");
	}
	assert_int_equal(tcp_conn_state(d.c), TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__request_and_answer__the_equations_hold),
		cmocka_unit_test(established__steady_data__every_second_segment_or_40_ms),
		cmocka_unit_test(established__out_of_order__sack_newest_first),
		cmocka_unit_test(established__duplicate__d_sack),
		cmocka_unit_test(established__overlap__only_the_new_part_is_delivered),
		cmocka_unit_test(slow_reader__window_closes_and_is_told_to_open),
		cmocka_unit_test(established__text_beyond_the_window__is_cut),
		cmocka_unit_test(zero_window__probe_with_back_off__then_data),
		cmocka_unit_test(established__no_ack__retransmission_with_back_off),
		cmocka_unit_test(established__sack_with_a_hole__only_the_hole_again),
		cmocka_unit_test(without_sack__third_duplicate_ack__fast_retransmit),
		cmocka_unit_test(established__ack_of_unsent__challenge_and_drop),
		cmocka_unit_test(timestamps__older_or_missing__dropped),
		cmocka_unit_test(timeout__ack_of_the_first_copy__window_restored),
		cmocka_unit_test(tail__lost__probe_instead_of_timeout),
		cmocka_unit_test(tail__less_than_two_full_segments__probe_waits_for_a_delayed_ack),
		cmocka_unit_test(keep_alive__answers_out_of_window__peer_is_not_gone),
		cmocka_unit_test(clock_below_zero__bare_acks_far_apart__each_is_answered),
		cmocka_unit_test(steady_reader__more_each_round_trip__window_grows),
		cmocka_unit_test(nagle__small_write_in_flight__next_waits_for_its_ack),
		cmocka_unit_test(established__packet_too_big__sent_again_in_smaller_pieces),
		cmocka_unit_test(timestamps__packet_a_little_too_big__sent_again_at_once),
		cmocka_unit_test(established__bare_acks_out_of_window__answers_are_throttled),
		cmocka_unit_test(established__keep_alive_of_the_peer__is_acknowledged),
		cmocka_unit_test(ack_and_send_by_hand__data_and_write__nothing_is_sent),
	};

	return cmocka_run_group_tests_name("conn_transfer", tests, NULL, NULL);
}
