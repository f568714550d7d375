/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session.c - open, the stream both ways with its back-pressure, and close. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "kit/bench.h"

static void open__text_both_ways_and_close__is_exact(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);

	b->to_send = 5000;
	bench_client_says(b, "GET / HTTP/1.0\r\n\r\n");
	bench_until(b, bench_all_sent);
	assert_int_equal(bench_read(b, 0), 5000);
	assert_memory_equal(b->heard, "GET / HTTP/1.0\r\n\r\n", 18);
	assert_int_equal(shutdown(b->stream[1], SHUT_WR), 0);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_OK, "");
	assert_int_equal(b->heard_len, 18);
	assert_int_equal(b->steps, b->frames);
	assert_true(b->dropped == 0 && b->rsts == 0 && b->notes[TRACE_NOTE_KERNEL_RST] == 0);
	bench_end(b);
}

static void open__peer_closes_first__stream_ends_then_we_close(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	char byte;

	b->behaviour = CLOSE_FIRST;
	b->to_send = 3000;
	bench_client_says(b, "x");
	bench_until(b, bench_all_sent);
	bench_for_ms(b, 20);
	assert_int_equal(bench_read(b, 0), 3000);
	assert_int_equal(read(b->stream[1], &byte, 1), 0); /* end of file */
	assert_false(session_over(b->session));
	assert_int_equal(shutdown(b->stream[1], SHUT_WR), 0);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_OK, "");
	bench_end(b);
}

static void open__reader_stops__window_closes_and_nothing_is_lost(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	size_t total = 0;
	int small = 4096;

	setsockopt(b->stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	b->to_send = 100000;
	bench_client_says(b, "x");
	bench_for_ms(b, 100);
	assert_true(b->sent < 60000); /* the socket's buffer and ours, no more */
	assert_true(b->window < 1000);
	while (total < b->to_send) {
		total += bench_read(b, total);
		bench_for_ms(b, 6);
	}
	assert_int_equal(total, 100000);
	session_close(b->session);
	bench_until(b, bench_is_over);
	bench_outcome_is(b, STATUS_OK, "");
	bench_end(b);
}

static void reset_with_a_full_reader__reader_gets_all_that_came(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct tcp_segment rst;
	size_t total = 0;
	int small = 4096;

	setsockopt(b->stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	b->to_send = 15000;
	bench_client_says(b, "x");
	bench_until(b, bench_all_sent);
	rst = server_reply(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	bench_queue(b, false, &rst, false);
	bench_for_ms(b, 100);
	while (!session_over(b->session)) {
		total += bench_read(b, total);
		bench_for_ms(b, 6);
	}
	total += bench_read(b, total);
	assert_int_equal(total, 15000);
	bench_outcome_is(b, STATUS_PEER, "reset the connection");
	bench_end(b);
}

static void last_segment__not_captured__is_not_waited_for_long(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	int64_t start;

	b->hide_own = true;
	session_close(b->session);
	start = loop_now();
	bench_until(b, bench_is_over);
	assert_true(loop_now() - start < 1000000);
	bench_outcome_is(b, STATUS_OK, "");
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__text_both_ways_and_close__is_exact),
		cmocka_unit_test(open__peer_closes_first__stream_ends_then_we_close),
		cmocka_unit_test(open__reader_stops__window_closes_and_nothing_is_lost),
		cmocka_unit_test(reset_with_a_full_reader__reader_gets_all_that_came),
		cmocka_unit_test(last_segment__not_captured__is_not_waited_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
