/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogue.h - what to say at a note of the tracker: the questions that learners ask there, answered. */
#ifndef TCPSHAKE_VIEW_CATALOGUE_H
#define TCPSHAKE_VIEW_CATALOGUE_H

#include "trace/trace.h"

struct catalogue_entry {
	bool problem;	   /* something went wrong or is odd; otherwise a lesson */
	const char *title; /* a few words: said alone when the text was said before */
	const char *text;  /* a lesson stands alone; a problem follows its title and a colon */
};

/* Never NULL. */
const struct catalogue_entry *catalogue_entry(enum trace_note note);

#endif
