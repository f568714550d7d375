/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_segment.c - the description of a segment: FLAGS item*; see parse_priv.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "script/parse_priv.h"

#define FLAG_LETTERS "FSRP.UEWA" /* from the lowest bit up */
#define FLAGS_ALL    0x1ffu

/* Words that set one field to one value. */
static const struct {
	const char *name;
	enum field field;
	int64_t value;
} shorts[] = {
	{ "df", FIELD_DF, 1 },	  { "nodf", FIELD_DF, 0 },  { "badsum", FIELD_SUM, 0 },
	{ "ect0", FIELD_ECN, 2 }, { "ect1", FIELD_ECN, 1 }, { "ce", FIELD_ECN, 3 },
};

/* What the flags may have been meant to be: as a word, or in small letters. */
static bool fail_flags(struct parser *p, struct word w)
{
	static const struct {
		const char *word, *flags;
	} words[] = { { "syn", "S" },	   { "ack", "." },     { "fin", "F." },	 { "rst", "R" },
		      { "psh", "P." },	   { "push", "P." },   { "reset", "R" }, { "synack", "S." },
		      { "syn,ack", "S." }, { "syn-ack", "S." } };
	char text[SHOWN_MAX], large[SHOWN_MAX] = "";
	const char *meant_is = large;

	for (size_t i = 0; i < w.len && i < sizeof(large) - 1; i++)
		large[i] = (char)toupper((unsigned char)w.at[i]);
	if (strspn(large, FLAG_LETTERS) < w.len)
		meant_is = "";
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].word) == w.len && !strncasecmp(words[i].word, w.at, w.len))
			meant_is = words[i].flags;
	return fail(
		p,
		"%s: no flags; %s%s%sflags are letters of F S R P . U E W A (. is ACK), or none, or all",
		shown(w, text), *meant_is ? "did you mean " : "", meant_is, *meant_is ? "? " : "");
}

static bool parse_flags(struct parser *p, bool expected, struct segment_spec *spec)
{
	struct word w;
	char text[SHOWN_MAX];

	if (lex_ends(&p->in))
		return fail(
			p,
			"flags are missing: %s; write S for SYN, . for ACK, F R P U E W A, or none%s",
			here(p, text), expected ? ", or * for any" : "");
	w = (struct word){ p->in.at, strcspn(p->in.at, " \t\r\n<\"#}") };
	if (word_is(w, "*")) {
		if (!expected)
			return fail(p, "*: what is sent has flags of its own; * is for expect");
		spec->any_flags = true;
	} else if (word_is(w, "all")) {
		spec->flags = FLAGS_ALL;
	} else if (!word_is(w, "none") && !word_is(w, "-")) {
		for (size_t i = 0; i < w.len; i++) {
			const char *letter = strchr(FLAG_LETTERS, w.at[i]);
			unsigned bit = letter ? 1u << (letter - FLAG_LETTERS) : 0;

			if (!bit)
				return fail_flags(p, w);
			if (spec->flags & bit)
				return fail(p, "flags: %c is there twice", w.at[i]);
			spec->flags |= (uint16_t)bit;
		}
		if (!w.len)
			return fail_flags(p, lex_run(&p->in));
	}
	p->in.at += w.len;
	return true;
}

static bool is_new(struct parser *p, const struct segment_spec *spec, enum field f)
{
	return spec->fields[f].kind == TEST_NONE ||
	       fail(p, "%s is given twice; leave one out", field_info(f)->name);
}

/* A number, or "*". */
static bool parse_range_part(struct parser *p, enum field f, bool expected, struct test *out)
{
	struct limits l = limits_of(f);

	lex_blanks(&p->in);
	out->at = lex_place(&p->in);
	out->kind = TEST_EQUAL;
	if (*p->in.at != '*')
		return parse_number(p, &l, &out->a);
	if (!expected)
		return fail(p, "%s: what is sent has one value; * is for expect", l.what);
	p->in.at++;
	out->kind = TEST_ANY;
	return true;
}

/* The end of a range says nothing new: it is checked here, or kept until the numbers are known. */
static bool check_range(struct parser *p, struct segment_spec *spec, struct test *end)
{
	const struct test *seq = &spec->fields[FIELD_SEQ], *len = &spec->fields[FIELD_LEN];
	int64_t a, b, n;

	if (end->kind == TEST_ANY)
		return true;
	if (seq->kind != TEST_EQUAL || len->kind != TEST_EQUAL || !number_is_plain(&seq->a, &a) ||
	    !number_is_plain(&end->a, &b) || !number_is_plain(&len->a, &n)) {
		spec->end = *end;
		return true;
	}
	if ((uint32_t)(a + n) == b)
		return true;
	return fail_at(p, end->at,
		       "the range does not add up: %" PRId64 " + %" PRId64 " is %" PRIu32
		       ", not %" PRId64 "; write %" PRId64 ":%" PRIu32 "(%" PRId64 ")",
		       a, n, (uint32_t)(a + n), b, a, (uint32_t)(a + n), n);
}

/* seq:end(len) */
static bool parse_range(struct parser *p, bool expected, struct segment_spec *spec)
{
	struct test *seq = &spec->fields[FIELD_SEQ], *len = &spec->fields[FIELD_LEN], end = { 0 };
	struct limits l = limits_of(FIELD_SEQ);
	char text[SHOWN_MAX];
	bool absolute;

	if (!is_new(p, spec, FIELD_SEQ) || !is_new(p, spec, FIELD_LEN))
		return false;
	absolute = lex_take(&p->in, "=");
	if (!parse_range_part(p, FIELD_SEQ, expected, seq))
		return false;
	if (!lex_take(&p->in, ":"))
		return fail(p, "a range is seq:end(len); a colon is missing, %s", here(p, text));
	if (!parse_range_part(p, FIELD_SEQ, expected, &end))
		return false;
	if (!lex_take(&p->in, "("))
		return fail(p, "a range is seq:end(len); ( is missing, %s", here(p, text));
	if (!parse_range_part(p, FIELD_LEN, expected, len))
		return false;
	if (!lex_take(&p->in, ")"))
		return fail(p, "a range is seq:end(len); ) is missing, %s", here(p, text));
	seq->a.absolute = end.a.absolute = absolute;
	return parse_absolute(p, &l, &seq->a, &end.a) && check_range(p, spec, &end);
}

/* "df" can be followed by a value, or by a range, or by options. */
static bool df_has_value(const struct lex *in)
{
	struct lex look = *in;
	const char *behind;

	lex_blanks(&look);
	if (*look.at == '*') {
		look.at++;
		return !lex_take(&look, ":");
	}
	if (*look.at == '<') {
		look.at++;
		look.at += *look.at == '=';
		return number_ahead(&look) != NULL;
	}
	if (*look.at == '=') /* "=1:101(100)", or "=1" */
		look.at++;
	behind = number_ahead(&look);
	if (!behind)
		return *look.at == '>' || *look.at == '!';
	look.at = behind;
	return !lex_take(&look, ":");
}

/* A word in a description, behind the flags. */
static bool parse_named(struct parser *p, bool expected, struct word w, struct segment_spec *spec)
{
	const char *names[FIELD_COUNT + ARRAY_LEN(shorts) + 5] = { "data", "after", "within",
								   "as" };
	char text[SHOWN_MAX], hint[SHOWN_MAX];
	unsigned n = 4;

	for (unsigned f = 0; f < FIELD_COUNT; f++) {
		struct limits l = limits_of(f);
		struct lex behind = p->in;

		names[n++] = l.what;
		behind.at += w.len;
		if (!word_is(w, l.what) || (f == FIELD_DF && !df_has_value(&behind)))
			continue;
		if (!is_new(p, spec, f))
			return false;
		p->in.at += w.len;
		return parse_test(p, &l, expected, &spec->fields[f]);
	}
	for (size_t i = 0; i < ARRAY_LEN(shorts); i++) {
		struct test *test = &spec->fields[shorts[i].field];

		names[n++] = shorts[i].name;
		if (!word_is(w, shorts[i].name))
			continue;
		if (!is_new(p, spec, shorts[i].field))
			return false;
		test->kind = TEST_EQUAL;
		test->at = lex_place(&p->in);
		test->a.count = 1;
		test->a.terms[0].value = shorts[i].value;
		p->in.at += w.len;
		return true;
	}
	meant(w, names, "", hint);
	return fail(
		p, "%s: no such field%s", shown(w, text),
		*hint ? hint :
			"; there are seq:end(len), ack, win, urg, ttl, ..., <options> and data; see "
			"tcpshake(1)");
}

static bool parse_spec_item(struct parser *p, bool expected, struct segment_spec *spec)
{
	struct word w = lex_name(&p->in);
	char text[SHOWN_MAX];

	if (word_is(w, "data")) {
		if (spec->data.kind != DATA_NONE)
			return fail(p, "data is given twice; leave one out");
		p->in.at += w.len;
		return parse_data(p, expected, SEGMENT_TEXT_MAX, &spec->data);
	}
	if (w.len)
		return parse_named(p, expected, w, spec);
	if (*p->in.at == '<') {
		if (spec->options.given)
			return fail(p, "options are given twice; leave one list out");
		return parse_options(p, expected, &spec->options);
	}
	if (*p->in.at && strchr("$=*0123456789", *p->in.at))
		return parse_range(p, expected, spec);
	return fail(p, "a field, options or data should follow, %s", here(p, text));
}

/* Data and its length, where both are known. */
static bool check_length(struct parser *p, const struct segment_spec *spec)
{
	const struct test *len = &spec->fields[FIELD_LEN];
	const uint8_t *bytes;
	int64_t said, has;
	size_t n = 0;

	if (len->kind != TEST_EQUAL || !number_is_plain(&len->a, &said))
		return true;
	if (spec->data.kind == DATA_BYTES && bytes_are_plain(&spec->data.bytes, &bytes, &n))
		has = (int64_t)n;
	else if (spec->data.kind != DATA_PATTERN || !number_is_plain(&spec->data.len, &has))
		return true;
	if (has == said)
		return true;
	return fail_at(p, spec->data.at,
		       "the data has %" PRId64 " bytes, but the length is said to be %" PRId64
		       "; one of the two is enough",
		       has, said);
}

bool parse_spec_items(struct parser *p, bool expected, struct segment_spec *spec)
{
	while (!lex_ends(&p->in)) {
		struct word w = lex_name(&p->in);

		if (word_is(w, "after") || word_is(w, "within") || word_is(w, "as") ||
		    word_is(w, "in"))
			break;
		if (!parse_spec_item(p, expected, spec))
			return false;
	}
	return check_length(p, spec);
}

bool parse_spec(struct parser *p, bool expected, struct segment_spec *spec)
{
	lex_blanks(&p->in);
	spec->at = lex_place(&p->in);
	return parse_flags(p, expected, spec) && parse_spec_items(p, expected, spec);
}

bool parse_one_spec(struct parser *p, bool expected, struct command *c)
{
	c->specs = take(p, sizeof(*c->specs));
	c->spec_count = 1;
	return c->specs && parse_spec(p, expected, c->specs);
}
