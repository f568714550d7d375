/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec.h - a script, command by command, on connections that somebody else opens.
 *
 * A machine of its own in the loop: it does what it can, waits for a segment or a deadline, and goes on;
 * so sixteen scripts run in one process. It stops at the first command that fails. What happens is told
 * to its owner (struct exec_watch); it prints nothing. */
#ifndef TCPSHAKE_SCRIPT_EXEC_H
#define TCPSHAKE_SCRIPT_EXEC_H

#include "drive/hand.h"
#include "script/match.h"
#include "script/script.h"
#include "script/settings.h"

struct exec;

/* How a command went that can go wrong: expectations, and verbs of the engine. */
struct exec_verdict {
	const struct command *command;
	bool passed;
	int64_t took_us;
	const char *why; /* when it failed: one line, "no segment came within 3 s", ... */
	/* What the segment was compared with; NULL where it was not about one. Of "any of" the report of the
	 * description that came nearest. */
	const struct match_report *report;
	const struct packet *actual; /* the segment that did not fit, or that did; NULL: none */
	/* The command's connection: what numbers are relative to, and NULL before its first segment. Filled
	 * in for whoever is told. */
	struct match_base base;
	struct hand *hand;
};

struct exec_watch {
	void *context;
	void (*verdict)(void *context, const struct exec_verdict *v);
	void (*say)(void *context, const char *text); /* echo, show, next, explain: lines */
	/* A view of what was seen of a connection: "last", the last segment's anatomy; "ladder", all steps so
	 * far. */
	void (*show)(void *context, const char *connection, const char *what);
	void (*sent)(void *context, const struct command *c, const struct tcp_segment *seg);
	/* A segment of the peer's was looked at by a command, and is forgotten now; may be NULL. */
	void (*looked)(void *context, const char *connection, const struct hand_arrival *a);
	void (*idle)(void *context); /* nothing is left to do: `step` asks for the next line */
	void (*done)(void *context); /* the script has ended and its connections are left clean */
};

struct exec_config {
	const struct script *script; /* may grow while it runs, when @grows */
	bool grows;
	bool leave; /* leave connections open at the end; else they are reset */
	const struct definition *defs;
	size_t def_count;
	struct exec_settings settings;
	struct loop *loop;
	const struct exec_watch *watch;

	/* A connection is used for the first time: make it, in CLOSED. @name: NULL for the unnamed one;
	 * @target: "HOST:PORT" as the script says, or NULL for the command line's. @changed is to be called
	 * when something came for it. NULL with @e set. It is closed by @close. */
	struct hand *(*open)(void *world, const char *name, const char *target,
			     const struct exec_settings *settings, void (*changed)(void *context),
			     void *context, struct err *e);
	void (*close)(void *world, struct hand *h);
	/* HTTP is somebody else's: fetch @path over the established connection; call exec_got() when it is
	 * over. NULL: "get" is not to be had here. */
	bool (*get)(void *world, struct hand *h, const char *path, struct exec *x, struct err *e);
	/* It has no time left: end it, exec_got() is not called any more. NULL only where @get is. */
	void (*get_stop)(void *world, struct hand *h);
	/* Write the session so far to a file. NULL: "save" is not to be had here. */
	bool (*save)(void *world, const char *path, struct err *e);
	void *world;
};

/* exec_new() - begins with exec_start(); NULL with @e set. exec_free() closes what is open; accepts NULL. */
struct exec *exec_new(const struct exec_config *config, struct err *e);
void exec_free(struct exec *x);

/* exec_start() - from the loop, or before it runs. Also after the script has grown. */
void exec_start(struct exec *x);

/* exec_stop() - no more commands: end in order (Ctrl-C). */
void exec_stop(struct exec *x);

/* exec_cancel() - forget the command in work and all behind it, begun or not, of a script that grows; without a
 * verdict. */
void exec_cancel(struct exec *x);

bool exec_done(const struct exec *x);

/* Some command failed; @failed counts them, @passed those that did not. */
void exec_counts(const struct exec *x, unsigned *passed, unsigned *failed);

/* exec_got() - a transfer that `get` began is over. @status: of the response, 0: there was none. */
void exec_got(struct exec *x, long status, uint64_t bytes, const struct err *why);

#endif
