/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - "did you mean"; see words.h. */
#include "script/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define WORD_MAX 64u /* longer ones were not meant to be any of ours */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The Damerau-Levenshtein distance (optimal string alignment), three rows at a time. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][WORD_MAX + 1];

	for (unsigned j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3],
			 *earlier = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned changed = before[j - 1] + !same(a[i - 1], b[j - 1]);

			now[j] = least(least(before[j], now[j - 1]) + 1, changed);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = least(now[j], earlier[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

const char *words_nearest(const char *word, size_t len, const char *const *list)
{
	unsigned best = len < 2 ? 1 : len < 4 ? 2 : len < 7 ? 3 : 4; /* one more than is allowed */
	const char *nearest = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (; *list; list++) {
		size_t list_len = strlen(*list);
		unsigned d;

		if (list_len > WORD_MAX)
			continue;
		d = distance(word, len, *list, list_len);
		if (d < best && d < list_len) {
			best = d;
			nearest = *list;
		}
	}
	return nearest;
}
