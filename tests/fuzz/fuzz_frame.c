/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_frame.c - captured frames of every link type through the decoder.
 *
 * In: a byte for the link type; two that say where the capture ended (0: nowhere before the end) and
 * how much longer the frame was on the wire; the frame. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "tcp/options.h"
#include "wire/decode.h"

static const int link_types[] = {
	LINK_ETHERNET,	LINK_NULL,	 LINK_RAW, LINK_LOOP, LINK_IPV4, LINK_IPV6,
	LINK_LINUX_SLL, LINK_LINUX_SLL2, 14,	   101,	      147, /* the last is nobody's */
};

#define LINK_TYPES (sizeof(link_types) / sizeof(link_types[0]))

static uint16_t word(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

/* What holds of every packet, whatever it is. */
static void check_any(const struct frame *f, const struct packet *p)
{
	bool told = p->kind == PACKET_TRUNCATED || p->kind == PACKET_BAD_HEADER ||
		    p->kind == PACKET_FRAGMENT || p->kind == PACKET_NOT_IP;

	must(p->kind >= PACKET_TCP && p->kind <= PACKET_NOT_IP);
	must(told == (p->why != NULL));
	must(p->vlan <= 4096);
	must(p->ip_at <= p->transport_at && p->transport_at <= p->text_at);
	must(p->text_at <= f->captured);
	must(p->src.family == p->dst.family);
	must(p->src.family == 0 || p->src.family == AF_INET || p->src.family == AF_INET6);
	must(p->kind != PACKET_NOT_IP || p->src.family == 0);
	must(p->kind == PACKET_TCP || (!p->seg.text && !p->seg.text_len && !p->text_captured));
	must(p->kind != PACKET_FRAGMENT || p->more_fragments || p->fragment_offset);
	must(packet_icmp_text(p) != NULL);
}

static void check_tcp(const struct frame *f, const struct packet *p)
{
	const struct tcp_segment *seg = &p->seg;
	const uint8_t *header = f->bytes + p->transport_at;
	struct tcp_options options;

	must(p->src.family && p->protocol == 6 && !p->more_fragments && !p->fragment_offset);
	must(seg->data_offset >= 5 && seg->option_len == seg->data_offset * 4u - TCP_HEADER_MIN);
	must(p->text_at == p->transport_at + seg->data_offset * 4u);
	must(seg->src_port == word(header) && seg->dst_port == word(header + 2));
	must(seg->seq == ((uint32_t)word(header + 4) << 16 | word(header + 6)));
	must(!memcmp(seg->option_bytes, header + TCP_HEADER_MIN, seg->option_len));
	(void)tcp_options_decode(seg->option_bytes, seg->option_len, &options);
	must(options.sack_count == seg->options.sack_count && options.mss == seg->options.mss);

	/* The text is as long as the IP packet has room for, and not a byte of it is made up. */
	must(p->ip_len == p->text_at - p->ip_at + seg->text_len);
	must(p->text_captured <= seg->text_len && p->text_at + p->text_captured <= f->captured);
	must(p->text_cut == (p->ip_at + p->ip_len > f->captured));
	if (p->text_cut) {
		must(!seg->text && seg->checksum_is == TCP_CHECKSUM_UNKNOWN);
		must(p->text_at + p->text_captured == f->captured);
	} else {
		must(seg->text == f->bytes + p->text_at && p->text_captured == seg->text_len);
	}
}

static void check_icmp(const struct frame *f, const struct packet *p)
{
	must(p->icmp_src.family == p->src.family && p->icmp_dst.family == p->src.family);
	must(p->icmp.kind == TCP_ICMP_TOO_BIG || !p->icmp.text_max);
	must(p->icmp.seq == p->seg.seq);
	must(p->text_at == p->transport_at + 8);
	must(p->text_at + 28 <= f->captured);
}

static void decode(const struct frame *f, struct packet *p)
{
	struct packet again;

	memset(p, 0xff, sizeof(*p));
	packet_decode(f, p);
	check_any(f, p);
	if (p->kind == PACKET_TCP)
		check_tcp(f, p);
	else if (p->kind == PACKET_ICMP_ERROR)
		check_icmp(f, p);
	/* Filled in completely: nothing is left of what was there before. */
	memset(&again, 0, sizeof(again));
	packet_decode(f, &again);
	must(!memcmp(p, &again, sizeof(again)));
}

/* The same frame, of which the capture kept only @captured bytes. */
static void decode_cut(const struct frame *whole, const struct packet *p, uint32_t captured)
{
	uint8_t *bytes = exact_copy(whole->bytes, captured);
	struct frame f = *whole;
	struct packet cut;

	f.bytes = bytes;
	f.captured = captured;
	f.length = whole->length > whole->captured ? whole->length : whole->captured;
	decode(&f, &cut);
	if (p->kind == PACKET_TCP) {
		must(cut.kind == (captured < p->text_at ? PACKET_TRUNCATED : PACKET_TCP));
		must(cut.kind != PACKET_TCP || cut.seg.text_len == p->seg.text_len);
	} else {
		must(cut.kind != PACKET_TCP);
	}
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed in = { data, size };
	struct frame f = { .link_type = link_types[feed8(&in) % LINK_TYPES] };
	uint16_t keep = feed16(&in), more = feed16(&in);
	uint8_t *bytes = exact_copy(in.at, in.left);
	struct packet p;

	f.bytes = bytes;
	f.captured = (uint32_t)in.left;
	f.length = more ? f.captured + more - 1 : 0;
	decode(&f, &p);
	if (keep && keep <= f.captured)
		decode_cut(&f, &p, keep - 1u);
	free(bytes);
	return 0;
}
