/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_targets_many.c - sets of many random words, compared with a table of every pair that there can be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/targets.h"

/* 10.9.8.0/24 and fd00::/120, each with ports 1 to 100. */
enum { HOSTS = 256, PORTS = 101, FAMILIES = 2 };

struct model {
	bool in[FAMILIES][HOSTS][PORTS], out[FAMILIES][HOSTS];
	char name[HOSTS][16]; /* only IPv4 has names */
};

static unsigned below(unsigned n)
{
	return (unsigned)random() % n;
}

/* "hNAME-WHICH": whatever its name, at 10.9.8.NAME. */
static unsigned told(const char *host, int family, struct addr *out, unsigned max, struct err *e)
{
	*out = (struct addr){ AF_INET, { 10, 9, 8, (uint8_t)atoi(host + 1) }, 0 };
	return 1;
}

static void add_to_model(struct model *m, bool v6, unsigned first, unsigned last, unsigned low,
			 unsigned high)
{
	for (unsigned h = first; h <= last; h++)
		for (unsigned p = low; p <= high; p++)
			m->in[v6][h][p] = true;
}

/* One random word, into both. */
static void add_word(struct targets *t, struct model *m)
{
	unsigned first = below(HOSTS), last = first + below(8) * below(4), low = 1 + below(100);
	unsigned high = below(3) ? low : low + below(101 - low);
	bool v6 = below(2);
	char word[128], ports[32] = "";
	struct err e = { 0 };

	if (last >= HOSTS)
		last = HOSTS - 1;
	if (below(2))
		snprintf(ports, sizeof(ports), low == high ? ":%u" : ":%u-%u", low, high);
	else
		low = high = 80;
	if (below(10) == 0) {
		v6 = false;
		last = first;
		snprintf(word, sizeof(word), "h%u-%c%s", first, 'a' + (int)below(26), ports);
		if (!m->name[first][0])
			snprintf(m->name[first], sizeof(m->name[first]), "%.*s",
				 (int)strcspn(word, ":"), word);
	} else if (v6) {
		snprintf(word, sizeof(word), "[fd00::%x-fd00::%x]%s", first, last, ports);
	} else {
		snprintf(word, sizeof(word), "10.9.8.%u-%u%s", first, last, ports);
	}
	if (!targets_add(t, word, &e))
		fail_msg("%s", e.text);
	add_to_model(m, v6, first, last, low, high);
}

static void exclude_word(struct targets *t, struct model *m)
{
	unsigned first = below(HOSTS), last = first + below(6);
	bool v6 = below(2);
	char word[64];
	struct err e = { 0 };

	if (last >= HOSTS)
		last = HOSTS - 1;
	snprintf(word, sizeof(word), v6 ? "fd00::%x-fd00::%x" : "10.9.8.%u-10.9.8.%u", first, last);
	if (!targets_exclude(t, word, &e))
		fail_msg("%s", e.text);
	for (unsigned h = first; h <= last; h++)
		m->out[v6][h] = true;
}

static struct addr address(bool v6, unsigned host)
{
	if (v6)
		return (struct addr){ AF_INET6, { 0xfd, [15] = (uint8_t)host }, 0 };
	return (struct addr){ AF_INET, { 10, 9, 8, (uint8_t)host }, 0 };
}

/* The table in the order of the set. */
static void assert_same(const struct targets *t, const struct model *m)
{
	uint64_t next = 0, left_out = 0, index;
	struct target_pair pair;

	for (unsigned v6 = 0; v6 < FAMILIES; v6++)
		for (unsigned h = 0; h < HOSTS; h++)
			for (unsigned p = 0; p < PORTS; p++) {
				struct addr a = address(v6, h);
				bool in = m->in[v6][h][p] && !m->out[v6][h];

				left_out += m->in[v6][h][p] && m->out[v6][h];
				assert_int_equal(targets_find(t, &a, (uint16_t)p, &index), in);
				if (!in)
					continue;
				assert_int_equal(index, next);
				targets_pair(t, next++, &pair);
				assert_true(addr_equal(&pair.addr, &a));
				assert_int_equal(pair.port, p);
				assert_string_equal(pair.name ? pair.name : "",
						    v6 ? "" : m->name[h]);
			}
	assert_int_equal(targets_count(t), next);
	assert_int_equal(targets_excluded(t), left_out);
}

static void random_words__are_what_the_table_says(void **unused)
{
	for (unsigned seed = 0; seed < 300; seed++) {
		struct targets_options options = { .resolve = told };
		struct err e = { 0 };
		struct targets *t = targets_new(&options, &e);
		struct model *m = calloc(1, sizeof(*m));

		assert_true(t && m);
		srandom(seed);
		for (unsigned n = below(15); n > 0; n--)
			exclude_word(t, m);
		for (unsigned n = 1 + below(seed % 2 ? 300 : 20); n > 0; n--)
			add_word(t, m);
		if (targets_seal(t, &e))
			assert_same(t, m);
		else
			assert_int_equal(targets_count(t), 0);
		targets_free(t);
		free(m);
	}
}

/* Neighbours become one range, in whatever order they come; each port of a host alone, one set. */
static void many_words__cost_what_they_mean(void **unused)
{
	struct targets_options options = { .ports = NULL };
	struct err e = { 0 };
	struct targets *t = targets_new(&options, &e);
	struct addr first, last;
	char word[64];

	assert_non_null(t);
	for (unsigned i = 0; i < 65536; i++) {
		unsigned host = i * 40503u % 65536;

		snprintf(word, sizeof(word), "10.7.%u.%u", host >> 8, host & 255);
		assert_true(targets_add(t, word, &e));
	}
	assert_true(targets_seal(t, &e));
	assert_int_equal(targets_count(t), 65536);
	assert_int_equal(targets_range_count(t), 1);
	targets_range(t, 0, &first, &last);
	assert_true(last.bytes[2] == 255 && last.bytes[3] == 255);
	targets_clear(t);
	for (unsigned port = 65535; port > 0; port--) {
		snprintf(word, sizeof(word), "10.7.0.1:%u", port);
		assert_true(targets_add(t, word, &e));
	}
	assert_true(targets_seal(t, &e));
	assert_int_equal(targets_count(t), 65535);
	assert_int_equal(targets_range_count(t), 1);
	targets_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_words__are_what_the_table_says),
		cmocka_unit_test(many_words__cost_what_they_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
