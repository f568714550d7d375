/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_words.h - the targets of `probe`: from the command line, files and standard input, in parts.
 *
 * A list may be longer than memory, and names in it are resolved, which takes processes and files that
 * we do not want to have once packets are read. So a child without privilege reads the list, ahead of
 * us, and passes on words with their addresses. */
#ifndef TCPSHAKE_CLI_PROBE_WORDS_H
#define TCPSHAKE_CLI_PROBE_WORDS_H

#include "cli/probe_options.h"

#define PROBE_PART_WORDS 65536u

struct probe_words;

/* probe_words_open() - before privilege is dropped, while single-threaded. @words: the command line's,
 * good as long as this. NULL with @e set. probe_words_close() accepts NULL. */
struct probe_words *probe_words_open(const struct probe_options *o, char **words, size_t count,
				     struct err *e);
void probe_words_close(struct probe_words *w);

/**
 * probe_words_part() - the next part, as a sealed set
 * Return:  NULL with @e not set at the end; with @e set when a word is no target, or a part holds nothing
 *          that may be probed. Good until the next call. */
struct targets *probe_words_part(struct probe_words *w, struct err *e);

/* That was the last part. */
bool probe_words_ended(const struct probe_words *w);

/* The first name that has no address, which is no reason not to go on; status 0: none. */
const struct err *probe_words_missing(const struct probe_words *w);

#endif
