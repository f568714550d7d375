/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_list.c - a list of targets as a stream of words; see target_list.h. */
#include "probe/target_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe/target_word.h"

#define BLANKS " \t\r\v\f" /* "\r" too: lines may end in CR LF */

struct target_list {
	FILE *stream;
	char *name;
	uint64_t line;
	char text[TARGET_WORD_MAX + 1]; /* the line, its end cut off */
	char *at;			/* what is left of it */
};

struct target_list *target_list_of(FILE *stream, const char *name, struct err *e)
{
	struct target_list *l = calloc(1, sizeof(*l));

	if (l && (l->name = strdup(name))) {
		l->stream = stream;
		l->at = l->text;
		return l;
	}
	free(l);
	if (stream != stdin)
		fclose(stream);
	err_set(e, STATUS_APP, "out of memory for a list of targets");
	return NULL;
}

struct target_list *target_list_open(const char *path, struct err *e)
{
	FILE *stream;

	if (!strcmp(path, "-"))
		return target_list_of(stdin, "stdin", e);
	stream = fopen(path, "re");
	if (stream)
		return target_list_of(stream, path, e);
	err_set(e, STATUS_APP, "cannot read %.200s: %s", path, strerror(errno));
	return NULL;
}

void target_list_close(struct target_list *l)
{
	if (!l)
		return;
	if (l->stream != stdin)
		fclose(l->stream);
	free(l->name);
	free(l);
}

void target_list_blame(const struct target_list *l, struct err *e)
{
	struct err plain = *e;

	err_set(e, plain.status, "%.200s:%" PRIu64 ": %s", l->name, l->line, plain.text);
}

static bool bad_line(struct target_list *l, struct err *e, const char *what)
{
	err_set(e, STATUS_USAGE, "%s; is this a list of targets?", what);
	target_list_blame(l, e);
	return false;
}

/* What editors put before the first line of UTF-8. */
static void skip_mark(struct target_list *l)
{
	if (l->line == 1 && !strncmp(l->text, "\xef\xbb\xbf", 3))
		l->at += 3;
}

/* False at the end, and with @ok false when it cannot be read. */
static bool next_line(struct target_list *l, bool *ok, struct err *e)
{
	size_t len = 0;
	int byte;

	l->line++;
	while ((byte = getc_unlocked(l->stream)) != EOF && byte != '\n') {
		if (byte == '\0' || len == TARGET_WORD_MAX) {
			*ok = bad_line(l, e,
				       byte ? "a line longer than 1,024 bytes" : "a NUL byte");
			return false;
		}
		l->text[len++] = (char)byte;
	}
	l->text[len] = '\0';
	l->text[strcspn(l->text, "#")] = '\0';
	l->at = l->text;
	if (byte == EOF && ferror(l->stream)) {
		*ok = err_set(e, STATUS_APP, "cannot read %.200s: %s", l->name, strerror(errno));
		return false;
	}
	skip_mark(l);
	return byte != EOF || len;
}

bool target_list_next(struct target_list *l, const char **word, bool *ok, struct err *e)
{
	*ok = true;
	for (;;) {
		l->at += strspn(l->at, BLANKS);
		if (*l->at)
			break;
		if (!next_line(l, ok, e))
			return false;
	}
	*word = l->at;
	l->at += strcspn(l->at, BLANKS);
	if (*l->at)
		*l->at++ = '\0';
	return true;
}
