/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - all connections of a run as one file to look at: a page, a drawing or Markdown.
 *
 * It collects the steps, in bounded memory, and writes at its end: report_keep.c says what is kept of a
 * long connection. The file's ending chooses the form:
 *
 *     .html  a page of its own, which needs nothing from anywhere (src/view/report/)
 *     .svg   the ladder alone, for slides
 *     .md    a Mermaid sequence diagram with notes, and a table */
#ifndef TCPSHAKE_VIEW_REPORT_H
#define TCPSHAKE_VIEW_REPORT_H

#include "view/view.h"

struct report;

/* False with @e set to what is wrong (STATUS_USAGE) when the ending is none of the above. */
bool report_name_ok(const char *path, struct err *e);

/**
 * report_open() - create the file; one that exists is overwritten
 * @absolute: equations in absolute numbers
 * Return:  NULL with @e set. */
struct report *report_open(const char *path, bool absolute, struct err *e);

/**
 * report_view() - what is told to this view goes into the report
 * Any number of them, side by side; each has the connection that it was told of last. To be closed, by
 * view_close(), before the report is.
 * Return:  NULL when memory is short. */
struct view *report_view(struct report *r);

/* report_close() - write the file, and release; false with @e set when that failed. Accepts NULL. */
bool report_close(struct report *r, struct err *e);

#endif
