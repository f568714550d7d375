/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_peer.c - what the peer says, from a good acknowledgement to nonsense; see engine.h.
 *
 * Numbers are chosen near the edges of what the engine would take, and then moved a little: a fuzzer
 * that had to guess 32 bits would never get in. */
#include <string.h>

#include "fuzz/engine.h"
#include "tcp/options.h"

/* 0 to 255 as a number of bytes: exact while small, in wider steps up to more than a window. */
static size_t length(uint8_t b)
{
	return b < 128 ? b : (b - 127u) * 73;
}

/* 0 to 255 as a difference of sequence numbers, of both signs, up to far outside of any window. */
static uint32_t nudge(uint8_t b)
{
	uint32_t much = b & 0x40 ? 1u << (b & 0x1f) : b & 0x3f;

	return b & 0x80 ? 0 - much : much;
}

static const uint16_t windows[] = { 65535, 0, 1, 2, 16, 100, 536, 1000, 1460, 4096, 32767, 65000 };

static uint16_t window(uint8_t b)
{
	return windows[b % (sizeof(windows) / sizeof(windows[0]))];
}

/* The end of one of the ranges in flight; SND.UNA for 0. */
static uint32_t in_flight(const struct rig *r, uint8_t b)
{
	unsigned i = b % (r->c->q.count + 1);

	return i ? sendq_record(&r->c->q, i - 1)->end : r->c->snd_una;
}

static void begin(const struct rig *r, struct peer_segment *p)
{
	const struct tcp_conn *c = r->c;

	*p = (struct peer_segment){ .seg = { .src_port = r->cfg.peer_port,
					     .dst_port = r->cfg.local_port,
					     .seq = c->rcv_nxt,
					     .ack = c->snd_nxt,
					     .flags = TCP_FLAG_ACK,
					     .window = UINT16_MAX } };
	if (c->ts_ok) {
		p->seg.options.has_timestamps = true;
		p->seg.options.ts_val = c->ts_recent + 1;
		p->seg.options.ts_ecr = output_ts_now(c, r->now_us);
	}
}

/* RFC 9293 section 3.10.7, RFC 5961: only these close a connection from outside. */
static void check_end(const struct tcp_conn_info *was, const struct tcp_conn *c,
		      const struct tcp_segment *seg)
{
	bool ack = seg->flags & TCP_FLAG_ACK;

	if (was->state == TCP_STATE_CLOSED || tcp_conn_state(c) != TCP_STATE_CLOSED)
		return;
	if (was->state == TCP_STATE_SYN_SENT)
		must(seg->flags & TCP_FLAG_RST && ack && seg->ack == was->snd_nxt);
	else if (seg->flags & TCP_FLAG_RST)
		must(seg->seq == was->rcv_nxt);
	else
		must(was->state == TCP_STATE_LAST_ACK && ack && seg->ack == was->snd_nxt);
}

/* So that a run stays short, the peer has only so many bytes, headers included. */
static void spend(struct rig *r, size_t bytes)
{
	r->text_left -= bytes < r->text_left ? bytes : r->text_left;
}

static void arrive(struct rig *r, struct peer_segment *p)
{
	struct tcp_conn_info was = r->last;
	uint8_t *text = malloc(p->seg.text_len ? p->seg.text_len : 1);

	must(text);
	p->seg.option_len = tcp_options_encode(&p->seg.options, p->seg.option_bytes);
	p->seg.data_offset = (uint8_t)(5 + p->seg.option_len / 4);
	watch_arrival(r, p);
	peer_text(text, p->seg.text_len, (uint64_t)r->arriving_at, p->copy);
	p->seg.text = text;
	rig_tell(r, "peer", &p->seg);
	tcp_conn_on_segment(r->c, &p->seg, r->now_us);
	p->seg.text = NULL;
	free(text);
	watch_held(r, p);
	spend(r, p->seg.text_len + 40);
	check_end(&was, r->c, &p->seg);
	rig_settle(r);
}

static void send(struct rig *r, struct peer_segment *p, size_t text_len)
{
	if (text_len > r->text_left)
		text_len = r->text_left;
	p->seg.text_len = text_len;
	arrive(r, p);
	r->sent[r->sent_count++ % REPLAY_MAX] = *p;
}

static void say_ack(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t which = feed8(f);

	p->seg.ack = in_flight(r, which & 0x3f) - (which >> 7);
	if (which & 0x40) /* the answer to an earlier copy */
		p->seg.options.ts_ecr -= 1u << feed8(f) % 20;
	send(r, p, 0);
}

static void say_data(struct rig *r, struct feed *f, struct peer_segment *p)
{
	p->seg.flags |= TCP_FLAG_PSH;
	send(r, p, length(feed8(f)));
}

/* Text ahead of a gap, or beside a range that is there already. */
static void say_ahead(struct rig *r, struct feed *f, struct peer_segment *p)
{
	const struct reassembly *in = &r->c->in;
	uint8_t where = feed8(f), len = feed8(f);

	p->copy = where >> 5;
	where &= 31;
	if (where & 16 && in->count) {
		const struct reassembly_range *range = &in->ranges[(where >> 1) % in->count];
		uint64_t place = where & 1 ? range->to : range->from;

		p->seg.seq += (uint32_t)(place - r->c->rcv_at) - (where & 8 ? len / 2u : 0);
	} else {
		p->seg.seq += (1u << (where & 15)) - (where & 16 ? len / 2u : 0);
	}
	send(r, p, length(len));
}

/* Many single bytes, each behind a gap. */
static void say_scattered(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t count = feed8(f), stride = (uint8_t)(2 + feed8(f) % 8);
	struct peer_segment one = *p;

	for (unsigned i = 1; i <= count && r->text_left; i++) {
		one.seg.seq = p->seg.seq + i * stride;
		one.seg.ack = r->c->snd_nxt;
		send(r, &one, 1);
		spend(r, 250);
	}
}

/* Text of which some was received. */
static void say_behind(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t back = feed8(f), len = feed8(f);

	p->copy = back & 7;
	p->seg.seq -= back;
	send(r, p, length(len));
}

static void say_sack(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t how = feed8(f);

	p->seg.ack = r->c->snd_una;
	p->seg.options.sack_count = (how & 3) + 1;
	for (unsigned i = 0; i < p->seg.options.sack_count; i++) {
		uint8_t from = feed8(f), to = (uint8_t)(from + feed8(f) % 8 + (how & 4 ? 0 : 1));

		p->seg.options.sack[i] =
			(struct tcp_sack_block){ in_flight(r, from), in_flight(r, to) };
	}
	if (how & 8) { /* D-SACK of what is acknowledged */
		p->seg.options.sack[0].from = r->c->snd_una - (uint32_t)length(feed8(f));
		p->seg.options.sack[0].to = r->c->snd_una;
	}
	send(r, p, 0);
}

static void say_window(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t how = feed8(f);

	p->seg.window = window(how);
	p->seg.ack = how & 0x80 ? r->c->snd_una : r->c->snd_nxt;
	send(r, p, 0);
}

static void say_syn(struct rig *r, struct feed *f, struct peer_segment *p)
{
	static const uint16_t mss[] = { 1460, 0, 1, 27, 28, 88, 536, 9000, 65535 };
	uint8_t how = feed8(f), more = feed8(f);
	struct tcp_options *o = &p->seg.options;

	p->seg.flags = TCP_FLAG_SYN | (how & 1 ? 0 : TCP_FLAG_ACK);
	if (r->c->state == TCP_STATE_SYN_SENT)
		p->seg.seq = more & 1 ? 0xfffffff0u : (uint32_t)feed16(f) << 16;
	else if (more & 1)
		p->seg.seq = r->c->irs;
	if (r->cfg.use_ecn && !(more & 0x20)) /* agree */
		p->seg.flags |= how & 1 ? TCP_FLAG_ECE | TCP_FLAG_CWR : TCP_FLAG_ECE;
	if (more & 0x80) /* with text, even a FIN */
		p->seg.flags |= more & 0x40 ? TCP_FLAG_FIN : 0;
	*o = (struct tcp_options){ .has_mss = how & 2,
				   .has_wscale = how & 4,
				   .has_sack_permitted = how & 8,
				   .has_timestamps = how & 16 };
	o->mss = mss[(how >> 5 | (more & 2u) << 2) % (sizeof(mss) / sizeof(mss[0]))];
	o->wscale = more >> 2 & 15;
	o->ts_val = more & 0x40 ? 0xfffffff0u : 7;
	o->ts_ecr = output_ts_now(r->c, r->now_us);
	send(r, p, more & 0x80 ? length(feed8(f)) : 0);
}

static void say_rst(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t how = feed8(f);

	p->seg.flags = TCP_FLAG_RST | (how & 1 ? TCP_FLAG_ACK : 0);
	p->seg.seq += nudge(how >> 1 | (how << 7 & 0x80));
	send(r, p, 0);
}

static void say_fin(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t how = feed8(f);

	p->seg.flags |= TCP_FLAG_FIN;
	if (how & 1)
		p->seg.ack = r->c->snd_una;
	if (how & 2)
		p->seg.seq += nudge(feed8(f));
	send(r, p, length(how >> 2));
}

static uint32_t any_seq(const struct rig *r, struct feed *f, uint8_t base)
{
	const struct tcp_conn *c = r->c;

	switch (base & 7) {
	case 0:
		return c->rcv_nxt;
	case 1:
		return c->rcv_edge;
	case 2:
		return c->irs;
	case 3:
		return c->rcv_nxt + (c->rcv_edge - c->rcv_nxt) / 2;
	case 4:
		return c->in.count ? c->rcv_nxt + (uint32_t)(c->in.ranges[0].from - c->rcv_at) : 0;
	case 5:
		return c->rcv_nxt + (uint32_t)(c->fin_at - c->rcv_at);
	case 6:
		return c->last_ack_sent;
	default:
		return feed32(f);
	}
}

static uint32_t any_ack(const struct rig *r, struct feed *f, uint8_t base)
{
	const struct tcp_conn *c = r->c;

	switch (base & 7) {
	case 0:
		return c->snd_nxt;
	case 1:
		return c->snd_una;
	case 2:
		return c->iss;
	case 3:
		return c->snd_una - c->snd_wnd_max;
	case 4:
		return c->snd_una + (c->snd_nxt - c->snd_una) / 2;
	case 5:
		return c->recovery_point;
	case 6:
		return in_flight(r, feed8(f));
	default:
		return feed32(f);
	}
}

/* All fields free. */
static void say_anything(struct rig *r, struct feed *f, struct peer_segment *p)
{
	uint8_t bases = feed8(f), what = feed8(f);
	struct tcp_options *o = &p->seg.options;

	p->seg.flags = (uint16_t)(feed8(f) | (what & 1 ? TCP_FLAG_AE : 0));
	p->seg.seq = any_seq(r, f, bases) + nudge(feed8(f));
	p->seg.ack = any_ack(r, f, bases >> 3) + nudge(feed8(f));
	p->seg.window = window(feed8(f));
	p->seg.urgent = what & 2 ? feed16(f) : 0;
	p->seg.ecn = what & 128 ? TCP_ECN_CE : TCP_ECN_NOT_ECT;
	p->copy = bases >> 6;
	if (what & 4)
		o->has_timestamps = !o->has_timestamps;
	if (what & 8)
		o->ts_val = r->c->ts_recent + nudge(feed8(f));
	if (what & 16)
		o->ts_ecr += nudge(feed8(f));
	if (what & 32) {
		o->sack_count = feed8(f) % (TCP_SACK_BLOCKS_MAX + 1);
		for (unsigned i = 0; i < o->sack_count; i++) {
			o->sack[i].from = any_ack(r, f, feed8(f)) + nudge(feed8(f));
			o->sack[i].to = any_ack(r, f, feed8(f)) + nudge(feed8(f));
		}
	}
	send(r, p, what & 64 ? length(feed8(f)) : 0);
}

static void say_again(struct rig *r, struct feed *f)
{
	unsigned known = r->sent_count < REPLAY_MAX ? r->sent_count : REPLAY_MAX;
	struct peer_segment p;

	if (!known)
		return;
	p = r->sent[feed8(f) % known];
	if (p.seg.text_len <= r->text_left)
		arrive(r, &p);
}

void peer_answers(struct rig *r, size_t text_len, bool fin)
{
	struct peer_segment p;

	begin(r, &p);
	if (r->c->state == TCP_STATE_SYN_SENT) {
		p.seg.flags |= TCP_FLAG_SYN;
		p.seg.options.has_timestamps = r->cfg.use_timestamps;
	}
	p.seg.flags |= fin ? TCP_FLAG_FIN : 0;
	p.seg.text_len = text_len;
	arrive(r, &p);
}

void peer_acts(struct rig *r, struct feed *f, uint8_t how)
{
	static void (*const says[])(struct rig *, struct feed *, struct peer_segment *) = {
		say_ack,    say_data, say_ahead, say_scattered, say_behind,   say_sack,
		say_window, say_syn,  say_rst,	 say_fin,	say_anything,
	};
	size_t count = sizeof(says) / sizeof(says[0]);
	struct peer_segment p;

	begin(r, &p);
	if (how % (count + 1) == count)
		say_again(r, f);
	else
		says[how % (count + 1)](r, f, &p);
}
