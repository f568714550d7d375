/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_priv.h - what the files of the executor share:
 *
 *     exec.c          the program counter, the end
 *     exec_conn.c     connections
 *     exec_segment.c  send, expect, ignore
 *     exec_parts.c    expect ... in parts
 *     exec_engine.c   connect, write, close, reset, auto
 *     exec_read.c     read
 *     exec_get.c      get
 *     exec_session.c  target, set, sleep, at, echo, show, ...
 *     propose.c       the step that the protocol calls for */
#ifndef TCPSHAKE_SCRIPT_EXEC_PRIV_H
#define TCPSHAKE_SCRIPT_EXEC_PRIV_H

#include "script/exec.h"
#include "script/propose.h"
#include "script/ranges.h"

#define EXEC_SETTLE_US 200000 /* for our last segments to come by in the capture */

/* A connection of the script. */
struct exec_conn {
	const char *name; /* NULL: the unnamed one */
	char *target;	  /* its own, or NULL */
	struct exec_settings settings;
	struct hand *hand;		/* NULL: not used yet */
	unsigned duties;		/* what the script left to the engine */
	struct match_base base;		/* what numbers are relative to, as far as known */
	const struct command **ignores; /* VERB_IGNORE commands in force */
	unsigned ignore_count;
	bool ignore_again;
	/* For `expect ... in parts`; numbers relative to these two, and forgotten when they change. */
	struct match_base parts_base;
	struct ranges came; /* text that such expectations took from the queue */
	uint32_t acked;	    /* the most that an arrival which was looked at acknowledged */
	bool fin_came;
	uint32_t fin;
	struct exec_conn *next;
};

/* Commands in work: the script's, and a frame for each `repeat` around. */
struct exec_block {
	const struct command *commands;
	unsigned count, at;
	int64_t turns; /* still to come after this one */
};

enum exec_state { EXEC_IDLE, EXEC_RUNNING, EXEC_ENDING, EXEC_DONE };

struct exec {
	struct exec_config cfg;
	struct values *values;
	struct exec_settings settings; /* of connections to come */
	char *target;
	struct exec_conn *conns;
	struct exec_block blocks[SCRIPT_DEPTH_MAX + 2]; /* one more for what `next` takes */
	struct script *taken;				/* ... which is this */
	unsigned depth;					/* index of the innermost block */
	enum exec_state state;
	int64_t begun_us;    /* the script */
	int64_t entered_us;  /* the command in work */
	int64_t deadline_us; /* ... waits until then; LOOP_NEVER: for as long as it takes */
	uint32_t part_done;  /* bytes that came of an expectation whose text may come in parts */
	struct parts *parts; /* exec_parts.c; NULL: none is in work */
	uint8_t *writing;    /* a `write` in work: the engine may not take it all at once */
	size_t writing_len, written;
	bool entered, in_turn;
	unsigned steps, passed, failed;
	bool got; /* exec_got() was called */
	long got_status;
	struct err got_why;
	struct loop_source timer;
};

/* What came of a command. */
enum outcome { OUTCOME_DONE, OUTCOME_WAIT, OUTCOME_FAILED };

/* The verbs. Each is called again whenever something came, until it no longer waits; @first: this is the
 * first time. */
typedef enum outcome exec_verb(struct exec *x, const struct command *c, bool first);
exec_verb exec_send, exec_expect, exec_expect_none, exec_expect_parts, exec_ignore;
exec_verb exec_connect, exec_write, exec_read, exec_get, exec_close, exec_reset, exec_auto;
exec_verb exec_target, exec_set, exec_sleep, exec_at, exec_echo, exec_show, exec_next, exec_save;

/* exec_conn.c */
struct exec_conn *exec_conn_named(struct exec *x, const char *name); /* NULL: there is none yet */
struct exec_conn *exec_conn_of(struct exec *x, const struct command *c); /* made, but not opened */
/* The connection of a command, opened; NULL after a verdict that says why not. */
struct exec_conn *exec_open(struct exec *x, const struct command *c);
void exec_learn_base(struct exec_conn *cn);
void exec_drop(struct exec *x, struct exec_conn *cn); /* the arrival that was looked at */
/* So that the peer believes it, and has nothing left of the connection. */
void exec_conn_reset(struct exec_conn *cn, struct err *e);

/* exec.c */
void exec_changed(void *exec); /* something came for one of its connections */
enum outcome exec_fail(struct exec *x, const struct command *c, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void exec_pass(struct exec *x, const struct command *c);
void exec_verdict(struct exec *x, const struct exec_verdict *v);
void exec_say(struct exec *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* From now on the command waits no longer than it says, or else the settings. */
void exec_set_deadline(struct exec *x, const struct command *c, const struct exec_conn *cn);

/* Call of the engine done: send what it owes. */
enum outcome exec_serve(struct exec *x, const struct command *c, struct exec_conn *cn);

/* exec_engine.c: while a verb is at work the engine has more duties; done or failed, those of the script. */
void exec_take_duties(struct exec_conn *cn, unsigned duties);
enum outcome exec_engine_done(struct exec *x, const struct command *c, struct exec_conn *cn);
enum outcome exec_engine_failed(struct exec *x, const struct command *c, struct exec_conn *cn,
				const char *what);
bool exec_late(const struct exec *x); /* the command's time is over */

/* exec_parts.c */
void exec_note_ack(struct exec_conn *cn, const struct tcp_segment *seg); /* an arrival's */
void exec_parts_free(struct exec *x);

#endif
