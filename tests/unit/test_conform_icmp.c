/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_icmp.c - RFC 9293 section 3.9.2.2, RFC 5927, and path MTU discovery (RFC 1191, RFC 8201) as
 * far as the engine has it. What the messages mean is in test_decode_icmp.c; the table is
 * doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

/* Ten bytes of ours are out, 1 to 10. */
static void text_out(struct dialogue *d)
{
	dialogue_established(d, NULL);
	we_write(d, 20, 10);
	we_send(d, 20, "P. 1:11(10)");
}

/* SHLD-26 as RFC 5927 5.2 has it: a hard error does not end an established connection, it is reported. */
static void established__hard_error__goes_on_and_is_known(void **unused)
{
	struct dialogue d;

	text_out(&d);
	assert_true(icmp_arrives(&d, 30, TCP_ICMP_HARD, 1, 0));
	assert_true(dialogue_info(&d).soft_error);
	peer_sends(&d, 40, ". 1:1(0) ack 11 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);
}

/* MUST-56, SHLD-25, MUST-47: a soft error ends nothing, and is reported. */
static void established__soft_error__goes_on_and_is_known(void **unused)
{
	struct dialogue d;

	text_out(&d);
	assert_false(dialogue_info(&d).soft_error);
	assert_true(icmp_arrives(&d, 30, TCP_ICMP_SOFT, 1, 0));
	assert_true(dialogue_info(&d).soft_error);
	peer_sends(&d, 40, ". 1:1(0) ack 11 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 5927 4.1: what quotes a number that is not in flight is forged, or late. */
static void established__quotes_what_is_not_in_flight__ignored(void **unused)
{
	struct dialogue d;

	text_out(&d);
	assert_false(icmp_arrives(&d, 30, TCP_ICMP_SOFT, 0, 0));
	assert_false(icmp_arrives(&d, 30, TCP_ICMP_SOFT, 11, 0));
	assert_false(icmp_arrives(&d, 30, TCP_ICMP_TOO_BIG, 3000000000u, 500));
	assert_true(icmp_arrives(&d, 30, TCP_ICMP_TOO_BIG, 10, 1400));
	peer_sends(&d, 40, ". 1:1(0) ack 11 win 65535");
	assert_false(icmp_arrives(&d, 50, TCP_ICMP_HARD, 1, 0));
	assert_false(dialogue_info(&d).soft_error);
	assert_int_equal(dialogue_info(&d).mss, 1400);
	dialogue_end(&d);
}

/* SHLD-26, RFC 5927 5.2: before a connection is synchronized a hard error ends it. */
static void syn_received__hard_error__unreachable(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 5, "S 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "S. 0:0(0) ack 1");
	assert_true(icmp_arrives(&d, 10, TCP_ICMP_HARD, 0, 0));
	silence(&d, 10, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_UNREACHABLE);
	dialogue_end(&d);
}

/* RFC 1191 3, RFC 8201 4: a path MTU is only ever lowered by these messages; RFC 5927 7.2: not to nothing. */
static void too_big__larger_than_now_or_absurd__mss_stays_sane(void **unused)
{
	struct dialogue d;

	text_out(&d);
	assert_true(icmp_arrives(&d, 30, TCP_ICMP_TOO_BIG, 1, 9000));
	assert_int_equal(dialogue_info(&d).mss, 1460);
	assert_true(icmp_arrives(&d, 31, TCP_ICMP_TOO_BIG, 1, 1000));
	assert_int_equal(dialogue_info(&d).mss, 1000);
	assert_true(icmp_arrives(&d, 32, TCP_ICMP_TOO_BIG, 1, 1200));
	assert_int_equal(dialogue_info(&d).mss, 1000);
	assert_true(icmp_arrives(&d, 33, TCP_ICMP_TOO_BIG, 1, 0));
	assert_int_equal(dialogue_info(&d).mss, 88);
	dialogue_end(&d);
}

/* RFC 8201 5.4: too large is not congestion. */
static void too_big__congestion_window_stays(void **unused)
{
	struct dialogue d;
	struct tcp_conn_info before, after;

	dialogue_established(&d, NULL);
	we_write(&d, 20, 3 * 1460);
	assert_int_equal(we_send_all(&d, 20), 3);
	before = dialogue_info(&d);
	assert_true(icmp_arrives(&d, 30, TCP_ICMP_TOO_BIG, 1, 1000));
	after = dialogue_info(&d);
	assert_int_equal(after.ssthresh, before.ssthresh);
	assert_true(after.cwnd >= before.cwnd);
	dialogue_end(&d);
}

/* A SYN is smaller than any path's MTU: an error that says otherwise is not believed. */
static void syn_sent__too_big__changes_nothing(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	icmp_arrives(&d, 5, TCP_ICMP_TOO_BIG, 0, 100);
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	assert_int_equal(dialogue_info(&d).mss, 1460);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(established__hard_error__goes_on_and_is_known),
		cmocka_unit_test(established__soft_error__goes_on_and_is_known),
		cmocka_unit_test(established__quotes_what_is_not_in_flight__ignored),
		cmocka_unit_test(syn_received__hard_error__unreachable),
		cmocka_unit_test(too_big__larger_than_now_or_absurd__mss_stays_sane),
		cmocka_unit_test(too_big__congestion_window_stays),
		cmocka_unit_test(syn_sent__too_big__changes_nothing),
	};

	return cmocka_run_group_tests_name("conform_icmp", tests, NULL, NULL);
}
