/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_peer.h - the scripted peer's memory, for sim_peer.c and sim_prank.c.
 *
 * Its numbers are counted from the initial ones, as the judge's are. */
#ifndef TCPSHAKE_TESTS_KIT_SIM_PEER_H
#define TCPSHAKE_TESTS_KIT_SIM_PEER_H

#include "kit/sim_priv.h"

/* How it behaves all the time, a bit each; all of it legal, if unusual. */
enum sim_habit {
	HABIT_SHRINKS = 1,     /* its window's edge goes back and forth */
	HABIT_FILLS = 2,       /* lets its window run full, and opens it late */
	HABIT_ACKS_PARTLY = 4, /* acknowledges a part of a segment */
	HABIT_FIN_WITH_TEXT = 8,
	HABIT_TEXT_WITH_SYN = 16,
	HABIT_SPLIT_OPEN = 32, /* answers SYN with SYN */
	HABIT_SLOW_OPEN = 64,  /* ignores the first SYNs */
	HABIT_URGENT = 128,
	HABIT_REPEATS_FIN = 256,
	HABIT_CRUMBS = 512, /* its segments are tiny */
	HABIT_REFLECTS =
		1024, /* its SYN,ACK repeats the SYN's reserved flags (RFC 3168 section 6.1.1.1) */
	HABIT_ALL = 2047,
};

struct sim_peer {
	struct sim_end *e;
	unsigned habits;
	bool hostile;
	unsigned pranks;	/* left to play */
	unsigned ignores;	/* SYNs yet to ignore */
	unsigned fins;		/* FINs yet to repeat */
	uint16_t field;		/* its usual window, not scaled */
	struct tcp_options syn; /* what its SYN offers */
	bool wscale, sack, ts;	/* agreed on */

	bool syn_came, open, gone; /* gone: has reset the connection */
	uint16_t syn_flags;
	uint64_t una, next, sent; /* of its own numbers; sent: the highest so far */
	uint64_t edge;		  /* what the engine offers */
	uint8_t edge_scale;
	uint16_t mss; /* of the engine */
	uint32_t ts_recent, ts_first;

	uint8_t *have; /* of each number of the engine's: is it here? */
	uint64_t have_len, rcv, acked, offered;
	uint64_t fin; /* of the engine; 0: did not come */
	int64_t timer_us;
};

uint64_t sim_peer_below(struct sim_peer *p, uint64_t n);
bool sim_peer_one_in(struct sim_peer *p, uint64_t n);

/* A segment at @seq with the usual acknowledgement, window and options. */
struct tcp_segment sim_peer_segment(struct sim_peer *p, uint64_t seq, uint16_t flags);
void sim_peer_send(struct sim_peer *p, struct tcp_segment *seg, enum sim_expect expect);

/* sim_prank.c: something odd, or hostile, that an engine must bear. */
void sim_prank(struct sim_peer *p);

#endif
