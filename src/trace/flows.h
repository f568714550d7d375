/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flows.h - which connection a segment of a capture belongs to; a tracker for each.
 *
 * A connection is known by both addresses and ports. A SYN with a new number is another one, where the last
 * was closed or reset, or its SYN was never answered. Where as many are followed as may be, the one that is over
 * longest makes room, so memory stays bounded however many come. Pure, as trace.h: addresses are bytes. */
#ifndef TCPSHAKE_TRACE_FLOWS_H
#define TCPSHAKE_TRACE_FLOWS_H

#include "trace/trace.h"

/* Connections followed at once. Are none of them over, the segments of others are only counted. Each takes about 3 KiB, and up to 20 KiB
 * while much is in flight. */
#define FLOWS_MAX 4096u

struct flow_end {
	uint8_t family;	   /* whatever tells address families apart */
	uint8_t bytes[16]; /* of the address, the rest zero */
	uint16_t port;
};

struct flow {
	unsigned number;	 /* from 1, in the order of their first segments */
	struct flow_end ends[2]; /* enum trace_end */
	bool middle; /* no SYN was seen first: which end is the client was told from ports, or from who
			spoke first */
	struct trace *trace;
	uint32_t isn; /* of the SYN that began it, unless middle */
	struct flow *next_in_bucket, *next, *prev, *next_over;
	bool over,
		queued; /* over: closed or reset at both ends; queued: among those to make room */
};

struct flows;

struct flows *flows_new(void); /* NULL when memory is short */
void flows_free(struct flows *fs);

/* flows_on_gone() - call @tell for each connection that makes room; it is released then, and its number not
 * given again. */
void flows_on_gone(struct flows *fs, void (*tell)(void *with, const struct flow *f), void *with);

/**
 * flows_segment() - one more segment of the capture
 * @from, @to: its two ends
 * @in:     for its tracker; in->from is set here
 * @step:   filled in by the tracker
 * Return:  its connection, good until the next call; NULL: it is of one too many, or memory is short, and was
 *          counted. */
const struct flow *flows_segment(struct flows *fs, const struct flow_end *from,
				 const struct flow_end *to, struct trace_input *in,
				 struct trace_step *step);

/* The connection between two ends that came last, either direction; NULL: none. @client: whether @from is. */
const struct flow *flows_find(const struct flows *fs, const struct flow_end *from,
			      const struct flow_end *to, bool *client);

const struct flow *flows_first(const struct flows *fs); /* and on by flow.next; NULL: none */
unsigned flows_count(const struct flows *fs);		/* with those that made room */
uint64_t flows_left_out(const struct flows *fs); /* segments that belong to none that is followed */

#endif
