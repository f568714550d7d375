/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - figures of many simulated runs, by what was wrong with the network. */
#ifndef TCPSHAKE_TESTS_SIM_TABLE_H
#define TCPSHAKE_TESTS_SIM_TABLE_H

#include "kit/sim.h"

struct table {
	struct table_row {
		uint64_t runs, exact, segments, lost, again, text, text_us, took_us;
	} rows[SIM_KIND_COUNT];
};

void table_add(struct table *t, enum sim_kind kind, const struct sim_result *result);
uint64_t table_runs(const struct table *t);
void table_print(const struct table *t);

/* Sums in a file, to be added to others; false when it cannot be written, or is none. */
bool table_write(const struct table *t, const char *file);
bool table_read(struct table *t, const char *file);

#endif
