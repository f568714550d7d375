/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress.h - one line on a terminal that says how far a long run is. */
#ifndef TCPSHAKE_VIEW_PROGRESS_H
#define TCPSHAKE_VIEW_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PROGRESS_EVERY_US 200000 /* it is rewritten five times a second at most */
#define PROGRESS_MAX	  256u

struct progress_figures {
	uint64_t targets;  /* 0: not known yet */
	uint64_t finished; /* answered or given up */
	uint64_t answered;
	uint64_t sent;	/* SYNs */
	uint64_t begun; /* targets that were sent a SYN */
	int64_t elapsed_us;
	int64_t patience_us; /* until one that is silent is given up */
};

/**
 * progress_text() - "12,345 of 65,536 (18%), 12,400 sent, 812 answered, 1,000/s, 53 s left"
 * @per_second: packets sent a second lately; below 0: not known
 * @columns:    what does not fit is left out, whole pieces of it from the end
 * What is left is guessed from the targets that are finished and the time that they took; not said before
 * the first is. Returns @out. */
char *progress_text(const struct progress_figures *f, int64_t per_second, unsigned columns,
		    char out[PROGRESS_MAX]);

struct progress {
	FILE *out;
	bool on;		 /* set by progress_init() */
	unsigned columns, shown; /* shown: columns that hold the line now */
	int64_t next_us;	 /* not rewritten before */
	int64_t last_us;	 /* figures of the time before, for the rate */
	uint64_t last_sent;
	int64_t per_second;
};

/* progress_init() - shown only where @out is a terminal, and not when @quiet. */
void progress_init(struct progress *p, FILE *out, bool quiet);

/* progress_show() - the figures as they are at f->elapsed_us; does nothing when it was called a moment ago. */
void progress_show(struct progress *p, const struct progress_figures *f);

/* progress_due(), progress_line() - the same for a line of one's own, which is cut where it does not fit. */
bool progress_due(const struct progress *p, int64_t now_us);
void progress_line(struct progress *p, const char *text, int64_t now_us);

/* progress_erase() - the line is gone, the cursor where it began; NULL is accepted. */
void progress_erase(struct progress *p);

#endif
