/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise.h - `explain --exercise`: questions about a connection, asked or written down. */
#ifndef TCPSHAKE_CLI_EXERCISE_H
#define TCPSHAKE_CLI_EXERCISE_H

#include "cli/common.h"
#include "view/exercise.h"

struct exercise_options {
	int kind;	     /* index of EXERCISE_KINDS; -1: no exercise */
	int64_t seed, count; /* count 0: as many as suit the kind */
	const char *sheet;
	int key;
};

#define EXERCISE_KINDS "blanks|order"

/* The rows of a command whose struct @type has these options in @field. */
#define EXERCISE_ROWS(type, field)                                                               \
	OPTION_CHOICE(type, field.kind, "exercise", 0, "KIND", EXERCISE_KINDS,                   \
		      "ask instead of telling: blanks to fill in, or segments to put in order"), \
		OPTION_NUMBER(type, field.seed, "seed", 0, "N", 0, UINT32_MAX,                   \
			      "another number makes another exercise (1)"),                      \
		OPTION_NUMBER(type, field.count, "count", 0, "N", 1, 100,                        \
			      "so many blanks (8), or segments (12, at most 26)"),               \
		OPTION_TEXT(type, field.sheet, "sheet", 0, "FILE",                               \
			    "write a worksheet, FILE.html or FILE.md, and ask nothing"),         \
		OPTION_SET(type, field.key, "key", 0, 1, "write the sheet with its answers")

/* Fill in the defaults. */
void exercise_options_init(struct exercise_options *o);

/* exercise_options_ok() - false with @e set (STATUS_USAGE) when they contradict each other, or the capture
 * file, which cannot be standard input while answers are. */
bool exercise_options_ok(const struct exercise_options *o, const struct common_options *common,
			 const char *path, struct err *e);

/**
 * exercise_run() - make the exercise of what was kept, and ask it on standard output, or write it
 * Return:  STATUS_CHECK: not all answers were right; STATUS_APP with @e set. */
enum status exercise_run(struct exercise *x, const struct exercise_options *o,
			 const struct common_options *common, struct err *e);

/* ---- exercise_show.c ---- */

/* The table on standard output, with its blanks, or in the order of its letters. */
void exercise_show(const struct exercise *x, bool color, bool order);

#endif
