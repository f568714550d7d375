/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_options.c - TCP options between < and >; see parse_priv.h. */
#include <stdio.h>
#include <string.h>

#include "script/parse_priv.h"

struct option_row {
	const char *name;
	enum option_item_kind kind;
	unsigned
		bytes; /* that it takes in a segment; more for each block, and as many as hex has */
	int64_t max;   /* of its value; 0: it has none */
};

static const struct option_row rows[] = {
	{ "mss", OPTION_ITEM_MSS, 4, UINT16_MAX },
	{ "wscale", OPTION_ITEM_WSCALE, 3, UINT8_MAX },
	{ "sackOK", OPTION_ITEM_SACK_OK, 2, 0 },
	{ "TS", OPTION_ITEM_TS, 10, UINT32_MAX },
	{ "sack", OPTION_ITEM_SACK, 2, UINT32_MAX },
	{ "nop", OPTION_ITEM_NOP, 1, 0 },
	{ "eol", OPTION_ITEM_EOL, 1, 0 },
	{ "hex", OPTION_ITEM_RAW, 0, 0 },
	{ "kind", OPTION_ITEM_KIND, 0, UINT8_MAX },
};

/* "TS", "TS val T ecr T", "TS T T" */
static bool parse_ts(struct parser *p, bool expected, struct option_item *item)
{
	struct limits val = { "TS val", 0, UINT32_MAX, false, false };
	struct limits ecr = { "TS ecr", 0, UINT32_MAX, false, false };
	bool named = lex_take_name(&p->in, "val");
	char text[SHOWN_MAX];

	lex_blanks(&p->in);
	if (!named && (*p->in.at == ',' || *p->in.at == '>') && p->in.at[1] != '=')
		return true;
	if (!parse_test(p, &val, expected, &item->a))
		return false;
	if (named && !lex_take_name(&p->in, "ecr"))
		return fail(p, "TS: ecr is missing, %s; write TS val N ecr N", here(p, text));
	return parse_test(p, &ecr, expected, &item->b);
}

/* "sack 1:101 201:301"; "=" or "abs" as with seq */
static bool parse_sack(struct parser *p, struct option_item *item)
{
	struct limits edge = { "sack", 0, UINT32_MAX, true, false };

	do {
		struct number *from, *to;
		char text[SHOWN_MAX];

		if (item->block_count == TCP_SACK_BLOCKS_MAX)
			return fail(p, "sack: too many blocks; a header has room for %u",
				    TCP_SACK_BLOCKS_MAX);
		from = &item->blocks[item->block_count].from;
		to = &item->blocks[item->block_count++].to;
		bool absolute = lex_take(&p->in, "=");

		if (!parse_number(p, &edge, from))
			return false;
		if (!lex_take(&p->in, ":"))
			return fail(p, "sack: a colon is missing, %s; write blocks as 1:101",
				    here(p, text));
		if (!parse_number(p, &edge, to) || !parse_absolute(p, &edge, from, to))
			return false;
		if (absolute)
			from->absolute = to->absolute = true;
		lex_blanks(&p->in);
	} while (*p->in.at != ',' && *p->in.at != '>');
	return true;
}

static const struct option_row *find_row(struct word name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (word_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

static bool fail_option(struct parser *p, struct word name)
{
	const char *names[ARRAY_LEN(rows) + 1] = { 0 };
	char text[SHOWN_MAX], hint[SHOWN_MAX];

	if (!name.len)
		return fail(p, "an option is missing, %s", here(p, text));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		names[i] = rows[i].name;
	meant(name, names, "", hint);
	return fail(
		p, "%s: no such option%s", shown(name, text),
		*hint ? hint :
			"; there are mss, wscale, sackOK, TS, sack, nop, eol, kind, and hex for any");
}

static bool parse_item(struct parser *p, bool expected, struct option_item *item, size_t *bytes)
{
	struct word name = lex_name(&p->in);
	const struct option_row *row = find_row(name);
	struct limits value;
	struct lex value_ahead;
	size_t len = 0;

	if (!row)
		return fail_option(p, name);
	item->at = lex_place(&p->in);
	item->kind = row->kind;
	if (row->kind == OPTION_ITEM_KIND && !expected)
		return fail(
			p,
			"kind: any content can only be expected; write hex and the option's bytes");
	p->in.at += name.len;
	*bytes += row->bytes;
	value = (struct limits){ row->name, 0, row->max, false, false };
	value_ahead = p->in; /* ">" may be the end, or a relation */
	switch (row->kind) {
	case OPTION_ITEM_TS:
		return parse_ts(p, expected, item);
	case OPTION_ITEM_SACK:
		if (!parse_sack(p, item))
			return false;
		*bytes += 8u * item->block_count;
		return true;
	case OPTION_ITEM_RAW:
		if (!parse_hex(p, TCP_OPTIONS_MAX, item->raw, &len))
			return false;
		item->raw_len = (uint8_t)len;
		*bytes += len;
		return true;
	case OPTION_ITEM_KIND:
		item->a.kind = TEST_EQUAL;
		lex_blanks(&p->in);
		item->a.at = lex_place(&p->in);
		return parse_number(p, &value, &item->a.a);
	default:
		if (row->max && lex_take(&value_ahead, ">") && *value_ahead.at != '=' &&
		    !number_ahead(&value_ahead))
			return fail(p, "%s: a number is missing", row->name);
		return !row->max || parse_test(p, &value, expected, &item->a);
	}
}

bool parse_options(struct parser *p, bool expected, struct option_list_spec *out)
{
	struct option_item items[OPTION_ITEMS_MAX];
	struct place opened = lex_place(&p->in), at;
	char text[SHOWN_MAX];
	size_t bytes = 0;

	out->given = true;
	if (lex_take(&p->in, "<") && lex_take(&p->in, ">"))
		return true;
	do {
		lex_blanks(&p->in);
		at = lex_place(&p->in);
		if (lex_take(&p->in, "...") || lex_take(&p->in, "*")) {
			if (!expected)
				return fail_at(
					p, at,
					"what is sent has exactly the options that are named; "
					"... and * are for expect");
			out->more = true; /* others may be there */
			continue;
		}
		if (out->count == OPTION_ITEMS_MAX)
			return fail(p, "too many options; a header has room for %u",
				    OPTION_ITEMS_MAX);
		memset(&items[out->count], 0, sizeof(items[0]));
		if (!parse_item(p, expected, &items[out->count], &bytes))
			return false;
		out->count++;
	} while (lex_take(&p->in, ","));
	if (lex_ends(&p->in))
		return fail_at(p, opened, "the options are not closed: > is missing");
	if (!lex_take(&p->in, ">"))
		return fail(p, "a comma or > is missing between options, %s", here(p, text));
	if (!expected && bytes > TCP_OPTIONS_MAX)
		return fail_at(p, opened, "the options take %zu bytes; a header has room for %u",
			       bytes, TCP_OPTIONS_MAX);
	out->items = take(p, (out->count ? out->count : 1) * sizeof(items[0]));
	if (out->items && out->count)
		memcpy(out->items, items, out->count * sizeof(items[0]));
	return out->items != NULL;
}
