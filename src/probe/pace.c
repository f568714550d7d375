/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - a token bucket that loses no fraction; see pace.h.
 *
 * A microsecond at N packets a second brings N millionths of a packet: whole numbers throughout. */
#include "probe/pace.h"

#define PACKET	 1000000u /* tokens, in millionths */
#define BURST_US 2000u

/* Besides the burst, the fraction of the packet that comes next: without it each rounding of a time to
 * microseconds would cost a little of the rate. */
static uint64_t capacity(const struct pace *p)
{
	return p->burst * PACKET + PACKET - 1;
}

/* Tokens at a time; the clock may stand still, and going back brings nothing. */
static uint64_t tokens_at(const struct pace *p, int64_t now_us)
{
	uint64_t full = capacity(p), tokens = p->tokens < full ? p->tokens : full, elapsed;

	if (now_us <= p->since_us)
		return tokens;
	elapsed = (uint64_t)now_us - (uint64_t)p->since_us;
	if (elapsed > (full - tokens) / p->rate)
		return full;
	return tokens + elapsed * p->rate;
}

void pace_init(struct pace *p, uint64_t rate, int64_t now_us)
{
	*p = (struct pace){ .rate = rate, .tokens = PACKET, .since_us = now_us };
	p->burst = rate * BURST_US / PACKET;
	if (!p->burst)
		p->burst = 1;
}

unsigned pace_take(struct pace *p, unsigned want, int64_t now_us)
{
	uint64_t ready;

	p->tokens = tokens_at(p, now_us);
	if (now_us > p->since_us)
		p->since_us = now_us;
	ready = p->tokens / PACKET;
	if (want > ready)
		want = (unsigned)ready;
	p->tokens -= (uint64_t)want * PACKET;
	return want;
}

void pace_give_back(struct pace *p, unsigned count)
{
	p->tokens += (uint64_t)count * PACKET;
}

int64_t pace_when(const struct pace *p, int64_t now_us)
{
	uint64_t tokens = tokens_at(p, now_us);
	int64_t from = now_us > p->since_us ? now_us : p->since_us;

	if (tokens >= PACKET)
		return now_us;
	return from + (int64_t)((PACKET - tokens + p->rate - 1) / p->rate);
}
