/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_plot.c - what was sent, acknowledged and allowed, over time: four curves for each direction.
 *
 * A curve has a limit. When it is full every second point is left out, and from then on every second one
 * that comes, and so on: so a long transfer is drawn as evenly as a short one. What was sent again has a
 * curve of its own, as it is what one looks for. */
#include <stdlib.h>

#include "view/report_priv.h"

static void thin(struct report_series *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->count; i += 2)
		s->points[n++] = s->points[i];
	s->count = n;
	s->stride *= 2;
}

static void add(struct report_series *s, struct report_point point)
{
	if (!s->points) {
		s->points = malloc(REPORT_POINTS * sizeof(*s->points));
		s->stride = 1;
	}
	s->last = point;
	if (!s->points || s->seen++ % s->stride)
		return;
	s->points[s->count++] = point;
	if (s->count == REPORT_POINTS)
		thin(s);
}

/* The 64-bit number whose lower half is @number, and that is nearest to the last. */
static uint64_t unwrap(uint64_t last, uint32_t number)
{
	int64_t next = (int64_t)last + (int32_t)(number - (uint32_t)last);

	return next < 0 ? 0 : (uint64_t)next;
}

/* Strays and damaged segments have numbers that say nothing. */
static bool is_of_the_stream(const struct trace_step *step)
{
	if (step->kind == TRACE_KIND_RST || step->kind == TRACE_KIND_BARE)
		return false;
	for (unsigned i = 0; i < step->equation_count; i++)
		if (step->equations[i].verdict == TRACE_WRONG)
			return false;
	return step->seg.checksum_is != TCP_CHECKSUM_BAD;
}

void report_plot_step(struct report_plot plots[2], const struct trace_step *step)
{
	struct report_plot *own = &plots[step->from], *other = &plots[!step->from];
	uint32_t len = tcp_segment_len(&step->seg);
	struct report_point p = { .time_ns = step->time_ns, .step = step->number };

	if (!is_of_the_stream(step))
		return;
	if (len && step->has_relative) {
		own->seq = unwrap(own->seq, step->seq);
		p.value = own->seq;
		p.len = len;
		add(step->times_sent > 1 ? &own->again : &own->sent, p);
	}
	if (!(step->seg.flags & TCP_FLAG_ACK) || !step->has_relative_ack)
		return;
	other->ack = unwrap(other->ack, step->ack);
	p.value = other->ack;
	p.len = 0;
	add(&other->acked, p);
	if (!step->window_known)
		return;
	p.value += step->window;
	add(&other->edge, p);
}

void report_plot_free(struct report_plot *p)
{
	free(p->sent.points);
	free(p->again.points);
	free(p->acked.points);
	free(p->edge.points);
}
