/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse.h - text to commands; nothing is sent before all of it is understood. */
#ifndef TCPSHAKE_SCRIPT_PARSE_H
#define TCPSHAKE_SCRIPT_PARSE_H

#include "script/script.h"

/* A failure with its place, in three lines for a person: message, the line, a caret under the column. */
struct script_error {
	struct err err; /* "FILE:LINE:COLUMN: what: why; what to do" */
	char excerpt
		[256]; /* the line and, under it, a caret: two lines, no newline at the end; long lines
				are cut around the place; empty without one */
};

/**
 * script_parse_file() - a script and all that it includes
 * @path:   a file; "-" is standard input
 * @defs:   variables that are known from the beginning
 * Return:  NULL with @e set (STATUS_USAGE; STATUS_APP where a file cannot be read). */
struct script *script_parse_file(const char *path, const struct definition *defs, size_t def_count,
				 struct script_error *e);

/* script_parse_text() - the same of bytes in memory; @name stands for the file in messages. Includes are
 * relative to the working directory. */
struct script *script_parse_text(const char *name, const char *text, size_t len,
				 const struct definition *defs, size_t def_count,
				 struct script_error *e);
void script_free(struct script *s); /* accepts NULL */

/**
 * For `step`: one line at a time, with what earlier lines defined.
 *
 * script_session_new() - an empty script that grows
 * script_session_line() - parse one more line, without its newline. With a "{" left open, or a backslash at
 *          its end, it wants more before it is a command: *@more is set and nothing is added yet
 * Return:  false with @e set; the line is then forgotten, and *@more is set when a block stays open. New
 *          commands stand behind those that script_session_script() had before; where its arrays lie may
 *          change with each line. In messages and places the lines are file 0, "step". */
struct script_session;
struct script_session *script_session_new(const struct definition *defs, size_t def_count);
void script_session_free(struct script_session *s);
bool script_session_line(struct script_session *s, const char *line, bool *more,
			 struct script_error *e);
void script_session_forget(struct script_session *s); /* the lines of a block that is still open */
const struct script *script_session_script(const struct script_session *s);

/* The words that can stand at a place, for completion and for "did you mean": verbs, field names, flags,
 * settings; NULL ends the list. */
const char *const *script_verbs(void);
const char *const *script_fields(void);
const char *const *script_settings(void);

/* A place in a file of the script as an error with an excerpt, for failures at run time. */
void script_error_at(const struct script *s, struct place at, enum status status, const char *text,
		     struct script_error *e);

#endif
