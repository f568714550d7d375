/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_prompt.c - lines for `step`: readline on a terminal, plain lines from anything else. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "cli/step_priv.h"

#define HISTORY_MAX    1000
#define LINE_MAX_BYTES (1u << 20)

struct prompt {
	struct loop *loop;
	struct loop_source source;
	void (*line)(void *context, const char *line);
	void *context;
	bool terminal, asking, ended;
	char *buffer; /* plain lines: what was read and not handed out */
	size_t have, room;
};

static struct prompt *the_prompt; /* readline's callbacks have no context */

/* ---- completion ---- */

static const char *const *completing;
static size_t completing_at;

static char *next_word(const char *text, int state)
{
	if (!state)
		completing_at = 0;
	while (completing && completing[completing_at]) {
		const char *word = completing[completing_at++];

		if (!strncmp(word, text, strlen(text)))
			return strdup(word);
	}
	return NULL;
}

/* The first word is a verb, the one behind "set" a setting, all others the fields of a segment. */
static char **complete(const char *text, int start, int end)
{
	int first = 0;

	(void)end;
	rl_attempted_completion_over = 1;
	while (rl_line_buffer[first] == ' ')
		first++;
	completing = start == first				 ? script_verbs() :
		     !strncmp(rl_line_buffer + first, "set ", 4) ? script_settings() :
								   script_fields();
	return rl_completion_matches(text, next_word);
}

/* ---- a terminal ---- */

/* Of the user whom the program runs for; where it cannot be read or written there is no history. */
static const char *history_path(void)
{
	static char path[512];
	const char *home = getenv("HOME");

	if (!home ||
	    snprintf(path, sizeof(path), "%s/.tcpshake_history", home) >= (int)sizeof(path))
		return NULL;
	return path;
}

static void on_readline(char *line)
{
	struct prompt *p = the_prompt;

	rl_callback_handler_remove();
	p->asking = false;
	p->source.events = 0;
	if (!line) {
		putchar('\n');
		p->ended = true;
	} else if (line[strspn(line, " \t")]) {
		add_history(line);
	}
	p->line(p->context, line);
	free(line);
}

static void on_terminal(void *context, short revents)
{
	(void)context;
	(void)revents;
	rl_callback_read_char();
}

/* ---- anything else ---- */

/* Hand out the next whole line, if there is one and it is asked for. */
static void hand_out(struct prompt *p)
{
	while (p->asking) {
		char *newline = memchr(p->buffer ? p->buffer : "", '\n', p->have);
		size_t len = newline ? (size_t)(newline - p->buffer) : p->have;
		char *line;

		if (!newline && !(p->ended && p->have)) {
			if (p->ended) {
				p->asking = false;
				p->line(p->context, NULL);
			}
			return;
		}
		line = strndup(p->buffer, len);
		p->have -= len + (newline != NULL);
		memmove(p->buffer, p->buffer + len + (newline != NULL), p->have);
		p->asking = false;
		if (line && len && line[len - 1] == '\r')
			line[len - 1] = '\0';
		p->line(p->context, line ? line : "");
		free(line);
	}
}

static void on_plain(void *context, short revents)
{
	struct prompt *p = context;
	ssize_t n;

	if (!revents) { /* the deadline: lines wait that were read before */
		p->source.deadline_us = LOOP_NEVER;
		hand_out(p);
		return;
	}
	if (p->have == p->room && p->room < LINE_MAX_BYTES) {
		size_t room = p->room ? 2 * p->room : 4096;
		char *more = realloc(p->buffer, room);

		if (more) {
			p->buffer = more;
			p->room = room;
		}
	}
	n = p->have < p->room ? read(p->source.fd, p->buffer + p->have, p->room - p->have) : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		p->ended = true;
		p->source.events = 0;
	} else {
		p->have += (size_t)n;
	}
	hand_out(p);
}

/* ---- both ---- */

struct prompt *prompt_new(struct loop *loop, void (*line)(void *context, const char *line),
			  void *context, struct err *e)
{
	struct prompt *p = calloc(1, sizeof(*p));

	if (!p) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	p->loop = loop;
	p->line = line;
	p->context = context;
	p->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	p->source = (struct loop_source){ STDIN_FILENO, p->terminal ? 0 : POLLIN, LOOP_NEVER,
					  p->terminal ? on_terminal : on_plain, p };
	if (!loop_add(loop, &p->source, e)) {
		free(p);
		return NULL;
	}
	the_prompt = p;
	if (p->terminal) {
		rl_readline_name = "tcpshake";
		rl_attempted_completion_function = complete;
		rl_catch_signals = 0;
		using_history();
		stifle_history(HISTORY_MAX);
		if (history_path())
			(void)read_history(history_path());
	}
	return p;
}

void prompt_free(struct prompt *p)
{
	if (!p)
		return;
	if (p->terminal) {
		if (p->asking)
			rl_callback_handler_remove();
		if (history_path())
			(void)write_history(history_path());
	}
	loop_remove(p->loop, &p->source);
	the_prompt = NULL;
	free(p->buffer);
	free(p);
}

bool prompt_is_terminal(const struct prompt *p)
{
	return p->terminal;
}

void prompt_ask(struct prompt *p, const char *text)
{
	p->asking = true;
	if (!p->terminal) {
		p->source.deadline_us = 0; /* from the loop, so that lines do not call each other */
		return;
	}
	p->source.events = POLLIN;
	rl_callback_handler_install(text, on_readline);
}

void prompt_print(struct prompt *p, const char *bytes, size_t len, const char *text)
{
	if (p->terminal && p->asking)
		rl_clear_visible_line();
	fwrite(bytes, 1, len, stdout);
	fflush(stdout);
	if (!p->terminal || !p->asking)
		return;
	rl_set_prompt(text);
	rl_on_new_line();
	rl_redisplay();
}

bool prompt_clear(struct prompt *p, const char *text)
{
	bool any = p->terminal && p->asking && rl_end > 0;

	if (!p->terminal || !p->asking)
		return false;
	rl_replace_line("", 0);
	fputs("^C\n", stdout);
	rl_set_prompt(text);
	rl_on_new_line();
	rl_redisplay();
	return any;
}
