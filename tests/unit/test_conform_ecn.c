/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_ecn.c - RFC 3168 section 6.1, a client's side of it (SHLD-8 of RFC 9293).
 * The table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void with_ecn(struct tcp_config *cfg)
{
	cfg->use_ecn = true;
}

static void with_ecn_without_sack(struct tcp_config *cfg)
{
	cfg->use_ecn = true;
	cfg->use_sack = false;
}

static void established(struct dialogue *d, void (*tune)(struct tcp_config *))
{
	dialogue_begin(d, tune);
	we_send(d, 0, "SEW 0:0(0) [noecn]");
	peer_sends(d, 10, "SE. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	we_send(d, 10, ". 1:1(0) ack 1 [noecn]");
	assert_true(dialogue_info(d).ecn);
}

/* 6.1.1: a SYN asks by both flags, if we want it at all; no SYN is itself capable of marks. */
static void syn__ecn_wanted_or_not__asks_or_does_not(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0) [noecn]");
	peer_sends(&d, 10, "SE. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	assert_false(dialogue_info(&d).ecn);
	dialogue_end(&d);

	dialogue_begin(&d, with_ecn);
	we_send(&d, 0, "SEW 0:0(0) [noecn]");
	dialogue_end(&d);
}

/* 6.1.1, 6.1.2, 6.1.4: text is ECT(0), acknowledgements and a FIN alone are not. */
static void agreed__text_is_capable__nothing_else(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	we_write(&d, 20, 1470);
	we_send(&d, 20, ". 1:1461(1460) ack 1 [ect0]");
	we_send(&d, 20, "P. 1461:1471(10) ack 1 [ect0]");
	peer_sends(&d, 30, "P. 1:11(10) ack 1471 win 65535 [ect0]");
	we_send(&d, 30, ". 1471:1471(0) ack 11 [noecn]");
	we_close(&d, 40);
	we_send(&d, 40, "F. 1471:1471(0) ack 11 [noecn]");
	dialogue_end(&d);
}

/* 6.1.1: any answer but ECE alone is a no. Both flags come from a peer that sends our bits back. */
static void not_agreed__nothing_is_capable_and_no_mark_counts(void **unused)
{
	static const char *const answers[] = {
		"S. 0:0(0) ack 1 win 65535 <mss 1460>",
		"SEW. 0:0(0) ack 1 win 65535 <mss 1460>",
		"SW. 0:0(0) ack 1 win 65535 <mss 1460>",
	};

	for (size_t i = 0; i < 3; i++) {
		struct dialogue d;

		dialogue_begin(&d, with_ecn);
		we_send(&d, 0, "SEW 0:0(0)");
		peer_sends(&d, 10, answers[i]);
		we_send(&d, 10, ". 1:1(0) ack 1 [noecn]");
		assert_false(dialogue_info(&d).ecn);
		we_write(&d, 20, 10);
		we_send(&d, 20, "P. 1:11(10) ack 1 [noecn]");
		peer_sends(&d, 30, "PE. 1:11(10) ack 11 win 65535 [ce]");
		we_send(&d, 30, ". 11:11(0) ack 11 [noecn]");
		assert_int_equal(dialogue_info(&d).marks_told, 0);
		dialogue_end(&d);
	}
}

/* 6.1.1.1: a SYN that got no answer goes again without the request, and then there are no marks. */
static void syn__no_answer__asks_no_more(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_ecn);
	we_send(&d, 0, "SEW 0:0(0)");
	we_send(&d, 1000, "S 0:0(0)");
	peer_sends(&d, 1010, "SE. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 1010, ". 1:1(0) ack 1");
	assert_false(dialogue_info(&d).ecn);
	dialogue_end(&d);
}

/* 6.1.1, simultaneous open: the answer to a SYN that asks has ECE alone, and no ECT. */
static void simultaneous_open__both_ask__agreed(void **unused)
{
	struct dialogue d;

	dialogue_begin(&d, with_ecn);
	we_send(&d, 0, "SEW 0:0(0)");
	peer_sends(&d, 5, "SEW 0:0(0) win 65535 <mss 1460>");
	we_send(&d, 5, "SE. 0:0(0) ack 1 [noecn]");
	peer_sends(&d, 10, ". 1:1(0) ack 1 win 65535");
	we_write(&d, 20, 10);
	we_send(&d, 20, "P. 1:11(10) ack 1 [ect0]");
	dialogue_end(&d);
}

/* 6.1.5: what is sent again is not capable, and 6.1.2: does not say CWR, though a timeout slowed us. The
 * first new text says it. */
static void sent_again__not_capable__the_next_new_text_says_cwr(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn_without_sack);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10) [ect0]");
	we_send(&d, 1100, "P. 1:11(10) [noecn]");
	peer_sends(&d, 1110, ". 1:1(0) ack 11 win 65535");
	we_write(&d, 1200, 10);
	we_send(&d, 1200, "PW. 11:21(10) [ect0]");
	peer_sends(&d, 1210, ". 1:1(0) ack 21 win 65535");
	we_write(&d, 1300, 10);
	we_send(&d, 1300, "P. 21:31(10) [ect0]");
	dialogue_end(&d);
}

/* 6.1.2: the same after a loss that SACK showed. */
static void fast_retransmit__the_next_new_text_says_cwr(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	we_write(&d, 100, 5 * 1460);
	assert_int_equal(we_send_all(&d, 100), 5);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:7301>");
	we_send(&d, 110, ". 1:1461(1460) [noecn]");
	we_write(&d, 111, 10);
	we_send(&d, 111, "PW. 7301:7311(10) [ect0]");
	we_write(&d, 112, 10);
	we_send(&d, 112, "P. 7311:7321(10) [ect0]");
	dialogue_end(&d);
}

/* 6.1.6: a probe of a closed window is not capable, and does not say CWR. */
static void zero_window__probe__not_capable(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	peer_sends(&d, 20, ". 1:1(0) ack 1 win 0");
	we_write(&d, 20, 100);
	we_send(&d, 1020, ". 1:2(1) [noecn]");
	dialogue_end(&d);
}

/* 6.1.3: a mark is echoed in all that we send, until the peer says CWR; a mark with the CWR begins anew. */
static void mark__echoed_until_cwr(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	peer_sends(&d, 20, ". 1:1461(1460) ack 1 win 65535 [ce]");
	we_send(&d, 20, "E. 1:1(0) ack 1461 [noecn]");
	peer_sends(&d, 21, ". 1461:2921(1460) ack 1 win 65535 [ect0]");
	we_send(&d, 21, "E. 1:1(0) ack 2921");
	we_write(&d, 22, 10);
	we_send(&d, 22, "PE. 1:11(10) ack 2921 [ect0]");
	peer_sends(&d, 30, "W. 2921:4381(1460) ack 11 win 65535 [ect0]");
	we_send(&d, 30, ". 11:11(0) ack 4381");
	peer_sends(&d, 40, "W. 4381:5841(1460) ack 11 win 65535 [ce]");
	we_send(&d, 40, "E. 11:11(0) ack 5841");
	assert_int_equal(dialogue_info(&d).marks_seen, 2);
	dialogue_end(&d);
}

/* 6.1.3: an ACK for two segments echoes the mark of either. */
static void mark__on_one_of_two__echoed_in_their_ack(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	peer_sends(&d, 20, ". 1:1461(1460) ack 1 win 65535 [ce]");
	peer_sends(&d, 20, ". 1461:2921(1460) ack 1 win 65535 [ect0]");
	we_send(&d, 20, "E. 1:1(0) ack 2921");
	dialogue_end(&d);
}

/* 6.1.5: a mark on what is outside of the window, or on no text at all, is not believed. */
static void mark__out_of_window_or_without_text__ignored(void **unused)
{
	struct dialogue d;

	established(&d, with_ecn);
	peer_sends(&d, 20, ". 3000001:3000101(100) ack 1 win 65535 [ce]");
	we_send(&d, 20, ". 1:1(0) ack 1");
	peer_sends(&d, 21, ". 1:1(0) ack 1 win 60000 [ce]");
	peer_sends(&d, 22, "P. 1:11(10) ack 1 win 65535 [ect0]");
	we_send(&d, 22, ". 1:1(0) ack 11");
	assert_int_equal(dialogue_info(&d).marks_seen, 0);
	dialogue_end(&d);
}

/* Twenty segments written at 100 ms, the ten of the first window sent; the first one was marked. */
static void echo_came(struct dialogue *d)
{
	established(d, with_ecn);
	we_write(d, 100, 20 * 1460);
	assert_int_equal(we_send_all(d, 100), 10);
	peer_sends(d, 110, "E. 1:1(0) ack 1461 win 65535");
	assert_int_equal(dialogue_info(d).cwnd, 10220); /* 0.7 of what was out, RFC 9438 4.6 */
	assert_int_equal(dialogue_info(d).ssthresh, 10220);
}

/* 6.1.2: slower as after a loss, nothing is sent again; once in a window of data; CWR on the first new
 * text, and on that alone. */
static void echo__window_reduced_once__first_new_text_says_cwr(void **unused)
{
	struct dialogue d;

	echo_came(&d);
	silence(&d, 110, TCP_STATE_ESTABLISHED);
	peer_sends(&d, 111, "E. 1:1(0) ack 2921 win 65535");
	assert_int_equal(dialogue_info(&d).ssthresh, 10220);
	assert_int_equal(dialogue_info(&d).marks_told, 1);
	peer_sends(&d, 112, ". 1:1(0) ack 14601 win 65535");
	we_send(&d, 112, "W. 14601:16061(1460) [ect0]");
	we_send(&d, 112, ". 16061:17521(1460) [ect0]");
	assert_int_equal(dialogue_info(&d).retransmissions, 0);
	dialogue_end(&d);
}

/* 6.1.2: an echo in the next window of data is a new one. */
static void echo__in_the_next_window__reduced_again(void **unused)
{
	struct dialogue d;

	echo_came(&d);
	peer_sends(&d, 112, ". 1:1(0) ack 14601 win 65535");
	we_send_all(&d, 112);
	peer_sends(&d, 122, "E. 1:1(0) ack 16061 win 65535");
	assert_true(dialogue_info(&d).ssthresh < 10220);
	assert_int_equal(dialogue_info(&d).marks_told, 2);
	dialogue_end(&d);
}

/* 6.1.2: an acknowledgement with an echo opens no window. */
static void echo__again_in_the_same_window__no_growth(void **unused)
{
	struct dialogue d;

	echo_came(&d);
	peer_sends(&d, 111, "E. 1:1(0) ack 2921 win 65535");
	peer_sends(&d, 112, "E. 1:1(0) ack 4381 win 65535");
	assert_int_equal(dialogue_info(&d).cwnd, 10220);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn__ecn_wanted_or_not__asks_or_does_not),
		cmocka_unit_test(agreed__text_is_capable__nothing_else),
		cmocka_unit_test(not_agreed__nothing_is_capable_and_no_mark_counts),
		cmocka_unit_test(syn__no_answer__asks_no_more),
		cmocka_unit_test(simultaneous_open__both_ask__agreed),
		cmocka_unit_test(sent_again__not_capable__the_next_new_text_says_cwr),
		cmocka_unit_test(fast_retransmit__the_next_new_text_says_cwr),
		cmocka_unit_test(zero_window__probe__not_capable),
		cmocka_unit_test(mark__echoed_until_cwr),
		cmocka_unit_test(mark__on_one_of_two__echoed_in_their_ack),
		cmocka_unit_test(mark__out_of_window_or_without_text__ignored),
		cmocka_unit_test(echo__window_reduced_once__first_new_text_says_cwr),
		cmocka_unit_test(echo__in_the_next_window__reduced_again),
		cmocka_unit_test(echo__again_in_the_same_window__no_growth),
	};

	return cmocka_run_group_tests_name("conform_ecn", tests, NULL, NULL);
}
