/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_words.c - see probe_words.h.
 *
 *     probe_reader --> targets_add(), whose resolver reads the addresses that came with the word */
#include "cli/probe_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/probe_reader.h"
#include "wire/resolve.h"

struct probe_words {
	struct targets *targets;
	char **words;
	size_t word_count;
	FILE *from; /* the child's; NULL: no files */
	pid_t child;
	char *line;
	size_t line_size;
	unsigned parts;
	bool ended;
	struct err missing;
};

/* What targets_options.resolve is to find: it knows no context. One list is read at a time. */
static struct {
	struct addr list[PROBE_READER_ADDRESSES];
	unsigned count;
	bool asked;
} addresses;

/* The addresses that came with the word; of a word of the command line, by asking. */
static unsigned resolve_known(const char *host, int family, struct addr *out, unsigned max,
			      struct err *e)
{
	unsigned n = addresses.count < max ? addresses.count : max;

	if (!addresses.asked)
		return resolve(host, family, out, max, e);
	memcpy(out, addresses.list, n * sizeof(*out));
	if (!n)
		err_set(e, STATUS_UNREACHABLE, "%.100s: no address", host);
	return n;
}

static bool exclude_all(struct targets *t, const struct probe_options *o, struct err *e)
{
	for (size_t i = 0; i < o->excludes.count; i++)
		if (!targets_exclude(t, o->excludes.items[i], e))
			return false;
	for (size_t i = 0; i < o->exclude_files.count; i++)
		if (!targets_exclude_file(t, o->exclude_files.items[i], e))
			return false;
	return true;
}

struct probe_words *probe_words_open(const struct probe_options *o, char **words, size_t count,
				     struct err *e)
{
	struct probe_words *w = calloc(1, sizeof(*w));
	struct targets_options options;

	if (!w) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	w->words = words;
	w->word_count = count;
	if (probe_options_targets(o, &options, e)) {
		options.resolve = resolve_known;
		w->targets = targets_new(&options, e);
	}
	if (w->targets && exclude_all(w->targets, o, e) &&
	    (!o->files.count || (w->child = probe_reader_start(o, &w->from, e)) > 0))
		return w;
	probe_words_close(w);
	return NULL;
}

void probe_words_close(struct probe_words *w)
{
	if (!w)
		return;
	if (w->from)
		fclose(w->from); /* the child dies of writing */
	if (w->child > 0)
		waitpid(w->child, NULL, 0);
	targets_free(w->targets);
	free(w->line);
	free(w);
}

/* A line of the child's: false with @e set when it says that the list is wrong. */
static bool take_line(struct probe_words *w, char *line, struct err *e)
{
	char *rest = line + 1;
	long status = strtol(rest, &rest, 10);

	if (line[0] == 'T') {
		char *at = strchr(line, '\t');

		addresses.count = 0;
		addresses.asked = true;
		while (at && addresses.count < PROBE_READER_ADDRESSES) {
			char *next = strchr(at + 1, '\t');

			*at = '\0';
			if (next)
				*next = '\0';
			addresses.count += addr_parse(at + 1, &addresses.list[addresses.count]);
			if (next)
				*next = '\t';
			at = next;
		}
		return targets_add(w->targets, line + 1, e);
	}
	if (line[0] == 'E')
		return err_set(e, (enum status)status, "%s", rest + (*rest == ' '));
	if (!w->missing.status)
		err_set(&w->missing, (enum status)status, "%s", rest + (*rest == ' '));
	return true;
}

static bool read_words(struct probe_words *w, unsigned *count, struct err *e)
{
	while (w->from && *count < PROBE_PART_WORDS) {
		ssize_t len = getline(&w->line, &w->line_size, w->from);

		if (len <= 0) {
			w->ended = true;
			break;
		}
		w->line[strcspn(w->line, "\n")] = '\0';
		if (!take_line(w, w->line, e))
			return false;
		*count += w->line[0] == 'T';
	}
	return true;
}

/* The words of one part. Return: how many; -1 with @e set. */
static int fill(struct probe_words *w, struct err *e)
{
	unsigned count = 0;

	targets_clear(w->targets);
	addresses.asked = false;
	for (size_t i = 0; w->parts == 0 && i < w->word_count; i++, count++)
		if (!targets_add(w->targets, w->words[i], e))
			return -1;
	w->ended = !w->from;
	w->parts++;
	return read_words(w, &count, e) ? (int)count : -1;
}

struct targets *probe_words_part(struct probe_words *w, struct err *e)
{
	while (!w->ended) {
		bool first = w->parts == 0;
		int count = fill(w, e);

		if (count < 0)
			return NULL;
		if (count && targets_seal(w->targets, e))
			return w->targets;
		/* Of a long list a part may hold nothing that is probed. */
		if (e->status && (targets_count(w->targets) ||
				  !(targets_reserved(w->targets) || targets_excluded(w->targets)) ||
				  (first && w->ended)))
			return NULL;
		if (!count && first) {
			*e = w->missing;
			if (!e->status)
				err_set(e, STATUS_USAGE,
					"no target given: the list is empty; see `tcpshake probe "
					"--help`");
			return NULL;
		}
		*e = (struct err){ 0 };
	}
	return NULL;
}

bool probe_words_ended(const struct probe_words *w)
{
	return w->ended;
}

const struct err *probe_words_missing(const struct probe_words *w)
{
	return &w->missing;
}
