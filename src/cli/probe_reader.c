/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_reader.c - see probe_reader.h. */
#include "cli/probe_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "probe/target_list.h"
#include "wire/privilege.h"
#include "wire/resolve.h"

#define FORGET_AFTER 4096u /* words: the set here is there to check them only */

/* What targets_options.resolve found: it knows no context. */
static struct {
	struct addr list[PROBE_READER_ADDRESSES];
	unsigned count;
} addresses;

static unsigned resolve_and_keep(const char *host, int family, struct addr *out, unsigned max,
				 struct err *e)
{
	unsigned n = resolve(host, family, out,
			     max < PROBE_READER_ADDRESSES ? max : PROBE_READER_ADDRESSES, e);

	addresses.count = n;
	memcpy(addresses.list, out, n * sizeof(*out));
	return n;
}

static void pass_on(FILE *to, const char *word)
{
	char text[ADDR_TEXT_MAX];

	fprintf(to, "T%s", word);
	for (unsigned i = 0; i < addresses.count; i++)
		fprintf(to, "\t%s", addr_text(&addresses.list[i], text));
	putc('\n', to);
}

/* False: the list is wrong, and that was said. */
static bool pass_file(FILE *to, struct targets *t, const char *path)
{
	struct err e = { 0 };
	struct target_list *list = target_list_open(path, &e);
	unsigned since = 0;
	const char *word;
	bool good = list != NULL;

	while (good && target_list_next(list, &word, &good, &e)) {
		addresses.count = 0;
		if (targets_add(t, word, &e)) {
			pass_on(to, word);
		} else {
			target_list_blame(list, &e);
			good = e.status == STATUS_UNREACHABLE;
			if (good)
				fprintf(to, "W%d %s\n", e.status, e.text);
		}
		if (++since == FORGET_AFTER) {
			targets_clear(t);
			since = 0;
		}
	}
	if (!good)
		fprintf(to, "E%d %s\n", e.status, e.text);
	target_list_close(list);
	return good;
}

static void run_child(const struct probe_options *o, int fd)
{
	FILE *to = fdopen(fd, "w");
	struct targets_options options;
	struct targets *t = NULL;
	struct err e = { 0 };

	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_IGN); /* the parent decides when it is over */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (to && privilege_shed(&e) && probe_options_targets(o, &options, &e)) {
		options.resolve = resolve_and_keep;
		options.all_addresses = true; /* what is left out is no error here */
		t = targets_new(&options, &e);
	}
	if (to && e.status)
		fprintf(to, "E%d %s\n", e.status, e.text);
	for (size_t i = 0; t && i < o->files.count; i++)
		if (!pass_file(to, t, o->files.items[i]))
			break;
	if (to)
		fclose(to);
	_exit(0);
}

pid_t probe_reader_start(const struct probe_options *o, FILE **from, struct err *e)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		err_set(e, STATUS_APP, "cannot read targets: %s", strerror(errno));
		return -1;
	}
	child = fork();
	if (child == 0) {
		close(ends[0]);
		run_child(o, ends[1]);
	}
	close(ends[1]);
	*from = child > 0 ? fdopen(ends[0], "r") : NULL;
	if (*from)
		return child;
	err_set(e, STATUS_APP, "cannot read targets: %s", strerror(errno));
	close(ends[0]);
	return -1;
}
