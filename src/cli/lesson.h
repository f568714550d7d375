/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson.h - the lessons of `demo --lesson`:
 *
 *     lessons.c      the catalogue: texts, scripts, what goes wrong on purpose
 *     lesson.c       one lesson after the other: text, question, a child that runs it, text
 *     lesson_live.c  one lesson, live, in a private network of its own */
#ifndef TCPSHAKE_CLI_LESSON_H
#define TCPSHAKE_CLI_LESSON_H

#include <stdio.h>

#include "cli/common.h"
#include "trace/trace.h"
#include "wire/lab.h"

#define LESSON_SIGHTS_MAX 4u

/* What a lesson promises to show: the tracker says this of a segment. */
struct lesson_sight {
	enum trace_end from;
	enum trace_note note;
	const char *what; /* in words, for who asks whether it was seen */
};

struct lesson {
	const char *name, *title;
	const char *before, *after;	     /* paragraphs, parted by newlines */
	const char *question, *answer, *why; /* of --quiz; the answer is a number or a word */
	const char *script;		     /* the client's side, in the command language */
	bool loopback; /* in one namespace, through lo, which has offload; else over a cable */
	bool absolute; /* absolute numbers first */
	struct lab_rule
		rules[LAB_RULES_MAX]; /* what the cable does; ends with a rule whose nth is 0 */
	struct lesson_sight sights[LESSON_SIGHTS_MAX]; /* ends where what is NULL */
};

/* All of them, in the order in which they are best taken. */
extern const struct lesson lessons[];
extern const size_t lesson_count;

/**
 * lesson_live() - run a lesson in this process, a child of its own: it leaves it in another namespace, without
 * privilege, and to end with its parent
 * @out:    where its narration goes
 * Return:  false with @e set; STATUS_CHECK when it did not end as it promises. */
bool lesson_live(const struct lesson *l, const struct common_options *o, FILE *out, struct err *e);

/* lesson_list() - names and titles, on standard output. */
void lesson_list(void);

/**
 * lesson_run() - the lessons of a command line
 * @names:  NAME,NAME,... or "all"
 * @quiz:   ask before each, and say after it what is right
 * Return:  the exit status; messages are printed. */
enum status lesson_run(const char *names, bool quiz, struct common_options *o);

#endif
