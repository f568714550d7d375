/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.h - two engines on a simulated network that loses, doubles, delays and reorders by a seed.
 *
 * Time is simulated: a run takes as long as its events take to compute. Everything that happens
 * follows from the seed, so a failed run can be had again by its number. */
#ifndef TCPSHAKE_TESTS_KIT_SIM_H
#define TCPSHAKE_TESTS_KIT_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_plan {
	uint64_t seed;
	int64_t delay_us, jitter_us; /* one way; jitter reorders */
	unsigned loss, duplicate;    /* per mille, each way */
	size_t text[2];		     /* bytes that each end sends */
	size_t buffer;		     /* receive buffer of both */
	size_t read_chunk;	     /* a reader takes at most so much at once; 0: all */
	bool sack, timestamps;
	bool simultaneous_close;
};

struct sim_result {
	bool ok;
	char why[256];
	int64_t took_us;
	unsigned segments, lost, retransmissions;
};

/* Draw a plan from a seed. */
void sim_draw(uint64_t seed, struct sim_plan *plan);

/* Run it: both ends open actively, exchange their text, close; @verbose tells every segment. */
void sim_run(const struct sim_plan *plan, struct sim_result *result, bool verbose);

#endif
