/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_run.c - `tcpshake probe` while it runs: rounds over each part, results to the view, interruptions. */
#include <stdio.h>
#include <unistd.h>

#include "cli/probe_priv.h"

#define TICK_US 200000

void probe_complain(struct probe *p, const struct err *e)
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
		.begun = t.syns - t.retries,
		.elapsed_us = loop_now() - p->started_us,
	};
	for (unsigned a = 0; a < p->prober_options.attempts; a++)
		f.patience_us += p->prober_options.wait_us[a];
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
	probe_complain(p, &e);
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
		probe_complain(p, &e);
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

	probe_complain(p, why);
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

bool probe_run_open(struct probe *p, struct err *e)
{
	const struct prober_calls calls = { on_result, on_finished, on_failed, p };

	p->loop = loop_new(e);
	p->prober = p->loop ? prober_new(p->loop, p->ways, &p->prober_options, &calls, e) : NULL;
	p->tick = (struct loop_source){ -1, 0, loop_now() + TICK_US, on_tick, p };
	return p->prober && loop_add(p->loop, &p->tick, e) &&
	       interrupt_start(&p->interrupt, p->loop, on_interrupt, p, e);
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
		probe_complain(p, &e);
	probe_resume_free(&r);
}

void probe_run(struct probe *p)
{
	struct err e = { 0 };

	p->started_us = loop_now();
	begin_round(p);
	while (!p->over) {
		if (!loop_turn(p->loop, &e)) {
			probe_complain(p, &e);
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
