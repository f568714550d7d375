/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict.h - verdicts of scripts as JSON lines, beside the events of json.h. */
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
	const char *why, *actual;      /* or NULL */
	const char *connection, *hint; /* whose ends it has; what could be tried; or NULL */
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

/* One line each. Bytes that are not UTF-8 are shown as '?'. */
void view_json_verdict(FILE *out, const struct view_verdict *v);
void view_json_script(FILE *out, const struct view_script *s);

#endif
