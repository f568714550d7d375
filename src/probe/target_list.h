/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_list.h - the words of a list of targets, one after the other, however long the list is.
 *
 * Words stand between blanks and line ends; '#' begins a comment. A line is held at a time, so memory is
 * constant. */
#ifndef TCPSHAKE_PROBE_TARGET_LIST_H
#define TCPSHAKE_PROBE_TARGET_LIST_H

#include <stdio.h>

#include "base/err.h"

struct target_list;

/* target_list_open() - @path: a file, or "-" for stdin. NULL with @e set. target_list_of() reads from a
 * stream, which is the list's from then on, and calls it @name. target_list_close() accepts NULL. */
struct target_list *target_list_open(const char *path, struct err *e);
struct target_list *target_list_of(FILE *stream, const char *name, struct err *e);
void target_list_close(struct target_list *l);

/**
 * target_list_next() - the next word
 * @word:   the word; valid until the next call
 * @ok:     set to false, with @e, when the file cannot be read or is no list (a line longer than
 *          TARGET_WORD_MAX, a NUL byte), to true otherwise
 * Return:  false when there is no word: at the end, or when @ok is false. */
bool target_list_next(struct target_list *l, const char **word, bool *ok, struct err *e);

/* target_list_blame() - what is wrong with the last word: "FILE:LINE: " goes before the text of @e. */
void target_list_blame(const struct target_list *l, struct err *e);

#endif
