/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_priv.h - for the files of `explain` alone:
 *
 *     explain.c         the command: options, what is done with the file
 *     explain_read.c    the file from its first frame to its last
 *     explain_list.c    which connections are in it, and what else
 *     explain_report.c  what of it goes into a report */
#ifndef TCPSHAKE_CLI_EXPLAIN_PRIV_H
#define TCPSHAKE_CLI_EXPLAIN_PRIV_H

#include "cli/exercise.h"
#include "cli/explain_report.h"
#include "cli/scripting.h"
#include "trace/flows.h"
#include "view/pcapfile.h"
#include "view/progress.h"
#include "wire/capfile.h"

#define EXPLAIN_OTHERS_MAX 256u

struct explain_options {
	struct common_options common; /* first: its rows count from the start */
	int64_t flow;		      /* 0: not given */
	int list;
	const char *script;
	int form, link; /* of a text: enum hexin_form; index of EXPLAIN_LINKS */
	struct exercise_options exercise;
};

/* What the capture holds besides. */
struct counts {
	uint64_t frames, tcp, fragments, cut, bad, other, not_ip;
};

struct explain {
	const struct explain_options *options;
	const char *path;
	struct capfile *file;
	struct flows *flows; /* of the pass under way */
	struct counts counts;
	unsigned wanted;      /* 0: none, only look */
	bool begun, finished; /* the one that is told: its first segment, its end */
	bool listed;	      /* the list has its headings */
	struct progress progress;
	struct view *view;
	struct record *record;
	struct pcapfile *pcap;
	struct explain_report *report; /* NULL: not asked for */
	struct exercise *exercise;     /* NULL: it is told, not asked */
	struct err broken;	       /* where the file ends inside a frame */
};

struct view_connection explain_connection(const struct flow *f, const char *host);

/**
 * explain_pass() - all frames, from the first; x->flows is new
 * @again:  there will be another pass
 * A file that breaks off is read as far as it goes: x->broken. False with @e set, or what was told could not be
 * written. */
bool explain_pass(struct explain *x, bool again, struct err *e);

/* explain_others_text() - "3 fragments, 2 frames that are no IP": what else was there. Returns @out; empty when
 * nothing was. */
const char *explain_others_text(const struct counts *c, char *out, size_t size);

/* explain_list_flow() - a line of the list; explain_list_rest(): those that have had none, and what else. */
void explain_list_flow(struct explain *x, const struct flow *f);
void explain_list_rest(struct explain *x);

#endif
