/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.c - `tcpshake run`: scripts that say what to send and what must come back; verdicts for machines.
 *
 * All scripts are parsed and all their targets resolved before anything is sent. Then up to --jobs of
 * them run at once in one loop; they are reported in the order in which they were named. */
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/run_priv.h"
#include "cli/scripting.h"
#include "wire/privilege.h"

#define JOBS_MAX 64

#define SET(...)    OPTION_SET(struct run_options, __VA_ARGS__)
#define NUMBER(...) OPTION_NUMBER(struct run_options, __VA_ARGS__)
#define TEXT(...)   OPTION_TEXT(struct run_options, __VA_ARGS__)
#define LIST(...)   OPTION_LIST(struct run_options, __VA_ARGS__)

static const struct option_row rows[] = {
	TEXT(target, "target", 't', "HOST:PORT", "where scripts that name no target connect to"),
	LIST(defines, "define", 'D', "NAME=VALUE", "a variable for the scripts: $NAME"),
	NUMBER(jobs, "jobs", 'j', "N", 1, JOBS_MAX, "so many scripts at once (1)"),
	TEXT(junit, "junit", 0, "FILE", "the verdicts as JUnit XML too"),
	SET(leave, "leave", 0, 1, "leave open what a script leaves open; else it is reset"),
};

static const char about[] =
	"Run scripts: each says which segments to send and which must come back. A script is a\n"
	"test of TAP 14 on standard output, each expectation in it a subtest. A folder stands for\n"
	"all its *.shake and *.pkt files; *.pkt are packetdrill's scripts of a server under test,\n"
	"played against --target. tcpshake(1) describes the language. Needs CAP_NET_RAW.";

/* All of them, so that all mistakes are known at once. */
static bool parse_all(struct run *r, struct err *e)
{
	unsigned bad = 0;

	for (unsigned i = 0; i < r->count; i++) {
		struct job *j = &r->jobs[i];
		struct script_error why = { 0 };

		j->script = job_parse(j, &why);
		if (j->script)
			continue;
		scripting_error(&why);
		*e = why.err;
		bad++;
	}
	if (bad > 1)
		fprintf(stderr, "tcpshake: %u of %u scripts cannot be run; nothing was sent\n", bad,
			r->count);
	return !bad;
}

static bool open_handles(struct run *r, struct err *e)
{
	const struct run_options *o = r->options;

	if (!privilege_check(e))
		return false;
	r->loop = loop_new(e);
	r->world = r->loop ? world_new(&o->common, r->loop, e) : NULL;
	if (!r->world)
		return false;
	if (!run_add_targets(r, e) || !world_listen(r->world, e) || (o->junit && !junit_open(r, e)))
		return false;
	world_settings(&o->common, &r->settings);
	r->output = output_new(&o->common, NULL, world_link_type(r->world), e);
	return r->output != NULL;
}

static void on_interrupt(void *context, bool again)
{
	struct run *r = context;

	(void)again;
	r->stopped = true;
	for (unsigned i = 0; i < r->begun; i++) {
		struct job *j = &r->jobs[i];

		if (!j->exec || j->over)
			continue;
		err_set(&j->broken, STATUS_APP, "interrupted");
		exec_stop(j->exec);
	}
}

/* Begin what may begin, end what is over, tell what is next to be told. True: some script was over at once,
 * and there is more to do before anything is waited for. */
static bool schedule_once(struct run *r)
{
	unsigned running = 0;
	bool more = false;

	for (unsigned i = r->told; i < r->begun; i++) {
		if (r->jobs[i].over && r->jobs[i].exec)
			job_end(&r->jobs[i]);
		running += !r->jobs[i].over;
	}
	while (!r->stopped && r->begun < r->count && running < (unsigned)r->options->jobs) {
		struct job *j = &r->jobs[r->begun++];

		if (!job_begin(j))
			job_end(j);
		running += !j->over;
		more = more || j->over;
	}
	while (r->told < r->begun && r->jobs[r->told].over && !r->jobs[r->told].exec) {
		r->failed += !job_passed(&r->jobs[r->told]);
		report_job(r, &r->jobs[r->told], r->told + 1);
		if (job_passed(&r->jobs[r->told]))
			tell_free(&r->jobs[r->told]); /* nobody asks for it any more */
		r->told++;
	}
	return more;
}

static void schedule(struct run *r)
{
	while (schedule_once(r))
		;
}

static bool finished(const struct run *r)
{
	return r->told == (r->stopped ? r->begun : r->count);
}

static bool run_all(struct run *r, struct err *e)
{
	struct interrupt interrupt;
	bool good = interrupt_start(&interrupt, r->loop, on_interrupt, r, e);

	if (!good)
		return false;
	report_begin(r);
	schedule(r);
	while (good && !finished(r)) {
		good = loop_turn(r->loop, e);
		if (good && world_failed(r->world)) {
			*e = *world_failed(r->world);
			good = false;
		}
		schedule(r);
	}
	report_end(r);
	if (good && r->options->junit)
		good = junit_write(r, e);
	if (world_drops(r->world))
		fprintf(stderr,
			"tcpshake: the capture lost %u frames: a verdict may be wrong; fewer --jobs "
			"at once\n",
			world_drops(r->world));
	if (!output_close(r->output, e))
		good = false;
	r->output = NULL;
	interrupt_stop(&interrupt);
	return good;
}

static void release(struct run *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		job_free(&r->jobs[i]);
		free(r->jobs[i].path);
	}
	free(r->jobs);
	if (r->junit)
		fclose(r->junit);
	world_free(r->world);
	loop_free(r->loop);
	for (size_t i = 0; i < r->options->defines.count; i++)
		free(r->names ? r->names[i] : NULL);
	free(r->names);
	free(r->defs);
}

enum status cli_run(int argc, char **argv)
{
	static const struct option_group own = { "Scripts", rows, ARRAY_LEN(rows) };
	const struct option_group groups[] = { own, common_connection_options,
					       common_output_options };
	const struct option_table table = { "run", "[options] SCRIPT|FOLDER...", about, groups,
					    ARRAY_LEN(groups) };
	struct run_options o = { .jobs = 1 };
	struct run r = { .options = &o };
	struct err e = { 0 };
	enum status status;
	int first;

	common_init(&o.common);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0)
		return err_print(&e);
	if (!run_gather(&r, argv + first, argc - first, &e) || !run_define(&r, &e))
		status = err_print(&e);
	else if (!parse_all(&r, &e) || !run_check_targets(&r, &e))
		status = e.status;
	else if (!open_handles(&r, &e) || !run_all(&r, &e))
		status = err_print(&e);
	else
		status = r.failed || r.stopped ? STATUS_CHECK : STATUS_OK;
	release(&r);
	return status;
}
