/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_priv.h - what the files of `run` share: run.c (command line, which scripts, whose turn it is),
 * run_words.c (what the words of the command line are), run_targets.c (where they connect to), run_job.c (one script), run_tell.c (its narration), run_compare.c (two
 * segments), run_report.c (TAP and JSON), run_junit.c. */
#ifndef TCPSHAKE_CLI_RUN_PRIV_H
#define TCPSHAKE_CLI_RUN_PRIV_H

#include "cli/output.h"
#include "cli/world.h"
#include "script/parse.h"

struct run_options {
	struct common_options common; /* first: its rows count from the start */
	const char *target, *junit;
	struct option_list defines;
	int64_t jobs;
	int leave;
};

/* One command of a script that passed or failed, for the reports. */
struct run_verdict {
	char *name; /* as the script says it, in one line */
	bool passed;
	struct place at;
	int64_t took_us;
	char *why;		     /* NULL when it passed */
	struct match_report *report; /* NULL: it was not about a segment */
	char *actual;		     /* the segment that came instead, in the notation; NULL */
	char *connection, *hint;     /* see struct world_ends; NULL */
};

/* The narration of one connection, kept until it is known whether anybody wants it. */
struct telling {
	char *name; /* the script's; NULL: the unnamed one */
	struct output *output;
	FILE *stream; /* into: */
	char *text;
	size_t len;
	struct telling *next;
};

struct run;

/* One script. */
struct job {
	struct world_user user; /* first: the executor's calls have its address */
	struct run *run;
	char *path;
	struct script *script;
	char *notes_text;  /* packetdrill: what was left out, lines */
	struct exec *exec; /* NULL: not begun, or over */
	struct exec_watch exec_watch;
	struct telling *tellings; /* in the order in which they were opened */
	char *said;		  /* echo and show, lines */
	size_t said_len;
	struct run_verdict *verdicts;
	unsigned verdict_count;
	bool begun, over, told;
	struct err broken; /* it could not be run at all */
	int64_t begun_us, took_us;
};

struct run {
	struct run_options *options;
	struct target_text target; /* --target */
	struct definition *defs;
	char **names; /* the copies that -D's names and values lie in */
	size_t def_count;
	struct exec_settings settings;
	struct loop *loop;
	struct world *world;
	struct output *output; /* of -w */
	FILE *junit;	       /* --junit; NULL: none, or closed */
	struct job *jobs;
	unsigned count, begun, over, told, failed;
	bool stopped;
};

/* run_words.c: files and folders become jobs; -D and --target definitions. */
bool run_gather(struct run *r, char **words, int count, struct err *e);
bool run_define(struct run *r, struct err *e);

/* run_targets.c: a script that connects to nowhere is told, and false; all that are named are prepared for. */
bool run_check_targets(const struct run *r, struct err *e);
bool run_add_targets(struct run *r, struct err *e);

/* run_job.c */
/* By its name a script of ours or of packetdrill; NULL with @e set. */
struct script *job_parse(struct job *j, struct script_error *e);
bool job_begin(struct job *j);
void job_end(struct job *j); /* frees what it does not need any more */
void job_free(struct job *j);
bool job_passed(const struct job *j);

/* run_tell.c. tell_open(): the watch of a connection that is to be opened; NULL with @e set. */
const struct watch *tell_open(struct job *j, const char *name, struct err *e);
void tell_failed(struct job *j, const char *name, const char *command);
bool tell_close(struct job *j, struct err *e); /* the texts stay */
void tell_free(struct job *j);
void tell_print(const struct job *j, void (*line)(FILE *out, const char *text, size_t len),
		FILE *out);

/* run_compare.c: what was expected and what came, one under the other, with marks where they differ; each
 * line begins with @prefix. */
void compare_print(FILE *out, const struct match_report *report, const char *prefix);
/* The same in words: "ack: expected 7, was 1; ..." */
void compare_words(const struct match_report *report, char *out, size_t size);

/* run_report.c: a job that is over, in its turn; and the frame around all. */
void report_begin(const struct run *r);
void report_job(const struct run *r, const struct job *j, unsigned number);
void report_end(const struct run *r);

/* run_junit.c: opened before anything is sent, so that a name that cannot be written shows first. */
bool junit_open(struct run *r, struct err *e);
bool junit_write(struct run *r, struct err *e); /* and close it */

#endif
