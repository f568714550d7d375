/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_order.c - every pair once, a host again after all others; and who is convicted of a wrong
 * acknowledgement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/order.h"
#include "probe/prober.h"
#include "probe/suspect.h"

static struct targets *set_of(const char *ports, ...)
{
	struct targets_options o = { .ports = ports };
	struct err e = { 0 };
	struct targets *t = targets_new(&o, &e);
	const char *word;
	va_list words;

	va_start(words, ports);
	while (t && (word = va_arg(words, const char *)))
		if (!targets_add(t, word, &e))
			fail_msg("%s", e.text);
	va_end(words);
	if (!t || !targets_seal(t, &e))
		fail_msg("%s", e.text);
	return t;
}

/* All shards together hold each pair once, and each position leads back to itself. */
static void each_pair_once(struct targets *t, unsigned shards)
{
	uint64_t count = targets_count(t), found = 0, shares = 0, index;
	uint8_t *seen = calloc(count, 1);
	struct order o;

	order_init(&o, t, 7, shards);
	for (unsigned shard = 1; shard <= shards; shard++) {
		struct prober_options options = { .seed = 7, .shard = shard, .shards = shards };

		shares += prober_share(&options, t);
		for (uint64_t at = shard - 1; at < o.length; at += shards) {
			if (!order_index(&o, at, &index))
				continue;
			assert_true(index < count);
			assert_int_equal(seen[index]++, 0);
			assert_int_equal(order_position(&o, index), at);
			found++;
		}
	}
	assert_int_equal(found, count);
	assert_int_equal(shares, count);
	free(seen);
	targets_free(t);
}

static void order__each_pair_once(void **unused)
{
	(void)unused;
	each_pair_once(set_of("80", "10.0.0.0/24", NULL), 1);
	each_pair_once(set_of("80,443,8000-8010", "10.0.0.0/24", NULL), 7);
	each_pair_once(set_of("1-1000", "10.0.0.1", NULL), 3);
	each_pair_once(set_of("80,443", "10.0.0.0/29", "10.1.0.1", "fd00::/120", NULL), 5);
	each_pair_once(set_of("80,443", "10.0.0.0/29", "10.0.0.3:22", "10.9.0.1:22", NULL), 4);
}

/* A host comes again only when all the others had their turn. */
static void order__hosts_in_rounds(void **unused)
{
	struct targets *t = set_of("1-10", "10.0.0.0/26", "fd00::/122", NULL);
	uint64_t index, before_index, before;
	struct target_pair a, b;
	struct order o;

	(void)unused;
	order_init(&o, t, 3, 5);
	assert_int_equal(o.hosts, 128);
	assert_int_equal(o.round, 130);
	for (uint64_t at = 0; at < o.length; at++) {
		if (!order_index(&o, at, &index))
			continue;
		assert_int_equal(order_before(&o, at, 1, &before), at >= o.round);
		if (at < o.round)
			continue;
		assert_true(order_index(&o, before, &before_index));
		targets_pair(t, index, &a);
		targets_pair(t, before_index, &b);
		assert_true(addr_equal(&a.addr, &b.addr));
		assert_int_not_equal(a.port, b.port);
		assert_int_equal(at - before, o.round);
	}
	targets_free(t);
}

static void order__not_in_sequence(void **unused)
{
	struct targets *t = set_of("80", "10.0.0.0/20", NULL);
	uint64_t index, last = 0;
	unsigned neighbours = 0;
	struct order o;

	(void)unused;
	order_init(&o, t, 1, 1);
	for (uint64_t at = 0; at < o.length; at++) {
		order_index(&o, at, &index);
		neighbours += index == last + 1;
		last = index;
	}
	assert_in_range(neighbours, 0, 20); /* one is to be expected */
	targets_free(t);
}

static const struct probe_synack synack = { .seen = true, .ttl = 60 };

static void suspect__same_error_twice__convicted(void **unused)
{
	struct suspects *s = suspects_new();

	(void)unused;
	assert_true(suspects_note(s, 5, 0, 100000, &synack));
	assert_null(suspects_convict(s, 5));
	assert_false(suspects_note(s, 5, 0, 100000, &synack));
	assert_null(suspects_convict(s, 5));
	assert_true(suspects_note(s, 5, 1, 100000, &synack));
	assert_non_null(suspects_convict(s, 5));
	suspects_free(s);
}

static void suspect__error_of_one__convicted(void **unused)
{
	struct suspects *s = suspects_new();

	(void)unused;
	suspects_note(s, 0, 2, UINT32_MAX, &synack);
	assert_int_equal(suspects_convict(s, 0)->ttl, 60);
	assert_null(suspects_convict(s, 1024));
	suspects_free(s);
}

static void suspect__blind_guesses__not_convicted(void **unused)
{
	struct suspects *s = suspects_new();

	(void)unused;
	for (uint32_t i = 1; i < 100; i++)
		suspects_note(s, 9, i % 3, i * 2654435761u, &synack);
	assert_null(suspects_convict(s, 9));
	suspects_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order__each_pair_once),
		cmocka_unit_test(order__hosts_in_rounds),
		cmocka_unit_test(order__not_in_sequence),
		cmocka_unit_test(suspect__same_error_twice__convicted),
		cmocka_unit_test(suspect__error_of_one__convicted),
		cmocka_unit_test(suspect__blind_guesses__not_convicted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
