/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_command.c - the table of verbs, and those that need few words; see parse_priv.h. */
#include <stdio.h>
#include <string.h>

#include "script/parse_priv.h"
#include "tcp/conn.h"

static bool parse_send(struct parser *p, struct command *c)
{
	return parse_one_spec(p, false, c);
}

/* The short forms of `send`: flags, perhaps data, and the items that may follow. */
static bool parse_short(struct parser *p, uint16_t flags, bool data, struct command *c)
{
	c->verb = VERB_SEND;
	c->spec_count = 1;
	c->specs = take(p, sizeof(*c->specs));
	if (!c->specs)
		return false;
	c->specs->at = c->at;
	c->specs->flags = flags;
	return (!data || parse_data(p, false, SEGMENT_TEXT_MAX, &c->specs->data)) &&
	       parse_spec_items(p, false, c->specs);
}

static bool parse_syn(struct parser *p, struct command *c)
{
	return parse_short(p, TCP_FLAG_SYN, false, c);
}

static bool parse_ack(struct parser *p, struct command *c)
{
	return parse_short(p, TCP_FLAG_ACK, false, c);
}

static bool parse_push(struct parser *p, struct command *c)
{
	return parse_short(p, TCP_FLAG_PSH | TCP_FLAG_ACK, true, c);
}

static bool parse_fin(struct parser *p, struct command *c)
{
	return parse_short(p, TCP_FLAG_FIN | TCP_FLAG_ACK, false, c);
}

static bool parse_rst(struct parser *p, struct command *c)
{
	return parse_short(p, TCP_FLAG_RST | TCP_FLAG_ACK, false, c);
}

static bool parse_nothing(struct parser *p, struct command *c)
{
	(void)p;
	(void)c;
	return true;
}

static bool parse_waiting(struct parser *p, struct command *c)
{
	return parse_tail(p, TAIL_WITHIN, c);
}

static bool parse_write(struct parser *p, struct command *c)
{
	lex_take_name(&p->in, "data");
	return parse_data(p, false, SCRIPT_DATA_MAX, &c->data);
}

static bool check_path(struct parser *p, struct place at, const struct bytes *path)
{
	if (!path->count || (!path->pieces[0].name && path->pieces[0].bytes[0] != '/'))
		return fail_at(p, at,
			       "get: a path begins with /; the host is that of the connection");
	for (unsigned i = 0; i < path->count; i++)
		for (size_t j = 0; j < path->pieces[i].len; j++)
			if (path->pieces[i].bytes[j] <= ' ' || path->pieces[i].bytes[j] == 0x7f)
				return fail_at(p, at,
					       "get: blanks and control bytes are in no path; "
					       "write them as %%20 and so on");
	return true;
}

/* "get PATH [expect STATUS] [within T]" */
static bool parse_get(struct parser *p, struct command *c)
{
	struct limits status = { "get ... expect", 100, 599, false, false };
	struct place at;

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!parse_word(p, "get: the path", &c->text) || !check_path(p, at, &c->text))
		return false;
	c->number.count = 1;
	c->number.terms[0].value = 200;
	if (lex_take_name(&p->in, "expect") && !parse_number(p, &status, &c->number))
		return false;
	return parse_tail(p, TAIL_WITHIN, c);
}

static bool parse_auto(struct parser *p, struct command *c)
{
	static const struct {
		const char *name;
		unsigned duties;
	} rows[] = {
		{ "ack", TCP_AUTO_ACK },     { "retransmit", TCP_AUTO_RETRANSMIT },
		{ "send", TCP_AUTO_SEND },   { "close", TCP_AUTO_CLOSE },
		{ "reset", TCP_AUTO_RESET }, { "all", TCP_AUTO_ALL },
	};
	const char *names[ARRAY_LEN(rows) + 1] = { 0 };
	char text[SHOWN_MAX], hint[SHOWN_MAX];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		names[i] = rows[i].name;
		if (!lex_take_name(&p->in, rows[i].name))
			continue;
		c->duties = rows[i].duties;
		return parse_switch(p, "auto", &c->on);
	}
	meant(lex_name(&p->in), names, "", hint);
	return fail(p, "auto: a duty is missing, %s%s", here(p, text),
		    *hint ? hint : "; there are ack, retransmit, send, close, reset, all");
}

static bool parse_sleep(struct parser *p, struct command *c)
{
	return parse_time(p, "sleep", &c->within_us);
}

static bool parse_at(struct parser *p, struct command *c)
{
	return parse_time(p, "at", &c->within_us);
}

static bool parse_repeat(struct parser *p, struct command *c)
{
	struct limits times = { "repeat", 1, SCRIPT_STEPS_MAX, false, false };
	struct command_list body = { 0 };
	bool outer = p->in.in_block;
	struct place opened;

	if (!parse_number(p, &times, &c->number) || !parse_opening(p, &opened) ||
	    !parse_block(p, &body, &opened))
		return false;
	parse_closing(p, outer);
	c->body = body.at;
	c->body_count = body.count;
	return true;
}

static bool parse_echo(struct parser *p, struct command *c)
{
	return parse_words(p, &c->text);
}

static bool parse_show(struct parser *p, struct command *c)
{
	static const char *const what[] = { "last", "ladder", "vars", NULL };
	char text[SHOWN_MAX], hint[SHOWN_MAX];

	for (size_t i = 0; what[i]; i++) {
		if (lex_take_name(&p->in, what[i])) {
			return set_literal(p, what[i], &c->text);
		}
	}
	if (lex_ends(&p->in))
		return true;
	meant(lex_name(&p->in), what, "", hint);
	return fail(p, "show: there is no such thing, %s%s", here(p, text),
		    *hint ? hint :
			    "; write show alone for the control block, or last, ladder, vars");
}

static bool parse_save(struct parser *p, struct command *c)
{
	if (!p->session)
		return fail_at(p, c->at,
			       "save: it is for step, where commands are typed; a script is saved "
			       "already");
	return parse_word(p, "save: the file", &c->text);
}

static const struct verb_row {
	const char *name;
	enum verb verb;
	bool connection; /* "NAME:" may stand before it */
	bool (*parse)(struct parser *p, struct command *c);
} rows[] = {
	{ "send", VERB_SEND, true, parse_send },
	{ "expect", VERB_EXPECT, true, parse_expect },
	{ "ignore", VERB_IGNORE, true, parse_ignore },
	{ "syn", VERB_SEND, true, parse_syn },
	{ "ack", VERB_SEND, true, parse_ack },
	{ "data", VERB_SEND, true, parse_push },
	{ "fin", VERB_SEND, true, parse_fin },
	{ "rst", VERB_SEND, true, parse_rst },
	{ "connect", VERB_CONNECT, true, parse_waiting },
	{ "write", VERB_WRITE, true, parse_write },
	{ "read", VERB_READ, true, parse_read },
	{ "get", VERB_GET, true, parse_get },
	{ "close", VERB_CLOSE, true, parse_waiting },
	{ "reset", VERB_RESET, true, parse_nothing },
	{ "auto", VERB_AUTO, true, parse_auto },
	{ "set", VERB_SET, true, parse_set },
	{ "show", VERB_SHOW, true, parse_show },
	{ "next", VERB_NEXT, true, parse_nothing },
	{ "explain", VERB_EXPLAIN, true, parse_nothing },
	{ "target", VERB_TARGET, false, parse_target },
	{ "connection", VERB_CONNECTION, false, parse_connection },
	{ "sleep", VERB_SLEEP, false, parse_sleep },
	{ "at", VERB_AT, false, parse_at },
	{ "repeat", VERB_REPEAT, false, parse_repeat },
	{ "echo", VERB_ECHO, false, parse_echo },
	{ "save", VERB_SAVE, false, parse_save },
	{ "include", VERB_COUNT, false, NULL }, /* its commands take its place */
};

const char *const *script_verbs(void)
{
	static const char *names[ARRAY_LEN(rows) + 1];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		names[i] = rows[i].name;
	return names;
}

static const struct verb_row *find_row(struct word name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (word_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}

static bool fail_verb(struct parser *p, struct word name)
{
	char text[SHOWN_MAX], hint[SHOWN_MAX];

	if (!name.len)
		return fail(p, "a command is missing, %s; a line begins with a verb, as in send S",
			    here(p, text));
	if (strspn(name.at, "FSRP.UEWA*") >= name.len)
		return fail(p, "%s: no such command; did you mean send %s, or expect %s?",
			    shown(name, text), text, text);
	meant(name, script_verbs(), "", hint);
	return fail(p, "%s: no such command%s", shown(name, text),
		    *hint ? hint :
			    "; there are send, expect, connect, write, read, close, set, ...; see "
			    "tcpshake(1)");
}

/* "NAME:" */
static bool parse_prefix(struct parser *p, struct command *c)
{
	struct word name = lex_name(&p->in);

	if (!name.len || name.at[name.len] != ':')
		return true;
	if (!known_connection(p, name, &c->connection))
		return false;
	p->in.at += name.len + 1;
	return true;
}

static bool parse_row(struct parser *p, const struct verb_row *row, struct command *c,
		      struct command_list *list)
{
	struct command *grown;
	char text[SHOWN_MAX];

	if (!row->parse)
		return parse_include(p, list);
	c->verb = row->verb;
	if (!row->parse(p, c))
		return false;
	if (!lex_ends(&p->in))
		return fail(p, "%s: nothing more can follow, %s; one command a line", row->name,
			    here(p, text));
	grown = grow(p, list->at, list->count, &list->room, sizeof(*grown));
	if (!grown)
		return false;
	list->at = grown;
	list->at[list->count++] = *c;
	return true;
}

bool parse_command(struct parser *p, struct command_list *list)
{
	struct command c = { .within_us = -1 };
	const struct verb_row *row;
	char text[SHOWN_MAX];
	struct word name;

	lex_blanks(&p->in);
	c.at = lex_place(&p->in);
	if (!parse_prefix(p, &c))
		return false;
	name = lex_name(&p->in);
	row = find_row(name);
	if (!row)
		return fail_verb(p, name);
	if (c.connection && !row->connection)
		return fail(p, "%s: it is not about one connection; leave %s: out", row->name,
			    c.connection);
	p->in.at += name.len;
	if (!lex_ends(&p->in) && p->in.at == name.at + name.len && *p->in.at != '{')
		return fail(p, "%s: a blank is missing behind it, %s", row->name, here(p, text));
	return parse_row(p, row, &c, list);
}
