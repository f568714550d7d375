/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_session.c - the verbs that send nothing: settings, waiting, telling. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"
#include "script/parse.h"

/* A string of the script with its variables put in; NULL after a verdict. To be freed. */
static char *text_of(struct exec *x, const struct command *c)
{
	struct err e = { 0 };
	size_t len;
	char *text = (char *)values_bytes(x->values, &c->text, &len, &e);

	if (!text)
		exec_fail(x, c, "%s", e.text);
	return text;
}

/* The value of a `set`: text, or a sum as text. To be freed. */
static char *value_of(struct exec *x, const struct command *c, size_t *len, struct err *e)
{
	int64_t number;
	char *text;

	if (!c->number.count)
		return (char *)values_bytes(x->values, &c->text, len, e);
	if (!values_number(x->values, &c->number, INT64_MIN, INT64_MAX, &number, e))
		return NULL;
	text = malloc(24);
	if (!text)
		err_set(e, STATUS_APP, "out of memory");
	else
		*len = (size_t)snprintf(text, 24, "%" PRId64, number);
	return text;
}

enum outcome exec_target(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = c->verb == VERB_CONNECTION ? exec_conn_of(x, c) : NULL;
	char **into = cn ? &cn->target : &x->target;
	struct err e = { 0 };
	size_t len;

	(void)first;
	if (c->verb == VERB_CONNECTION && !cn)
		return exec_fail(x, c, "out of memory");
	if (cn && !c->text.count)
		return OUTCOME_DONE;
	free(*into);
	*into = (char *)values_bytes(x->values, &c->text, &len, &e);
	return *into ? OUTCOME_DONE : exec_fail(x, c, "%s", e.text);
}

enum outcome exec_set(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = c->connection ? exec_conn_of(x, c) : NULL;
	struct err e = { 0 };
	bool done;
	size_t len;
	char *text = value_of(x, c, &len, &e);

	(void)first;
	if (!text)
		return exec_fail(x, c, "%s", e.text);
	if (!setting_find(c->name, strlen(c->name))) {
		done = values_set(x->values, c->name, (const uint8_t *)text, len) ||
		       err_set(&e, STATUS_APP, "out of memory");
	} else if (cn) {
		done = settings_apply(&cn->settings, c->name, text, &e);
	} else {
		/* For the connections to come; and a time to wait for those that are. */
		done = settings_apply(&x->settings, c->name, text, &e);
		for (cn = x->conns; cn && done; cn = cn->next)
			if (!cn->hand || !strcmp(c->name, "timeout"))
				done = settings_apply(&cn->settings, c->name, text, &e);
	}
	free(text);
	return done ? OUTCOME_DONE : exec_fail(x, c, "%s", e.text);
}

static enum outcome wait_until(struct exec *x, int64_t when_us)
{
	x->deadline_us = when_us;
	return loop_now() >= when_us ? OUTCOME_DONE : OUTCOME_WAIT;
}

enum outcome exec_sleep(struct exec *x, const struct command *c, bool first)
{
	(void)first;
	return wait_until(x, x->entered_us + c->within_us);
}

enum outcome exec_at(struct exec *x, const struct command *c, bool first)
{
	(void)first;
	return wait_until(x, x->begun_us + c->within_us);
}

enum outcome exec_echo(struct exec *x, const struct command *c, bool first)
{
	char *text = text_of(x, c);

	(void)first;
	if (!text)
		return OUTCOME_FAILED;
	exec_say(x, "%s", text);
	free(text);
	return OUTCOME_DONE;
}

static void show_block(struct exec *x, struct exec_conn *cn)
{
	struct tcp_conn_info i;

	if (!cn || !cn->hand) {
		exec_say(x, "CLOSED: nothing was sent yet");
		return;
	}
	tcp_conn_info(hand_conn(cn->hand), &i);
	exec_learn_base(cn);
	exec_say(x, "state    %s", tcp_state_name(i.state));
	exec_say(x, "sending  ISS %u, SND.UNA %u, SND.NXT %u, SND.WND %u", i.iss, i.snd_una - i.iss,
		 i.snd_nxt - i.iss, i.snd_wnd);
	if (cn->base.peers_known)
		exec_say(x, "hearing  IRS %u, RCV.NXT %u, RCV.WND %u", i.irs, i.rcv_nxt - i.irs,
			 i.rcv_wnd);
	exec_say(x, "agreed   MSS %u%s%s%s, scale %u and %u", i.mss, i.sack ? ", SACK" : "",
		 i.timestamps ? ", timestamps" : "", i.ecn ? ", ECN" : "", i.rcv_wscale,
		 i.snd_wscale);
	exec_say(x, "timing   SRTT %" PRId64 " us, RTO %" PRId64 " us; cwnd %u, ssthresh %u",
		 i.srtt_us, i.rto_us, i.cwnd, i.ssthresh);
	exec_say(x,
		 "counted  %" PRIu64 " segments sent, %" PRIu64 " received; %" PRIu64
		 " and %" PRIu64 " bytes; %u sent again, %u received again, %u out of order",
		 i.segments_sent, i.segments_received, i.text_sent, i.text_received,
		 i.retransmissions, i.duplicates, i.out_of_order);
}

static void show_values(struct exec *x)
{
	char *text = NULL, *rest, *line;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return;
	values_print(x->values, f);
	fclose(f);
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			exec_say(x, "%s", line);
	free(text);
}

/* All that we sent was seen in the capture, or time is over. */
static bool all_seen(struct exec *x, bool first)
{
	bool settled = true;

	if (first)
		x->deadline_us = x->entered_us + EXEC_SETTLE_US;
	for (const struct exec_conn *cn = x->conns; cn; cn = cn->next)
		settled = settled && (!cn->hand || hand_settled(cn->hand));
	return settled || loop_now() >= x->deadline_us;
}

/* "last" and "ladder" are views of what was seen: the owner has them. */
enum outcome exec_show(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_conn_of(x, c);
	char *what;

	if (!all_seen(x, first))
		return OUTCOME_WAIT;
	what = text_of(x, c);
	if (!what)
		return OUTCOME_FAILED;
	if (!strcmp(what, "vars"))
		show_values(x);
	else if (*what && x->cfg.watch->show)
		x->cfg.watch->show(x->cfg.watch->context, c->connection, what);
	else if (!*what)
		show_block(x, cn);
	free(what);
	return OUTCOME_DONE;
}

/* The command that was proposed, as a block of its own that is done next. */
static enum outcome take(struct exec *x, const struct command *c, const char *command)
{
	struct script_error e;
	struct exec_block *b;

	script_free(x->taken);
	x->taken = script_parse_text("next", command, strlen(command), x->cfg.defs,
				     x->cfg.def_count, &e);
	if (!x->taken)
		return exec_fail(x, c, "%s", e.err.text);
	for (unsigned i = 0; i < x->taken->command_count; i++)
		x->taken->commands[i].connection = c->connection;
	b = &x->blocks[++x->depth]; /* the parser leaves room for one more */
	*b = (struct exec_block){ x->taken->commands, x->taken->command_count, 0, 0 };
	return OUTCOME_DONE;
}

/* `explain` says it, `next` takes it as well: sends it, or waits for what has to come. */
enum outcome exec_next(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_conn_of(x, c);
	struct proposal p;

	if (!cn)
		return exec_fail(x, c, "out of memory");
	if (first) {
		exec_set_deadline(x, c, cn);
		propose(cn->hand, &p);
		exec_say(x, "%s%s%s", p.command, p.kind == PROPOSE_SEND ? ": " : "", p.why);
		if (c->verb == VERB_EXPLAIN || p.kind == PROPOSE_NOTHING)
			return OUTCOME_DONE;
		if (p.kind == PROPOSE_SEND)
			return take(x, c, p.command);
	}
	if (hand_first(cn->hand)) {
		exec_learn_base(cn);
		if (!x->cfg.grows) /* else its owner looks at what came */
			exec_drop(x, cn);
		return OUTCOME_DONE;
	}
	return loop_now() < x->deadline_us ? OUTCOME_WAIT : exec_fail(x, c, "nothing came");
}

enum outcome exec_save(struct exec *x, const struct command *c, bool first)
{
	char *path = text_of(x, c);
	struct err e = { 0 };
	bool saved;

	(void)first;
	if (!path)
		return OUTCOME_FAILED;
	if (x->cfg.save)
		saved = x->cfg.save(x->cfg.world, path, &e);
	else
		saved = err_set(&e, STATUS_USAGE, "save is for `step`");
	free(path);
	return saved ? OUTCOME_DONE : exec_fail(x, c, "%s", e.text);
}
