/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_report.h - connections of a capture, all or one, into a report (view/report.h). */
#ifndef TCPSHAKE_CLI_EXPLAIN_REPORT_H
#define TCPSHAKE_CLI_EXPLAIN_REPORT_H

#include "trace/flows.h"
#include "view/view.h"

struct explain_report;

/* explain_report_open() - @only: this connection alone; 0: all. NULL with @e set. */
struct explain_report *explain_report_open(const char *path, bool absolute, unsigned only,
					   struct err *e);

/* A segment of a connection, of which @c tells; and something else that has to do with it. The capture is
 * told once, however often it is read. Nothing is done when @r is NULL. */
void explain_report_step(struct explain_report *r, const struct flow *f,
			 const struct view_connection *c, const struct trace_step *step,
			 const struct packet *p, const struct frame *frame);
void explain_report_event(struct explain_report *r, const struct flow *f,
			  const struct view_event *event);

/* A connection has no more segments; explain_report_end() does that for all that are followed still. Those beyond
 * the first FLOWS_MAX are not in the report. */
void explain_report_flow_end(struct explain_report *r, const struct flow *f);

/* The capture was told: what comes now is a repetition. */
void explain_report_end(struct explain_report *r, const struct flows *fs);

/* Write it, and release; false with @e set. Accepts NULL. */
bool explain_report_close(struct explain_report *r, struct err *e);

#endif
