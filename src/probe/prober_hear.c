/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober_hear.c - what a captured frame says of a target; see prober_priv.h.
 *
 * In:    any frame that the filter lets through, whoever made it.
 * Out:   at most one result for a target.
 * Rules: believed is only what proves that its sender saw our SYN: a SYN,ACK or RST that acknowledges the
 *        cookie (RFC 9293 section 3.10.7.3), an ICMP error that quotes it (RFC 5927 section 4.1). What
 *        comes after the end of a target and does prove it is answered with RST, so that no half-open
 *        connection stays behind. All else is counted and changes nothing. */
#include "drive/ours.h"
#include "probe/fingerprint.h"
#include "probe/prober_priv.h"

#define FLAGS_MATTER  (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST | TCP_FLAG_FIN)
#define LATE_TEXT_MAX 4096u /* of a connection that is over: our request and FIN */

/* A segment that came to one of our ports. */
struct heard {
	const struct frame *frame;
	const struct packet *pk;
	unsigned interface, source, attempt;
	uint64_t position;
	uint32_t expected; /* the acknowledgement of our SYN */
	int64_t time_ns;
};

static void keep_synack(const struct prober *p, const struct heard *h, struct probe_synack *out)
{
	const struct prober_kind *k = &p->kinds[h->interface][h->pk->src.family == AF_INET6];

	fingerprint_take(h->frame, h->pk, k->ready ? k->syn.options.mss : 0, out);
}

/* The position that a reply of @peer concerns; false: it is none of this shard's. */
static bool find_position(const struct prober *p, const struct addr *peer, uint16_t port,
			  uint64_t *position)
{
	uint64_t index;

	if (!targets_find(p->targets, peer, port, &index))
		return false;
	*position = order_position(&p->order, index);
	return *position % p->o.shards == p->o.shard - 1;
}

/* What is known of every answer. */
static void begin_result(struct prober *p, const struct heard *h, struct probe_result *r,
			 int64_t *sent_us)
{
	struct target_pair pair;

	prober_pair(p, h->position, &pair);
	prober_blank(p, &pair, r);
	r->answered = h->attempt + 1;
	r->at_ns = h->time_ns;
	for (unsigned a = 0; a < p->o.attempts; a++) {
		int64_t unused;

		r->attempts += sweep_sent_at(p->sweep, h->position, a, &unused);
	}
	*sent_us = prober_clock(p, h->time_ns);
	if (sweep_sent_at(p->sweep, h->position, h->attempt, sent_us))
		r->rtt_ns = (prober_clock(p, h->time_ns) - *sent_us) * 1000;
	/* Our own clock was read before the SYN had left. */
	if (r->rtt_ns == 0)
		r->rtt_ns = 1;
	if (r->rtt_ns > 0 && (!p->least_rtt_ns || r->rtt_ns < p->least_rtt_ns))
		p->least_rtt_ns = r->rtt_ns;
}

static void answer_rst(struct prober *p, const struct heard *h)
{
	prober_send_rst(p, h->interface, &h->pk->dst, h->pk->seg.dst_port, &h->pk->src,
			h->pk->seg.src_port, h->pk->seg.ack);
}

static void take_synack(struct prober *p, const struct heard *h)
{
	struct probe_result r;
	int64_t sent_us;

	begin_result(p, h, &r, &sent_us);
	r.state = PROBE_OPEN;
	r.ttl = h->pk->ttl;
	keep_synack(p, h, &r.synack);
	if (p->o.mode == PROBER_HALF) {
		sweep_done(p->sweep, h->position);
		answer_rst(p, h);
		prober_result(p, &r);
	} else if (prober_live_begin(p, h->interface, h->source, h->position, h->pk, sent_us, &r,
				     prober_clock(p, h->time_ns))) {
		sweep_done(p->sweep, h->position);
	}
	/* Else there is no room: it counts as lost, and the peer will send it again. */
}

static void take_rst(struct prober *p, const struct heard *h)
{
	struct probe_result r;
	int64_t sent_us;

	begin_result(p, h, &r, &sent_us);
	r.state = PROBE_CLOSED;
	r.ttl = h->pk->ttl;
	sweep_done(p->sweep, h->position);
	prober_result(p, &r);
}

/* From a target that is waited for, but not what acknowledges our SYN. */
static void take_wrong(struct prober *p, const struct heard *h, bool sent)
{
	const struct tcp_segment *seg = &h->pk->seg;
	struct probe_synack synack;

	p->totals.forged++;
	if (!sent || (seg->flags & FLAGS_MATTER) != (TCP_FLAG_SYN | TCP_FLAG_ACK))
		return;
	keep_synack(p, h, &synack);
	/* RFC 9293 section 3.10.7.3, first check: once, as it may be forged. */
	if (suspects_note(p->suspects, h->position, h->attempt, seg->ack - h->expected, &synack))
		answer_rst(p, h);
}

/* It proves that its sender knows our SYN, but the target is finished. */
static void take_late(struct prober *p, const struct heard *h)
{
	p->totals.late++;
	if (!(h->pk->seg.flags & TCP_FLAG_RST))
		answer_rst(p, h);
}

static void judge(struct prober *p, const struct heard *h)
{
	const struct tcp_segment *seg = &h->pk->seg;
	enum sweep_standing standing = sweep_standing(p->sweep, h->position);
	uint16_t flags = seg->flags & FLAGS_MATTER;
	bool right = seg->flags & TCP_FLAG_ACK && seg->ack == h->expected;
	int64_t unused;

	if (standing == SWEEP_WAITING && !p->stopped) {
		/* Of an attempt that was not made yet nobody can know the number. */
		bool sent = sweep_sent_at(p->sweep, h->position, h->attempt, &unused);

		right = right && sent;
		if (right && flags == (TCP_FLAG_SYN | TCP_FLAG_ACK))
			take_synack(p, h);
		else if (right && flags == (TCP_FLAG_RST | TCP_FLAG_ACK))
			take_rst(p, h);
		else
			take_wrong(p, h, sent);
	} else if (standing != SWEEP_UNSENT && seg->flags & TCP_FLAG_ACK &&
		   seg->ack - h->expected <= LATE_TEXT_MAX) {
		take_late(p, h);
	} else {
		p->totals.forged++;
	}
}

static void hear_segment(struct prober *p, struct heard *h)
{
	const struct tcp_segment *seg = &h->pk->seg;
	const struct addr *local, *peer = &h->pk->src;
	struct live *l;

	if (ours_unfit(h->pk))
		return;
	l = live_find(p->live, peer, seg->src_port, seg->dst_port);
	if (l) {
		prober_live_hear(p, l, h->pk, prober_clock(p, h->time_ns));
		return;
	}
	if (!find_position(p, peer, seg->src_port, &h->position)) {
		p->totals.forged++;
		return;
	}
	local = &ways_source(p->ways, h->source)->addr;
	h->expected = cookie_isn(&p->key, local, seg->dst_port, peer, seg->src_port) + 1;
	judge(p, h);
}

/* Our own SYN comes by: when did it really leave? */
static void hear_own(struct prober *p, const struct heard *h)
{
	const struct tcp_segment *seg = &h->pk->seg;
	uint64_t position;

	if ((seg->flags & FLAGS_MATTER) == TCP_FLAG_SYN &&
	    find_position(p, &h->pk->dst, seg->dst_port, &position))
		sweep_correct(p->sweep, position, h->attempt, prober_clock(p, h->time_ns));
}

static void hear_icmp(struct prober *p, struct heard *h)
{
	const struct packet *pk = h->pk;
	const struct addr *peer = &pk->icmp_dst;
	struct probe_result r;
	struct live *l;
	int64_t sent_us;
	uint32_t isn;

	if (!ways_attempt(p->ways, &pk->icmp_src, pk->seg.src_port, &h->source, &h->attempt))
		return;
	l = live_find(p->live, peer, pk->seg.dst_port, pk->seg.src_port);
	if (l) {
		prober_live_icmp(p, l, pk);
		return;
	}
	isn = cookie_isn(&p->key, &pk->icmp_src, pk->seg.src_port, peer, pk->seg.dst_port);
	if (pk->seg.seq != isn || !find_position(p, peer, pk->seg.dst_port, &h->position)) {
		p->totals.forged++;
		return;
	}
	if (p->stopped || sweep_standing(p->sweep, h->position) != SWEEP_WAITING) {
		p->totals.late++;
		return;
	}
	if (pk->icmp.kind == TCP_ICMP_TOO_BIG) /* a SYN is small enough for any path */
		return;
	begin_result(p, h, &r, &sent_us);
	r.state = PROBE_UNREACHABLE;
	r.why = packet_icmp_text(pk);
	r.from = pk->src;
	r.ttl = pk->ttl;
	sweep_done(p->sweep, h->position);
	prober_result(p, &r);
}

void prober_hear(struct prober *p, unsigned interface, const struct frame *f)
{
	struct heard h = { .frame = f, .interface = interface, .time_ns = f->time_ns };
	struct packet pk;

	if (!p->running)
		return;
	packet_decode(f, &pk);
	h.pk = &pk;
	if (pk.kind == PACKET_ICMP_ERROR)
		hear_icmp(p, &h);
	else if (pk.kind != PACKET_TCP)
		return;
	else if (ways_attempt(p->ways, &pk.dst, pk.seg.dst_port, &h.source, &h.attempt))
		hear_segment(p, &h);
	else if (ways_attempt(p->ways, &pk.src, pk.seg.src_port, &h.source, &h.attempt))
		hear_own(p, &h);
}
