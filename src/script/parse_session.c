/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_session.c - a script that is typed, line by line; see parse.h.
 *
 * All lines that were accepted are one text, the script's first file. A line is put behind them and parsed;
 * what it brought is taken back when it was wrong, or when it only opened a block: that is parsed again, from
 * its first line on, with each line that follows. */
#include <stdlib.h>
#include <string.h>

#include "script/parse_priv.h"

struct script_session {
	struct parser p;
	struct script_error ignored; /* that of an open block */
	struct command_list list;
	char *text;
	size_t len, room;
	size_t open_at;	    /* where the block begins that is still open; len: none is */
	unsigned open_line; /* the line there */
};

struct script_session *script_session_new(const struct definition *defs, size_t def_count)
{
	struct script_session *s = calloc(1, sizeof(*s));
	unsigned file;

	if (!s)
		return NULL;
	if (!parser_begin(&s->p, defs, def_count, &s->ignored) ||
	    !parser_add_file(&s->p, "step", NULL, 0, &file)) {
		script_session_free(s);
		return NULL;
	}
	s->p.session = true;
	s->open_line = 1;
	return s;
}

void script_session_free(struct script_session *s)
{
	if (!s)
		return;
	script_free(s->p.script);
	free(s->text);
	free(s);
}

const struct script *script_session_script(const struct script_session *s)
{
	return s->p.script;
}

void script_session_forget(struct script_session *s)
{
	s->len = s->open_at;
}

static bool append(struct script_session *s, const char *line, size_t len)
{
	struct script_file *file = &s->p.script->files[0];
	size_t need = s->len + len + 2;
	char *grown;

	if (need > s->room) {
		grown = realloc(s->text, need * 2);
		if (!grown)
			return false;
		s->text = grown;
		s->room = need * 2;
	}
	memcpy(s->text + s->len, line, len);
	memcpy(s->text + s->len + len, "\n", 2);
	s->len += len + 1;
	file->text = s->text;
	file->len = s->len;
	return true;
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static bool too_much(struct script_session *s, size_t len, struct script_error *e)
{
	if (len > SCRIPT_LINE_MAX)
		return !err_set(&e->err, STATUS_USAGE,
				"the line is too long: %u bytes are possible", SCRIPT_LINE_MAX);
	return s->len + len >= SCRIPT_TEXT_MAX &&
	       !err_set(&e->err, STATUS_USAGE, "the session is too long: %u bytes are possible",
			SCRIPT_TEXT_MAX);
}

bool script_session_line(struct script_session *s, const char *line, bool *more,
			 struct script_error *e)
{
	size_t len = strcspn(line, "\n"), before = s->len;
	struct parser kept = s->p;
	unsigned commands = s->list.count, files = s->p.script->file_count;
	bool ok;

	memset(e, 0, sizeof(*e));
	*more = s->open_at < s->len;
	if (too_much(s, len, e))
		return false;
	if (!append(s, line, len))
		return err_set(&e->err, STATUS_APP, "out of memory");
	s->p.error = e;
	s->p.unclosed = false;
	lex_begin(&s->p.in, 0, s->text + s->open_at);
	s->p.in.line = s->open_line;
	ok = parse_block(&s->p, &s->list, NULL);
	*more = s->p.in.cut || (!ok && s->p.unclosed);
	if (ok && !*more) {
		s->p.script->commands = s->list.at;
		s->p.script->command_count = s->list.count;
		s->open_line += count_lines(s->text + s->open_at);
		s->open_at = s->len;
		return true;
	}
	/* Names and commands that were added lie in the arena until the end; nobody sees them. */
	s->p.known.count = kept.known.count;
	s->p.text_left = kept.text_left;
	s->p.data_left = kept.data_left;
	s->p.regex_left = kept.regex_left;
	s->p.blocks = kept.blocks;
	s->p.script->file_count = files;
	s->list.count = commands;
	if (*more) {
		memset(e, 0, sizeof(*e));
		return true;
	}
	s->len = before;
	*more = s->open_at < s->len;
	return false;
}
