/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conform_sack.c - RFC 2018 and RFC 2883, both ways: the blocks that we send, and what we make of
 * the peer's. More of it is in test_conn_transfer.c; the table is doc/CONFORMANCE.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/dialogue.h"

static void no_sack(struct tcp_config *cfg)
{
	cfg->use_sack = false;
}

/* RFC 2018 2: no SACK option to a peer that did not permit it, nor if we did not offer. */
static void not_agreed__out_of_order__no_blocks(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, no_sack);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <>");
	dialogue_end(&d);

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <>");
	dialogue_end(&d);
}

/* RFC 2018 4: every ACK below the highest number received tells the blocks, this one after progress. */
static void gaps__one_closed__ack_still_tells_the_other(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <sack 1001:2001>");
	peer_sends(&d, 21, ". 3001:4001(1000) ack 1 win 65535");
	we_send(&d, 21, ". 1:1(0) ack 1 <sack 3001:4001,sack 1001:2001>");
	peer_sends(&d, 22, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 22, ". 1:1(0) ack 2001 <sack 3001:4001>");
	dialogue_end(&d);
}

/* RFC 2018 4: the block of the segment that just came is the first, the others as lately reported; as
 * many as there is room for. */
static void five_gaps__the_four_latest_blocks(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ".");
	peer_sends(&d, 21, ". 3001:4001(1000) ack 1 win 65535");
	we_send(&d, 21, ".");
	peer_sends(&d, 22, ". 5001:6001(1000) ack 1 win 65535");
	we_send(&d, 22, ".");
	peer_sends(&d, 23, ". 7001:8001(1000) ack 1 win 65535");
	we_send(&d, 23,
		". 1:1(0) ack 1 <sack 7001:8001,sack 5001:6001,sack 3001:4001,sack 1001:2001>");
	peer_sends(&d, 24, ". 9001:10001(1000) ack 1 win 65535");
	we_send(&d, 24,
		". 1:1(0) ack 1 <sack 9001:10001,sack 7001:8001,sack 5001:6001,sack 3001:4001>");
	/* one that grows comes first again */
	peer_sends(&d, 25, ". 6001:6501(500) ack 1 win 65535");
	we_send(&d, 25,
		". 1:1(0) ack 1 <sack 5001:6501,sack 9001:10001,sack 7001:8001,sack 3001:4001>");
	assert_int_equal(d.last.option_len, 36);
	dialogue_end(&d);
}

/* RFC 2018 4 and RFC 5681 4.2: text of ours that waits must not swallow the report of a gap, for a peer
 * does not count an ACK with text as a duplicate. */
static void out_of_order__while_we_send__gap_is_reported(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_write(&d, 20, 100);
	we_send(&d, 20, ". 1:1(0) ack 1 <sack 1001:2001>");
	we_send(&d, 20, "P. 1:101(100) ack 1");
	dialogue_end(&d);
}

/* RFC 2018 8: what was reported is kept until acknowledged; here until the gap is filled. */
static void out_of_order__reported__is_never_discarded(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	d.reader_takes = 0;
	peer_sends(&d, 20, ". 20001:21461(1460) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <sack 20001:21461>");
	for (int i = 0; i < 10; i++) {
		peer_sends(&d, 21 + i, ". 30001:31461(1460) ack 1 win 65535");
		we_send(&d, 21 + i, ".");
	}
	peer_sends(&d, 40, ". 1:20001(20000) ack 1 win 65535");
	we_send(&d, 40, ". 1:1(0) ack 21461 <sack 30001:31461>");
	reader_takes(&d, 50, SIZE_MAX);
	assert_int_equal(d.delivered, 21460);
	dialogue_end(&d);
}

/* Four segments of ours from 100 ms on; the last three were reported at 110, so the first goes again. */
static void all_but_the_first_reported(struct dialogue *d)
{
	dialogue_established(d, NULL);
	we_write(d, 100, 4 * 1460);
	assert_int_equal(we_send_all(d, 100), 4);
	peer_sends(d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:5841>");
	we_send(d, 110, ". 1:1461(1460)");
}

/* RFC 2018 5.1: after a timeout the reports count no more, the first segment goes at once; 8: a peer that
 * threw away what it had reported gets it again. */
static void timeout__after_reports__they_are_forgotten(void **unused)
{
	struct dialogue d;

	all_but_the_first_reported(&d);
	we_send(&d, 1100, ". 1:1461(1460)");
	peer_sends(&d, 1110, ". 1:1(0) ack 1461 win 65535");
	we_send(&d, 1110, ". 1461:2921(1460)");
	we_send(&d, 1110, ". 2921:4381(1460)");
	peer_sends(&d, 1120, ". 1:1(0) ack 4381 win 65535");
	we_send(&d, 1120, "P. 4381:5841(1460)");
	dialogue_end(&d);
}

/* RFC 2018 5.1: until then, what was reported is not sent again. */
static void reported__first_arrives__nothing_else_again(void **unused)
{
	struct dialogue d;

	all_but_the_first_reported(&d);
	peer_sends(&d, 120, ". 1:1(0) ack 5841 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_int_equal(dialogue_info(&d).retransmissions, 1);
	dialogue_end(&d);
}

/* A report does not replace an acknowledgement: the text stays ours to keep (RFC 2018 8). */
static void reported__not_acknowledged__is_not_all_acked(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 2 * 1460);
	assert_int_equal(we_send_all(&d, 100), 2);
	peer_sends(&d, 110, ". 1:1(0) ack 1 win 65535 <sack 1461:2921>");
	assert_int_equal(dialogue_info(&d).snd_una, d.cfg.isn + 1);
	assert_false(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

/* Blocks of what was never sent, of what is acknowledged, or upside down say nothing. */
static void reports__impossible__ignored(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 2 * 1460);
	assert_int_equal(we_send_all(&d, 100), 2);
	peer_sends(&d, 105, ". 1:1(0) ack 1 win 65535 <sack 2921:9001>");
	peer_sends(&d, 106, ". 1:1(0) ack 1 win 65535 <sack 2921:1461>");
	peer_sends(&d, 107, ". 1:1(0) ack 1 win 65535 <sack 4294960000:1>");
	peer_sends(&d, 108, ". 1:1(0) ack 1 win 65535 <sack 4294960000:1461>");
	silence(&d, 124, TCP_STATE_ESTABLISHED); /* until the tail probe */
	we_send(&d, 125, "P. 1461:2921(1460)");
	peer_sends(&d, 130, ". 1:1(0) ack 2921 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* RFC 2883 4.2: of a segment that is old in part, the old part. */
static void overlap__d_sack_of_the_old_part(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1001");
	peer_sends(&d, 30, ". 501:1501(1000) ack 1 win 65535");
	we_send(&d, 30, ". 1:1(0) ack 1501 <sack 501:1001>");
	dialogue_end(&d);
}

/* RFC 2883 4 (1), (5): the duplicate is the first block, the gaps follow; (2): it is told once. */
static void duplicate_with_a_gap_open__d_sack_first_and_once(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1001");
	peer_sends(&d, 21, ". 2001:3001(1000) ack 1 win 65535");
	we_send(&d, 21, ". 1:1(0) ack 1001 <sack 2001:3001>");
	peer_sends(&d, 22, ". 1:1001(1000) ack 1 win 65535");
	we_send(&d, 22, ". 1:1(0) ack 1001 <sack 1:1001,sack 2001:3001>");
	peer_sends(&d, 23, ". 4001:5001(1000) ack 1 win 65535");
	we_send(&d, 23, ". 1:1(0) ack 1001 <sack 4001:5001,sack 2001:3001>");
	dialogue_end(&d);
}

/* RFC 2883 4 (4), 4.1.2: a duplicate above the gap, and then the block that it lies in. */
static void duplicate_above_a_gap__d_sack_then_its_block(void **unused)
{
	struct dialogue d;

	dialogue_established(&d, NULL);
	peer_sends(&d, 20, ". 1001:2001(1000) ack 1 win 65535");
	we_send(&d, 20, ". 1:1(0) ack 1 <sack 1001:2001>");
	peer_sends(&d, 21, ". 2001:3001(1000) ack 1 win 65535");
	we_send(&d, 21, ". 1:1(0) ack 1 <sack 1001:3001>");
	peer_sends(&d, 22, ". 2001:3001(1000) ack 1 win 65535");
	we_send(&d, 22, ". 1:1(0) ack 1 <sack 2001:3001,sack 1001:3001>");
	dialogue_end(&d);
}

/* RFC 2883 5: the sender's side. Both copies arrived: no loss, and no smaller window. */
static void tail_probe__answered_by_d_sack__window_kept(void **unused)
{
	struct dialogue d;
	uint32_t cwnd;

	dialogue_established(&d, NULL);
	we_write(&d, 100, 10);
	we_send(&d, 100, "P. 1:11(10)");
	cwnd = dialogue_info(&d).cwnd;
	we_send(&d, 320, "P. 1:11(10)");
	peer_sends(&d, 330, ". 1:1(0) ack 11 win 65535 <sack 1:11>");
	assert_true(dialogue_info(&d).cwnd >= cwnd);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(not_agreed__out_of_order__no_blocks),
		cmocka_unit_test(gaps__one_closed__ack_still_tells_the_other),
		cmocka_unit_test(five_gaps__the_four_latest_blocks),
		cmocka_unit_test(out_of_order__while_we_send__gap_is_reported),
		cmocka_unit_test(out_of_order__reported__is_never_discarded),
		cmocka_unit_test(timeout__after_reports__they_are_forgotten),
		cmocka_unit_test(reported__first_arrives__nothing_else_again),
		cmocka_unit_test(reported__not_acknowledged__is_not_all_acked),
		cmocka_unit_test(reports__impossible__ignored),
		cmocka_unit_test(overlap__d_sack_of_the_old_part),
		cmocka_unit_test(duplicate_with_a_gap_open__d_sack_first_and_once),
		cmocka_unit_test(duplicate_above_a_gap__d_sack_then_its_block),
		cmocka_unit_test(tail_probe__answered_by_d_sack__window_kept),
	};

	return cmocka_run_group_tests_name("conform_sack", tests, NULL, NULL);
}
