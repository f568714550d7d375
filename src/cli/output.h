/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - what a command shows of its connections: the view, the report and the capture file (-w), fed
 * from the watch of drive/. */
#ifndef TCPSHAKE_CLI_OUTPUT_H
#define TCPSHAKE_CLI_OUTPUT_H

#include <stdio.h>

#include "cli/common.h"
#include "drive/watch.h"
#include "view/view.h"

struct output;

/* Where the narration goes: stdout, unless something else needs it (the body, the capture file). */
FILE *output_stream(const struct common_options *o, bool stdout_taken);

/**
 * output_new() - open the view, the report and the capture file; after privilege_drop()
 * @out:    output_stream()'s, or NULL when nothing is to be told
 * @link_type: of the frames to come, for the capture file
 * Return:  NULL with @e set. */
struct output *output_new(const struct common_options *o, FILE *out, int link_type, struct err *e);

/* output_new_beside() - a view of its own, whose packets go into the capture file, and whose steps into the
 * report, of @main, which is closed later. @o names no capture file. @brief: narration without its lessons. */
struct output *output_new_beside(const struct common_options *o, FILE *out, bool brief,
				 struct output *main, struct err *e);

/* output_close() - finish and release; false with @e set when anything could not be written. */
bool output_close(struct output *o, struct err *e);

/* For dial_new(). The end of a connection is kept until output_summary(). */
const struct watch *output_watch(struct output *o);

/* output_follow() - each step goes to somebody else first. */
void output_follow(struct output *o,
		   void (*step)(void *context, const struct trace_step *step,
				const struct packet *p, const struct frame *f),
		   void *context);

/* A line about HTTP, and a warning. */
void output_http(struct output *o, const char *text);
void output_warning(struct output *o, const char *text);

/* The summary of the connection that ended last, if there is one that was not printed; @result's
 * engine fields are filled in here. */
void output_summary(struct output *o, struct view_result *result);

/* True once something could not be written: time to stop. */
bool output_failed(const struct output *o);

#endif
