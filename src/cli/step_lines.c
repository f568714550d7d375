/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_lines.c - bytes that were read, or pasted, as lines that wait until they are asked for. */
#include <stdlib.h>
#include <string.h>

#include "cli/step_priv.h"

#define LINE_ROOM \
	(SCRIPT_LINE_MAX + 2u) /* a line that is longer is refused, all of it need not be here */

void lines_free(struct lines *l)
{
	free(l->bytes);
	*l = (struct lines){ 0 };
}

char *lines_room(struct lines *l, size_t want)
{
	if (l->first) {
		l->end -= l->first;
		memmove(l->bytes, l->bytes + l->first, l->end);
		l->first = 0;
	}
	if (l->room - l->end <= want) {
		size_t room = l->end + want + 1; /* for a NUL behind the last */
		char *more = realloc(l->bytes, room);

		if (!more)
			return NULL;
		l->bytes = more;
		l->room = room;
	}
	return l->bytes + l->end;
}

const char *lines_next(struct lines *l, bool ended, size_t *len)
{
	size_t have = l->end - l->first;
	char *line = have ? l->bytes + l->first : NULL;
	char *newline = have ? memchr(line, '\n', have) : NULL;

	if (!newline && have < LINE_ROOM && !(ended && have))
		return NULL;
	*len = newline ? (size_t)(newline - line) : have;
	l->first += *len + (newline != NULL);
	if (*len && line[*len - 1] == '\r')
		--*len;
	line[*len] = '\0';
	return line;
}
