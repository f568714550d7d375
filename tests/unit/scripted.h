/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scripted.h - for the tests of the command language: descriptions as somebody would type them, and
 * packets in the notation of dialogue.h, as if captured. */
#ifndef TCPSHAKE_UNIT_SCRIPTED_H
#define TCPSHAKE_UNIT_SCRIPTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/dialogue.h"
#include "script/match.h"
#include "script/parse.h"
#include "tcp/options.h"

#define OURS  4294967290u /* both wrap soon */
#define PEERS 4294967000u

static const struct match_base scripted_base = { .ours = OURS,
						 .peers = PEERS,
						 .peers_known = true };

/* A script; the test fails when it is none. */
static inline struct script *scripted(const char *text)
{
	struct script_error e = { 0 };
	struct script *s = script_parse_text("test", text, strlen(text), NULL, 0, &e);

	if (!s)
		fail_msg("%s\n%s", e.err.text, e.excerpt);
	return s;
}

/* The description in its last command. */
static inline const struct segment_spec *scripted_spec(const struct script *s)
{
	return &s->commands[s->command_count - 1].specs[0];
}

/* A packet of the peer's: IPv4, TTL 60, TOS 0xb8 and the mark, id 77, DF. Its options as encoded, NOPs
 * and all; its text the pattern of dialogue.h. */
static inline struct packet scripted_packet(const char *notation)
{
	static uint8_t text[65536];
	struct packet p = {
		.kind = PACKET_TCP,
		.src.family = AF_INET,
		.dst.family = AF_INET,
		.ttl = 60,
		.ip_id = 77,
		.dont_fragment = true,
	};
	unsigned given = dialogue_parse(notation, &p.seg);

	p.tos = 0xb8 | p.seg.ecn;
	p.seg.src_port = 80;
	p.seg.dst_port = 40000;
	p.seg.seq += PEERS;
	if (given & GIVEN_ACK)
		p.seg.ack += OURS;
	for (unsigned i = 0; i < p.seg.options.sack_count; i++) {
		p.seg.options.sack[i].from += OURS;
		p.seg.options.sack[i].to += OURS;
	}
	p.seg.option_len = tcp_options_encode(&p.seg.options, p.seg.option_bytes);
	p.seg.data_offset = (uint8_t)(5 + p.seg.option_len / 4);
	p.seg.checksum_is = TCP_CHECKSUM_OK;
	for (size_t i = 0; i < p.seg.text_len; i++)
		text[i] = dialogue_byte(i);
	p.seg.text = text;
	p.text_captured = p.seg.text_len;
	return p;
}

/* The packet with these bytes as its options, in hexadecimal. */
static inline void scripted_options(struct packet *p, const char *hex)
{
	p->seg.option_len = 0;
	for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		p->seg.option_bytes[p->seg.option_len++] = (uint8_t)byte;
	tcp_options_decode(p->seg.option_bytes, p->seg.option_len, &p->seg.options);
}

static inline void scripted_text(struct packet *p, const char *text, size_t len)
{
	p->seg.text = (const uint8_t *)text;
	p->seg.text_len = len;
	p->text_captured = len;
}

#endif
