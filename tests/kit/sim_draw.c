/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_draw.c - the plan that a seed stands for.
 *
 * Every plan has two ends with options, buffers, texts and habits of their own, on a way with some
 * delay. Its kind says what else is wrong; a mixture has a little of everything. */
#include <inttypes.h>
#include <stdio.h>

#include "kit/sim_priv.h"

#define SECOND 1000000

static uint64_t *dice;

static uint64_t below(uint64_t n)
{
	return n ? sim_random(dice) % n : 0;
}

static uint64_t between(uint64_t low, uint64_t high)
{
	return low + below(high - low + 1);
}

static bool one_in(uint64_t n)
{
	return below(n) == 0;
}

/* What each kind does to the way from one end to the other. */
static void no_trouble(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	(void)way;
}

static void jitter(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->jitter_us = (int64_t)between(1, 50000);
}

static void loss(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->loss = (unsigned)between(1, 100);
}

static void heavy_loss(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->loss = 300;
}

static void duplication(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->duplicate = (unsigned)between(10, 300);
}

static void reordering(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->reorder = (unsigned)between(10, 300);
	way->hold_us = (int64_t)between(1000, 100000);
}

static void corruption(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->corrupt = 10;
}

static void black_outs(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	int64_t at = 0;

	for (unsigned i = 0; i < SIM_BLACK_OUTS; i++) {
		at += (int64_t)(one_in(2) ? below(SECOND) : below(20 * SECOND));
		way->black_out[i].from_us = at;
		at += (int64_t)(one_in(3) ? below(100 * SECOND) : below(5 * SECOND));
		way->black_out[i].to_us = at;
	}
}

/* From one size to another; none below 128, which the engine takes for a lie (RFC 5927). */
static void mtu_changes(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	int64_t at = 0;

	for (unsigned i = 0; i < SIM_MTUS; i++) {
		at += (int64_t)below(one_in(2) ? SECOND / 2 : 2 * SECOND);
		way->mtu[i].at_us = at;
		way->mtu[i].mtu = (uint32_t)between(128, one_in(2) ? 1500 : 600);
	}
}

static void marks(struct sim_path *way, uint32_t mss)
{
	(void)mss;
	way->mark = (unsigned)between(1, 200);
}

static void bottleneck(struct sim_path *way, uint32_t mss)
{
	way->rate = (uint32_t)between(10000, one_in(2) ? 100000 : 5000000);
	way->queue = (uint32_t)between(3000, 100000) + 2 * mss;
	way->mark = one_in(2);
}

static void everything(struct sim_path *way, uint32_t mss)
{
	static void (*const some[])(struct sim_path *, uint32_t) = {
		jitter,	    loss,	 duplication, reordering, corruption,
		black_outs, mtu_changes, marks,	      bottleneck,
	};

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		if (one_in(3))
			some[i](way, mss);
}

static const struct {
	const char *name;
	void (*trouble)(struct sim_path *, uint32_t mss);
} kinds[SIM_KIND_COUNT] = {
	[SIM_CLEAN] = { "none", no_trouble },
	[SIM_JITTER] = { "jitter", jitter },
	[SIM_LOSS] = { "loss to 10 %", loss },
	[SIM_HEAVY_LOSS] = { "loss 30 %", heavy_loss },
	[SIM_DUPLICATION] = { "duplication", duplication },
	[SIM_REORDERING] = { "reordering", reordering },
	[SIM_CORRUPTION] = { "corruption 1 %", corruption },
	[SIM_BLACK_OUT] = { "black-outs", black_outs },
	[SIM_MTU] = { "MTU changes", mtu_changes },
	[SIM_MARKS] = { "ECN marks", marks },
	[SIM_BOTTLENECK] = { "bottleneck", bottleneck },
	[SIM_SMALL] = { "small windows", loss },
	[SIM_MIXTURE] = { "mixture", everything },
	[SIM_ODD_PEER] = { "odd peer", no_trouble },
	[SIM_HOSTILE_PEER] = { "hostile peer", no_trouble },
};

const char *sim_kind_name(enum sim_kind kind)
{
	return kinds[kind].name;
}

static uint32_t near_wrap(uint32_t reach)
{
	return 0u - (uint32_t)below(reach);
}

static uint16_t draw_mss(void)
{
	static const uint16_t usual[] = { 536, 1220, 1440, 8948, 65483 };

	return one_in(4) ? usual[below(5)] : 1460;
}

/* An end that asks nine times in vain takes the other for gone: rightly so, but the stream is to be exact
 * here. So it asks for longer than any black-out, and not at all where most questions get lost. */
static int64_t draw_keepalive(enum sim_kind kind)
{
	bool lossy = kind == SIM_BLACK_OUT || kind == SIM_MIXTURE;

	return kind == SIM_HEAVY_LOSS ? 0 :
					(int64_t)between(lossy ? 30 * SECOND : SECOND, 90 * SECOND);
}

static void draw_config(struct tcp_config *cfg, enum sim_kind kind)
{
	tcp_config_init(cfg);
	cfg->local_port = cfg->peer_port = 4000;
	cfg->isn = one_in(3) ? near_wrap(0x20000) : (uint32_t)sim_random(dice);
	cfg->mss = draw_mss();
	cfg->receive_buffer = one_in(4) ? (uint32_t)between(200, 20000) :
			      one_in(8) ? cfg->receive_buffer :
					  200000;
	cfg->send_buffer = one_in(4) ? (uint32_t)between(1, 20000) : 65536;
	cfg->wscale = (uint8_t)(one_in(2) ? 8 : below(15));
	cfg->use_wscale = !one_in(8);
	cfg->use_sack = !one_in(6);
	cfg->use_timestamps = !one_in(3);
	cfg->ts_offset = one_in(3) ? near_wrap(20000) :
			 one_in(3) ? 0x80000000u - (uint32_t)below(20000) :
				     (uint32_t)sim_random(dice);
	cfg->nagle = !one_in(4);
	cfg->keepalive_us = one_in(8) ? draw_keepalive(kind) : 0;
	cfg->window = one_in(16) ? (uint32_t)between(100, 100000) : 0;
	cfg->time_wait_us = one_in(2) ? TCP_TIME_WAIT_BRIEF : 240LL * SECOND;
	cfg->use_ecn = one_in(4) || kind == SIM_MARKS || kind == SIM_BOTTLENECK;
	if (kind == SIM_SMALL) {
		cfg->mss = (uint16_t)between(28, 300);
		cfg->receive_buffer = (uint32_t)between(1, one_in(2) ? 40 : 3000);
		cfg->send_buffer = (uint32_t)between(1, 3000);
	}
}

static void draw_user(struct sim_side *side, enum sim_kind kind)
{
	bool large = one_in(20) && kind != SIM_HEAVY_LOSS && kind != SIM_SMALL;
	size_t most = large ? 1000000 : 100000;

	if (kind == SIM_SMALL || kind == SIM_ODD_PEER || kind == SIM_HOSTILE_PEER)
		most = 4000;
	/* A segment at a time, of a byte each: that takes long enough. */
	if (most > 500u * side->cfg.send_buffer)
		most = 500u * side->cfg.send_buffer;
	side->text = one_in(4) ? below(3) : below(most);
	if (one_in(4)) {
		side->read_chunk = between(500, 5500);
		side->read_every_us = (int64_t)(one_in(4) ? below(3 * SECOND) : below(20000)) + 1;
	}
	if (kind == SIM_SMALL && one_in(2))
		side->read_chunk = between(1, 300);
}

/* Who closes, and when; who opens. */
static void draw_habits(struct sim_plan *plan)
{
	struct sim_side *a = &plan->side[0], *b = &plan->side[1];
	int first = (int)below(2);

	if (one_in(2))
		b->open_us = -1;
	else if (one_in(2))
		b->open_us = (int64_t)below((uint64_t)a->path.delay_us * 2 + 1);
	plan->side[!first].close = one_in(2) ? SIM_CLOSE_FIRST : SIM_CLOSE_SECOND;
	if (plan->side[!first].close == SIM_CLOSE_SECOND && one_in(2))
		plan->side[!first].held = below(plan->side[!first].text + 1);
	if (one_in(16) && !(plan->scripted && first == 1)) {
		plan->side[first].close = SIM_CLOSE_ABORT;
		plan->side[!first].held = 0;
		plan->side[first].abort_at = below(a->text + b->text + 1);
	}
}

void sim_draw(uint64_t seed, struct sim_plan *plan)
{
	uint64_t random = seed * 7919;
	bool both_ways;

	dice = &random;
	*plan = (struct sim_plan){ .seed = seed };
	plan->kind = (enum sim_kind)(seed % SIM_KIND_COUNT);
	plan->scripted = plan->kind == SIM_ODD_PEER || plan->kind == SIM_HOSTILE_PEER;
	plan->tracked = one_in(4);
	if (one_in(4))
		plan->start_us = (int64_t)below(UINT64_C(1) << 50) - (INT64_C(1) << 49);
	/* 30 % of loss is each way; the rest may concern one way only. */
	both_ways = !one_in(4) || plan->kind == SIM_HEAVY_LOSS;
	for (int i = 0; i < 2; i++) {
		struct sim_side *side = &plan->side[i];

		draw_config(&side->cfg, plan->kind);
		draw_user(side, plan->kind);
		side->path.delay_us = (int64_t)(one_in(3) ? below(300) : below(100000));
		if (both_ways || i == (int)(seed & 1))
			kinds[plan->kind].trouble(&side->path, side->cfg.mss);
	}
	draw_habits(plan);
	dice = NULL;
}

static void tell_side(const struct sim_side *side, char *line, size_t size)
{
	const struct tcp_config *cfg = &side->cfg;
	static const char *const closes[] = { "first", "second", "by abort" };

	snprintf(line, size,
		 "isn %u, mss %u, buffers %u and %u, wscale %d, sack %d, timestamps %d from %u, "
		 "ecn %d, nagle %d, keep-alive %" PRId64 ", window %u, opens %" PRId64
		 ", text %zu (%zu held), reads %zu every %" PRId64 ", closes %s",
		 cfg->isn, cfg->mss, cfg->receive_buffer, cfg->send_buffer,
		 cfg->use_wscale ? cfg->wscale : -1, cfg->use_sack, cfg->use_timestamps,
		 cfg->ts_offset, cfg->use_ecn, cfg->nagle, cfg->keepalive_us, cfg->window,
		 side->open_us, side->text, side->held, side->read_chunk, side->read_every_us,
		 closes[side->close]);
}

static void tell_path(const struct sim_path *way, char *line, size_t size)
{
	snprintf(line, size,
		 "delay %" PRId64 " us, jitter %" PRId64
		 ", per mille: loss %u, double %u, hold %u, "
		 "damage %u, mark %u; black-outs %" PRId64 "-%" PRId64 ", %" PRId64 "-%" PRId64
		 "; rate %u, queue %u; mtu %u at %" PRId64 ", %u at %" PRId64 ", %u at %" PRId64,
		 way->delay_us, way->jitter_us, way->loss, way->duplicate, way->reorder,
		 way->corrupt, way->mark, way->black_out[0].from_us, way->black_out[0].to_us,
		 way->black_out[1].from_us, way->black_out[1].to_us, way->rate, way->queue,
		 way->mtu[0].mtu, way->mtu[0].at_us, way->mtu[1].mtu, way->mtu[1].at_us,
		 way->mtu[2].mtu, way->mtu[2].at_us);
}

void sim_tell_plan(const struct sim_plan *plan, sim_tell *tell, void *context)
{
	char text[600], line[640];

	snprintf(line, sizeof(line), "seed %" PRIu64 ", kind: %s; the clock begins at %" PRId64,
		 plan->seed, sim_kind_name(plan->kind), plan->start_us);
	tell(context, line);
	for (int i = 0; i < 2; i++) {
		tell_side(&plan->side[i], text, sizeof(text));
		snprintf(line, sizeof(line), "end %d: %s", i, text);
		tell(context, line);
		tell_path(&plan->side[i].path, text, sizeof(text));
		snprintf(line, sizeof(line), "way from %d: %s", i, text);
		tell(context, line);
	}
}
