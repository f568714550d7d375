/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_priv.h - what the files of the views of `probe` share; for src/view/probe_*.c only. */
#ifndef TCPSHAKE_VIEW_PROBE_PRIV_H
#define TCPSHAKE_VIEW_PROBE_PRIV_H

#include "view/line.h"
#include "view/probe_keep.h"
#include "view/probe_stats.h"
#include "view/probe_view.h"

#define PROBE_FEW	  16u /* targets that are each told of at length */
#define PROBE_REPEATS_MAX 16u /* pairs of address and port that --repeat has statistics of */
#define PROBE_WHYS_MAX	  16u /* reasons that are counted apart */

/* What goes into a line of type probe-summary. */
struct json_probe_source {
	const struct probe_totals *totals;
	const struct probe_stats *repeats;
	unsigned repeat_count;
};

/* One format. Callbacks write with stdio and need not look for errors: probe_view.c does. */
struct probe_writer {
	void (*result)(struct probe_view *v, const struct probe_result *r);
	void (*end)(struct probe_view *v, const struct probe_totals *totals); /* or NULL */
};
extern const struct probe_writer probe_table_writer, probe_json_writer, probe_csv_writer;

struct probe_why {
	enum probe_state state;
	const char *why;
	uint64_t count;
};

struct probe_view {
	struct probe_view_options options;
	const struct probe_writer *writer;
	struct probe_keep keep;
	struct probe_stats repeats[PROBE_REPEATS_MAX];
	unsigned repeat_count;
	struct probe_why whys[PROBE_WHYS_MAX];
	unsigned why_count;
	unsigned target_width; /* columns that the longest target so far needs */
	bool few, streaming, begun;
	bool on_terminal; /* the output: a progress line must make room for it */
	bool failed;
	int error; /* errno of the first failure */
};

/* It agrees to ECN: ECE without CWR (RFC 3168 section 6.1.1). */
bool probe_has_ecn(const struct probe_synack *s);

/* The end for people, on @out: what was sent and found, statistics of --repeat. */
void probe_summary(const struct probe_view *v, const struct probe_totals *t, FILE *out);

#endif
