/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_open.c - RFC 9293 sections 3.5, 3.7.1 and 3.10.7.3, requirement by requirement: what
 * test_conn_open.c does not show already. The table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"
#include "tcp/options.h"

static void with_timestamps(struct tcp_config *cfg)
{
	cfg->use_timestamps = true;
}

/* RFC 9293 3.10.2: what was written during the handshake rides on its last segment. */
static void syn_sent__write__sent_once_established(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	we_write(&d, 5, 100);
	silence(&d, 9, TCP_STATE_SYN_SENT);
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, "P. 1:101(100) ack 1");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.3, fourth: text that came with a SYN,ACK is taken. */
static void syn_sent__syn_ack_with_text__taken_and_acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "SP. 0:10(10) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 11");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	assert_int_equal(d.delivered, 10);
	dialogue_end(&d);
}

/* RFC 9293 3.5 and 3.10.7.3: text that came with a bare SYN is nobody's until our SYN is acknowledged,
 * which shows that the SYN was no old duplicate. Kept or not, it is delivered once. */
static void syn_sent__syn_with_text__delivered_once_established(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "SP 0:10(10) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	assert_int_equal(d.delivered, 0);
	peer_sends(&d, 10, "P. 1:11(10) ack 1 win 65535");
	we_send(&d, 10, ". 1:1(0) ack 11");
	silence(&d, 10, TCP_STATE_ESTABLISHED);
	assert_int_equal(d.delivered, 10);
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, fifth, SYN-RECEIVED. */
static void syn_received__ack_of_something_else__rst(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	peer_sends(&d, 10, ". 1:1(0) ack 77 win 65535");
	we_send(&d, 10, "R 77:77(0)");
	silence(&d, 10, TCP_STATE_SYN_RECEIVED);
	dialogue_end(&d);
}

/* MUST-22: a SYN,ACK is sent again as anything else is. */
static void syn_received__no_answer__syn_ack_again_with_back_off(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	we_send(&d, 1000, "S. 0:0(0) ack 1");
	we_send(&d, 3000, "S. 0:0(0) ack 1");
	we_send(&d, 7000, "S. 0:0(0) ack 1");
	dialogue_end(&d);
}

/* RFC 9293 3.10.7.4, first: what is not acceptable is answered by an ACK, in SYN-RECEIVED too. */
static void syn_received__syn_again__acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	peer_sends(&d, 500, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 500, ". 1:1(0) ack 1");
	silence(&d, 500, TCP_STATE_SYN_RECEIVED);
	dialogue_end(&d);
}

/* MUST-23: SYNs go on for three minutes at least, if nobody asked for less. */
static void syn_sent__no_answer__goes_on_beyond_three_minutes(void **unused)
{
	static const int64_t at_ms[] = { 0, 1000, 3000, 7000, 15000, 31000, 63000, 123000, 183000 };
	struct dialogue d;

	dialogue_begin(&d, NULL);
	for (size_t i = 0; i < sizeof(at_ms) / sizeof(at_ms[0]); i++)
		we_send(&d, at_ms[i], "S 0:0(0)");
	silence(&d, 184000, TCP_STATE_SYN_SENT);
	assert_int_equal(dialogue_info(&d).syn_retries, 8);
	dialogue_end(&d);
}

/* The peer did not get our ACK: RFC 9293 3.10.7.4, first, and RFC 5961 4. */
static void established__syn_ack_again__acknowledged(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 1010, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	we_send(&d, 1010, ". 1:1(0) ack 1");
	silence(&d, 1010, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 7323 2.2 and 3.2, RFC 2018 2: an option that the peer's SYN did not have is not in our SYN,ACK;
 * MUST-14: the MSS is, whatever the peer sent. */
static void simultaneous_open__options_of_one_side_only__are_not_used(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0,wscale 8>");
	peer_sends(&d, 5, "S 0:0(0) win 65535");
	we_send(&d, 5, "S. 0:0(0) ack 1 <mss 1460>");
	info = dialogue_info(&d);
	assert_false(info.sack || info.timestamps);
	assert_int_equal(info.snd_wscale + info.rcv_wscale, 0);
	dialogue_end(&d);
}

/* ... and one that both have is. */
static void simultaneous_open__options_of_both__are_used(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_timestamps);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1400,sackOK,TS val 70 ecr 0,wscale 3>");
	we_send(&d, 5, "S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 5 ecr 70,wscale 8>");
	dialogue_end(&d);
}

/* MUST-65, RFC 7323 2.2, RFC 2018 2: mss, wscale and sackOK belong to SYNs. */
static void established__our_segments__have_no_syn_options(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10) ack 1 <>");
	peer_sends(&d, 30, "P. 1:11(10) ack 11 win 65535");
	we_send(&d, 30, ". 11:11(0) ack 11 <>");
	we_close(&d, 40);
	we_send(&d, 40, "F. 11:11(0) ack 11 <>");
	dialogue_end(&d);
}

static void mss_of_1000(struct tcp_config *cfg)
{
	cfg->mss = 1000;
}

/* MUST-16, MUST-67: the smaller of what the peer takes and what our own path does; ours is offered. */
static void syn_sent__mss_larger_than_ours__ours_counts(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, mss_of_1000);
	we_send(&d, 0, "S 0:0(0) <mss 1000,sackOK,wscale 8>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 8960>");
	we_write(&d, 10, 1500);
	we_send(&d, 10, ". 1:1001(1000) ack 1");
	we_send(&d, 10, "P. 1001:1501(500) ack 1");
	dialogue_end(&d);
}

static void over_ipv6(struct tcp_config *cfg)
{
	cfg->peer_mss = 1220;
	cfg->mss = 1440;
}

/* MUST-15: 1220 with IPv6 when the peer names none; IPv4's 536 is in test_conn_open.c. */
static void syn_sent__no_mss_with_ipv6__1220(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, over_ipv6);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535");
	we_write(&d, 10, 1440);
	we_send(&d, 10, ". 1:1221(1220) ack 1");
	we_send(&d, 10, "P. 1221:1441(220) ack 1");
	dialogue_end(&d);
}

/* MUST-64, and MUST-6: options need no alignment, and what is not known is stepped over. */
static void options__unknown_first_and_none_aligned__the_known_ones_are_read(void **unused)
{
	static const uint8_t bytes[] = {
		77, 3, 9, 2, 4, 5,  180, 3, 3, 7, 8, 10, 0, 0, 0, 42, 0, 0,
		0,  0, 4, 2, 5, 10, 0,	 0, 0, 1, 0, 0,	 0, 9, 0, 0,  0, 0
	};
	struct tcp_options o;

	assert_true(tcp_options_decode(bytes, sizeof(bytes), &o));
	assert_true(o.has_mss && o.mss == 1460);
	assert_true(o.has_wscale && o.wscale == 7);
	assert_true(o.has_timestamps && o.ts_val == 42);
	assert_true(o.has_sack_permitted);
	assert_true(o.sack_count == 1 && o.sack[0].from == 1 && o.sack[0].to == 9);
}

/* MUST-5: mss, wscale and sackOK in a segment without SYN are read, and mean nothing there. */
static void established__syn_options_without_syn__change_nothing(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info info;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, "P. 1:11(10) ack 1 win 1000 <mss 100,wscale 5,sackOK>");
	we_send(&d, 20, ". 1:1(0) ack 11");
	info = dialogue_info(&d);
	assert_int_equal(info.mss, 1460);
	assert_int_equal(info.snd_wscale, 0);
	assert_int_equal(info.snd_wnd, 1000);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_sent__write__sent_once_established),
		cmocka_unit_test(syn_sent__syn_ack_with_text__taken_and_acknowledged),
		cmocka_unit_test(syn_sent__syn_with_text__delivered_once_established),
		cmocka_unit_test(syn_received__ack_of_something_else__rst),
		cmocka_unit_test(syn_received__no_answer__syn_ack_again_with_back_off),
		cmocka_unit_test(syn_received__syn_again__acknowledged),
		cmocka_unit_test(syn_sent__no_answer__goes_on_beyond_three_minutes),
		cmocka_unit_test(established__syn_ack_again__acknowledged),
		cmocka_unit_test(simultaneous_open__options_of_one_side_only__are_not_used),
		cmocka_unit_test(simultaneous_open__options_of_both__are_used),
		cmocka_unit_test(established__our_segments__have_no_syn_options),
		cmocka_unit_test(syn_sent__mss_larger_than_ours__ours_counts),
		cmocka_unit_test(syn_sent__no_mss_with_ipv6__1220),
		cmocka_unit_test(options__unknown_first_and_none_aligned__the_known_ones_are_read),
		cmocka_unit_test(established__syn_options_without_syn__change_nothing),
	};

	return cmocka_run_group_tests_name("conform_open", tests, NULL, NULL);
}
