/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step.c - `tcpshake step`: by hand, one command, one segment, with each reply explained.
 *
 * The executor of scripts does the work (script/exec.h), on a script that grows with each line. What is
 * told (narration, answers, proposals) is collected in memory and goes out after each turn of the loop,
 * above the line that is being typed. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/scripting.h"
#include "cli/step_priv.h"
#include "wire/privilege.h"

#define CONNECTIONS_READY 4u /* guards held ready; more connections get theirs without privilege */

static const struct option_row rows[] = {
	OPTION_SET(struct step_options, quiz, "quiz", 0, 1,
		   "before a segment goes, ask for its number or for the state that follows"),
	OPTION_SET(struct step_options, leave, "leave", 0, 1,
		   "leave the connection open at the end; else it is reset"),
};

static const char about[] =
	"Take each step of a connection by hand: `syn`, `ack`, `data \"...\"`, `fin`, or any segment in\n"
	"the notation of tcpdump, right or wrong; replies are explained as they come. Enter alone\n"
	"proposes what the protocol calls for. `help` lists the commands, tcpshake(1) describes the\n"
	"language. Without a terminal: one command a line, and it ends at the first that fails.\n"
	"Needs CAP_NET_RAW.";

/* ---- what the executor tells ---- */

static void on_verdict(void *context, const struct exec_verdict *v)
{
	struct step *s = context;
	char *name;

	if (v->passed) {
		fprintf(s->talk, "ok (%.3f s)\n", (double)v->took_us / 1e6);
		return;
	}
	s->recorded = false;
	s->status = STATUS_CHECK;
	name = scripting_name(v->command);
	fprintf(s->talk, "failed: %s: %s\n", name ? name : "?",
		v->why ? v->why : "the segment that came is another");
	free(name);
	if (v->report)
		match_print(s->talk, v->report, "  ");
	if (!prompt_is_terminal(s->prompt))
		s->ending = true; /* as in a script: the first failure is the last command */
}

static void on_say(void *context, const char *text)
{
	fprintf(((struct step *)context)->talk, "%s\n", text);
}

static void on_show(void *context, const char *connection, const char *what)
{
	struct step *s = context;
	const struct step_conn *cn = step_conn_named(s, connection);

	if (!cn)
		fputs("nothing was sent or heard yet\n", s->talk);
	else if (!strcmp(what, "last"))
		seen_show_last(cn->seen, s->talk);
	else
		seen_show_ladder(cn->seen, s->talk);
}

static void on_sent(void *context, const struct command *c, const struct tcp_segment *seg)
{
	(void)context;
	(void)c;
	(void)seg; /* the capture shows it */
}

static void on_idle(void *context)
{
	struct step *s = context;

	step_idle(s);
	if (s->ending)
		exec_stop(s->exec);
}

static void on_done(void *context)
{
	((struct step *)context)->over = true;
}

/* ---- the screen ---- */

static void flush_screen(struct step *s)
{
	char text[128];

	fflush(s->screen);
	prompt_print(s->prompt, s->screen_text, s->screen_len, step_prompt_text(s, text));
	rewind(s->screen);
	s->screen_len = 0;
}

static bool open_screen(struct step *s, struct err *e)
{
	const struct common_options *o = &s->options->common;

	s->out = output_stream(o, false);
	s->color = !o->json && view_want_color((enum view_color)o->color, s->out);
	s->screen = open_memstream(&s->screen_text, &s->screen_len);
	if (!s->screen)
		return err_set(e, STATUS_APP, "out of memory");
	s->output = output_new(o, NULL, world_link_type(s->world), e);
	return s->output != NULL;
}

/* ---- the command ---- */

/* The first signal stops what is in work, or clears the line; without a terminal, or SIGTERM, it ends. */
static void on_interrupt(void *context, bool again)
{
	struct step *s = context;
	bool asked = s->asked, working = s->count && !asked;
	char text[128];

	if (s->interrupt.signal != SIGINT || !prompt_is_terminal(s->prompt) || again || s->ending) {
		s->ending = true;
		exec_stop(s->exec);
		return;
	}
	interrupt_forget(&s->interrupt);
	script_session_forget(s->session);
	s->open_block = s->proposed = s->asked = false;
	if (!prompt_clear(s->prompt, step_prompt_text(s, text)) && !asked && !working)
		fputs("(Ctrl-D or `quit` ends)\n", s->screen);
	if (working)
		s->recorded = false;
	else
		s->count = 0; /* what was asked about is not carried out */
	exec_cancel(s->exec);
}

/* All that may need privilege; then it is given up. */
static bool open_handles(struct step *s, struct err *e)
{
	const struct common_options *o = &s->options->common;

	if (!privilege_check(e))
		return false;
	s->loop = loop_new(e);
	s->world = s->loop ? world_new(o, s->loop, e) : NULL;
	return s->world && world_add(s->world, s->target.both, CONNECTIONS_READY, e) &&
	       world_listen(s->world, e) && open_screen(s, e);
}

static bool open_session(struct step *s, struct err *e)
{
	struct exec_config config = {
		.grows = true,
		.leave = s->options->leave,
		.defs = s->target.defs,
		.def_count = ARRAY_LEN(s->target.defs),
		.loop = s->loop,
		.watch = &s->exec_watch,
		.open = step_open,
		.close = world_close,
		.get = world_get,
		.get_stop = world_get_stop,
		.save = step_save,
		.world = &s->user,
	};

	s->user = (struct world_user){ .world = s->world, .target = s->target.both };
	s->exec_watch = (struct exec_watch){ .context = s,
					     .verdict = on_verdict,
					     .say = on_say,
					     .show = on_show,
					     .sent = on_sent,
					     .looked = step_looked,
					     .idle = on_idle,
					     .done = on_done };
	s->session = script_session_new(s->target.defs, ARRAY_LEN(s->target.defs));
	s->record = record_new();
	s->quiz = s->options->quiz ? quiz_new() : NULL;
	if (!s->session || !s->record || (s->options->quiz && !s->quiz))
		return err_set(e, STATUS_APP, "out of memory");
	world_settings(&s->options->common, &config.settings);
	config.script = script_session_script(s->session);
	s->exec = exec_new(&config, e);
	s->prompt = s->exec ? prompt_new(s->loop, s->out, step_line, s, e) : NULL;
	if (!s->prompt)
		return false;
	s->talk = s->options->common.json && !prompt_is_terminal(s->prompt) ? stderr : s->screen;
	return interrupt_start(&s->interrupt, s->loop, on_interrupt, s, e);
}

static bool run(struct step *s, struct err *e)
{
	bool good = true;

	if (prompt_is_terminal(s->prompt) && s->options->common.verbosity >= 0)
		fprintf(s->screen,
			"To %s. Enter says what comes next, `help` lists the commands.\n",
			s->target.both);
	s->recorded = true;
	exec_start(s->exec); /* there is nothing to do yet: it asks for the first line */
	while (good && !s->over) {
		flush_screen(s);
		good = loop_turn(s->loop, e);
		if (good && world_failed(s->world)) {
			*e = *world_failed(s->world);
			good = false;
		}
		if (ferror(s->out))
			good = err_set(e, STATUS_APP, "standard output cannot be written");
	}
	return good;
}

/* The end of the story: connections are closed, which sums them up; then the score. */
static bool finish(struct step *s, struct err *e)
{
	char score[64] = "";
	bool good;

	exec_free(s->exec);
	s->exec = NULL;
	good = step_conns_end(s, e);
	good = output_close(s->output, e) && good;
	s->output = NULL;
	if (s->quiz)
		quiz_score(s->quiz, score, sizeof(score));
	if (score[0])
		fprintf(s->talk, "quiz: %s\n", score);
	fflush(s->screen);
	fwrite(s->screen_text, 1, s->screen_len, s->out);
	return good;
}

static void release(struct step *s)
{
	struct err unused = { 0 };

	prompt_free(s->prompt);
	exec_free(s->exec);
	step_conns_end(s, &unused);
	output_close(s->output, &unused);
	script_session_free(s->session);
	record_free(s->record);
	quiz_free(s->quiz);
	world_free(s->world);
	if (s->screen)
		fclose(s->screen);
	free(s->screen_text);
	interrupt_stop(&s->interrupt);
	loop_free(s->loop);
}

/* HOST PORT, or HOST:PORT in one word. */
static bool take_operands(struct step *s, char **words, int count, struct err *e)
{
	struct target target;
	char both[300];

	if (count != 1 && count != 2)
		return err_set(
			e, STATUS_USAGE,
			"step takes HOST and PORT, not %d operand%s; see `tcpshake step --help`",
			count, count == 1 ? "" : "s");
	if (count == 2 && strchr(words[0], ':') && words[0][0] != '[')
		snprintf(both, sizeof(both), "[%s]:%s", words[0], words[1]);
	else if (count == 2)
		snprintf(both, sizeof(both), "%s:%s", words[0], words[1]);
	else
		snprintf(both, sizeof(both), "%s", words[0]);
	if (!target_parse(both, &target, e))
		return false;
	target_write(&target, &s->target);
	return true;
}

enum status cli_step(int argc, char **argv)
{
	static const struct option_group own = { "Steps", rows, ARRAY_LEN(rows) };
	const struct option_group groups[] = { own, common_connection_options,
					       common_output_options };
	const struct option_table table = { "step", "[options] HOST PORT", about, groups,
					    ARRAY_LEN(groups) };
	struct step_options o = { 0 };
	struct step s = { .options = &o };
	struct err e = { 0 };
	int first;

	common_init(&o.common);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0)
		return err_print(&e);
	if (!take_operands(&s, argv + first, argc - first, &e) || !open_handles(&s, &e) ||
	    !open_session(&s, &e) || !run(&s, &e) || !finish(&s, &e))
		s.status = err_print(&e);
	else if (s.refused.err.status)
		s.status = scripting_error(&s.refused);
	release(&s);
	return s.status;
}
