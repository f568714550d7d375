/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diagram.h - the bit diagram of RFC 9293 section 3.1, with this segment's values in its boxes. */
#ifndef TCPSHAKE_VIEW_DIAGRAM_H
#define TCPSHAKE_VIEW_DIAGRAM_H

#include <stdbool.h>
#include <stdio.h>

#include "tcp/segment.h"

/**
 * diagram_print() - draw one segment's header, options included
 * @indent: column of the left edge; the drawing is 65 columns wide */
void diagram_print(FILE *out, bool color, const struct tcp_segment *seg, unsigned indent);

#endif
