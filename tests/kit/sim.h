/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.h - a discrete-event network between two engines, or between one engine and a scripted peer.
 *
 * Time is simulated: a run takes as long as its events take to compute. Everything that happens
 * follows from the seed, so a failed run can be had again by its number. */
#ifndef TCPSHAKE_TESTS_KIT_SIM_H
#define TCPSHAKE_TESTS_KIT_SIM_H

#include "tcp/conn.h"

/* What is wrong with the network, or with the peer; figures are given by it. */
enum sim_kind {
	SIM_CLEAN,
	SIM_JITTER,
	SIM_LOSS,
	SIM_HEAVY_LOSS,
	SIM_DUPLICATION,
	SIM_REORDERING,
	SIM_CORRUPTION,
	SIM_BLACK_OUT,
	SIM_MTU,
	SIM_MARKS,
	SIM_BOTTLENECK,
	SIM_SMALL,
	SIM_MIXTURE,
	SIM_ODD_PEER,
	SIM_HOSTILE_PEER,
	SIM_KIND_COUNT,
};

#define SIM_BLACK_OUTS 2
#define SIM_MTUS       3

/* The way from one end to the other. Chances are per mille of the segments. */
struct sim_path {
	int64_t delay_us, jitter_us;
	unsigned loss, duplicate, reorder, corrupt, mark;
	int64_t hold_us; /* a held-back segment is late by up to so much */
	struct {
		int64_t from_us, to_us; /* nothing comes through; since the beginning of the run */
	} black_out[SIM_BLACK_OUTS];
	uint32_t rate;	/* bytes a second through the bottleneck; 0: none */
	uint32_t queue; /* bytes that wait before it */
	struct {
		int64_t at_us; /* from then on */
		uint32_t mtu;  /* 0: no limit, and the end of the list */
	} mtu[SIM_MTUS];
};

/* How a user ends its part. */
enum sim_close {
	SIM_CLOSE_FIRST,  /* as soon as its text is written */
	SIM_CLOSE_SECOND, /* once the other end's text has ended too */
	SIM_CLOSE_ABORT,  /* in the middle: tcp_conn_abort() */
};

/* One end and its user. */
struct sim_side {
	struct tcp_config cfg; /* of an engine */
	struct sim_path path;  /* what it sends goes this way */
	int64_t open_us;       /* since the beginning; -1: not by itself, a SYN wakes it */
	size_t text;	       /* bytes that it sends; ... */
	size_t held;	       /* so many of them only after the other end's FIN */
	size_t read_chunk;     /* a reader takes so much at once, ...; 0: all, always */
	int64_t read_every_us; /* and comes back so much later */
	enum sim_close close;
	uint64_t abort_at; /* bytes read and written by then */
};

struct sim_plan {
	uint64_t seed;
	enum sim_kind kind;
	int64_t start_us; /* the clock at the beginning: it may start anywhere */
	bool scripted;	  /* end 1 is a scripted peer */
	bool tracked;	  /* end 0's segments are given to the tracker too */
	struct sim_side side[2];
};

struct sim_result {
	bool ok;
	char why[256];
	int64_t took_us;   /* until both ends were closed */
	int64_t text_us;   /* until all text was read */
	uint64_t text;	   /* bytes that were read */
	uint64_t segments; /* sent by both */
	uint64_t lost;	   /* of them: lost for any reason */
	uint64_t retransmissions, corrupted, marked;
};

/* Where the narration goes, line by line. */
typedef void sim_tell(void *context, const char *line);

/* Draw a plan from a seed. */
void sim_draw(uint64_t seed, struct sim_plan *plan);

/* Tell the plan in some lines. */
void sim_tell_plan(const struct sim_plan *plan, sim_tell *tell, void *context);

/**
 * sim_run() - from the first SYN until both ends are closed
 * @tell:   is told every segment and its fate; NULL: nobody is
 * Return:  result->ok; result->why says what rule was broken. */
bool sim_run(const struct sim_plan *plan, struct sim_result *result, sim_tell *tell, void *context);

const char *sim_kind_name(enum sim_kind kind);

#endif
