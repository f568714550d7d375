/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.h - verdicts of scripts as JSON lines: type verdict for each, script at the end of each script. */
#ifndef TCPSHAKE_VIEW_VERDICT_H
#define TCPSHAKE_VIEW_VERDICT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct view_compared {
	const char *name, *expected, *actual;
	bool differs;
};

struct view_verdict {
	const char *script; /* its path, as named */
	unsigned number;    /* within the script, from 1 */
	const char *command;
	bool passed;
	const char *file; /* where the command stands */
	unsigned line, column;
	int64_t took_us;
	const char *why, *actual; /* or NULL */
	const char *ends, *hint;  /* of the connection; what could be tried; or NULL */
	const struct view_compared *fields;
	unsigned field_count;
};

struct view_script {
	unsigned number; /* within the run, from 1 */
	const char *path;
	bool passed;
	int64_t took_us;
	unsigned verdicts;
	const char *broken; /* or NULL */
};

/* One line each. @first: it is the first of the output. An error stays with the stream. */
void view_json_verdict(FILE *out, bool first, const struct view_verdict *v);
void view_json_script(FILE *out, bool first, const struct view_script *s);

#endif
