/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scripting.h - scripts as text, for the commands that tell of them or write them: `run`, `step`, `explain`. */
#ifndef TCPSHAKE_CLI_SCRIPTING_H
#define TCPSHAKE_CLI_SCRIPTING_H

#include "script/parse.h"
#include "script/record.h"

/* scripting_name() - a command as one line, without what is inside of braces; NULL when memory is short. To be
 * freed. */
char *scripting_name(const struct command *c);

/* scripting_error() - as err_print(), and the line with its caret. */
enum status scripting_error(const struct script_error *e);

/**
 * scripting_save() - write what was recorded to a file that is not there yet
 * @path:   "-" is standard output
 * @origin: "a capture", for the first line
 * @target: "HOST:PORT", for the second
 * Return:  false with @e set. A file that is there already is somebody's. */
bool scripting_save(struct record *r, const char *path, const char *origin, const char *target,
		    struct err *e);

#endif
