/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_cost.c - what opening and closing one capture handle costs, for scripts/bench.
 *
 * Usage: capture_cost INTERFACE RUNS
 * Out:   a line for each run: microseconds from before capture_open() to after capture_close(). */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/parse.h"
#include "wire/capture.h"

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	uint64_t runs;

	if (argc != 3 || !parse_uint(argv[2], 1, 10000, &runs)) {
		fprintf(stderr, "usage: capture_cost INTERFACE RUNS\n");
		return STATUS_USAGE;
	}
	while (runs--) {
		int64_t began = now_us();
		struct capture *c = capture_open(argv[1], "tcp port 80", &e);

		if (!c)
			return (int)err_print(&e);
		capture_close(c);
		printf("%" PRId64 "\n", now_us() - began);
	}
	return STATUS_OK;
}
