/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - the tracker's numbers and enums as sentences. */
#ifndef TCPSHAKE_VIEW_WORDS_H
#define TCPSHAKE_VIEW_WORDS_H

#include <stddef.h>

#include "tcp/options.h"
#include "trace/trace.h"
#include "view/line.h"

#define WORDS_MAX 256u

/* "ack 1 = client's seq 0 + 1 (SYN)": one equation of @step, in relative or absolute numbers; returns
 * @out. */
char *words_equation(const struct trace_step *step, const struct trace_equation *eq, bool absolute,
		     char *out, size_t size);

/* Where its numbers come from: "step 4", "steps 7 to 9"; "" when that is not known. Returns @out. */
char *words_source(const struct trace_equation *eq, char *out, size_t size);

/* "SACK 2921-4381": what arrived beyond a gap, relative; "" without. Returns @out. */
char *words_sack(const struct trace_step *step, char *out, size_t size);

/* What became of it: "ok", "WRONG", ...; "" where there is nothing to judge. */
const char *words_verdict(const struct trace_equation *eq, enum style *style);

/* "<mss 1460,sackOK,TS 7 0,nop,wscale 7>", as on the wire, SACK blocks relative where they can be; ""
 * without options. Returns @out. */
char *words_options(const struct trace_step *step, char *out, size_t size);

/* What one option says: "1460"; "" where its presence is all. Returns @out. */
char *words_option_value(const struct trace_step *step, const struct tcp_option *o, char *out,
			 size_t size);

/* How the connection was closed: "four segments". */
const char *words_closing(enum trace_closing closing);

#endif
