/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_report.c - a view of the report for each connection, as they come in between each other. */
#include "cli/explain_report.h"

#include <stdlib.h>

#include "view/report.h"

struct explain_report {
	struct report *report;
	unsigned only;
	bool told;
	struct view *views[FLOWS_MAX + 1]; /* by the connection's number; 0: of the only one */
};

struct explain_report *explain_report_open(const char *path, bool absolute, unsigned only,
					   struct err *e)
{
	struct explain_report *r = calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	r->only = only;
	r->report = report_open(path, absolute, e);
	if (r->report)
		return r;
	free(r);
	return NULL;
}

static bool is_wanted(const struct explain_report *r, const struct flow *f)
{
	return r && !r->told && (r->only ? f->number == r->only : f->number <= FLOWS_MAX);
}

static struct view **view_of(struct explain_report *r, const struct flow *f)
{
	return &r->views[r->only ? 0 : f->number];
}

void explain_report_step(struct explain_report *r, const struct flow *f,
			 const struct view_connection *c, const struct trace_step *step,
			 const struct packet *p, const struct frame *frame)
{
	if (!is_wanted(r, f))
		return;
	if (!*view_of(r, f)) {
		*view_of(r, f) = report_view(r->report);
		view_connection(*view_of(r, f), c);
	}
	view_step(*view_of(r, f), step, p, frame);
}

void explain_report_event(struct explain_report *r, const struct flow *f,
			  const struct view_event *event)
{
	if (is_wanted(r, f))
		view_event(*view_of(r, f), event);
}

void explain_report_flow_end(struct explain_report *r, const struct flow *f)
{
	struct trace_summary s;

	if (!is_wanted(r, f))
		return;
	trace_summary(f->trace, &s);
	view_summary(*view_of(r, f), &s, NULL);
}

void explain_report_end(struct explain_report *r, const struct flows *fs)
{
	if (!r || r->told)
		return;
	for (const struct flow *f = flows_first(fs); f; f = f->next)
		explain_report_flow_end(r, f);
	r->told = true;
}

bool explain_report_close(struct explain_report *r, struct err *e)
{
	struct err unused = { 0 };
	bool good;

	if (!r)
		return true;
	for (unsigned i = 0; i <= FLOWS_MAX; i++)
		view_close(r->views[i], &unused);
	good = report_close(r->report, e);
	free(r);
	return good;
}
