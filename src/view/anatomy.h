/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy.h - a segment taken apart: layers, the RFCs' bit diagrams with values in them, every field and
 * option, the bytes that they are made of, and how the checksums come about. */
#ifndef TCPSHAKE_VIEW_ANATOMY_H
#define TCPSHAKE_VIEW_ANATOMY_H

#include <stdbool.h>
#include <stdio.h>

#include "trace/trace.h"
#include "view/headers.h"
#include "wire/decode.h"

/* The fields of the fixed TCP header in their order on the wire; the last row has no name. */
const struct header_field *header_fields(void);

/* The value of one of them, in host order. */
uint32_t header_field_value(const struct tcp_segment *seg, const struct header_field *field);

/**
 * anatomy_print() - everything that the segment of a step says
 * @packet: the decoded frame behind it; may be NULL
 * @frame:  its bytes; may be NULL. Without it there is the TCP header alone, made again of its values
 * As wide as the terminal, at most LINE_WIDTH. */
void anatomy_print(FILE *out, bool color, const struct trace_step *step,
		   const struct packet *packet, const struct frame *frame);

/**
 * anatomy_print_width() - the same on a page of so many columns
 * Where the page has room for it the bytes stand beside the diagrams, otherwise above them. No line is
 * wider than @width, or than ANATOMY_WIDTH_MIN. */
#define ANATOMY_WIDTH_MIN 72u
void anatomy_print_width(FILE *out, bool color, unsigned width, const struct trace_step *step,
			 const struct packet *packet, const struct frame *frame);

#endif
