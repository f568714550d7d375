/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder.h - an exchange as arrows between two ends, a line for each segment. */
#ifndef TCPSHAKE_VIEW_LADDER_H
#define TCPSHAKE_VIEW_LADDER_H

#include <stdbool.h>
#include <stdio.h>

#include "trace/trace.h"

/* The names of the two ends, above the first arrow. */
void ladder_heading(FILE *out, bool color);

/* One segment: its number and time, the client's state after it, the arrow with flags and relative
 * numbers, the server's state. A state is named where it changes. */
void ladder_step(FILE *out, bool color, const struct trace_step *step);

#endif
