/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layers.h - where in a frame which header stands, from the link to the text.
 *
 * Of a segment without a frame there is the TCP header alone, made again of its values. */
#ifndef TCPSHAKE_VIEW_LAYERS_H
#define TCPSHAKE_VIEW_LAYERS_H

#include "trace/trace.h"
#include "view/headers.h"
#include "wire/checksum.h"
#include "wire/decode.h"

#define LAYERS_TCP_MAX	 (TCP_HEADER_MIN + TCP_OPTIONS_MAX)
#define LAYERS_PARTS_MAX 32u /* a link header, 8 VLAN tags, IP, 16 extension headers, TCP */

/* One header. */
struct part {
	const struct header *header;
	const uint8_t *bytes;
	size_t at; /* where it begins in the frame */
	size_t len; /* bytes, as it claims itself; at least those of its table's fields, unless it claims
			less */
	size_t have; /* so many of them were captured */
};

struct layers {
	const struct trace_step *step;
	const struct packet *packet; /* or NULL */
	const struct frame *frame;   /* or NULL */
	struct part parts[LAYERS_PARTS_MAX];
	unsigned count;
	const uint8_t *text; /* what the segment carries; NULL when nothing of it is at hand */
	size_t text_at, text_have, text_len;
	size_t padding; /* bytes captured behind the IP packet: no part of it */
	uint8_t made[LAYERS_TCP_MAX];
};

/**
 * layers_find() - the headers of a frame, in their order
 * @packet: what the decoder made of @frame; both may be NULL, and anything may be in the frame
 * @l:      filled in completely; points into the frame and into itself: not to be copied */
void layers_find(struct layers *l, const struct trace_step *step, const struct packet *packet,
		 const struct frame *frame);

/* The TCP header as a segment's values were on the wire; returns its length. */
size_t layers_make_tcp(const struct tcp_segment *seg, uint8_t out[LAYERS_TCP_MAX]);

/* The whole field was captured. */
bool part_has(const struct part *p, const struct header_field *f);

/* The header claims to be too short for the field. */
bool part_lacks(const struct part *p, const struct header_field *f);

#define PART_VALUE_MAX 64u

/* A field as it is written: "443", "0x1c46", "192.0.2.1", "cut off"; at most PART_VALUE_MAX bytes.
 * Returns @out. */
char *part_value(const struct part *p, const struct header_field *f, char *out);

/* What it means in this frame, at most FIELD_SAID_MAX bytes; returns @out. */
char *part_meaning(const struct layers *l, const struct part *p, const struct header_field *f,
		   char *out);

/**
 * part_checksum() - how the checksum of an IPv4 or TCP header is made up
 * Return:  false when the header has none, or when even the pseudo-header's sum cannot be told. Where
 *          not all bytes were captured @made has TCP_CHECKSUM_UNKNOWN. */
bool part_checksum(const struct layers *l, const struct part *p, struct checksum_made *made);

#endif
