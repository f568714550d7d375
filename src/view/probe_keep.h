/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_keep.h - results of `probe` that wait to be sorted, some 100 bytes each.
 *
 * Names, reasons and SYN,ACKs repeat: they are kept once. Of a SYN,ACK only that is kept which tells one
 * system from another, so its numbers and clocks, new in each, are 1 where they were not 0. */
#ifndef TCPSHAKE_VIEW_PROBE_KEEP_H
#define TCPSHAKE_VIEW_PROBE_KEEP_H

#include "probe/result.h"
#include "view/pool.h"

struct probe_kept;

struct probe_keep {
	struct probe_kept *results;
	size_t count, room;
	struct pool pool;
	size_t limit; /* bytes that all of it may take */
};

/* probe_keep_add() - false when memory is short, or the limit is reached; @k is as before then. Zeroed but
 * for its limit it is empty. */
bool probe_keep_add(struct probe_keep *k, const struct probe_result *r);

/* probe_keep_sort() - by address (IPv4 first), port and round. */
void probe_keep_sort(struct probe_keep *k);

/* probe_keep_get() - the @i-th; its strings are good until the next probe_keep_add(). */
void probe_keep_get(const struct probe_keep *k, size_t i, struct probe_result *out);

/* Bytes of memory that all of it takes. */
size_t probe_keep_size(const struct probe_keep *k);

/* Empties it. */
void probe_keep_free(struct probe_keep *k);

#endif
