/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.h - the tracker's memory, for the files of src/trace/ only:
 *
 *     trace.c      one segment through all of these, in this order:
 *     ends.c       what was seen of each end: numbers, windows, holes; all bookkeeping
 *     ranges.c     which step took which numbers
 *     judge.c      the segment against that memory, before anything changes: struct trace_facts
 *     classify.c   its name
 *     equations.c  its arithmetic
 *     states.c     what it does to the states of both ends
 *     notes.c      what there is to say
 *     summary.c    the whole flow, counted and timed
 *     names.c      the machines' words for all that
 *
 * Everybody else uses trace.h. */
#ifndef TCPSHAKE_TRACE_FLOW_H
#define TCPSHAKE_TRACE_FLOW_H

#include "trace/trace.h"

#define TRACE_RANGES_MAX 256u	    /* steps remembered, of each end, until they are acknowledged */
#define TRACE_HOLES_MAX	 32u	    /* gaps remembered of each end */
#define TRACE_FAR	 (1u << 30) /* no window is larger (RFC 7323 section 2.3) */

/* Numbers that one step took, [from, to), or that several steps took in a row. */
struct trace_range {
	uint32_t from, to;
	unsigned first_step, last_step;
	unsigned times; /* sent so often, at most */
	bool syn, fin;	/* the first number is a SYN's, the last a FIN's */
};

/* Numbers below side.nxt that were not seen, [from, to). */
struct trace_hole {
	uint32_t from, to;
};

/* What was seen of one end. Numbers are absolute. */
struct trace_side {
	bool based;	/* base, nxt and una mean something */
	bool isn_known; /* base is its initial number: its SYN, or an answer to it, was seen */
	bool syn_seen;	/* with its options */
	uint32_t base;	/* relative number 0 */
	uint32_t nxt;	/* after the last number that it was seen to take */
	uint32_t una;	/* the first that the other end has not acknowledged */
	uint64_t taken; /* numbers from base to nxt, not modulo anything */
	bool claimed;	/* the other end acknowledged beyond nxt; believed once this end agrees */
	uint32_t claimed_edge;

	struct trace_range *ranges; /* a ring: from una to nxt, oldest first */
	unsigned range_first, range_count, range_room;
	struct trace_range last;     /* what moved nxt last; last_step 0: was not seen */
	struct trace_equation acked; /* what moved una last; last_step 0: was not seen */
	struct trace_hole holes[TRACE_HOLES_MAX];
	unsigned hole_count;

	unsigned syn_times, fin_times;
	bool fin_seen;
	uint32_t fin; /* the number that its FIN took */

	bool window_seen;
	uint32_t window; /* bytes that it offered last */
	bool edge_known;
	uint32_t edge; /* the other end may send up to here: the furthest it ever offered */
	bool has_mss, has_wscale;
	uint16_t mss;
	uint8_t wscale;
	bool probing; /* its keep-alive or window probe awaits an answer */
	enum trace_kind probe;
	bool text_seen;
};

struct trace {
	unsigned steps;
	int64_t first_ns;
	struct trace_side sides[2];
	enum tcp_state states[2];
	enum trace_phase phase;
	uint64_t said;		  /* notes already made, a bit each */
	enum trace_end last_text; /* who sent text last */
	struct trace_summary sum; /* counters, as they grow */

	int64_t syn_ns, open_ns, fin_ns; /* when; the bits below say whether */
	bool has_syn, has_open, has_fin, has_closing;
	enum trace_closing closing; /* how, once the second FIN was seen */
	bool reset;
};

/* All that can be said of a segment before it changes anything. */
struct trace_facts {
	const struct trace_input *in;
	const struct tcp_segment *seg;
	enum trace_end from, to;
	const struct trace_side *me, *peer; /* the sender; the other end */
	enum tcp_state was[2];		    /* the states before it */
	bool syn, fin, rst, ack;
	bool pure;	 /* an acknowledgement and nothing else */
	bool damaged;	 /* bad checksum: nothing in it proves anything */
	bool sensible;	 /* flags that go together */
	bool seq_counts; /* its sequence number and text may change the record */
	bool ack_counts; /* its acknowledgement and window may */
	bool acceptable; /* the other end takes it, its acknowledgement too, and does not drop it */
	bool restarts;	 /* a new SYN where a connection was over */
	enum trace_verdict seq_is, ack_is;
	uint32_t text_at; /* sequence number of the first byte of text */
	uint32_t text_end;
	uint32_t end;	/* after the last number taken */
	uint32_t fresh; /* bytes of text not seen before */
	uint32_t again; /* bytes of text seen before */
	bool fills;	/* some of the fresh ones lie in a hole */
	bool gap;	/* it begins beyond nxt */
	bool fin_fresh;
	bool fin_acked;	  /* it acknowledges the other end's FIN, for the first time */
	bool beyond_fin;  /* it takes numbers after its sender's FIN */
	bool beyond_edge; /* it takes numbers beyond the window, though it begins inside */
	bool wraps;	  /* its numbers pass 2^32 */
	bool rst_counts;  /* a reset that the other end must obey */
	bool corrects;	  /* set by states.c: it shows that an inferred state was never reached */
	uint32_t newly;	  /* numbers that it acknowledges for the first time */
	bool window_known;
	uint32_t window; /* bytes */
	unsigned times_sent;
};

/* ends.c */
void trace_ends_begin(struct trace *t, const struct trace_facts *f);
void trace_ends_record(struct trace *t, const struct trace_facts *f, const struct trace_step *step);
void trace_side_reset(struct trace_side *s); /* forgets all, frees all */

/* ranges.c: the steps between una and nxt */
void trace_range_add(struct trace_side *s, const struct trace_range *r);
void trace_range_drop(struct trace_side *s, uint32_t upto); /* those that end at or before @upto */
void trace_range_again(struct trace_side *s, uint32_t from, uint32_t to);
const struct trace_range *trace_range_get(const struct trace_side *s, unsigned i);
/* The first that overlaps [from, to); NULL when none is kept. */
const struct trace_range *trace_range_find(const struct trace_side *s, uint32_t from, uint32_t to);

/* judge.c */
void trace_facts_begin(struct trace *t, const struct trace_input *in, struct trace_facts *f);
void trace_judge(struct trace_facts *f);

/* classify.c */
enum trace_kind trace_classify(const struct trace_facts *f);

/* equations.c */
void trace_equations(const struct trace_facts *f, struct trace_step *step);

/* states.c */
void trace_states_begin(struct trace *t, const struct trace_facts *f); /* the first segment */
void trace_states(struct trace *t, struct trace_facts *f, struct trace_step *step);
/* RFC 9293 section 3.3.2, figure 5: may an end go from one state to the other? */
bool trace_may_follow(enum tcp_state from, enum tcp_state to);

/* notes.c */
void trace_notes(struct trace *t, const struct trace_facts *f, struct trace_step *step);

/* summary.c */
void trace_summary_count(struct trace *t, const struct trace_facts *f,
			 const struct trace_step *step);

#endif
