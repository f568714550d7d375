/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notes.c - what there is to say at a step: oddities, and answers to the questions that arise there.
 *
 * One line a note, with its condition; the words are in view/catalogue.c. Oddities are noted wherever
 * they happen, lessons only where they arise first. */
#include <string.h>

#include "tcp/seq.h"
#include "trace/flow.h"

#define FIRST_LESSON TRACE_NOTE_SYN_TAKES_ONE

static void say(struct trace *t, struct trace_step *step, enum trace_note note, bool when)
{
	uint64_t bit = (uint64_t)1 << note;

	_Static_assert(TRACE_NOTE_COUNT <= 64, "a bit for each note in trace.said");
	if (!when || step->note_count == TRACE_NOTES_MAX || (note >= FIRST_LESSON && t->said & bit))
		return;
	t->said |= bit;
	step->notes[step->note_count++] = note;
}

static bool is_probe(enum trace_kind kind)
{
	return kind == TRACE_KIND_WINDOW_PROBE || kind == TRACE_KIND_KEEP_ALIVE;
}

/* Text, SYN or FIN that was sent before; of the SYN, say_syn() speaks. */
static bool is_sent_again(const struct trace_facts *f, enum trace_kind kind)
{
	return f->seq_counts && f->times_sent > 1 && kind != TRACE_KIND_SYN && !is_probe(kind);
}

static bool has_change_to(const struct trace_step *step, enum tcp_state to)
{
	for (unsigned i = 0; i < step->change_count; i++)
		if (step->changes[i].to == to)
			return true;
	return false;
}

static const struct trace_equation *newly_acked(const struct trace_step *step)
{
	for (unsigned i = 0; i < step->equation_count; i++) {
		const struct trace_equation *eq = &step->equations[i];

		if (eq->kind == TRACE_EQ_ACK && eq->verdict == TRACE_OK)
			return eq;
	}
	return NULL;
}

static bool text_begins(const struct trace_facts *f, const char *with)
{
	size_t len = strlen(with);

	return !f->in->text_cut && f->seg->text && f->seg->text_len >= len &&
	       memcmp(f->seg->text, with, len) == 0;
}

static bool text_is_http_request(const struct trace_facts *f)
{
	static const char *const methods[] = { "GET ",	  "HEAD ",    "POST ", "PUT ",
					       "DELETE ", "OPTIONS ", "PATCH " };

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (text_begins(f, methods[i]))
			return true;
	return false;
}

/* Offload hands several segments over as one frame: then it holds more text than the receiver said it
 * takes, or than fits the MTU. */
static bool is_merged(const struct trace_facts *f)
{
	if (f->in->mtu_text && f->seg->text_len > f->in->mtu_text)
		return true;
	return f->peer->has_mss && f->peer->mss && f->seg->text_len > f->peer->mss;
}

static void say_damage(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	say(t, step, TRACE_NOTE_BAD_CHECKSUM, f->damaged);
	say(t, step, TRACE_NOTE_CUT, f->in->text_cut);
	say(t, step, TRACE_NOTE_SENSELESS, !f->sensible);
	say(t, step, TRACE_NOTE_NEW_CONNECTION, f->restarts);
	say(t, step, TRACE_NOTE_MIDDLE, t->steps == 1 && !(f->syn && !f->ack));
}

static void say_reset(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	enum tcp_state was = f->was[f->to];
	bool over =
		was == TCP_STATE_CLOSED || was == TCP_STATE_TIME_WAIT || was == TCP_STATE_LISTEN;

	if (!f->rst || f->damaged || !f->sensible)
		return;
	say(t, step, TRACE_NOTE_KERNEL_RST, f->in->kernel);
	say(t, step, TRACE_NOTE_RST_IGNORED, !f->rst_counts && !over);
	if (!f->rst_counts || f->in->kernel)
		return;
	say(t, step, TRACE_NOTE_REFUSED, was == TCP_STATE_SYN_SENT);
	say(t, step, TRACE_NOTE_RST_IN_FLIGHT, was != TCP_STATE_SYN_SENT && !over);
}

static void say_numbers(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	bool again = is_sent_again(f, step->kind);

	if (f->damaged || !f->sensible || f->rst)
		return;
	say(t, step, TRACE_NOTE_SYN_AGAIN, step->kind == TRACE_KIND_SYN && f->times_sent > 1);
	say(t, step, TRACE_NOTE_RETRANSMITTED, again);
	say(t, step, TRACE_NOTE_SPURIOUS, again && seq_upto(f->end, f->me->una));
	say(t, step, TRACE_NOTE_ACK_LOST, f->corrects);
	say(t, step, TRACE_NOTE_OUT_OF_ORDER, f->fills && !f->again);
	say(t, step, TRACE_NOTE_GAP, f->gap);
	say(t, step, TRACE_NOTE_DATA_AFTER_FIN, f->beyond_fin);
	say(t, step, TRACE_NOTE_OUT_OF_WINDOW, f->seq_is == TRACE_WRONG && !f->beyond_fin);
	say(t, step, TRACE_NOTE_ACK_UNSENT, f->ack && f->ack_is == TRACE_WRONG);
	say(t, step, TRACE_NOTE_WINDOW_EXCEEDED, f->beyond_edge && !is_probe(step->kind));
	say(t, step, TRACE_NOTE_ZERO_WINDOW,
	    f->ack_counts && f->window_known && f->window == 0 &&
		    !(f->me->window_seen && f->me->window == 0));
}

static void say_handshake(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	bool syn = step->kind == TRACE_KIND_SYN;

	say(t, step, TRACE_NOTE_SYN_TAKES_ONE, syn);
	say(t, step, TRACE_NOTE_RELATIVE_NUMBERS, syn);
	say(t, step, TRACE_NOTE_SIMULTANEOUS_OPEN,
	    syn && f->was[f->to] == TCP_STATE_SYN_SENT && has_change_to(step, TCP_STATE_SYN_SENT));
	say(t, step, TRACE_NOTE_SYN_ACK_CHECKED,
	    step->kind == TRACE_KIND_SYN_ACK && f->ack_is == TRACE_OK);
	say(t, step, TRACE_NOTE_THIRD_SEQ,
	    step->kind == TRACE_KIND_HANDSHAKE_ACK && f->from == TRACE_CLIENT &&
		    f->seq_is == TRACE_OK);
}

static void say_transfer(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	const struct trace_equation *acks = newly_acked(step);
	bool first = f->fresh && !f->me->text_seen && !f->peer->text_seen;
	bool next = f->fresh && f->seq_is == TRACE_OK;

	if (!f->seq_counts)
		return;
	say(t, step, TRACE_NOTE_TLS, first && text_begins(f, "\x16\x03"));
	say(t, step, TRACE_NOTE_TEXT_IS_CARRIED, first);
	say(t, step, TRACE_NOTE_ACK_TAKES_NONE,
	    next && f->from == TRACE_CLIENT && f->me->isn_known && f->seg->seq == f->me->base + 1);
	say(t, step, TRACE_NOTE_SECOND_EXCHANGE,
	    next && f->from == TRACE_CLIENT && f->me->text_seen && t->last_text == TRACE_SERVER &&
		    text_is_http_request(f));
	say(t, step, TRACE_NOTE_DATA_ACK, acks && acks->bytes && !acks->syn && !acks->fin);
	say(t, step, TRACE_NOTE_CUMULATIVE_ACK, acks && acks->first_step != acks->last_step);
	say(t, step, TRACE_NOTE_PIPELINE, next && f->me->una != f->me->nxt && f->me->text_seen);
	say(t, step, TRACE_NOTE_MERGED_FRAME, is_merged(f));
	say(t, step, TRACE_NOTE_WRAP, f->wraps);
	say(t, step, TRACE_NOTE_DUPLICATE_ACK, step->kind == TRACE_KIND_DUPLICATE_ACK);
	say(t, step, TRACE_NOTE_SACK, f->ack_counts && f->seg->options.sack_count);
	say(t, step, TRACE_NOTE_WINDOW_UPDATE, step->kind == TRACE_KIND_WINDOW_UPDATE);
	say(t, step, TRACE_NOTE_WINDOW_PROBE, step->kind == TRACE_KIND_WINDOW_PROBE);
	say(t, step, TRACE_NOTE_KEEP_ALIVE, step->kind == TRACE_KIND_KEEP_ALIVE);
}

static void say_close(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	bool closes = f->fin_fresh && f->seq_counts;
	bool covers = f->ack_counts && f->peer->fin_seen && seq_after(f->seg->ack, f->peer->fin);

	say(t, step, TRACE_NOTE_FIN_TAKES_ONE, closes);
	say(t, step, TRACE_NOTE_EVERY_SEGMENT_ACKS, closes);
	say(t, step, TRACE_NOTE_SERVER_CLOSES_FIRST,
	    closes && f->from == TRACE_SERVER && !f->peer->fin_seen);
	say(t, step, TRACE_NOTE_BOTH_CLOSED, closes && f->peer->fin_seen && !covers);
	say(t, step, TRACE_NOTE_THREE_SEGMENTS, closes && f->fin_acked);
	say(t, step, TRACE_NOTE_HALF_CLOSED, f->fin_acked && !f->me->fin_seen && !f->fin);
	say(t, step, TRACE_NOTE_CLOSE_WAIT,
	    t->states[f->from] == TCP_STATE_CLOSE_WAIT &&
		    has_change_to(step, TCP_STATE_CLOSE_WAIT));
	say(t, step, TRACE_NOTE_FOUR_SEGMENTS,
	    f->fin_acked && t->has_closing && t->closing == TRACE_CLOSING_FOUR);
	say(t, step, TRACE_NOTE_TIME_WAIT, has_change_to(step, TCP_STATE_TIME_WAIT));
}

void trace_notes(struct trace *t, const struct trace_facts *f, struct trace_step *step)
{
	say_damage(t, f, step);
	say_reset(t, f, step);
	say_numbers(t, f, step);
	if (f->damaged || !f->sensible)
		return;
	say_handshake(t, f, step);
	say_transfer(t, f, step);
	say_close(t, f, step);
	say(t, step, TRACE_NOTE_PARTIAL_CHECKSUM, f->seg->checksum_is == TCP_CHECKSUM_PARTIAL);
}
