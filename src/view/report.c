/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.c - collects what is told, and writes it at the end in the form that the file's name asks for. */
#include "view/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/ops.h"
#include "view/report_priv.h"

static const struct {
	const char *ending;
	void (*write)(const struct report *r, FILE *out);
} forms[] = {
	{ ".html", report_write_html },
	{ ".svg", report_write_svg },
	{ ".md", report_write_md },
};

/* NULL: no such ending. */
static void (*form_of(const char *path))(const struct report *r, FILE *out)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		size_t n = strlen(forms[i].ending);

		if (len > n && !strcasecmp(path + len - n, forms[i].ending))
			return forms[i].write;
	}
	return NULL;
}

bool report_name_ok(const char *path, struct err *e)
{
	return form_of(path) ||
	       err_set(e, STATUS_USAGE,
		       "its ending does not say what it is; .html is a page, .svg the ladder "
		       "alone, .md Markdown");
}

struct report *report_open(const char *path, bool absolute, struct err *e)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, STATUS_APP, "cannot make a report: out of memory");
		return NULL;
	}
	snprintf(r->path, sizeof(r->path), "%s", path);
	r->absolute = absolute;
	r->write = form_of(path);
	r->out = r->write ? fopen(path, "wbe") : NULL;
	if (r->out)
		return r;
	if (r->write)
		err_set(e, STATUS_APP,
			"cannot write the report %s: %s; --report takes another place", r->path,
			strerror(errno));
	else
		report_name_ok(path, e);
	free(r);
	return NULL;
}

bool report_close(struct report *r, struct err *e)
{
	int error = 0;

	if (!r)
		return true;
	errno = 0;
	r->write(r, r->out);
	if (fflush(r->out) || ferror(r->out))
		error = errno ? errno : EIO;
	if (fclose(r->out) && !error)
		error = errno;
	if (error)
		err_set(e, STATUS_APP,
			"cannot write the report %s: %s; --report takes another place", r->path,
			strerror(error));
	else if (r->short_of_memory)
		err_set(e, STATUS_APP, "the report %s is not complete: out of memory", r->path);
	error |= r->short_of_memory;
	while (r->first) {
		struct report_conn *c = r->first;

		r->first = c->next;
		report_conn_free(c);
	}
	free(r);
	return !error;
}

/* ---- the view --------------------------------------------------------------------------------- */

struct report_view {
	struct view view;
	struct report *report;
	struct report_conn *conn; /* NULL: none yet, or one too many */
};

static void take_connection(struct view *v, const struct view_connection *c)
{
	struct report_view *rv = (struct report_view *)v;

	rv->conn = report_add(rv->report, c);
}

static void take_step(struct view *v, const struct trace_step *step, const struct packet *packet,
		      const struct frame *frame)
{
	struct report_view *rv = (struct report_view *)v;

	if (rv->conn)
		report_keep_step(rv->report, rv->conn, step, frame);
}

static void take_event(struct view *v, const struct view_event *event)
{
	struct report_view *rv = (struct report_view *)v;

	if (rv->conn)
		report_keep_event(rv->conn, event);
}

static void take_summary(struct view *v, const struct trace_summary *summary,
			 const struct view_result *result)
{
	struct report_view *rv = (struct report_view *)v;

	if (rv->conn)
		report_keep_summary(rv->conn, summary, result);
}

static void free_view(struct view *v)
{
	free((struct report_view *)v);
}

struct view *report_view(struct report *r)
{
	static const struct view_ops ops = {
		.connection = take_connection,
		.step = take_step,
		.event = take_event,
		.summary = take_summary,
		.free = free_view,
	};
	struct report_view *rv = calloc(1, sizeof(*rv));

	if (!rv)
		return NULL;
	rv->view.ops = &ops;
	rv->report = r;
	return &rv->view;
}
