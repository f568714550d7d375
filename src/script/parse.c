/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.c - scripts, the files they include, and blocks; see parse.h and parse_priv.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/parse_priv.h"

const char *const *script_fields(void)
{
	static const char *const more[] = { "df", "nodf", "badsum", "ect0", "ect1", "ce", "data" };
	static const char *names[FIELD_COUNT + ARRAY_LEN(more) + 1];
	unsigned n = 0;

	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (f != FIELD_DF)
			names[n++] = field_info(f)->name;
	for (size_t i = 0; i < ARRAY_LEN(more); i++)
		names[n++] = more[i];
	return names;
}

/* Before anything is looked at: no NUL, no line without end. */
bool parser_text_ok(struct parser *p, unsigned file, const char *text, size_t len)
{
	struct place at = { file, 1, 1 };

	for (const char *end = text + len; text < end; at.line++) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		size_t line = (size_t)((nl ? nl : end) - text);
		const char *nul = memchr(text, 0, line);

		if (nul) {
			for (; text < nul; text++)
				at.column += ((unsigned char)*text & 0xc0) != 0x80;
			return fail_at(
				p, at,
				"a NUL byte: a script is text; in a string it is written \\0");
		}
		if (line > SCRIPT_LINE_MAX) {
			at.column = SCRIPT_LINE_MAX + 1;
			return fail_at(
				p, at,
				"the line is too long: %zu bytes, and %u are possible; a \\ at "
				"its end goes on with the next line",
				line, SCRIPT_LINE_MAX);
		}
		text += line + 1;
	}
	return true;
}

bool parser_add_file(struct parser *p, const char *name, const char *text, size_t len,
		     unsigned *index)
{
	struct script *s = p->script;
	struct script_file *files = grow(p, s->files, s->file_count, &p->file_room, sizeof(*files));

	if (!files)
		return false;
	s->files = files;
	*index = s->file_count;
	files[s->file_count].name = take_copy(p, name, strlen(name));
	files[s->file_count].text = text ? take_copy(p, text, len) : "";
	files[s->file_count].len = len;
	if (!files[s->file_count].name || !files[s->file_count].text)
		return false;
	s->file_count++;
	return true;
}

const char *parser_resolve(struct parser *p, const char *path)
{
	size_t folder = *path == '/' ? 0 : strlen(p->folder), len = strlen(path);
	char *whole = take(p, folder + len + 1);

	if (whole) {
		memcpy(whole, p->folder, folder);
		memcpy(whole + folder, path, len);
	}
	return whole;
}

bool parser_read(struct parser *p, struct place at, const char *what, const char *path, size_t max,
		 struct source *out)
{
	struct word w = { path, strlen(path) };
	char text[SHOWN_MAX];
	struct err why;

	if (source_read(path, max, out, &why))
		return true;
	fail_at(p, at, "%s %s cannot be read: %s", what, shown(w, text), why.text);
	p->error->err.status = why.status;
	return false;
}

static bool set_folder(struct parser *p, const char *path)
{
	const char *slash = strrchr(path, '/');

	p->folder = slash ? take_copy(p, path, (size_t)(slash + 1 - path)) : "";
	return p->folder != NULL;
}

/* A text as a file of the script, and all its commands. */
static bool parse_source(struct parser *p, const char *name, const char *text, size_t len,
			 struct command_list *list)
{
	unsigned file;

	p->text_left -= len;
	if (!parser_add_file(p, name, text, len, &file) || !parser_text_ok(p, file, text, len))
		return false;
	lex_begin(&p->in, file, p->script->files[file].text);
	return parse_block(p, list, NULL);
}

/* Takes @p's place in the including file aside and brings it back. */
static bool parse_included(struct parser *p, struct place at, const char *path,
			   struct command_list *list)
{
	struct lex outer = p->in;
	const char *folder = p->folder;
	struct reading reading = { .outer = p->reading };
	struct source source;
	bool ok = false;

	if (!parser_read(p, at, "include", path, p->text_left, &source))
		return false;
	reading.dev = source.dev;
	reading.ino = source.ino;
	for (const struct reading *r = p->reading; r; r = r->outer) {
		if (r->dev != source.dev || r->ino != source.ino)
			continue;
		fail_at(p, at,
			"include: the file is being read already, it would include itself for ever");
		goto out;
	}
	p->reading = &reading;
	p->includes++;
	ok = set_folder(p, path) && parse_source(p, path, source.bytes, source.len, list);
	p->includes--;
	p->reading = reading.outer;
	p->folder = folder;
	p->in = outer;
out:
	free(source.bytes);
	return ok;
}

bool parse_include(struct parser *p, struct command_list *list)
{
	const char *path;
	struct place at;
	char text[SHOWN_MAX];

	lex_blanks(&p->in);
	at = lex_place(&p->in);
	if (!parse_plain(p, "include: the file", &path))
		return false;
	if (!lex_ends(&p->in))
		return fail(p, "include: nothing more can follow, %s; one command a line",
			    here(p, text));
	if (p->includes == SCRIPT_DEPTH_MAX)
		return fail_at(p, at,
			       "include: files are nested too deeply; %u levels are possible",
			       SCRIPT_DEPTH_MAX);
	path = parser_resolve(p, path);
	return path && parse_included(p, at, path, list);
}

bool parse_opening(struct parser *p, struct place *opened)
{
	char text[SHOWN_MAX];

	lex_blanks(&p->in);
	*opened = lex_place(&p->in);
	if (*p->in.at != '{')
		return fail(p, "a { is missing on the line of the verb, %s", here(p, text));
	if (p->blocks == SCRIPT_DEPTH_MAX)
		return fail(p, "blocks are nested too deeply; %u levels are possible",
			    SCRIPT_DEPTH_MAX);
	p->in.at++;
	p->in.in_block = true;
	p->blocks++;
	return true;
}

void parse_closing(struct parser *p, bool in_block)
{
	p->in.at++;
	p->in.in_block = in_block;
	p->blocks--;
}

bool fail_unclosed(struct parser *p, struct place opened)
{
	p->unclosed = !p->includes;
	return fail_at(p, opened, "the block is not closed: a } is missing");
}

bool parse_block(struct parser *p, struct command_list *list, const struct place *opened)
{
	for (;;) {
		while (lex_ends(&p->in) && *p->in.at && *p->in.at != '}')
			lex_next_line(&p->in);
		if (!*p->in.at)
			return !opened || fail_unclosed(p, *opened);
		if (*p->in.at == '}' && !p->in.in_block)
			return fail(p, "} closes nothing: no block was opened with { in this file");
		if (*p->in.at == '}')
			return true;
		if (!parse_command(p, list))
			return false;
	}
}

bool parser_begin(struct parser *p, const struct definition *defs, size_t def_count,
		  struct script_error *e)
{
	const char *name;

	memset(p, 0, sizeof(*p));
	memset(e, 0, sizeof(*e));
	p->error = e;
	p->folder = "";
	p->text_left = SCRIPT_TEXT_MAX;
	p->data_left = SCRIPT_DATA_MAX;
	p->regex_left = 200000;
	p->script = calloc(1, sizeof(*p->script));
	if (!p->script || !(p->script->arena = arena_new(SCRIPT_BYTES_MAX)))
		return err_set(&e->err, STATUS_APP, "out of memory");
	for (size_t i = 0; i < def_count; i++) {
		struct word w = { defs[i].name, strlen(defs[i].name) };

		lex_begin(&p->in, 0, defs[i].name);
		if (!known_name_fits(p, w) ||
		    !known_add(p, (struct place){ 0 }, w, KNOWN_VARIABLE, &name))
			return false;
	}
	return true;
}

static struct script *finish(struct parser *p, bool ok, const struct command_list *list)
{
	if (!ok) {
		script_free(p->script);
		return NULL;
	}
	p->script->commands = list->at;
	p->script->command_count = list->count;
	return p->script;
}

struct script *script_parse_file(const char *path, const struct definition *defs, size_t def_count,
				 struct script_error *e)
{
	bool standard_input = !strcmp(path, "-");
	struct source source = { 0 };
	struct command_list list = { 0 };
	struct reading reading = { 0 };
	struct parser p;
	struct err why;
	bool ok = parser_begin(&p, defs, def_count, e);

	if (ok && !source_read(standard_input ? NULL : path, SCRIPT_TEXT_MAX, &source, &why))
		ok = err_set(&e->err, why.status, "%s: cannot be read: %s",
			     standard_input ? "standard input" : path, why.text);
	if (ok) {
		reading.dev = source.dev;
		reading.ino = source.ino;
		p.reading = &reading;
		ok = (standard_input || set_folder(&p, path)) &&
		     parse_source(&p, standard_input ? "standard input" : path, source.bytes,
				  source.len, &list);
	}
	free(source.bytes);
	return finish(&p, ok, &list);
}

struct script *script_parse_text(const char *name, const char *text, size_t len,
				 const struct definition *defs, size_t def_count,
				 struct script_error *e)
{
	struct command_list list = { 0 };
	struct parser p;
	bool ok = parser_begin(&p, defs, def_count, e);

	if (ok && len > SCRIPT_TEXT_MAX)
		ok = err_set(&e->err, STATUS_USAGE, "%s: too large; %u bytes are possible", name,
			     SCRIPT_TEXT_MAX);
	return finish(&p, ok && parse_source(&p, name, text, len, &list), &list);
}

void script_free(struct script *s)
{
	if (!s)
		return;
	arena_free(s->arena);
	free(s);
}
