/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conn_open.c - the handshake: SYN-SENT, SYN-RECEIVED, and the ways out of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void with_timestamps(struct tcp_config *cfg)
{
	cfg->use_timestamps = true;
	cfg->ts_offset = 5000;
}

static void closed__open__syn_as_linux_sends_it(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0) win 64240 <mss 1460,sackOK,TS val 5000 ecr 0,nop,wscale 8>");
	assert_int_equal(d.last.option_len, 20);
	silence(&d, 999, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

/* SEEDS: the third segment's number is the client's own initial number + 1. */
static void syn_sent__syn_ack__established(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20,
		   "S. 0:0(0) ack 1 win 65160 <mss 1400,sackOK,TS val 77 ecr 5000,wscale 9>");
	we_send(&d, 20, ". 1:1(0) ack 1 <TS val 5020 ecr 77>");
	silence(&d, 5000, TCP_STATE_ESTABLISHED);
	tcp_conn_info(d.c, &info);
	assert_int_equal(info.mss, 1400 - 12);
	assert_int_equal(info.snd_wscale, 9);
	assert_int_equal(info.rcv_wscale, 8);
	assert_int_equal(info.snd_wnd, 65160); /* a SYN's window is not scaled */
	assert_true(info.sack && info.timestamps);
	assert_int_equal(info.srtt_us, 20000);
	dialogue_end(&d);
}

static void syn_sent__syn_ack_without_options__defaults_and_no_scaling(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "S. 0:0(0) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 win 64240 <>");
	tcp_conn_info(d.c, &info);
	assert_int_equal(info.mss, 536);
	assert_int_equal(info.snd_wscale + info.rcv_wscale, 0);
	assert_false(info.sack || info.timestamps);
	dialogue_end(&d);
}

static void syn_sent__wscale_above_14__counts_as_14(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "S. 0:0(0) ack 1 win 100 <mss 1460,wscale 15>");
	we_send(&d, 20, ". 1:1(0) ack 1");
	tcp_conn_info(d.c, &info);
	assert_int_equal(info.snd_wscale, 14);
	dialogue_end(&d);
}

/* RFC 6298 section 5: SYN again after 1, 3, 7 s. */
static void syn_sent__no_answer__syn_again_with_back_off(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	we_send(&d, 3000, "S 0:0(0)");
	we_send(&d, 7000, "S 0:0(0)");
	we_send(&d, 15000, "S 0:0(0)");
	silence(&d, 30999, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

static void gives_up_after_5_s(struct tcp_config *cfg)
{
	cfg->give_up_us = 5000000;
}

static void syn_sent__no_answer_for_give_up__timed_out(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, gives_up_after_5_s);
	we_send(&d, 0, "S 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	we_send(&d, 3000, "S 0:0(0)");
	silence(&d, 6000, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_TIMED_OUT);
	dialogue_end(&d);
}

/* RFC 6298 rule 5.7: data starts with an RTO of 3 s after a lost SYN. */
static void syn_sent__second_syn_answered__data_starts_with_3_s(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	peer_sends(&d, 1010, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 1010, ". 1:1(0) ack 1");
	we_write(&d, 1010, 10);
	we_send(&d, 1010, "P. 1:11(10) ack 1");
	we_send(&d, 4010, "P. 1:11(10) ack 1");
	dialogue_end(&d);
}

/* RFC 9293 section 3.10.7.3, first check */
static void syn_sent__ack_of_the_future__answers_rst(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "S. 0:0(0) ack 900");
	we_send(&d, 20, "R 900:900(0)");
	/* The RST ended whatever that was; the SYN goes again soon, once */
	we_send(&d, 30, "S 0:0(0)");
	silence(&d, 30, TCP_STATE_SYN_SENT);
	peer_sends(&d, 40, ". 0:0(0) ack 0");
	we_send(&d, 40, "R 0:0(0)");
	silence(&d, 999, TCP_STATE_SYN_SENT);
	we_send(&d, 1000, "S 0:0(0)");
	dialogue_end(&d);
}

static void syn_sent__rst_with_our_number__refused(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "R. 0:0(0) ack 1");
	silence(&d, 60000, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_REFUSED);
	dialogue_end(&d);
}

static void syn_sent__rst_with_wrong_or_no_ack__ignored(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, "R. 0:0(0) ack 2");
	peer_sends(&d, 21, "R 0:0(0)");
	silence(&d, 999, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

static void syn_sent__ack_without_syn__ignored(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 20, ". 0:0(0) ack 1");
	silence(&d, 999, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

/* RFC 9293 section 3.5, figure 8 */
static void syn_sent__syn__simultaneous_open(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460,sackOK>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	silence(&d, 5, TCP_STATE_SYN_RECEIVED);
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void syn_received__ack__established_and_data_flows(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	peer_sends(&d, 10, ". 1:1(0) ack 1 win 65535");
	we_write(&d, 10, 100);
	we_send(&d, 10, "P. 1:101(100) ack 1");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void syn_received__rst__refused(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	peer_sends(&d, 6, "R 1:1(0)");
	silence(&d, 6, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_REFUSED);
	dialogue_end(&d);
}

/* RFC 9293 section 3.10.7.3: text that came with the SYN is not lost. */
static void syn_sent__syn_ack_with_data_and_fin__all_taken(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "SF. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 5, ". 1:1(0) ack 2");
	silence(&d, 5, TCP_STATE_CLOSE_WAIT);
	assert_true(tcp_conn_at_end(d.c));
	dialogue_end(&d);
}

static void syn_sent__hard_icmp__unreachable__soft__goes_on(void **unused)
{
	struct dialogue d;
	struct tcp_icmp icmp = { .kind = TCP_ICMP_SOFT };

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	icmp.seq = d.cfg.isn;
	tcp_conn_on_icmp(d.c, &icmp, d.now_us);
	silence(&d, 1, TCP_STATE_SYN_SENT);
	icmp.kind = TCP_ICMP_HARD;
	icmp.seq = d.cfg.isn + 1; /* not in flight: forged */
	tcp_conn_on_icmp(d.c, &icmp, d.now_us);
	silence(&d, 2, TCP_STATE_SYN_SENT);
	icmp.seq = d.cfg.isn;
	tcp_conn_on_icmp(d.c, &icmp, d.now_us);
	silence(&d, 3, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_UNREACHABLE);
	dialogue_end(&d);
}

static void syn_sent__close_and_abort__closed_without_a_segment(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_close(&d, 1);
	silence(&d, 60000, TCP_STATE_CLOSED);
	dialogue_end(&d);

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	tcp_conn_abort(d.c, 0);
	silence(&d, 60000, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_ABORTED);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed__open__syn_as_linux_sends_it),
		cmocka_unit_test(syn_sent__syn_ack__established),
		cmocka_unit_test(syn_sent__syn_ack_without_options__defaults_and_no_scaling),
		cmocka_unit_test(syn_sent__wscale_above_14__counts_as_14),
		cmocka_unit_test(syn_sent__no_answer__syn_again_with_back_off),
		cmocka_unit_test(syn_sent__no_answer_for_give_up__timed_out),
		cmocka_unit_test(syn_sent__second_syn_answered__data_starts_with_3_s),
		cmocka_unit_test(syn_sent__ack_of_the_future__answers_rst),
		cmocka_unit_test(syn_sent__rst_with_our_number__refused),
		cmocka_unit_test(syn_sent__rst_with_wrong_or_no_ack__ignored),
		cmocka_unit_test(syn_sent__ack_without_syn__ignored),
		cmocka_unit_test(syn_sent__syn__simultaneous_open),
		cmocka_unit_test(syn_received__ack__established_and_data_flows),
		cmocka_unit_test(syn_received__rst__refused),
		cmocka_unit_test(syn_sent__syn_ack_with_data_and_fin__all_taken),
		cmocka_unit_test(syn_sent__hard_icmp__unreachable__soft__goes_on),
		cmocka_unit_test(syn_sent__close_and_abort__closed_without_a_segment),
	};

	return cmocka_run_group_tests_name("conn_open", tests, NULL, NULL);
}
