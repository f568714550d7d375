/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - what the fuzz targets share: their entry, claims, and a reader of their bytes.
 *
 * A target is one function that takes any bytes and claims with must() what has to hold. The same
 * source is linked with libFuzzer by scripts/fuzz, and with replay.c, which runs the kept corpus, by
 * `make check`. No clock, no socket, no file: the bytes decide everything. */
#ifndef TCPSHAKE_TESTS_FUZZ_H
#define TCPSHAKE_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* One input; always returns 0. libFuzzer prescribes the name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A claim, checked in every build: the process ends where one does not hold. */
#define must(claim) ((claim) ? (void)0 : fuzz_broken(#claim, __FILE__, __LINE__))

static inline _Noreturn void fuzz_broken(const char *claim, const char *file, int line)
{
	fflush(stdout);
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

/* The bytes of one input, taken from the front. Behind the end there are only zeros. */
struct feed {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t feed8(struct feed *f)
{
	if (!f->left)
		return 0;
	f->left--;
	return *f->at++;
}

static inline uint16_t feed16(struct feed *f)
{
	unsigned high = feed8(f);

	return (uint16_t)(high << 8 | feed8(f));
}

static inline uint32_t feed32(struct feed *f)
{
	uint32_t high = feed16(f);

	return high << 16 | feed16(f);
}

/* A copy that ends where the allocation does, so that a sanitizer sees whoever reads on. */
static inline uint8_t *exact_copy(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	must(copy);
	for (size_t i = 0; i < len; i++)
		copy[i] = bytes[i];
	return copy;
}

#endif
