/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.c - one run: time goes from event to event until both ends are closed.
 *
 * Checked in every run: the bytes are exact, both ends end in the right state with no timer left, each
 * segment keeps the rules that sim_sent.c knows, and the whole ends in bounded time. */
#include "kit/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/sim_priv.h"

#define TIME_MAX_US (12 * 3600LL * 1000000) /* 30 % loss each way and a window of one segment */
#define EVENTS_MAX  3000000

/* splitmix64 */
uint64_t sim_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

bool sim_chance(struct sim *s, unsigned per_mille)
{
	return per_mille && sim_random(&s->random) % 1000 < per_mille;
}

void sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->result->ok)
		return;
	s->result->ok = false;
	va_start(ap, fmt);
	vsnprintf(s->result->why, sizeof(s->result->why), fmt, ap);
	va_end(ap);
	if (s->tell)
		s->tell(s->context, s->result->why);
}

static int tell_sack(const struct tcp_options *o, uint32_t base, char *out, size_t size)
{
	int n = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < o->sack_count && n < (int)size; i++)
		n += snprintf(out + n, size - (size_t)n, " sack %u:%u", o->sack[i].from - base,
			      o->sack[i].to - base);
	return n;
}

/* One line a segment; numbers are relative to the initial ones. */
void sim_narrate(struct sim *s, int from, const struct tcp_segment *seg, const char *fate)
{
	char line[400], flags[TCP_FLAGS_TEXT_MAX], sack[120];
	uint32_t isn = s->ends[from].rec.isn, peer_isn = s->ends[!from].rec.isn;
	uint32_t seq = seg->seq - isn;

	if (!s->tell)
		return;
	tell_sack(&seg->options, peer_isn, sack, sizeof(sack));
	snprintf(line, sizeof(line), "%12.3f ms  %d -> %d  %-8s %u:%u(%zu) ack %u win %u%s  %s",
		 (double)(s->now_us - s->plan->start_us) / 1000, from, !from,
		 tcp_flags_text(seg->flags, flags), seq, seq + (uint32_t)seg->text_len,
		 seg->text_len, seg->flags & TCP_FLAG_ACK ? seg->ack - peer_isn : 0, seg->window,
		 sack, fate);
	s->tell(s->context, line);
}

void sim_narrate_arrival(struct sim *s, const struct sim_flight *f)
{
	char line[200];
	uint32_t seq = f->seg.seq - s->ends[!f->to].rec.isn;

	if (!s->tell)
		return;
	snprintf(line, sizeof(line), "%12.3f ms       > %d  %u:%u(%zu) arrives",
		 (double)(s->now_us - s->plan->start_us) / 1000, f->to, seq,
		 seq + (uint32_t)f->seg.text_len, f->seg.text_len);
	s->tell(s->context, line);
}

static int64_t next_event(const struct sim *s)
{
	int64_t next = s->first ? s->first->due_us : TCP_NEVER;

	for (int i = 0; i < 2; i++) {
		int64_t deadline = sim_end_deadline(&s->ends[i]);

		if (deadline < next)
			next = deadline;
	}
	return next;
}

static bool over(const struct sim *s)
{
	return sim_end_over(&s->ends[0]) && sim_end_over(&s->ends[1]);
}

/* After an abort whose RST was lost the other end, with nothing to send, waits for ever, unless it asks
 * from time to time (RFC 9293 section 3.5.1). */
static bool half_open(const struct sim *s)
{
	for (int i = 0; i < 2; i++)
		if (s->ends[i].aborted && !s->plan->side[!i].cfg.keepalive_us)
			return true;
	return false;
}

static void step(struct sim *s)
{
	struct sim_flight *f;

	for (int i = 0; i < 2; i++)
		sim_end_use(&s->ends[i]);
	while (s->result->ok && (f = sim_land(s))) {
		sim_end_arrival(&s->ends[f->to], f);
		free(f);
	}
}

static const char *state_of(const struct sim_end *e)
{
	return e->c ? tcp_state_name(tcp_conn_state(e->c)) : "scripted";
}

static void run(struct sim *s)
{
	const struct sim_end *a = &s->ends[0], *b = &s->ends[1];

	for (unsigned events = 0; s->result->ok; events++) {
		int64_t next;

		step(s);
		if (over(s))
			break;
		next = next_event(s);
		if (next == TCP_NEVER && half_open(s))
			break;
		if (next == TCP_NEVER)
			sim_fail(s, "stuck: %s and %s, nothing pending, %llu and %llu read",
				 state_of(a), state_of(b), (unsigned long long)a->read,
				 (unsigned long long)b->read);
		else if (next > s->now_us)
			s->now_us = next;
		if (s->now_us - s->plan->start_us > TIME_MAX_US || events > EVENTS_MAX)
			sim_fail(s, "not over: %u events, %s and %s, %llu and %llu read", events,
				 state_of(a), state_of(b), (unsigned long long)a->read,
				 (unsigned long long)b->read);
	}
}

/* Why an end may have ended otherwise than in order: one of them aborted. */
static bool may_end_so(const struct sim *s, const struct sim_end *e, enum tcp_failure failure)
{
	if (e->aborted)
		return failure == TCP_FAILURE_ABORTED;
	if (!s->ends[!e->index].aborted)
		return failure == TCP_FAILURE_NONE;
	return failure == TCP_FAILURE_NONE || failure == TCP_FAILURE_RESET ||
	       failure == TCP_FAILURE_REFUSED || failure == TCP_FAILURE_TIMED_OUT;
}

/* A small buffer, or a reader that pauses, closes the window, and a probe of it may have to go again. */
static bool always_open(const struct sim *s, int end)
{
	const struct sim_side *side = &s->plan->side[end];

	return !side->read_chunk && !side->cfg.window && side->cfg.receive_buffer > 100000;
}

static void judge_end(struct sim *s, struct sim_end *e)
{
	uint64_t want = s->plan->side[!e->index].text;
	bool aborted = s->ends[0].aborted || s->ends[1].aborted;
	struct tcp_conn_info info;
	struct tcp_segment seg;

	if (aborted ? e->read > want : e->read != want)
		sim_fail(s, "end %d: %llu of %llu bytes arrived", e->index,
			 (unsigned long long)e->read, (unsigned long long)want);
	if (!e->c)
		return;
	tcp_conn_info(e->c, &info);
	s->result->retransmissions += info.retransmissions;
	if (!may_end_so(s, e, info.failure))
		sim_fail(s, "end %d: failure %d", e->index, (int)info.failure);
	if (info.state != TCP_STATE_CLOSED)
		return; /* half-open */
	if (tcp_conn_deadline(e->c) != TCP_NEVER || tcp_conn_emit(e->c, &seg, s->now_us))
		sim_fail(s, "end %d is closed, and not at rest", e->index);
	if (s->plan->kind == SIM_CLEAN && !aborted && info.retransmissions && always_open(s, 0) &&
	    always_open(s, 1))
		sim_fail(s, "end %d: %u retransmissions on a clean network", e->index,
			 info.retransmissions);
}

bool sim_run(const struct sim_plan *plan, struct sim_result *result, sim_tell *tell, void *context)
{
	struct sim *s = calloc(1, sizeof(*s));

	*result = (struct sim_result){ .ok = true };
	s->plan = plan;
	s->result = result;
	s->random = plan->seed;
	s->now_us = plan->start_us;
	s->tell = tell;
	s->context = context;
	s->trace = plan->tracked ? trace_new() : NULL;
	if (!sim_end_begin(s, 0) || !sim_end_begin(s, 1))
		sim_fail(s, "no memory");
	else
		run(s);
	for (int i = 0; i < 2 && result->ok; i++)
		judge_end(s, &s->ends[i]);
	sim_track_summary(s);
	result->took_us = s->now_us - plan->start_us;
	sim_net_free(s);
	for (int i = 0; i < 2; i++)
		sim_end_free(&s->ends[i]);
	trace_free(s->trace);
	free(s);
	return result->ok;
}
