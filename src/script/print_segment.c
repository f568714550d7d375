/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print_segment.c - segments, described and real, as text of the language; see print.h. */
#include <inttypes.h>
#include <string.h>

#include "script/fields.h"
#include "script/print_priv.h"
#include "tcp/options.h"

void print_flags(FILE *out, uint16_t flags)
{
	char text[FIELD_FLAGS_MAX];

	/* "expect none" has another meaning. */
	fputs(flags ? field_flags_text(flags, text) : "-", out);
}

static void print_test(FILE *out, const struct test *t)
{
	static const char *const relations[] = {
		[TEST_NOT] = "!= ",  [TEST_LESS] = "< ",      [TEST_AT_MOST] = "<= ",
		[TEST_MORE] = "> ",  [TEST_AT_LEAST] = ">= ", [TEST_EQUAL] = "",
		[TEST_BETWEEN] = "",
	};

	if (t->kind == TEST_NONE)
		return;
	if (t->kind == TEST_ANY) {
		putc('*', out);
		return;
	}
	fputs(relations[t->kind], out);
	if (t->kind == TEST_BETWEEN) {
		print_terms(out, &t->a);
		fputs("..", out);
		print_number(out, &t->b);
	} else {
		print_number(out, &t->a);
	}
}

static bool plain(const struct number *n, int64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < n->count; i++) {
		if (n->terms[i].name)
			return false;
		*value += n->terms[i].minus ? -n->terms[i].value : n->terms[i].value;
	}
	return true;
}

static bool is_number(const struct test *t)
{
	return t->kind == TEST_EQUAL || t->kind == TEST_ANY;
}

static void print_range_part(FILE *out, const struct test *t)
{
	if (t->kind == TEST_ANY)
		putc('*', out);
	else
		print_terms(out, &t->a);
}

/* seq:end(len), where the end can be told. */
static bool print_range(FILE *out, const struct segment_spec *spec)
{
	const struct test *seq = &spec->fields[FIELD_SEQ], *len = &spec->fields[FIELD_LEN];
	bool has_end = spec->end.kind == TEST_EQUAL;
	int64_t a, n;

	if (!is_number(seq) || !is_number(len) ||
	    (!has_end && (seq->kind == TEST_ANY || len->kind == TEST_ANY || !plain(&seq->a, &a) ||
			  !plain(&len->a, &n))))
		return false;
	fputs(seq->a.absolute || (has_end && spec->end.a.absolute) ? " =" : " ", out);
	print_range_part(out, seq);
	putc(':', out);
	if (has_end)
		print_range_part(out, &spec->end);
	else
		fprintf(out, "%" PRIu32, (uint32_t)(a + n));
	putc('(', out);
	print_range_part(out, len);
	putc(')', out);
	return true;
}

/* The short words of some fields' values. */
static const char *short_of(enum field f, const struct test *t)
{
	static const char *const ecn[] = { NULL, "ect1", "ect0", "ce" };
	int64_t value;

	if (t->kind != TEST_EQUAL || t->a.count != 1 || !plain(&t->a, &value))
		return NULL;
	if (f == FIELD_DF)
		return value ? "df" : "nodf";
	if (f == FIELD_SUM && !value)
		return "badsum";
	return f == FIELD_ECN && value >= 0 && value <= 3 ? ecn[value] : NULL;
}

static void print_field(FILE *out, enum field f, const struct test *t)
{
	const char *word = short_of(f, t);

	if (t->kind == TEST_NONE)
		return;
	if (word) {
		fprintf(out, " %s", word);
		return;
	}
	fprintf(out, " %s ", field_info(f)->name);
	print_test(out, t);
}

static void print_item(FILE *out, const struct option_item *item)
{
	static const char *const names[] = {
		[OPTION_ITEM_MSS] = "mss",   [OPTION_ITEM_WSCALE] = "wscale",
		[OPTION_ITEM_TS] = "TS",     [OPTION_ITEM_SACK_OK] = "sackOK",
		[OPTION_ITEM_SACK] = "sack", [OPTION_ITEM_NOP] = "nop",
		[OPTION_ITEM_EOL] = "eol",   [OPTION_ITEM_RAW] = "hex ",
		[OPTION_ITEM_KIND] = "kind",
	};

	fputs(names[item->kind], out);
	if (item->kind == OPTION_ITEM_TS && item->a.kind != TEST_NONE) {
		fputs(" val ", out);
		print_test(out, &item->a);
		fputs(" ecr ", out);
		print_test(out, &item->b);
	} else if (item->a.kind != TEST_NONE) {
		putc(' ', out);
		print_test(out, &item->a);
	}
	for (unsigned i = 0; i < item->block_count; i++) {
		fputs(item->blocks[i].from.absolute ? " =" : " ", out);
		print_terms(out, &item->blocks[i].from);
		putc(':', out);
		print_terms(out, &item->blocks[i].to);
	}
	for (unsigned i = 0; i < item->raw_len; i++)
		fprintf(out, "%02x", item->raw[i]);
}

void script_print_spec(FILE *out, const struct segment_spec *spec)
{
	bool range;

	if (spec->any_flags)
		putc('*', out);
	else
		print_flags(out, spec->flags);
	range = print_range(out, spec);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (!range || (f != FIELD_SEQ && f != FIELD_LEN))
			print_field(out, f, &spec->fields[f]);
	if (spec->options.given) {
		const char *comma = "";

		fputs(" <", out);
		for (unsigned i = 0; i < spec->options.count; i++, comma = ",") {
			fputs(comma, out);
			print_item(out, &spec->options.items[i]);
		}
		if (spec->options.more)
			fprintf(out, "%s...", comma);
		putc('>', out);
	}
	if (spec->data.kind != DATA_NONE) {
		fputs(" data ", out);
		print_data(out, &spec->data);
	}
}

static uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static void print_hex(FILE *out, const uint8_t *bytes, size_t len)
{
	fputs("hex ", out);
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", bytes[i]);
}

/* A known option of its right length by name, any other as its bytes. */
static void print_option(FILE *out, const struct tcp_option *o, uint32_t ack_base)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);
	const uint8_t *b = o->bytes;
	bool right = info && (!info->len || info->len == o->len);

	if (right && o->kind == TCP_OPTION_NOP)
		fputs("nop", out);
	else if (right && o->kind == TCP_OPTION_MSS)
		fprintf(out, "mss %u", (unsigned)b[2] << 8 | b[3]);
	else if (right && o->kind == TCP_OPTION_WSCALE)
		fprintf(out, "wscale %u", b[2]);
	else if (right && o->kind == TCP_OPTION_SACK_PERMITTED)
		fputs("sackOK", out);
	else if (right && o->kind == TCP_OPTION_TIMESTAMPS)
		fprintf(out, "TS val %" PRIu32 " ecr %" PRIu32, be32(b + 2), be32(b + 6));
	else if (o->kind == TCP_OPTION_SACK && o->len > 2 && o->len % 8 == 2) {
		fputs("sack", out);
		for (unsigned i = 2; i < o->len; i += 8)
			fprintf(out, " %" PRIu32 ":%" PRIu32, be32(b + i) - ack_base,
				be32(b + i + 4) - ack_base);
	} else {
		print_hex(out, b, o->len);
	}
}

static void print_options(FILE *out, const struct tcp_segment *seg, uint32_t ack_base)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	const uint8_t *end = seg->option_bytes + seg->option_len;
	const char *comma = "";
	struct tcp_option o;

	fputs(" <", out);
	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND) {
		fputs(comma, out);
		print_option(out, &o, ack_base);
		comma = ",";
	}
	/* The end of the list, and what nobody reads behind it. */
	if (w.at < end && *w.at == TCP_OPTION_EOL) {
		fprintf(out, "%seol", comma);
		comma = ",";
		w.at++;
	}
	if (w.at < end) {
		fputs(comma, out);
		print_hex(out, w.at, (size_t)(end - w.at));
	}
	putc('>', out);
}

void script_print_segment(FILE *out, const struct tcp_segment *seg, uint32_t seq_base,
			  uint32_t ack_base, size_t text_max)
{
	uint32_t seq = seg->seq - seq_base, len = (uint32_t)seg->text_len;
	size_t shown = seg->text_len < text_max ? seg->text_len : text_max;

	print_flags(out, seg->flags);
	fprintf(out, " %" PRIu32 ":%" PRIu32 "(%" PRIu32 ")", seq, seq + len, len);
	if (seg->flags & TCP_FLAG_ACK)
		fprintf(out, " ack %" PRIu32, seg->ack - ack_base);
	fprintf(out, " win %u", seg->window);
	if (seg->flags & TCP_FLAG_URG)
		fprintf(out, " urg %u", seg->urgent);
	if (seg->reserved)
		fprintf(out, " reserved %u", seg->reserved);
	if (seg->option_len)
		print_options(out, seg, ack_base);
	if (seg->text && shown) {
		fputs(" data ", out);
		script_print_string(out, seg->text, shown);
		if (shown < seg->text_len)
			fputs("...", out);
	}
}
