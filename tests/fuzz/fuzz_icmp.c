/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_icmp.c - ICMP errors, built around the fuzzer's bytes so that these get in deep.
 *
 * In: what to build (struct recipe, in its order), then patches of the packet that the error quotes,
 * three bytes each: a place, a value, and a value to put behind it. Without patches and other faults
 * the decoder must find exactly what was built. */
#include "fuzz/fuzz.h"
#include "unit/frames.h"

enum fault {
	FAULT_CHECKSUM = 1, /* the message's own is wrong */
	FAULT_CUT = 2,	    /* the capture ended early */
	FAULT_SHORT = 4,    /* the quote is as short as @len says */
};

struct recipe {
	bool v6;
	uint8_t type, code;
	uint32_t rest; /* the second word of the ICMP header: the MTU, mostly */
	uint8_t faults;
	uint8_t len; /* bytes of the quote that are kept; of the frame, for FAULT_CUT */
	uint16_t src_port, dst_port;
	uint32_t seq;
	uint16_t quoted_len; /* of the quoted packet, as its header says */
};

static void read_recipe(struct feed *f, struct recipe *r)
{
	static const uint8_t types4[] = { 3, 3, 3, 11, 12, 4, 5 }, types6[] = { 1, 2, 2, 3, 4 };
	uint8_t choice = feed8(f);

	r->v6 = choice & 1;
	choice >>= 1;
	r->type = r->v6 ? types6[choice % sizeof(types6)] : types4[choice % sizeof(types4)];
	r->code = feed8(f) % 18;
	r->rest = feed32(f);
	r->faults = feed8(f);
	r->len = feed8(f);
	r->src_port = feed16(f);
	r->dst_port = feed16(f);
	r->seq = feed32(f);
	r->quoted_len = feed16(f);
	if (r->quoted_len < (r->v6 ? 60 : 40))
		r->quoted_len = (uint16_t)(r->v6 ? 60 : 40);
}

/* An IP header and the first 20 bytes of a segment; returns whether it was left as built. */
static bool build_quote(struct feed *f, const struct recipe *r, struct bytes *quote)
{
	quote->len = 0;
	if (r->v6)
		put_ip6(quote, 6, r->quoted_len - 40u);
	else
		put_ip4(quote, 6, r->quoted_len - 20u, 0x4000);
	put16(quote, r->src_port);
	put16(quote, r->dst_port);
	put32(quote, r->seq);
	put_hex(quote, "00000000 5010 ffff 0000 0000");
	if (r->faults & FAULT_SHORT && r->len < quote->len)
		quote->len = r->len;
	if (!f->left)
		return quote->len >= (r->v6 ? 48 : 28);
	while (f->left) {
		size_t at = feed8(f);

		for (int i = 0; i < 2; i++, at++) {
			quote->b[at] = feed8(f);
			if (at == quote->len && at < 255)
				quote->len++;
		}
	}
	return false;
}

static void build(const struct recipe *r, const struct bytes *quote, struct bytes *frame)
{
	size_t at;

	frame->len = 0;
	if (r->v6)
		put_ip6(frame, 58, quote->len + 8);
	else
		put_ip4(frame, 1, quote->len + 8, 0);
	at = frame->len;
	put8(frame, r->type);
	put8(frame, r->code);
	put16(frame, 0);
	put32(frame, r->rest);
	put(frame, quote->b, quote->len);
	finish_sum(frame, at, at + 2,
		   r->v6 ? plain_pseudo(&client6, &server6, 58, frame->len - at) : 0);
	if (r->faults & FAULT_CHECKSUM)
		frame->b[at + 3] ^= 0x40;
}

static void check_error(const struct recipe *r, const struct packet *p, size_t captured)
{
	uint32_t least = r->v6 ? 1280 : 68;

	must(p->icmp_type == r->type && p->icmp_code == r->code);
	must(p->icmp_src.family == p->src.family && p->icmp_dst.family == p->src.family);
	must(p->icmp.seq == p->seg.seq);
	must(p->text_at == p->transport_at + 8 && p->text_at + 28 <= captured);
	if (p->icmp.kind != TCP_ICMP_TOO_BIG) {
		must(!p->icmp.text_max && !p->icmp_mtu);
	} else if (r->v6) {
		must(p->icmp_mtu == r->rest && p->icmp_mtu >= least);
		must(p->icmp.text_max <= p->icmp_mtu - 60);
	} else {
		must(p->icmp_mtu == (r->rest & 0xffff));
		must(!p->icmp_mtu || p->icmp_mtu >= least);
		must(p->icmp.text_max <= (p->icmp_mtu ? p->icmp_mtu : 32000u) - 40);
	}
}

/* Nothing was wrong with it: it must be found, with what was put in. */
static void check_good(const struct recipe *r, const struct packet *p)
{
	bool error = r->v6 ? r->type <= 4 : r->type == 3 || r->type == 11 || r->type == 12;
	bool too_big = r->v6 ? r->type == 2 : r->type == 3 && r->code == 4;
	uint32_t mtu = r->v6 ? r->rest : r->rest & 0xffff;

	if (!error) {
		must(p->kind == PACKET_OTHER);
		return;
	}
	if (too_big && (r->v6 ? mtu < 1280 : mtu && mtu < 68)) {
		must(p->kind == PACKET_BAD_HEADER);
		return;
	}
	must(p->kind == PACKET_ICMP_ERROR);
	must((p->icmp.kind == TCP_ICMP_TOO_BIG) == too_big);
	must(p->seg.seq == r->seq && p->seg.src_port == r->src_port);
	must(p->seg.dst_port == r->dst_port);
	must(addr_equal(&p->icmp_src, r->v6 ? &client6 : &client4));
	must(addr_equal(&p->icmp_dst, r->v6 ? &server6 : &server4));
	if (too_big && mtu)
		must(p->icmp.text_max == mtu - (r->v6 ? 60 : 40));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bytes quote, frame;
	struct feed f = { data, size };
	struct recipe r;
	struct packet p;
	uint8_t *bytes;
	bool good;

	if (size > 1024)
		return 0;
	read_recipe(&f, &r);
	good = build_quote(&f, &r, &quote);
	build(&r, &quote, &frame);
	if (r.faults & FAULT_CUT && r.len < frame.len) {
		frame.len = r.len;
		good = false;
	}
	bytes = exact_copy(frame.b, frame.len);
	struct frame captured = { .bytes = bytes,
				  .captured = (uint32_t)frame.len,
				  .length = (uint32_t)frame.len,
				  .link_type = r.v6 ? LINK_IPV6 : LINK_IPV4 };

	packet_decode(&captured, &p);
	must(p.kind != PACKET_TCP);
	if (p.kind == PACKET_ICMP_ERROR)
		check_error(&r, &p, frame.len);
	if (good && r.faults & FAULT_CHECKSUM)
		must(p.kind == PACKET_BAD_HEADER || p.kind == PACKET_OTHER);
	else if (good)
		check_good(&r, &p);
	free(bytes);
	return 0;
}
