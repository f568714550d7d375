/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ops.h - what a view is made of; for the files of src/view/ only.
 *
 * To add a view: a struct that begins with struct view, a constructor declared here, a table of
 * callbacks (any may be NULL), and a line in view_open(); or, beside those, a constructor of its own for
 * view_join(). Callbacks write to options.out with stdio and need not look for errors: view.c does, after
 * each of them. */
#ifndef TCPSHAKE_VIEW_OPS_H
#define TCPSHAKE_VIEW_OPS_H

#include "view/view.h"

struct view_ops {
	void (*connection)(struct view *v, const struct view_connection *c);
	void (*step)(struct view *v, const struct trace_step *step, const struct packet *packet,
		     const struct frame *frame);
	void (*event)(struct view *v, const struct view_event *event);
	void (*summary)(struct view *v, const struct trace_summary *summary,
			const struct view_result *result);
	void (*free)(struct view *v);
};

struct view {
	const struct view_ops *ops;
	struct view_options options;
	struct view *next; /* told of the same: view_join() */
	bool dirty;	   /* something was written since the last flush */
	bool failed;
	int error; /* errno of the first failure */
};

struct view *narrator_new(const struct view_options *options);
struct view *json_view_new(const struct view_options *options);

#endif
