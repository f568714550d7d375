/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober.c - the prober's life, and the turn of the loop; see prober.h.
 *
 * Rules: what comes in is read before anything is sent. */
#include "probe/prober.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "probe/prober_priv.h"

#define FRAMES_AT_ONCE 256 /* then SYNs have a turn */

int64_t prober_clock(const struct prober *p, int64_t time_ns)
{
	return (time_ns - p->clock_ns) / 1000;
}

/* The capture stamps with the epoch's clock, which may be set while we run. */
static void read_clocks(struct prober *p)
{
	struct timespec epoch;

	clock_gettime(CLOCK_REALTIME, &epoch);
	p->clock_ns = (int64_t)epoch.tv_sec * 1000000000 + epoch.tv_nsec - loop_now() * 1000;
}

void prober_blank(const struct prober *p, const struct target_pair *pair, struct probe_result *r)
{
	*r = (struct probe_result){
		.addr = pair->addr,
		.port = pair->port,
		.name = pair->name,
		.round = p->round,
		.rtt_ns = -1,
		.close_ns = -1,
		.first_byte_ns = -1,
	};
}

void prober_pair(const struct prober *p, uint64_t position, struct target_pair *pair)
{
	uint64_t index = 0;

	order_index(&p->order, position, &index);
	targets_pair(p->targets, index, pair);
}

void prober_result(struct prober *p, const struct probe_result *r)
{
	if (p->busy)
		busy_less(p->busy, &r->addr);
	p->totals.by_state[r->state]++;
	if (r->state == PROBE_OPEN && p->o.mode != PROBER_HALF)
		p->totals.by_close[r->close]++;
	p->calls.result(p->calls.context, r);
}

static void end_round(struct prober *p)
{
	p->running = false;
	p->timer.deadline_us = LOOP_NEVER;
	p->totals.sending_us += p->last_syn_us ? p->last_syn_us - p->begun_us : 0;
	p->totals.dropped = ways_drops(p->ways);
	p->calls.finished(p->calls.context);
}

static void on_turn(void *context, short revents)
{
	struct prober *p = context;
	int64_t now = loop_now(), when, first;

	(void)revents;
	p->timer.deadline_us = LOOP_NEVER;
	if (!p->running)
		return;
	read_clocks(p);
	prober_live_timers(p, now);
	when = p->stopped ? LOOP_NEVER : prober_send_due(p, now);
	prober_flush(p);
	if (!live_count(p->live) && (p->stopped || prober_over(p, now))) {
		end_round(p);
		return;
	}
	first = live_first(p->live) ? live_first(p->live)->deadline_us : LOOP_NEVER;
	if (p->flush_stuck && when > now + PROBER_STUCK_US)
		when = now + PROBER_STUCK_US;
	p->timer.deadline_us = first < when ? first : when;
}

static void on_frames(void *context, short revents)
{
	struct prober_ear *ear = context;
	struct prober *p = ear->p;
	struct err e = { 0 };
	struct frame f;
	int got = 1;

	(void)revents;
	read_clocks(p);
	for (int i = 0; i < FRAMES_AT_ONCE && got > 0; i++) {
		got = capture_next(ways_interface(p->ways, ear->interface)->capture, &f, &e);
		if (got <= 0)
			break;
		p->totals.frames_heard++;
		prober_hear(p, ear->interface, &f);
	}
	prober_flush(p);
	p->timer.deadline_us = 0; /* what was heard may have made room */
	/* What was read ahead by libpcap makes no descriptor readable. */
	ear->source.deadline_us = got > 0 ? 0 : LOOP_NEVER;
	if (got >= 0)
		return;
	ear->source.events = 0;
	p->calls.failed(p->calls.context, &e);
}

static bool listen_all(struct prober *p, struct err *e)
{
	for (unsigned i = 0; i < ways_interface_count(p->ways); i++) {
		struct prober_ear *ear = &p->ears[p->ear_count];
		struct capture *capture = ways_interface(p->ways, i)->capture;

		if (!capture)
			continue;
		*ear = (struct prober_ear){
			p, i, { capture_fd(capture), POLLIN, LOOP_NEVER, on_frames, ear }
		};
		if (!loop_add(p->loop, &ear->source, e))
			return false;
		p->ear_count++;
	}
	return loop_add(p->loop, &p->timer, e);
}

struct prober *prober_new(struct loop *loop, struct ways *ways,
			  const struct prober_options *options, const struct prober_calls *calls,
			  struct err *e)
{
	struct prober *p = calloc(1, sizeof(*p));

	if (p)
		p->live = live_table_new(PROBER_LIVE_MAX);
	if (!p || !p->live) {
		free(p);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	p->o = *options;
	p->calls = *calls;
	p->loop = loop;
	p->ways = ways;
	p->timer = (struct loop_source){ -1, 0, LOOP_NEVER, on_turn, p };
	if (getrandom(&p->secret, sizeof(p->secret), 0) != sizeof(p->secret) ||
	    getrandom(&p->ts_base, sizeof(p->ts_base), 0) != sizeof(p->ts_base))
		err_set(e, STATUS_APP, "no random numbers: %s", strerror(errno));
	else if (listen_all(p, e))
		return p;
	prober_free(p);
	return NULL;
}

void prober_free(struct prober *p)
{
	if (!p)
		return;
	for (unsigned i = 0; i < p->ear_count; i++)
		loop_remove(p->loop, &p->ears[i].source);
	loop_remove(p->loop, &p->timer);
	live_table_free(p->live);
	suspects_free(p->suspects);
	sweep_free(p->sweep);
	busy_free(p->busy);
	free(p);
}

void prober_stop(struct prober *p, bool now)
{
	p->stopped = p->totals.interrupted = true;
	if (!p->running)
		return;
	p->timer.deadline_us = 0;
	if (!now || p->stop_now)
		return;
	p->stop_now = true;
	prober_live_abort(p);
	prober_flush(p); /* there may be no other turn */
}

void prober_totals(const struct prober *p, struct probe_totals *out)
{
	*out = p->totals;
	if (p->running && p->last_syn_us) /* a round that does not come to its end */
		out->sending_us += p->last_syn_us - p->begun_us;
}
