/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_prompt.c - lines for `step`: readline on a terminal, plain lines from anything else.
 *
 * A line is handed out when it is asked for, and never from within the one before. Nothing is read before it is needed, so what
 * was typed ahead waits with the terminal or in the pipe. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "cli/step_priv.h"

#define HISTORY_MAX 1000
#define PIECE	    65536u /* read at once */

struct prompt {
	struct loop *loop;
	struct loop_source source;    /* standard input */
	struct loop_source continued; /* SIGCONT came; fd -1: not watched */
	FILE *out;
	void (*line)(void *context, const char *line, size_t len);
	void *context;
	bool terminal, asking, ended;
	struct lines lines; /* read or pasted, and not handed out */
	char *text;	    /* the prompt while asking, of a terminal */
};

static struct prompt *the_prompt; /* readline's callbacks have no context */
static volatile sig_atomic_t continued_fd = -1;

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

static void hand_out(struct prompt *p, const char *line, size_t len)
{
	p->asking = false;
	p->source.events = 0;
	if (p->terminal && line && line[strspn(line, " \t")])
		add_history(line);
	p->line(p->context, line, len);
}

static void on_readline(char *line)
{
	struct prompt *p = the_prompt;
	size_t len = line ? strlen(line) : 0;
	const char *first;
	char *room;

	rl_callback_handler_remove();
	if (!line) {
		fputc('\n', p->out);
		p->ended = true;
		hand_out(p, NULL, 0);
	} else if (!memchr(line, '\n', len)) {
		hand_out(p, line, len);
	} else if ((room = lines_room(&p->lines, len + 1))) {
		/* Several lines, pasted at once: one after the other. */
		memcpy(room, line, len);
		room[len] = '\n';
		p->lines.end += len + 1;
		first = lines_next(&p->lines, false, &len);
		hand_out(p, first, len);
	}
	free(line);
}

/* The next of the lines that were pasted, as if it had been typed. */
static bool hand_out_pasted(struct prompt *p)
{
	size_t len;
	const char *line = lines_next(&p->lines, false, &len);

	if (!line)
		return false;
	fprintf(p->out, "%s%s\n", p->text ? p->text : "", line);
	hand_out(p, line, len);
	return true;
}

static void on_terminal(void *context, short revents)
{
	struct prompt *p = context;

	if (revents) {
		rl_callback_read_char();
		return;
	}
	p->source.deadline_us = LOOP_NEVER;
	if (!p->asking || hand_out_pasted(p))
		return;
	p->source.events = POLLIN;
	rl_callback_handler_install(p->text ? p->text : "> ", on_readline);
}

/* ---- stopped with Ctrl-Z, and continued: the shell has set the terminal as it likes it ---- */

static void handle_continued(int number)
{
	int error = errno;

	(void)number;
	eventfd_write(continued_fd, 1);
	errno = error;
}

static void on_continued(void *context, short revents)
{
	struct prompt *p = context;
	eventfd_t count;

	(void)revents;
	if (eventfd_read(p->continued.fd, &count) || !p->source.events)
		return;
	rl_deprep_terminal();
	rl_prep_terminal(1);
	rl_forced_update_display();
}

static bool watch_continued(struct prompt *p, struct err *e)
{
	struct sigaction action = { .sa_handler = handle_continued, .sa_flags = SA_RESTART };
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return err_set(e, STATUS_APP, "cannot watch for signals: %s", strerror(errno));
	p->continued = (struct loop_source){ fd, POLLIN, LOOP_NEVER, on_continued, p };
	if (!loop_add(p->loop, &p->continued, e))
		return false;
	continued_fd = fd;
	sigaction(SIGCONT, &action, NULL);
	return true;
}

static bool begin_terminal(struct prompt *p, struct err *e)
{
	rl_readline_name = "tcpshake";
	rl_catch_signals = 0;
	step_complete();
	using_history();
	stifle_history(HISTORY_MAX);
	if (history_path())
		(void)read_history(history_path());
	return watch_continued(p, e);
}

static void end_terminal(struct prompt *p)
{
	if (p->source.events)
		rl_callback_handler_remove();
	if (history_path())
		(void)write_history(history_path());
	if (p->continued.fd < 0)
		return;
	signal(SIGCONT, SIG_DFL);
	loop_remove(p->loop, &p->continued);
	close(p->continued.fd);
}

/* ---- anything else ---- */

static void read_more(struct prompt *p)
{
	char *room = lines_room(&p->lines, PIECE);
	ssize_t n = room ? read(p->source.fd, room, PIECE) : 0;

	if (n > 0)
		p->lines.end += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->ended = true;
}

static void on_plain(void *context, short revents)
{
	struct prompt *p = context;

	if (revents)
		read_more(p);
	/* What is here is done at once, so that it does not depend on what comes between two lines. */
	while (p->asking) {
		size_t len = 0;
		const char *line = lines_next(&p->lines, p->ended, &len);

		p->source.deadline_us = LOOP_NEVER;
		if (!line && !p->ended) {
			p->source.events = POLLIN;
			return;
		}
		hand_out(p, line, len);
	}
}

/* ---- both ---- */

struct prompt *prompt_new(struct loop *loop, FILE *out,
			  void (*line)(void *context, const char *line, size_t len), void *context,
			  struct err *e)
{
	struct prompt *p = calloc(1, sizeof(*p));

	if (!p) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	p->loop = loop;
	p->out = out;
	p->line = line;
	p->context = context;
	p->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	p->source = (struct loop_source){ STDIN_FILENO, 0, LOOP_NEVER,
					  p->terminal ? on_terminal : on_plain, p };
	p->continued.fd = -1;
	the_prompt = p;
	if (loop_add(loop, &p->source, e) && (!p->terminal || begin_terminal(p, e)))
		return p;
	prompt_free(p);
	return NULL;
}

void prompt_free(struct prompt *p)
{
	if (!p)
		return;
	if (p->terminal)
		end_terminal(p);
	loop_remove(p->loop, &p->source);
	the_prompt = NULL;
	lines_free(&p->lines);
	free(p->text);
	free(p);
}

bool prompt_is_terminal(const struct prompt *p)
{
	return p->terminal;
}

static void set_text(struct prompt *p, const char *text)
{
	free(p->text);
	p->text = p->terminal ? strdup(text) : NULL;
}

void prompt_ask(struct prompt *p, const char *text)
{
	p->asking = true;
	p->source.deadline_us = 0; /* from the loop, so that lines do not call each other */
	set_text(p, text);
}

/* Its line is on the screen. */
static bool is_shown(const struct prompt *p)
{
	return p->terminal && p->source.events;
}

static void show_again(struct prompt *p, const char *text)
{
	set_text(p, text);
	rl_set_prompt(text);
	rl_on_new_line();
	rl_redisplay();
}

void prompt_print(struct prompt *p, const char *bytes, size_t len, const char *text)
{
	if (!len && (!is_shown(p) || (p->text && !strcmp(p->text, text))))
		return;
	if (is_shown(p))
		rl_clear_visible_line();
	fwrite(bytes, 1, len, p->out);
	fflush(p->out);
	if (is_shown(p))
		show_again(p, text);
}

bool prompt_clear(struct prompt *p, const char *text)
{
	bool any;

	if (p->terminal)
		p->lines.first = p->lines.end = 0;
	if (!is_shown(p))
		return false;
	any = rl_end > 0;
	rl_replace_line("", 0);
	fputs("^C\n", p->out);
	show_again(p, text);
	return any;
}
