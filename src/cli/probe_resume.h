/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_resume.h - the file of --resume: where a run was interrupted. */
#ifndef TCPSHAKE_CLI_PROBE_RESUME_H
#define TCPSHAKE_CLI_PROBE_RESUME_H

#include "probe/prober.h"

struct probe_resume {
	bool found; /* there was such a file */
	uint64_t seed;
	uint64_t targets; /* of the part: the same list must be given again */
	unsigned shard, shards;
	unsigned part; /* from 0 */
	struct prober_start start;
	uint64_t *done; /* start.done */
};

/* probe_resume_read() - no such file is no failure; false with @e set when it is another one. */
bool probe_resume_read(const char *path, struct probe_resume *out, struct err *e);

/* probe_resume_write() - false with @e set. */
bool probe_resume_write(const char *path, const struct probe_resume *r, struct err *e);

void probe_resume_free(struct probe_resume *r);

#endif
