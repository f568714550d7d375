/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_server.c - the fake link, and the scripted server behind it; see bench.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kit/bench.h"

#define SERVER_ISN 5000u

const struct addr bench_client = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
const struct addr bench_server = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };

/* ---- the wire ---------------------------------------------------------------------------------- */

static void queue_bytes(struct bench *b, const uint8_t *bytes, size_t len)
{
	struct bench_frame *q = &b->queue[b->tail++ % BENCH_FRAMES_MAX];
	uint64_t one = 1;

	assert_true(b->tail - b->head <= BENCH_FRAMES_MAX);
	free(q->bytes);
	q->bytes = malloc(len);
	assert_non_null(q->bytes);
	memcpy(q->bytes, bytes, len);
	q->len = (uint32_t)len;
	assert_int_equal(write(b->event_fd, &one, sizeof(one)), sizeof(one));
}

void bench_queue(struct bench *b, bool from_client, const struct tcp_segment *seg,
		 bool bad_checksum)
{
	static uint8_t packet[CRAFT_PACKET_MAX];
	struct craft_ip ip = { .src = from_client ? bench_client : bench_server,
			       .dst = from_client ? bench_server : bench_client,
			       .ttl = 64,
			       .dont_fragment = true,
			       .bad_checksum = bad_checksum };
	struct err e = { 0 };
	size_t len = craft_build(b->craft, &ip, seg, packet, &e);

	assert_true(len > 0);
	queue_bytes(b, packet, len);
}

uint8_t bench_pattern(size_t at)
{
	return (uint8_t)(at * 7 + at / 251);
}

/* ---- the server -------------------------------------------------------------------------------- */

struct tcp_segment server_reply(const struct bench *b, uint16_t flags)
{
	return (struct tcp_segment){ .src_port = BENCH_SERVER_PORT,
				     .dst_port = BENCH_CLIENT_PORT,
				     .seq = b->snd_nxt,
				     .ack = b->rcv_nxt,
				     .flags = flags,
				     .window = 65535 };
}

void server_say(struct bench *b, uint16_t flags)
{
	struct tcp_segment seg = server_reply(b, flags);

	bench_queue(b, false, &seg, false);
	b->snd_nxt += tcp_segment_len(&seg);
}

void server_send_text(struct bench *b)
{
	uint8_t text[1000];

	while (b->sent < b->to_send) {
		struct tcp_segment seg = server_reply(b, TCP_FLAG_ACK);
		uint32_t room = b->snd_una + b->window - b->snd_nxt;

		seg.text_len =
			b->to_send - b->sent < sizeof(text) ? b->to_send - b->sent : sizeof(text);
		if (room > UINT16_MAX || seg.text_len > room)
			return;
		for (size_t i = 0; i < seg.text_len; i++)
			text[i] = bench_pattern(b->sent + i);
		seg.text = text;
		bench_queue(b, false, &seg, false);
		b->snd_nxt += (uint32_t)seg.text_len;
		b->sent += seg.text_len;
	}
	if (b->behaviour == CLOSE_FIRST && !b->fin_sent) {
		b->fin_sent = true;
		server_say(b, TCP_FLAG_FIN | TCP_FLAG_ACK);
	}
}

static void say_unreachable(struct bench *b, const struct tcp_segment *seg)
{
	uint8_t p[56] = { 0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1 };
	uint8_t *quote = p + 28;
	unsigned sum = 0;

	memcpy(p + 12, bench_server.bytes, 4);
	memcpy(p + 16, bench_client.bytes, 4);
	p[20] = 3; /* destination unreachable */
	p[21] = 1; /* host */
	memcpy(quote, (uint8_t[]){ 0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, 6 }, 10);
	memcpy(quote + 12, bench_client.bytes, 4);
	memcpy(quote + 16, bench_server.bytes, 4);
	quote[20] = BENCH_CLIENT_PORT >> 8;
	quote[21] = BENCH_CLIENT_PORT & 0xff;
	quote[23] = BENCH_SERVER_PORT;
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
		server_say(b, TCP_FLAG_RST | TCP_FLAG_ACK);
	} else if (b->behaviour == UNREACHABLE) {
		say_unreachable(b, syn);
	} else if (b->behaviour != SILENT) {
		server_say(b, TCP_FLAG_SYN | TCP_FLAG_ACK);
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
		server_say(b, TCP_FLAG_ACK);
	}
	if (b->behaviour == SILENT)
		return;
	server_send_text(b);
	if (seg->flags & TCP_FLAG_FIN && b->sent == b->to_send && !b->fin_sent) {
		b->fin_sent = true;
		server_say(b, TCP_FLAG_FIN | TCP_FLAG_ACK);
	}
}

/* ---- the link ---------------------------------------------------------------------------------- */

static bool fake_send(struct link *l, const struct tcp_segment *seg, struct err *e)
{
	struct bench *b = (struct bench *)l;

	if (b->send_fails.status) {
		*e = b->send_fails;
		return false;
	}
	if (!b->hide_own)
		bench_queue(b, true, seg, false);
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
			     .bytes = b->queue[b->head % BENCH_FRAMES_MAX].bytes,
			     .captured = b->queue[b->head % BENCH_FRAMES_MAX].len,
			     .length = b->queue[b->head % BENCH_FRAMES_MAX].len,
			     .link_type = LINK_RAW };
	b->head++;
	return 1;
}

static void fake_close(struct link *l) {}

struct link bench_wire(int event_fd)
{
	return (struct link){ fake_send, fake_receive, fake_close, event_fd };
}
