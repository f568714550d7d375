/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session.c - a session whose wire is this test: a scripted server behind a fake link.
 *
 * What is sent comes back as a captured frame, as on a real wire, and the server answers it by
 * queueing frames of its own. No privilege, no network; the clock is the real one. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "drive/session.h"

#define FRAMES_MAX  4096
#define CLIENT_PORT 40000
#define SERVER_PORT 80
#define SERVER_ISN  5000u
#define PATIENCE_US 3000000 /* no test takes that long */

enum behaviour {
	ANSWER,	     /* handshake, acknowledge, send b->to_send bytes, FIN after the client's */
	REFUSE,	     /* RST to the SYN */
	SILENT,	     /* nothing */
	UNREACHABLE, /* ICMP host unreachable */
	CLOSE_FIRST, /* as ANSWER, and FIN as soon as all is sent */
};

struct queued {
	uint8_t *bytes;
	uint32_t len;
};

struct bench {
	struct link link; /* first: a struct link * is a struct bench * */
	struct loop *loop;
	struct session *session;
	struct loop_source tick; /* so that loop_turn() never waits for long */
	struct craft *craft;
	struct queued queue[FRAMES_MAX];
	unsigned head, tail;
	int event_fd;
	bool hide_own; /* our own frames do not come back */
	struct err send_fails;
	int stream[2]; /* the session has [0] */

	/* the server */
	enum behaviour behaviour;
	uint32_t snd_nxt, snd_una, rcv_nxt, window;
	size_t to_send, sent;
	bool fin_sent;
	char heard[256]; /* text of the client */
	size_t heard_len;
	unsigned rsts; /* of the client */

	/* the watch */
	struct watch watch;
	unsigned steps, frames, icmps, dropped, warnings, changes;
	unsigned notes[TRACE_NOTE_COUNT];
};

static const struct addr client = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
static const struct addr server = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };

/* ---- the wire --------------------------------------------------------------------------------- */

static void queue_bytes(struct bench *b, const uint8_t *bytes, size_t len)
{
	struct queued *q = &b->queue[b->tail++ % FRAMES_MAX];
	uint64_t one = 1;

	assert_true(b->tail - b->head <= FRAMES_MAX);
	free(q->bytes);
	q->bytes = malloc(len);
	assert_non_null(q->bytes);
	memcpy(q->bytes, bytes, len);
	q->len = (uint32_t)len;
	assert_int_equal(write(b->event_fd, &one, sizeof(one)), sizeof(one));
}

static void queue_segment(struct bench *b, bool from_client, const struct tcp_segment *seg,
			  bool bad_checksum)
{
	static uint8_t packet[CRAFT_PACKET_MAX];
	struct craft_ip ip = { .src = from_client ? client : server,
			       .dst = from_client ? server : client,
			       .ttl = 64,
			       .dont_fragment = true,
			       .bad_checksum = bad_checksum };
	struct err e = { 0 };
	size_t len = craft_build(b->craft, &ip, seg, packet, &e);

	assert_true(len > 0);
	queue_bytes(b, packet, len);
}

static uint8_t pattern(size_t at)
{
	return (uint8_t)(at * 7 + at / 251);
}

static void serve(struct bench *b, const struct tcp_segment *seg);

static bool fake_send(struct link *l, const struct tcp_segment *seg, struct err *e)
{
	struct bench *b = (struct bench *)l;

	if (b->send_fails.status) {
		*e = b->send_fails;
		return false;
	}
	if (!b->hide_own)
		queue_segment(b, true, seg, false);
	serve(b, seg);
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
	*f = (struct frame){ .time_ns = loop_now() * 1000,
			     .bytes = b->queue[b->head % FRAMES_MAX].bytes,
			     .captured = b->queue[b->head % FRAMES_MAX].len,
			     .length = b->queue[b->head % FRAMES_MAX].len,
			     .link_type = LINK_RAW };
	b->head++;
	return 1;
}

static void fake_close(struct link *l) {}

/* ---- the server ------------------------------------------------------------------------------- */

static struct tcp_segment reply(const struct bench *b, uint16_t flags)
{
	return (struct tcp_segment){ .src_port = SERVER_PORT,
				     .dst_port = CLIENT_PORT,
				     .seq = b->snd_nxt,
				     .ack = b->rcv_nxt,
				     .flags = flags,
				     .window = 65535 };
}

static void say(struct bench *b, uint16_t flags)
{
	struct tcp_segment seg = reply(b, flags);

	queue_segment(b, false, &seg, false);
	b->snd_nxt += tcp_segment_len(&seg);
}

/* As much as the client's window allows. */
static void send_text(struct bench *b)
{
	uint8_t text[1000];

	while (b->sent < b->to_send) {
		struct tcp_segment seg = reply(b, TCP_FLAG_ACK);
		uint32_t room = b->snd_una + b->window - b->snd_nxt;

		seg.text_len =
			b->to_send - b->sent < sizeof(text) ? b->to_send - b->sent : sizeof(text);
		if (room > UINT16_MAX || seg.text_len > room)
			return;
		for (size_t i = 0; i < seg.text_len; i++)
			text[i] = pattern(b->sent + i);
		seg.text = text;
		queue_segment(b, false, &seg, false);
		b->snd_nxt += (uint32_t)seg.text_len;
		b->sent += seg.text_len;
	}
	if (b->behaviour == CLOSE_FIRST && !b->fin_sent) {
		b->fin_sent = true;
		say(b, TCP_FLAG_FIN | TCP_FLAG_ACK);
	}
}

static void say_unreachable(struct bench *b, const struct tcp_segment *seg)
{
	uint8_t p[56] = { 0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1 };
	uint8_t *quote = p + 28;
	unsigned sum = 0;

	memcpy(p + 12, server.bytes, 4);
	memcpy(p + 16, client.bytes, 4);
	p[20] = 3; /* destination unreachable */
	p[21] = 1; /* host */
	memcpy(quote, (uint8_t[]){ 0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, 6 }, 10);
	memcpy(quote + 12, client.bytes, 4);
	memcpy(quote + 16, server.bytes, 4);
	quote[20] = CLIENT_PORT >> 8;
	quote[21] = CLIENT_PORT & 0xff;
	quote[23] = SERVER_PORT;
	for (int i = 0; i < 4; i++)
		quote[24 + i] = (uint8_t)(seg->seq >> (24 - 8 * i));
	for (size_t i = 20; i < sizeof(p); i += 2)
		sum += (unsigned)p[i] << 8 | p[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	p[22] = (uint8_t)(sum >> 8);
	p[23] = (uint8_t)sum;
	queue_bytes(b, p, sizeof(p));
}

static void shake_hands(struct bench *b, const struct tcp_segment *syn)
{
	b->rcv_nxt = syn->seq + 1;
	b->snd_nxt = b->snd_una = SERVER_ISN;
	if (b->behaviour == REFUSE) {
		b->snd_nxt = 0;
		say(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	} else if (b->behaviour == UNREACHABLE) {
		say_unreachable(b, syn);
	} else if (b->behaviour != SILENT) {
		say(b, TCP_FLAG_SYN | TCP_FLAG_ACK);
	}
}

static void serve(struct bench *b, const struct tcp_segment *seg)
{
	if (seg->flags & TCP_FLAG_SYN) {
		shake_hands(b, seg);
		return;
	}
	if (seg->flags & TCP_FLAG_RST) {
		b->rsts++;
		return;
	}
	b->window = seg->window;
	b->snd_una = seg->ack;
	if (seg->seq == b->rcv_nxt && tcp_segment_len(seg)) {
		assert_true(b->heard_len + seg->text_len <= sizeof(b->heard));
		if (seg->text_len)
			memcpy(b->heard + b->heard_len, seg->text, seg->text_len);
		b->heard_len += seg->text_len;
		b->rcv_nxt = tcp_segment_end(seg);
		say(b, TCP_FLAG_ACK);
	}
	if (b->behaviour == SILENT)
		return;
	send_text(b);
	if (seg->flags & TCP_FLAG_FIN && b->sent == b->to_send && !b->fin_sent) {
		b->fin_sent = true;
		say(b, TCP_FLAG_FIN | TCP_FLAG_ACK);
	}
}

/* ---- the watch and the loop ------------------------------------------------------------------- */

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

static bool is_over(const struct bench *b)
{
	return session_over(b->session);
}

static bool all_sent(const struct bench *b)
{
	return b->sent == b->to_send && b->head == b->tail;
}

static void until(struct bench *b, bool (*done)(const struct bench *))
{
	int64_t limit = loop_now() + PATIENCE_US;
	struct err e = { 0 };

	while (!done(b)) {
		assert_true(loop_now() < limit);
		assert_true(loop_turn(b->loop, &e));
	}
}

static void for_ms(struct bench *b, int ms)
{
	int64_t end = loop_now() + ms * 1000;
	struct err e = { 0 };

	while (loop_now() < end)
		assert_true(loop_turn(b->loop, &e));
}

static struct bench *begin(enum behaviour behaviour, int64_t connect_us, int64_t silence_us)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct err e = { 0 };
	struct session_config c = {
		.local = client,
		.peer = server,
		.peer_name = "198.51.100.80:80",
		.mtu_text = 1460,
		.connect_us = connect_us,
		.silence_us = silence_us,
		.changed = on_changed,
	};

	assert_non_null(b);
	b->behaviour = behaviour;
	b->link = (struct link){ fake_send, fake_receive, fake_close, -1 };
	b->link.fd = b->event_fd = eventfd(0, EFD_NONBLOCK);
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
	c.tcp.local_port = CLIENT_PORT;
	c.tcp.peer_port = SERVER_PORT;
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

static struct bench *begin_open(enum behaviour behaviour, int64_t silence_us)
{
	struct bench *b = begin(behaviour, 1000000, silence_us);
	struct err e = { 0 };

	until(b, is_established);
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
	if (b->stream[1] >= 0)
		close(b->stream[1]);
	for (unsigned i = 0; i < FRAMES_MAX; i++)
		free(b->queue[i].bytes);
	free(b);
}

static void outcome_is(const struct bench *b, enum status status, const char *words)
{
	struct err e = { 0 };

	assert_int_equal(session_outcome(b->session, &e), status == STATUS_OK);
	assert_int_equal(e.status, status);
	if (status != STATUS_OK && !strstr(e.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, e.text);
}

/* Everything that waits in the stream; checked against the pattern from @at on. */
static size_t read_stream(const struct bench *b, size_t at)
{
	uint8_t bytes[65536];
	size_t total = 0;
	ssize_t n;

	while ((n = read(b->stream[1], bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(bytes[i], pattern(at + total++));
	return total;
}

static void client_says(const struct bench *b, const char *text)
{
	assert_int_equal(write(b->stream[1], text, strlen(text)), (ssize_t)strlen(text));
}

/* ---- the tests -------------------------------------------------------------------------------- */

static void open__text_both_ways_and_close__is_exact(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);

	b->to_send = 5000;
	client_says(b, "GET / HTTP/1.0\r\n\r\n");
	until(b, all_sent);
	assert_int_equal(read_stream(b, 0), 5000);
	assert_memory_equal(b->heard, "GET / HTTP/1.0\r\n\r\n", 18);
	assert_int_equal(shutdown(b->stream[1], SHUT_WR), 0);
	until(b, is_over);
	outcome_is(b, STATUS_OK, "");
	assert_int_equal(b->heard_len, 18);
	assert_int_equal(b->steps, b->frames);
	assert_true(b->dropped == 0 && b->rsts == 0 && b->notes[TRACE_NOTE_KERNEL_RST] == 0);
	end(b);
}

static void open__peer_closes_first__stream_ends_then_we_close(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	char byte;

	b->behaviour = CLOSE_FIRST;
	b->to_send = 3000;
	client_says(b, "x");
	until(b, all_sent);
	for_ms(b, 20);
	assert_int_equal(read_stream(b, 0), 3000);
	assert_int_equal(read(b->stream[1], &byte, 1), 0); /* end of file */
	assert_false(session_over(b->session));
	assert_int_equal(shutdown(b->stream[1], SHUT_WR), 0);
	until(b, is_over);
	outcome_is(b, STATUS_OK, "");
	end(b);
}

static void open__reader_stops__window_closes_and_nothing_is_lost(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	size_t total = 0;
	int small = 4096;

	setsockopt(b->stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	b->to_send = 100000;
	client_says(b, "x");
	for_ms(b, 100);
	assert_true(b->sent < 60000); /* the socket's buffer and ours, no more */
	assert_true(b->window < 1000);
	while (total < b->to_send) {
		total += read_stream(b, total);
		for_ms(b, 6);
	}
	assert_int_equal(total, 100000);
	session_close(b->session);
	until(b, is_over);
	outcome_is(b, STATUS_OK, "");
	end(b);
}

static void reset_with_a_full_reader__reader_gets_all_that_came(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct tcp_segment rst;
	size_t total = 0;
	int small = 4096;

	setsockopt(b->stream[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	b->to_send = 15000;
	client_says(b, "x");
	until(b, all_sent);
	rst = reply(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	queue_segment(b, false, &rst, false);
	for_ms(b, 100);
	while (!session_over(b->session)) {
		total += read_stream(b, total);
		for_ms(b, 6);
	}
	total += read_stream(b, total);
	assert_int_equal(total, 15000);
	outcome_is(b, STATUS_PEER, "reset the connection");
	end(b);
}

static void syn__rst__is_refused(void **unused)
{
	struct bench *b = begin(REFUSE, 1000000, 0);

	until(b, is_over);
	outcome_is(b, STATUS_REFUSED, "refused");
	assert_int_equal(b->changes, 1);
	end(b);
}

static void syn__silence__times_out(void **unused)
{
	struct bench *b = begin(SILENT, 50000, 0);
	int64_t start = loop_now();

	until(b, is_over);
	assert_true(loop_now() - start >= 45000);
	outcome_is(b, STATUS_TIMEOUT, "no answer to 1 SYN");
	assert_int_equal(b->rsts, 0);
	end(b);
}

static void syn__icmp_host_unreachable__ends_at_once(void **unused)
{
	struct bench *b = begin(UNREACHABLE, 1000000, 0);

	until(b, is_over);
	outcome_is(b, STATUS_UNREACHABLE, "host unreachable, says 198.51.100.80");
	assert_int_equal(b->icmps, 1);
	end(b);
}

static void open__rst__is_the_peers_failure(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);

	b->to_send = 1000;
	client_says(b, "x");
	until(b, all_sent);
	say(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	until(b, is_over);
	outcome_is(b, STATUS_PEER, "after 1000 bytes");
	assert_int_equal(read_stream(b, 0), 1000);
	end(b);
}

static void open__wrong_checksum__is_shown_and_not_delivered(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct tcp_segment seg = reply(b, TCP_FLAG_ACK | TCP_FLAG_PSH);
	unsigned steps = b->steps;

	seg.text = (const uint8_t *)"wrong";
	seg.text_len = 5;
	queue_segment(b, false, &seg, true);
	for_ms(b, 20);
	assert_true(b->steps > steps);
	assert_int_equal(b->notes[TRACE_NOTE_BAD_CHECKSUM], 1);
	assert_int_equal(read_stream(b, 0), 0);
	end(b);
}

static void open__fragment__is_reported(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct tcp_segment seg = reply(b, TCP_FLAG_ACK);
	struct queued *q;
	unsigned sum;

	for_ms(b, 20);
	seg.text = (const uint8_t *)"fragment";
	seg.text_len = 8;
	queue_segment(b, false, &seg, false);
	q = &b->queue[(b->tail - 1) % FRAMES_MAX];
	q->bytes[6] = 0x20; /* more fragments, and no DF any more: the header's sum changes */
	sum = ((unsigned)q->bytes[10] << 8 | q->bytes[11]) + 0x2000;
	q->bytes[10] = (uint8_t)(sum >> 8);
	for_ms(b, 20);
	assert_int_equal(b->dropped, 1);
	assert_int_equal(read_stream(b, 0), 0);
	end(b);
}

static void open__segments_of_other_connections__are_not_ours(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct tcp_segment seg = reply(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	unsigned frames;

	for_ms(b, 20);
	frames = b->frames;
	seg.dst_port = CLIENT_PORT + 1;
	queue_segment(b, false, &seg, false);
	seg.dst_port = CLIENT_PORT;
	seg.src_port = SERVER_PORT + 1;
	queue_segment(b, false, &seg, false);
	for_ms(b, 20);
	assert_int_equal(b->frames, frames);
	assert_false(session_over(b->session));
	end(b);
}

/* The guard should have prevented it; when it is seen all the same it must be told apart. */
static void open__rst_that_we_did_not_send__is_our_kernels(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct tcp_segment seg = {
		.src_port = CLIENT_PORT, .dst_port = SERVER_PORT, .seq = 1001, .flags = TCP_FLAG_RST
	};

	queue_segment(b, true, &seg, false);
	for_ms(b, 20);
	assert_int_equal(b->notes[TRACE_NOTE_KERNEL_RST], 1);
	assert_false(session_over(b->session)); /* the engine is not told */
	end(b);
}

static void open__aborted__our_rst_is_ours(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	struct err why = { STATUS_APP, "on purpose" };

	session_abort(b->session, &why);
	until(b, is_over);
	outcome_is(b, STATUS_APP, "on purpose");
	assert_int_equal(b->rsts, 1);
	assert_int_equal(b->notes[TRACE_NOTE_KERNEL_RST], 0);
	end(b);
}

static void open__reader_gone__peer_is_told_by_rst(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);

	close(b->stream[1]);
	b->stream[1] = -1;
	b->to_send = 1000;
	send_text(b);
	until(b, is_over);
	outcome_is(b, STATUS_APP, "nobody takes");
	assert_int_equal(b->rsts, 1);
	end(b);
}

static void open__peer_silent__is_given_up_with_rst(void **unused)
{
	struct bench *b = begin_open(ANSWER, 60000);

	until(b, is_over);
	outcome_is(b, STATUS_TIMEOUT, "silent for 0.06 s in ESTABLISHED");
	assert_int_equal(b->rsts, 1);
	end(b);
}

static void sending_fails__in_the_handshake__is_the_end(void **unused)
{
	struct bench *b = begin(SILENT, 2000000, 0);

	err_set(&b->send_fails, STATUS_UNREACHABLE, "no way");
	until(b, is_over); /* the SYN that is sent again after a second */
	outcome_is(b, STATUS_UNREACHABLE, "no way");
	end(b);
}

static void sending_fails__for_a_while__counts_as_loss(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);

	err_set(&b->send_fails, STATUS_UNREACHABLE, "no way");
	client_says(b, "late");
	for_ms(b, 50);
	assert_int_equal(b->warnings, 1);
	b->send_fails = (struct err){ 0 };
	session_close(b->session);
	until(b, is_over);
	outcome_is(b, STATUS_OK, "");
	assert_memory_equal(b->heard, "late", 4);
	end(b);
}

static void last_segment__not_captured__is_not_waited_for_long(void **unused)
{
	struct bench *b = begin_open(ANSWER, 0);
	int64_t start;

	b->hide_own = true;
	session_close(b->session);
	start = loop_now();
	until(b, is_over);
	assert_true(loop_now() - start < 1000000);
	outcome_is(b, STATUS_OK, "");
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open__text_both_ways_and_close__is_exact),
		cmocka_unit_test(open__peer_closes_first__stream_ends_then_we_close),
		cmocka_unit_test(open__reader_stops__window_closes_and_nothing_is_lost),
		cmocka_unit_test(reset_with_a_full_reader__reader_gets_all_that_came),
		cmocka_unit_test(syn__rst__is_refused),
		cmocka_unit_test(syn__silence__times_out),
		cmocka_unit_test(syn__icmp_host_unreachable__ends_at_once),
		cmocka_unit_test(open__rst__is_the_peers_failure),
		cmocka_unit_test(open__wrong_checksum__is_shown_and_not_delivered),
		cmocka_unit_test(open__fragment__is_reported),
		cmocka_unit_test(open__segments_of_other_connections__are_not_ours),
		cmocka_unit_test(open__rst_that_we_did_not_send__is_our_kernels),
		cmocka_unit_test(open__aborted__our_rst_is_ours),
		cmocka_unit_test(open__reader_gone__peer_is_told_by_rst),
		cmocka_unit_test(open__peer_silent__is_given_up_with_rst),
		cmocka_unit_test(sending_fails__in_the_handshake__is_the_end),
		cmocka_unit_test(sending_fails__for_a_while__counts_as_loss),
		cmocka_unit_test(last_segment__not_captured__is_not_waited_for_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
