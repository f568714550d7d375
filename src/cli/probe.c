/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.c - `tcpshake probe`: targets in parts, rounds over each, results to the view.
 *
 *     words --> set --> ways --> privilege is dropped --> prober --> view
 *
 * Rules: the first part is known before privilege is dropped, so that the interfaces are; files of the
 *        user's are opened by a child without privilege, or afterwards. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/probe_priv.h"
#include "view/view.h"
#include "wire/privilege.h"

/* What has to be open before privilege is dropped. */
static bool open_handles(struct probe *p, struct err *e)
{
	struct ways_options options;

	if (!probe_options_ways(&p->o, &options, e) || !privilege_check(e))
		return false;
	p->ways = ways_new(&options, e);
	if (!p->ways)
		return false;
	for (unsigned i = 0; i < targets_range_count(p->targets); i++) {
		struct addr first, last;

		targets_range(p->targets, i, &first, &last);
		if (!ways_prepare(p->ways, &first, &last, e))
			return false;
	}
	if (!probe_words_ended(p->words) && !ways_prepare_all(p->ways, e))
		return false;
	return ways_listen(p->ways, e) && privilege_drop(e);
}

/* Go on where an earlier run ended: the same targets in the same order. */
static bool take_resume(struct probe *p, struct err *e)
{
	const struct probe_resume *r = &p->resume;

	if (!p->o.resume)
		return true;
	if (!probe_resume_read(p->o.resume, &p->resume, e))
		return false;
	if (!r->found)
		return true;
	if (r->shard != p->o.shard || r->shards != p->o.shards)
		return err_set(e, STATUS_USAGE, "%.200s was written with --shard %u/%u; give that",
			       p->o.resume, r->shard, r->shards);
	p->prober_options.seed = r->seed;
	while (p->part < r->part) {
		p->targets = probe_words_part(p->words, e);
		p->part++;
		if (!p->targets)
			break;
	}
	if (p->targets && targets_count(p->targets) == r->targets)
		return true;
	return e->status ? false :
			   err_set(e, STATUS_USAGE,
				   "%.200s was written with other targets; give the same again",
				   p->o.resume);
}

static bool open_output(struct probe *p, struct err *e)
{
	struct probe_view_options v = {
		.messages = stderr,
		.progress = &p->progress,
		.format = p->o.common.json ? PROBE_FORMAT_JSON :
			  p->o.csv	   ? PROBE_FORMAT_CSV :
					     PROBE_FORMAT_TABLE,
		.stream = p->o.stream,
		.all = p->o.all,
		.repeat = p->o.repeat > 1,
		.http = p->o.path != NULL,
		.quiet = p->o.common.verbosity<0, .verbose = p->o.common.verbosity> 0,
		.targets = p->known * (uint64_t)p->o.repeat,
	};

	p->out = stdout;
	if (p->o.output && strcmp(p->o.output, "-")) {
		p->out = fopen(p->o.output, p->resume.found ? "ae" : "we");
		if (!p->out)
			return err_set(e, STATUS_APP, "cannot write %.200s: %m", p->o.output);
	}
	v.out = p->out;
	v.color = view_want_color((enum view_color)p->o.common.color, p->out);
	progress_init(&p->progress, stderr, v.quiet);
	p->view = probe_view_open(&v);
	return p->view || err_set(e, STATUS_APP, "out of memory");
}

static void close_view(struct probe *p)
{
	struct probe_totals totals = { 0 };
	struct err e = { 0 };

	if (p->prober)
		prober_totals(p->prober, &totals);
	totals.took_us =
		p->started_us ? loop_now() - p->started_us : 0; /* pauses of --repeat too */
	progress_erase(&p->progress);
	if (p->view && !probe_view_close(p->view, &totals, &e))
		probe_complain(p, &e);
	if (p->out && p->out != stdout && fclose(p->out) && p->status == STATUS_OK) {
		err_set(&e, STATUS_APP, "cannot write %.200s: %m", p->o.output);
		probe_complain(p, &e);
	}
}

/* --dry-run: through all positions, as a run would go, and nothing else. */
static bool count_dry(struct probe *p, struct err *e)
{
	uint64_t count = 0, reserved = 0, excluded = 0, syns;

	do {
		count += prober_dry(&p->prober_options, p->targets, NULL, NULL);
		reserved += targets_reserved(p->targets);
		excluded += targets_excluded(p->targets);
	} while ((p->targets = probe_words_part(p->words, e)));
	if (e->status)
		return false;
	syns = count * p->prober_options.attempts * (uint64_t)p->o.repeat;
	if (p->o.common.json)
		printf("{\"type\":\"dry-run\",\"targets\":%" PRIu64 ",\"reserved\":%" PRIu64
		       ",\"excluded\":%" PRIu64 ",\"syns_max\":%" PRIu64 ",\"seconds_min\":%.3f}\n",
		       count, reserved, excluded, syns,
		       (double)count * (double)p->o.repeat / (double)p->o.rate);
	else
		printf("%" PRIu64 " targets; left out: %" PRIu64 " reserved, %" PRIu64
		       " excluded; nothing was sent\n"
		       "a run takes %.1f s or more at %" PRId64 "/s, and sends at most %" PRIu64
		       " SYNs\n",
		       count, reserved, excluded,
		       (double)count * (double)p->o.repeat / (double)p->o.rate, p->o.rate, syns);
	return true;
}

static bool first_part(struct probe *p, char **words, size_t count, struct err *e)
{
	p->words = probe_words_open(&p->o, words, count, e);
	p->targets = p->words ? probe_words_part(p->words, e) : NULL;
	if (!p->targets)
		return false;
	if (p->o.repeat > 1 && !probe_words_ended(p->words))
		return err_set(e, STATUS_USAGE,
			       "--repeat: more than %u targets in a list; give fewer, or a prefix",
			       PROBE_PART_WORDS);
	p->known = probe_words_ended(p->words) ? prober_share(&p->prober_options, p->targets) : 0;
	p->single = p->known == 1;
	return true;
}

static void release(struct probe *p)
{
	prober_free(p->prober);
	ways_free(p->ways);
	probe_words_close(p->words);
	probe_resume_free(&p->resume);
	interrupt_stop(&p->interrupt);
	loop_free(p->loop);
}

enum status cli_probe(int argc, char **argv)
{
	struct probe p = { 0 };
	struct err e = { 0 };
	int first = probe_options_parse(argc, argv, &p.o, &e);

	if (first <= 0)
		return err_print(&e);
	probe_options_prober(&p.o, &p.prober_options);
	if (!first_part(&p, argv + first, (size_t)(argc - first), &e)) {
		probe_complain(&p, &e);
	} else if (p.o.dry_run) {
		if (!count_dry(&p, &e))
			probe_complain(&p, &e);
	} else if (!open_handles(&p, &e) || !take_resume(&p, &e) || !open_output(&p, &e) ||
		   !probe_run_open(&p, &e)) {
		probe_complain(&p, &e);
	} else {
		probe_run(&p);
	}
	if (p.words && probe_words_missing(p.words)->status && p.status == STATUS_OK)
		probe_complain(&p, probe_words_missing(p.words));
	close_view(&p);
	release(&p);
	return p.status == STATUS_OK && p.single ? p.verdict : p.status;
}
