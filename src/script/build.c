/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build.c - from a description to a segment; see build.h. */
#include "script/build.h"

#include <stdlib.h>

#include "script/build_priv.h"
#include "script/fields.h"

#define NUMBER_FARTHEST (1ll << 34) /* before it is taken modulo 2^32 */

uint8_t script_pattern_byte(uint64_t at)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	return (uint8_t)letters[at % (sizeof(letters) - 1)];
}

bool build_modulo(const struct building *b, const struct test *t, const char *what, uint32_t from,
		  uint32_t *out)
{
	int64_t value;

	if (t->kind != TEST_EQUAL)
		return err_set(b->e, STATUS_USAGE, "%s: which one? what is sent needs a number",
			       what);
	if (!values_number(b->v, &t->a, -NUMBER_FARTHEST, NUMBER_FARTHEST, &value, b->e))
		return false;
	*out = (uint32_t)value + (t->a.absolute ? 0 : from);
	return true;
}

/* A number as it stands in the header. */
static bool header_number(const struct building *b, enum field f, const struct test *t,
			  uint32_t *out)
{
	const struct field_info *info = field_info(f);
	struct err inner = { 0 };
	int64_t value;

	if (info->relative)
		return build_modulo(b, t, info->name,
				    f == FIELD_SEQ ? b->base->ours : b->base->peers, out);
	if (t->kind != TEST_EQUAL)
		return err_set(b->e, STATUS_USAGE, "%s: which one? what is sent needs a number",
			       info->name);
	if (!values_number(b->v, &t->a, 0, info->max, &value, &inner))
		return err_set(b->e, inner.status, "%s: %s", info->name, inner.text);
	*out = (uint32_t)value;
	return true;
}

/* How long a text of the pattern is to be: "data len N", or the number in brackets. */
static bool pattern_length(const struct building *b, const struct segment_spec *spec, size_t *len)
{
	int64_t value = 0;

	if (spec->data.kind == DATA_PATTERN &&
	    !values_number(b->v, &spec->data.len, 0, field_info(FIELD_LEN)->max, &value, b->e))
		return false;
	if (spec->data.kind == DATA_NONE && spec->fields[FIELD_LEN].kind != TEST_NONE) {
		uint32_t given;

		if (!header_number(b, FIELD_LEN, &spec->fields[FIELD_LEN], &given))
			return false;
		value = given;
	}
	*len = (size_t)value;
	return true;
}

/* The text. A range that is sent twice has the same bytes again: the pattern goes with the numbers. */
static bool build_text(const struct building *b, const struct segment_spec *spec, uint32_t seq,
		       struct script_built *out)
{
	uint32_t at = seq - b->base->ours;
	size_t len;

	switch (spec->data.kind) {
	case DATA_BYTES:
		out->text = values_bytes(b->v, &spec->data.bytes, &len, b->e);
		if (!out->text)
			return false;
		break;
	case DATA_REGEX:
		return err_set(b->e, STATUS_USAGE,
			       "data ~ describes what is expected; what is sent needs its bytes");
	case DATA_NONE:
	case DATA_PATTERN:
		if (!pattern_length(b, spec, &len))
			return false;
		out->text = malloc(len + 1);
		if (!out->text)
			return err_set(b->e, STATUS_APP, "out of memory");
		for (size_t i = 0; i < len; i++)
			out->text[i] = script_pattern_byte(at + i);
		break;
	}
	out->seg.text = out->text;
	out->seg.text_len = len;
	return true;
}

/* What "len" says beside data of its own must be true: no header has it. */
static bool check_length(const struct building *b, const struct segment_spec *spec, size_t len)
{
	uint32_t given;

	if (spec->fields[FIELD_LEN].kind != TEST_NONE) {
		if (!header_number(b, FIELD_LEN, &spec->fields[FIELD_LEN], &given))
			return false;
		if (given != len)
			return err_set(b->e, STATUS_USAGE,
				       "len %u: but the data has %zu bytes; TCP has no field for a "
				       "length",
				       given, len);
	}
	if (len > field_info(FIELD_LEN)->max)
		return err_set(b->e, STATUS_USAGE, "%zu bytes of data: a segment holds up to %u",
			       len, field_info(FIELD_LEN)->max);
	return true;
}

/* The end of seq:end(len), where the parser could not check it against the other two. */
static bool check_end(const struct building *b, const struct test *end,
		      const struct tcp_segment *seg)
{
	uint32_t is = seg->seq + (uint32_t)seg->text_len, given;

	if (end->kind == TEST_NONE)
		return true;
	if (!build_modulo(b, end, "end", b->base->ours, &given))
		return false;
	if (given == is)
		return true;
	return err_set(b->e, STATUS_USAGE,
		       "the range does not add up: %u and %zu bytes end at %u, not at %u",
		       seg->seq - b->base->ours, seg->text_len, is - b->base->ours,
		       given - b->base->ours);
}

static bool write_fields(const struct building *b, const struct segment_spec *spec,
			 struct script_built *out)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = field_info((enum field)i);
		uint32_t value;

		if (spec->fields[i].kind == TEST_NONE || !info->write)
			continue;
		if (!header_number(b, (enum field)i, &spec->fields[i], &value))
			return false;
		info->write(value, &out->seg, &out->ip);
	}
	field_ecn_and_tos(spec->fields[FIELD_TOS].kind != TEST_NONE,
			  spec->fields[FIELD_ECN].kind != TEST_NONE, &out->seg, &out->ip);
	return true;
}

static unsigned given_of(const struct segment_spec *spec)
{
	return (spec->fields[FIELD_SEQ].kind != TEST_NONE ? TCP_GIVEN_SEQ : 0) |
	       (spec->fields[FIELD_ACK].kind != TEST_NONE ? TCP_GIVEN_ACK : 0) |
	       (spec->fields[FIELD_WIN].kind != TEST_NONE ? TCP_GIVEN_WINDOW : 0) |
	       (spec->options.given ? TCP_GIVEN_OPTIONS : 0);
}

static bool build(struct building *b, const struct segment_spec *spec, struct tcp_conn *c,
		  int64_t now_us, struct script_built *out)
{
	/* What the control block would say, timestamps too: they go with all but RST. */
	struct tcp_segment own = { .flags = (uint16_t)(spec->flags & ~TCP_FLAG_RST) };
	uint32_t seq;

	if (spec->any_flags)
		return err_set(
			b->e, STATUS_USAGE,
			"\"*\" for flags: what is sent has them or not; say \"none\" for none");
	tcp_conn_fill(c, 0, &own, now_us);
	seq = own.seq;
	if (spec->fields[FIELD_SEQ].kind != TEST_NONE &&
	    !header_number(b, FIELD_SEQ, &spec->fields[FIELD_SEQ], &seq))
		return false;
	/* The text before the rest is filled in: SACK goes only where there is none. */
	if (!build_text(b, spec, seq, out) || !check_length(b, spec, out->seg.text_len))
		return false;
	tcp_conn_fill(c, given_of(spec), &out->seg, now_us);
	return write_fields(b, spec, out) && check_end(b, &spec->end, &out->seg) &&
	       (!spec->options.given || build_options(b, &spec->options, &own.options, &out->seg));
}

bool script_build(const struct segment_spec *spec, struct tcp_conn *c, const struct craft_ip *ip,
		  const struct match_base *base, const struct values *v, int64_t now_us,
		  struct script_built *out, struct err *e)
{
	struct building b = { .base = base, .v = v, .e = e };

	*out = (struct script_built){ .seg.flags = spec->flags, .ip = *ip };
	if (build(&b, spec, c, now_us, out))
		return true;
	script_built_free(out);
	return false;
}

void script_built_free(struct script_built *b)
{
	if (!b)
		return;
	free(b->text);
	b->text = NULL;
	b->seg.text = NULL;
	b->seg.text_len = 0;
}
