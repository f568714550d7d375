/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_track.c - the tracker, shown what end 0 sends and what comes to it: does it agree with the engine?
 *
 * The tracker sees the wire only, as it would in a capture made at end 0. */
#include "kit/sim_priv.h"

#define GAPS_KEPT 32

void sim_track(struct sim *s, int from, const struct tcp_segment *seg, const struct sim_end *at)
{
	struct tcp_segment seen = *seg;
	struct trace_input in = {
		.time_ns = s->now_us * 1000,
		.from = from ? TRACE_SERVER : TRACE_CLIENT,
		.seg = &seen,
	};

	if (!s->trace || at->index != 0)
		return;
	seen.checksum_is = TCP_CHECKSUM_OK;
	if (from == 0 && seg->flags & TCP_FLAG_SYN && seg->flags & TCP_FLAG_ACK)
		s->syn_acks++;
	s->ones += from == 0 && tcp_segment_len(seg) == 1;
	if (from == 1 && seg->flags & TCP_FLAG_SYN &&
	    tcp_conn_state(at->c) >= TCP_STATE_ESTABLISHED)
		s->blind = true; /* a forged one, with which a new connection may seem to begin */
	trace_segment(s->trace, &in, &s->step);
	if (s->plan->kind == SIM_HOSTILE_PEER || seg->flags & TCP_FLAG_RST)
		return;
	for (unsigned i = 0; i < s->step.equation_count; i++)
		if (s->step.equations[i].verdict == TRACE_WRONG)
			sim_fail(s, "the tracker calls step %u (%s) wrong", s->step.number,
				 trace_kind_name(s->step.kind));
}

/* The state that the tracker infers for end 0, after every segment that came to it. */
void sim_track_compare(struct sim *s)
{
	enum tcp_state is = tcp_conn_state(s->ends[0].c), told = s->step.state[TRACE_CLIENT];

	if (!s->trace || !s->step.number || is == told || s->blind || s->ends[0].aborted)
		return;
	if (is == TCP_STATE_CLOSED && told == TCP_STATE_TIME_WAIT)
		return; /* no segment tells that the wait is over */
	if (is == TCP_STATE_TIME_WAIT && told == TCP_STATE_CLOSED)
		return; /* the engine does not heed a RST there (RFC 1337) */
	if ((s->ends[1].aborted || s->plan->kind == SIM_HOSTILE_PEER) && told == TCP_STATE_CLOSED)
		return; /* a RST behind a gap: the engine asks first (RFC 5961) */
	if (s->plan->scripted && is == TCP_STATE_SYN_RECEIVED && told == TCP_STATE_ESTABLISHED)
		return; /* a SYN with text, and then a SYN,ACK without */
	sim_fail(s, "after step %u end 0 is in %s, the tracker has it in %s", s->step.number,
		 tcp_state_name(is), tcp_state_name(told));
}

static void compare(struct sim *s, const char *what, uint64_t tracker, uint64_t least,
		    uint64_t most)
{
	if (tracker < least || tracker > most)
		sim_fail(s, "the tracker counts %llu %s, where %llu to %llu are right",
			 (unsigned long long)tracker, what, (unsigned long long)least,
			 (unsigned long long)most);
}

void sim_track_summary(struct sim *s)
{
	const struct sim_end *e = &s->ends[0];
	uint64_t sent = e->rec.next ? e->rec.next - 1 - (e->rec.fin_at != 0) : 0;
	struct trace_summary sum;
	struct tcp_conn_info info;

	if (!s->trace || !s->result->ok)
		return;
	trace_summary(s->trace, &sum);
	tcp_conn_info(e->c, &info);
	compare(s, "bytes from end 0", sum.text[TRACE_CLIENT], sent, sent);
	/* Of so many gaps it cannot remember all. */
	if (!s->ends[0].aborted && !s->ends[1].aborted && s->plan->kind != SIM_HOSTILE_PEER)
		compare(s, "bytes to end 0", sum.text[TRACE_SERVER],
			info.out_of_order < GAPS_KEPT ? e->read : 0, e->read);
	/* When both open, the SYN goes out twice, and the engine has sent nothing again: it is a SYN,ACK
	 * now. And a probe of a closed window that goes out again is a probe to the one, and a
	 * retransmission to the other. */
	compare(s, "retransmissions of end 0", sum.retransmissions[TRACE_CLIENT],
		info.retransmissions > s->ones ? info.retransmissions - s->ones : 0,
		info.retransmissions + s->syn_acks + s->ones);
}
