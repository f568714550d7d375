/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_priv.h - the command `probe`, for its own files only:
 *
 *     probe.c          what it takes, opened before privilege is dropped; --dry-run
 *     probe_run.c      parts and rounds, from the first SYN to the end
 *     probe_options.c  the command line
 *     probe_words.c    targets, in parts; probe_reader.c: the child that reads lists
 *     probe_resume.c   the file of --resume */
#ifndef TCPSHAKE_CLI_PROBE_PRIV_H
#define TCPSHAKE_CLI_PROBE_PRIV_H

#include "cli/interrupt.h"
#include "cli/probe_options.h"
#include "cli/probe_resume.h"
#include "cli/probe_words.h"
#include "view/probe_view.h"

struct probe {
	struct probe_options o;
	struct prober_options prober_options;
	struct probe_words *words;
	struct targets *targets; /* the part in work */
	unsigned part, round;
	uint64_t known; /* targets of all parts so far, or 0 when more are to come */
	struct probe_resume resume;
	struct ways *ways;
	struct loop *loop;
	struct prober *prober;
	struct probe_view *view;
	FILE *out;
	struct interrupt interrupt;
	struct progress progress;
	struct loop_source tick; /* the progress line, and the next round */
	int64_t started_us, round_us;
	bool stop;		     /* begin nothing more */
	bool waiting, over;	     /* for the next round; all is done */
	enum status status, verdict; /* of the first failure; of a single target */
	bool single;
};

/* A failure, told at once; the first one is the command's status. */
void probe_complain(struct probe *p, const struct err *e);

/* probe_run_open() - the loop and the prober in it; false with @e set. */
bool probe_run_open(struct probe *p, struct err *e);

/* probe_run() - all rounds over all parts; what was left undone goes to the file of --resume. */
void probe_run(struct probe *p);

#endif
