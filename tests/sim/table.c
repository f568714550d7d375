/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - figures of many simulated runs; see table.h. */
#include "sim/table.h"

#include <inttypes.h>
#include <stdio.h>

#define FIELDS (sizeof(struct table_row) / sizeof(uint64_t))

static void add_row(struct table_row *sum, const struct table_row *row)
{
	sum->runs += row->runs;
	sum->exact += row->exact;
	sum->segments += row->segments;
	sum->lost += row->lost;
	sum->again += row->again;
	sum->text += row->text;
	sum->text_us += row->text_us;
	sum->took_us += row->took_us;
}

void table_add(struct table *t, enum sim_kind kind, const struct sim_result *result)
{
	struct table_row row = {
		.runs = 1,
		.exact = result->ok,
		.segments = result->segments,
		.lost = result->lost,
		.again = result->retransmissions,
		.text = result->text,
		.text_us = (uint64_t)result->text_us,
		.took_us = (uint64_t)result->took_us,
	};

	add_row(&t->rows[kind], &row);
}

uint64_t table_runs(const struct table *t)
{
	uint64_t runs = 0;

	for (unsigned kind = 0; kind < SIM_KIND_COUNT; kind++)
		runs += t->rows[kind].runs;
	return runs;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static void print_row(const char *name, const struct table_row *r)
{
	printf("%-16s %9" PRIu64 " %9" PRIu64 " %12" PRIu64 " %7.2f %8.2f %10.3f %9.3f %9.1f\n",
	       name, r->runs, r->exact, r->segments, 100 * share(r->lost, r->segments),
	       100 * share(r->again, r->segments), share(r->text_us, r->runs) / 1e6,
	       share(r->took_us, r->runs) / 1e6, share(r->text, r->text_us) * 1e3);
}

void table_print(const struct table *t)
{
	struct table_row sum = { 0 };

	printf("%-16s %9s %9s %12s %7s %8s %10s %9s %9s\n", "impairment", "runs", "exact",
	       "segments", "lost %", "again %", "text, s", "all, s", "kB/s");
	for (unsigned kind = 0; kind < SIM_KIND_COUNT; kind++) {
		print_row(sim_kind_name(kind), &t->rows[kind]);
		add_row(&sum, &t->rows[kind]);
	}
	print_row("all", &sum);
}

/* One line a kind, in their order; nothing but numbers. */
bool table_write(const struct table *t, const char *file)
{
	FILE *f = fopen(file, "w");
	bool ok = f;

	for (unsigned kind = 0; f && kind < SIM_KIND_COUNT; kind++) {
		const struct table_row *r = &t->rows[kind];

		fprintf(f,
			"%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %" PRIu64 " %" PRIu64 "\n",
			r->runs, r->exact, r->segments, r->lost, r->again, r->text, r->text_us,
			r->took_us);
	}
	if (f) {
		ok = !ferror(f);
		ok = !fclose(f) && ok;
	}
	return ok;
}

bool table_read(struct table *t, const char *file)
{
	FILE *f = fopen(file, "r");
	bool ok = f;

	for (unsigned kind = 0; ok && kind < SIM_KIND_COUNT; kind++) {
		struct table_row r = { 0 };

		ok = fscanf(f,
			    "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
			    " %" SCNu64 " %" SCNu64,
			    &r.runs, &r.exact, &r.segments, &r.lost, &r.again, &r.text, &r.text_us,
			    &r.took_us) == FIELDS;
		add_row(&t->rows[kind], &r);
	}
	if (f)
		fclose(f);
	return ok;
}
