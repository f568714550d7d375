/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_report.c - a view of the report for each connection, as they come in between each other. */
#include "cli/explain_report.h"

#include <stdlib.h>

#include "view/report.h"

struct explain_report {
	struct report *report;
	unsigned only;
	bool told;
	struct view *views[FLOWS_MAX + 1]; /* by the connection's number */
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
	return r && !r->told && (!r->only || f->number == r->only);
}

void explain_report_step(struct explain_report *r, const struct flow *f,
			 const struct view_connection *c, const struct trace_step *step,
			 const struct packet *p, const struct frame *frame)
{
	if (!is_wanted(r, f))
		return;
	if (!r->views[f->number]) {
		r->views[f->number] = report_view(r->report);
		view_connection(r->views[f->number], c);
	}
	view_step(r->views[f->number], step, p, frame);
}

void explain_report_event(struct explain_report *r, const struct flow *f,
			  const struct view_event *event)
{
	if (is_wanted(r, f))
		view_event(r->views[f->number], event);
}

void explain_report_end(struct explain_report *r, const struct flows *fs)
{
	struct trace_summary s;

	if (!r || r->told)
		return;
	for (const struct flow *f = flows_first(fs); f; f = f->next) {
		trace_summary(f->trace, &s);
		view_summary(r->views[f->number], &s, NULL);
	}
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
