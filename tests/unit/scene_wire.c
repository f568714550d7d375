/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene_wire.c - the wire of a scene: what we send, and what the test sends us as our peer; see scene.h. */
#include "scene.h"

#include "script/print.h"
#include "tcp/options.h"

const struct addr scene_us = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
const struct addr scene_peer = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };

static void queue(struct scene *s, const struct craft_ip *ip, const struct tcp_segment *seg)
{
	static uint8_t packet[CRAFT_PACKET_MAX];
	struct err e = { 0 };
	size_t len = craft_build(s->craft, ip, seg, packet, &e);
	unsigned at = s->frame_end++ % SCENE_FRAMES;

	assert_true(len > 0 && s->frame_end - s->frame_first <= SCENE_FRAMES);
	s->frames[at].bytes = malloc(len);
	assert_non_null(s->frames[at].bytes);
	memcpy(s->frames[at].bytes, packet, len);
	s->frames[at].len = (uint32_t)len;
	s->capture.deadline_us = 0;
}

static void give(struct scene *s, const struct frame *f, const struct packet *p)
{
	for (unsigned i = 0; i < s->wire_count; i++) {
		if (!s->wires[i].hand || !hand_takes(s->wires[i].hand, p))
			continue;
		hand_take(s->wires[i].hand, f, p);
		return;
	}
}

void scene_capture(void *context, short revents)
{
	struct scene *s = context;

	(void)revents;
	while (s->frame_first != s->frame_end) {
		unsigned at = s->frame_first++ % SCENE_FRAMES;
		struct frame f = { .bytes = s->frames[at].bytes,
				   .captured = s->frames[at].len,
				   .length = s->frames[at].len,
				   .link_type = LINK_RAW };
		struct packet p;

		packet_decode(&f, &p);
		give(s, &f, &p);
		free(s->frames[at].bytes);
	}
	s->capture.deadline_us = LOOP_NEVER;
}

static char *notation(const struct tcp_segment *seg)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	script_print_segment(out, seg, SCENE_OURS, SCENE_PEERS, 60);
	fclose(out);
	return text;
}

bool scene_send(void *context, const struct craft_ip *ip, const struct tcp_segment *seg,
		struct err *e)
{
	struct scene_wire *w = context;

	if (w->scene->send_fails.status) {
		*e = w->scene->send_fails;
		return false;
	}
	assert_true(w->sent_end - w->sent_first < SCENE_TOLD);
	w->sent[w->sent_end++ % SCENE_TOLD] = notation(seg);
	if (!w->scene->hide_own)
		queue(w->scene, ip, seg);
	return true;
}

struct scene_wire *scene_wire(struct scene *s, const char *name)
{
	for (unsigned i = 0; i < s->wire_count; i++)
		if (name ? s->wires[i].name && !strcmp(s->wires[i].name, name) : !s->wires[i].name)
			return &s->wires[i];
	fail_msg("no connection %s", name ? name : "without a name");
	return NULL;
}

void sends_on(struct scene *s, const char *name, const char *expected)
{
	struct scene_wire *w = scene_wire(s, name);
	size_t len = strlen(expected);
	char *text;

	if (w->sent_first == w->sent_end)
		fail_msg("not sent: %s", expected);
	text = w->sent[w->sent_first++ % SCENE_TOLD];
	if (strncmp(text, expected, len) || (text[len] && text[len] != ' '))
		fail_msg("expected: %s\n   sent: %s", expected, text);
	free(text);
}

void sends(struct scene *s, const char *expected)
{
	sends_on(s, NULL, expected);
}

void scene_skip_sent(struct scene *s)
{
	for (unsigned i = 0; i < s->wire_count; i++)
		while (s->wires[i].sent_first != s->wires[i].sent_end)
			free(s->wires[i].sent[s->wires[i].sent_first++ % SCENE_TOLD]);
}

void sends_nothing(const struct scene *s)
{
	for (unsigned i = 0; i < s->wire_count; i++)
		if (s->wires[i].sent_first != s->wires[i].sent_end)
			fail_msg("not expected: %s",
				 s->wires[i].sent[s->wires[i].sent_first % SCENE_TOLD]);
}

static void arrive(struct scene *s, const char *name, const char *segment, const char *text,
		   bool broken)
{
	static uint8_t pattern[65536];
	const struct scene_wire *w = scene_wire(s, name);
	struct craft_ip ip = {
		.src = scene_peer, .dst = scene_us, .ttl = 60, .bad_checksum = broken
	};
	struct tcp_segment seg;
	unsigned given = dialogue_parse(segment, &seg);

	for (size_t i = 0; i < seg.text_len; i++)
		pattern[i] = text ? (uint8_t)text[i] : dialogue_byte(seg.seq - 1 + i);
	assert_true(!text || strlen(text) == seg.text_len);
	seg.text = pattern;
	seg.src_port = SCENE_PEER_PORT;
	seg.dst_port = w->port;
	seg.seq += SCENE_PEERS;
	seg.ack += given & GIVEN_ACK ? SCENE_OURS : 0;
	seg.option_len = tcp_options_encode(&seg.options, seg.option_bytes);
	queue(s, &ip, &seg);
	clock_turn(s->loop);
}

void hears_on(struct scene *s, const char *name, const char *segment, const char *text)
{
	arrive(s, name, segment, text, false);
}

void hears(struct scene *s, const char *segment)
{
	arrive(s, NULL, segment, NULL, false);
}

void hears_broken(struct scene *s, const char *segment)
{
	arrive(s, NULL, segment, NULL, true);
}

void hears_icmp(struct scene *s, uint32_t seq)
{
	const struct scene_wire *w = scene_wire(s, NULL);
	struct frame f = { .link_type = LINK_RAW };
	struct packet p = { .kind = PACKET_ICMP_ERROR,
			    .src = scene_peer,
			    .dst = scene_us,
			    .protocol = 1,
			    .seg = { .src_port = w->port, .dst_port = SCENE_PEER_PORT },
			    .icmp_type = 3, /* destination unreachable: port */
			    .icmp_code = 3,
			    .icmp_src = scene_us,
			    .icmp_dst = scene_peer,
			    .icmp = { .kind = TCP_ICMP_HARD, .seq = SCENE_OURS + seq } };

	p.seg.seq = p.icmp.seq;
	assert_true(hand_takes(w->hand, &p));
	give(s, &f, &p);
	clock_turn(s->loop);
}

void ms_pass(struct scene *s, int64_t ms)
{
	clock_pass(s->loop, ms * 1000);
}
