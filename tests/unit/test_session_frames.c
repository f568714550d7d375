/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session_frames.c - captured frames that the engine must not be told of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/bench.h"

static void open__wrong_checksum__is_shown_and_not_delivered(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct tcp_segment seg = server_reply(b, TCP_FLAG_ACK | TCP_FLAG_PSH);
	unsigned steps = b->steps;

	seg.text = (const uint8_t *)"wrong";
	seg.text_len = 5;
	bench_queue(b, false, &seg, true);
	bench_for_ms(b, 20);
	assert_true(b->steps > steps);
	assert_int_equal(b->notes[TRACE_NOTE_BAD_CHECKSUM], 1);
	assert_int_equal(bench_read(b, 0), 0);
	bench_end(b);
}

static void open__fragment__is_reported(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct tcp_segment seg = server_reply(b, TCP_FLAG_ACK);
	struct bench_frame *q;
	unsigned sum;

	bench_for_ms(b, 20);
	seg.text = (const uint8_t *)"fragment";
	seg.text_len = 8;
	bench_queue(b, false, &seg, false);
	q = &b->queue[(b->tail - 1) % BENCH_FRAMES_MAX];
	q->bytes[6] = 0x20; /* more fragments, and no DF any more: the header's sum changes */
	sum = ((unsigned)q->bytes[10] << 8 | q->bytes[11]) + 0x2000;
	q->bytes[10] = (uint8_t)(sum >> 8);
	bench_for_ms(b, 20);
	assert_int_equal(b->dropped, 1);
	assert_int_equal(bench_read(b, 0), 0);
	bench_end(b);
}

static void open__segments_of_other_connections__are_not_ours(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct tcp_segment seg = server_reply(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	unsigned frames;

	bench_for_ms(b, 20);
	frames = b->frames;
	seg.dst_port = BENCH_CLIENT_PORT + 1;
	bench_queue(b, false, &seg, false);
	seg.dst_port = BENCH_CLIENT_PORT;
	seg.src_port = BENCH_SERVER_PORT + 1;
	bench_queue(b, false, &seg, false);
	bench_for_ms(b, 20);
	assert_int_equal(b->frames, frames);
	assert_false(session_over(b->session));
	bench_end(b);
}

/* The guard should have prevented it; when it is seen all the same it must be told apart. */
static void open__rst_that_we_did_not_send__is_our_kernels(void **unused)
{
	struct bench *b = bench_open(ANSWER, 0);
	struct tcp_segment seg = { .src_port = BENCH_CLIENT_PORT,
				   .dst_port = BENCH_SERVER_PORT,
				   .seq = 1001,
				   .flags = TCP_FLAG_RST };

	bench_queue(b, true, &seg, false);
	bench_for_ms(b, 20);
	assert_int_equal(b->notes[TRACE_NOTE_KERNEL_RST], 1);
	assert_false(session_over(b->session)); /* the engine is not told */
	bench_end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__wrong_checksum__is_shown_and_not_delivered),
		cmocka_unit_test(open__fragment__is_reported),
		cmocka_unit_test(open__segments_of_other_connections__are_not_ours),
		cmocka_unit_test(open__rst_that_we_did_not_send__is_our_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
