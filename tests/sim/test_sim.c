/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sim.c - thousands of seeded exchanges on a bad network, each exact to the byte.
 *
 * Without arguments: the test of `make check`; SIM_RUNS sets how many seeds are run. With arguments: a
 * tool, see usage(). Exit status: 0 all exact, 1 a rule was broken, 2 usage. */
#include <getopt.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/parse.h"
#include "kit/sim.h"
#include "sim/table.h"

#define RUNS_DEFAULT 20000 /* some seconds; with a sanitizer, half a minute */
#define LINES_KEPT   200
#define FAILURES_MAX 10 /* after so many there is no point in going on */

static void print_line(void *context, const char *line)
{
	(void)context;
	printf("# %s\n", line);
}

/* The last lines of a narration. */
struct tail {
	char lines[LINES_KEPT][400];
	size_t count;
};

static void keep_line(void *context, const char *line)
{
	struct tail *t = context;

	snprintf(t->lines[t->count++ % LINES_KEPT], sizeof(t->lines[0]), "%s", line);
}

/* A failed run once more, told. */
static void explain(uint64_t seed)
{
	static struct tail tail;
	struct sim_plan plan;
	struct sim_result result;
	size_t first;

	sim_draw(seed, &plan);
	sim_tell_plan(&plan, print_line, NULL);
	tail.count = 0;
	sim_run(&plan, &result, keep_line, &tail);
	first = tail.count > LINES_KEPT ? tail.count - LINES_KEPT : 0;
	if (first)
		printf("# ... %zu lines left out; `test_sim --seed %" PRIu64 "` tells them\n",
		       first, seed);
	for (size_t i = first; i < tail.count; i++)
		print_line(NULL, tail.lines[i % LINES_KEPT]);
}

struct request {
	uint64_t from, runs, seconds;
	const char *sums; /* a file to write them to */
	bool report;
};

static uint64_t clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

/* Seeds in a row; how many failed. The first failure is told. */
static unsigned run_seeds(const struct request *r, struct table *table)
{
	uint64_t end = r->seconds ? clock_seconds() + r->seconds : 0;
	struct sim_plan plan;
	struct sim_result result;
	unsigned failed = 0;

	for (uint64_t n = 0; failed < FAILURES_MAX; n++) {
		if ((r->runs && n == r->runs) || (end && n % 64 == 0 && clock_seconds() >= end))
			break;
		sim_draw(r->from + n, &plan);
		if (!sim_run(&plan, &result, NULL, NULL)) {
			printf("# seed %" PRIu64 ", %s: %s\n", plan.seed, sim_kind_name(plan.kind),
			       result.why);
			if (!failed++)
				explain(plan.seed);
		}
		table_add(table, plan.kind, &result);
	}
	return failed;
}

static void any_seed__bad_network__stream_is_exact_and_closes_in_order(void **unused)
{
	const char *asked = getenv("SIM_RUNS");
	struct request r = { .from = 1, .runs = RUNS_DEFAULT };
	struct table table = { 0 };

	if (asked && !parse_uint(asked, 1, UINT64_MAX, &r.runs))
		fail_msg("SIM_RUNS is not a number: %s", asked);
	printf("# %" PRIu64 " runs\n", r.runs);
	assert_int_equal(run_seeds(&r, &table), 0);
	assert_true(table_runs(&table) == r.runs);
}

/* Each found something once. As long as the plans are drawn as they were then they find it again. */
static void seed_that_failed_once__again__exact(void **unused)
{
	static const uint64_t seeds[] = {
		1795216981363692, /* a tail probe larger than what fits since the path narrowed */
		1795216981736607, /* the same with a FIN on it */
		1795216981842388, /* SYNs in TIME-WAIT use up the answers of RFC 5961 section 7 */
	};
	struct table table = { 0 };

	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		struct request r = { .from = seeds[i], .runs = 1 };

		assert_int_equal(run_seeds(&r, &table), 0);
	}
}

static void same_seed__run_twice__same_exchange(void **unused)
{
	struct sim_plan plan;
	struct sim_result once, twice;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		sim_draw(seed, &plan);
		sim_run(&plan, &once, NULL, NULL);
		sim_draw(seed, &plan);
		sim_run(&plan, &twice, NULL, NULL);
		assert_memory_equal(&once, &twice, sizeof(once));
	}
}

static int usage(FILE *out)
{
	fputs("usage: test_sim                       the test; SIM_RUNS: how many seeds\n"
	      "       test_sim --seed N              tell the run of one seed\n"
	      "       test_sim [--from N] [--runs N] [--seconds N] [--report] [--sums FILE]\n"
	      "                                      run seeds in a row, from 1 on if not told\n"
	      "       test_sim --table FILE...       the report of what several runs summed up\n",
	      out);
	return out == stdout ? 0 : 2;
}

static int tell(uint64_t seed)
{
	struct sim_plan plan;
	struct sim_result result;

	sim_draw(seed, &plan);
	sim_tell_plan(&plan, print_line, NULL);
	sim_run(&plan, &result, print_line, NULL);
	printf("# %s after %.3f s, %" PRIu64 " segments, %" PRIu64 " lost, %" PRIu64
	       " sent again\n",
	       result.ok ? "exact" : result.why, (double)result.took_us / 1e6, result.segments,
	       result.lost, result.retransmissions);
	return !result.ok;
}

static int run_tool(const struct request *r)
{
	struct table table = { 0 };
	unsigned failed = run_seeds(r, &table);

	if (r->report)
		table_print(&table);
	if (r->sums && !table_write(&table, r->sums)) {
		perror(r->sums);
		return 2;
	}
	return failed != 0;
}

static int add_up(char **files)
{
	struct table table = { 0 };

	for (; *files; files++) {
		if (!table_read(&table, *files)) {
			fprintf(stderr, "test_sim: cannot read sums from %s\n", *files);
			return 2;
		}
	}
	table_print(&table);
	return 0;
}

static int tool(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "from", required_argument, NULL, 'f' },
		{ "runs", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "report", no_argument, NULL, 'r' },
		{ "sums", required_argument, NULL, 'w' },
		{ "table", no_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct request r = { .from = 1 };
	uint64_t seed = 0, *number;
	bool one = false, table = false;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		number = c == 's' ? &seed :
			 c == 'f' ? &r.from :
			 c == 'n' ? &r.runs :
			 c == 't' ? &r.seconds :
				    NULL;
		one |= c == 's';
		table |= c == 'a';
		r.report |= c == 'r';
		if (c == 'w')
			r.sums = optarg;
		if (c == 'h')
			return usage(stdout);
		if (c == '?' ||
		    (number && !parse_uint(optarg, c == 't' || c == 'n', UINT64_MAX, number)))
			return usage(stderr);
	}
	if (table ? optind == argc : optind != argc)
		return usage(stderr);
	if (table)
		return add_up(argv + optind);
	if (one)
		return tell(seed);
	if (!r.runs && !r.seconds)
		r.runs = RUNS_DEFAULT;
	return run_tool(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_seed__bad_network__stream_is_exact_and_closes_in_order),
		cmocka_unit_test(seed_that_failed_once__again__exact),
		cmocka_unit_test(same_seed__run_twice__same_exchange),
	};

	if (argc > 1)
		return tool(argc, argv);
	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
