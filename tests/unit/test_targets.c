/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_targets.c - sets of targets: joined, cut, counted, and looked up in both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/targets.h"

/* "two.example" has an address of each family, "ten.example" 10.0.0.1, "same.example" that one too. */
static unsigned told(const char *host, int family, struct addr *out, unsigned max, struct err *e)
{
	unsigned count = 0;

	assert_true(max >= 2);
	if (!strcmp(host, "two.example")) {
		if (family != AF_INET)
			count += addr_parse("fd00::2", &out[count]);
		if (family != AF_INET6)
			count += addr_parse("10.0.0.2", &out[count]);
	} else if (!strcmp(host, "ten.example") || !strcmp(host, "same.example")) {
		count = addr_parse("10.0.0.1", &out[0]);
	}
	if (!count)
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %s: told so", host);
	return count;
}

static struct targets *made(const struct targets_options *options)
{
	struct targets_options o = options ? *options : (struct targets_options){ 0 };
	struct err e = { 0 };
	struct targets *t;

	o.resolve = told;
	t = targets_new(&o, &e);
	if (!t)
		fail_msg("%s", e.text);
	return t;
}

/* Words in one string, parted by single blanks; those that begin with '!' are excluded. */
static void add(struct targets *t, const char *words)
{
	char copy[1024], *word, *rest = copy;

	snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&rest, " ")) != NULL) {
		struct err e = { 0 };

		if (!(*word == '!' ? targets_exclude(t, word + 1, &e) : targets_add(t, word, &e)))
			fail_msg("%s", e.text);
	}
}

static void seal(struct targets *t)
{
	struct err e = { 0 };

	if (!targets_seal(t, &e))
		fail_msg("%s", e.text);
}

/* Every pair in order, "10.0.0.1:80=ten.example ...", and each is found again where it stands. */
static void assert_pairs(const struct targets *t, const char *expected)
{
	char all[4096] = "";
	size_t len = 0;

	for (uint64_t i = 0; i < targets_count(t); i++) {
		struct target_pair pair;
		char text[ADDR_TEXT_MAX];
		uint64_t back;

		targets_pair(t, i, &pair);
		assert_true(targets_find(t, &pair.addr, pair.port, &back));
		assert_int_equal(back, i);
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s%s%s", i ? " " : "",
					addr_port_text(&pair.addr, pair.port, text),
					pair.name ? "=" : "", pair.name ? pair.name : "");
		assert_true(len < sizeof(all));
	}
	assert_string_equal(all, expected);
}

static void words__give_each_pair_once(void **unused)
{
	static const char *const sets[][2] = {
		{ "10.0.0.1", "10.0.0.1:80" },
		{ "10.0.0.1 10.0.0.1 10.0.0.1:80", "10.0.0.1:80" },
		{ "10.0.0.2 10.0.0.1", "10.0.0.1:80 10.0.0.2:80" },
		{ "10.0.0.0/31 10.0.0.1-2", "10.0.0.0:80 10.0.0.1:80 10.0.0.2:80" },
		{ "10.0.0.0/30 10.0.0.1:81",
		  "10.0.0.0:80 10.0.0.1:80 10.0.0.1:81 10.0.0.2:80 10.0.0.3:80" },
		{ "10.0.0.1:81 10.0.0.1:80 10.0.0.1:81", "10.0.0.1:80 10.0.0.1:81" },
		{ "10.0.0.1:1-3 10.0.0.1-2:2-4",
		  "10.0.0.1:1 10.0.0.1:2 10.0.0.1:3 10.0.0.1:4 10.0.0.2:2 10.0.0.2:3 10.0.0.2:4" },
		{ "fd00::1 10.0.0.1", "10.0.0.1:80 [fd00::1]:80" },
		{ "[fd00::/127]:443", "[fd00::]:443 [fd00::1]:443" },
		{ "two.example", "10.0.0.2:80=two.example [fd00::2]:80=two.example" },
		{ "two.example:81 10.0.0.2", "10.0.0.2:80=two.example 10.0.0.2:81=two.example "
					     "[fd00::2]:81=two.example" },
		{ "same.example ten.example", "10.0.0.1:80=same.example" },
		{ "10.0.0.0/30 ten.example",
		  "10.0.0.0:80 10.0.0.1:80=ten.example 10.0.0.2:80 10.0.0.3:80" },
		{ "10.0.0.0/30 !10.0.0.1", "10.0.0.0:80 10.0.0.2:80 10.0.0.3:80" },
		{ "!10.0.0.0/31 10.0.0.0/30", "10.0.0.2:80 10.0.0.3:80" },
		{ "10.0.0.0/30 !10.0.0.2-9 !10.0.0.3", "10.0.0.0:80 10.0.0.1:80" },
		{ "10.0.0.1 two.example !two.example", "10.0.0.1:80" },
		{ "255.255.255.254-255.255.255.255 10.0.0.1", "10.0.0.1:80" },
		{ "127.0.0.1 169.254.0.1 100.64.0.1 198.18.0.1 ::1",
		  "100.64.0.1:80 127.0.0.1:80 169.254.0.1:80 198.18.0.1:80 [::1]:80" },
		{ "0.255.255.255-1.0.0.0", "1.0.0.0:80" },
		{ "223.255.255.255-224.0.0.0", "223.255.255.255:80" },
		{ "192.0.2.254-192.0.3.0", "192.0.2.254:80 192.0.2.255:80 192.0.3.0:80" },
		{ "fd00::ffff:ffff:ffff:ffff-fd00:0:0:1::1 !fd00:0:0:1::",
		  "[fd00::ffff:ffff:ffff:ffff]:80 [fd00:0:0:1::1]:80" },
		{ "fe80::1%lo fe80::1", "[fe80::1]:80 [fe80::1%lo]:80" },
		{ "fe80::1%lo fd00::1 !fe80::1", "[fd00::1]:80" },
	};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct targets *t = made(NULL);

		add(t, sets[i][0]);
		seal(t);
		assert_pairs(t, sets[i][1]);
		targets_free(t);
	}
}

static void all_addresses__to_the_last(void **unused)
{
	struct targets *t = made(&(struct targets_options){ .all_addresses = true });

	add(t, "255.255.255.254-255.255.255.255 255.255.255.255:81 0.0.0.0");
	add(t, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127 :: 224.0.0.1");
	seal(t);
	assert_pairs(t, "0.0.0.0:80 224.0.0.1:80 255.255.255.254:80 255.255.255.255:80 "
			"255.255.255.255:81 [::]:80 "
			"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe]:80 "
			"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:80");
	assert_int_equal(targets_reserved(t), 0);
	/* As numbers these are neighbours. */
	targets_clear(t);
	add(t, "255.255.255.255 ::1:0:0");
	seal(t);
	assert_pairs(t, "255.255.255.255:80 [::1:0:0]:80");
	targets_free(t);
}

static void ports__of_the_options(void **unused)
{
	struct targets *t = made(&(struct targets_options){ .ports = "443,80,81" });
	struct err e = { 0 };

	add(t, "10.0.0.1 10.0.0.2:22");
	seal(t);
	assert_pairs(t, "10.0.0.1:80 10.0.0.1:81 10.0.0.1:443 10.0.0.2:22");
	targets_free(t);
	assert_null(targets_new(&(struct targets_options){ .ports = "80,0" }, &e));
	assert_int_equal(e.status, STATUS_USAGE);
}

static void left_out__is_counted(void **unused)
{
	struct targets *t = made(&(struct targets_options){ .ports = "1-10" });

	add(t, "0.0.0.0/0 !10.0.0.0/8 !10.1.0.0/16 !0.0.2.0/25");
	seal(t);
	/* Excluded and reserved at once: excluded. */
	assert_int_equal(targets_excluded(t), 10 * ((1u << 24) + 128));
	assert_int_equal(targets_reserved(t), UINT64_C(10) * ((1u << 24) - 128 + 2 * (1u << 28)));
	assert_int_equal(targets_count(t),
			 UINT64_C(10) * ((UINT64_C(1) << 32) - (2u << 24) - 2 * (1u << 28)));
	targets_free(t);
}

static void nothing_left__says_why(void **unused)
{
	static const char *const sets[][2] = {
		{ "0.1.2.3",
		  "0.0.0.0/8 is reserved (this network, RFC 791 section 3.2); --all-addresses" },
		{ "ff02::1", "ff00::/8 is reserved (multicast, " },
		{ "10.0.0.1 !10.0.0.0/8", "all targets are excluded" },
		{ "10.0.0.1 224.0.0.1 !10.0.0.0/8", "some targets are excluded, and 224.0.0.0/4" },
	};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct targets *t = made(NULL);
		struct err e = { 0 };

		assert_false(targets_seal(t, &e));
		assert_int_equal(e.status, STATUS_USAGE);
		assert_string_equal(e.text, "no target is named");
		add(t, sets[i][0]);
		assert_false(targets_seal(t, &e));
		assert_int_equal(e.status, STATUS_USAGE);
		if (!strstr(e.text, sets[i][1]))
			fail_msg("%s: %s", sets[i][0], e.text);
		assert_int_equal(targets_count(t), 0);
		assert_true(targets_reserved(t) + targets_excluded(t) > 0);
		targets_free(t);
	}
}

static void refused__words(void **unused)
{
	static const struct {
		int family;
		const char *word, *says;
		enum status status;
	} words[] = {
		{ AF_INET, "fd00::1", "fd00::1: an IPv6 address; leave out -4", STATUS_USAGE },
		{ AF_INET6, "10.0.0.0/8", "an IPv4 address; leave out -6", STATUS_USAGE },
		{ AF_UNSPEC, "10.0.0.1:0", "port 0 is reserved", STATUS_USAGE },
		{ AF_UNSPEC, "10.0.0.1/8", "the network is 10.0.0.0/8", STATUS_USAGE },
		{ AF_UNSPEC, "no.such.name", "cannot resolve no.such.name", STATUS_UNREACHABLE },
		{ AF_INET6, "ten.example.", "cannot resolve ten.example.", STATUS_UNREACHABLE },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct targets *t = made(&(struct targets_options){ .family = words[i].family });

		assert_false(targets_add(t, words[i].word, &e));
		assert_int_equal(e.status, words[i].status);
		if (!strstr(e.text, words[i].says))
			fail_msg("%s: %s", words[i].word, e.text);
		/* Of it nothing is left. */
		add(t, "two.example");
		seal(t);
		assert_int_equal(targets_count(t), words[i].family ? 1 : 2);
		assert_false(targets_exclude(t, "10.0.0.1:80", &e));
		assert_non_null(strstr(e.text, "leave out :80"));
		assert_false(targets_exclude(t, "no.such.name", &e));
		targets_free(t);
	}
}

static void find__what_is_not_in_it(void **unused)
{
	static const char *const absent[] = { "9.255.255.255", "10.0.0.4", "11.0.0.0", "fd00::",
					      "fe80::2",       "::",	   "ffff::" };
	struct targets *t = made(NULL);
	uint64_t index;
	struct addr a;

	add(t, "10.0.0.0/30 10.0.1.0/24:90-99 fd00::1 fe80::1%lo");
	seal(t);
	for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
		assert_true(addr_parse(absent[i], &a));
		assert_false(targets_find(t, &a, 80, &index));
	}
	assert_true(addr_parse("10.0.1.7", &a));
	assert_false(targets_find(t, &a, 80, &index));
	assert_false(targets_find(t, &a, 89, &index));
	assert_false(targets_find(t, &a, 100, &index));
	assert_true(targets_find(t, &a, 93, &index));
	assert_int_equal(index, 4 + 7 * 10 + 3);
	/* As captured, without an interface; and on another one. */
	assert_true(addr_parse("fe80::1", &a));
	assert_true(targets_find(t, &a, 80, &index));
	assert_int_equal(index, targets_count(t) - 1);
	a.scope = 77;
	assert_false(targets_find(t, &a, 80, &index));
	targets_free(t);
}

static void huge_sets__to_the_limit(void **unused)
{
	struct targets *t = made(&(struct targets_options){ .ports = "80" });
	struct target_pair pair;
	struct err e = { 0 };
	char text[ADDR_TEXT_MAX];
	uint64_t index;

	add(t, "fd00::/66");
	seal(t);
	assert_int_equal(targets_count(t), UINT64_C(1) << 62);
	targets_pair(t, (UINT64_C(1) << 62) - 1, &pair);
	assert_string_equal(addr_text(&pair.addr, text), "fd00::3fff:ffff:ffff:ffff");
	assert_true(targets_find(t, &pair.addr, 80, &index));
	assert_int_equal(index, (UINT64_C(1) << 62) - 1);
	add(t, "10.0.0.1");
	assert_false(targets_seal(t, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_non_null(strstr(e.text, "more than 2^62 pairs"));
	targets_clear(t);
	add(t, "::/0");
	assert_false(targets_seal(t, &e));
	assert_non_null(strstr(e.text, "more than 2^62 pairs"));
	/* Counted is what is left. */
	add(t,
	    "!8000::/1 !::/2 !4000::-fcff:: !fd00::1:0:0:0:0-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	    "!4000::/2");
	targets_clear(t);
	add(t, "fcff::/66 ::/0");
	assert_false(targets_seal(t, &e));
	assert_non_null(strstr(e.text, "all targets are excluded"));
	assert_true(targets_excluded(t) == UINT64_MAX);
	targets_free(t);
}

static void cleared__keeps_options_and_exclusions(void **unused)
{
	struct targets *t = made(&(struct targets_options){ .ports = "81" });

	add(t, "!10.0.0.2 10.0.0.1-4:1,5 ten.example:70");
	seal(t);
	targets_clear(t);
	assert_int_equal(targets_count(t), 0);
	assert_int_equal(targets_range_count(t), 0);
	add(t, "10.0.0.2-3 10.0.0.9:7,9 10.0.0.8:1,5");
	seal(t);
	assert_pairs(t, "10.0.0.3:81 10.0.0.8:1 10.0.0.8:5 10.0.0.9:7 10.0.0.9:9");
	assert_int_equal(targets_excluded(t), 1);
	/* And more after sealing. */
	add(t, "10.0.0.3:7");
	seal(t);
	assert_pairs(t, "10.0.0.3:7 10.0.0.3:81 10.0.0.8:1 10.0.0.8:5 10.0.0.9:7 10.0.0.9:9");
	targets_free(t);
}

static void ranges__cover_all_in_order(void **unused)
{
	struct targets *t = made(NULL);
	struct addr first, last;
	char text[ADDR_TEXT_MAX];

	add(t, "fd00::/120 10.0.0.0/25 10.0.0.128/25 10.2.0.0/16 !10.2.0.0");
	seal(t);
	assert_int_equal(targets_range_count(t), 3);
	targets_range(t, 0, &first, &last);
	assert_string_equal(addr_text(&first, text), "10.0.0.0");
	assert_string_equal(addr_text(&last, text), "10.0.0.255");
	targets_range(t, 1, &first, &last);
	assert_string_equal(addr_text(&first, text), "10.2.0.1");
	targets_range(t, 2, &first, &last);
	assert_string_equal(addr_text(&last, text), "fd00::ff");
	targets_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__give_each_pair_once),
		cmocka_unit_test(all_addresses__to_the_last),
		cmocka_unit_test(ports__of_the_options),
		cmocka_unit_test(left_out__is_counted),
		cmocka_unit_test(nothing_left__says_why),
		cmocka_unit_test(refused__words),
		cmocka_unit_test(find__what_is_not_in_it),
		cmocka_unit_test(huge_sets__to_the_limit),
		cmocka_unit_test(cleared__keeps_options_and_exclusions),
		cmocka_unit_test(ranges__cover_all_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
