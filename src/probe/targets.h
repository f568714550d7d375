/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.h - which addresses and ports are probed: a set that counts, and that can be indexed.
 *
 *     words: "192.0.2.0/24", "192.0.2.5-192.0.2.9", "192.0.2.5-9", "host", "host:80,443", "fe80::1%eth0",
 *            "[2001:db8::1]:443", "2001:db8::/120", "2001:db8::1-ff"
 *            --targets_add()-->  ranges  --targets_seal()-->  index <-> address and port
 *
 * A range costs some bytes however long it is. Sealed, it holds every pair of address and port once:
 * ranges that overlap are joined, what is excluded is taken out. */
#ifndef TCPSHAKE_PROBE_TARGETS_H
#define TCPSHAKE_PROBE_TARGETS_H

#include "base/err.h"
#include "wire/addr.h"

struct targets;

struct targets_options {
	int family; /* AF_INET, AF_INET6, AF_UNSPEC: addresses of names; others are refused */
	const char *ports;  /* of targets that name none: "80,443,8000-8010"; NULL: 80 */
	bool all_addresses; /* multicast, broadcast and reserved ranges too */
	/* Names to addresses; NULL: resolve(). For tests. */
	unsigned (*resolve)(const char *host, int family, struct addr *out, unsigned max,
			    struct err *e);
};

/* One pair to be probed. */
struct target_pair {
	struct addr addr;
	uint16_t port;
	const char *name; /* as the user wrote it where that was a name, else NULL; the set's */
};

/* targets_new() - empty; NULL with @e set (a bad port list: STATUS_USAGE). targets_free() accepts NULL. */
struct targets *targets_new(const struct targets_options *options, struct err *e);
void targets_free(struct targets *t);

/**
 * targets_add() - one word
 * Return:  false with @e set: STATUS_USAGE where it is no target ("192.0.2.0/33: a prefix is 0 to 32
 *          bits long; ..."), STATUS_UNREACHABLE for a name that has no address. Host bits below a prefix
 *          that are not 0 are an error that names the right network. */
bool targets_add(struct targets *t, const char *word, struct err *e);

/* targets_exclude() - an address, a prefix or a range that is never probed, on any interface; also a name
 * (all of its addresses, of both families). False with @e set. May come before or after targets_add(). */
bool targets_exclude(struct targets *t, const char *word, struct err *e);

/* targets_exclude_file() - the words of a file (target_list.h). The message of a failure has file and
 * line. */
bool targets_exclude_file(struct targets *t, const char *path, struct err *e);

/**
 * targets_seal() - no more words: join, take out, count
 * Reserved ranges (reserved.c: this network, multicast, limited broadcast, class E, ...) are left out
 * unless all_addresses; loopback, private and link-local addresses stay, since people probe what is theirs.
 * Return:  false with @e set: memory, more than 2^62 pairs, or nothing is left (STATUS_USAGE, saying what was
 *          left out). When nothing is left, which for one part of a stream is no failure, targets_count()
 *          is 0 and targets_reserved() or targets_excluded() is not. */
bool targets_seal(struct targets *t, struct err *e);

/* Sealed: how many pairs; how many were left out as reserved, and as excluded (UINT64_MAX: or more). */
uint64_t targets_count(const struct targets *t);
uint64_t targets_reserved(const struct targets *t);
uint64_t targets_excluded(const struct targets *t);

/* index: 0 to targets_count() - 1. */
void targets_pair(const struct targets *t, uint64_t index, struct target_pair *out);

/* The index of a pair; false when it is none of the set. A link-local address without an interface, as in a
 * captured packet, is found on any. */
bool targets_find(const struct targets *t, const struct addr *addr, uint16_t port, uint64_t *index);

/* The ranges of addresses, for routes and filters: 0 to targets_range_count() - 1, in ascending order (IPv4
 * first); one may begin where the one before it ends. */
unsigned targets_range_count(const struct targets *t);
void targets_range(const struct targets *t, unsigned n, struct addr *first, struct addr *last);

/* Empty it for the next part of a stream; options and exclusions stay. */
void targets_clear(struct targets *t);

#endif
