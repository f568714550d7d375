/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - "did you mean": the word of a list that is nearest to one that was typed. */
#ifndef TCPSHAKE_SCRIPT_WORDS_H
#define TCPSHAKE_SCRIPT_WORDS_H

#include <stddef.h>

/**
 * words_nearest() - by letters put in, left out, changed, or swapped with their neighbour
 * @word:   as typed, @len bytes
 * @list:   ends with NULL
 * Return:  the nearest word of @list, the first of several; NULL when none is near enough to be meant: one
 *          change for two or three letters, two for up to six, three beyond. The case of letters does not
 *          count. */
const char *words_nearest(const char *word, size_t len, const char *const *list);

#endif
