/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_line.c - what a line means, and what becomes of it.
 *
 *     line -> parsed -> (a question) -> the executor -> done: recorded, the next line
 *
 * Before a command, what came until then counts as seen: it leaves the queue, and goes into the record as
 * what is expected. Commands that look at what came (expect, ignore) take it from the queue themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/scripting.h"
#include "cli/step_priv.h"

static const char help[] =
	"A command makes one segment, or looks at what came. What is left out is filled in:\n"
	"  Enter            what the protocol calls for now, and why; Enter again takes it (or: next)\n"
	"  syn  ack  data \"TEXT\"  fin  rst          short for the next five\n"
	"  send S   send .   send P. data \"TEXT\"   send F.   send R.\n"
	"  send . 1:1(0) ack 99 win 0 badsum       anything may be set, and be wrong\n"
	"  expect S. ack 1 within 2s               wait for a segment, and compare\n"
	"  connect  write \"TEXT\"  read  get /  close  reset         the engine does it\n"
	"  auto ack on                             a duty that the engine takes over\n"
	"  show  show last  history  show vars     control block, last segment, ladder, variables\n"
	"  save FILE.shake                         the session as a script for `tcpshake run`\n"
	"  help  quit                              tcpshake(1) has the whole language\n";

/* It takes from the queue what it needs itself. */
static bool looks_at_arrivals(const struct command *c)
{
	return c->verb == VERB_EXPECT || c->verb == VERB_EXPECT_NONE || c->verb == VERB_IGNORE ||
	       c->verb == VERB_IGNORE_AGAIN || c->verb == VERB_READ;
}

/* Belongs into a script that does the same again. */
static bool is_part_of_script(const struct command *c)
{
	return c->verb != VERB_SAVE && c->verb != VERB_EXPLAIN && c->verb != VERB_NEXT &&
	       c->verb != VERB_SHOW;
}

/* That of the last command: proposals and questions are about it. */
static struct hand *current_hand(const struct step *s)
{
	return s->current ? s->current->hand : NULL;
}

char *step_prompt_text(const struct step *s, char out[128])
{
	struct hand *h = current_hand(s);
	struct tcp_conn_info i = { .state = TCP_STATE_CLOSED };
	char ack[24] = "";

	if (s->asked || s->open_block) {
		snprintf(out, 128, s->asked ? "answer> " : "... ");
		return out;
	}
	if (h)
		tcp_conn_info(hand_conn(h), &i);
	if (!h || !i.segments_sent) {
		snprintf(out, 128, "[we CLOSED] > ");
		return out;
	}
	if (i.state != TCP_STATE_SYN_SENT && i.segments_received)
		snprintf(ack, sizeof(ack), " ack %u", i.rcv_nxt - i.irs);
	snprintf(out, 128, "[%.20s%swe %s, server %s; seq %u%s] > ",
		 s->current->name ? s->current->name : "", s->current->name ? ": " : "",
		 tcp_state_name(i.state), tcp_state_name(seen_server(s->current->seen)),
		 i.snd_nxt - i.iss, ack);
	return out;
}

void step_ask(struct step *s)
{
	char text[128];

	prompt_ask(s->prompt, step_prompt_text(s, text));
}

/* A line that cannot be carried out. To a person it is said; a pipe cannot mend it, and is told at the end. */
static void refuse(struct step *s, const struct script_error *e)
{
	if (prompt_is_terminal(s->prompt)) {
		fprintf(s->screen, "%s\n%s%s", e->err.text, e->excerpt, e->excerpt[0] ? "\n" : "");
		step_ask(s);
		return;
	}
	s->refused = *e;
	s->ending = true;
	exec_stop(s->exec);
}

/* The line is parsed, and belongs to the executor now. */
static void carry_out(struct step *s)
{
	s->asked = false;
	exec_start(s->exec);
}

static void feed(struct step *s, const char *line)
{
	const struct script *script = script_session_script(s->session);
	struct script_error e = { 0 };
	const struct command *c;
	const char *question = NULL;

	s->first = script->command_count;
	if (!script_session_line(s->session, line, &s->open_block, &e)) {
		refuse(s, &e);
		return;
	}
	s->count = script->command_count - s->first;
	if (!s->count) {
		step_ask(s);
		return;
	}
	c = &script->commands[s->first];
	if (!looks_at_arrivals(c))
		step_drain(s);
	if (step_conn_named(s, c->connection))
		s->current = step_conn_named(s, c->connection);
	if (s->quiz)
		question = quiz_question(s->quiz, c, current_hand(s));
	if (!question) {
		carry_out(s);
		return;
	}
	s->asked = true;
	fprintf(s->talk, "%s\n", question);
	step_ask(s);
}

static void take_answer(struct step *s, const char *line)
{
	char text[400];

	quiz_answer(s->quiz, line, text, sizeof(text));
	fprintf(s->talk, "%s\n", text);
	carry_out(s);
}

/* Enter: what the protocol calls for. The second one, and `next`, take it. */
static void propose_step(struct step *s, bool take)
{
	struct proposal p;

	propose(current_hand(s), &p);
	if (take && p.kind == PROPOSE_SEND) {
		fprintf(s->talk, "%s\n", p.command);
		feed(s, p.command);
		return;
	}
	if (take && p.kind == PROPOSE_WAIT) {
		feed(s, "next");
		return;
	}
	s->proposed = p.kind != PROPOSE_NOTHING;
	if (p.kind == PROPOSE_SEND)
		fprintf(s->talk, "next: %s\n      %s.\n      Enter sends it.\n", p.command, p.why);
	else if (p.kind == PROPOSE_WAIT)
		fprintf(s->talk, "next: wait; %s.\n      Enter waits.\n", p.why);
	else
		fprintf(s->talk, "next: nothing; %s. `quit` ends.\n", p.why);
	step_ask(s);
}

static bool is_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	return !strncmp(line, word, len) && !line[len + strspn(line + len, " \t")];
}

/* Words of the prompt, not of the language. */
static bool own_word(struct step *s, const char *line)
{
	bool person = prompt_is_terminal(s->prompt), proposed = s->proposed;

	s->proposed = false;
	if (is_word(line, "quit") || is_word(line, "exit")) {
		step_line(s, NULL, 0);
	} else if (is_word(line, "help") || is_word(line, "?")) {
		fputs(help, s->talk);
		step_ask(s);
	} else if (is_word(line, "history")) {
		feed(s, "show ladder");
	} else if (is_word(line, "next")) {
		propose_step(s, true);
	} else if (person && is_word(line, "")) {
		propose_step(s, proposed);
	} else {
		return false;
	}
	return true;
}

static void end_of_input(struct step *s)
{
	struct script_error e = { 0 };

	if (s->open_block && !prompt_is_terminal(s->prompt)) {
		err_set(&e.err, STATUS_USAGE,
			"step: a block is not closed when the input ends; `}` is missing");
		refuse(s, &e);
		return;
	}
	s->ending = true;
	exec_stop(s->exec);
}

void step_line(void *context, const char *line, size_t len)
{
	struct script_error e = { 0 };
	struct step *s = context;

	if (!line) {
		end_of_input(s);
	} else if (strlen(line) != len) {
		err_set(&e.err, STATUS_USAGE, "step: a NUL byte is in the line");
		refuse(s, &e);
	} else if (s->asked) {
		take_answer(s, line);
	} else if (s->open_block || !own_word(s, line + strspn(line, " \t"))) {
		feed(s, line);
	}
}

void step_idle(struct step *s)
{
	const struct command *c = script_session_script(s->session)->commands;

	for (unsigned i = s->first; s->recorded && i < s->first + s->count; i++)
		if (is_part_of_script(&c[i]))
			record_command(s->record, &c[i]);
	s->count = 0;
	s->recorded = true;
	if (!s->ending)
		step_ask(s);
}

bool step_save(void *user, const char *path, struct err *e)
{
	struct step *s = user;
	size_t len;

	step_drain(s);
	if (record_text(s->record, &len) && !len)
		return err_set(e, STATUS_APP, "nothing was done yet that could be saved");
	if (!scripting_save(s->record, path, "`tcpshake step`", s->target.both, e))
		return false;
	fprintf(s->talk, "saved as %s: `tcpshake run --target %s %s` does it again\n", path,
		s->target.both, path);
	return true;
}
