/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_view.h - results of `probe` for people and programs: a table, lines, JSON lines, CSV. */
#ifndef TCPSHAKE_VIEW_PROBE_VIEW_H
#define TCPSHAKE_VIEW_PROBE_VIEW_H

#include <stdio.h>

#include "base/err.h"
#include "probe/result.h"
#include "view/progress.h"

enum probe_format {
	PROBE_FORMAT_TABLE, /* columns; results are kept and sorted unless stream */
	PROBE_FORMAT_JSON,
	PROBE_FORMAT_CSV, /* the summary goes to messages, unless quiet */
};

struct probe_view_options {
	FILE *out;
	FILE *messages;		   /* what is no result: stderr; NULL: nothing is said */
	struct progress *progress; /* erased before anything is written to a terminal; or NULL */
	enum probe_format format;
	bool stream; /* as they come; else sorted by address, port and round at the end */
	bool all;    /* table: closed and filtered too, one by one, where there are many */
	bool repeat; /* of one target again and again: each told at once, statistics at the end, like ping */
	bool http;		    /* columns of --http */
	bool color, quiet, verbose; /* quiet: the summary alone; CSV: without it */
	uint64_t targets; /* that are to come: few (16) are told at length; 0: not known, many */
	size_t keep_max;  /* bytes of memory for results that wait to be sorted; 0: 64 MiB */
};

struct probe_view;

/* probe_view_open() - NULL when memory is short. */
struct probe_view *probe_view_open(const struct probe_view_options *options);

/* One result, copied (its why is static). Where sorted results grow past keep_max, those kept are written,
 * sorted among themselves, and the others as they come; that is said on messages, once. */
void probe_view_result(struct probe_view *v, const struct probe_result *r);

/* What was written is seen now: to be called some times a second, when there is nothing better to do. Few
 * targets and rounds of repeat are seen at once without it. */
void probe_view_flush(struct probe_view *v);

/* The end: what was kept, and the summary. False with @e set when writing failed at any time. NULL for @v is
 * accepted. */
bool probe_view_close(struct probe_view *v, const struct probe_totals *totals, struct err *e);

/* True once writing failed: time to stop. */
bool probe_view_failed(const struct probe_view *v);

#endif
