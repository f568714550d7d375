/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_cookie.c - the number that a probe carries depends on all that it stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "probe/cookie.h"
#include "tcp/isn.h"

static const struct cookie_key key = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } };

static struct addr parsed(const char *text)
{
	struct addr a;

	assert_true(addr_parse(text, &a));
	return a;
}

static void same_connection__same_number__any_other__another(void **unused)
{
	const struct addr us = parsed("10.0.0.1"), it = parsed("10.0.0.2"),
			  other = parsed("10.0.0.3");
	struct cookie_key other_key = key;
	uint32_t isn = cookie_isn(&key, &us, 40000, &it, 80);

	assert_int_equal(cookie_isn(&key, &us, 40000, &it, 80), isn);
	other_key.bytes[15] ^= 0x80;
	assert_int_not_equal(cookie_isn(&other_key, &us, 40000, &it, 80), isn);
	assert_int_not_equal(cookie_isn(&key, &other, 40000, &it, 80), isn);
	assert_int_not_equal(cookie_isn(&key, &us, 40001, &it, 80), isn);
	assert_int_not_equal(cookie_isn(&key, &us, 40000 ^ 0x8000, &it, 80), isn);
	assert_int_not_equal(cookie_isn(&key, &us, 40000, &other, 80), isn);
	assert_int_not_equal(cookie_isn(&key, &us, 40000, &it, 81), isn);
	assert_int_not_equal(cookie_isn(&key, &us, 40000, &it, 80 ^ 0x8000), isn);
	/* The way back is another connection. */
	assert_int_not_equal(cookie_isn(&key, &it, 80, &us, 40000), isn);
}

static void ipv6__every_byte_counts(void **unused)
{
	const struct addr us = parsed("2001:db8::1"), it = parsed("2001:db8::2");
	uint32_t isn = cookie_isn(&key, &us, 40000, &it, 80);

	for (unsigned i = 0; i < 16; i++) {
		struct addr changed = us;

		changed.bytes[i] ^= 1;
		assert_int_not_equal(cookie_isn(&key, &changed, 40000, &it, 80), isn);
		changed = it;
		changed.bytes[i] ^= 1;
		assert_int_not_equal(cookie_isn(&key, &us, 40000, &changed, 80), isn);
	}
	/* Addresses of one kind are told from those of the other that begin alike. */
	assert_int_not_equal(cookie_isn(&key, &(struct addr){ .family = AF_INET }, 1,
					&(struct addr){ .family = AF_INET }, 2),
			     cookie_isn(&key, &(struct addr){ .family = AF_INET6 }, 1,
					&(struct addr){ .family = AF_INET6 }, 2));
}

/* An interface is no part of what is on the wire: a captured address has none. */
static void scope__does_not_count(void **unused)
{
	struct addr us = parsed("fe80::1"), it = parsed("fe80::2"), there = it;

	there.scope = 3;
	assert_int_equal(cookie_isn(&key, &us, 1, &there, 80), cookie_isn(&key, &us, 1, &it, 80));
}

static void number__is_siphash_of_addresses_and_ports(void **unused)
{
	static const uint8_t tuple[] = { 10, 0, 0, 1, 10, 0, 0, 2, 0x9c, 0x40, 0, 80 };
	const struct addr us = parsed("10.0.0.1"), it = parsed("10.0.0.2");

	assert_int_equal(cookie_isn(&key, &us, 40000, &it, 80),
			 (uint32_t)siphash(key.bytes, tuple, sizeof(tuple)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_connection__same_number__any_other__another),
		cmocka_unit_test(ipv6__every_byte_counts),
		cmocka_unit_test(scope__does_not_count),
		cmocka_unit_test(number__is_siphash_of_addresses_and_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
