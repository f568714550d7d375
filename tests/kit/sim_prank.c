/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_prank.c - what the scripted peer does now and then: odd things, which are legal, and hostile ones,
 * which an engine must bear unchanged, and sometimes answer. */
#include <string.h>

#include "kit/sim_peer.h"

#define FAR (1u << 28) /* beyond every window in these tests */

/* Text that would be noticed if it were delivered. */
static void fill_garbage(struct sim_peer *p, struct tcp_segment *seg)
{
	static const uint8_t garbage[200] = "not what was agreed on";

	seg->text = garbage;
	seg->text_len = 1 + sim_peer_below(p, sizeof(garbage));
	seg->options.sack_count = 0;
}

/* A copy of what was sent before. */
static void old_text(struct sim_peer *p)
{
	uint64_t most = p->sent - 1 < p->e->plan->text ? p->sent - 1 : p->e->plan->text;
	uint64_t at = sim_peer_below(p, most), len = 1 + sim_peer_below(p, most - at);
	struct tcp_segment seg = sim_peer_segment(p, 1 + at, TCP_FLAG_ACK);

	if (!most || at + len > most)
		return;
	seg.text = sim_text(1, at);
	seg.text_len = len < p->mss ? len : p->mss;
	seg.options.sack_count = 0;
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
}

/* Only when the engine has all: else it would be text. */
static void keep_alive(struct sim_peer *p)
{
	struct tcp_segment seg;

	if (p->una != p->sent)
		return;
	seg = sim_peer_segment(p, p->sent - 1, TCP_FLAG_ACK);
	if (sim_peer_one_in(p, 2)) {
		fill_garbage(p, &seg);
		seg.text_len = 1;
	}
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void same_ack_again(struct sim_peer *p)
{
	for (uint64_t n = 1 + sim_peer_below(p, 4); n; n--) {
		struct tcp_segment seg = sim_peer_segment(p, p->next, TCP_FLAG_ACK);

		sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
	}
}

static void syn_again(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, 0, TCP_FLAG_SYN | TCP_FLAG_ACK);

	/* Where the open was split it may be the one that the engine waits for. */
	sim_peer_send(p, &seg,
		      p->habits & HABIT_SPLIT_OPEN ? SIM_EXPECT_NOTHING : SIM_EXPECT_ANSWER);
}

/* RFC 2018 section 8: what was reported may be discarded. */
static void renege(struct sim_peer *p)
{
	memset(p->have + p->rcv, 0, p->have_len - p->rcv);
	if (p->fin >= p->rcv)
		p->fin = 0;
}

static void rst_in_window(struct sim_peer *p)
{
	struct tcp_segment seg;

	if (p->edge < p->sent + 2)
		return;
	seg = sim_peer_segment(p, p->sent + 1 + sim_peer_below(p, p->edge - p->sent - 1),
			       TCP_FLAG_RST | TCP_FLAG_ACK);
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void rst_outside(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->edge + FAR, TCP_FLAG_RST);

	sim_peer_send(p, &seg, SIM_EXPECT_IGNORE);
}

static void syn_inside(struct sim_peer *p)
{
	struct tcp_segment seg =
		sim_peer_segment(p, p->sent + sim_peer_below(p, 2000), TCP_FLAG_SYN);

	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void ack_of_unsent(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_ACK);

	seg.ack += FAR;
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void ack_too_old(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_ACK);

	seg.ack -= 1u << 30;
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void text_outside(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->edge + FAR, TCP_FLAG_ACK);

	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void text_without_ack(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_PSH);

	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_IGNORE);
}

static void text_without_timestamps(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_ACK);

	if (!p->ts)
		return;
	seg.options.has_timestamps = false;
	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_IGNORE);
}

/* RFC 7323 section 5 */
static void text_of_old(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_ACK);

	if (!p->ts)
		return;
	seg.options.ts_val = p->ts_first - 1000;
	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

static void text_behind_fin(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->sent, TCP_FLAG_ACK);

	if (p->una != p->e->plan->text + 2)
		return;
	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING); /* its acknowledgement counts */
}

/* Before its FIN is known, nobody can tell that this is behind it. */
static void text_too_far(struct sim_peer *p)
{
	struct tcp_segment seg =
		sim_peer_segment(p, p->e->plan->text + 2 + sim_peer_below(p, 100), TCP_FLAG_ACK);

	fill_garbage(p, &seg);
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
}

/* Lies about what came; the engine may believe them, but not for ever. */
static void false_sack(struct sim_peer *p)
{
	struct tcp_segment seg = sim_peer_segment(p, p->next, TCP_FLAG_ACK);
	struct tcp_options *o = &seg.options;

	for (o->sack_count = 0; o->sack_count < 3; o->sack_count++) {
		uint32_t at = seg.ack + (uint32_t)sim_peer_below(p, 5000) - 1000;

		o->sack[o->sack_count].from = at;
		o->sack[o->sack_count].to = at + (uint32_t)sim_peer_below(p, 5000) - 1000;
	}
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
}

static void all_flags(struct sim_peer *p)
{
	struct tcp_segment seg;

	if (p->edge < p->sent + 2)
		return;
	seg = sim_peer_segment(p, p->sent + 1, 0x1ff);
	sim_peer_send(p, &seg, SIM_EXPECT_ANSWER);
}

/* The end, at the right place: the engine has everything, so that it is exact. */
static void reset(struct sim_peer *p)
{
	struct tcp_segment seg;

	if (p->una != p->sent || !sim_peer_one_in(p, 4))
		return;
	seg = sim_peer_segment(p, p->sent, TCP_FLAG_RST | TCP_FLAG_ACK);
	p->gone = p->e->aborted = true;
	sim_peer_send(p, &seg, SIM_EXPECT_NOTHING);
}

void sim_prank(struct sim_peer *p)
{
	static void (*const odd[])(struct sim_peer *) = {
		old_text, keep_alive, same_ack_again, syn_again, renege,
	};
	static void (*const hostile[])(struct sim_peer *) = {
		rst_in_window, rst_outside,	syn_inside,	  ack_of_unsent,
		ack_too_old,   text_outside,	text_without_ack, text_without_timestamps,
		text_of_old,   text_behind_fin, text_too_far,	  false_sack,
		all_flags,     reset,
	};
	size_t odds = sizeof(odd) / sizeof(odd[0]);
	size_t i =
		sim_peer_below(p, p->hostile ? odds + sizeof(hostile) / sizeof(hostile[0]) : odds);

	(i < odds ? odd[i] : hostile[i - odds])(p);
}
