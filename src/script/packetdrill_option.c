/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill_option.c - the options of a packet line.
 *
 * Timestamps: what a server's clock says is its own affair, and what we echo must be that. So each
 * timestamp that the script expects is captured under a name, and an echo of that value in the script
 * becomes the captured one; between two of them it is counted on from the first. */
#include <ctype.h>
#include <string.h>

#include "script/packetdrill_priv.h"
#include "tcp/options.h"

#define FAST_OPEN	34  /* RFC 7413 */
#define EXPERIMENT	254 /* RFC 6994, with the number of Fast Open's experiment */
#define FAST_OPEN_MAGIC 0xf989
#define MD5_SIGNATURE	19 /* RFC 2385 */

static struct test equal_to(const struct drill *d, struct number n)
{
	return (struct test){ .kind = TEST_EQUAL, .a = n, .at = d->lex.token.place };
}

static void add_offset(struct number *n, int64_t offset)
{
	if (!offset)
		return;
	n->terms[n->count].minus = offset < 0;
	n->terms[n->count++].value = offset < 0 ? -offset : offset;
}

/* The captured timestamp that @value stands for; of several of that value the latest. */
static struct number captured(const struct drill *d, uint32_t value)
{
	const struct drill_stamp *stamp = &d->stamps[0];
	struct number n = { .count = 1 };

	for (unsigned i = 0; i < d->stamp_count; i++)
		if (d->stamps[i].value == value)
			stamp = &d->stamps[i];
	n.terms[0].name = stamp->name;
	n.terms[0].field = "ts.val";
	add_offset(&n, (int32_t)(value - stamp->value));
	return n;
}

/* What the server's clock may say: anything the first time, later what the script's clock leads to,
 * where it has one. */
static struct test expected_stamp(const struct drill *d, uint32_t value)
{
	struct test t = { .kind = TEST_ANY, .at = d->lex.token.place };
	int64_t slack_us = d->tolerance_us, distance;

	if (!d->tick_us || !d->stamp_count)
		return t;
	if (d->clock_us / 8 > slack_us)
		slack_us = d->clock_us / 8;
	distance = (int32_t)(value - d->stamps[0].value);
	t.kind = TEST_BETWEEN;
	t.a = t.b = captured(d, d->stamps[0].value);
	add_offset(&t.a, distance - slack_us / d->tick_us);
	add_offset(&t.b, distance + (slack_us + PACKETDRILL_PATH_US) / d->tick_us);
	return t;
}

static bool timestamps(struct drill *d, bool sent, const struct segment_spec *spec,
		       struct option_item *item, bool *stamped, uint32_t *stamp)
{
	int64_t value, echo;

	if (!drill_is(&d->lex.token, "val"))
		return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX, "TS: \"val\" is missing");
	drill_next(&d->lex);
	if (!drill_integer(d, 0, UINT32_MAX, "TS val", &value))
		return false;
	if (!drill_is(&d->lex.token, "ecr"))
		return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX, "TS: \"ecr\" is missing");
	drill_next(&d->lex);
	if (!drill_integer(d, 0, UINT32_MAX, "TS ecr", &echo))
		return false;
	item->kind = OPTION_ITEM_TS;
	item->b = equal_to(d, drill_number(echo));
	if (sent) {
		item->a = equal_to(d, drill_number(value));
		if (spec->flags & TCP_FLAG_ACK && d->stamp_count)
			item->b.a = captured(d, (uint32_t)echo);
	} else {
		item->a = expected_stamp(d, (uint32_t)value);
		*stamped = true;
		*stamp = (uint32_t)value;
	}
	return true;
}

/* Blocks are relative in the script too. */
static bool sack(struct drill *d, struct option_item *item)
{
	int64_t from, to;

	item->kind = OPTION_ITEM_SACK;
	do {
		if (item->block_count == TCP_SACK_BLOCKS_MAX)
			return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX,
					    "sack: a header has room for %u blocks",
					    TCP_SACK_BLOCKS_MAX);
		if (!drill_integer(d, 0, UINT32_MAX, "sack", &from))
			return false;
		if (!drill_is(&d->lex.token, ":"))
			return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX,
					    "sack: \":\" is missing");
		drill_next(&d->lex);
		if (!drill_integer(d, 0, UINT32_MAX, "sack", &to))
			return false;
		item->blocks[item->block_count].from = drill_number(from);
		item->blocks[item->block_count++].to = drill_number(to);
	} while (d->lex.token.kind == DRILL_INTEGER);
	return true;
}

static unsigned hex_digit(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0') :
					   (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

/* An option whose content the script has as hexadecimal digits, perhaps none. */
static bool digits_option(struct drill *d, uint8_t kind, uint16_t magic, struct option_item *item)
{
	struct drill_token t = d->lex.token;
	bool content = t.kind == DRILL_WORD || t.kind == DRILL_INTEGER;
	size_t len = 2;

	if (t.kind == DRILL_WORD)
		drill_defined(d, &t);
	item->kind = OPTION_ITEM_RAW;
	item->raw[0] = kind;
	if (magic) {
		item->raw[len++] = (uint8_t)(magic >> 8);
		item->raw[len++] = (uint8_t)magic;
	}
	for (size_t i = 0; content && i < t.len; i += 2) {
		if (i + 1 == t.len || !isxdigit((unsigned char)t.at[i]) ||
		    !isxdigit((unsigned char)t.at[i + 1]))
			return drill_refuse(d, &t, PACKETDRILL_WORD,
					    "%.*s: no pairs of hexadecimal digits; "
					    "-D %.*s=DIGITS would make it some",
					    (int)t.len, t.at, (int)t.len, t.at);
		if (len == sizeof(item->raw))
			return drill_refuse(d, &t, PACKETDRILL_SYNTAX,
					    "%.*s: longer than all options together may be",
					    (int)t.len, t.at);
		item->raw[len++] = (uint8_t)(hex_digit(t.at[i]) << 4 | hex_digit(t.at[i + 1]));
	}
	item->raw[1] = item->raw_len = (uint8_t)len;
	if (content)
		drill_next(&d->lex);
	return true;
}

static bool option(struct drill *d, bool sent, struct segment_spec *spec, struct option_item *item,
		   bool *stamped, uint32_t *stamp)
{
	struct drill_token t = d->lex.token;
	int64_t value;

	item->at = t.place;
	if (t.kind != DRILL_WORD)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX, "the name of an option is missing");
	drill_next(&d->lex);
	if (drill_is(&t, "nop")) {
		item->kind = OPTION_ITEM_NOP;
	} else if (drill_is(&t, "eol")) {
		item->kind = OPTION_ITEM_EOL;
	} else if (drill_is(&t, "sackOK")) {
		item->kind = OPTION_ITEM_SACK_OK;
	} else if (drill_is(&t, "mss") || drill_is(&t, "wscale")) {
		bool mss = drill_is(&t, "mss");

		item->kind = mss ? OPTION_ITEM_MSS : OPTION_ITEM_WSCALE;
		if (!drill_integer(d, 0, mss ? 65535 : 255, mss ? "mss" : "wscale", &value))
			return false;
		item->a = equal_to(d, drill_number(value));
	} else if (drill_is(&t, "TS")) {
		return timestamps(d, sent, spec, item, stamped, stamp);
	} else if (drill_is(&t, "sack")) {
		return sack(d, item);
	} else if (drill_is(&t, "FO")) {
		return digits_option(d, FAST_OPEN, 0, item);
	} else if (drill_is(&t, "FOEXP")) {
		return digits_option(d, EXPERIMENT, FAST_OPEN_MAGIC, item);
	} else if (drill_is(&t, "md5")) {
		return digits_option(d, MD5_SIGNATURE, 0, item);
	} else {
		return drill_refuse(d, &t, PACKETDRILL_OPTION,
				    "%.*s: this option is neither sent nor compared here",
				    (int)t.len, t.at);
	}
	return true;
}

/* Bytes of the options in a header. */
static unsigned bytes_of(const struct option_list_spec *list)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < list->count; i++) {
		static const uint8_t fixed[] = {
			[OPTION_ITEM_MSS] = 4, [OPTION_ITEM_WSCALE] = 3, [OPTION_ITEM_SACK_OK] = 2,
			[OPTION_ITEM_TS] = 10, [OPTION_ITEM_SACK] = 2,	 [OPTION_ITEM_NOP] = 1,
			[OPTION_ITEM_EOL] = 1, [OPTION_ITEM_RAW] = 0,	 [OPTION_ITEM_KIND] = 2,
		};
		const struct option_item *item = &list->items[i];

		sum += fixed[item->kind] + item->raw_len + 8 * item->block_count;
	}
	return sum;
}

bool drill_options(struct drill *d, bool sent, struct segment_spec *spec, bool *stamped,
		   uint32_t *stamp)
{
	struct option_list_spec *list = &spec->options;
	struct drill_token at = d->lex.token;

	if (at.kind == DRILL_ELLIPSIS) {
		drill_next(&d->lex);
		list->more = true;
		if (sent)
			return drill_refuse(d, &at, PACKETDRILL_SYNTAX,
					    "<...>: what is sent has to be listed");
	} else {
		memset(d->items, 0, sizeof(d->items));
		list->items = d->items;
		for (;;) {
			if (list->count == OPTION_ITEMS_MAX)
				return drill_refuse(d, &at, PACKETDRILL_SYNTAX,
						    "more options than a header holds");
			if (!option(d, sent, spec, &list->items[list->count++], stamped, stamp))
				return false;
			if (!drill_is(&d->lex.token, ","))
				break;
			drill_next(&d->lex);
		}
		if (bytes_of(list) > TCP_OPTIONS_MAX || bytes_of(list) % 4)
			return drill_refuse(d, &at, PACKETDRILL_SYNTAX,
					    "%u bytes of options: up to 40 fit, in whole words",
					    bytes_of(list));
	}
	if (!drill_is(&d->lex.token, ">"))
		return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX, "\">\" is missing here");
	drill_next(&d->lex);
	list->items = drill_keep(d, list->count * sizeof(*list->items));
	if (!list->items)
		return false;
	memcpy(list->items, d->items, list->count * sizeof(*list->items));
	return true;
}
