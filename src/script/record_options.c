/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_options.c - the options of recorded segments: of the server's their kinds, of the client's all. */
#include <string.h>

#include "script/record_priv.h"
#include "tcp/options.h"

/* The kinds of options, in their order. */
unsigned record_option_kinds(const struct tcp_segment *seg, struct option_item *items)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	static const struct test any = { .kind = TEST_ANY };
	struct tcp_option o;
	unsigned n = 0;

	for (; n < OPTION_ITEMS_MAX && tcp_option_next(&w, &o) == TCP_OPTION_FOUND; n++) {
		items[n] =
			(struct option_item){ .kind = OPTION_ITEM_KIND, .a = record_equal(o.kind) };
		if (o.kind == TCP_OPTION_MSS)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_MSS, .a = any };
		else if (o.kind == TCP_OPTION_WSCALE)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_WSCALE, .a = any };
		else if (o.kind == TCP_OPTION_SACK_PERMITTED)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_SACK_OK };
		else if (o.kind == TCP_OPTION_TIMESTAMPS)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_TS };
		else if (o.kind == TCP_OPTION_NOP)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_NOP };
	}
	return n;
}

/* Options as they were; timestamps are the control block's, as nobody can send the same again. */
unsigned record_option_values(const struct tcp_segment *seg, struct option_item *items)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	const uint8_t *end = seg->option_bytes + seg->option_len;
	struct tcp_option o;
	unsigned n = 0;

	for (; n < OPTION_ITEMS_MAX - 1 && tcp_option_next(&w, &o) == TCP_OPTION_FOUND; n++) {
		struct option_item *item = &items[n];

		*item = (struct option_item){ .kind = OPTION_ITEM_RAW, .raw_len = o.len };
		memcpy(item->raw, o.bytes, o.len);
		if (o.kind == TCP_OPTION_MSS && o.len == 4)
			*item = (struct option_item){ .kind = OPTION_ITEM_MSS,
						      .a = record_equal((uint32_t)o.bytes[2] << 8 |
									o.bytes[3]) };
		else if (o.kind == TCP_OPTION_WSCALE && o.len == 3)
			*item = (struct option_item){ .kind = OPTION_ITEM_WSCALE,
						      .a = record_equal(o.bytes[2]) };
		else if (o.kind == TCP_OPTION_SACK_PERMITTED && o.len == 2)
			*item = (struct option_item){ .kind = OPTION_ITEM_SACK_OK };
		else if (o.kind == TCP_OPTION_TIMESTAMPS && o.len == 10)
			*item = (struct option_item){ .kind = OPTION_ITEM_TS };
		else if (o.kind == TCP_OPTION_NOP)
			*item = (struct option_item){ .kind = OPTION_ITEM_NOP };
	}
	if (w.at < end) { /* the end of the list, or what is no option */
		items[n] = (struct option_item){ .kind = OPTION_ITEM_RAW,
						 .raw_len = (uint8_t)(end - w.at) };
		memcpy(items[n].raw, w.at, (size_t)(end - w.at));
		n++;
	}
	return n;
}
