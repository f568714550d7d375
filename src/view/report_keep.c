/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_keep.c - what a report remembers of a connection, however long it is.
 *
 * Kept whole are its first steps, then those that are odd or change a state, and its last ones, as the
 * close is worth seeing. What lies between is counted, and drawn in the plot. Limits: report_priv.h. */
#include <stdlib.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/report_priv.h"
#include "view/text.h"

struct report_conn *report_add(struct report *r, const struct view_connection *about)
{
	struct report_conn *c;

	if (r->count == REPORT_CONNECTIONS || !(c = calloc(1, sizeof(*c)))) {
		r->left_out++;
		return NULL;
	}
	c->number = ++r->count;
	c->about = *about;
	c->about.host = text_safe(about->host, c->host, sizeof(c->host));
	c->about.ifname =
		about->ifname ? text_safe(about->ifname, c->ifname, sizeof(c->ifname)) : NULL;
	if (r->last)
		r->last->next = c;
	else
		r->first = c;
	r->last = c;
	return c;
}

void report_conn_free(struct report_conn *c)
{
	for (size_t i = 0; i < c->step_count; i++)
		free(c->steps[i]);
	for (unsigned i = 0; i < c->last_count; i++)
		free(c->last[i]);
	for (unsigned end = 0; end < 2; end++)
		report_plot_free(&c->plots[end]);
	free(c->steps);
	free(c->events);
	free(c);
}

static bool is_odd(const struct trace_step *step)
{
	for (unsigned i = 0; i < step->note_count; i++)
		if (catalogue_entry(step->notes[i])->problem)
			return true;
	return step->change_count;
}

static void fill(struct report_step *kept, const struct trace_step *step, const struct frame *frame)
{
	kept->step = *step;
	if (step->seg.text) { /* the caller's */
		memcpy(kept->preview, step->seg.text,
		       step->seg.text_len < REPORT_PREVIEW ? step->seg.text_len : REPORT_PREVIEW);
		kept->step.seg.text = kept->preview;
	}
	kept->has_frame = frame != NULL;
	kept->cut = frame && frame->captured > REPORT_FRAME_MAX;
	if (!frame)
		return;
	kept->frame = *frame;
	if (kept->cut)
		kept->frame.captured = REPORT_FRAME_MAX;
	memcpy(kept->bytes, frame->bytes, kept->frame.captured);
	kept->frame.bytes = kept->bytes;
}

static bool append(struct report_conn *c, struct report_step *kept)
{
	if (c->step_count == c->step_room) {
		size_t room = c->step_room ? 2 * c->step_room : 32;
		struct report_step **more = realloc(c->steps, room * sizeof(*more));

		if (!more)
			return false;
		c->steps = more;
		c->step_room = room;
	}
	c->steps[c->step_count++] = kept;
	return true;
}

/* Whether a step that is no more among the last ones stays. */
static bool stays(const struct report *r, struct report_conn *c, const struct trace_step *step)
{
	if (r->steps >= REPORT_STEPS)
		return false;
	if (step->number <= REPORT_FIRST)
		return true;
	return c->odd < REPORT_ODD && is_odd(step) && ++c->odd;
}

void report_keep_step(struct report *r, struct report_conn *c, const struct trace_step *step,
		      const struct frame *frame)
{
	struct report_step *kept;

	c->steps_seen++;
	report_plot_step(c->plots, step);
	if (c->last_count < REPORT_LAST) {
		kept = malloc(sizeof(*kept));
		if (!kept) {
			r->short_of_memory = true;
			return;
		}
		c->last[c->last_count++] = kept;
		fill(kept, step, frame);
		return;
	}
	kept = c->last[c->last_at];
	if (stays(r, c, &kept->step)) {
		struct report_step *fresh = malloc(sizeof(*fresh));

		if (fresh && append(c, kept)) {
			r->steps++;
			c->last[c->last_at] = kept = fresh;
		} else {
			r->short_of_memory = true;
			free(fresh);
		}
	}
	c->last_at = (c->last_at + 1) % REPORT_LAST;
	fill(kept, step, frame);
}

const struct report_step *report_step_at(const struct report_conn *c, size_t i)
{
	if (i < c->step_count)
		return c->steps[i];
	i -= c->step_count;
	return i < c->last_count ? c->last[(c->last_at + i) % c->last_count] : NULL;
}

void report_keep_event(struct report_conn *c, const struct view_event *event)
{
	struct report_event *kept;

	c->events_seen++;
	if (!c->events)
		c->events = malloc(REPORT_EVENTS * sizeof(*c->events));
	if (!c->events || c->event_count == REPORT_EVENTS)
		return;
	kept = &c->events[c->event_count++];
	kept->after = c->steps_seen;
	kept->kind = event->kind;
	report_event_words(event, kept->text, sizeof(kept->text));
}

void report_keep_summary(struct report_conn *c, const struct trace_summary *summary,
			 const struct view_result *result)
{
	c->summed = true;
	c->summary = *summary;
	if (!result)
		return;
	c->result = *result;
	c->result.url = result->url ? text_safe(result->url, c->url, sizeof(c->url)) : NULL;
	c->result.saved_as = result->saved_as ?
				     text_safe(result->saved_as, c->saved_as, sizeof(c->saved_as)) :
				     NULL;
}

void report_tell(const struct report_conn *c, size_t most, const struct report_teller *t,
		 void *context)
{
	size_t count = c->step_count + c->last_count, tail = most / 10, event = 0;
	unsigned told = 0; /* the number of the last one */

	for (size_t i = 0; i < count; i++) {
		const struct report_step *kept = report_step_at(c, i);

		if (count > most && i == most - tail)
			kept = report_step_at(c, i = count - tail);
		for (; event < c->event_count && c->events[event].after < kept->step.number;
		     event++)
			t->event(context, &c->events[event]);
		if (kept->step.number > told + 1)
			t->gap(context, kept->step.number - told - 1);
		t->step(context, kept);
		told = kept->step.number;
	}
	for (; event < c->event_count; event++)
		t->event(context, &c->events[event]);
}
