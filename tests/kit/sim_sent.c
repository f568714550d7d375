/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_sent.c - the judge: may an engine send this segment, after all that it said and was told before?
 *
 * Rules: RFC 9293 for numbers, windows, FIN; RFC 7323 for timestamps and scaling; RFC 2018 and 2883 for
 *        SACK; RFC 3168 for ECN. What it was told is in sim_came.c.
 * Never: asks the engine. */
#include <string.h>

#include "kit/sim_priv.h"
#include "tcp/seq.h"

/* Scaling rounds down, so a right edge may seem to move back by less than a unit (RFC 7323 section 2.4):
 * by how many bytes ours may. */
#define EDGE_TOLERANCE(unit) ((unit)-1)

#define CHALLENGES 10 /* RFC 5961 section 7: in any five seconds */
#define SPAN_US	   5000000

/* One segment, with its numbers counted from the initial ones. */
struct sent_segment {
	struct sim_end *e;
	struct sim_record *r, *peer;
	const struct tcp_segment *seg;
	uint64_t from, to, ack;
	bool syn, fin, bare, keepalive;
};

#define BREAKS(t, ...) sim_fail((t)->e->sim, __VA_ARGS__)
#define LL(x)	       ((unsigned long long)(x))

static void judge_syn(const struct sent_segment *t)
{
	if (t->from != 0 || t->fin || t->seg->text_len)
		BREAKS(t, "end %d: a SYN with number %llu, text or FIN", t->e->index, LL(t->from));
	/* A keep-alive acknowledges our SYN too, but stands below the window: it does not count yet. */
	if (t->r->told_una && !t->e->sim->plan->side[!t->e->index].cfg.keepalive_us)
		BREAKS(t, "end %d sends SYN again after its acknowledgement", t->e->index);
	sim_note_syn(t->e, t->seg);
	if (t->r->edge <
	    1u + t->seg->window) /* a promise too, though it acknowledges nothing yet */
		t->r->edge = 1u + t->seg->window;
}

/* Text at its place, each byte as it was written, and at the first sending no number left out. */
static void judge_numbers(const struct sent_segment *t)
{
	const struct tcp_segment *seg = t->seg;
	uint64_t written = t->e->written;

	if (t->from > t->r->next || (t->bare && t->from != t->r->next && !t->keepalive))
		BREAKS(t, "end %d sends from %llu, where %llu is next", t->e->index, LL(t->from),
		       LL(t->r->next));
	else if (seg->text_len && (t->from < 1 || t->from - 1 + seg->text_len > written))
		BREAKS(t, "end %d sends text beyond the %llu that were written", t->e->index,
		       LL(written));
	else if (seg->text_len &&
		 memcmp(seg->text, sim_text(t->e->index, t->from - 1), seg->text_len) != 0)
		BREAKS(t, "end %d sends wrong bytes at %llu", t->e->index, LL(t->from));
	if (t->fin && (!t->e->closed || t->to != written + 2))
		BREAKS(t, "end %d sends FIN at %llu, written are %llu", t->e->index, LL(t->to - 1),
		       LL(written));
	if (t->r->fin_at && t->to > t->r->fin_at + 1)
		BREAKS(t, "end %d sends behind its FIN", t->e->index);
	if (seg->text_len && seg->text_len + seg->option_len > t->r->text_max)
		BREAKS(t, "end %d sends %zu bytes and %u of options where %u fit", t->e->index,
		       seg->text_len, seg->option_len, t->r->text_max);
}

/* Nothing beyond the window, but one number that asks whether it is still closed. */
static void judge_window(const struct sent_segment *t)
{
	uint64_t edge = t->r->told_edge;

	if (t->syn || t->bare || t->to <= edge)
		return;
	if (t->to == edge + 1 && t->to - t->from == 1 && t->r->told_una == edge)
		return;
	BREAKS(t, "end %d sends %llu beyond the window", t->e->index, LL(t->to - edge));
}

static void judge_ack(const struct sent_segment *t)
{
	struct sim_record *r = t->r;
	unsigned shift = !t->syn && r->wscale_sent && t->peer->wscale_sent ? r->wscale : 0;
	uint64_t edge = t->ack + ((uint64_t)t->seg->window << shift);
	uint64_t unit = (uint64_t)1 << (r->wscale_sent && t->peer->wscale_sent ? r->wscale : 0);

	if (t->ack < r->acked)
		BREAKS(t, "end %d: ack went back by %llu", t->e->index, LL(r->acked - t->ack));
	if (t->ack > r->reach)
		BREAKS(t, "end %d acknowledges %llu, and has %llu", t->e->index, LL(t->ack),
		       LL(r->reach));
	/* More than 65535, of a SYN not scaled, cannot be said. */
	if (edge + EDGE_TOLERANCE(unit) < r->edge && t->seg->window < UINT16_MAX)
		BREAKS(t, "end %d: the window's edge went back by %llu", t->e->index,
		       LL(r->edge - edge));
	r->acked = t->ack;
	r->unacked_us = -1;
	if (edge > r->edge)
		r->edge = edge;
}

static void judge_timestamps(const struct sent_segment *t)
{
	struct sim_record *r = t->r;
	const struct tcp_options *o = &t->seg->options;
	bool agreed = r->told_syn ? r->ts_sent && t->peer->ts_sent : t->e->plan->cfg.use_timestamps;

	if (o->has_timestamps != agreed)
		BREAKS(t, "end %d: timestamps %s", t->e->index, agreed ? "missing" : "uninvited");
	if (!agreed)
		return;
	if (r->next && seq_before(o->ts_val, r->ts_val))
		BREAKS(t, "end %d: its clock went back by %u", t->e->index, r->ts_val - o->ts_val);
	if (r->told_syn && seq_after(o->ts_ecr, r->told_ts))
		BREAKS(t, "end %d echoes %u, which was not sent yet", t->e->index, o->ts_ecr);
	r->ts_val = o->ts_val;
}

/* RFC 2018 section 4: what came, above the acknowledgement, each range once. */
static void judge_block(const struct sent_segment *t, uint64_t from, uint64_t to)
{
	if (t->e->sim->plan->kind == SIM_HOSTILE_PEER && to > t->r->arrived_len)
		return; /* text behind the place of the FIN, which did not come yet */
	if (from <= t->ack || to <= from || to > t->r->edge || to > t->r->arrived_len ||
	    memchr(t->r->arrived + from, 0, to - from))
		BREAKS(t, "end %d: SACK block %llu to %llu, acknowledged is %llu", t->e->index,
		       LL(from), LL(to), LL(t->ack));
}

static void judge_sack(const struct sent_segment *t)
{
	const struct tcp_options *o = &t->seg->options;
	uint64_t from[TCP_SACK_BLOCKS_MAX], to[TCP_SACK_BLOCKS_MAX];
	unsigned first = 0;

	for (unsigned i = 0; i < o->sack_count; i++) {
		from[i] = sim_unwrap(o->sack[i].from, t->peer->isn, t->ack);
		to[i] = sim_unwrap(o->sack[i].to, t->peer->isn, t->ack);
	}
	if (!o->sack_count)
		return;
	if (!t->r->sack_sent || !t->peer->sack_sent)
		BREAKS(t, "end %d: SACK uninvited", t->e->index);
	/* RFC 2883: the first may tell of a duplicate. */
	if (to[0] <= t->ack || (o->sack_count > 1 && from[0] >= from[1] && to[0] <= to[1]))
		first = 1;
	for (unsigned i = first; i < o->sack_count; i++) {
		judge_block(t, from[i], to[i]);
		for (unsigned j = first; j < i; j++)
			if (from[i] < to[j] && from[j] < to[i])
				BREAKS(t, "end %d: SACK blocks overlap", t->e->index);
	}
	if (t->r->newest > t->ack && first < o->sack_count &&
	    (from[first] > t->r->newest || to[first] <= t->r->newest))
		BREAKS(t, "end %d: the first SACK block is not the newest, at %llu", t->e->index,
		       LL(t->r->newest));
}

/* RFC 3168 section 6.1: marks may be put on new text only, and only if both ends agreed. */
static void judge_ecn(const struct sent_segment *t)
{
	bool agreed = t->e->plan->cfg.use_ecn && t->e->sim->plan->side[!t->e->index].cfg.use_ecn;
	bool fresh = t->seg->text_len && t->from >= t->r->next;

	if (t->seg->ecn != TCP_ECN_NOT_ECT && (!agreed || !fresh))
		BREAKS(t, "end %d: ECN field %u on %s", t->e->index, t->seg->ecn,
		       agreed ? "something other than new text" : "a connection without ECN");
	if (!agreed && !t->syn && t->seg->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR))
		BREAKS(t, "end %d: ECN flags uninvited", t->e->index);
	if (!t->syn && t->seg->flags & TCP_FLAG_ECE && !t->r->marks)
		BREAKS(t, "end %d echoes a mark that never came", t->e->index);
}

/* An acknowledgement has a reason: a segment that came, or a reader that made room. And what is itself
 * only an acknowledgement is seldom answered, or two ends would never stop. */
static void judge_pace(const struct sent_segment *t)
{
	const struct sim *s = t->e->sim;
	uint64_t spans = 2 + (uint64_t)((s->now_us - s->plan->start_us) / SPAN_US);
	struct sim_record *r = t->r;

	if (!t->bare || t->keepalive)
		return;
	r->bare_sent++;
	if (r->bare_sent > r->came + r->resumed)
		BREAKS(t, "end %d: %llu acknowledgements, %llu segments came", t->e->index,
		       LL(r->bare_sent), LL(r->came));
	if (r->answers > CHALLENGES * spans)
		BREAKS(t, "end %d answers acknowledgements with acknowledgements, %llu so far",
		       t->e->index, LL(r->answers));
}

void sim_judge_sent(struct sim_end *e, const struct tcp_segment *seg)
{
	struct sim *s = e->sim;
	struct sim_record *r = &e->rec, *peer = &s->ends[!e->index].rec;
	struct sent_segment t = { .e = e, .r = r, .peer = peer, .seg = seg };

	if (seg->flags & TCP_FLAG_RST) {
		if (!e->aborted && !s->plan->scripted)
			BREAKS(&t, "end %d sends RST", e->index);
		return;
	}
	t.from = sim_unwrap(seg->seq, r->isn, r->next);
	t.to = t.from + tcp_segment_len(seg);
	t.ack = sim_unwrap(seg->ack, peer->isn, r->acked);
	t.syn = seg->flags & TCP_FLAG_SYN;
	t.fin = seg->flags & TCP_FLAG_FIN;
	t.bare = t.from == t.to;
	t.keepalive = t.bare && e->plan->cfg.keepalive_us && r->told_una == r->next &&
		      t.from + 1 == r->next;
	if (t.syn)
		judge_syn(&t);
	else
		judge_numbers(&t);
	if (r->told_syn != !!(seg->flags & TCP_FLAG_ACK))
		BREAKS(&t, "end %d: ACK flag %s", e->index, r->told_syn ? "missing" : "too early");
	judge_window(&t);
	judge_ecn(&t);
	if (seg->flags & TCP_FLAG_ACK)
		judge_ack(&t);
	judge_timestamps(&t);
	judge_sack(&t);
	judge_pace(&t);
	if (t.fin)
		r->fin_at = t.to - 1;
	if (t.to > r->next)
		r->next = t.to;
}
