/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span.h - addresses as numbers, and sets of them as spans from a first to a last address. Pure. */
#ifndef TCPSHAKE_PROBE_SPAN_H
#define TCPSHAKE_PROBE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/addr.h"

/* An address of either family as a whole number; of IPv4 only the lower 32 bits. */
struct num {
	uint64_t hi, lo;
};

struct num num_of(const struct addr *a);
struct addr num_addr(struct num n, int family, uint32_t scope);

/* Less than, equal to or greater than 0, as a is compared with b. */
int num_cmp(struct num a, struct num b);

/* Modulo 2^128. */
struct num num_plus(struct num n, uint64_t by);
struct num num_minus(struct num n, uint64_t by);

/* From first to last, both of them in it; first is not after last. */
struct span {
	struct num first, last;
	int family;
	uint32_t scope; /* interface of link-local IPv6 addresses, else 0 */
};

/* How many addresses; UINT64_MAX stands for as many and more. */
uint64_t span_size(const struct span *s);

/* A set of addresses: in order, and once joined without overlap. Zeroed, it is empty. Scopes do not count:
 * what is in the set is in it on every interface. */
struct span_list {
	struct span *span;
	size_t count, room;
};

/* span_list_add() - at the end; false when memory is short. */
bool span_list_add(struct span_list *l, const struct span *s);
void span_list_join(struct span_list *l);
void span_list_free(struct span_list *l);

/* The first span of a joined list that has an address in common with @s, or NULL. */
const struct span *span_list_meets(const struct span_list *l, const struct span *s);

#endif
