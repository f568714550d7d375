/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_number.c - numbers with variables in them, tests of fields, times; see parse_priv.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "script/parse_priv.h"

#define LITERAL_MAX UINT32_MAX

struct limits limits_of(enum field f)
{
	const struct field_info *info = field_info(f);

	return (struct limits){ info->name, 0, info->max, info->relative, f == FIELD_LEN };
}

bool number_is_plain(const struct number *n, int64_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < n->count; i++) {
		if (n->terms[i].name)
			return false;
		*value += n->terms[i].minus ? -n->terms[i].value : n->terms[i].value;
	}
	return true;
}

/* What looks like a number, to its end, for a message. */
static const char *shown_literal(struct parser *p, char out[SHOWN_MAX])
{
	struct word w = { p->in.at, 0 };

	while (is_name_char(w.at[w.len]) || (w.at[w.len] == '.' && w.at[w.len + 1] != '.'))
		w.len++;
	return shown(w, out);
}

/* Digits, or 0x and hexadecimal digits; behind a length k or m. */
static bool parse_literal(struct parser *p, const struct limits *l, int64_t *out)
{
	const char *s = p->in.at;
	int base = s[0] == '0' && s[1] == 'x' ? 16 : 10, digit;
	const char *digits = base == 16 ? s + 2 : s, *at = digits;
	char text[SHOWN_MAX];
	uint64_t value = 0;

	for (; (digit = hex_digit(*at)) >= 0 && digit < base; at++)
		if (value <= LITERAL_MAX)
			value = value * (unsigned)base + (unsigned)digit;
	if (at > digits && l->length && (*at == 'k' || *at == 'm'))
		value *= *at++ == 'k' ? 1024 : 1024 * 1024;
	if (*at == '.' && at[1] != '.')
		return fail(p, "%s: %s is no whole number; write one", l->what,
			    shown_literal(p, text));
	if (at == digits || (is_name_char(*at) && *at != '-'))
		return fail(p,
			    "%s: %s is no number; write decimal digits, or hexadecimal ones after "
			    "0x%s",
			    l->what, shown_literal(p, text),
			    l->length ? ", and k or m for a length" : "");
	if (value > LITERAL_MAX)
		return fail(p, "%s: %s is too large; no number is larger than %" PRIu32, l->what,
			    shown_literal(p, text), LITERAL_MAX);
	p->in.at = at;
	*out = (int64_t)value;
	return true;
}

static bool in_range(struct parser *p, struct place at, const struct limits *l,
		     const struct number *n)
{
	int64_t value;

	if (!number_is_plain(n, &value) || (value >= l->min && value <= l->max))
		return true;
	return fail_at(p, at,
		       "%s: %" PRId64 " is out of range; %" PRId64 " to %" PRId64 " are possible",
		       l->what, value, l->min, l->max);
}

bool parse_number(struct parser *p, const struct limits *l, struct number *out)
{
	char text[SHOWN_MAX];
	struct place at;
	bool minus = false;

	memset(out, 0, sizeof(*out));
	lex_blanks(&p->in);
	at = lex_place(&p->in);
	do {
		lex_blanks(&p->in);
		if (out->count == NUMBER_TERMS_MAX)
			return fail(
				p,
				"%s: too many terms in one sum; %u are possible, set a variable "
				"to a part of it",
				l->what, NUMBER_TERMS_MAX);
		out->terms[out->count].minus = minus;
		if (*p->in.at == '$') {
			if (!known_variable(p, true, &out->terms[out->count].name,
					    &out->terms[out->count].field))
				return false;
		} else if (*p->in.at < '0' || *p->in.at > '9') {
			return fail(p, "%s: a number is missing, %s", l->what, here(p, text));
		} else if (!parse_literal(p, l, &out->terms[out->count].value)) {
			return false;
		}
		out->count++;
		minus = false;
	} while (lex_take(&p->in, "+") || (minus = lex_take(&p->in, "-")));
	return in_range(p, at, l, out);
}

/* Behind a number: "abs". */
bool parse_absolute(struct parser *p, const struct limits *l, struct number *a, struct number *b)
{
	if (!word_is(lex_name(&p->in), "abs"))
		return true;
	if (!l->relative)
		return fail(p,
			    "%s: abs goes with seq and ack alone, which else count from an initial "
			    "number; leave it out",
			    l->what);
	p->in.at += 3;
	a->absolute = b->absolute = true;
	return true;
}

/* The relation in front of a number, if there is one. */
static enum test_kind take_relation(struct lex *in)
{
	static const struct {
		const char *text;
		enum test_kind kind;
	} relations[] = {
		{ "!=", TEST_NOT },	 { "<=", TEST_AT_MOST }, { "<", TEST_LESS },
		{ ">=", TEST_AT_LEAST }, { ">", TEST_MORE },
	};

	for (size_t i = 0; i < ARRAY_LEN(relations); i++)
		if (lex_take(in, relations[i].text))
			return relations[i].kind;
	return TEST_EQUAL;
}

static bool parse_between(struct parser *p, const struct limits *l, struct test *out)
{
	int64_t a, b;

	if (!parse_number(p, l, &out->b))
		return false;
	out->kind = TEST_BETWEEN;
	/* Of numbers that wrap around, the first may be the larger one. */
	if (!l->relative && number_is_plain(&out->a, &a) && number_is_plain(&out->b, &b) && a > b)
		return fail_at(p, out->at,
			       "%s: nothing is between %" PRId64 " and %" PRId64
			       "; write the smaller number first",
			       l->what, a, b);
	return true;
}

bool parse_test(struct parser *p, const struct limits *l, bool expected, struct test *out)
{
	bool absolute = false;

	lex_blanks(&p->in);
	memset(out, 0, sizeof(*out));
	out->at = lex_place(&p->in);
	if (lex_take(&p->in, "*")) {
		out->kind = TEST_ANY;
	} else {
		out->kind = take_relation(&p->in);
		if (out->kind == TEST_EQUAL)
			absolute = lex_take(&p->in, "=") && l->relative;
		if (!parse_number(p, l, &out->a))
			return false;
		if (out->kind == TEST_EQUAL && lex_take(&p->in, "..") && !parse_between(p, l, out))
			return false;
		if (absolute)
			out->a.absolute = out->b.absolute = true;
		if (!parse_absolute(p, l, &out->a, out->kind == TEST_BETWEEN ? &out->b : &out->a))
			return false;
		if (out->kind != TEST_BETWEEN)
			out->b.absolute = false;
	}
	if (!expected && out->kind != TEST_EQUAL)
		return fail_at(p, out->at,
			       "%s: what is sent has one value; relations and * are for expect",
			       l->what);
	return true;
}

bool parse_time(struct parser *p, const char *what, int64_t *us)
{
	char text[SHOWN_MAX], digits[32] = "";
	struct word w;

	lex_blanks(&p->in);
	w = (struct word){ p->in.at, 0 };
	while (is_name_char(w.at[w.len]) || w.at[w.len] == '.')
		w.len++;
	if (!w.len)
		return fail(p, "%s: a time is missing, %s; write it as 500ms, 2s, 1.5s or 3m", what,
			    here(p, text));
	if (w.len < sizeof(digits))
		memcpy(digits, w.at, w.len);
	if (!parse_duration(digits, us))
		return fail(p, "%s: %s is no time; write it as 500ms, 2s, 1.5s or 3m", what,
			    shown(w, text));
	p->in.at += w.len;
	return true;
}

/* Looks ahead only: term (("+"|"-") term)*, without a judgement of the terms. */
const char *number_ahead(const struct lex *in)
{
	struct lex look = *in;

	do {
		const char *begin;

		lex_blanks(&look);
		begin = look.at;
		if (*look.at == '$') {
			look.at++;
			look.at += *look.at == '{';
			while (is_name_char(*look.at) ||
			       (*look.at == '.' && is_name_start(look.at[1])))
				look.at++;
			look.at += *look.at == '}';
		} else if (*look.at >= '0' && *look.at <= '9') {
			while (is_name_char(*look.at) && *look.at != '-')
				look.at++;
		}
		if (look.at == begin)
			return NULL;
		lex_blanks(&look);
	} while ((*look.at == '+' || *look.at == '-') && *look.at++);
	return look.at;
}
