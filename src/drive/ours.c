/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ours.c - see ours.h. */
#include "drive/ours.h"

static struct ours_print print_of(const struct tcp_segment *seg)
{
	return (struct ours_print){ .seq = seg->seq,
				    .ack = seg->ack,
				    .text_len = (uint32_t)seg->text_len,
				    .flags = seg->flags };
}

static bool same(const struct ours_print *a, const struct ours_print *b)
{
	return a->seq == b->seq && a->ack == b->ack && a->text_len == b->text_len &&
	       a->flags == b->flags;
}

void ours_remember(struct ours *o, const struct tcp_segment *seg)
{
	o->last = print_of(seg);
	o->last_unseen = true;
	if (seg->flags & TCP_FLAG_RST && o->rst_count < OURS_RSTS)
		o->rsts[o->rst_count++] = o->last;
}

bool ours_recognise(struct ours *o, const struct tcp_segment *seg)
{
	struct ours_print seen = print_of(seg);

	if (same(&seen, &o->last))
		o->last_unseen = false;
	if (!(seg->flags & TCP_FLAG_RST))
		return true;
	for (unsigned i = 0; i < o->rst_count; i++) {
		if (!same(&seen, &o->rsts[i]))
			continue;
		o->rsts[i] = o->rsts[--o->rst_count];
		return true;
	}
	return o->rst_count == OURS_RSTS; /* lost count: in doubt it was us */
}

static bool ports_fit(const struct packet *p, uint16_t src, uint16_t dst)
{
	bool none = !p->seg.src_port && !p->seg.dst_port && p->kind != PACKET_TCP;

	return none || (p->seg.src_port == src && p->seg.dst_port == dst);
}

enum whose ours_whose(const struct addr *local, uint16_t local_port, const struct addr *peer,
		      uint16_t peer_port, const struct packet *p)
{
	if (p->kind == PACKET_ICMP_ERROR)
		return addr_equal(&p->icmp_src, local) && addr_equal(&p->icmp_dst, peer) &&
				       p->seg.src_port == local_port &&
				       p->seg.dst_port == peer_port ?
			       WHOSE_PEERS :
			       WHOSE_OTHERS;
	if (p->kind == PACKET_NOT_IP || p->kind == PACKET_OTHER || p->protocol != 6)
		return WHOSE_OTHERS;
	if (addr_equal(&p->src, local) && addr_equal(&p->dst, peer) &&
	    ports_fit(p, local_port, peer_port))
		return WHOSE_OURS;
	if (addr_equal(&p->src, peer) && addr_equal(&p->dst, local) &&
	    ports_fit(p, peer_port, local_port))
		return WHOSE_PEERS;
	return WHOSE_OTHERS;
}

const char *ours_unfit(const struct packet *p)
{
	if (p->text_cut)
		return "not captured whole; it counts as lost";
	if (p->seg.checksum_is == TCP_CHECKSUM_BAD)
		return "wrong checksum; it counts as lost";
	if (p->seg.checksum_is == TCP_CHECKSUM_UNKNOWN)
		return "its checksum cannot be verified; it counts as lost";
	return NULL;
}
