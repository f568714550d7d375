/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_permute.c - the order of probing: every index once, and no pattern in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/permute.h"

/* Every position has an index of its own, below the count, that leads back to it. */
static void assert_bijection(uint64_t count, uint64_t seed)
{
	struct permute p;
	bool *seen = calloc(count, sizeof(*seen));

	assert_non_null(seen);
	permute_init(&p, count, seed);
	for (uint64_t at = 0; at < count; at++) {
		uint64_t index = permute_index(&p, at);

		if (index >= count || seen[index] || permute_position(&p, index) != at)
			fail_msg("count %lu, seed %lu, position %lu: index %lu",
				 (unsigned long)count, (unsigned long)seed, (unsigned long)at,
				 (unsigned long)index);
		seen[index] = true;
	}
	free(seen);
}

static void every_count__is_permuted_and_undone(void **unused)
{
	static const uint64_t larger[] = { 4095,  4096,	 4097,	 65535,	 65536,
					   65537, 99991, 131072, 262143, 1000003 };

	for (uint64_t count = 1; count <= 600; count++)
		for (uint64_t seed = 0; seed < 4; seed++)
			assert_bijection(count, seed);
	for (size_t i = 0; i < sizeof(larger) / sizeof(larger[0]); i++)
		assert_bijection(larger[i], 5);
}

static void huge_counts__are_undone(void **unused)
{
	static const uint64_t counts[] = {
		UINT64_C(1) << 32,	     (UINT64_C(1) << 32) + 1, UINT64_C(3) << 40,
		(UINT64_C(1) << 61) + 12345, UINT64_C(1) << 62,
	};
	struct permute p;

	srandom(1);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		permute_init(&p, counts[i], i);
		for (unsigned n = 0; n < 10000; n++) {
			uint64_t at = ((uint64_t)random() << 31 | (uint64_t)random()) % counts[i];
			uint64_t index = permute_index(&p, at);

			assert_true(index < counts[i]);
			assert_true(permute_position(&p, index) == at);
		}
	}
}

static void same_seed__same_order__here_and_everywhere(void **unused)
{
	static const uint64_t first[] = { 24976, 29821, 48209, 7538, 22568, 52582, 50488, 47039 };
	struct permute p;

	permute_init(&p, 65536, 42);
	for (uint64_t at = 0; at < sizeof(first) / sizeof(first[0]); at++)
		assert_int_equal(permute_index(&p, at), first[at]);
}

/* Two orders of n share one place in n in the mean, as two random ones do. */
static void other_seed__other_order(void **unused)
{
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct permute a, b;
		unsigned same = 0;

		permute_init(&a, 10000, seed);
		permute_init(&b, 10000, seed + 1);
		for (uint64_t at = 0; at < 10000; at++)
			same += permute_index(&a, at) == permute_index(&b, at);
		assert_in_range(same, 0, 10);
	}
}

/* Of 65,536 hosts in 256 networks any 4,096 sent to in a row hit each network about 16 times: chi-square
 * with 255 degrees of freedom lies between 150 and 400 but once in many millions. */
static void any_stretch__hits_all_networks_alike(void **unused)
{
	struct permute p;

	for (uint64_t seed = 0; seed < 8; seed++) {
		permute_init(&p, 65536, seed);
		for (uint64_t from = 0; from < 65536; from += 4096) {
			unsigned by_net[256] = { 0 }, by_host[256] = { 0 };
			double nets = 0, hosts = 0;

			for (uint64_t at = from; at < from + 4096; at++) {
				by_net[permute_index(&p, at) >> 8]++;
				by_host[permute_index(&p, at) & 255]++;
			}
			for (unsigned i = 0; i < 256; i++) {
				nets += (by_net[i] - 16.0) * (by_net[i] - 16.0) / 16;
				hosts += (by_host[i] - 16.0) * (by_host[i] - 16.0) / 16;
			}
			assert_true(nets > 120 && nets < 400 && hosts > 120 && hosts < 400);
		}
	}
}

/* What comes next cannot be told from what was: the distance of neighbours is spread evenly too. */
static void neighbours__are_far_apart(void **unused)
{
	unsigned by_distance[64] = { 0 };
	struct permute p;
	double chi = 0;

	permute_init(&p, 65536, 9);
	for (uint64_t at = 0; at + 1 < 65536; at++) {
		uint64_t step = (permute_index(&p, at + 1) - permute_index(&p, at)) & 65535;

		by_distance[step / 1024]++;
	}
	for (unsigned i = 0; i < 64; i++)
		chi += (by_distance[i] - 1024.0) * (by_distance[i] - 1024.0) / 1024;
	assert_true(chi < 140);
}

/* Over many seeds each index comes first as often as any other. */
static void first_index__is_any(void **unused)
{
	unsigned count[100] = { 0 };
	double chi = 0;

	for (uint64_t seed = 0; seed < 20000; seed++) {
		struct permute p;

		permute_init(&p, 100, seed);
		count[permute_index(&p, 0)]++;
	}
	for (unsigned i = 0; i < 100; i++)
		chi += (count[i] - 200.0) * (count[i] - 200.0) / 200;
	assert_true(chi < 190);
}

/* Shard i of n takes positions i, i + n, i + 2n, ... */
static void shards__are_disjoint_and_complete(void **unused)
{
	enum { COUNT = 10007, SHARDS = 7 };
	bool seen[COUNT] = { false };
	unsigned total = 0;

	for (unsigned shard = 0; shard < SHARDS; shard++) {
		struct permute p;
		unsigned share = 0;

		permute_init(&p, COUNT, 3); /* each process makes its own */
		for (uint64_t at = shard; at < COUNT; at += SHARDS, share++) {
			uint64_t index = permute_index(&p, at);

			assert_false(seen[index]);
			seen[index] = true;
		}
		assert_in_range(share, COUNT / SHARDS, COUNT / SHARDS + 1);
		total += share;
	}
	assert_int_equal(total, COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_count__is_permuted_and_undone),
		cmocka_unit_test(huge_counts__are_undone),
		cmocka_unit_test(same_seed__same_order__here_and_everywhere),
		cmocka_unit_test(other_seed__other_order),
		cmocka_unit_test(any_stretch__hits_all_networks_alike),
		cmocka_unit_test(neighbours__are_far_apart),
		cmocka_unit_test(first_index__is_any),
		cmocka_unit_test(shards__are_disjoint_and_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
