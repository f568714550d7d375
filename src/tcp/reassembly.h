/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reassembly.h - received text that cannot be handed on yet: out of order, or not read.
 *
 * Text is stored in pages that exist only while they hold something, so memory follows what is there
 * and not how far ahead it lies: one byte a megabyte ahead costs one page. Places are 64-bit offsets
 * in the stream (0 is the first byte after SYN), so nothing here wraps. */
#ifndef TCPSHAKE_TCP_REASSEMBLY_H
#define TCPSHAKE_TCP_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REASSEMBLY_PAGE	  4096u
#define REASSEMBLY_RANGES 256u /* separate ranges kept; text that would make one more is refused */

/* Stored bytes [from, to). */
struct reassembly_range {
	uint64_t from, to;
};

struct reassembly {
	uint8_t **pages; /* a ring of slots; page n of the stream is in slot n % slots */
	uint32_t slots;
	uint64_t start; /* everything before it was released */
	unsigned count;
	struct reassembly_range *ranges; /* sorted, apart from each other; NULL before the first */
};

/**
 * reassembly_init() - an empty store
 * @r:      to be freed with reassembly_free()
 * @window: bytes that may lie between the start and the end of what is put, at least 1
 * Return:  false when memory is short. */
bool reassembly_init(struct reassembly *r, uint32_t window);
void reassembly_free(struct reassembly *r);

/**
 * reassembly_put() - store text at its place
 * Bytes that are there already are kept as they are: the first copy wins. What lies before the start
 * or past the window is not stored.
 * Return:  false when nothing was stored: memory is short or there are too many ranges; the sender
 *          will send it again. */
bool reassembly_put(struct reassembly *r, uint64_t at, const uint8_t *text, size_t len);

/* How far text is stored without a gap from @at on; @at itself when there is none. */
uint64_t reassembly_reach(const struct reassembly *r, uint64_t at);

/* The range that holds @at, or NULL. */
const struct reassembly_range *reassembly_find(const struct reassembly *r, uint64_t at);

/**
 * reassembly_peek() - stored bytes from @at on, as one slice
 * @len:    receives the length of the slice; 0 when nothing is stored at @at
 * Return:  the slice, good until the next change of @r. */
const uint8_t *reassembly_peek(const struct reassembly *r, uint64_t at, size_t *len);

/* Everything before @upto was read: forget it. */
void reassembly_release(struct reassembly *r, uint64_t upto);

/* Bytes of memory in use for pages, for tests. */
size_t reassembly_memory(const struct reassembly *r);

#endif
