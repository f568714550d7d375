/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrate.h - the narrator's memory, for its files only: narrate.c the course of a connection,
 * narrate_step.c one step, narrate_summary.c the end. */
#ifndef TCPSHAKE_VIEW_NARRATE_H
#define TCPSHAKE_VIEW_NARRATE_H

#include "view/line.h"
#include "view/ops.h"

#define PATH_MAX_STATES 12u

/* The states that one end went through. */
struct path {
	enum tcp_state states[PATH_MAX_STATES];
	unsigned count; /* may be more than fit: the first ones are kept, and the last */
	enum tcp_state last;
};

struct narrator {
	struct view view;
	bool any;		/* a step of this connection was told */
	enum trace_phase phase; /* whose heading stands above */
	uint64_t told;		/* notes whose text was told, a bit each */
	int64_t first_stamp_ns;
	bool has_stamp;
	bool has_text;
	enum trace_end last_text;
	struct path paths[2];

	/* Uneventful steps of a long transfer are counted, not told. */
	unsigned patience; /* how many more are told one by one */
	unsigned folded;
	struct trace_step held; /* the first of them: a single one is told after all */
	uint64_t folded_bytes;
	int64_t folded_since_ns, folded_until_ns, fold_pause_ns;
};

/* narrate_step.c */
void narrate_step(struct narrator *n, const struct trace_step *step);

/* narrate_summary.c */
void narrate_summary(struct narrator *n, const struct trace_summary *sum,
		     const struct view_result *result);

#endif
