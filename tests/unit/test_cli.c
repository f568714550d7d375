/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cli.c - command lines by table: what is read, what is refused and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/common.h"
#include "view/view.h"

struct mine {
	struct common_options common;
	struct option_list names;
};

static const struct option_row rows[] = {
	OPTION_LIST(struct mine, names, "name", 'n', "TEXT", "may come again\nand again"),
};

#define WORDS_MAX 200

/* One command line, blanks between its words; returns what options_parse() does. */
static int parse(const char *line, struct mine *m, struct err *e)
{
	static const struct option_group own = { "Mine", rows, ARRAY_LEN(rows) };
	const struct option_group groups[] = { own, common_connection_options,
					       common_output_options };
	const struct option_table table = { "test", "[options]", "", groups, ARRAY_LEN(groups) };
	static char copy[4096], name[] = "test";
	char *argv[WORDS_MAX + 1] = { name }, *save = NULL;
	int argc = 1;

	memset(m, 0, sizeof(*m));
	memset(e, 0, sizeof(*e));
	common_init(&m->common);
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return options_parse(argc, argv, &table, m, e);
}

static void refused(const char *line, const char *words)
{
	struct mine m;
	struct err e;

	assert_int_equal(parse(line, &m, &e), -1);
	assert_int_equal(e.status, STATUS_USAGE);
	if (!strstr(e.text, words))
		fail_msg("%s: \"%s\" is not in \"%s\"", line, words, e.text);
	assert_non_null(strstr(e.text, "tcpshake test --help"));
}

static void no_options__defaults__stand(void **unused)
{
	struct station_options s;
	struct mine m;
	struct err e;

	assert_int_equal(parse("", &m, &e), 1);
	assert_true(common_station(&m.common, &s, &e));
	assert_int_equal(s.family, AF_UNSPEC);
	assert_true(s.isn == -1 && s.mss == 0 && s.window == 0 && s.wscale == 8 && s.ttl == 64);
	assert_true(s.sack && s.timestamps && s.src.family == 0 && s.src_port == 0);
	assert_int_equal(s.timeout_us, 30000000);
	assert_int_equal(m.common.color, VIEW_COLOR_AUTO);
}

static void every_option__good_value__reaches_its_field(void **unused)
{
	struct station_options s;
	struct mine m;
	struct err e;

	assert_int_not_equal(
		parse("-4 -i eth0 -s 192.0.2.1 -p 1024 --isn 0xffffffff --mss 536 "
		      "--window=1000 --wscale 14 --ttl 255 --no-sack --no-timestamps "
		      "--timeout 500ms -w f.pcap --json -v --absolute --color=never -n a "
		      "--name b",
		      &m, &e),
		-1);
	assert_true(common_station(&m.common, &s, &e));
	assert_int_equal(s.family, AF_INET);
	assert_string_equal(s.ifname, "eth0");
	assert_int_equal(s.src.family, AF_INET);
	assert_int_equal(s.src_port, 1024);
	assert_true(s.isn == 0xffffffff);
	assert_true(s.mss == 536 && s.window == 1000 && s.wscale == 14 && s.ttl == 255);
	assert_true(!s.sack && !s.timestamps && s.timeout_us == 500000);
	assert_string_equal(m.common.pcap, "f.pcap");
	assert_true(m.common.json && m.common.verbosity == 1 && m.common.absolute);
	assert_int_equal(m.common.color, VIEW_COLOR_NEVER);
	assert_int_equal(m.names.count, 2);
	assert_string_equal(m.names.items[1], "b");
}

static void operands__between_options__come_last(void **unused)
{
	struct mine m;
	struct err e;

	assert_int_equal(parse("one -q two -- -v", &m, &e), 3);
	assert_int_equal(m.common.verbosity, -1);
}

static void bad_values__are_refused__naming_option_and_range(void **unused)
{
	refused("--mss 0", "--mss 0: not a whole number from 1 to 65535");
	refused("--mss 65536", "1 to 65535");
	refused("--mss", "--mss: needs N");
	refused("-p 70000", "-p 70000: not a whole number");
	refused("-p", "-p: needs PORT");
	refused("--wscale 15", "0 to 14");
	refused("--ttl 256", "1 to 255");
	refused("--isn 4294967296", "0 to 4294967295");
	refused("--isn -1", "0 to 4294967295");
	refused("--timeout soon", "not a time");
	refused("--timeout 0", "not between 0.001 s");
	refused("--color=red", "auto|always|never");
	refused("--color=al", "auto|always|never");
	refused("--json=1", "--json=1: takes no value");
	refused("--interface=", "it is empty");
}

static void unknown_options__are_refused__by_name(void **unused)
{
	refused("--nonsense", "--nonsense: no such option");
	refused("-Z", "-Z: no such option");
	refused("-vZ", "-Z: no such option");
	refused("--no", "--no: several options begin like it");
}

static void contradictions__are_refused(void **unused)
{
	struct station_options s;
	struct mine m;
	struct err e;

	assert_int_not_equal(parse("-4 -6", &m, &e), -1);
	assert_false(common_station(&m.common, &s, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_int_not_equal(parse("-4 -s ::1", &m, &e), -1);
	assert_false(common_station(&m.common, &s, &e));
	assert_non_null(strstr(e.text, "-4 was given"));
	assert_int_not_equal(parse("-s localhost", &m, &e), -1);
	assert_false(common_station(&m.common, &s, &e));
}

static void a_list__overflowing__is_refused(void **unused)
{
	char line[4096] = "";
	struct mine m;
	struct err e;

	for (unsigned i = 0; i < OPTION_LIST_MAX; i++)
		strcat(line, "-n x ");
	assert_int_equal(parse(line, &m, &e), 2 * OPTION_LIST_MAX + 1);
	strcat(line, "-n x");
	refused(line, "more than 64 times");
}

/* The table itself: names and letters are there once, everything is documented. */
static void the_table__is_consistent(void **unused)
{
	const struct option_group *groups[] = { &common_connection_options,
						&common_output_options };
	const struct option_row *all[64];
	size_t n = 0;

	for (size_t g = 0; g < ARRAY_LEN(groups); g++)
		for (size_t i = 0; i < groups[g]->count; i++)
			all[n++] = &groups[g]->rows[i];
	for (size_t i = 0; i < n; i++) {
		assert_non_null(all[i]->read);
		assert_true(all[i]->help && all[i]->help[0]);
		assert_true(all[i]->at < sizeof(struct common_options));
		assert_true((all[i]->arg != NULL) == (all[i]->read != option_set));
		assert_true((all[i]->choices != NULL) == (all[i]->read == option_choice));
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(all[i]->name, all[j]->name);
			assert_true(!all[i]->letter || all[i]->letter != all[j]->letter);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_options__defaults__stand),
		cmocka_unit_test(every_option__good_value__reaches_its_field),
		cmocka_unit_test(operands__between_options__come_last),
		cmocka_unit_test(bad_values__are_refused__naming_option_and_range),
		cmocka_unit_test(unknown_options__are_refused__by_name),
		cmocka_unit_test(contradictions__are_refused),
		cmocka_unit_test(a_list__overflowing__is_refused),
		cmocka_unit_test(the_table__is_consistent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
