/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_guard.c - the port guard as a socket: which port, which layers, and what it refuses.
 *
 * That it keeps the kernel quiet needs raw sockets and peers: tests/net/test_guard.py. */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "wire/guard.h"

/* A loopback address; skips the test where there is none, or where loopback is down. */
static struct addr loopback(bool v6)
{
	struct addr a;
	struct sockaddr_storage sa;
	socklen_t len;
	bool reached;
	int fd;

	assert_true(addr_parse(v6 ? "::1" : "127.0.0.1", &a));
	len = addr_to_sockaddr(&a, 9, &sa);
	fd = socket(a.family, SOCK_DGRAM, 0);
	reached = fd >= 0 && connect(fd, (struct sockaddr *)&sa, len) == 0;
	if (fd >= 0)
		close(fd);
	if (!reached) {
		print_message("# skip: no loopback for IPv%d here\n", v6 ? 6 : 4);
		skip();
	}
	return a;
}

static void port_is_free_and_random(bool v6)
{
	struct addr a = loopback(v6);
	unsigned first = 32768, last = 60999, neighbours = 0;
	FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	struct guard *g[32];
	struct err e = { 0 };

	if (range && fscanf(range, "%u %u", &first, &last) != 2)
		fail_msg("ip_local_port_range cannot be read");
	if (range)
		fclose(range);
	for (size_t i = 0; i < ARRAY_LEN(g); i++) {
		g[i] = guard_open(&a, 0, &e);
		if (!g[i])
			fail_msg("%s", e.text);
		assert_in_range(guard_port(g[i]), first, last);
		assert_true(guard_layers(g[i]) & GUARD_MIN_TTL);
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(guard_port(g[i]), guard_port(g[j]));
			neighbours += abs(guard_port(g[i]) - guard_port(g[j])) <= 2;
		}
	}
	/* By chance there is one among these 496 pairs every fifteenth time; counting up makes 31. */
	assert_true(neighbours < 8);
	for (size_t i = 0; i < ARRAY_LEN(g); i++)
		guard_close(g[i]);
}

static void port_0__ipv4__is_free_and_random(void **unused)
{
	port_is_free_and_random(false);
}

static void port_0__ipv6__is_free_and_random(void **unused)
{
	port_is_free_and_random(true);
}

static void port_asked_for__is_taken__nobody_else_gets_it(void **unused)
{
	struct addr a = loopback(false);
	struct err e = { 0 };
	struct guard *first = guard_open(&a, 0, &e), *again;
	struct sockaddr_storage sa;
	uint16_t port = guard_port(first);
	socklen_t len = addr_to_sockaddr(&a, port, &sa);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_null(guard_open(&a, port, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_non_null(strstr(e.text, "Address already in use"));
	/* Not even with SO_REUSEADDR, since ours is without. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), -1);
	close(fd);

	guard_close(first);
	again = guard_open(&a, port, &e);
	assert_non_null(again);
	assert_int_equal(guard_port(again), port);
	guard_close(again);
	guard_close(NULL);
}

static void address_not_ours__is_a_usage_error(void **unused)
{
	struct err e = { 0 };
	struct addr a;

	loopback(false);
	assert_true(addr_parse("203.0.113.77", &a));
	assert_null(guard_open(&a, 0, &e));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_non_null(strstr(e.text, "`ip address`"));
}

/* A connection to the guard is neither accepted nor refused: no SYN,ACK, no RST. */
static void connect__gets_no_answer(void **unused)
{
	struct addr a = loopback(false);
	struct timeval patience = { .tv_usec = 100000 };
	struct err e = { 0 };
	struct guard *g = guard_open(&a, 0, &e);
	struct sockaddr_storage sa;
	socklen_t len = addr_to_sockaddr(&a, guard_port(g), &sa);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, len), -1);
	assert_true(errno == EINPROGRESS || errno == EAGAIN);
	close(fd);
	guard_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_0__ipv4__is_free_and_random),
		cmocka_unit_test(port_0__ipv6__is_free_and_random),
		cmocka_unit_test(port_asked_for__is_taken__nobody_else_gets_it),
		cmocka_unit_test(address_not_ours__is_a_usage_error),
		cmocka_unit_test(connect__gets_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
