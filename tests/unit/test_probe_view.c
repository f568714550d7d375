/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_view.c - results of `probe` for people: the table, sorted or as they come, statistics of --repeat,
 * bounded memory. What programs get is in test_probe_fields.c. */
#include "probed.h"
#include "view/probe_keep.h"
#include "view/probe_stats.h"

/* ---- the table -------------------------------------------------------------------------------- */

/* The table of all kinds, in the reverse order, as the options have it. */
static void assert_table(const char *expected, struct probe_view_options options)
{
	struct probe_result results[10];
	unsigned n = results_of_all_kinds(results);
	struct probe_totals totals = totals_of_all_kinds();
	struct probed p;

	probed_begin(&p, options);
	while (n-- > 0)
		probe_view_result(p.v, &results[n]);
	probed_close(&p, &totals);
	assert_as_in(expected, p.text);
	assert_string_equal(p.said, "");
	probed_end(&p);
}

static void few__are_told_in_words(void **unused)
{
	assert_table("probe-few.txt", (struct probe_view_options){ .targets = 8, .http = true });
}

static void many__open_ones_and_counts(void **unused)
{
	assert_table("probe-many.txt", (struct probe_view_options){ .targets = 17 });
}

static void many__all_of_them(void **unused)
{
	assert_table("probe-all.txt", (struct probe_view_options){ .targets = 17, .all = true });
}

static void quiet__the_summary_alone(void **unused)
{
	struct probe_result r = open_of("192.0.2.1", 80);
	struct probe_totals totals = totals_of_all_kinds();
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .targets = 1, .quiet = true });
	probe_view_result(p.v, &r);
	probed_close(&p, &totals);
	assert_int_equal(strncmp(p.text, "-- summary", 10), 0);
	assert_null(strstr(p.text, "192.0.2.1"));
	probed_end(&p);
}

static void streamed__each_at_once_in_its_order(void **unused)
{
	struct probe_result late = open_of("192.0.2.1", 80), early = open_of("192.0.2.2", 80);
	const char *first;
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .targets = 2, .stream = true });
	probe_view_result(p.v, &early);
	first = strstr(p.text, "192.0.2.2:80");
	assert_non_null(first);
	probe_view_result(p.v, &late);
	probed_close(&p, NULL);
	assert_true(strstr(p.text, "192.0.2.2:80") < strstr(p.text, "192.0.2.1:80"));
	probed_end(&p);
}

static void hostile_names__cannot_reach_the_terminal(void **unused)
{
	struct probe_result r = open_of("192.0.2.1", 80);
	struct probed p;

	r.name = "evil\033[2J\r\n\x80";
	r.why = "\033]0;title\007";
	r.http_status = 200;
	snprintf(r.http_line, sizeof(r.http_line), "HTTP/1.1 \033[2J\x9b\b");
	for (int few = 0; few <= 1; few++) {
		probed_begin(&p,
			     (struct probe_view_options){ .targets = few ? 1 : 100, .http = true });
		probe_view_result(p.v, &r);
		probed_close(&p, NULL);
		assert_non_null(strstr(p.text, "evil\\x1b[2J\\x0d\\x0a\\x80"));
		for (const char *at = p.text; *at; at++)
			assert_true(*at == '\n' || (*at >= 0x20 && *at < 0x7f));
		probed_end(&p);
	}
}

static void disk_full__is_said(void **unused)
{
	struct probe_view_options options = { .targets = 100, .stream = true };
	struct probe_result r = open_of("192.0.2.1", 80);
	struct probe_totals totals = { 0 };
	struct err e = { 0 };
	struct probe_view *v;

	options.out = fopen("/dev/full", "w");
	assert_non_null(options.out);
	v = probe_view_open(&options);
	assert_non_null(v);
	probe_view_result(v, &r);
	probe_view_flush(v);
	assert_true(probe_view_failed(v));
	assert_false(probe_view_close(v, &totals, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "No space left"));
	fclose(options.out);
}

/* ---- --repeat --------------------------------------------------------------------------------- */

/* 10, 20, none, 40 and 30 ms: the mean is 25, the squares of what is apart from it 225, 25, 225, 25, so the
 * deviation is the root of 125; from one to the next it is 10, 20 and 10. */
static void repeat__statistics_as_worked_out_by_hand(void **unused)
{
	static const int ms[] = { 10, 20, -1, 40, 30 };
	struct probe_stats s = { 0 };

	assert_int_equal(probe_stats_mean_ns(&s), -1);
	for (size_t i = 0; i < ARRAY_LEN(ms); i++) {
		struct probe_result r =
			result_of("192.0.2.1", 80, ms[i] < 0 ? PROBE_FILTERED : PROBE_OPEN);

		r.rtt_ns = ms[i] < 0 ? -1 : ms[i] * MS;
		probe_stats_add(&s, &r);
		if (i == 0)
			assert_int_equal(probe_stats_jitter_ns(&s), -1);
	}
	assert_int_equal(s.rounds, 5);
	assert_int_equal(s.answered, 4);
	assert_int_equal(s.min_ns, 10 * MS);
	assert_int_equal(s.max_ns, 40 * MS);
	assert_int_equal(probe_stats_mean_ns(&s), 25 * MS);
	assert_int_equal(probe_stats_deviation_ns(&s), 11180340);
	assert_int_equal(probe_stats_jitter_ns(&s), 13333333);
}

static void repeat__a_constant_rtt_has_no_deviation(void **unused)
{
	struct probe_result r = open_of("192.0.2.1", 80);
	struct probe_stats s = { 0 };

	for (int i = 0; i < 1000; i++)
		probe_stats_add(&s, &r);
	assert_int_equal(probe_stats_mean_ns(&s), r.rtt_ns);
	assert_int_equal(probe_stats_deviation_ns(&s), 0);
	assert_int_equal(probe_stats_jitter_ns(&s), 0);
}

static void repeat__like_ping(void **unused)
{
	static const int ms[] = { 10, 20, -1, 40, 30 };
	struct probe_totals totals = { .targets = 5,
				       .by_state = { [PROBE_OPEN] = 4, [PROBE_FILTERED] = 1 },
				       .syns = 7,
				       .retries = 2,
				       .took_us = 5000000 };
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .targets = 1, .repeat = true });
	for (unsigned i = 0; i < ARRAY_LEN(ms); i++) {
		struct probe_result r = open_of("192.0.2.1", 80);
		char round[64];

		if (ms[i] < 0)
			r = result_of("192.0.2.1", 80, PROBE_FILTERED);
		else
			r.rtt_ns = ms[i] * MS;
		r.round = i + 1;
		probe_view_result(p.v, &r);
		snprintf(round, sizeof(round), "\n    %u  192.0.2.1:80", i + 1);
		assert_non_null(strstr(p.text, round));
	}
	probed_close(&p, &totals);
	assert_as_in("probe-repeat.txt", p.text);
	probed_end(&p);
}

/* ---- memory ----------------------------------------------------------------------------------- */

/* The @i-th of a /16, no two of whose SYN,ACKs have the same numbers. */
static struct probe_result nth(unsigned i)
{
	struct probe_result r = open_of("10.64.0.0", 80);

	r.addr.bytes[2] = (uint8_t)(i >> 8);
	r.addr.bytes[3] = (uint8_t)i;
	r.synack.seq = i * 2654435761u + 1;
	r.synack.ip_id = (uint16_t)(i | 1);
	r.synack.options.ts_val = i + 1;
	r.synack.option_bytes[10] = (uint8_t)((i + 1) >> 8);
	r.synack.option_bytes[11] = (uint8_t)(i + 1);
	r.rtt_ns = 1000 + i;
	return r;
}

static void sixteen_bits_of_addresses__take_128_bytes_each_at_most(void **unused)
{
	struct probe_keep k = { .limit = 64u << 20 };
	struct probe_result r;

	for (unsigned i = 0; i < 65536; i++) {
		r = nth(i * 40503u & 0xffff);
		assert_true(probe_keep_add(&k, &r));
	}
	assert_true(probe_keep_size(&k) <= 65536 * 128u);
	print_message("# %zu bytes for 65,536 results, %.1f each\n", probe_keep_size(&k),
		      (double)probe_keep_size(&k) / 65536);
	probe_keep_sort(&k);
	for (unsigned i = 0; i < 65536; i++) {
		probe_keep_get(&k, i, &r);
		assert_int_equal(r.addr.bytes[2] << 8 | r.addr.bytes[3], i);
		assert_int_equal(r.rtt_ns, 1000 + i);
	}
	probe_keep_free(&k);
}

/* Nothing that a view shows is lost on the way; what differs in each SYN,ACK is there or not. */
static void kept__as_it_was(void **unused)
{
	struct probe_keep k = { .limit = 1u << 20 };
	struct probe_result results[10], r;
	unsigned n = results_of_all_kinds(results);

	for (unsigned i = 0; i < n; i++) {
		results[i].round = i;
		assert_true(probe_keep_add(&k, &results[i]));
	}
	for (unsigned i = 0; i < n; i++) {
		const struct probe_result *was = &results[i];

		probe_keep_get(&k, i, &r);
		assert_true(addr_equal(&r.addr, &was->addr) && addr_equal(&r.from, &was->from));
		assert_string_equal(r.name ? r.name : "", was->name ? was->name : "");
		assert_string_equal(r.why ? r.why : "", was->why ? was->why : "");
		assert_string_equal(r.http_line, was->http_line);
		assert_int_equal(r.port, was->port);
		assert_int_equal(r.state, was->state);
		assert_int_equal(r.close, was->close);
		assert_int_equal(r.attempts, was->attempts);
		assert_int_equal(r.answered, was->answered);
		assert_int_equal(r.round, was->round);
		assert_int_equal(r.at_ns, was->at_ns);
		assert_int_equal(r.rtt_ns, was->rtt_ns);
		assert_int_equal(r.close_ns, was->close_ns);
		assert_int_equal(r.first_byte_ns, was->first_byte_ns);
		assert_int_equal(r.ttl, was->ttl);
		assert_int_equal(r.text_bytes, was->text_bytes);
		assert_int_equal(r.http_status, was->http_status);
		assert_int_equal(r.synack.seen, was->synack.seen);
		assert_int_equal(r.synack.window, was->synack.window);
		assert_int_equal(r.synack.option_len, was->synack.option_len);
		assert_int_equal(r.synack.options.mss, was->synack.options.mss);
		assert_int_equal(r.synack.seq, was->synack.seq != 0);
	}
	probe_keep_free(&k);
}

static void sorted__by_address_family_port_round(void **unused)
{
	static const struct {
		const char *addr;
		uint16_t port;
		unsigned round;
	} order[] = { { "9.0.0.1", 80, 0 },	{ "10.0.0.1", 80, 1 },	 { "10.0.0.1", 80, 2 },
		      { "10.0.0.1", 443, 1 },	{ "10.0.0.1", 8080, 1 }, { "192.0.2.1", 1, 1 },
		      { "2001:db8::9", 80, 0 }, { "2001:db8::10", 1, 0 } };
	struct probe_keep k = { .limit = 1u << 20 };
	struct probe_result r;

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		size_t from = i * 5 % ARRAY_LEN(order); /* 5 and 8 have no common factor */

		r = result_of(order[from].addr, order[from].port, PROBE_FILTERED);
		r.round = order[from].round;
		assert_true(probe_keep_add(&k, &r));
	}
	probe_keep_sort(&k);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		char text[ADDR_TEXT_MAX];

		probe_keep_get(&k, i, &r);
		assert_string_equal(addr_text(&r.addr, text), order[i].addr);
		assert_int_equal(r.port, order[i].port);
		assert_int_equal(r.round, order[i].round);
	}
	probe_keep_free(&k);
}

/* Sorted as far as the memory goes, then as they come; each once, and said once. */
static void memory_full__goes_on_as_a_stream(void **unused)
{
	enum { RESULTS = 2000 };
	bool seen[RESULTS] = { false };
	unsigned last = 0, ascents = 0, lines = 0;
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .targets = RESULTS, .keep_max = 100000 });
	for (unsigned i = 0; i < RESULTS; i++) {
		struct probe_result r = nth(RESULTS - 1 - i);

		probe_view_result(p.v, &r);
	}
	probed_close(&p, NULL);
	for (const char *at = strstr(p.text, "\n10.64."); at; at = strstr(at + 1, "\n10.64.")) {
		unsigned high, low, i;

		assert_int_equal(sscanf(at, "\n10.64.%u.%u:80", &high, &low), 2);
		i = high << 8 | low;
		assert_true(i < RESULTS && !seen[i]);
		seen[i] = true;
		ascents += lines && i > last;
		last = i;
		lines++;
	}
	assert_int_equal(lines, RESULTS);
	assert_in_range(ascents, 500, 1100); /* 100,000 bytes hold about 1,000; the rest descends */
	assert_non_null(strstr(p.said, "unsorted"));
	assert_ptr_equal(strchr(p.said, '\n'), p.said + strlen(p.said) - 1);
	probed_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few__are_told_in_words),
		cmocka_unit_test(many__open_ones_and_counts),
		cmocka_unit_test(many__all_of_them),
		cmocka_unit_test(quiet__the_summary_alone),
		cmocka_unit_test(streamed__each_at_once_in_its_order),
		cmocka_unit_test(hostile_names__cannot_reach_the_terminal),
		cmocka_unit_test(disk_full__is_said),
		cmocka_unit_test(repeat__statistics_as_worked_out_by_hand),
		cmocka_unit_test(repeat__a_constant_rtt_has_no_deviation),
		cmocka_unit_test(repeat__like_ping),
		cmocka_unit_test(sixteen_bits_of_addresses__take_128_bytes_each_at_most),
		cmocka_unit_test(kept__as_it_was),
		cmocka_unit_test(sorted__by_address_family_port_round),
		cmocka_unit_test(memory_full__goes_on_as_a_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
