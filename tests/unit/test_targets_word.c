/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_targets_word.c - targets as people write them: what each word stands for, and what is said of those
 * that stand for nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/ports.h"
#include "probe/reserved.h"
#include "probe/target_word.h"

static void addresses__networks_and_ranges(void **unused)
{
	static const struct {
		const char *word, *first, *last, *ports;
	} words[] = {
		{ "192.0.2.7", "192.0.2.7", "192.0.2.7", "" },
		{ "192.0.2.7:80", "192.0.2.7", "192.0.2.7", "80" },
		{ "192.0.2.7:80,443,8000-8010", "192.0.2.7", "192.0.2.7", "80,443,8000-8010" },
		{ "192.0.2.0/24", "192.0.2.0", "192.0.2.255", "" },
		{ "192.0.2.0/24:22", "192.0.2.0", "192.0.2.255", "22" },
		{ "192.0.2.128/25", "192.0.2.128", "192.0.2.255", "" },
		{ "192.0.2.7/32", "192.0.2.7", "192.0.2.7", "" },
		{ "0.0.0.0/0", "0.0.0.0", "255.255.255.255", "" },
		{ "128.0.0.0/1", "128.0.0.0", "255.255.255.255", "" },
		{ "192.0.2.5-192.0.2.9", "192.0.2.5", "192.0.2.9", "" },
		{ "192.0.2.5-192.0.3.4:1", "192.0.2.5", "192.0.3.4", "1" },
		{ "192.0.2.5-9", "192.0.2.5", "192.0.2.9", "" },
		{ "192.0.2.0-255", "192.0.2.0", "192.0.2.255", "" },
		{ "192.0.2.5-5", "192.0.2.5", "192.0.2.5", "" },
		{ "2001:db8::1", "2001:db8::1", "2001:db8::1", "" },
		{ "[2001:db8::1]", "2001:db8::1", "2001:db8::1", "" },
		{ "[2001:db8::1]:443", "2001:db8::1", "2001:db8::1", "443" },
		{ "2001:db8::/120", "2001:db8::", "2001:db8::ff", "" },
		{ "[2001:db8::/120]:1-2", "2001:db8::", "2001:db8::ff", "1-2" },
		{ "2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "" },
		{ "2001:db8::/63", "2001:db8::", "2001:db8:0:1:ffff:ffff:ffff:ffff", "" },
		{ "2001:db8::/65", "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff", "" },
		{ "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
		{ "::/1", "::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
		{ "2001:db8::1/128", "2001:db8::1", "2001:db8::1", "" },
		{ "2001:db8::1-2001:db8::a", "2001:db8::1", "2001:db8::a", "" },
		{ "2001:db8::1-a", "2001:db8::1", "2001:db8::a", "" },
		{ "[2001:db8::1-ffff]:80", "2001:db8::1", "2001:db8::ffff", "80" },
		{ "::1", "::1", "::1", "" },
		{ "fe80::1%lo", "fe80::1%lo", "fe80::1%lo", "" },
		{ "[fe80::1%lo]:80", "fe80::1%lo", "fe80::1%lo", "80" },
		{ "fe80::%lo/124", "fe80::%lo", "fe80::f%lo", "" },
		{ "fe80::1%lo-9", "fe80::1%lo", "fe80::9%lo", "" },
		{ "fe80::1%lo-fe80::9", "fe80::1%lo", "fe80::9%lo", "" },
		{ "fe80::1%lo-fe80::9%lo", "fe80::1%lo", "fe80::9%lo", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct target_word w;
		struct err e = { 0 };
		struct addr first, last;
		char text[ADDR_TEXT_MAX];

		if (!target_word_parse(words[i].word, &w, &e))
			fail_msg("%s: %s", words[i].word, e.text);
		first = num_addr(w.span.first, w.span.family, w.span.scope);
		last = num_addr(w.span.last, w.span.family, w.span.scope);
		assert_string_equal(addr_text(&first, text), words[i].first);
		assert_string_equal(addr_text(&last, text), words[i].last);
		assert_string_equal(w.ports, words[i].ports);
		assert_string_equal(w.name, "");
	}
}

static void names(void **unused)
{
	static const char *const words[][3] = {
		{ "example.org", "example.org", "" },
		{ "example.org.", "example.org.", "" },
		{ "EXAMPLE.org:80", "EXAMPLE.org", "80" },
		{ "localhost", "localhost", "" },
		{ "a", "a", "" },
		{ "a-1", "a-1", "" },
		{ "web-01-02.example:8080-8081", "web-01-02.example", "8080-8081" },
		{ "4chan.example", "4chan.example", "" },
		{ "1.2.3.4.example", "1.2.3.4.example", "" },
		{ "_service.example", "_service.example", "" },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example", "" },
		{ "host1", "host1", "" },
		{ "3com", "3com", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct target_word w;
		struct err e = { 0 };

		if (!target_word_parse(words[i][0], &w, &e))
			fail_msg("%s: %s", words[i][0], e.text);
		assert_int_equal(w.span.family, 0);
		assert_string_equal(w.name, words[i][1]);
		assert_string_equal(w.ports, words[i][2]);
	}
}

/* Each with a part of what is said of it. */
static void no_targets__are_refused_in_words(void **unused)
{
	static const char *const words[][2] = {
		{ "", "is no address, network, range or name" },
		{ "192.0.2.1/24", "the network is 192.0.2.0/24, the host alone 192.0.2.1" },
		{ "192.0.2.1/0", "the network is 0.0.0.0/0" },
		{ "192.0.2.1/31", "the network is 192.0.2.0/31" },
		{ "2001:db8::1/64", "the network is 2001:db8::/64, the host alone 2001:db8::1" },
		{ "2001:db8:0:1::/63", "the network is 2001:db8::/63" },
		{ "2001:db8::1:0:0:0:0/48", "the network is 2001:db8::/48" },
		{ "fe80::1%lo/64", "the network is fe80::%lo/64" },
		{ "192.0.2.0/33", "a prefix of IPv4 is 0 to 32 bits long" },
		{ "192.0.2.0/", "a prefix of IPv4 is 0 to 32 bits long" },
		{ "192.0.2.0/-1", "a prefix of IPv4 is 0 to 32 bits long" },
		{ "192.0.2.0/0x18", "a prefix of IPv4 is 0 to 32 bits long" },
		{ "192.0.2.0/255.255.255.0", "a prefix of IPv4 is 0 to 32 bits long" },
		{ "2001:db8::/129", "a prefix of IPv6 is 0 to 128 bits long" },
		{ "example.org/24", "no address before the '/'" },
		{ "/24", "no address before the '/'" },
		{ "http://192.0.2.1/", "a URL" },
		{ "192.0.2.9-5", "the end is before the beginning" },
		{ "192.0.2.9-192.0.2.8", "the end is before the beginning" },
		{ "2001:db8::9-5", "the end is before the beginning" },
		{ "192.0.2.9-2001:db8::1", "two addresses of one family" },
		{ "2001:db8::1-192.0.2.9", "two addresses of one family" },
		{ "192.0.2.9-", "no address behind the '-'" },
		{ "192.0.2.9-256", "no address behind the '-'" },
		{ "192.0.2.9-3.4", "no address behind the '-'" },
		{ "192.0.2.9-11-12", "no address behind the '-'" },
		{ "2001:db8::1-10000", "no address behind the '-'" },
		{ "2001:db8::1-g", "no address behind the '-'" },
		{ "192.0.2.256", "no name ends in a number" },
		{ "192.0.2", "no name ends in a number" },
		{ "192.0.2.", "no name ends in a number" },
		{ "10", "no name ends in a number" },
		{ "0x7f000001", "no name ends in a number" },
		{ "example.10", "no name ends in a number" },
		{ "192.0.1-2.5", "no name ends in a number" },
		{ "192.0.2.256-9", "no name ends in a number" },
		{ "192.0.2.*", "is no address" },
		{ "-i", "is no address" },
		{ ".example", "is no address" },
		{ "a b", "is no address" },
		{ "b\xc3\xbc"
		  "cher.example",
		  "is no address" },
		{ "a\x1b[31m", "is no address" },
		{ ":80", "a host and its port are written host:80" },
		{ "host:", "a host and its port are written host:80" },
		{ "[2001:db8::1]:", "a host and its port are written host:80" },
		{ "[2001:db8::1", "brackets are for IPv6" },
		{ "[2001:db8::1]80", "brackets are for IPv6" },
		{ "[192.0.2.1]:80", "brackets are for IPv6" },
		{ "[host]", "brackets are for IPv6" },
		{ "[]:80", "brackets are for IPv6" },
		{ "2001:db8::1::2", "no IPv6 address" },
		{ "2001:db8:1", "no IPv6 address" },
		{ "fe80::1%no-such-interface", "no IPv6 address" },
		{ "2001:db8::1%lo", "no IPv6 address" },
		{ "fe80::1%lo-fe80::2%1000", "a range is on one interface" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct target_word w;
		struct err e = { 0 };

		if (target_word_parse(words[i][0], &w, &e))
			fail_msg("%s is no target", words[i][0]);
		assert_int_equal(e.status, STATUS_USAGE);
		if (!strstr(e.text, words[i][1]))
			fail_msg("%s: \"%s\" does not say \"%s\"", words[i][0], e.text,
				 words[i][1]);
	}
}

static void long_words__are_refused__long_names_too(void **unused)
{
	char text[TARGET_WORD_MAX + 2];
	struct target_word w;
	struct err e;

	memset(text, 'a', sizeof(text));
	text[TARGET_WORD_MAX + 1] = '\0';
	assert_false(target_word_parse(text, &w, &e));
	assert_non_null(strstr(e.text, "1025 bytes"));
	text[TARGET_NAME_MAX + 1] = '\0';
	assert_false(target_word_parse(text, &w, &e));
	text[TARGET_NAME_MAX] = '\0';
	assert_true(target_word_parse(text, &w, &e));
	/* As long a word as there can be is all ports. */
	memset(text, '1', TARGET_WORD_MAX);
	memcpy(text, "a:", 2);
	text[TARGET_WORD_MAX] = '\0';
	assert_true(target_word_parse(text, &w, &e));
	assert_int_equal(strlen(w.ports), TARGET_WORD_MAX - 2);
}

/* By rank and back, and joined. */
static void ports__sets_of_numbers(void **unused)
{
	static const struct {
		const char *text;
		unsigned count, ranges;
		uint16_t first, last;
	} sets[] = {
		{ "80", 1, 1, 80, 80 },
		{ "1-65535", 65535, 1, 1, 65535 },
		{ "80,443,8000-8010", 13, 3, 80, 8010 },
		{ "443,80", 2, 2, 80, 443 },
		{ "80,80,80", 1, 1, 80, 80 },
		{ "1-10,5-20,21,23", 22, 2, 1, 23 },
		{ "65535,1", 2, 2, 1, 65535 },
		{ "63,64,65,127-128", 5, 2, 63, 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct err e = { 0 };
		struct ports *p = ports_parse(sets[i].text, &e);
		unsigned rank, found = 0;

		assert_non_null(p);
		assert_int_equal(p->count, sets[i].count);
		assert_int_equal(p->ranges, sets[i].ranges);
		assert_int_equal(ports_at(p, 0), sets[i].first);
		assert_int_equal(ports_at(p, p->count - 1), sets[i].last);
		for (unsigned port = 0; port <= UINT16_MAX; port++)
			if (ports_find(p, (uint16_t)port, &rank)) {
				assert_int_equal(rank, found++);
				assert_int_equal(ports_at(p, rank), port);
			}
		assert_int_equal(found, p->count);
		free(p);
	}
}

static void no_ports__are_refused_in_words(void **unused)
{
	static const char *const texts[][2] = {
		{ "0", "port 0 is reserved" },
		{ "0-80", "port 0 is reserved" },
		{ "80,0", "port 0 is reserved" },
		{ "80-0", "the end is before" },
		{ "65536", "is no port" },
		{ "1-65536", "is no port" },
		{ "", "is no port" },
		{ ",", "is no port" },
		{ "80,", "is no port" },
		{ "80,,443", "is no port" },
		{ "http", "is no port" },
		{ "0x50", "is no port" },
		{ "-80", "is no port" },
		{ "80-", "is no port" },
		{ "80-90-100", "is no port" },
		{ "+80", "is no port" },
		{ "80 ", "is no port" },
		{ "90-80", "the end is before" },
		{ "99999999999", "is no port" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct err e = { 0 };

		assert_null(ports_parse(texts[i][0], &e));
		assert_int_equal(e.status, STATUS_USAGE);
		if (!strstr(e.text, texts[i][1]))
			fail_msg("\"%s\": %s", texts[i][0], e.text);
	}
}

/* What targets.c relies on when it looks a network up. */
static void reserved__rows_ascend_and_say_why(void **unused)
{
	struct span_list list = { 0 };

	assert_true(reserved_spans(&list));
	for (size_t i = 0; i < list.count; i++) {
		const struct reserved *row = reserved_row(i);

		assert_true(row->what[0] && !strncmp(row->source, "RFC ", 4));
		assert_ptr_equal(span_list_meets(&list, &list.span[i]), &list.span[i]);
		if (i > 0 && list.span[i].family == list.span[i - 1].family)
			assert_true(num_cmp(list.span[i - 1].last, list.span[i].first) < 0);
	}
	assert_null(reserved_row(list.count));
	span_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses__networks_and_ranges),
		cmocka_unit_test(names),
		cmocka_unit_test(no_targets__are_refused_in_words),
		cmocka_unit_test(long_words__are_refused__long_names_too),
		cmocka_unit_test(ports__sets_of_numbers),
		cmocka_unit_test(no_ports__are_refused_in_words),
		cmocka_unit_test(reserved__rows_ascend_and_say_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
