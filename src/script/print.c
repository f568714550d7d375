/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print.c - commands as text of the language; see print.h. */
#include "script/print.h"

#include <inttypes.h>
#include <string.h>

#include "script/lex.h"
#include "script/print_priv.h"
#include "tcp/conn.h"

char *print_time(char *out, size_t size, int64_t us)
{
	if (us % 1000000 == 0)
		snprintf(out, size, "%" PRId64 "s", us / 1000000);
	else if (us % 1000 == 0)
		snprintf(out, size, "%" PRId64 "ms", us / 1000);
	else
		snprintf(out, size, "%" PRId64 "us", us);
	return out;
}

static void print_tail(FILE *out, const struct command *c)
{
	char time[32];

	if (c->after_us)
		fprintf(out, " after %s", print_time(time, sizeof(time), c->after_us));
	if (c->within_us >= 0)
		fprintf(out, " within %s", print_time(time, sizeof(time), c->within_us));
	if (c->name)
		fprintf(out, " as %s", c->name);
}

static void indent(FILE *out, unsigned depth)
{
	while (depth--)
		putc('\t', out);
}

static void print_expect(FILE *out, const struct command *c, unsigned depth)
{
	fputs(c->verb == VERB_EXPECT_NONE ? "expect none" : "expect", out);
	if (c->spec_count == 1) {
		putc(' ', out);
		script_print_spec(out, c->specs);
		if (c->verb == VERB_EXPECT_PARTS)
			fputs(" in parts", out);
	} else if (c->spec_count) {
		fputs(" any of {\n", out);
		for (unsigned i = 0; i < c->spec_count; i++) {
			indent(out, depth + 1);
			script_print_spec(out, &c->specs[i]);
			putc('\n', out);
		}
		indent(out, depth);
		putc('}', out);
	}
	print_tail(out, c);
}

/* Text that needs no quotes. */
static bool is_bare(const struct bytes_piece *piece)
{
	for (size_t i = 0; i < piece->len; i++)
		if (!is_name_char((char)piece->bytes[i]) && !strchr(".:/", piece->bytes[i]))
			return false;
	return piece->len > 0;
}

static void print_set(FILE *out, const struct command *c)
{
	const struct bytes_piece *piece = c->text.count == 1 ? &c->text.pieces[0] : NULL;

	fprintf(out, "set %s ", c->name);
	if (c->number.count)
		print_number(out, &c->number);
	else if (piece && piece->name)
		fprintf(out, "$%s", piece->name);
	else if (piece && is_bare(piece))
		fwrite(piece->bytes, 1, piece->len, out);
	else
		print_bytes(out, &c->text);
}

static void print_read(FILE *out, const struct command *c)
{
	fputs("read", out);
	switch (c->until) {
	case READ_SOME:
		break;
	case READ_COUNT:
		putc(' ', out);
		print_number(out, &c->number);
		break;
	case READ_REGEX:
		fputs(" until ", out);
		print_regex(out, c->data.regex);
		break;
	case READ_END:
		fputs(" to end", out);
		break;
	}
	print_tail(out, c);
}

static void print_get(FILE *out, const struct command *c)
{
	fputs("get ", out);
	print_bytes(out, &c->text);
	if (c->number.count != 1 || c->number.terms[0].name || c->number.terms[0].value != 200) {
		fputs(" expect ", out);
		print_number(out, &c->number);
	}
	print_tail(out, c);
}

static void print_auto(FILE *out, const struct command *c)
{
	const char *duty = c->duties == TCP_AUTO_ACK	    ? "ack" :
			   c->duties == TCP_AUTO_RETRANSMIT ? "retransmit" :
			   c->duties == TCP_AUTO_SEND	    ? "send" :
			   c->duties == TCP_AUTO_CLOSE	    ? "close" :
			   c->duties == TCP_AUTO_RESET	    ? "reset" :
							      "all";

	fprintf(out, "auto %s %s", duty, c->on ? "on" : "off");
}

static void print_repeat(FILE *out, const struct command *c, unsigned depth)
{
	fputs("repeat ", out);
	print_number(out, &c->number);
	fputs(" {\n", out);
	for (unsigned i = 0; i < c->body_count; i++)
		script_print_command(out, &c->body[i], depth + 1);
	indent(out, depth);
	putc('}', out);
}

/* A verb, and a word or a string behind it if there is one. */
static void print_texts(FILE *out, const char *verb, const struct command *c)
{
	fputs(verb, out);
	if (c->name)
		fprintf(out, " %s", c->name);
	if (c->text.count) {
		putc(' ', out);
		print_bytes(out, &c->text);
	}
}

static void print_timed(FILE *out, const char *verb, const struct command *c)
{
	char time[32];

	fprintf(out, "%s %s", verb, print_time(time, sizeof(time), c->within_us));
}

static void print_verb(FILE *out, const struct command *c, unsigned depth)
{
	switch (c->verb) {
	case VERB_SEND:
		fputs("send ", out);
		script_print_spec(out, c->specs);
		break;
	case VERB_EXPECT:
	case VERB_EXPECT_NONE:
	case VERB_EXPECT_PARTS:
		print_expect(out, c, depth);
		break;
	case VERB_IGNORE:
		fputs(c->spec_count ? "ignore " : "ignore nothing", out);
		if (c->spec_count)
			script_print_spec(out, c->specs);
		break;
	case VERB_IGNORE_AGAIN:
		fputs("ignore retransmissions", out);
		break;
	case VERB_CONNECT:
		fputs("connect", out);
		print_tail(out, c);
		break;
	case VERB_WRITE:
		fputs("write ", out);
		print_data(out, &c->data);
		break;
	case VERB_READ:
		print_read(out, c);
		break;
	case VERB_GET:
		print_get(out, c);
		break;
	case VERB_CLOSE:
		fputs("close", out);
		print_tail(out, c);
		break;
	case VERB_RESET:
		fputs("reset", out);
		break;
	case VERB_AUTO:
		print_auto(out, c);
		break;
	case VERB_TARGET:
		print_texts(out, "target", c);
		break;
	case VERB_CONNECTION:
		print_texts(out, "connection", c);
		break;
	case VERB_SET:
		print_set(out, c);
		break;
	case VERB_SLEEP:
		print_timed(out, "sleep", c);
		break;
	case VERB_AT:
		print_timed(out, "at", c);
		break;
	case VERB_REPEAT:
		print_repeat(out, c, depth);
		break;
	case VERB_ECHO:
		print_texts(out, "echo", c);
		break;
	case VERB_SHOW:
		fputs("show", out);
		if (c->text.count)
			fprintf(out, " %.*s", (int)c->text.pieces[0].len,
				(const char *)c->text.pieces[0].bytes);
		break;
	case VERB_NEXT:
		fputs("next", out);
		break;
	case VERB_EXPLAIN:
		fputs("explain", out);
		break;
	case VERB_SAVE:
		print_texts(out, "save", c);
		break;
	case VERB_COUNT:
		break;
	}
}

void script_print_command(FILE *out, const struct command *c, unsigned depth)
{
	indent(out, depth);
	if (c->connection)
		fprintf(out, "%s: ", c->connection);
	print_verb(out, c, depth);
	putc('\n', out);
}
