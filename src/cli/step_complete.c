/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_complete.c - what Tab completes at the prompt of `step`. */
#include <stdio.h>
#include <string.h>

#include <readline/readline.h>

#include "cli/step_priv.h"

static const char *const own_words[] = { "help", "history", "quit", NULL };
static const char *const shows[] = { "ladder", "last", "vars", NULL };

/* Two lists, one behind the other. */
static const char *const *lists[2];
static size_t list, at;

static char *next_word(const char *text, int state)
{
	if (!state)
		list = at = 0;
	for (; list < ARRAY_LEN(lists); list++, at = 0)
		while (lists[list] && lists[list][at]) {
			const char *word = lists[list][at++];

			if (!strncmp(word, text, strlen(text)))
				return strdup(word);
		}
	return NULL;
}

/* Where the verb begins: behind blanks, and behind the name of a connection. */
static size_t verb_at(const char *line)
{
	size_t from = strspn(line, " \t"), len = strcspn(line + from, " \t\"");

	if (len && line[from + len - 1] == ':')
		from += len + strspn(line + from + len, " \t");
	return from;
}

/* A verb; behind it what it is about: a setting, a file, a view, or the fields of a segment. */
static char **complete(const char *text, int start, int end)
{
	const char *verb = rl_line_buffer + verb_at(rl_line_buffer);

	(void)end;
	rl_attempted_completion_over = 1;
	lists[1] = NULL;
	if (rl_line_buffer + start <= verb) {
		lists[0] = script_verbs();
		lists[1] = own_words;
	} else if (!strncmp(verb, "set ", 4)) {
		lists[0] = script_settings();
	} else if (!strncmp(verb, "show ", 5)) {
		lists[0] = shows;
	} else if (!strncmp(verb, "save ", 5) || !strncmp(verb, "include ", 8)) {
		rl_attempted_completion_over = 0; /* readline's own: of files */
		return NULL;
	} else {
		lists[0] = script_fields();
	}
	return rl_completion_matches(text, next_word);
}

void step_complete(void)
{
	rl_attempted_completion_function = complete;
	rl_completer_quote_characters = "\"";
}
