/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.c - `tcpshake probe`: targets in parts, rounds over each, results to the view.
 *
 *     words --> set --> ways --> privilege is dropped --> prober --> view
 *
 * Rules: the first part is known before privilege is dropped, so that the interfaces are; files of the
 *        user's are opened by a child without privilege, or afterwards. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/probe_options.h"
#include "cli/probe_resume.h"
#include "cli/probe_words.h"
#include "view/probe_view.h"
#include "view/view.h"
#include "wire/privilege.h"

#define TICK_US 200000

struct probe {
	struct probe_options o;
	struct prober_options prober_options;
	struct probe_words *words;
	struct targets *targets; /* the part in work */
	unsigned part, round;
	uint64_t known; /* targets of all parts so far, or 0 when more are to come */
	struct probe_resume resume;
	struct ways *ways;
	struct loop *loop;
	struct prober *prober;
	struct probe_view *view;
	FILE *out;
	struct interrupt interrupt;
	struct progress progress;
	struct loop_source tick; /* the progress line, and the next round */
	int64_t started_us, round_us;
	bool stop;		     /* begin nothing more */
	bool waiting, over;	     /* for the next round; all is done */
	enum status status, verdict; /* of the first failure; of a single target */
	bool single;
};

static void complain(struct probe *p, const struct err *e)
{
	progress_erase(&p->progress);
	err_print(e);
	if (p->status == STATUS_OK)
		p->status = e->status;
}

/* ---- results ---------------------------------------------------------------------------------- */

static void on_result(void *context, const struct probe_result *r)
{
	static const enum status of[PROBE_STATE_COUNT] = {
		[PROBE_OPEN] = STATUS_OK,	   [PROBE_CLOSED] = STATUS_REFUSED,
		[PROBE_FILTERED] = STATUS_TIMEOUT, [PROBE_UNREACHABLE] = STATUS_UNREACHABLE,
		[PROBE_BROKEN] = STATUS_PEER,
	};
	struct probe *p = context;

	p->verdict = of[r->state];
	probe_view_result(p->view, r);
}

static void show_progress(struct probe *p)
{
	struct probe_totals t;
	struct progress_figures f;

	prober_totals(p->prober, &t);
	f = (struct progress_figures){
		.targets = p->known * (uint64_t)p->o.repeat,
		.answered = t.by_state[PROBE_OPEN] + t.by_state[PROBE_CLOSED] +
			    t.by_state[PROBE_UNREACHABLE] + t.by_state[PROBE_BROKEN],
		.sent = t.syns,
		.elapsed_us = loop_now() - p->started_us,
	};
	f.finished = f.answered + t.by_state[PROBE_FILTERED];
	progress_show(&p->progress, &f);
}

/* ---- rounds ----------------------------------------------------------------------------------- */

static void end(struct probe *p)
{
	p->over = true;
	p->tick.deadline_us = LOOP_NEVER;
}

static void begin_round(struct probe *p)
{
	struct err e = { 0 };
	bool resumed = p->resume.found && p->part == p->resume.part;

	p->waiting = false;
	p->round++;
	p->round_us = loop_now();
	if (prober_begin(p->prober, p->targets, p->round, resumed ? &p->resume.start : NULL, &e))
		return;
	complain(p, &e);
	end(p);
}

static void on_finished(void *context)
{
	struct probe *p = context;
	struct err e = { 0 };

	if (p->stop) {
		end(p);
		return;
	}
	if (p->round < p->o.repeat) {
		p->waiting = true;
		p->tick.deadline_us = 0;
		return;
	}
	p->targets = probe_words_part(p->words, &e);
	if (p->targets) {
		p->part++;
		p->round = 0;
		begin_round(p);
		return;
	}
	if (e.status)
		complain(p, &e);
	end(p);
}

static void on_tick(void *context, short revents)
{
	struct probe *p = context;
	int64_t now = loop_now(), next = now + TICK_US;

	(void)revents;
	probe_view_flush(p->view);
	show_progress(p);
	if (p->waiting && now >= p->round_us + p->o.interval_us)
		begin_round(p);
	else if (p->waiting && p->round_us + p->o.interval_us < next)
		next = p->round_us + p->o.interval_us;
	p->tick.deadline_us = p->over ? LOOP_NEVER : next;
}

static void on_failed(void *context, const struct err *why)
{
	struct probe *p = context;

	complain(p, why);
	p->stop = true;
	prober_stop(p->prober, true);
	end(p);
}

static void on_interrupt(void *context, bool again)
{
	struct probe *p = context;

	p->stop = true;
	prober_stop(p->prober, again);
	if (p->waiting || again)
		end(p);
}

/* ---- the whole -------------------------------------------------------------------------------- */

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

static void save_resume(struct probe *p)
{
	struct probe_resume r = {
		.seed = p->prober_options.seed,
		.shard = p->o.shard,
		.shards = p->o.shards,
		.part = p->part,
	};
	struct err e = { 0 };
	bool good;

	if (!p->stop) {
		unlink(p->o.resume); /* all is done: there is nothing to go on with */
		return;
	}
	r.targets = targets_count(p->targets);
	good = prober_where(p->prober, &r.start.from, &r.done, &r.start.done_count) ||
	       err_set(&e, STATUS_APP, "out of memory");
	r.start.done = r.done;
	if (!good || !probe_resume_write(p->o.resume, &r, &e))
		complain(p, &e);
	probe_resume_free(&r);
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

static bool open_rest(struct probe *p, struct err *e)
{
	const struct prober_calls calls = { on_result, on_finished, on_failed, p };

	if (!take_resume(p, e) || !open_output(p, e))
		return false;
	p->loop = loop_new(e);
	p->prober = p->loop ? prober_new(p->loop, p->ways, &p->prober_options, &calls, e) : NULL;
	p->tick = (struct loop_source){ -1, 0, loop_now() + TICK_US, on_tick, p };
	return p->prober && loop_add(p->loop, &p->tick, e) &&
	       interrupt_start(&p->interrupt, p->loop, on_interrupt, p, e);
}

static void run(struct probe *p)
{
	struct err e = { 0 };

	p->started_us = loop_now();
	begin_round(p);
	while (!p->over) {
		if (!loop_turn(p->loop, &e)) {
			complain(p, &e);
			break;
		}
		if (probe_view_failed(p->view) && !p->stop) { /* nobody reads what we print */
			p->stop = true;
			prober_stop(p->prober, true);
		}
	}
	if (p->o.resume)
		save_resume(p);
}

static void close_view(struct probe *p)
{
	struct probe_totals totals = { 0 };
	struct err e = { 0 };

	if (p->prober)
		prober_totals(p->prober, &totals);
	progress_erase(&p->progress);
	if (p->view && !probe_view_close(p->view, &totals, &e))
		complain(p, &e);
	if (p->out && p->out != stdout && fclose(p->out) && p->status == STATUS_OK) {
		err_set(&e, STATUS_APP, "cannot write %.200s: %m", p->o.output);
		complain(p, &e);
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
		complain(&p, &e);
	} else if (p.o.dry_run) {
		if (!count_dry(&p, &e))
			complain(&p, &e);
	} else if (!open_handles(&p, &e) || !open_rest(&p, &e)) {
		complain(&p, &e);
	} else {
		run(&p);
	}
	if (p.words && probe_words_missing(p.words)->status && p.status == STATUS_OK)
		complain(&p, probe_words_missing(p.words));
	close_view(&p);
	release(&p);
	return p.status == STATUS_OK && p.single ? p.verdict : p.status;
}
