/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson.c - `demo --lesson`: which lessons, and what is around each: text, question, answer.
 *
 * Each runs in a child of its own: it moves to another namespace and gives up its privilege, and there is
 * no way back from either. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/lesson.h"
#include "cli/output.h"
#include "cli/step_priv.h"
#include "script/words.h"
#include "view/line.h"
#include "view/text.h"

struct course {
	struct common_options *options;
	FILE *out;
	bool color, talks;
	struct quiz *quiz; /* NULL: not asked for */
	const struct lesson **chosen;
	unsigned count;
};

void lesson_list(void)
{
	for (size_t i = 0; i < lesson_count; i++)
		printf("%-20s%s\n", lessons[i].name, lessons[i].title);
}

/* ---- which ---- */

static const struct lesson *find(const char *name, size_t len)
{
	for (size_t i = 0; i < lesson_count; i++)
		if (strlen(lessons[i].name) == len && !strncasecmp(lessons[i].name, name, len))
			return &lessons[i];
	return NULL;
}

static bool unknown(const char *name, size_t len, struct err *e)
{
	const char **names = calloc(lesson_count + 1, sizeof(*names)), *nearest;

	if (!names)
		return err_set(e, STATUS_APP, "out of memory");
	for (size_t i = 0; i < lesson_count; i++)
		names[i] = lessons[i].name;
	nearest = words_nearest(name, len, names);
	err_set(e, STATUS_USAGE, "--lesson %.*s: no such lesson%s%s%s; `--lesson list` names them",
		(int)(len < 100 ? len : 100), name, nearest ? "; did you mean " : "",
		nearest ? nearest : "", nearest ? "?" : "");
	free(names);
	return false;
}

static bool choose(struct course *c, const char *names, struct err *e)
{
	size_t most = lesson_count + strlen(names);

	c->chosen = calloc(most, sizeof(struct lesson *));
	if (!c->chosen)
		return err_set(e, STATUS_APP, "out of memory");
	for (;; names++) {
		size_t len = strcspn(names, ",");
		const struct lesson *one = find(names, len);
		bool all = len == 3 && !strncasecmp(names, "all", 3);

		if (!one && !all)
			return unknown(names, len, e);
		if (one && c->count < most)
			c->chosen[c->count++] = one;
		for (size_t i = 0; all && i < lesson_count && c->count < most; i++)
			c->chosen[c->count++] = &lessons[i];
		names += len;
		if (!*names)
			return true;
	}
}

/* ---- around a lesson ---- */

static void tell(const struct course *c, const char *text)
{
	while (c->talks && *text) {
		char paragraph[2000];
		size_t len = strcspn(text, "\n");

		snprintf(paragraph, sizeof(paragraph), "%.*s", (int)len, text);
		line_wrap(c->out, c->color, 0, STYLE_PLAIN, "", paragraph);
		text += len;
		text += strspn(text, "\n");
		fputc('\n', c->out);
	}
}

/* A line of standard input, byte by byte: what is behind it is for the next question. False: no more. */
static bool read_line(char *line, size_t size)
{
	size_t len = 0;
	ssize_t n;
	char c;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		if (len + 1 < size && c != '\r')
			line[len++] = c;
	line[len] = '\0';
	return n == 1 || len;
}

/* False: nobody answers, or nothing was asked. */
static bool ask(const struct course *c, const struct lesson *l, char *answer, size_t size)
{
	char question[300];

	if (!c->quiz)
		return false;
	snprintf(question, sizeof(question), "Before you look: %s",
		 quiz_pose(c->quiz, l->question, l->answer, l->why));
	line_wrap(c->out, c->color, 0, STYLE_STRONG, "", question);
	fputs("> ", c->out);
	fflush(c->out);
	if (!read_line(answer, size)) {
		fputc('\n', c->out);
		return false;
	}
	if (!isatty(STDIN_FILENO)) /* there the terminal has shown what was typed */
		fprintf(c->out, "%s\n", answer);
	fputc('\n', c->out);
	return true;
}

static void judge(const struct course *c, const char *answer)
{
	char verdict[300], safe[200], text[600];

	quiz_answer(c->quiz, answer, verdict, sizeof(verdict));
	snprintf(text, sizeof(text), "Your answer, %s, was %s",
		 text_safe(answer, safe, sizeof(safe)), verdict);
	line_wrap(c->out, c->color, 0, STYLE_STRONG, "", text);
	fputc('\n', c->out);
}

/* ---- the child ---- */

static volatile sig_atomic_t child_pid;

static void pass_on(int number)
{
	int error = errno;

	if (child_pid > 0)
		kill((pid_t)child_pid, number);
	errno = error;
}

static void in_child(const struct course *c, const struct lesson *l)
{
	struct err e = { 0 };

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	lesson_live(l, c->options, c->out, &e);
	if (fflush(c->out) && !e.status)
		err_set(&e, STATUS_APP, "the output cannot be written");
	exit((int)err_print(&e));
}

/* Whoever presses ^C has both of us end: the child, which closes its connection first; then we, as it. */
static enum status wait_for_child(pid_t pid)
{
	int how = 0;

	while (waitpid(pid, &how, 0) < 0)
		if (errno != EINTR)
			return STATUS_APP;
	if (WIFEXITED(how))
		return (enum status)WEXITSTATUS(how);
	if (WTERMSIG(how) != SIGINT && WTERMSIG(how) != SIGTERM)
		fprintf(stderr, "tcpshake: the lesson ended by signal %d\n", WTERMSIG(how));
	signal(WTERMSIG(how), SIG_DFL);
	raise(WTERMSIG(how));
	return STATUS_APP;
}

static enum status run_live(const struct course *c, const struct lesson *l)
{
	struct sigaction to_child = { .sa_handler = pass_on };
	struct err e = { 0 };
	enum status status;
	pid_t pid;

	fflush(c->out);
	signal(SIGINT, SIG_IGN); /* the terminal sends it to the child, too */
	sigaction(SIGTERM, &to_child, NULL);
	pid = fork();
	if (pid < 0) {
		err_set(&e, STATUS_APP, "cannot begin the lesson: %s", strerror(errno));
		return err_print(&e);
	}
	if (pid == 0)
		in_child(c, l);
	child_pid = pid;
	status = wait_for_child(pid);
	child_pid = 0;
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	return status;
}

static enum status one_lesson(const struct course *c, unsigned i)
{
	const struct lesson *l = c->chosen[i];
	char heading[120], answer[64];
	enum status status;
	bool answered;

	if (c->talks) {
		snprintf(heading, sizeof(heading), "lesson %s: %s", l->name, l->title);
		fputs(i ? "\n\n" : "", c->out);
		line_rule(c->out, c->color, heading);
	}
	tell(c, l->before);
	answered = ask(c, l, answer, sizeof(answer));
	status = run_live(c, l);
	if (status != STATUS_OK)
		return status;
	fputs(c->talks ? "\n" : "", c->out);
	tell(c, l->after);
	if (answered)
		judge(c, answer);
	return STATUS_OK;
}

/* A lesson that failed does not keep the next from being taken, but what is wrong with this host does. */
static enum status take(const struct course *c)
{
	enum status status = STATUS_OK;
	char score[64];

	for (unsigned i = 0; i < c->count && status <= STATUS_CHECK; i++) {
		enum status one = one_lesson(c, i);

		if (one != STATUS_OK)
			status = one;
	}
	if (c->quiz) {
		quiz_score(c->quiz, score, sizeof(score));
		fprintf(c->out, "quiz: %s\n", score);
	}
	return status;
}

enum status lesson_run(const char *names, bool quiz, struct common_options *o)
{
	struct course c = { .options = o, .out = output_stream(o, false) };
	enum status status = STATUS_OK;
	struct err e = { 0 };

	c.talks = !o->json && o->verbosity >= 0;
	c.color = !o->json && view_want_color((enum view_color)o->color, c.out);
	if (choose(&c, names, &e) && c.count > 1 && (o->pcap || o->report))
		err_set(&e, STATUS_USAGE, "-w and --report are of one lesson; name one");
	if (!e.status && quiz && !(c.quiz = quiz_new()))
		err_set(&e, STATUS_APP, "out of memory");
	if (e.status)
		status = err_print(&e);
	else
		status = take(&c);
	if (fflush(c.out) && status == STATUS_OK) {
		err_set(&e, STATUS_APP, "the output cannot be written");
		status = err_print(&e);
	}
	quiz_free(c.quiz);
	free(c.chosen);
	return status;
}
