/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec.c - the program counter of a script, and its connections; see exec.h.
 *
 * Rules: a command is called until it no longer waits; the first that fails ends the script; at the end
 *        each connection that is open is reset, so that no server is left with half of one. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"
#include "script/parse.h"

static void turn(struct exec *x);

static void on_timer(void *context, short revents)
{
	struct exec *x = context;

	(void)revents;
	x->timer.deadline_us = LOOP_NEVER;
	turn(x);
}

struct exec *exec_new(const struct exec_config *config, struct err *e)
{
	struct exec *x = calloc(1, sizeof(*x));

	if (!x || !(x->values = values_new())) {
		free(x);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	x->cfg = *config;
	x->settings = config->settings;
	x->blocks[0].commands = config->script->commands;
	x->timer = (struct loop_source){ -1, 0, LOOP_NEVER, on_timer, x };
	for (size_t i = 0; i < config->def_count; i++)
		values_set(x->values, config->defs[i].name, (const uint8_t *)config->defs[i].value,
			   strlen(config->defs[i].value));
	if (loop_add(config->loop, &x->timer, e))
		return x;
	exec_free(x);
	return NULL;
}

void exec_free(struct exec *x)
{
	if (!x)
		return;
	loop_remove(x->cfg.loop, &x->timer);
	while (x->conns) {
		struct exec_conn *cn = x->conns;

		x->conns = cn->next;
		if (cn->hand)
			x->cfg.close(x->cfg.world, cn->hand);
		free(cn->target);
		free(cn->ignores);
		free(cn);
	}
	exec_parts_free(x);
	free(x->writing);
	values_free(x->values);
	script_free(x->taken);
	free(x->target);
	free(x);
}

/* As long as it is now, where it grows. */
static void take_script(struct exec *x)
{
	x->blocks[0].commands = x->cfg.script->commands;
	x->blocks[0].count = x->cfg.script->command_count;
}

void exec_start(struct exec *x)
{
	if (x->state == EXEC_DONE || x->state == EXEC_ENDING)
		return;
	if (!x->begun_us)
		x->begun_us = loop_now();
	take_script(x);
	x->state = EXEC_RUNNING;
	turn(x);
}

/* Connections that the script leaves open are reset. */
static void begin_end(struct exec *x)
{
	x->state = EXEC_ENDING;
	x->deadline_us = loop_now() + EXEC_SETTLE_US;
	for (struct exec_conn *cn = x->conns; cn; cn = cn->next) {
		struct err e = { 0 };

		if (!cn->hand || x->cfg.leave)
			continue;
		exec_conn_reset(cn, &e);
		if (e.status)
			exec_say(x, "%s", e.text);
	}
}

static void finish_end(struct exec *x)
{
	bool settled = true;

	for (const struct exec_conn *cn = x->conns; cn; cn = cn->next)
		settled = settled && (!cn->hand || hand_settled(cn->hand));
	if (!settled && loop_now() < x->deadline_us) {
		x->timer.deadline_us = x->deadline_us;
		return;
	}
	x->state = EXEC_DONE;
	x->timer.deadline_us = LOOP_NEVER;
	x->cfg.watch->done(x->cfg.watch->context);
}

void exec_changed(void *exec)
{
	turn(exec);
}

void exec_stop(struct exec *x)
{
	if (x->state == EXEC_DONE || x->state == EXEC_ENDING)
		return;
	begin_end(x);
	x->timer.deadline_us = 0;
}

/* The command to be done now, NULL at the end. Loops are unwound here. */
static const struct command *current(struct exec *x)
{
	for (;;) {
		struct exec_block *b = &x->blocks[x->depth];

		if (b->at < b->count)
			return &b->commands[b->at];
		if (b->turns > 0) {
			b->turns--;
			b->at = 0;
		} else if (x->depth) {
			x->depth--;
		} else {
			return NULL;
		}
	}
}

static enum outcome exec_repeat(struct exec *x, const struct command *c, bool first)
{
	struct err e = { 0 };
	int64_t turns;

	(void)first;
	if (!values_number(x->values, &c->number, 0, SCRIPT_STEPS_MAX, &turns, &e))
		return exec_fail(x, c, "%s", e.text);
	if (turns && c->body_count) {
		struct exec_block *b = &x->blocks[++x->depth]; /* the parser keeps to the depth */

		*b = (struct exec_block){ c->body, c->body_count, 0, turns - 1 };
	}
	return OUTCOME_DONE;
}

static exec_verb *const verbs[VERB_COUNT] = {
	[VERB_SEND] = exec_send,
	[VERB_EXPECT] = exec_expect,
	[VERB_EXPECT_NONE] = exec_expect_none,
	[VERB_EXPECT_PARTS] = exec_expect_parts,
	[VERB_IGNORE] = exec_ignore,
	[VERB_IGNORE_AGAIN] = exec_ignore,
	[VERB_CONNECT] = exec_connect,
	[VERB_WRITE] = exec_write,
	[VERB_READ] = exec_read,
	[VERB_GET] = exec_get,
	[VERB_CLOSE] = exec_close,
	[VERB_RESET] = exec_reset,
	[VERB_AUTO] = exec_auto,
	[VERB_TARGET] = exec_target,
	[VERB_CONNECTION] = exec_target,
	[VERB_SET] = exec_set,
	[VERB_SLEEP] = exec_sleep,
	[VERB_AT] = exec_at,
	[VERB_REPEAT] = exec_repeat,
	[VERB_ECHO] = exec_echo,
	[VERB_SHOW] = exec_show,
	[VERB_NEXT] = exec_next,
	[VERB_EXPLAIN] = exec_next,
	[VERB_SAVE] = exec_save,
};

/* What is still to be done of a line that was typed. */
static void forget_rest(struct exec *x)
{
	x->entered = false;
	x->depth = 0;
	x->blocks[0].at = x->blocks[0].count;
	x->timer.deadline_us = LOOP_NEVER;
}

void exec_cancel(struct exec *x)
{
	if (!x->cfg.grows || x->state == EXEC_ENDING || x->state == EXEC_DONE)
		return;
	take_script(x);
	forget_rest(x);
	turn(x);
}

/* One call of the command in work. False: it waits, or the script is over. */
static bool step(struct exec *x)
{
	const struct command *c = current(x);
	unsigned depth = x->depth;
	bool first = !x->entered;
	enum outcome outcome;

	if (!c) {
		if (!x->cfg.grows) {
			begin_end(x);
			return false;
		}
		x->state = EXEC_IDLE;
		x->cfg.watch->idle(x->cfg.watch->context);
		return false;
	}
	if (first) {
		x->entered = true;
		x->entered_us = loop_now();
		x->deadline_us = LOOP_NEVER;
	}
	if (first && ++x->steps > SCRIPT_STEPS_MAX)
		outcome = exec_fail(x, c, "more than %d commands; does a loop not end?",
				    SCRIPT_STEPS_MAX);
	else
		outcome = verbs[c->verb](x, c, first);
	if (outcome == OUTCOME_WAIT) {
		x->timer.deadline_us = x->deadline_us;
		return false;
	}
	x->entered = false;
	x->blocks[depth].at++;
	if (outcome == OUTCOME_FAILED && x->cfg.grows)
		forget_rest(x);
	else if (outcome == OUTCOME_FAILED)
		begin_end(x);
	return x->state == EXEC_RUNNING;
}

/* A command may cause what would call us again: once is enough. */
static void turn(struct exec *x)
{
	if (x->in_turn)
		return;
	x->in_turn = true;
	while (x->state == EXEC_RUNNING && step(x))
		;
	x->in_turn = false;
	if (x->state == EXEC_ENDING)
		finish_end(x); /* last: the owner may free us in it */
}

void exec_set_deadline(struct exec *x, const struct command *c, const struct exec_conn *cn)
{
	x->deadline_us =
		x->entered_us + (c->within_us >= 0 ? c->within_us : cn->settings.timeout_us);
}

void exec_verdict(struct exec *x, const struct exec_verdict *v)
{
	const struct exec_conn *cn = exec_conn_named(x, v->command->connection);
	struct exec_verdict told = *v;

	if (v->passed)
		x->passed++;
	else
		x->failed++;
	if (cn) {
		told.base = cn->base;
		told.hand = cn->hand;
	}
	x->cfg.watch->verdict(x->cfg.watch->context, &told);
}

enum outcome exec_fail(struct exec *x, const struct command *c, const char *fmt, ...)
{
	char why[600];
	va_list list;
	struct exec_verdict v = { .command = c, .why = why, .took_us = loop_now() - x->entered_us };

	va_start(list, fmt);
	vsnprintf(why, sizeof(why), fmt, list);
	va_end(list);
	exec_verdict(x, &v);
	return OUTCOME_FAILED;
}

void exec_pass(struct exec *x, const struct command *c)
{
	struct exec_verdict v = { .command = c,
				  .passed = true,
				  .took_us = loop_now() - x->entered_us };

	exec_verdict(x, &v);
}

void exec_say(struct exec *x, const char *fmt, ...)
{
	char text[4096];
	va_list list;

	va_start(list, fmt);
	vsnprintf(text, sizeof(text), fmt, list);
	va_end(list);
	x->cfg.watch->say(x->cfg.watch->context, text);
}

enum outcome exec_serve(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	struct err e = { 0 };

	return hand_serve(cn->hand, &e) ? OUTCOME_DONE : exec_fail(x, c, "%s", e.text);
}

bool exec_done(const struct exec *x)
{
	return x->state == EXEC_DONE;
}

void exec_counts(const struct exec *x, unsigned *passed, unsigned *failed)
{
	*passed = x->passed;
	*failed = x->failed;
}

void exec_got(struct exec *x, long status, uint64_t bytes, const struct err *why)
{
	(void)bytes;
	x->got = true;
	x->got_status = status;
	x->got_why = *why;
	turn(x);
}
