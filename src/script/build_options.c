/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build_options.c - options as listed, to bytes. */
#include <string.h>

#include "script/build_priv.h"
#include "tcp/options.h"

/* Option bytes that grow; more than a header holds is counted, not kept. */
struct option_bytes {
	uint8_t bytes[TCP_OPTIONS_MAX];
	unsigned used;
};

static void put(struct option_bytes *o, const uint8_t *bytes, unsigned len)
{
	if (o->used + len <= sizeof(o->bytes))
		memcpy(o->bytes + o->used, bytes, len);
	o->used += len;
}

static void put8(struct option_bytes *o, uint32_t v)
{
	put(o, (const uint8_t[]){ (uint8_t)v }, 1);
}

static void put16(struct option_bytes *o, uint32_t v)
{
	put(o, (const uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static void put32(struct option_bytes *o, uint32_t v)
{
	put16(o, v >> 16);
	put16(o, v);
}

static void put_head(struct option_bytes *o, enum tcp_option_kind kind, uint32_t len)
{
	put8(o, kind);
	put8(o, len);
}

static bool plain_number(const struct building *b, const struct test *t, uint32_t max,
			 const char *what, uint32_t *out)
{
	int64_t value;

	if (t->kind != TEST_EQUAL)
		return err_set(b->e, STATUS_USAGE, "%s: which one? what is sent needs a number",
			       what);
	if (!values_number(b->v, &t->a, 0, max, &value, b->e))
		return false;
	*out = (uint32_t)value;
	return true;
}

/* A timestamp that is not given is the control block's. */
static bool timestamp(const struct building *b, const struct test *t, uint32_t own, uint32_t *out)
{
	*out = own;
	return t->kind == TEST_NONE || build_modulo(b, t, "TS", 0, out);
}

/* SACK blocks name numbers of the peer's. */
static bool put_sack(struct building *b, const struct option_item *item, struct option_bytes *o)
{
	put_head(o, TCP_OPTION_SACK, 2 + 8 * item->block_count);
	for (unsigned i = 0; i < item->block_count; i++) {
		struct test from = { .kind = TEST_EQUAL, .a = item->blocks[i].from };
		struct test to = { .kind = TEST_EQUAL, .a = item->blocks[i].to };
		uint32_t number;

		if (!build_modulo(b, &from, "sack", b->base->peers, &number))
			return false;
		put32(o, number);
		if (!build_modulo(b, &to, "sack", b->base->peers, &number))
			return false;
		put32(o, number);
	}
	return true;
}

static bool put_item(struct building *b, const struct option_item *item,
		     const struct tcp_options *own, struct option_bytes *o)
{
	uint32_t first, second;

	switch (item->kind) {
	case OPTION_ITEM_MSS:
		if (!plain_number(b, &item->a, UINT16_MAX, "mss", &first))
			return false;
		put_head(o, TCP_OPTION_MSS, 4);
		put16(o, first);
		break;
	case OPTION_ITEM_WSCALE:
		if (!plain_number(b, &item->a, UINT8_MAX, "wscale", &first))
			return false;
		put_head(o, TCP_OPTION_WSCALE, 3);
		put8(o, first);
		break;
	case OPTION_ITEM_SACK_OK:
		put_head(o, TCP_OPTION_SACK_PERMITTED, 2);
		break;
	case OPTION_ITEM_TS:
		if (!timestamp(b, &item->a, own->ts_val, &first) ||
		    !timestamp(b, &item->b, own->ts_ecr, &second))
			return false;
		put_head(o, TCP_OPTION_TIMESTAMPS, 10);
		put32(o, first);
		put32(o, second);
		break;
	case OPTION_ITEM_SACK:
		return put_sack(b, item, o);
	case OPTION_ITEM_NOP:
		put8(o, TCP_OPTION_NOP);
		break;
	case OPTION_ITEM_EOL:
		put8(o, TCP_OPTION_EOL);
		break;
	case OPTION_ITEM_RAW:
		put(o, item->raw, item->raw_len);
		break;
	case OPTION_ITEM_KIND:
		return err_set(b->e, STATUS_USAGE,
			       "kind: what is sent needs all of its bytes; say them with hex");
	}
	return true;
}

bool build_options(struct building *b, const struct option_list_spec *list,
		   const struct tcp_options *own, struct tcp_segment *seg)
{
	struct option_bytes o = { 0 };

	if (list->more)
		return err_set(
			b->e, STATUS_USAGE,
			"\"...\" among options: what is sent has to be listed whole; without "
			"<> the connection's own are sent");
	for (unsigned i = 0; i < list->count; i++)
		if (!put_item(b, &list->items[i], own, &o))
			return false;
	if (o.used > TCP_OPTIONS_MAX)
		return err_set(b->e, STATUS_USAGE, "%u bytes of options: a header holds up to %u",
			       o.used, TCP_OPTIONS_MAX);
	while (o.used % 4)
		put8(&o, TCP_OPTION_EOL);
	memcpy(seg->option_bytes, o.bytes, o.used);
	seg->option_len = (uint8_t)o.used;
	tcp_options_decode(o.bytes, o.used, &seg->options);
	return true;
}
