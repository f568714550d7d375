/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill_event.c - the events of a script of packetdrill's: their times, what is played, what is left
 * out.
 *
 *     +0.1 < S 0:0(0) win 1000 <mss 1000>     ->  sleep 100ms, send
 *     +0   > S. 0:0(0) ack 1 <...>            ->  expect, within the time, the tolerance and the path
 *     +0   accept(3, ..., ...) = 4            ->  left out; its time counts
 *
 * A segment is awaited from the event before on. Every duty of the engine is off: what is sent is what
 * the script says. */
#include <stdio.h>
#include <string.h>

#include "script/packetdrill_priv.h"
#include "tcp/conn.h"

static struct command *add_command(struct drill *d, enum verb verb, struct place at)
{
	struct command *c;

	if (!drill_grow(d, (void **)&d->commands, d->command_count, &d->commands_room,
			sizeof(*d->commands)))
		return NULL;
	c = &d->commands[d->command_count++];
	*c = (struct command){
		.verb = verb, .at = at, .connection = d->connection, .within_us = -1
	};
	return c;
}

/* ---- what is left out ---- */

static bool leave_out(struct drill *d, enum packetdrill_skip kind, const struct drill_token *t)
{
	const char *end = memchr(t->at, '\n', (size_t)(d->lex.end - t->at));
	size_t len = (size_t)((end ? end : d->lex.end) - t->at);

	d->notes->skipped[kind]++;
	if (!drill_grow(d, (void **)&d->left_out, d->notes->left_out_count, &d->left_out_room,
			sizeof(*d->left_out)))
		return false;
	while (len && strchr(" \t\r", t->at[len - 1]))
		len--;
	d->left_out[d->notes->left_out_count++] =
		(struct packetdrill_left_out){ kind, t->place, t->at, len };
	return true;
}

/* The tokens that follow on this line. */
static void skip_line(struct drill *d, unsigned line)
{
	while (d->lex.token.kind != DRILL_END && d->lex.token.place.line == line)
		drill_next(&d->lex);
}

static bool skip_brackets(struct drill *d)
{
	struct drill_token open = d->lex.token;
	unsigned depth = 0;

	do {
		struct drill_token *t = &d->lex.token;

		if (t->kind == DRILL_END || t->kind == DRILL_BROKEN)
			return drill_refuse(d, &open, PACKETDRILL_SYNTAX,
					    "the bracket is not closed");
		depth += drill_is(t, "(");
		depth -= drill_is(t, ")");
		drill_next(&d->lex);
	} while (depth);
	return true;
}

/* Calls that tell the program something, and leave the connection as it is. */
static bool tells_only(const struct drill_token *name)
{
	static const char *const names[] = {
		"poll",	      "epoll_create", "epoll_ctl", "epoll_wait",
		"getsockopt", "getsockname",  "ioctl",	   "getpeername",
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (drill_is(name, names[i]))
			return true;
	return false;
}

/* The server's program, or its machine, has something to do before the next packet. */
static void give_time(struct drill *d, int64_t us)
{
	if (d->calls_us < d->clock_us + us)
		d->calls_us = d->clock_us + us;
}

/* name(arguments) = result ERRNO (note) */
static bool syscall_event(struct drill *d)
{
	struct drill_token name = d->lex.token;

	if (drill_is(&name, "connect"))
		return drill_refuse(d, &name, PACKETDRILL_CLIENT,
				    "tests a client: it calls connect(); here the client is us");
	d->listening |= drill_is(&name, "listen");
	if (!tells_only(&name))
		give_time(d, d->listening && d->notes->connections ? PACKETDRILL_LISTEN_US :
								     PACKETDRILL_CALL_US);
	drill_next(&d->lex);
	if (!drill_is(&d->lex.token, "("))
		return drill_refuse(d, &name, PACKETDRILL_SYNTAX,
				    "%.*s: neither a packet nor a system call", (int)name.len,
				    name.at);
	if (!skip_brackets(d))
		return false;
	if (drill_is(&d->lex.token, "=")) {
		drill_next(&d->lex);
		skip_line(d, d->lex.token.place.line);
	}
	return leave_out(d, PACKETDRILL_SYSCALL, &name);
}

/* ---- settings ---- */

static bool define(struct drill *d)
{
	struct drill_token name = d->lex.token;

	drill_next(&d->lex);
	if (name.kind != DRILL_WORD || !drill_is(&d->lex.token, "="))
		return drill_refuse(d, &name, PACKETDRILL_SYNTAX, "--define=NAME=VALUE is meant");
	drill_next(&d->lex);
	if (d->define_count == DRILL_DEFINES_MAX)
		return drill_refuse(d, &name, PACKETDRILL_SYNTAX, "more than %u definitions",
				    DRILL_DEFINES_MAX);
	d->defines[d->define_count].name = name.at;
	d->defines[d->define_count].name_len = name.len;
	d->defines[d->define_count].value = d->lex.token.at;
	d->defines[d->define_count++].value_len = d->lex.token.len;
	drill_next(&d->lex);
	return true;
}

/* --name or --name=value */
static bool setting(struct drill *d)
{
	struct drill_token t = d->lex.token;
	int64_t *into = NULL;

	drill_next(&d->lex);
	if (t.len == 17 && !memcmp(t.at, "--tolerance_usecs", 17))
		into = &d->tolerance_us;
	else if (t.len == 19 && !memcmp(t.at, "--tcp_ts_tick_usecs", 19))
		into = &d->tick_us;
	if (t.len == 17 && !memcmp(t.at, "--strict_segments", 17)) {
		d->strict = true;
		return true;
	}
	if (!drill_is(&d->lex.token, "="))
		return leave_out(d, PACKETDRILL_SETTING, &t);
	drill_next(&d->lex);
	if (into)
		return drill_integer(d, 0, 3600000000, "time", into);
	if (t.len == 8 && !memcmp(t.at, "--define", 8))
		return define(d);
	skip_line(d, t.place.line);
	return leave_out(d, PACKETDRILL_SETTING, &t);
}

/* ---- packets ---- */

static int64_t slack_us(const struct drill *d, int64_t gap_us)
{
	return gap_us / 8 > d->tolerance_us ? gap_us / 8 : d->tolerance_us;
}

/* The engine leaves everything to the script. */
static bool add_auto_off(struct drill *d, struct place at)
{
	struct command *c = add_command(d, VERB_AUTO, at);

	if (!c)
		return false;
	c->duties = TCP_AUTO_ALL;
	return true;
}

/* After listen() the next packet that is sent begins a connection; so does the first of all. */
static bool begin_connection(struct drill *d, struct place at)
{
	struct command *c;
	char *name;

	if (d->notes->connections && !d->listening)
		return true;
	d->listening = d->ours_known = d->peers_known = false;
	d->ours = d->peers = 0;
	d->stamp_count = 0;
	if (d->notes->connections++) {
		name = drill_keep(d, 16);
		if (!name)
			return false;
		snprintf(name, 16, "c%u", d->notes->connections);
		d->connection = NULL;
		c = add_command(d, VERB_CONNECTION, at);
		if (!c)
			return false;
		c->name = d->connection = name;
	}
	return add_auto_off(d, at);
}

static bool sent_packet(struct drill *d, struct place at, bool absolute, struct segment_spec *spec)
{
	int64_t gap_us = d->clock_us - d->played_us;
	struct command *c;

	if (d->clock_us < d->calls_us && d->notes->sent) {
		gap_us = d->calls_us - d->played_us;
		absolute = false;
	}
	if (gap_us > 0) {
		c = add_command(d, absolute ? VERB_AT : VERB_SLEEP, at);
		if (!c)
			return false;
		c->connection = NULL;
		c->within_us = absolute ? d->clock_us : gap_us;
	}
	c = add_command(d, VERB_SEND, at);
	if (!c)
		return false;
	c->specs = spec;
	c->spec_count = 1;
	d->notes->sent++;
	return true;
}

/* A server's timestamp under the name of its line. */
static const char *add_stamp(struct drill *d, uint32_t value, unsigned line)
{
	char *name = drill_keep(d, 24);

	if (!name || !drill_grow(d, (void **)&d->stamps, d->stamp_count, &d->stamps_room,
				 sizeof(*d->stamps)))
		return NULL;
	snprintf(name, 24, "line%u", line);
	d->stamps[d->stamp_count++] = (struct drill_stamp){ value, name };
	return name;
}

struct event {
	struct place at;
	bool absolute, any;
	int64_t until_us; /* of a range of times, by the script's clock */
};

static bool expected_packet(struct drill *d, const struct event *ev, struct segment_spec *spec,
			    const char *name)
{
	int64_t gap_us = d->clock_us - d->played_us;
	int64_t end_us = (ev->until_us > d->clock_us ? ev->until_us : d->clock_us) - d->played_us;
	struct command *c = add_command(d, VERB_EXPECT, ev->at);

	if (!c)
		return false;
	c->specs = spec;
	c->spec_count = 1;
	c->name = name;
	d->notes->expected++;
	d->notes->expected_text += spec->fields[FIELD_LEN].a.terms[0].value > 0;
	if (ev->any)
		return true;
	if (gap_us < 0)
		gap_us = end_us = 0;
	c->within_us = end_us + slack_us(d, gap_us) + PACKETDRILL_PATH_US;
	/* What waits for a call of the server's program comes when that likes. */
	if (gap_us > slack_us(d, gap_us) && !d->calls_us)
		c->after_us = gap_us - slack_us(d, gap_us);
	return true;
}

static bool packet_event(struct drill *d, const struct event *ev)
{
	bool sent = drill_is(&d->lex.token, "<"), stamped;
	struct drill_token at = d->lex.token;
	const char *name = NULL;
	struct segment_spec *spec;
	uint32_t stamp = 0;

	drill_next(&d->lex);
	if (sent && !begin_connection(d, at.place))
		return false;
	spec = drill_keep(d, sizeof(*spec));
	if (!spec || !drill_packet(d, sent, spec, &stamped, &stamp))
		return false;
	if (!sent && ((spec->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) == TCP_FLAG_SYN ||
		      !d->notes->connections))
		return drill_refuse(d, &at, PACKETDRILL_CLIENT,
				    "tests a client: the first segment is the kernel's; here the "
				    "client is us");
	if (!sent && stamped) {
		name = add_stamp(d, stamp, at.place.line);
		if (!name)
			return false;
	}
	if (sent ? !sent_packet(d, ev->at, ev->absolute, spec) :
		   !expected_packet(d, ev, spec, name))
		return false;
	d->played_us = d->clock_us;
	d->calls_us = 0;
	return true;
}

/* ---- events ---- */

/* "+.1", "0.250": on the script's clock. */
static bool time_of(struct drill *d, bool *relative, int64_t *us)
{
	struct drill_token t;

	*relative = drill_is(&d->lex.token, "+");
	if (*relative)
		drill_next(&d->lex);
	t = d->lex.token;
	if (t.us < 0)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX,
				    "a time is missing, as +0.1 or 0.250 or *");
	drill_next(&d->lex);
	if (!d->begun)
		d->origin_us = t.us;
	*us = *relative && d->begun ? d->clock_us + t.us : t.us - d->origin_us;
	if (*us < d->clock_us)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX,
				    "the time is before that of the event above");
	d->begun = true;
	return true;
}

static bool event_time(struct drill *d, struct event *ev)
{
	int64_t us;
	bool relative = true;

	*ev = (struct event){ .at = d->lex.token.place };
	if (drill_is(&d->lex.token, "*")) {
		ev->any = true;
		drill_next(&d->lex);
		return true;
	}
	if (!time_of(d, &relative, &us))
		return false;
	ev->absolute = !relative;
	if (drill_is(&d->lex.token, "~")) {
		drill_next(&d->lex);
		if (!time_of(d, &relative, &ev->until_us))
			return false;
	} else if (d->lex.token.kind == DRILL_ELLIPSIS) { /* when a blocking call returns */
		int64_t unused;

		drill_next(&d->lex);
		if (!time_of(d, &relative, &unused))
			return false;
	}
	d->clock_us = us;
	return true;
}

static bool event(struct drill *d)
{
	struct drill_token t = d->lex.token;
	struct event ev;

	if (t.kind == DRILL_SETTING)
		return setting(d);
	if (t.kind == DRILL_COMMAND) { /* before the first event, and after the last */
		drill_next(&d->lex);
		return leave_out(d, PACKETDRILL_COMMAND, &t);
	}
	if (!event_time(d, &ev))
		return false;
	t = d->lex.token;
	if (drill_is(&t, "<") || drill_is(&t, ">"))
		return packet_event(d, &ev);
	if (t.kind == DRILL_WORD && (!drill_defined(d, &t) || t.kind == DRILL_WORD))
		return syscall_event(d);
	if (t.kind != DRILL_COMMAND && t.kind != DRILL_CODE)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX,
				    "a packet, a system call, a command or %%{ code }%% is "
				    "missing behind the time");
	if (t.kind == DRILL_COMMAND)
		give_time(d, PACKETDRILL_CALL_US);
	t = d->lex.token; /* where the script has it, if a name stood for it */
	drill_next(&d->lex);
	return leave_out(d, t.kind == DRILL_CODE ? PACKETDRILL_CODE : PACKETDRILL_COMMAND, &t);
}

bool drill_events(struct drill *d)
{
	while (d->lex.token.kind != DRILL_END)
		if (!event(d))
			return false;
	if (!d->notes->sent)
		return drill_refuse(d, &d->lex.token, PACKETDRILL_NO_PACKETS,
				    "nothing to play: the script sends no packet");
	return true;
}
