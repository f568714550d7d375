/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_expect.c - the verbs that wait for something: expect, ignore, read; see parse_priv.h. */
#include <stdio.h>
#include <string.h>

#include "script/parse_priv.h"

static bool parse_after(struct parser *p, struct command *c)
{
	if (c->after_us)
		return fail(p, "after is given twice; leave one out");
	p->in.at += strlen("after");
	return parse_time(p, "after", &c->after_us);
}

static bool parse_within(struct parser *p, struct command *c)
{
	if (c->within_us >= 0)
		return fail(p, "within is given twice; leave one out");
	p->in.at += strlen("within");
	return parse_time(p, "within", &c->within_us);
}

static bool parse_as(struct parser *p, enum known_kind kind, struct command *c)
{
	struct place at;
	struct word name;

	if (c->name)
		return fail(p, "as is given twice; leave one out");
	p->in.at += strlen("as");
	name = lex_name(&p->in);
	at = lex_place(&p->in);
	if (!known_name_fits(p, name) || !known_add(p, at, name, kind, &c->name))
		return false;
	p->in.at += name.len;
	return true;
}

bool parse_tail(struct parser *p, unsigned allowed, struct command *c)
{
	while (!lex_ends(&p->in)) {
		struct word w = lex_name(&p->in);

		if (word_is(w, "within") && allowed & TAIL_WITHIN) {
			if (!parse_within(p, c))
				return false;
		} else if (word_is(w, "after") && allowed & TAIL_AFTER) {
			if (!parse_after(p, c))
				return false;
		} else if (word_is(w, "as") && allowed & (TAIL_AS_SEGMENT | TAIL_AS_VARIABLE)) {
			if (!parse_as(p, allowed & TAIL_AS_SEGMENT ? KNOWN_SEGMENT : KNOWN_VARIABLE,
				      c))
				return false;
		} else {
			break; /* parse_command() says what is wrong with it */
		}
	}
	return true;
}

/* "any of { SPEC NEWLINE SPEC ... }", behind "any" */
static bool parse_any_of(struct parser *p, struct command *c)
{
	bool outer = p->in.in_block;
	struct place opened;
	unsigned room = 0;
	char text[SHOWN_MAX];

	if (!lex_take_name(&p->in, "of"))
		return fail(p, "of is missing, %s; write expect any of { ... }", here(p, text));
	if (!parse_opening(p, &opened))
		return false;
	for (;;) {
		struct segment_spec *grown;

		while (lex_ends(&p->in) && *p->in.at && *p->in.at != '}')
			lex_next_line(&p->in);
		if (!*p->in.at)
			return fail_unclosed(p, opened);
		if (*p->in.at == '}')
			break;
		if (c->spec_count == SCRIPT_ANY_MAX)
			return fail(p, "too many descriptions; %u are possible", SCRIPT_ANY_MAX);
		grown = grow(p, c->specs, c->spec_count, &room, sizeof(*grown));
		if (!grown)
			return false;
		c->specs = grown;
		if (!parse_spec(p, true, &c->specs[c->spec_count++]))
			return false;
		if (!lex_ends(&p->in))
			return fail(p,
				    "one description a line, %s; within and as stand behind the }",
				    here(p, text));
	}
	if (!c->spec_count)
		return fail(p, "no description is in the block; write at least one, as in S.");
	parse_closing(p, outer);
	return parse_tail(p, TAIL_AFTER | TAIL_WITHIN | TAIL_AS_SEGMENT, c);
}

/* "none [SPEC] within T", behind "none" */
static bool parse_none(struct parser *p, struct command *c)
{
	struct place at = lex_place(&p->in);

	c->verb = VERB_EXPECT_NONE;
	if (!lex_ends(&p->in) && !word_is(lex_name(&p->in), "within") &&
	    !parse_one_spec(p, true, c))
		return false;
	if (!parse_tail(p, TAIL_WITHIN, c))
		return false;
	if (c->within_us < 0 && lex_ends(&p->in))
		return fail_at(p, at,
			       "expect none needs within T, the time in which nothing may come; a "
			       "segment without flags is written -");
	return true;
}

/* "in parts", behind "in": a range, FIN, what is acknowledged by then, and the text; no more can be said of
 * several segments at once. */
static bool parse_parts(struct parser *p, struct command *c)
{
	struct segment_spec *spec = c->specs;
	char text[SHOWN_MAX];

	if (!lex_take_name(&p->in, "parts"))
		return fail(p, "parts is missing, %s; write expect . 1:101(100) in parts",
			    here(p, text));
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (f != FIELD_SEQ && f != FIELD_LEN && f != FIELD_ACK &&
		    spec->fields[f].kind != TEST_NONE)
			return fail_at(
				p, spec->fields[f].at,
				"in parts is said of seq:end(len), ack and data; each segment "
				"has a field of its own");
	if (spec->options.given || spec->any_flags ||
	    (spec->flags & ~(TCP_FLAG_FIN | TCP_FLAG_PSH)) != TCP_FLAG_ACK)
		return fail_at(p, spec->at,
			       "in parts goes with the flags . P. F. and FP. and without options");
	if (spec->fields[FIELD_SEQ].kind != TEST_EQUAL ||
	    spec->fields[FIELD_LEN].kind != TEST_EQUAL ||
	    (spec->fields[FIELD_ACK].kind != TEST_NONE &&
	     spec->fields[FIELD_ACK].kind != TEST_EQUAL))
		return fail_at(p, spec->at,
			       "in parts needs a range, as in 1:101(100), and a plain ack, if any");
	c->verb = VERB_EXPECT_PARTS;
	return parse_tail(p, TAIL_WITHIN, c);
}

bool parse_expect(struct parser *p, struct command *c)
{
	if (lex_take_name(&p->in, "any"))
		return parse_any_of(p, c);
	if (lex_take_name(&p->in, "none"))
		return parse_none(p, c);
	if (!parse_one_spec(p, true, c))
		return false;
	if (lex_take_name(&p->in, "in"))
		return parse_parts(p, c);
	return parse_tail(p, TAIL_AFTER | TAIL_WITHIN | TAIL_AS_SEGMENT, c);
}

bool parse_ignore(struct parser *p, struct command *c)
{
	if (lex_take_name(&p->in, "nothing"))
		return true;
	if (lex_take_name(&p->in, "retransmissions")) {
		c->verb = VERB_IGNORE_AGAIN;
		return true;
	}
	return parse_one_spec(p, true, c);
}

/* "read [N | until /re/ | to end]" */
bool parse_read(struct parser *p, struct command *c)
{
	struct limits count = { "read", 1, 1 << 20, false, true };
	struct word w = lex_name(&p->in);
	char text[SHOWN_MAX];

	c->until = READ_SOME;
	if (lex_take_name(&p->in, "until")) {
		c->until = READ_REGEX;
		c->data.kind = DATA_REGEX;
		lex_blanks(&p->in);
		c->data.at = lex_place(&p->in);
		if (!parse_regex(p, &c->data.regex))
			return false;
	} else if (lex_take_name(&p->in, "to")) {
		c->until = READ_END;
		if (!lex_take_name(&p->in, "end"))
			return fail(p, "end is missing, %s; write read to end", here(p, text));
	} else if (!lex_ends(&p->in) && !w.len) {
		c->until = READ_COUNT;
		if (!parse_number(p, &count, &c->number))
			return false;
	}
	return parse_tail(p, TAIL_WITHIN | TAIL_AS_VARIABLE, c);
}
