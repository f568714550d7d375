/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_net.c - the simulated network: what happens to a segment between the ends.
 *
 * It is lost, held back, doubled, marked, damaged, too large for a link or too much for a queue. What
 * arrives is the segment as it was sent: nothing is changed on the way but the ECN field. */
#include <stdlib.h>
#include <string.h>

#include "kit/sim_priv.h"
#include "wire/checksum.h"

#define IN_AIR_MAX     8192
#define HEADERS	       40u /* IPv4 and TCP without options */
#define TCP_OPTIONS_AT 20u

static void put(uint8_t *at, uint32_t value, unsigned bytes)
{
	while (bytes--) {
		at[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

/* The segment as it is on the wire, for its checksum. Returns its length. */
static size_t encode(const struct tcp_segment *seg, uint8_t *out)
{
	size_t len = TCP_OPTIONS_AT + seg->option_len + seg->text_len;

	put(out, seg->src_port, 2);
	put(out + 2, seg->dst_port, 2);
	put(out + 4, seg->seq, 4);
	put(out + 8, seg->ack, 4);
	put(out + 12, (uint32_t)(TCP_OPTIONS_AT + seg->option_len) << 10 | seg->flags, 2);
	put(out + 14, seg->window, 2);
	put(out + 16, 0, 2);
	put(out + 18, seg->urgent, 2);
	memcpy(out + TCP_OPTIONS_AT, seg->option_bytes, seg->option_len);
	if (seg->text_len)
		memcpy(out + TCP_OPTIONS_AT + seg->option_len, seg->text, seg->text_len);
	return len;
}

/* A burst of 1 to 15 damaged bits, anywhere in the segment: the Internet checksum finds every one of
 * them (RFC 1071 section 1), so the receiver drops it. The bytes and their sum are the real ones. */
static void corrupt(struct sim *s, const struct tcp_segment *seg)
{
	static uint8_t bytes[65536 + 64];
	struct addr from = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } };
	struct addr to = { .family = AF_INET, .bytes = { 192, 0, 2, 80 } };
	size_t len = encode(seg, bytes);
	checksum_sum pseudo = checksum_pseudo(&from, &to, 6, len);
	size_t bit = sim_random(&s->random) % (8 * len - 15);
	uint16_t burst = (uint16_t)(sim_random(&s->random) % 0x7fff + 1);

	put(bytes + 16, (uint16_t)~checksum_fold(checksum_add(pseudo, bytes, len)), 2);
	if (checksum_fold(checksum_add(pseudo, bytes, len)) != 0xffff)
		sim_fail(s, "the checksum of a good segment is wrong");
	for (unsigned i = 0; i < 15; i++)
		if (burst & 1u << i)
			bytes[(bit + i) / 8] ^= (uint8_t)(1u << (bit + i) % 8);
	if (checksum_fold(checksum_add(pseudo, bytes, len)) == 0xffff)
		sim_fail(s, "damage of %#x at bit %zu passes the checksum", burst, bit);
	s->result->corrupted++;
}

static struct sim_flight *add(struct sim *s, int to, size_t text_len, int64_t due_us)
{
	struct sim_flight *f = calloc(1, sizeof(*f) + text_len), *at = s->last;

	if (!f) {
		sim_fail(s, "no memory");
		return NULL;
	}
	f->to = to;
	f->due_us = due_us;
	while (at && at->due_us > due_us)
		at = at->before;
	f->before = at;
	f->after = at ? at->after : s->first;
	*(f->before ? &f->before->after : &s->first) = f;
	*(f->after ? &f->after->before : &s->last) = f;
	s->in_air++;
	return f;
}

static void add_segment(struct sim *s, int from, const struct tcp_segment *seg, int64_t due_us,
			enum sim_expect expect)
{
	struct sim_flight *f = add(s, !from, seg->text_len, due_us);

	if (!f)
		return;
	f->seg = *seg;
	f->expect = expect;
	if (seg->text_len)
		memcpy(f->text, seg->text, seg->text_len);
	f->seg.text = f->text;
}

/* A router tells the sender what fits. It comes back as fast as the way out is long, and may get lost. */
static void too_big(struct sim *s, int from, const struct tcp_segment *seg, uint32_t mtu)
{
	const struct sim_path *way = &s->plan->side[from].path;
	struct sim_flight *f;

	if (sim_chance(s, way->loss))
		return;
	f = add(s, from, 0, s->now_us + way->delay_us);
	if (!f)
		return;
	f->is_icmp = true;
	f->icmp = (struct tcp_icmp){ TCP_ICMP_TOO_BIG, seg->seq, mtu - HEADERS };
}

static uint32_t mtu_now(const struct sim *s, const struct sim_path *way)
{
	uint32_t mtu = 0;

	for (unsigned i = 0; i < SIM_MTUS && way->mtu[i].mtu; i++)
		if (s->now_us - s->plan->start_us >= way->mtu[i].at_us)
			mtu = way->mtu[i].mtu;
	return mtu;
}

static bool blacked_out(const struct sim *s, const struct sim_path *way)
{
	int64_t since_us = s->now_us - s->plan->start_us;

	for (unsigned i = 0; i < SIM_BLACK_OUTS; i++)
		if (since_us >= way->black_out[i].from_us && since_us < way->black_out[i].to_us)
			return true;
	return false;
}

/* Through the bottleneck: a queue with a place for so many bytes, emptied at a fixed rate. Returns
 * when it leaves, or -1 when the queue was full; marks it where the queue is half full. */
static int64_t through_bottleneck(struct sim *s, int from, struct tcp_segment *seg, uint32_t bytes)
{
	const struct sim_path *way = &s->plan->side[from].path;
	int64_t *busy_us = &s->ends[from].way_busy_us;
	uint64_t waiting;

	if (!way->rate)
		return s->now_us;
	if (*busy_us < s->now_us)
		*busy_us = s->now_us;
	waiting = (uint64_t)(*busy_us - s->now_us) * way->rate / 1000000;
	if (waiting + bytes > way->queue)
		return INT64_MIN;
	if (way->mark && waiting > way->queue / 2 && seg->ecn == TCP_ECN_ECT0)
		seg->ecn = TCP_ECN_CE;
	*busy_us += (int64_t)((uint64_t)bytes * 1000000 / way->rate);
	return *busy_us;
}

/* What happens to a segment on the way; NULL: it goes on, and leaves at *leaves_us. */
static const char *fate(struct sim *s, int from, struct tcp_segment *seg, int64_t *leaves_us)
{
	const struct sim_path *way = &s->plan->side[from].path;
	uint32_t bytes = HEADERS + seg->option_len + (uint32_t)seg->text_len;
	uint32_t mtu = mtu_now(s, way);

	*leaves_us = s->now_us;
	if (s->in_air >= IN_AIR_MAX)
		return "lost, too many in the air";
	if (blacked_out(s, way))
		return "lost in a black-out";
	if (mtu && bytes > mtu) {
		too_big(s, from, seg, mtu);
		return "too big";
	}
	if (sim_chance(s, way->loss))
		return "lost";
	*leaves_us = through_bottleneck(s, from, seg, bytes);
	if (*leaves_us == INT64_MIN)
		return "lost, queue full";
	if (sim_chance(s, way->corrupt)) {
		corrupt(s, seg);
		return "damaged";
	}
	if (seg->ecn == TCP_ECN_ECT0 && sim_chance(s, way->mark))
		seg->ecn = TCP_ECN_CE;
	s->result->marked += seg->ecn == TCP_ECN_CE;
	return NULL;
}

void sim_send(struct sim *s, int from, const struct tcp_segment *sent, enum sim_expect expect)
{
	const struct sim_path *way = &s->plan->side[from].path;
	struct tcp_segment seg = *sent;
	int64_t leaves_us;
	const char *lost = fate(s, from, &seg, &leaves_us), *told = "";

	s->result->segments++;
	if (lost) {
		s->result->lost++;
		sim_narrate(s, from, &seg, lost);
		return;
	}
	for (unsigned copies = 1 + sim_chance(s, way->duplicate); copies; copies--) {
		int64_t due_us = leaves_us + way->delay_us;

		if (way->jitter_us)
			due_us += (int64_t)(sim_random(&s->random) % (uint64_t)way->jitter_us);
		if (sim_chance(s, way->reorder)) {
			due_us += (int64_t)(sim_random(&s->random) % (uint64_t)way->hold_us);
			told = "held back";
		}
		add_segment(s, from, &seg, due_us, expect);
		if (copies == 2)
			told = "doubled";
	}
	sim_narrate(s, from, &seg, seg.ecn == TCP_ECN_CE ? "marked" : told);
}

struct sim_flight *sim_land(struct sim *s)
{
	struct sim_flight *f = s->first;

	if (!f || f->due_us > s->now_us)
		return NULL;
	s->first = f->after;
	*(f->after ? &f->after->before : &s->last) = NULL;
	s->in_air--;
	return f;
}

void sim_net_free(struct sim *s)
{
	while (s->first) {
		struct sim_flight *f = s->first;

		s->first = f->after;
		free(f);
	}
	s->last = NULL;
}
