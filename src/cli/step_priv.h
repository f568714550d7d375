/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_priv.h - what the files of `step` share:
 *
 *     step.c         the command: what it opens, its loop, its end
 *     step_line.c    what a line means, and what becomes of it
 *     step_conn.c    each connection: told, and recorded
 *     step_seen.c    what was seen: the last segment, the ladder, both ends' states
 *     step_prompt.c  lines from a person (readline) or from a pipe
 *     step_lines.c   those that wait until they are asked for
 *     step_complete.c  what Tab completes
 *     step_quiz.c    questions before a segment is made */
#ifndef TCPSHAKE_CLI_STEP_PRIV_H
#define TCPSHAKE_CLI_STEP_PRIV_H

#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/world.h"
#include "script/parse.h"
#include "script/propose.h"
#include "script/record.h"

/* ---- step_lines.c ---- */

/* Bytes first..end of a buffer, zeroed at first. */
struct lines {
	char *bytes;
	size_t first, end, room;
};

/* lines_room() - where @want more bytes can be written; the caller then moves the end. NULL: no memory. */
char *lines_room(struct lines *l, size_t want);

/**
 * lines_next() - take the next whole line, without its end
 * @ended:  no more bytes come: what is left is a line, too
 * Return:  with a NUL behind its @len bytes, good until the next lines_room(); NULL: there is none yet. Of one
 *          that is longer than a line may be only the beginning, which is too long all the same. */
const char *lines_next(struct lines *l, bool ended, size_t *len);
void lines_free(struct lines *l);

/* ---- step_complete.c ---- */

/* Tell readline what to complete. */
void step_complete(void);

/* ---- step_prompt.c ---- */

struct prompt;

/**
 * prompt_new() - read standard input
 * @out:    where prompt_print() goes
 * @line:   called from the loop with each line (without its end), and with NULL at the end of input;
 *          borrowed during the call
 * On a terminal: readline, with history and completion.
 * Return:  NULL with @e set. */
struct prompt *prompt_new(struct loop *loop, FILE *out,
			  void (*line)(void *context, const char *line, size_t len), void *context,
			  struct err *e);
void prompt_free(struct prompt *p); /* accepts NULL; the terminal is as it was */
bool prompt_is_terminal(const struct prompt *p);

/* prompt_ask() - read one more line, on a terminal with this in front of it; until then none is read. */
void prompt_ask(struct prompt *p, const char *text);

/* prompt_print() - write whole lines, above the line that is being typed, which stays
 * as it is behind @text, the prompt as it is now; without bytes, only that, if it changed. */
void prompt_print(struct prompt *p, const char *bytes, size_t len, const char *text);

/* prompt_clear() - throw away what was typed or pasted, and ask anew with @text if a line is asked for. False:
 * none was being typed. */
bool prompt_clear(struct prompt *p, const char *text);

/* ---- step_seen.c ---- */

struct seen;

/* seen_new() - NULL when memory is short; seen_free() accepts NULL. */
struct seen *seen_new(bool color);
void seen_free(struct seen *s);

/* For output_follow(). */
void seen_step(void *seen, const struct trace_step *step, const struct packet *p,
	       const struct frame *f);

void seen_show_last(const struct seen *s, FILE *out);
void seen_show_ladder(const struct seen *s, FILE *out);

/* The server's state as far as it can be told from outside. */
enum tcp_state seen_server(const struct seen *s);

/* ---- step_quiz.c ---- */

struct quiz;

struct quiz *quiz_new(void); /* NULL when memory is short */
void quiz_free(struct quiz *q);

/**
 * quiz_question() - what to ask before a command is carried out
 * @c:      the command; @h: its connection, NULL: none yet
 * Return:  the question, or NULL: this one is not asked about. */
const char *quiz_question(struct quiz *q, const struct command *c, struct hand *h);

/* quiz_pose() - a question of somebody else's, whose answer is a number or a word. Return: as it is asked. */
const char *quiz_pose(struct quiz *q, const char *question, const char *expected, const char *why);

/* The answer of the one who was asked: right or wrong, and why, into @out. */
void quiz_answer(struct quiz *q, const char *answer, char *out, size_t size);

/* "3 of 4 right", into @out; empty when nothing was asked. */
void quiz_score(const struct quiz *q, char *out, size_t size);

/* ---- step.c, step_line.c, step_conn.c ---- */

struct step;

/* A connection that was used. */
struct step_conn {
	struct step *step;
	char *name; /* NULL: the unnamed one */
	struct hand *hand;
	struct output *output;
	struct seen *seen;
	struct record *record; /* its lines go into the session's text */
	struct step_conn *next;
};

struct step_options {
	struct common_options common; /* first: its rows count from the start */
	int quiz, leave;
};

struct step {
	struct world_user user; /* first: what the executor hands back to step_save() */
	const struct step_options *options;
	struct target_text target;
	struct loop *loop;
	struct world *world;
	struct output *output; /* of -w; each connection has a view of its own */
	bool color;
	struct step_conn *conns, *told; /* the last one that something was told of */
	struct step_conn *current;	/* whose states are in the prompt; NULL: none yet */
	struct interrupt interrupt;
	struct prompt *prompt;
	struct quiz *quiz; /* NULL: not asked for */
	struct script_session *session;
	struct record *record; /* the session's text: all connections in their order */
	struct exec_watch exec_watch;
	struct exec *exec;
	/* What is printed comes together here, and goes out above the line being typed. */
	FILE *out, *screen;
	char *screen_text;
	size_t screen_len;
	FILE *talk; /* what is no view of segments: the screen, or standard error beside --json */
	/* The line in work: these commands of the session. */
	unsigned first, count;	     /* count 0: none */
	bool recorded;		     /* it belongs into the script that is saved */
	bool asked;		     /* it waits for the answer to a question */
	bool proposed;		     /* Enter takes what was proposed */
	bool open_block;	     /* more lines are wanted before it is a command */
	bool ending, over;	     /* no more lines; the executor is done */
	struct script_error refused; /* the line of a pipe that is none */
	enum status status;
};

/* A line was typed; NULL: the end of input. */
void step_line(void *step, const char *line, size_t len);
/* The line in work is done, or there was none. */
void step_idle(struct step *s);
/* Ask for the next line. */
void step_ask(struct step *s);
/* The prompt: both ends' states, the next numbers; returns @out. */
char *step_prompt_text(const struct step *s, char out[128]);
/* A connection is opened, see exec.h; the first argument is the step. */
struct hand *step_open(void *user, const char *name, const char *target,
		       const struct exec_settings *settings, void (*changed)(void *context),
		       void *context, struct err *e);
/* NULL: that one was not used yet. */
struct step_conn *step_conn_named(const struct step *s, const char *name);
/* A command has looked at a segment of the peer's. */
void step_looked(void *step, const char *name, const struct hand_arrival *a);
/* What came since the last command leaves the queues, and goes into the record. */
void step_drain(struct step *s);
/* Sum up and release; false with @e set when something could not be written. */
bool step_conns_end(struct step *s, struct err *e);
/* For `save`, see exec.h: what was done so far, as a script. */
bool step_save(void *user, const char *path, struct err *e);

#endif
