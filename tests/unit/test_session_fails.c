/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session_fails.c - how a session ends that does not end well, and what it says of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "kit/bench.h"

static void syn__rst__is_refused(void **unused)
{
	struct bench *b = bench_begin(REFUSE, 1000000, 0);

	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_REFUSED, "refused");
	assert_int_equal(b->changes, 1);
	bench_end(b);
}

static void syn__silence__times_out(void **unused)
{
	struct bench *b = bench_begin(SILENT, 50000, 0);
	int64_t start = loop_now();

	bench_until(b, bench_is_over);
	assert_true(loop_now() - start >= 45000);
	bench_outcome_is(b, STATUS_TIMEOUT, "no answer to 1 SYN");
	assert_int_equal(b->rsts, 0);
	bench_end(b);
}

static void syn__icmp_host_unreachable__ends_at_once(void **unused)
{
	struct bench *b = bench_begin(UNREACHABLE, 1000000, 0);

	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_UNREACHABLE, "host unreachable, says 198.51.100.80");
	assert_int_equal(b->icmps, 1);
	bench_end(b);
}

static void open__rst__is_the_peers_failure(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);

	b->to_send = 1000;
	bench_client_says(b, "x");
	bench_until(b, bench_all_sent);
	server_say(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_PEER, "after 1000 bytes");
	assert_int_equal(bench_read(b, 0), 1000);
	bench_end(b);
}

static void open__aborted__our_rst_is_ours(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct err why = { STATUS_APP, "on purpose" };

	session_abort(b->session, &why);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_APP, "on purpose");
	assert_int_equal(b->rsts, 1);
	assert_int_equal(b->notes[TRACE_NOTE_KERNEL_RST], 0);
	bench_end(b);
}

static void open__reader_gone__peer_is_told_by_rst(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);

	close(b->stream[1]);
	b->stream[1] = -1;
	b->to_send = 1000;
	server_send_text(b);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_APP, "nobody takes");
	assert_int_equal(b->rsts, 1);
	bench_end(b);
}

static void open__peer_silent__is_given_up_with_rst(void **unused)
{
	struct bench *b = bench_open(ANSWER, 60000);

	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_TIMEOUT, "silent for 0.06 s in ESTABLISHED");
	assert_int_equal(b->rsts, 1);
	bench_end(b);
}

static void sending_fails__in_the_handshake__is_the_end(void **unused)
{
	struct bench *b = bench_begin(SILENT, 2000000, 0);

	err_set(&b->send_fails, STATUS_UNREACHABLE, "no way");
	bench_until(b, bench_is_over); /* the SYN that is sent again after a second */
	bench_outcome_is(b, STATUS_UNREACHABLE, "no way");
	bench_end(b);
}

static void sending_fails__for_a_while__counts_as_loss(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);

	err_set(&b->send_fails, STATUS_UNREACHABLE, "no way");
	bench_client_says(b, "late");
	bench_for_ms(b, 50);
	assert_int_equal(b->warnings, 1);
	b->send_fails = (struct err){ 0 };
	session_close(b->session);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_OK, "");
	assert_memory_equal(b->heard, "late", 4);
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn__rst__is_refused),
		cmocka_unit_test(syn__silence__times_out),
		cmocka_unit_test(syn__icmp_host_unreachable__ends_at_once),
		cmocka_unit_test(open__rst__is_the_peers_failure),
		cmocka_unit_test(open__aborted__our_rst_is_ours),
		cmocka_unit_test(open__reader_gone__peer_is_told_by_rst),
		cmocka_unit_test(open__peer_silent__is_given_up_with_rst),
		cmocka_unit_test(sending_fails__in_the_handshake__is_the_end),
		cmocka_unit_test(sending_fails__for_a_while__counts_as_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
