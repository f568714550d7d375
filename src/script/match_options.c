/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_options.c - the options of a segment against the list of a description.
 *
 * A list without "..." is the whole of them, in order: it is laid along the option bytes item by item.
 * With "..." each item must be found somewhere, once. Zero bytes that only fill the last word up need
 * not be listed. Options are reported each by itself, unless the two lists are not of the same kinds:
 * then both are shown whole. */
#include <string.h>

#include "script/match_priv.h"
#include "tcp/options.h"

/* A place in the option bytes. */
struct at {
	const uint8_t *bytes;
	size_t left;
};

/* The option at a place; an EOL is one byte. False at the end, and where a length is wrong. */
static bool option_at(const struct at *at, struct tcp_option *o)
{
	struct tcp_option_walk w = tcp_option_walk(at->bytes, at->left);

	if (at->left && at->bytes[0] == TCP_OPTION_EOL) {
		*o = (struct tcp_option){ .kind = TCP_OPTION_EOL, .len = 1, .bytes = at->bytes };
		return true;
	}
	return tcp_option_next(&w, o) == TCP_OPTION_FOUND;
}

static void step(struct at *at, size_t len)
{
	at->bytes += len;
	at->left -= len;
}

static bool rest_is_padding(const struct at *at)
{
	for (size_t i = 0; i < at->left; i++)
		if (at->bytes[i] != TCP_OPTION_EOL)
			return false;
	return at->left < 4;
}

static int kind_of(const struct matching *m, const struct option_item *item)
{
	int64_t kind;

	switch (item->kind) {
	case OPTION_ITEM_MSS:
		return TCP_OPTION_MSS;
	case OPTION_ITEM_WSCALE:
		return TCP_OPTION_WSCALE;
	case OPTION_ITEM_SACK_OK:
		return TCP_OPTION_SACK_PERMITTED;
	case OPTION_ITEM_TS:
		return TCP_OPTION_TIMESTAMPS;
	case OPTION_ITEM_SACK:
		return TCP_OPTION_SACK;
	case OPTION_ITEM_NOP:
		return TCP_OPTION_NOP;
	case OPTION_ITEM_EOL:
	case OPTION_ITEM_RAW: /* compared as bytes */
		break;
	case OPTION_ITEM_KIND:
		return values_number(m->v, &item->a.a, 0, 255, &kind, m->e) ? (int)kind : -1;
	}
	return TCP_OPTION_EOL;
}

/* How many bytes an item covers at a place; 0: it is not what stands there; -1: cannot be told. */
static int covers(const struct matching *m, const struct option_item *item, const struct at *at)
{
	struct tcp_option o;
	int kind;

	if (item->kind == OPTION_ITEM_RAW)
		return item->raw_len <= at->left && !memcmp(item->raw, at->bytes, item->raw_len) ?
			       item->raw_len :
			       0;
	kind = kind_of(m, item);
	if (kind < 0)
		return -1;
	return option_at(at, &o) && o.kind == kind ? o.len : 0;
}

static void add_hex(struct match_text *t, const uint8_t *bytes, size_t len)
{
	match_add(t, "hex ");
	for (size_t i = 0; i < len; i++)
		match_add(t, "%02x", bytes[i]);
}

static void add_blocks(struct match_text *t, const struct tcp_options *o, uint32_t base)
{
	for (unsigned i = 0; i < o->sack_count; i++)
		match_add(t, "%s%u:%u", i ? " " : "", o->sack[i].from - base, o->sack[i].to - base);
}

/* One option as it came. */
static void add_option(struct match_text *t, const struct tcp_option *option, uint32_t base)
{
	const struct tcp_option_info *info = tcp_option_info(option->kind);
	struct tcp_options o;

	tcp_options_decode(option->bytes, option->len, &o);
	if (o.has_mss)
		match_add(t, "mss %u", o.mss);
	else if (o.has_wscale)
		match_add(t, "wscale %u", o.wscale);
	else if (o.has_timestamps)
		match_add(t, "TS val %u ecr %u", o.ts_val, o.ts_ecr);
	else if (o.sack_count)
		match_add(t, "sack "), add_blocks(t, &o, base);
	else if (info && option->len == info->len && option->len <= 2)
		match_add(t, "%s", info->name);
	else
		add_hex(t, option->bytes, option->len);
}

static void add_actual(struct match_text *t, const struct matching *m)
{
	struct at at = { m->p->seg.option_bytes, m->p->seg.option_len };
	const char *comma = "";
	struct tcp_option o;

	match_add(t, "<");
	while (at.left && !rest_is_padding(&at)) {
		match_add(t, "%s", comma);
		comma = ",";
		if (!option_at(&at, &o)) {
			add_hex(t, at.bytes, at.left);
			break;
		}
		add_option(t, &o, m->base->ours);
		step(&at, o.len);
	}
	match_add(t, ">");
}

static const char *item_name(const struct option_item *item)
{
	static const char *const names[] = {
		[OPTION_ITEM_MSS] = "mss",	  [OPTION_ITEM_WSCALE] = "wscale",
		[OPTION_ITEM_SACK_OK] = "sackOK", [OPTION_ITEM_TS] = "TS",
		[OPTION_ITEM_SACK] = "sack",	  [OPTION_ITEM_NOP] = "nop",
		[OPTION_ITEM_EOL] = "eol",	  [OPTION_ITEM_RAW] = "hex",
		[OPTION_ITEM_KIND] = "kind",
	};

	return names[item->kind];
}

/* One of the numbers in an option. */
static bool add_number(const struct matching *m, const struct test *t, enum match_how how,
		       uint32_t value, bool *passes, struct match_text *expected,
		       struct match_text *actual)
{
	struct match_number n = { .how = how, .value = value };
	bool one;

	if (!match_test(m, t, &n, &one, expected, actual))
		return false;
	*passes &= one;
	return true;
}

/* The blocks of a SACK option, which name our numbers. "sack" alone: any. */
static bool match_blocks(const struct matching *m, const struct option_item *item,
			 const struct tcp_options *o, bool *passes, struct match_text *expected,
			 struct match_text *actual)
{
	uint32_t base = m->base->ours;

	if (!item->block_count)
		match_add(expected, "*");
	else
		*passes = item->block_count == o->sack_count;
	for (unsigned i = 0; i < item->block_count; i++) {
		struct match_number n = { .how = MATCH_RELATIVE, .base = base };
		struct test from = { .kind = TEST_EQUAL, .a = item->blocks[i].from };
		struct test to = { .kind = TEST_EQUAL, .a = item->blocks[i].to };
		struct match_text unused = { 0 };
		bool one;

		match_add(expected, "%s", i ? " " : "");
		n.value = o->sack[i].from;
		if (!match_test(m, &from, &n, &one, expected, &unused))
			return false;
		*passes &= one;
		match_add(expected, ":");
		n.value = o->sack[i].to;
		if (!match_test(m, &to, &n, &one, expected, &unused))
			return false;
		*passes &= one;
	}
	add_blocks(actual, o, base);
	return true;
}

/* The value of an option whose kind is the right one; NULL for @option: it did not come. Names alone
 * are values too, of a list with "...". */
static bool match_value(const struct matching *m, const struct option_item *item,
			const struct tcp_option *option, bool *passes, struct match_text *expected,
			struct match_text *actual)
{
	struct match_text unused = { 0 };
	struct match_text *got = option ? actual : &unused;
	struct tcp_options o = { 0 };
	bool done = true, decoded = true;

	*passes = option != NULL;
	if (option)
		tcp_options_decode(option->bytes, option->len, &o);
	switch (item->kind) {
	case OPTION_ITEM_MSS:
		decoded = o.has_mss;
		done = add_number(m, &item->a, MATCH_PLAIN, o.mss, passes, expected, got);
		break;
	case OPTION_ITEM_WSCALE:
		decoded = o.has_wscale;
		done = add_number(m, &item->a, MATCH_PLAIN, o.wscale, passes, expected, got);
		break;
	case OPTION_ITEM_TS:
		decoded = o.has_timestamps;
		match_add(expected, "val ");
		match_add(got, "val ");
		done = add_number(m, &item->a, MATCH_MODULO, o.ts_val, passes, expected, got);
		match_add(expected, " ecr ");
		match_add(got, " ecr ");
		done = done &&
		       add_number(m, &item->b, MATCH_MODULO, o.ts_ecr, passes, expected, got);
		break;
	case OPTION_ITEM_SACK:
		decoded = o.sack_count != 0;
		done = match_blocks(m, item, &o, passes, expected, got);
		break;
	case OPTION_ITEM_RAW:
		add_hex(expected, item->raw, item->raw_len);
		match_add(got, "there");
		break;
	case OPTION_ITEM_KIND:
		done = add_number(m, &item->a, MATCH_PLAIN, option ? option->kind : 0, passes,
				  expected, got);
		break;
	case OPTION_ITEM_SACK_OK:
	case OPTION_ITEM_NOP:
	case OPTION_ITEM_EOL:
		match_add(expected, "there");
		match_add(got, "there");
		break;
	}
	if (option && !decoded) { /* of that kind, but of a wrong length */
		*actual = (struct match_text){ 0 };
		add_hex(actual, option->bytes, option->len);
		*passes = false;
	}
	return done;
}

static bool note_value(struct matching *m, const struct option_item *item,
		       const struct tcp_option *option)
{
	struct match_text expected = { 0 }, actual = { 0 };
	bool passes;

	if (!match_value(m, item, option, &passes, &expected, &actual))
		return false;
	if (!option)
		match_add(&actual, "not there");
	match_note(m, item_name(item), !passes, &expected, &actual);
	return true;
}

static bool says_nothing(const struct option_item *item)
{
	return item->kind == OPTION_ITEM_NOP || item->kind == OPTION_ITEM_EOL ||
	       item->kind == OPTION_ITEM_RAW;
}

/* The two lists whole. */
static bool note_lists(struct matching *m, const struct option_list_spec *want, bool differs)
{
	struct match_text expected = { 0 }, actual = { 0 };

	match_add(&expected, "<");
	for (unsigned i = 0; i < want->count; i++) {
		const struct option_item *item = &want->items[i];
		struct match_text value = { 0 }, unused = { 0 };
		bool passes;

		if (!match_value(m, item, NULL, &passes, &value, &unused))
			return false;
		match_add(&expected, "%s", i ? "," : "");
		if (item->kind != OPTION_ITEM_RAW) /* which begins with its name */
			match_add(&expected, "%s", item_name(item));
		if (strcmp(value.text, "there"))
			match_add(&expected, "%s%s", item->kind != OPTION_ITEM_RAW ? " " : "",
				  value.text);
	}
	match_add(&expected, ">");
	add_actual(&actual, m);
	match_note(m, "options", differs, &expected, &actual);
	return true;
}

static bool match_exactly(struct matching *m, const struct option_list_spec *want)
{
	struct at at = { m->p->seg.option_bytes, m->p->seg.option_len };
	struct tcp_option found[OPTION_ITEMS_MAX];
	bool noted = false;

	for (unsigned i = 0; i < want->count; i++) {
		int len = covers(m, &want->items[i], &at);

		if (len < 0)
			return false;
		if (!len)
			return note_lists(m, want, true);
		found[i] = (struct tcp_option){ at.bytes[0], (uint8_t)len, at.bytes };
		step(&at, (size_t)len);
	}
	if (!rest_is_padding(&at))
		return note_lists(m, want, true);
	for (unsigned i = 0; i < want->count; i++) {
		if (says_nothing(&want->items[i]))
			continue;
		if (!note_value(m, &want->items[i], &found[i]))
			return false;
		noted = true;
	}
	return noted || note_lists(m, want, false);
}

/* Where an item stands that no other took; false in *@found: nowhere. One whose value fits goes before
 * one that is only of the kind. */
static bool find_item(const struct matching *m, const struct option_item *item, uint64_t *taken,
		      struct tcp_option *found, bool *there)
{
	const struct tcp_segment *seg = &m->p->seg;
	struct at at = { seg->option_bytes, seg->option_len };
	struct match_text unused = { 0 };
	uint64_t bit = 0;
	bool passes = false;

	for (struct tcp_option o; !passes && option_at(&at, &o); step(&at, o.len)) {
		uint64_t here = 1ull << (at.bytes - seg->option_bytes);
		int len = covers(m, item, &at);

		if (len < 0)
			return false;
		if (!len || *taken & here)
			continue;
		o.len = item->kind == OPTION_ITEM_RAW ? o.len : (uint8_t)len;
		if (!match_value(m, item, &o, &passes, &unused, &unused))
			return false;
		if (!bit || passes) {
			bit = here;
			*found = o;
		}
	}
	*there = bit != 0;
	*taken |= bit;
	return true;
}

static bool match_each(struct matching *m, const struct option_list_spec *want)
{
	uint64_t taken = 0;

	for (unsigned i = 0; i < want->count; i++) {
		struct tcp_option found;
		bool there;

		if (!find_item(m, &want->items[i], &taken, &found, &there) ||
		    !note_value(m, &want->items[i], there ? &found : NULL))
			return false;
	}
	return true;
}

bool match_options(struct matching *m, const struct option_list_spec *want)
{
	if (!want->given)
		return true;
	return want->more ? match_each(m, want) : match_exactly(m, want);
}
