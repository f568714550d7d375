/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sim.c - thousands of seeded exchanges on a bad network, each exact to the byte.
 *
 * `test_sim N` runs seed N alone and tells every segment; SIM_RUNS sets how many seeds are run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kit/sim.h"

static void any_seed__bad_network__stream_is_exact_and_closes_in_order(void **unused)
{
	const char *asked = getenv("SIM_RUNS");
	uint64_t runs = asked ? strtoull(asked, NULL, 10) : 2000;
	struct sim_plan plan;
	struct sim_result result;

	for (uint64_t seed = 1; seed <= runs; seed++) {
		sim_draw(seed, &plan);
		sim_run(&plan, &result, false);
		if (!result.ok)
			fail_msg("seed %llu: %s; `test_sim %llu` tells it all",
				 (unsigned long long)seed, result.why, (unsigned long long)seed);
	}
}

static int tell(uint64_t seed)
{
	struct sim_plan p;
	struct sim_result result;

	sim_draw(seed, &p);
	printf("# seed %llu: delay %lld us, jitter %lld us, loss %u/1000, duplication %u/1000, text "
	       "%zu and %zu, buffer %zu, reads %zu, sack %d, timestamps %d, simultaneous close %d\n",
	       (unsigned long long)seed, (long long)p.delay_us, (long long)p.jitter_us, p.loss,
	       p.duplicate, p.text[0], p.text[1], p.buffer, p.read_chunk, p.sack, p.timestamps,
	       p.simultaneous_close);
	sim_run(&p, &result, true);
	printf("# %s after %.3f s, %u segments, %u lost, %u sent again\n",
	       result.ok ? "exact" : result.why, (double)result.took_us / 1e6, result.segments,
	       result.lost, result.retransmissions);
	return !result.ok;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_seed__bad_network__stream_is_exact_and_closes_in_order),
	};

	if (argc == 2)
		return tell(strtoull(argv[1], NULL, 10));
	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
