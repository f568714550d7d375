/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_route.c - what the kernel says of routes that every host has, and of those that none has.
 *
 * Routes over a cable, and through gateways, are in tests/net/test_wire.py. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "wire/route.h"

static struct addr parsed(const char *text)
{
	struct addr a;

	if (!addr_parse(text, &a))
		fail_msg("%s is an address", text);
	return a;
}

/* The route to a loopback address; skips the test where loopback is down. */
static struct route loopback(const char *text)
{
	struct addr dst = parsed(text);
	struct err e = { 0 };
	struct route r;

	if (!route_lookup(&dst, NULL, NULL, &r, &e)) {
		print_message("# skip: %s\n", e.text);
		skip();
	}
	return r;
}

static void loopback__ipv4__is_on_lo(void **unused)
{
	struct route r = loopback("127.0.0.2");

	assert_string_equal(r.ifname, "lo");
	assert_int_equal(r.ifindex, if_nametoindex("lo"));
	assert_true(r.loopback);
	assert_true(r.mtu >= 1280);
	assert_int_equal(r.gateway.family, 0);
	assert_true(addr_is_loopback(&r.src));
}

static void loopback__ipv6__is_on_lo(void **unused)
{
	struct route r = loopback("::1");
	struct addr dst = parsed("::1");

	assert_string_equal(r.ifname, "lo");
	assert_true(r.loopback);
	assert_true(addr_equal(&r.src, &dst));
}

static void source__asked_for__is_used_if_it_is_ours(void **unused)
{
	struct addr dst = parsed("127.0.0.1"), src = parsed("127.0.0.3");
	struct err e = { 0 };
	struct route r = loopback("127.0.0.1");

	assert_true(route_lookup(&dst, NULL, &src, &r, &e));
	assert_true(addr_equal(&r.src, &src));
	assert_true(route_lookup(&dst, "lo", &src, &r, &e));
}

static void question__without_sense__is_a_usage_error(void **unused)
{
	static const struct {
		const char *dst, *ifname, *src, *says;
	} questions[] = {
		{ "127.0.0.1", NULL, "203.0.113.77", "`ip address` lists" },
		{ "::1", NULL, "2001:db8:ffff::77", "`ip address` lists" },
		{ "127.0.0.1", NULL, "::1", "one is IPv4, the other IPv6" },
		{ "127.0.0.1", NULL, "0.0.0.0", "it is no address" },
		{ "127.0.0.1", "no-such-if", NULL, "no interface no-such-if: No such device" },
		{ "127.0.0.1", "a-name-longer-than-any", NULL, "-i chooses one" },
		{ "fe80::1", NULL, NULL, "add %interface" },
		{ "0.0.0.0", NULL, NULL, "it is no host's address" },
		{ "::", NULL, NULL, "it is no host's address" },
		{ "255.255.255.255", "lo", NULL, "of many" },
	};

	loopback("127.0.0.1");
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		struct addr dst = parsed(questions[i].dst), src;
		struct err e = { 0 };
		struct route r;

		if (questions[i].src)
			src = parsed(questions[i].src);
		if (route_lookup(&dst, questions[i].ifname, questions[i].src ? &src : NULL, &r, &e))
			fail_msg("there is a route to %s", questions[i].dst);
		if (e.status != STATUS_USAGE || !strstr(e.text, questions[i].says))
			fail_msg("%s", e.text);
	}
}

static void interface__with_two_meanings__is_a_usage_error(void **unused)
{
	struct addr dst = parsed("fe80::1%4000000000");
	struct err e = { 0 };
	struct route r;

	loopback("127.0.0.1");
	assert_false(route_lookup(&dst, "lo", NULL, &r, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_non_null(strstr(e.text, "names another interface"));
	assert_false(route_lookup(&dst, NULL, NULL, &r, &e));
	assert_int_equal(e.status, STATUS_UNREACHABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loopback__ipv4__is_on_lo),
		cmocka_unit_test(loopback__ipv6__is_on_lo),
		cmocka_unit_test(source__asked_for__is_used_if_it_is_ours),
		cmocka_unit_test(question__without_sense__is_a_usage_error),
		cmocka_unit_test(interface__with_two_meanings__is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
