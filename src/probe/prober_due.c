/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_due.c - whose turn it is: what the sweep asks for, and what may hold it up.
 *
 * Rules: repeated SYNs leave before new ones, and new ones only where the pace, the host and the table of
 *        connections have room. */
#include "probe/prober_priv.h"

#define SYNS_AT_ONCE 256u

/* No answer came to any attempt. */
static void gave_up(struct prober *p, const struct sweep_step *step)
{
	const struct probe_synack *synack = suspects_convict(p->suspects, step->position);
	struct target_pair pair;
	struct probe_result r;

	prober_pair(p, step->position, &pair);
	prober_blank(p, &pair, &r);
	r.attempts = step->attempt + 1;
	r.state = PROBE_FILTERED;
	if (synack) {
		r.state = PROBE_BROKEN;
		r.why = "its SYN,ACK acknowledges another number than our SYN's";
		r.synack = *synack;
		r.ttl = synack->ttl;
	}
	prober_result(p, &r);
}

/* An earlier run has finished this one. Asked for in ascending order. */
static bool was_done(struct prober *p, uint64_t position)
{
	while (p->done_at < p->done_count && p->done[p->done_at] < position)
		p->done_at++;
	return p->done_at < p->done_count && p->done[p->done_at] == position;
}

/* Has the host as many connections in the air, or open, as it may have? */
static bool host_busy(const struct prober *p, uint64_t position)
{
	struct target_pair pair;
	uint64_t before;

	if (p->busy) {
		prober_pair(p, position, &pair);
		return busy_count(p->busy, &pair.addr) >= p->o.per_host;
	}
	if (!order_before(&p->order, position, p->o.per_host, &before))
		return false;
	if (sweep_standing(p->sweep, before) == SWEEP_WAITING)
		return true;
	if (!live_count(p->live))
		return false;
	prober_pair(p, before, &pair);
	for (unsigned s = 0; s < ways_source_count(p->ways); s++)
		for (unsigned a = 0; a < p->o.attempts; a++)
			if (live_find(p->live, &pair.addr, pair.port,
				      ways_source(p->ways, s)->ports[a]))
				return true;
	return false;
}

/* A handshake and a close take two round trips and what the server thinks; twice that for differences. More
 * at once only wait in queues, where they get lost. */
static uint64_t open_at_once(const struct prober *p)
{
	uint64_t need = p->o.rate * (uint64_t)(p->least_rtt_ns / 1000) / 1000000 * 4;

	if (need < PROBER_LIVE_LEAST)
		return PROBER_LIVE_LEAST;
	return need < PROBER_LIVE_MAX / 2 ? need : PROBER_LIVE_MAX / 2;
}

static bool may_send(struct prober *p, const struct sweep_step *step)
{
	return live_count(p->live) <= open_at_once(p) &&
	       (step->attempt > 0 || !host_busy(p, step->position));
}

/* What needs no SYN: rounded up, or finished by an earlier run. */
static bool step_over(struct prober *p, uint64_t position, int64_t now_us)
{
	uint64_t index;

	if (order_index(&p->order, position, &index) && !was_done(p, position))
		return false;
	sweep_sent(p->sweep, position, 0, now_us);
	sweep_done(p->sweep, position);
	return true;
}

int64_t prober_send_due(struct prober *p, int64_t now_us)
{
	unsigned tokens = pace_take(&p->pace, SYNS_AT_ONCE, now_us);
	int64_t when = LOOP_NEVER;
	struct sweep_step step;

	for (unsigned n = 0; n < 4 * SYNS_AT_ONCE; n++) {
		sweep_next(p->sweep, now_us, &step);
		if (step.what == SWEEP_GAVE_UP) {
			gave_up(p, &step);
			continue;
		}
		when = step.when_us;
		if (step.what == SWEEP_WAIT)
			break;
		if (step.what == SWEEP_FINISHED) {
			when = LOOP_NEVER;
			break;
		}
		if (step.attempt == 0 && step_over(p, step.position, now_us))
			continue;
		if (!tokens) {
			when = pace_when(&p->pace, now_us);
			break;
		}
		if (!may_send(p, &step) ||
		    !prober_send_syn(p, step.position, step.attempt, now_us)) {
			when = now_us + PROBER_STUCK_US; /* or sooner: an answer wakes us */
			break;
		}
		tokens--;
		when = now_us;
	}
	pace_give_back(&p->pace, tokens);
	return when;
}

bool prober_over(struct prober *p, int64_t now_us)
{
	struct sweep_step step;

	sweep_next(p->sweep, now_us, &step);
	return step.what == SWEEP_FINISHED;
}
