/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_options.h - the command line of `probe`. */
#ifndef TCPSHAKE_CLI_PROBE_OPTIONS_H
#define TCPSHAKE_CLI_PROBE_OPTIONS_H

#include "cli/common.h"
#include "probe/prober.h"

struct probe_options {
	struct common_options common; /* first: its fields count from the start */
	struct option_list files, excludes, exclude_files;
	const char *ports, *path, *resume, *output;
	int all_addresses, half, full, csv, stream, all, dry_run;
	int64_t seed, retries, wait_us, rate, repeat, interval_us, per_host;
	unsigned shard, shards;
};

/* probe_options_parse() - as options_parse(), and what contradicts itself is refused. */
int probe_options_parse(int argc, char **argv, struct probe_options *o, struct err *e);

/* What they mean for the parts of the prober. False with @e set. */
bool probe_options_targets(const struct probe_options *o, struct targets_options *out,
			   struct err *e);
bool probe_options_ways(const struct probe_options *o, struct ways_options *out, struct err *e);
void probe_options_prober(const struct probe_options *o, struct prober_options *out);

#endif
