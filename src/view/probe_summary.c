/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_summary.c - the end of `probe` for people: what was found, sent and heard, and statistics of
 * --repeat. */
#include <inttypes.h>

#include "view/probe_priv.h"
#include "view/text.h"

#define COLUMN_VALUE 14u
#define RATE_SYNS    100u /* fewer, or in less time, are no rate */
#define RATE_US	     100000

static void begin(struct line *l, const struct probe_view *v, const char *label)
{
	line_begin(l, v->options.color);
	line_add(l, STYLE_FAINT, "  %s", label);
	line_to(l, COLUMN_VALUE, 1);
}

/* "12 frames", behind ", " where the value has begun */
static void add_count(struct line *l, enum style style, uint64_t n, const char *what)
{
	char number[TEXT_NUMBER_MAX];

	line_add(l, style, "%s%s %s", l->width > COLUMN_VALUE ? ", " : "", text_count(n, number),
		 what);
}

static void tell_found(const struct probe_view *v, const struct probe_totals *t, FILE *out)
{
	char number[TEXT_NUMBER_MAX], safe[128];
	struct line l;

	begin(&l, v, "found");
	for (int s = 0; s < PROBE_STATE_COUNT; s++)
		if (t->by_state[s] || s == PROBE_OPEN)
			add_count(&l, s == PROBE_OPEN ? STYLE_GOOD : STYLE_PLAIN, t->by_state[s],
				  probe_state_name((enum probe_state)s));
	line_add(&l, STYLE_PLAIN, " of %s", text_count(t->targets, number));
	line_end(&l, out);
	for (unsigned i = 0; i < v->why_count; i++) {
		const struct probe_why *w = &v->whys[i];

		begin(&l, v, "");
		line_add(&l, STYLE_PLAIN, "%s: %s (%s)", probe_state_name(w->state),
			 text_safe(w->why, safe, sizeof(safe)), text_count(w->count, number));
		line_end(&l, out);
	}
}

static void tell_closes(const struct probe_view *v, const struct probe_totals *t, FILE *out)
{
	struct line l;

	begin(&l, v, "closed");
	for (int c = PROBE_CLOSE_NONE + 1; c < PROBE_CLOSE_COUNT; c++)
		if (t->by_close[c])
			add_count(&l, STYLE_PLAIN, t->by_close[c],
				  probe_close_name((enum probe_close)c));
	if (l.width > COLUMN_VALUE)
		line_end(&l, out);
}

static void tell_traffic(const struct probe_view *v, const struct probe_totals *t, FILE *out)
{
	struct line l;

	begin(&l, v, "sent");
	add_count(&l, STYLE_PLAIN, t->segments_sent,
		  t->segments_sent == 1 ? "segment" : "segments");
	add_count(&l, STYLE_PLAIN, t->syns, t->syns == 1 ? "SYN among them" : "SYNs among them");
	if (t->retries)
		add_count(&l, STYLE_ODD, t->retries, "of these once more");
	line_end(&l, out);
	begin(&l, v, "heard");
	add_count(&l, STYLE_PLAIN, t->frames_heard, t->frames_heard == 1 ? "frame" : "frames");
	if (t->late)
		add_count(&l, STYLE_PLAIN, t->late, "came too late");
	if (t->forged)
		add_count(&l, STYLE_ODD, t->forged, "answered nothing that we sent (forged)");
	if (t->late || t->forged)
		line_add(&l, STYLE_PLAIN, ": ignored");
	line_end(&l, out);
	if (!t->dropped)
		return;
	begin(&l, v, "capture");
	add_count(&l, STYLE_BAD, t->dropped,
		  "frames lost by the capture: send more slowly (--rate)");
	line_end(&l, out);
}

static void tell_time(const struct probe_view *v, const struct probe_totals *t, FILE *out)
{
	char number[TEXT_NUMBER_MAX];
	struct line l;

	begin(&l, v, "time");
	line_add(&l, STYLE_PLAIN, "%s", text_time(t->took_us * 1000, number));
	if (t->syns >= RATE_SYNS && t->sending_us >= RATE_US) {
		line_add(&l, STYLE_PLAIN, ", of it sending %s",
			 text_time(t->sending_us * 1000, number));
		add_count(&l, STYLE_PLAIN,
			  (uint64_t)((double)t->syns * 1e6 / (double)t->sending_us + 0.5),
			  "SYNs a second");
	}
	line_end(&l, out);
	if (!t->interrupted)
		return;
	begin(&l, v, "interrupted");
	line_add(&l, STYLE_ODD, "before all targets were done");
	line_end(&l, out);
}

/* Like ping's. */
static void tell_repeat(const struct probe_view *v, const struct probe_stats *s, FILE *out)
{
	char address[ADDR_TEXT_MAX], title[ADDR_TEXT_MAX + 16], text[4][TEXT_NUMBER_MAX];
	uint64_t lost = s->rounds - s->answered;
	struct line l;

	snprintf(title, sizeof(title), "%s statistics", addr_port_text(&s->addr, s->port, address));
	line_rule(out, v->options.color, title);
	begin(&l, v, "rounds");
	add_count(&l, STYLE_PLAIN, s->rounds, "tried");
	add_count(&l, STYLE_PLAIN, s->answered, "answered");
	line_add(&l, lost ? STYLE_BAD : STYLE_GOOD, ", %.3g%% lost",
		 (double)lost * 100 / (double)s->rounds);
	line_end(&l, out);
	if (!s->timed)
		return;
	begin(&l, v, "rtt");
	line_add(&l, STYLE_PLAIN, "min/avg/max/stddev = %s / %s / %s / %s",
		 text_time(s->min_ns, text[0]), text_time(probe_stats_mean_ns(s), text[1]),
		 text_time(s->max_ns, text[2]), text_time(probe_stats_deviation_ns(s), text[3]));
	line_end(&l, out);
	if (s->timed < 2)
		return;
	begin(&l, v, "jitter");
	line_add(&l, STYLE_PLAIN, "%s, the mean difference between one RTT and the next",
		 text_time(probe_stats_jitter_ns(s), text[0]));
	line_end(&l, out);
}

void probe_summary(const struct probe_view *v, const struct probe_totals *t, FILE *out)
{
	for (unsigned i = 0; i < v->repeat_count; i++)
		tell_repeat(v, &v->repeats[i], out);
	line_rule(out, v->options.color, "summary");
	tell_found(v, t, out);
	tell_closes(v, t, out);
	tell_traffic(v, t, out);
	tell_time(v, t, out);
}
