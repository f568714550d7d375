/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.c - chooses the view, hands every event on to it, and notices when writing fails. */
#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/ops.h"

struct view *view_open(const struct view_options *options)
{
	return options->json ? json_view_new(options) : narrator_new(options);
}

/* What was said is seen at once, also through a pipe; a disk that is full or a reader that has gone is
 * noticed at the event that met it. */
static void settle(struct view *v)
{
	FILE *out = v->options.out;

	if (v->failed || !v->dirty)
		return;
	v->dirty = false;
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return;
	v->failed = true;
	v->error = errno ? errno : EIO;
}

static bool close_one(struct view *v, struct err *e)
{
	bool failed;
	int error;

	v->dirty = v->options.out != NULL;
	settle(v);
	failed = v->failed;
	error = v->error;
	v->ops->free(v);
	if (failed)
		return err_set(e, STATUS_APP,
			       "cannot write the output: %s; give it room, or a reader "
			       "that stays",
			       strerror(error));
	return true;
}

bool view_close(struct view *v, struct err *e)
{
	bool good = true;

	while (v) {
		struct view *next = v->next;

		good = close_one(v, e) && good;
		v = next;
	}
	return good;
}

struct view *view_join(struct view *first, struct view *second)
{
	struct view **at = &first;

	while (*at)
		at = &(*at)->next;
	*at = second;
	return first;
}

void view_connection(struct view *v, const struct view_connection *c)
{
	for (; v; v = v->next) {
		if (v->ops->connection)
			v->ops->connection(v, c);
		settle(v);
	}
}

void view_step(struct view *v, const struct trace_step *step, const struct packet *packet,
	       const struct frame *frame)
{
	for (; v; v = v->next) {
		if (v->ops->step)
			v->ops->step(v, step, packet, frame);
		settle(v);
	}
}

void view_event(struct view *v, const struct view_event *event)
{
	for (; v; v = v->next) {
		if (v->ops->event)
			v->ops->event(v, event);
		settle(v);
	}
}

void view_summary(struct view *v, const struct trace_summary *summary,
		  const struct view_result *result)
{
	for (; v; v = v->next) {
		if (v->ops->summary)
			v->ops->summary(v, summary, result);
		settle(v);
	}
}

bool view_failed(const struct view *v)
{
	for (; v; v = v->next)
		if (v->failed)
			return true;
	return false;
}
