/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_addr.c - addresses and their text, names of numeric hosts, and the Internet checksum. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "wire/addr.h"
#include "wire/checksum.h"
#include "wire/resolve.h"

static struct addr parsed(const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		fail_msg("%s is an address", text);
	return a;
}

static void parse__numeric__comes_back_as_text(void **unused)
{
	static const char *const texts[][2] = {
		{ "192.0.2.1", "192.0.2.1" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "2001:0DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "::", "::" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
		{ "fe80::1", "fe80::1" },
	};
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct addr a = parsed(texts[i][0]);

		assert_string_equal(addr_text(&a, text), texts[i][1]);
		assert_int_equal(addr_len(&a), a.family == AF_INET ? 4 : 16);
	}
}

static void parse__anything_else__is_refused(void **unused)
{
	static const char *const texts[] = {
		"",
		"10",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"01.2.3.4 ",
		" 1.2.3.4",
		"1.2.3.4:80",
		"[2001:db8::1]",
		"2001:db8",
		":::",
		"localhost",
		"%lo",
		"192.0.2.1%lo",
		"2001:db8::1%lo",
		"fe80::1%",
		"fe80::1%0",
		"fe80::1%no-such-interface",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee",
	};
	struct addr a = { .family = 77 };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (addr_parse(texts[i], &a))
			fail_msg("\"%s\" is no address", texts[i]);
	assert_int_equal(a.family, 77);
}

static void parse__link_local_with_interface__has_its_scope(void **unused)
{
	unsigned lo = if_nametoindex("lo");
	char text[ADDR_TEXT_MAX];
	struct addr a;

	if (!lo) {
		print_message("# skip: no interface lo here\n");
		skip();
	}
	a = parsed("fe80::1%lo");
	assert_int_equal(a.scope, lo);
	assert_string_equal(addr_text(&a, text), "fe80::1%lo");
	assert_string_equal(addr_port_text(&a, 80, text), "[fe80::1%lo]:80");
	a = parsed("fe80::1%4000000000");
	assert_int_equal(a.scope, 4000000000);
	assert_string_equal(addr_text(&a, text), "fe80::1%4000000000");
}

static void port_text__longest__fits(void **unused)
{
	struct addr a = parsed("fe80:1111:2222:3333:4444:5555:6666:7777%4000000000");
	char text[ADDR_TEXT_MAX];

	assert_string_equal(addr_port_text(&a, 65535, text),
			    "[fe80:1111:2222:3333:4444:5555:6666:7777%4000000000]:65535");
	a = parsed("255.255.255.255");
	assert_string_equal(addr_port_text(&a, 65535, text), "255.255.255.255:65535");
	memset(&a, 0, sizeof(a));
	assert_string_equal(addr_text(&a, text), "no address");
}

static void equal__scope__counts_where_both_have_one(void **unused)
{
	struct addr a = parsed("fe80::1%3"), b = parsed("fe80::1%4"), c = parsed("fe80::1");
	struct addr v4 = parsed("0.0.0.0"), v6 = parsed("::");

	assert_false(addr_equal(&a, &b));
	assert_true(addr_equal(&a, &c));
	assert_true(addr_equal(&c, &b));
	assert_false(addr_equal(&v4, &v6));
}

static void kinds__by_prefix(void **unused)
{
	static const struct {
		const char *text;
		bool loopback, link_local;
	} kinds[] = {
		{ "127.0.0.1", true, false },  { "127.255.255.254", true, false },
		{ "128.0.0.1", false, false }, { "::1", true, false },
		{ "::2", false, false },       { "::ffff:127.0.0.1", false, false },
		{ "fe80::", false, true },     { "febf::1", false, true },
		{ "fec0::1", false, false },   { "169.254.0.1", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct addr a = parsed(kinds[i].text);

		assert_int_equal(addr_is_loopback(&a), kinds[i].loopback);
		assert_int_equal(addr_is_link_local(&a), kinds[i].link_local);
	}
}

static void sockaddr__there_and_back__is_the_same(void **unused)
{
	static const char *const texts[] = { "192.0.2.1", "2001:db8::1", "fe80::1%7" };
	struct sockaddr_storage sa;
	struct sockaddr other = { .sa_family = AF_UNIX };
	struct addr back;
	uint16_t port;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct addr a = parsed(texts[i]);
		socklen_t len = addr_to_sockaddr(&a, 3337, &sa);

		assert_int_equal(len, a.family == AF_INET ? sizeof(struct sockaddr_in) :
							    sizeof(struct sockaddr_in6));
		assert_true(addr_from_sockaddr((struct sockaddr *)&sa, &back, &port));
		assert_int_equal(port, 3337);
		assert_memory_equal(&a, &back, sizeof(a));
	}
	assert_false(addr_from_sockaddr(&other, &back, &port));
}

static void resolve__numeric__needs_no_resolver(void **unused)
{
	struct err e = { 0 };
	struct addr a[4];

	assert_int_equal(resolve("192.0.2.1", AF_UNSPEC, a, 4, &e), 1);
	assert_int_equal(a[0].family, AF_INET);
	assert_int_equal(resolve("[2001:db8::1]", AF_INET6, a, 4, &e), 1);
	assert_int_equal(a[0].family, AF_INET6);
	assert_int_equal(resolve("2001:db8::1", AF_UNSPEC, a, 4, &e), 1);

	assert_int_equal(resolve("2001:db8::1", AF_INET, a, 4, &e), 0);
	assert_int_equal(e.status, STATUS_UNREACHABLE);
	assert_string_equal(e.text,
			    "cannot resolve 2001:db8::1: it is an IPv6 address; leave out -4");
	assert_int_equal(resolve("192.0.2.1", AF_INET6, a, 4, &e), 0);
	assert_int_equal(resolve("[192.0.2.1]", AF_UNSPEC, a, 4, &e), 0);
}

static void resolve__localhost__works_without_network(void **unused)
{
	struct err e = { 0 };
	struct addr a[8];
	unsigned count = resolve("localhost", AF_UNSPEC, a, 8, &e);

	if (!count) {
		print_message("# skip: %s\n", e.text);
		skip();
	}
	for (unsigned i = 0; i < count; i++) {
		assert_true(addr_is_loopback(&a[i]));
		for (unsigned j = 0; j < i; j++)
			assert_false(addr_equal(&a[i], &a[j]));
	}
	assert_int_equal(resolve("localhost", AF_UNSPEC, a, 1, &e), 1);
}

static void checksum__example_of_rfc_1071(void **unused)
{
	/* Section 3: 0001 f203 f4f5 f6f7 sum up to ddf2. */
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	assert_int_equal(checksum_fold(checksum_add(0, bytes, sizeof(bytes))), 0xddf2);
	/* An odd byte is the high half of a word. */
	assert_int_equal(checksum_fold(checksum_add(0, bytes, 3)), 0xf201);
	assert_int_equal(checksum_fold(0), 0);
	assert_int_equal(checksum_fold(0xffffffffffffu), 0xffff);
}

static void checksum__pseudo_header__by_hand(void **unused)
{
	struct addr a = parsed("192.0.2.1"), b = parsed("198.51.100.2");
	struct addr c = parsed("2001:db8::1"), d = parsed("2001:db8::2");

	/* c000 + 0201 + c633 + 6402 + 0006 + 0014 = 1ec50 */
	assert_int_equal(checksum_fold(checksum_pseudo(&a, &b, 6, 20)), 0xec51);
	/* 2 (2001 + 0db8) + 1 + 2 + 6 + 1 + 0 (65536 bytes: length 0001 0000) = 5b7c */
	assert_int_equal(checksum_fold(checksum_pseudo(&c, &d, 6, 65536)), 0x5b7c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__numeric__comes_back_as_text),
		cmocka_unit_test(parse__anything_else__is_refused),
		cmocka_unit_test(parse__link_local_with_interface__has_its_scope),
		cmocka_unit_test(port_text__longest__fits),
		cmocka_unit_test(equal__scope__counts_where_both_have_one),
		cmocka_unit_test(kinds__by_prefix),
		cmocka_unit_test(sockaddr__there_and_back__is_the_same),
		cmocka_unit_test(resolve__numeric__needs_no_resolver),
		cmocka_unit_test(resolve__localhost__works_without_network),
		cmocka_unit_test(checksum__example_of_rfc_1071),
		cmocka_unit_test(checksum__pseudo_header__by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
