/* SPDX-License-Identifier: GPL-3.0-or-later */
/* states.c - the states of both ends, inferred from what they send (RFC 9293 section 3.3.2, figure 5).
 *
 * A state is not on the wire. The rule of inference is the same for both ends and for a capture made
 * anywhere:
 *
 *   - what an end sends shows what it has done: SYN, FIN, and by its acknowledgement that it has received
 *     the other's SYN or FIN;
 *   - what an acknowledgement does to the end that it is sent to is taken to happen, on its arrival.
 *
 * When an end then sends again what was acknowledged, that acknowledgement never arrived, and the
 * inferred state is taken back: assume(), which is no transition. Everything else goes through enter(),
 * which no transition passes that is not in the figure. */
#include <assert.h>

#include "tcp/seq.h"
#include "trace/flow.h"

#define BIT(state) (1u << TCP_STATE_##state)

/* Figure 5, with the resets and aborts that its text adds (section 3.10.7): to CLOSED from anywhere, and
 * from SYN-RECEIVED back to LISTEN; and FIN before the handshake's last ACK was seen to arrive. */
static const unsigned may_follow[TCP_STATE_COUNT] = {
	[TCP_STATE_CLOSED] = BIT(LISTEN) | BIT(SYN_SENT),
	[TCP_STATE_LISTEN] = BIT(SYN_RECEIVED) | BIT(SYN_SENT) | BIT(CLOSED),
	[TCP_STATE_SYN_SENT] = BIT(SYN_RECEIVED) | BIT(ESTABLISHED) | BIT(CLOSED),
	[TCP_STATE_SYN_RECEIVED] =
		BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(CLOSE_WAIT) | BIT(LISTEN) | BIT(CLOSED),
	[TCP_STATE_ESTABLISHED] = BIT(FIN_WAIT_1) | BIT(CLOSE_WAIT) | BIT(CLOSED),
	[TCP_STATE_FIN_WAIT_1] = BIT(FIN_WAIT_2) | BIT(CLOSING) | BIT(TIME_WAIT) | BIT(CLOSED),
	[TCP_STATE_FIN_WAIT_2] = BIT(TIME_WAIT) | BIT(CLOSED),
	[TCP_STATE_CLOSE_WAIT] = BIT(LAST_ACK) | BIT(CLOSED),
	[TCP_STATE_CLOSING] = BIT(TIME_WAIT) | BIT(CLOSED),
	[TCP_STATE_LAST_ACK] = BIT(CLOSED),
	[TCP_STATE_TIME_WAIT] = BIT(CLOSED),
};

bool trace_may_follow(enum tcp_state from, enum tcp_state to)
{
	return may_follow[from] & 1u << to;
}

static void enter(struct trace *t, struct trace_step *step, enum trace_end end, enum tcp_state to)
{
	enum tcp_state from = t->states[end];

	assert(trace_may_follow(from, to));
	t->states[end] = to;
	if (step->change_count < TRACE_CHANGES_MAX)
		step->changes[step->change_count++] = (struct trace_change){ end, from, to };
}

/* What an end must be in, or have been in, to have sent what it did: a correction, no transition. */
static void assume(struct trace *t, enum trace_end end, enum tcp_state state)
{
	t->states[end] = state;
}

void trace_states_begin(struct trace *t, const struct trace_facts *f)
{
	bool opens = f->syn && f->sensible;

	/* The server is taken to listen until something says otherwise. */
	assume(t, f->from, opens ? TCP_STATE_CLOSED : TCP_STATE_ESTABLISHED);
	assume(t, f->to, opens ? TCP_STATE_LISTEN : TCP_STATE_ESTABLISHED);
	t->phase = opens ? TRACE_HANDSHAKE : TRACE_TRANSFER;
	if (opens && f->ack) { /* the SYN before it was not seen */
		assume(t, f->from, TCP_STATE_LISTEN);
		assume(t, f->to, TCP_STATE_SYN_SENT);
	}
}

static void on_rst(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	enum tcp_state was = t->states[f->to];

	if (was == TCP_STATE_SYN_RECEIVED && f->to == TRACE_SERVER)
		enter(t, step, f->to, TCP_STATE_LISTEN); /* section 3.10.7.4: a passive open */
	else if (was != TCP_STATE_CLOSED && was != TCP_STATE_LISTEN)
		enter(t, step, f->to, TCP_STATE_CLOSED);
	if (f->in->kernel)
		return; /* our kernel never had the connection; ours goes on, as far as it can */
	if (t->states[f->from] == TCP_STATE_LISTEN)
		assume(t, f->from, TCP_STATE_CLOSED); /* nobody listened after all */
	else if (t->states[f->from] != TCP_STATE_CLOSED)
		enter(t, step, f->from, TCP_STATE_CLOSED);
}

static void on_syn(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	/* Both ends call each other: the other one did not listen, it was closed until now. */
	if (t->states[f->from] == TCP_STATE_LISTEN)
		assume(t, f->from, TCP_STATE_CLOSED);
	if (t->states[f->from] == TCP_STATE_CLOSED)
		enter(t, step, f->from, TCP_STATE_SYN_SENT);
}

static void on_syn_ack(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	enum tcp_state was = t->states[f->from];
	bool nothing_since = !f->me->syn_times || f->me->nxt == f->me->base + 1;

	if (!f->ack_counts)
		return;
	if (was == TCP_STATE_LISTEN || was == TCP_STATE_SYN_SENT) {
		enter(t, step, f->from, TCP_STATE_SYN_RECEIVED);
	} else if (was == TCP_STATE_ESTABLISHED && f->seq_is == TRACE_OLD && nothing_since) {
		assume(t, f->from, TCP_STATE_SYN_RECEIVED); /* the third segment was lost */
		f->corrects = true;
	}
	if (t->states[f->to] ==
	    TCP_STATE_SYN_RECEIVED) /* SYNs crossed: this acknowledges its own */
		enter(t, step, f->to, TCP_STATE_ESTABLISHED);
}

/* The acknowledgement completes the handshake of whoever it concerns. */
static void on_ack_of_syn(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	if (!f->ack_counts || f->syn)
		return;
	if (t->states[f->from] == TCP_STATE_SYN_SENT) {
		enter(t, step, f->from, TCP_STATE_ESTABLISHED);
		if (t->states[f->to] == TCP_STATE_LISTEN) /* its SYN,ACK was not seen */
			assume(t, f->to, TCP_STATE_SYN_RECEIVED);
	}
	if (t->states[f->to] == TCP_STATE_SYN_RECEIVED && f->acceptable)
		enter(t, step, f->to, TCP_STATE_ESTABLISHED);
}

/* The acknowledgement covers the other end's FIN: its sender has received it. */
static void on_ack_of_fin(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	/* Our FIN, sent before this, reaches the other end first: RFC 9293 figure 13. Only when nothing
	 * else of ours is missing there; else it may be stuck behind a gap. */
	bool crossed = f->me->fin_seen && !f->fin && f->me->una == f->me->fin;

	if (!f->ack_counts || f->syn || !f->peer->fin_seen || !seq_after(f->seg->ack, f->peer->fin))
		return;
	if (t->states[f->from] == TCP_STATE_ESTABLISHED ||
	    t->states[f->from] == TCP_STATE_SYN_RECEIVED)
		enter(t, step, f->from, TCP_STATE_CLOSE_WAIT);
	else if (t->states[f->from] == TCP_STATE_FIN_WAIT_1)
		enter(t, step, f->from, TCP_STATE_CLOSING);
	else if (t->states[f->from] == TCP_STATE_FIN_WAIT_2)
		enter(t, step, f->from, TCP_STATE_TIME_WAIT);

	if (!f->acceptable)
		return;
	if (t->states[f->to] == TCP_STATE_FIN_WAIT_1 && crossed) {
		enter(t, step, f->to, TCP_STATE_CLOSING);
		enter(t, step, f->to, TCP_STATE_TIME_WAIT);
	} else if (t->states[f->to] == TCP_STATE_FIN_WAIT_1) {
		enter(t, step, f->to, TCP_STATE_FIN_WAIT_2);
	} else if (t->states[f->to] == TCP_STATE_CLOSING) {
		enter(t, step, f->to, TCP_STATE_TIME_WAIT);
	} else if (t->states[f->to] == TCP_STATE_LAST_ACK) {
		enter(t, step, f->to, TCP_STATE_CLOSED);
	}
}

/* A FIN sent again: the state that its acknowledgement was to bring about was not reached. */
static void on_fin_again(struct trace *t, struct trace_facts *f)
{
	enum tcp_state was = t->states[f->from];

	if (was == TCP_STATE_FIN_WAIT_2)
		assume(t, f->from, TCP_STATE_FIN_WAIT_1);
	else if (was == TCP_STATE_TIME_WAIT && seq_after(f->me->una, f->me->fin))
		assume(t, f->from, TCP_STATE_CLOSING);
	else if (was == TCP_STATE_CLOSED && !t->reset)
		assume(t, f->from, TCP_STATE_LAST_ACK);
	f->corrects = t->states[f->from] != was;
}

static void on_fin(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	enum tcp_state was = t->states[f->from];

	if (was == TCP_STATE_ESTABLISHED || was == TCP_STATE_SYN_RECEIVED)
		enter(t, step, f->from, TCP_STATE_FIN_WAIT_1);
	else if (was == TCP_STATE_CLOSE_WAIT)
		enter(t, step, f->from, TCP_STATE_LAST_ACK);
}

void trace_states(struct trace *t, struct trace_facts *f, struct trace_step *step)
{
	if (f->rst_counts) {
		on_rst(t, f, step);
		return;
	}
	if (!f->seq_counts)
		return;
	if (f->syn && !f->ack)
		on_syn(t, f, step);
	if (f->syn && f->ack)
		on_syn_ack(t, f, step);
	if (f->fin && !f->fin_fresh)
		on_fin_again(t, f);
	on_ack_of_syn(t, f, step);
	on_ack_of_fin(t, f, step);
	if (f->fin && f->fin_fresh)
		on_fin(t, f, step);
}
