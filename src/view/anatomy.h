/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anatomy.h - a segment taken apart: layers, the RFC's bit diagram with values in it, every field. */
#ifndef TCPSHAKE_VIEW_ANATOMY_H
#define TCPSHAKE_VIEW_ANATOMY_H

#include <stdbool.h>
#include <stdio.h>

#include "trace/trace.h"
#include "wire/decode.h"

/* One field of the fixed TCP header (RFC 9293 section 3.1). */
struct header_field {
	const char *name;  /* for machines: "src_port" */
	const char *label; /* for people: "source port" */
	const char *brief; /* for a box of the diagram */
	unsigned bit;	   /* where it begins, from the first bit of the header */
	unsigned bits;	   /* how many */
	const char *meaning;
};

/* The fields in their order on the wire; the last row has no name. */
const struct header_field *header_fields(void);

/* The value of a field, in host order. */
uint32_t header_field_value(const struct tcp_segment *seg, const struct header_field *field);

/**
 * anatomy_print() - everything that the segment of a step says
 * @packet: the decoded frame behind it, for the layers below TCP; may be NULL
 * @frame:  its bytes; may be NULL */
void anatomy_print(FILE *out, bool color, const struct trace_step *step,
		   const struct packet *packet, const struct frame *frame);

#endif
