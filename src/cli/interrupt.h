/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.h - SIGINT, SIGTERM and SIGHUP as events of the loop, so that connections can be closed in order. */
#ifndef TCPSHAKE_CLI_INTERRUPT_H
#define TCPSHAKE_CLI_INTERRUPT_H

#include "drive/loop.h"

#define INTERRUPT_PATIENCE_US 1000000 /* a close that was asked for by signal may take this long */

struct interrupt {
	struct loop *loop;
	struct loop_source source;
	int signal; /* the first that came; 0: none */
	/* @again: false for the first signal: close in order; true for a second one, and when the
	 * patience is over: reset. */
	void (*came)(void *context, bool again);
	void *context;
};

/* From here on, for one interrupt at a time; SIGPIPE is ignored too. false with @e set. Threads that are
 * started later must block both signals. */
bool interrupt_start(struct interrupt *i, struct loop *loop,
		     void (*came)(void *context, bool again), void *context, struct err *e);

/* interrupt_forget() - the signal that came was dealt with: it ends nothing. */
void interrupt_forget(struct interrupt *i);

/**
 * interrupt_stop() - back to normal
 * When a signal came, the process dies of it now, as its parent expects (a shell stops its script, and
 * $? says which it was): everything must be cleaned up and printed. */
void interrupt_stop(struct interrupt *i);

#endif
