/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_set.c - set, target, connection; see parse_priv.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "script/parse_priv.h"
#include "script/settings.h"

bool parse_switch(struct parser *p, const char *what, bool *on)
{
	char text[SHOWN_MAX];

	*on = lex_take_name(&p->in, "on");
	return *on || lex_take_name(&p->in, "off") ||
	       fail(p, "%s: on or off is missing, %s", what, here(p, text));
}

bool set_literal(struct parser *p, const char *text, struct bytes *out)
{
	out->count = 1;
	out->pieces = take(p, sizeof(*out->pieces));
	if (!out->pieces)
		return false;
	out->pieces[0].len = strlen(text);
	out->pieces[0].bytes = (const uint8_t *)take_copy(p, text, strlen(text));
	return out->pieces[0].bytes != NULL;
}

/* What needs no adding up is text: a plain number, or one variable. */
static bool number_to_text(struct parser *p, struct command *c)
{
	const char *name = c->number.terms[0].name, *field = c->number.terms[0].field;
	char text[SCRIPT_NAME_MAX + 16];
	int64_t value;

	if (number_is_plain(&c->number, &value)) {
		snprintf(text, sizeof(text), "%" PRId64, value);
	} else if (c->number.count == 1 && !c->number.absolute) {
		snprintf(text, sizeof(text), "%s%s%s", name, field ? "." : "", field ? field : "");
	} else {
		return true;
	}
	memset(&c->number, 0, sizeof(c->number));
	if (!set_literal(p, text, &c->text))
		return false;
	if (name)
		c->text.pieces[0] =
			(struct bytes_piece){ (const char *)c->text.pieces[0].bytes, NULL, 0 };
	return true;
}

static bool parse_time_setting(struct parser *p, const struct setting *row, struct command *c)
{
	struct word run = lex_run(&p->in);
	struct place at = lex_place(&p->in);
	char text[32];
	int64_t us;

	if (row->kind == SETTING_TIME_WAIT && setting_time_wait(run.at, run.len, &us)) {
		snprintf(text, sizeof(text), "%.*s", (int)run.len, run.at);
		p->in.at += run.len;
		return set_literal(p, text, &c->text);
	}
	if (!parse_time(p, row->name, &us))
		return false;
	if (us < row->min || us > row->max)
		return fail_at(p, at, "%s: the time is out of range; %g s to %g s are possible",
			       row->name, (double)row->min / 1e6, (double)row->max / 1e6);
	print_time(text, sizeof(text), us);
	return set_literal(p, text, &c->text);
}

static bool parse_setting(struct parser *p, const struct setting *row, struct command *c)
{
	struct limits l = { row->name, row->min, row->max, false, !strcmp(row->name, "window") };
	bool on;

	c->name = row->name;
	switch (row->kind) {
	case SETTING_NUMBER:
		return parse_number(p, &l, &c->number) && number_to_text(p, c);
	case SETTING_SWITCH:
		return parse_switch(p, row->name, &on) &&
		       set_literal(p, on ? "on" : "off", &c->text);
	case SETTING_TIME:
	case SETTING_TIME_WAIT:
		break;
	}
	return parse_time_setting(p, row, c);
}

/* A field of a segment, or a sum with blanks around its signs; a number, a date, an address are as good as
 * text, and need no quotes. */
static bool value_is_number(struct parser *p)
{
	struct word run = lex_run(&p->in);
	struct lex behind = p->in;

	if (*run.at == '$' && known_is_segment(p, (struct word){ run.at + 1, run.len - 1 }))
		return true;
	behind.at += run.len;
	if (lex_ends(&behind) || (behind.at = number_ahead(&p->in)) == NULL)
		return false;
	lex_take_name(&behind, "abs");
	return lex_ends(&behind);
}

static bool parse_value(struct parser *p, struct command *c)
{
	struct limits l = { "the value", INT64_MIN, INT64_MAX, true, true };

	if (!value_is_number(p))
		return parse_word(p, "the value", &c->text);
	return parse_number(p, &l, &c->number) && parse_absolute(p, &l, &c->number, &c->number) &&
	       number_to_text(p, c);
}

bool parse_set(struct parser *p, struct command *c)
{
	struct word name = lex_name(&p->in);
	struct place at = lex_place(&p->in);
	char text[SHOWN_MAX], hint[SHOWN_MAX];
	const struct setting *row;

	if (!known_name_fits(p, name))
		return false;
	row = setting_find(name.at, name.len);
	if (row) {
		p->in.at += name.len;
		return parse_setting(p, row, c);
	}
	if (c->connection)
		return fail(p, "%s: no setting of a connection%s; variables are set without one",
			    shown(name, text), meant(name, script_settings(), "", hint));
	p->in.at += name.len;
	return parse_value(p, c) && known_add(p, at, name, KNOWN_VARIABLE, &c->name);
}

/* The "PORT" behind the last colon, where it is not in a variable. */
static bool port_is_good(const uint8_t *text, size_t len)
{
	char port[8] = "";
	uint64_t value;

	if (len < sizeof(port))
		memcpy(port, text, len);
	return strlen(port) == len && parse_uint(port, 1, UINT16_MAX, &value);
}

/* "HOST:PORT" as far as it can be judged: a variable may hold either, or both. */
static bool check_target(struct parser *p, struct place at, const struct bytes *b)
{
	const uint8_t *text, *colon;
	char word[SHOWN_MAX];
	size_t len;

	if (!bytes_are_plain(b, &text, &len))
		return true;
	shown((struct word){ (const char *)text, len }, word);
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] == 0x7f)
			return fail_at(p, at, "%s: blanks and control bytes are in no address",
				       word);
	colon = len ? memrchr(text, ':', len) : NULL;
	if (!colon || colon == text)
		return fail_at(p, at, "%s: host and port are wanted; write HOST:PORT or HOST PORT",
			       word);
	if (!port_is_good(colon + 1, len - 1 - (size_t)(colon - text)))
		return fail_at(p, at, "%s: the port is no number from 1 to 65535", word);
	if (memchr(text, ':', (size_t)(colon - text)) && (*text != '[' || colon[-1] != ']'))
		return fail_at(p, at, "%s: write an IPv6 address in brackets, as in [::1]:80",
			       word);
	return true;
}

/* HOST and PORT become one: "HOST:PORT", with brackets where HOST has colons itself. */
static bool join(struct parser *p, const struct bytes *host, const struct bytes *port,
		 struct bytes *out)
{
	const uint8_t *text;
	size_t len;
	bool v6 = bytes_are_plain(host, &text, &len) && memchr(text, ':', len) && *text != '[';
	struct bytes_piece *to;
	struct bytes all = { 0 };
	uint8_t *joined;

	all.pieces = to = take(p, (host->count + port->count + 2) * sizeof(*to));
	if (!to)
		return false;
	if (v6)
		*to++ = (struct bytes_piece){ NULL, (const uint8_t *)"[", 1 };
	memcpy(to, host->pieces, host->count * sizeof(*to));
	to += host->count;
	*to++ = (struct bytes_piece){ NULL, (const uint8_t *)"]:" + !v6, 1 + v6 };
	memcpy(to, port->pieces, port->count * sizeof(*to));
	to += port->count;
	/* Literal pieces that came to stand side by side are one piece. */
	for (struct bytes_piece *one = all.pieces; one < to; one++) {
		struct bytes_piece *last = out->count ? &out->pieces[out->count - 1] : NULL;

		if (!last)
			out->pieces = all.pieces;
		if (!last || one->name || last->name) {
			out->pieces[out->count++] = *one;
			continue;
		}
		joined = take(p, last->len + one->len);
		if (!joined)
			return false;
		memcpy(joined, last->bytes, last->len);
		memcpy(joined + last->len, one->bytes, one->len);
		last->bytes = joined;
		last->len += one->len;
	}
	return true;
}

bool parse_target(struct parser *p, struct command *c)
{
	struct bytes host, port;
	struct place at;

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!parse_word(p, "HOST:PORT", &host))
		return false;
	c->text = host;
	if (!lex_ends(&p->in)) {
		memset(&c->text, 0, sizeof(c->text));
		if (!parse_word(p, "the port", &port) || !host.count || !port.count)
			return p->error->err.status ? false :
						      fail_at(p, at, "host or port is empty");
		if (!join(p, &host, &port, &c->text))
			return false;
	}
	return check_target(p, at, &c->text);
}

bool parse_connection(struct parser *p, struct command *c)
{
	struct word name = lex_name(&p->in);
	struct place at = lex_place(&p->in);

	if (!known_name_fits(p, name))
		return false;
	p->in.at += name.len;
	if (!lex_ends(&p->in) && !parse_target(p, c))
		return false;
	return known_add(p, at, name, KNOWN_CONNECTION, &c->name);
}
