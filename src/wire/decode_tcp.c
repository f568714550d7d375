/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_tcp.c - a TCP header to values, and what its checksum is worth (RFC 9293 section 3.1). */
#include <string.h>

#include "tcp/options.h"
#include "wire/checksum.h"
#include "wire/decode_part.h"

/* The sender's card, or ours, may be yet to fill the checksum in: then the field holds the sum of the
 * pseudo-header alone, folded and not complemented. Every packet on loopback and most between virtual
 * machines is captured so. */
static enum tcp_checksum judge_checksum(const struct reading *r, const struct packet *p)
{
	size_t len = r->end - r->at;
	checksum_sum pseudo;

	if (p->text_cut || !r->final_dst.family)
		return TCP_CHECKSUM_UNKNOWN;
	pseudo = checksum_pseudo(&p->src, &r->final_dst, IP_PROTOCOL_TCP, len);
	if (checksum_fold(checksum_add(pseudo, r->bytes + r->at, len)) == 0xffff)
		return TCP_CHECKSUM_OK;
	if (p->seg.checksum == checksum_fold(pseudo))
		return TCP_CHECKSUM_PARTIAL;
	return TCP_CHECKSUM_BAD;
}

static void take_fixed_header(const uint8_t *b, struct tcp_segment *seg)
{
	seg->src_port = be16(b);
	seg->dst_port = be16(b + 2);
	seg->seq = be32(b + 4);
	seg->ack = be32(b + 8);
	seg->data_offset = b[12] >> 4;
	seg->reserved = (b[12] >> 1) & 7;
	seg->flags = (uint16_t)((b[12] & 1) << 8 | b[13]);
	seg->window = be16(b + 14);
	seg->checksum = be16(b + 16);
	seg->urgent = be16(b + 18);
}

void decode_tcp(struct reading *r, struct packet *p)
{
	const uint8_t *b = r->bytes + r->at;
	struct tcp_segment *seg = &p->seg;
	size_t header_len;

	if (!reading_has(r, TCP_HEADER_MIN)) {
		packet_is(p, PACKET_TRUNCATED, "ends inside the TCP header");
		return;
	}
	take_fixed_header(b, seg);
	header_len = seg->data_offset * 4u;
	if (header_len < TCP_HEADER_MIN) {
		packet_is(p, PACKET_BAD_HEADER, "the TCP data offset is below 5");
		return;
	}
	if (header_len > r->end - r->at) {
		packet_is(p, PACKET_BAD_HEADER, "the TCP data offset points past the packet");
		return;
	}
	if (!reading_has(r, header_len)) {
		packet_is(p, PACKET_TRUNCATED, "ends inside the TCP options");
		return;
	}
	p->kind = PACKET_TCP;
	seg->option_len = (uint8_t)(header_len - TCP_HEADER_MIN);
	memcpy(seg->option_bytes, b + TCP_HEADER_MIN, seg->option_len);
	/* Options that end in nonsense are the sender's affair: those before it count. */
	(void)tcp_options_decode(seg->option_bytes, seg->option_len, &seg->options);

	p->text_at = r->at + header_len;
	seg->text_len = r->end - p->text_at;
	p->text_captured = (p->text_cut ? r->have : r->end) - p->text_at;
	if (!p->text_cut)
		seg->text = r->bytes + p->text_at;
	seg->checksum_is = judge_checksum(r, p);
}
