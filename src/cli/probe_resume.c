/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_resume.c - see probe_resume.h. A line for each figure, then one for each target behind the first
 * unfinished one that is finished already. */
#include "cli/probe_resume.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD                        \
	"tcpshake-probe-resume 1\n" \
	"seed %" PRIu64 " targets %" PRIu64 " shard %u/%u part %u from %" PRIu64 " done %zu\n"
#define HEAD_READ                   \
	"tcpshake-probe-resume 1\n" \
	"seed %" SCNu64 " targets %" SCNu64 " shard %u/%u part %u from %" SCNu64 " done %zu\n"
#define DONE_MAX (1u << 26)

static bool read_from(FILE *f, struct probe_resume *r)
{
	size_t n = 0;

	if (fscanf(f, HEAD_READ, &r->seed, &r->targets, &r->shard, &r->shards, &r->part,
		   &r->start.from, &n) != 7 ||
	    n > DONE_MAX || !(r->done = calloc(n + 1, sizeof(*r->done))))
		return false;
	r->start.done = r->done;
	for (; r->start.done_count < n; r->start.done_count++) {
		uint64_t *at = &r->done[r->start.done_count];

		if (fscanf(f, "%" SCNu64 "\n", at) != 1 || (r->start.done_count && *at <= at[-1]))
			return false;
	}
	return true;
}

/* That it cannot be written is to be told before the run, not after it. */
static bool may_write(const char *path, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0)
		return err_set(e, STATUS_APP, "cannot write %.200s: %s", path, strerror(errno));
	close(fd);
	unlink(path);
	return true;
}

bool probe_resume_read(const char *path, struct probe_resume *out, struct err *e)
{
	FILE *f = fopen(path, "re");

	*out = (struct probe_resume){ 0 };
	if (!f)
		return errno == ENOENT ? may_write(path, e) :
					 err_set(e, STATUS_APP, "cannot read %.200s: %s", path,
						 strerror(errno));
	out->found = read_from(f, out);
	fclose(f);
	return out->found ||
	       err_set(e, STATUS_USAGE,
		       "%.200s: no file that --resume has written; name one that does "
		       "not exist yet to begin",
		       path);
}

bool probe_resume_write(const char *path, const struct probe_resume *r, struct err *e)
{
	FILE *f = fopen(path, "we");
	bool good = f != NULL;

	if (f) {
		fprintf(f, HEAD, r->seed, r->targets, r->shard, r->shards, r->part, r->start.from,
			r->start.done_count);
		for (size_t i = 0; i < r->start.done_count; i++)
			fprintf(f, "%" PRIu64 "\n", r->start.done[i]);
		good = !ferror(f);
		good = fclose(f) == 0 && good;
	}
	return good || err_set(e, STATUS_APP, "cannot write %.200s: %s", path, strerror(errno));
}

void probe_resume_free(struct probe_resume *r)
{
	free(r->done);
	r->done = NULL;
}
