/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - the walker, the table and the encoder of TCP options; see options.h. */
#include "tcp/options.h"

#include <string.h>

static const struct tcp_option_info infos[] = {
	{ 0, 1, "eol", "the options end here", "RFC 9293 3.1" },
	{ 1, 1, "nop", "nothing: fills up to a word", "RFC 9293 3.1" },
	{ 2, 4, "mss", "the largest segment I can take", "RFC 9293 3.7.1" },
	{ 3, 3, "wscale", "shift my window left by this", "RFC 7323 2.2" },
	{ 4, 2, "sackOK", "you may send me SACK blocks", "RFC 2018 2" },
	{ 5, 0, "sack", "these later ranges have arrived too", "RFC 2018 3" },
	{ 8, 10, "TS", "my clock, and the last clock of yours that I saw", "RFC 7323 3.2" },
	{ 19, 18, "md5", "an MD5 signature of this segment", "RFC 2385 3.0" },
	{ 28, 4, "uto", "how long I wait for an acknowledgement", "RFC 5482 3" },
	{ 29, 0, "ao", "an authentication code of this segment", "RFC 5925 2.2" },
	{ 30, 0, "mptcp", "Multipath TCP", "RFC 8684 3" },
	{ 34, 0, "tfo", "a Fast Open cookie, or a request for one", "RFC 7413 4.1.1" },
	{ 69, 0, "eno", "encryption negotiation", "RFC 8547 4.1" },
	{ 172, 0, "accecn", "counters of congestion marks", "RFC 9768 3.2.3" },
	{ 253, 0, "exp1", "an experiment", "RFC 4727 7.3" },
	{ 254, 0, "exp2", "an experiment", "RFC 4727 7.3" },
};

const struct tcp_option_info *tcp_option_info(uint8_t kind)
{
	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++)
		if (infos[i].kind == kind)
			return &infos[i];
	return NULL;
}

struct tcp_option_walk tcp_option_walk(const uint8_t *bytes, size_t len)
{
	return (struct tcp_option_walk){ .at = bytes, .end = bytes + len };
}

enum tcp_option_result tcp_option_next(struct tcp_option_walk *w, struct tcp_option *o)
{
	size_t left = (size_t)(w->end - w->at);
	size_t len;

	if (left == 0 || w->at[0] == TCP_OPTION_EOL)
		return TCP_OPTION_DONE;
	if (w->at[0] == TCP_OPTION_NOP)
		len = 1;
	else if (left < 2 || w->at[1] < 2 || w->at[1] > left)
		return TCP_OPTION_BAD_LENGTH;
	else
		len = w->at[1];
	*o = (struct tcp_option){ .kind = w->at[0], .len = (uint8_t)len, .bytes = w->at };
	w->at += len;
	return TCP_OPTION_FOUND;
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint8_t *put16(uint8_t *p, uint16_t v)
{
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, (uint16_t)(v >> 16)), (uint16_t)v);
}

/* A SACK option holds one to four whole blocks; anything else is no SACK option. */
static void take_sack(const struct tcp_option *o, struct tcp_options *out)
{
	size_t count = (o->len - 2u) / 8;

	if ((o->len - 2u) % 8 || count == 0 || count > TCP_SACK_BLOCKS_MAX)
		return;
	out->sack_count = (uint8_t)count;
	for (size_t i = 0; i < count; i++) {
		out->sack[i].from = get32(o->bytes + 2 + 8 * i);
		out->sack[i].to = get32(o->bytes + 6 + 8 * i);
	}
}

static void take_option(const struct tcp_option *o, struct tcp_options *out)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);

	if (!info || (info->len && info->len != o->len))
		return;
	switch (o->kind) {
	case TCP_OPTION_MSS:
		out->has_mss = true;
		out->mss = get16(o->bytes + 2);
		break;
	case TCP_OPTION_WSCALE:
		out->has_wscale = true;
		out->wscale = o->bytes[2];
		break;
	case TCP_OPTION_SACK_PERMITTED:
		out->has_sack_permitted = true;
		break;
	case TCP_OPTION_SACK:
		take_sack(o, out);
		break;
	case TCP_OPTION_TIMESTAMPS:
		out->has_timestamps = true;
		out->ts_val = get32(o->bytes + 2);
		out->ts_ecr = get32(o->bytes + 6);
		break;
	default:
		break;
	}
}

bool tcp_options_decode(const uint8_t *bytes, size_t len, struct tcp_options *out)
{
	struct tcp_option_walk w = tcp_option_walk(bytes, len);
	enum tcp_option_result result;
	struct tcp_option o;

	memset(out, 0, sizeof(*out));
	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND)
		take_option(&o, out);
	return result == TCP_OPTION_DONE;
}

static uint8_t *put_timestamps(uint8_t *p, const struct tcp_options *o)
{
	*p++ = TCP_OPTION_TIMESTAMPS;
	*p++ = 10;
	return put32(put32(p, o->ts_val), o->ts_ecr);
}

static uint8_t *put_nops(uint8_t *p, size_t n)
{
	memset(p, TCP_OPTION_NOP, n);
	return p + n;
}

uint8_t tcp_options_encode(const struct tcp_options *o, uint8_t out[TCP_OPTIONS_MAX])
{
	uint8_t *p = out;

	if (o->has_mss) {
		*p++ = TCP_OPTION_MSS;
		*p++ = 4;
		p = put16(p, o->mss);
	}
	/* sackOK takes the place of the two NOPs that would align the timestamps. */
	if (o->has_sack_permitted) {
		if (!o->has_timestamps)
			p = put_nops(p, 2);
		*p++ = TCP_OPTION_SACK_PERMITTED;
		*p++ = 2;
	}
	if (o->has_timestamps) {
		if (!o->has_sack_permitted)
			p = put_nops(p, 2);
		p = put_timestamps(p, o);
	}
	if (o->has_wscale) {
		p = put_nops(p, 1);
		*p++ = TCP_OPTION_WSCALE;
		*p++ = 3;
		*p++ = o->wscale;
	}
	if (o->sack_count) {
		size_t room = TCP_OPTIONS_MAX - (size_t)(p - out);
		size_t count = room < 12 ? 0 : (room - 4) / 8;

		if (count > o->sack_count)
			count = o->sack_count;
		if (count) {
			p = put_nops(p, 2);
			*p++ = TCP_OPTION_SACK;
			*p++ = (uint8_t)(2 + 8 * count);
		}
		for (size_t i = 0; i < count; i++)
			p = put32(put32(p, o->sack[i].from), o->sack[i].to);
	}
	return (uint8_t)(p - out);
}
