/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suspect.c - see suspect.h. */
#include "probe/suspect.h"

#include <stdlib.h>

#include "probe/sweep.h"

#define SLOTS  1024u
#define NEAR   16u /* a blind guess comes so near once in 130 million times */
#define ERRORS 32u /* of each attempt, the first ones: the peer's is soon among them */

struct suspect {
	uint64_t position;
	uint8_t count[SWEEP_ATTEMPTS_MAX];
	bool certain;
	uint32_t errors[SWEEP_ATTEMPTS_MAX][ERRORS];
	struct probe_synack synack;
};

struct suspects {
	struct suspect *slots[SLOTS];
};

struct suspects *suspects_new(void)
{
	return calloc(1, sizeof(struct suspects));
}

void suspects_free(struct suspects *s)
{
	for (unsigned i = 0; s && i < SLOTS; i++)
		free(s->slots[i]);
	free(s);
}

/* Its entry, instead of another one's if need be; NULL when memory is short. */
static struct suspect *entry_of(struct suspects *s, uint64_t position)
{
	struct suspect **x = &s->slots[position % SLOTS];

	if (!*x && !(*x = calloc(1, sizeof(**x))))
		return NULL;
	if ((*x)->position != position)
		**x = (struct suspect){ .position = position };
	return *x;
}

static bool seen_before(const struct suspect *x, unsigned attempt, uint32_t error)
{
	for (unsigned a = 0; a < SWEEP_ATTEMPTS_MAX; a++)
		for (unsigned i = 0; a != attempt && i < x->count[a]; i++)
			if (x->errors[a][i] == error)
				return true;
	return false;
}

bool suspects_note(struct suspects *s, uint64_t position, unsigned attempt, uint32_t error,
		   const struct probe_synack *synack)
{
	struct suspect *x = entry_of(s, position);
	bool first;

	if (!x)
		return false;
	first = !x->count[attempt];
	if (x->count[attempt] < ERRORS)
		x->errors[attempt][x->count[attempt]++] = error;
	if (!x->certain && (error + NEAR <= 2 * NEAR || seen_before(x, attempt, error))) {
		x->certain = true;
		x->synack = *synack;
	}
	return first;
}

const struct probe_synack *suspects_convict(const struct suspects *s, uint64_t position)
{
	const struct suspect *x = s->slots[position % SLOTS];

	return x && x->position == position && x->certain ? &x->synack : NULL;
}
