/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_peer.c - the scripted peer: a small TCP with habits that an engine seldom meets.
 *
 * It sends its text a few segments at a time and begins again where it was not acknowledged whenever
 * its timer goes off; that timer never stops, so whatever it did, the exchange goes on. */
#include "kit/sim_peer.h"

#include <stdlib.h>
#include <string.h>

#include "tcp/options.h"
#include "tcp/seq.h"

#define BURST 4 /* segments of text at one opportunity */

uint64_t sim_peer_below(struct sim_peer *p, uint64_t n)
{
	return n ? sim_random(&p->e->sim->random) % n : 0;
}

bool sim_peer_one_in(struct sim_peer *p, uint64_t n)
{
	return sim_peer_below(p, n) == 0;
}

static bool has(struct sim_peer *p, enum sim_habit habit)
{
	return p->habits & habit;
}

static const struct sim_record *engine(const struct sim_peer *p)
{
	return &p->e->sim->ends[0].rec;
}

struct sim_peer *sim_peer_new(struct sim_end *e)
{
	struct sim_peer *p = calloc(1, sizeof(*p));
	const struct tcp_config *cfg = &e->plan->cfg;
	struct sim *s = e->sim;

	if (!p)
		return NULL;
	p->e = e;
	p->have_len = s->plan->side[0].text + 3;
	p->have = calloc(p->have_len, 1);
	if (!p->have) {
		free(p);
		return NULL;
	}
	p->habits = (unsigned)(sim_random(&s->random) & sim_random(&s->random) & HABIT_ALL);
	p->hostile = s->plan->kind == SIM_HOSTILE_PEER;
	p->pranks = (unsigned)sim_peer_below(p, 20);
	p->fins = has(p, HABIT_REPEATS_FIN) ? 10 : 0;
	p->ignores = has(p, HABIT_SLOW_OPEN) ? (unsigned)sim_peer_below(p, 4) : 0;
	p->field = (uint16_t)(1 + sim_peer_below(p, sim_peer_one_in(p, 2) ? 65535 : 3000));
	if (!sim_peer_one_in(p, 4)) {
		p->syn.has_mss = !sim_peer_one_in(p, 8);
		p->syn.mss = (uint16_t)sim_peer_below(p, sim_peer_one_in(p, 2) ? 120 : 3000);
		p->syn.has_wscale = cfg->use_wscale;
		p->syn.wscale = (uint8_t)sim_peer_below(p, 20);
		p->syn.has_sack_permitted = cfg->use_sack;
		p->syn.has_timestamps = cfg->use_timestamps;
	}
	p->timer_us = TCP_NEVER;
	return p;
}

void sim_peer_free(struct sim_peer *p)
{
	if (p)
		free(p->have);
	free(p);
}

/* The window field, for what p->acked says. Its edge moves back only where that is its habit. */
static uint16_t window_field(struct sim_peer *p, bool scaled)
{
	unsigned scale = !scaled || !p->wscale ? 0 : p->syn.wscale < 14 ? p->syn.wscale : 14;
	uint64_t promised = p->offered > p->acked ? (p->offered - p->acked) >> scale : 0;
	uint64_t field = p->field;

	if (has(p, HABIT_SHRINKS))
		return (uint16_t)sim_peer_below(p, field + 1);
	if (has(p, HABIT_FILLS) && p->offered && !sim_peer_one_in(p, 4))
		field = promised;
	if (field < promised)
		field = promised < UINT16_MAX ? promised : UINT16_MAX;
	if (p->acked + (field << scale) > p->offered)
		p->offered = p->acked + (field << scale);
	return (uint16_t)field;
}

/* What lies beyond a gap, in at most two blocks. */
static void report_sack(const struct sim_peer *p, struct tcp_options *o)
{
	uint64_t at = p->rcv;

	while (o->sack_count < 2 && at < p->have_len) {
		uint64_t from;

		while (at < p->have_len && !p->have[at])
			at++;
		from = at;
		while (at < p->have_len && p->have[at])
			at++;
		if (from < at)
			o->sack[o->sack_count++] =
				(struct tcp_sack_block){ engine(p)->isn + (uint32_t)from,
							 engine(p)->isn + (uint32_t)at };
	}
}

struct tcp_segment sim_peer_segment(struct sim_peer *p, uint64_t seq, uint16_t flags)
{
	struct tcp_segment seg = { .seq = p->e->rec.isn + (uint32_t)seq, .flags = flags };
	struct tcp_options *o = &seg.options;
	bool syn = flags & TCP_FLAG_SYN;

	if (flags & TCP_FLAG_ACK)
		seg.ack = engine(p)->isn + (uint32_t)p->acked;
	seg.window = window_field(p, !syn);
	if (syn)
		*o = p->syn;
	if (!(syn ? p->syn.has_timestamps : p->ts))
		o->has_timestamps = false;
	else
		*o = (struct tcp_options){
			.has_mss = o->has_mss,
			.mss = o->mss,
			.has_wscale = o->has_wscale,
			.wscale = o->wscale,
			.has_sack_permitted = o->has_sack_permitted,
			.has_timestamps = true,
			.ts_val = (uint32_t)(p->e->sim->now_us / 1000) + p->e->plan->cfg.ts_offset,
			.ts_ecr = p->ts_recent,
		};
	if (p->sack && p->open && !syn)
		report_sack(p, o);
	return seg;
}

void sim_peer_send(struct sim_peer *p, struct tcp_segment *seg, enum sim_expect expect)
{
	seg->option_len = tcp_options_encode(&seg->options, seg->option_bytes);
	if (seg->flags & TCP_FLAG_SYN && expect == SIM_EXPECT_NOTHING) {
		sim_note_syn(p->e, seg);
		if (!p->ts_first)
			p->ts_first = seg->options.ts_val;
	}
	sim_send(p->e->sim, p->e->index, seg, expect);
}

static void send_syn(struct sim_peer *p, uint16_t ack)
{
	struct tcp_segment seg;
	size_t len = p->e->plan->text < 100 ? p->e->plan->text : 100;

	seg = sim_peer_segment(p, 0, (uint16_t)(TCP_FLAG_SYN | ack));
	if (ack && has(p, HABIT_REFLECTS))
		seg.flags |= p->syn_flags & (TCP_FLAG_ECE | TCP_FLAG_CWR);
	if (has(p, HABIT_TEXT_WITH_SYN)) {
		seg.text = sim_text(1, 0);
		seg.text_len = len;
	}
	if (p->sent < 1 + seg.text_len)
		p->next = p->sent = 1 + seg.text_len;
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
}

static void take_syn(struct sim_peer *p, const struct tcp_segment *seg)
{
	const struct tcp_options *o = &seg->options;

	if (p->ignores) {
		p->ignores--;
		return;
	}
	if (!p->syn_came) {
		p->syn_came = true;
		p->syn_flags = seg->flags;
		p->wscale = p->syn.has_wscale && o->has_wscale;
		p->edge_scale = p->wscale ? o->wscale : 0;
		p->sack = p->syn.has_sack_permitted && o->has_sack_permitted;
		p->ts = p->syn.has_timestamps && o->has_timestamps;
		p->mss = o->has_mss ? o->mss : 536;
		p->have[0] = 1;
		p->rcv = p->acked = 1;
		p->timer_us = p->e->sim->now_us + SIM_RTO_US;
	}
	if (p->ts)
		p->ts_recent = o->ts_val;
	if (seg->flags & TCP_FLAG_ACK || p->open)
		return; /* the answer to our SYN; step() acknowledges */
	send_syn(p, has(p, HABIT_SPLIT_OPEN) ? 0 : TCP_FLAG_ACK);
}

static void take_numbers(struct sim_peer *p, const struct tcp_segment *seg)
{
	uint64_t from = sim_unwrap(seg->seq, engine(p)->isn, p->rcv);
	uint64_t fin = from + seg->text_len;

	for (size_t i = 0; i < seg->text_len; i++)
		if (from + i < p->have_len)
			p->have[from + i] = 1;
	if (seg->flags & TCP_FLAG_FIN && fin < p->have_len) {
		p->have[fin] = 1;
		p->fin = fin;
	}
	while (p->rcv < p->have_len && p->have[p->rcv])
		p->rcv++;
	p->e->read = p->rcv - 1 - (p->fin && p->rcv > p->fin);
	if (p->ts && seg->options.has_timestamps)
		p->ts_recent = seg->options.ts_val;
}

static void send_text(struct sim_peer *p)
{
	uint64_t end = 1 + p->e->plan->text;
	bool close = p->e->plan->close == SIM_CLOSE_FIRST || (p->fin && p->rcv > p->fin);

	for (int n = 0; n < BURST && p->next < end && p->next < p->edge; n++) {
		uint64_t most = has(p, HABIT_CRUMBS) ? 9 : p->mss ? p->mss : 1;
		uint64_t len = 1 + sim_peer_below(p, most);
		struct tcp_segment seg;

		len = len < end - p->next ? len : end - p->next;
		len = len < p->edge - p->next ? len : p->edge - p->next;
		seg = sim_peer_segment(p, p->next, TCP_FLAG_ACK | TCP_FLAG_PSH);
		seg.options.sack_count = 0;
		seg.text = sim_text(1, p->next - 1);
		seg.text_len = len;
		if (has(p, HABIT_URGENT) && sim_peer_one_in(p, 3)) {
			seg.flags |= TCP_FLAG_URG;
			seg.urgent = (uint16_t)sim_peer_below(p, len + 3);
		}
		p->next += len;
		if (close && has(p, HABIT_FIN_WITH_TEXT) && p->next == end && p->next < p->edge) {
			seg.flags |= TCP_FLAG_FIN;
			p->next++;
		}
		sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
	}
	if (close && (p->next == end || (p->next > end && p->fins && p->fins--))) {
		struct tcp_segment fin = sim_peer_segment(p, end, TCP_FLAG_FIN | TCP_FLAG_ACK);

		sim_peer_send(p, &fin, SIM_EXPECT_NOTHING);
		p->next = end + 1;
	}
	if (p->next > p->sent)
		p->sent = p->next;
}

static void acknowledge(struct sim_peer *p)
{
	struct tcp_segment ack;

	if (has(p, HABIT_ACKS_PARTLY) && p->rcv > p->acked + 1 && sim_peer_one_in(p, 2))
		p->acked += 1 + sim_peer_below(p, p->rcv - p->acked - 1);
	else
		p->acked = p->rcv;
	ack = sim_peer_segment(p, p->next, TCP_FLAG_ACK);
	sim_peer_send(p, &ack, SIM_EXPECT_NOTHING);
}

/* A host without the connection: RST for everything (RFC 9293 section 3.10.7.1). */
static void answer_when_gone(struct sim_peer *p, const struct tcp_segment *seg)
{
	struct tcp_segment rst = { .seq = seg->ack, .flags = TCP_FLAG_RST };

	if (!(seg->flags & TCP_FLAG_RST))
		sim_peer_send(p, &rst, SIM_EXPECT_NOTHING);
}

void sim_peer_arrival(struct sim_peer *p, const struct tcp_segment *seg)
{
	uint64_t una;

	if (p->gone) {
		answer_when_gone(p, seg);
		return;
	}
	if (seg->flags & TCP_FLAG_RST)
		return; /* the engine is closed, and then all is over; or it was provoked */
	if (seg->flags & TCP_FLAG_SYN)
		take_syn(p, seg);
	if (!(seg->flags & TCP_FLAG_ACK) || !p->syn_came)
		return;
	una = sim_unwrap(seg->ack, p->e->rec.isn, p->una);
	if (una > p->sent)
		return; /* the judge has seen it */
	if (una > p->una)
		p->una = una;
	if (p->next < p->una)
		p->next = p->una;
	p->open |= p->una > 0;
	una += (uint64_t)seg->window << (seg->flags & TCP_FLAG_SYN ? 0 : p->edge_scale);
	if (una > p->edge)
		p->edge = una;
	if (!(seg->flags & TCP_FLAG_SYN))
		take_numbers(p, seg);
	if (p->open && p->pranks && sim_peer_one_in(p, 4)) {
		p->pranks--;
		sim_prank(p);
	}
	send_text(p);
	if (tcp_segment_len(seg))
		acknowledge(p);
}

/* All over again from what was not acknowledged; and where all is, tell the window. */
void sim_peer_on_timer(struct sim_peer *p)
{
	struct sim *s = p->e->sim;

	if (p->timer_us > s->now_us)
		return;
	p->timer_us = s->now_us + SIM_RTO_US + (int64_t)sim_peer_below(p, 4 * SIM_RTO_US);
	if (p->gone || tcp_conn_state(s->ends[0].c) == TCP_STATE_CLOSED)
		return;
	if (!p->open) {
		send_syn(p, has(p, HABIT_SPLIT_OPEN) ? 0 : TCP_FLAG_ACK);
		return;
	}
	if (p->pranks) {
		p->pranks--;
		sim_prank(p);
	}
	p->next = p->una;
	send_text(p);
	acknowledge(p);
}

int64_t sim_peer_deadline(const struct sim_peer *p)
{
	return p->timer_us;
}

/* It has no end of its own: what matters is that the engine comes to one. */
bool sim_peer_over(const struct sim_peer *p)
{
	(void)p;
	return true;
}
