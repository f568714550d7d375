/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.c - the session's loop, what watches it, and what tests ask of it; see bench.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "kit/bench.h"

#define PATIENCE_US 3000000 /* no test takes that long */

static void on_frame(void *context, const struct frame *f)
{
	((struct bench *)context)->frames++;
}

static void on_step(void *context, const struct trace_step *step, const struct packet *p,
		    const struct frame *f)
{
	struct bench *b = context;

	b->steps++;
	for (unsigned i = 0; i < step->note_count; i++)
		b->notes[step->notes[i]]++;
}

static void on_icmp(void *context, const struct packet *p, const struct frame *f)
{
	((struct bench *)context)->icmps++;
}

static void on_dropped(void *context, const struct packet *p, const struct frame *f,
		       const char *why)
{
	assert_non_null(why);
	((struct bench *)context)->dropped++;
}

static void on_warning(void *context, const char *text)
{
	((struct bench *)context)->warnings++;
}

static void on_changed(void *context)
{
	((struct bench *)context)->changes++;
}

static void on_tick(void *context, short revents)
{
	((struct bench *)context)->tick.deadline_us = loop_now() + 5000;
}

static bool is_established(const struct bench *b)
{
	return session_established(b->session);
}

bool bench_is_over(const struct bench *b)
{
	return session_over(b->session);
}

bool bench_all_sent(const struct bench *b)
{
	return b->sent == b->to_send && b->head == b->tail;
}

void bench_until(struct bench *b, bool (*done)(const struct bench *))
{
	int64_t limit = loop_now() + PATIENCE_US;
	struct err e = { 0 };

	while (!done(b)) {
		assert_true(loop_now() < limit);
		assert_true(loop_turn(b->loop, &e));
	}
}

void bench_for_ms(struct bench *b, int ms)
{
	int64_t end = loop_now() + ms * 1000;
	struct err e = { 0 };

	while (loop_now() < end)
		assert_true(loop_turn(b->loop, &e));
}

struct bench *bench_begin(enum behaviour behaviour, int64_t connect_us, int64_t silence_us)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct err e = { 0 };
	struct session_config c = {
		.local = bench_client,
		.peer = bench_server,
		.peer_name = "198.51.100.80:80",
		.mtu_text = 1460,
		.connect_us = connect_us,
		.silence_us = silence_us,
		.changed = on_changed,
	};

	assert_non_null(b);
	b->behaviour = behaviour;
	b->event_fd = eventfd(0, EFD_NONBLOCK);
	b->link = bench_wire(b->event_fd);
	b->craft = craft_dry(AF_INET, &e);
	b->loop = loop_new(&e);
	b->tick = (struct loop_source){ -1, 0, 0, on_tick, b };
	b->watch = (struct watch){ .context = b,
				   .frame = on_frame,
				   .step = on_step,
				   .icmp = on_icmp,
				   .dropped = on_dropped,
				   .warning = on_warning };
	assert_true(b->craft && b->loop && loop_add(b->loop, &b->tick, &e));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, b->stream), 0);
	tcp_config_init(&c.tcp);
	c.tcp.local_port = BENCH_CLIENT_PORT;
	c.tcp.peer_port = BENCH_SERVER_PORT;
	c.tcp.isn = 1000;
	c.tcp.use_timestamps = c.tcp.use_wscale = c.tcp.use_sack = false;
	c.tcp.receive_buffer = 20000;
	c.loop = b->loop;
	c.link = &b->link;
	c.watch = &b->watch;
	c.context = b;
	b->session = session_new(&c, &e);
	assert_non_null(b->session);
	session_start(b->session);
	return b;
}

struct bench *bench_open(enum behaviour behaviour, int64_t silence_us)
{
	struct bench *b = bench_begin(behaviour, 1000000, silence_us);
	struct err e = { 0 };

	bench_until(b, is_established);
	assert_true(session_attach(b->session, b->stream[0], b->stream[0], &e));
	return b;
}

void bench_end(struct bench *b)
{
	session_free(b->session);
	loop_free(b->loop);
	craft_close(b->craft);
	close(b->event_fd);
	close(b->stream[0]);
	if (b->stream[1] >= 0)
		close(b->stream[1]);
	for (unsigned i = 0; i < BENCH_FRAMES_MAX; i++)
		free(b->queue[i].bytes);
	free(b);
}

void bench_outcome_is(const struct bench *b, enum status status, const char *words)
{
	struct err e = { 0 };

	assert_int_equal(session_outcome(b->session, &e), status == STATUS_OK);
	assert_int_equal(e.status, status);
	if (status != STATUS_OK && !strstr(e.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, e.text);
}

size_t bench_read(const struct bench *b, size_t at)
{
	uint8_t bytes[65536];
	size_t total = 0;
	ssize_t n;

	while ((n = read(b->stream[1], bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], bench_pattern(at + total++));
	return total;
}

void bench_client_says(const struct bench *b, const char *text)
{
	assert_int_equal(write(b->stream[1], text, strlen(text)), (ssize_t)strlen(text));
}
