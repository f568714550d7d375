/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suspect.c - see suspect.h. */
#include "probe/suspect.h"

#include <stdlib.h>

#define SLOTS 1024u
#define NEAR  16u /* a blind guess comes so near once in 130 million times */

struct suspect {
	uint64_t position;
	uint32_t error;
	uint8_t attempts; /* bits: whose SYN,ACK came */
	bool certain;
	struct probe_synack synack;
};

struct suspects {
	struct suspect slots[SLOTS];
};

struct suspects *suspects_new(void)
{
	return calloc(1, sizeof(struct suspects));
}

void suspects_free(struct suspects *s)
{
	free(s);
}

bool suspects_note(struct suspects *s, uint64_t position, unsigned attempt, uint32_t error,
		   const struct probe_synack *synack)
{
	struct suspect *x = &s->slots[position % SLOTS];
	uint8_t bit = (uint8_t)(1u << attempt);
	bool first;

	if (x->position != position || !x->attempts)
		*x = (struct suspect){ .position = position, .error = error };
	first = !(x->attempts & bit);
	if (x->certain)
		return first;
	x->certain = error + NEAR <= 2 * NEAR || (first && x->attempts && x->error == error);
	x->error = error;
	x->attempts |= bit;
	x->synack = *synack;
	return first;
}

const struct probe_synack *suspects_convict(const struct suspects *s, uint64_t position)
{
	const struct suspect *x = &s->slots[position % SLOTS];

	return x->position == position && x->certain ? &x->synack : NULL;
}
