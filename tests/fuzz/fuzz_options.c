/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_options.c - TCP options: the walker and the decoder on any bytes, the encoder on any values.
 *
 * In: the first byte says whether the rest are option bytes as on the wire, or values to encode. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tcp/options.h"

/* The walker goes through all the bytes in order, one option after the other, and ends. */
static void walk(const uint8_t *bytes, size_t len)
{
	struct tcp_option_walk w = tcp_option_walk(bytes, len);
	const uint8_t *at = bytes;
	enum tcp_option_result result;
	struct tcp_option o;

	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND) {
		must(o.bytes == at && o.kind == at[0] && o.kind != TCP_OPTION_EOL);
		must(o.len == (o.kind == TCP_OPTION_NOP ? 1 : at[1]) && o.len >= 1);
		at += o.len;
		must(at <= bytes + len && w.at == at);
	}
	/* It stays where it ended. */
	must(tcp_option_next(&w, &o) == result && w.at == at);
	if (result == TCP_OPTION_DONE)
		must(at == bytes + len || *at == TCP_OPTION_EOL);
	else
		must(at + 1 == bytes + len || at[1] < 2 || at[1] > bytes + len - at);
}

/* SACK blocks that do not fit are left out, the last first; all else comes back. */
static void encode_and_compare(const struct tcp_options *o)
{
	uint8_t bytes[TCP_OPTIONS_MAX + 1], count;
	struct tcp_options back;

	bytes[TCP_OPTIONS_MAX] = 0xa5;
	count = tcp_options_encode(o, bytes);
	must(count <= TCP_OPTIONS_MAX && count % 4 == 0 && bytes[TCP_OPTIONS_MAX] == 0xa5);
	must(tcp_options_decode(bytes, count, &back));
	must(back.has_mss == o->has_mss && back.mss == (o->has_mss ? o->mss : 0));
	must(back.has_wscale == o->has_wscale && back.wscale == (o->has_wscale ? o->wscale : 0));
	must(back.has_sack_permitted == o->has_sack_permitted);
	must(back.has_timestamps == o->has_timestamps);
	must(back.ts_val == (o->has_timestamps ? o->ts_val : 0));
	must(back.ts_ecr == (o->has_timestamps ? o->ts_ecr : 0));
	must(back.sack_count <= o->sack_count);
	must(!memcmp(back.sack, o->sack, back.sack_count * sizeof(o->sack[0])));
	if (back.sack_count < o->sack_count) /* there was no room for one more */
		must(count + (back.sack_count ? 8u : 12u) > TCP_OPTIONS_MAX);
}

static void decode(const uint8_t *bytes, size_t len)
{
	struct tcp_options o;
	bool whole;

	memset(&o, 0xff, sizeof(o));
	whole = tcp_options_decode(bytes, len, &o);
	must(o.sack_count <= TCP_SACK_BLOCKS_MAX);
	for (size_t i = 0; i < len; i++)
		must(tcp_option_info(bytes[i]) == NULL ||
		     tcp_option_info(bytes[i])->kind == bytes[i]);
	encode_and_compare(&o);
	/* Padding behind what is whole changes nothing. */
	if (whole && len < TCP_OPTIONS_MAX) {
		uint8_t padded[TCP_OPTIONS_MAX] = { 0 };
		struct tcp_options again;

		memcpy(padded, bytes, len);
		must(tcp_options_decode(padded, sizeof(padded), &again));
		must(again.has_mss == o.has_mss && again.sack_count == o.sack_count);
		must(again.has_wscale == o.has_wscale && again.has_timestamps == o.has_timestamps);
	}
}

static void encode_values(struct feed *f)
{
	uint8_t which = feed8(f);
	struct tcp_options o = {
		.has_mss = which & 1,
		.has_wscale = which & 2,
		.has_sack_permitted = which & 4,
		.has_timestamps = which & 8,
		.sack_count = (uint8_t)((which >> 4) % (TCP_SACK_BLOCKS_MAX + 1)),
	};

	o.mss = feed16(f);
	o.wscale = feed8(f);
	o.ts_val = feed32(f);
	o.ts_ecr = feed32(f);
	for (unsigned i = 0; i < o.sack_count; i++) {
		o.sack[i].from = feed32(f);
		o.sack[i].to = feed32(f);
	}
	encode_and_compare(&o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };

	if (feed8(&f) & 1) {
		encode_values(&f);
		return 0;
	}
	if (f.left > TCP_OPTIONS_MAX) /* no header has more */
		f.left = TCP_OPTIONS_MAX;
	uint8_t *bytes = exact_copy(f.at, f.left);

	walk(bytes, f.left);
	decode(bytes, f.left);
	free(bytes);
	return 0;
}
