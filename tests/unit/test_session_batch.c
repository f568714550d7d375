/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session_batch.c - many frames at once: how often a session answers, and what its reader gets.
 *
 * The wire is this test: it queues segments of a server, lets the session take them all in one turn of
 * the loop, and looks at what was sent in return. No privilege, no network; the clock is the real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "drive/session.h"

#define CLIENT_PORT 40000
#define SERVER_PORT 80
#define SERVER_ISN  5000u
#define TEXT	    1000u /* bytes of each segment */
#define FRAMES_MAX  200
#define SENT_MAX    4000
#define PATIENCE_US 3000000

struct bench {
	struct link link; /* first: a struct link * is a struct bench * */
	struct loop *loop;
	struct session *session;
	struct craft *craft;
	struct loop_source tick; /* so that loop_turn() never waits for long */
	int event_fd, stream[2]; /* the session has stream[0] */
	uint8_t *frames[FRAMES_MAX];
	uint32_t lengths[FRAMES_MAX];
	unsigned head, tail;
	struct tcp_segment sent[SENT_MAX]; /* without text */
	unsigned sent_count;
	uint32_t client_next;
};

static const struct addr client = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
static const struct addr server = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };
static const struct watch nobody;

/* ---- the wire --------------------------------------------------------------------------------- */

static void queue(struct bench *b, const struct tcp_segment *seg)
{
	static uint8_t packet[CRAFT_PACKET_MAX];
	struct craft_ip ip = { .src = server, .dst = client, .ttl = 64 };
	struct err e = { 0 };
	size_t len = craft_build(b->craft, &ip, seg, packet, &e);

	assert_true(len > 0 && b->tail < FRAMES_MAX);
	b->frames[b->tail] = malloc(len);
	assert_non_null(b->frames[b->tail]);
	memcpy(b->frames[b->tail], packet, len);
	b->lengths[b->tail++] = (uint32_t)len;
}

static bool fake_send(struct link *l, const struct tcp_segment *seg, struct err *e)
{
	struct bench *b = (struct bench *)l;

	assert_true(b->sent_count < SENT_MAX);
	b->sent[b->sent_count] = *seg;
	b->sent[b->sent_count++].text = NULL;
	b->client_next = tcp_segment_end(seg);
	return true;
}

static int fake_receive(struct link *l, struct frame *f, struct err *e)
{
	struct bench *b = (struct bench *)l;
	uint64_t n;

	if (b->head == b->tail) {
		(void)!read(b->event_fd, &n, sizeof(n));
		return 0;
	}
	*f = (struct frame){ .bytes = b->frames[b->head],
			     .captured = b->lengths[b->head],
			     .length = b->lengths[b->head],
			     .link_type = LINK_RAW };
	b->head++;
	return 1;
}

static void fake_close(struct link *l) {}

/* ---- the server ------------------------------------------------------------------------------- */

static uint8_t pattern(size_t at)
{
	return (uint8_t)(at * 7 + at / 251);
}

/* Segment number @index of the text; with @fin the last. */
static void say(struct bench *b, unsigned index, bool fin)
{
	uint8_t text[TEXT];
	struct tcp_segment seg = { .src_port = SERVER_PORT,
				   .dst_port = CLIENT_PORT,
				   .seq = SERVER_ISN + 1 + index * TEXT,
				   .ack = b->client_next,
				   .flags = TCP_FLAG_ACK,
				   .window = 65535,
				   .text = text,
				   .text_len = TEXT };

	if (fin)
		seg.flags |= TCP_FLAG_FIN;
	for (size_t i = 0; i < TEXT; i++)
		text[i] = pattern(index * TEXT + i);
	queue(b, &seg);
}

static void say_syn_ack(struct bench *b, bool sack)
{
	struct tcp_segment seg = { .src_port = SERVER_PORT,
				   .dst_port = CLIENT_PORT,
				   .seq = SERVER_ISN,
				   .ack = b->client_next,
				   .flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
				   .window = 65535 };

	if (sack) {
		memcpy(seg.option_bytes, (uint8_t[]){ 4, 2, 1, 1 }, 4);
		seg.option_len = 4;
	}
	queue(b, &seg);
}

/* ---- the session ------------------------------------------------------------------------------ */

static void on_changed(void *context) {}

static void on_tick(void *context, short revents)
{
	((struct bench *)context)->tick.deadline_us = loop_now() + 2000;
}

/* Let the session take all that is queued; how many segments it sent. */
static unsigned take_all(struct bench *b)
{
	int64_t limit = loop_now() + PATIENCE_US;
	unsigned before = b->sent_count;
	uint64_t one = 1;
	struct err e = { 0 };

	assert_int_equal(write(b->event_fd, &one, sizeof(one)), sizeof(one));
	while (b->head < b->tail) {
		assert_true(loop_now() < limit);
		assert_true(loop_turn(b->loop, &e));
	}
	while (b->head)
		free(b->frames[--b->head]);
	b->tail = 0;
	return b->sent_count - before;
}

static struct bench *begin(bool sack, uint32_t receive_buffer)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct err e = { 0 };
	struct session_config c = { .local = client,
				    .peer = server,
				    .peer_name = "198.51.100.80:80",
				    .mtu_text = 1460,
				    .watch = &nobody,
				    .changed = on_changed };

	assert_non_null(b);
	b->link = (struct link){ fake_send, fake_receive, fake_close, -1 };
	b->link.fd = b->event_fd = eventfd(0, EFD_NONBLOCK);
	b->tick = (struct loop_source){ -1, 0, 0, on_tick, b };
	b->craft = craft_dry(AF_INET, &e);
	b->loop = loop_new(&e);
	assert_true(b->craft && b->loop && loop_add(b->loop, &b->tick, &e));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, b->stream), 0);
	tcp_config_init(&c.tcp);
	c.tcp.local_port = CLIENT_PORT;
	c.tcp.peer_port = SERVER_PORT;
	c.tcp.use_timestamps = c.tcp.use_wscale = false;
	c.tcp.use_sack = sack;
	c.tcp.receive_buffer = receive_buffer;
	c.loop = b->loop;
	c.link = &b->link;
	c.context = b;
	b->session = session_new(&c, &e);
	assert_non_null(b->session);
	session_start(b->session);
	say_syn_ack(b, sack);
	take_all(b);
	assert_true(session_established(b->session));
	assert_true(session_attach(b->session, b->stream[0], b->stream[0], &e));
	return b;
}

static void end(struct bench *b)
{
	session_free(b->session);
	loop_free(b->loop);
	craft_close(b->craft);
	close(b->event_fd);
	close(b->stream[0]);
	close(b->stream[1]);
	free(b);
}

/* Everything that waits in the stream; checked against the pattern from @at on. */
static size_t read_stream(const struct bench *b, size_t at)
{
	static uint8_t bytes[65536];
	size_t total = 0;
	ssize_t n;

	while ((n = read(b->stream[1], bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], pattern(at + total++));
	return total;
}

/* The first @count segments, one at a time. */
static void warm_up(struct bench *b, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		say(b, i, false);
		take_all(b);
		assert_int_equal(read_stream(b, i * TEXT), TEXT);
	}
}

/* ---- the tests -------------------------------------------------------------------------------- */

static void in_order__many_at_once__are_acknowledged_together(void **unused)
{
	struct bench *b = begin(true, 65535);
	unsigned answers;

	warm_up(b, 300);
	for (unsigned i = 300; i < 340; i++)
		say(b, i, false);
	answers = take_all(b);
	assert_true(answers >= 1 && answers <= 6);
	assert_int_equal(b->sent[b->sent_count - 1].ack, SERVER_ISN + 1 + 340 * TEXT);
	assert_int_equal(read_stream(b, 300 * TEXT), 40 * TEXT);
	end(b);
}

static void in_order__the_first_of_a_connection__are_acknowledged_each(void **unused)
{
	struct bench *b = begin(true, 65535);

	for (unsigned i = 0; i < 10; i++)
		say(b, i, false);
	assert_int_equal(take_all(b), 10);
	end(b);
}

static void gap__without_sack__every_segment_is_a_duplicate_acknowledgement(void **unused)
{
	struct bench *b = begin(false, 65535);
	unsigned answers;

	warm_up(b, 300);
	for (unsigned i = 301; i < 311; i++)
		say(b, i, false);
	answers = take_all(b);
	assert_int_equal(answers, 10);
	for (unsigned i = 1; i <= answers; i++)
		assert_int_equal(b->sent[b->sent_count - i].ack, SERVER_ISN + 1 + 300 * TEXT);
	end(b);
}

static bool is_reported(const struct bench *b, unsigned answers, unsigned index)
{
	uint32_t from = SERVER_ISN + 1 + index * TEXT;

	for (unsigned i = b->sent_count - answers; i < b->sent_count; i++)
		for (unsigned j = 0; j < b->sent[i].options.sack_count; j++)
			if (b->sent[i].options.sack[j].from == from)
				return true;
	return false;
}

static void gaps__with_sack__every_block_is_reported(void **unused)
{
	struct bench *b = begin(true, 65535);
	unsigned answers;

	warm_up(b, 300);
	for (unsigned i = 301; i < 321; i += 2)
		say(b, i, false);
	answers = take_all(b);
	for (unsigned i = 301; i < 321; i += 2)
		assert_true(is_reported(b, answers, i));
	end(b);
}

static void duplicates__every_one_is_reported(void **unused)
{
	struct bench *b = begin(true, 65535);
	unsigned answers;

	warm_up(b, 300);
	for (unsigned i = 290; i < 300; i += 3)
		say(b, i, false);
	answers = take_all(b);
	for (unsigned i = 290; i < 300; i += 3)
		assert_true(is_reported(b, answers, i));
	end(b);
}

static void text_and_fin_at_once__reader_gets_text_then_the_end(void **unused)
{
	struct bench *b = begin(true, 65535);
	char byte;

	for (unsigned i = 0; i < 30; i++)
		say(b, i, i == 29);
	take_all(b);
	assert_int_equal(read_stream(b, 0), 30 * TEXT);
	assert_int_equal(read(b->stream[1], &byte, 1), 0);
	end(b);
}

/* The reader gets its socket full in the middle of a batch, with the end of the stream behind it. */
static void reader_full__text_and_fin_at_once__nothing_is_lost(void **unused)
{
	struct bench *b = begin(true, 65535);
	int64_t limit = loop_now() + PATIENCE_US;
	int small = 4096;
	size_t total = 0;
	struct err e = { 0 };
	char byte;

	setsockopt(b->stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	for (unsigned i = 0; i < 60; i++)
		say(b, i, i == 59);
	take_all(b);
	while (total < 60 * TEXT) {
		assert_true(loop_now() < limit);
		total += read_stream(b, total);
		assert_true(loop_turn(b->loop, &e));
	}
	total += read_stream(b, total);
	assert_int_equal(total, 60 * TEXT);
	assert_int_equal(read(b->stream[1], &byte, 1), 0);
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order__many_at_once__are_acknowledged_together),
		cmocka_unit_test(in_order__the_first_of_a_connection__are_acknowledged_each),
		cmocka_unit_test(gap__without_sack__every_segment_is_a_duplicate_acknowledgement),
		cmocka_unit_test(gaps__with_sack__every_block_is_reported),
		cmocka_unit_test(duplicates__every_one_is_reported),
		cmocka_unit_test(text_and_fin_at_once__reader_gets_text_then_the_end),
		cmocka_unit_test(reader_full__text_and_fin_at_once__nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
