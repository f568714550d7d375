/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_batch.c - a stamped packet is, byte for byte, the one that libnet makes of the same fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "tcp/options.h"
#include "wire/batch.h"

#define ROUNDS 4000

static uint64_t state = 1;

/* Reproducible; any even distribution will do. */
static uint64_t draw(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return state >> 16 ^ state << 32;
}

static struct addr draw_address(int family)
{
	struct addr a = { .family = family };

	for (unsigned i = 0; i < addr_len(&a); i++)
		a.bytes[i] = (uint8_t)draw();
	return a;
}

/* Zeros and ones, which carry differently, come up now and then. */
static uint32_t draw_number(void)
{
	uint64_t v = draw();

	return v % 16 == 0 ? 0 : v % 16 == 1 ? UINT32_MAX : (uint32_t)(v >> 8);
}

/* Some timestamps after @pads NOPs: at an odd place in the header, too. */
static void put_timestamps(struct tcp_segment *seg, unsigned pads, uint32_t val, uint32_t ecr)
{
	uint8_t *at = seg->option_bytes;

	memset(at, 1, pads);
	at[pads] = 8;
	at[pads + 1] = 10;
	for (unsigned i = 0; i < 4; i++) {
		at[pads + 2 + i] = (uint8_t)(val >> (24 - 8 * i));
		at[pads + 6 + i] = (uint8_t)(ecr >> (24 - 8 * i));
	}
	seg->option_len = (uint8_t)(pads + 10);
}

static void same_as_built(struct craft *cr, const struct craft_ip *kind_ip,
			  const struct tcp_segment *kind, int pads)
{
	static uint8_t built[CRAFT_PACKET_MAX];
	uint8_t stamped[BATCH_STAMP_MAX];
	struct batch_stamp stamp;
	struct err e = { 0 };

	if (!batch_stamp_init(&stamp, cr, kind_ip, kind, &e))
		fail_msg("%s", e.text);
	for (int i = 0; i < ROUNDS; i++) {
		struct addr src = draw_address(kind_ip->src.family);
		struct addr dst = draw_address(kind_ip->src.family);
		struct batch_fields f = {
			.src = &src,
			.dst = &dst,
			.src_port = (uint16_t)draw_number(),
			.dst_port = (uint16_t)draw_number(),
			.seq = draw_number(),
			.ack = draw_number(),
			.ts_val = draw_number(),
			.ts_ecr = draw_number(),
		};
		struct craft_ip ip = *kind_ip;
		struct tcp_segment seg = *kind;
		size_t len, stamped_len;

		ip.src = src;
		ip.dst = dst;
		seg.src_port = f.src_port;
		seg.dst_port = f.dst_port;
		seg.seq = f.seq;
		seg.ack = f.ack;
		if (pads >= 0)
			put_timestamps(&seg, (unsigned)pads, f.ts_val, f.ts_ecr);
		len = craft_build(cr, &ip, &seg, built, &e);
		assert_true(len > 0);
		stamped_len = batch_stamp(&stamp, &f, stamped);
		assert_int_equal(stamped_len, len);
		assert_memory_equal(stamped, built, len);
	}
}

static void each_kind(int family)
{
	struct err e = { 0 };
	struct craft *cr = craft_dry(family, &e);
	struct tcp_segment syn = { .flags = TCP_FLAG_SYN, .window = 64240 }, rst = { .flags = 4 };
	struct craft_ip ip = { .ttl = 64, .tos = 0x28, .dont_fragment = true };

	if (!cr)
		fail_msg("%s", e.text);
	ip.src = ip.dst = (struct addr){ .family = family };
	if (family == AF_INET6)
		ip.flow_label = 0xabcde;
	same_as_built(cr, &ip, &rst, -1);
	rst.flags |= TCP_FLAG_ACK;
	same_as_built(cr, &ip, &rst, -1);
	same_as_built(cr, &ip, &syn, -1);
	for (unsigned pads = 0; pads <= 4; pads++) {
		put_timestamps(&syn, pads, 1, 2);
		same_as_built(cr, &ip, &syn, (int)pads);
	}
	craft_close(cr);
}

static void stamped__as_built_ipv4(void **unused)
{
	(void)unused;
	each_kind(AF_INET);
}

static void stamped__as_built_ipv6(void **unused)
{
	(void)unused;
	each_kind(AF_INET6);
}

static void stamp_of_text__refused(void **unused)
{
	static const uint8_t text[100];
	struct err e = { 0 };
	struct craft *cr = craft_dry(AF_INET, &e);
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK, .text = text, .text_len = sizeof(text) };
	struct craft_ip ip = { .src = { .family = AF_INET }, .dst = { .family = AF_INET } };
	struct batch_stamp stamp;

	(void)unused;
	assert_false(batch_stamp_init(&stamp, cr, &ip, &seg, &e));
	assert_int_equal(e.status, STATUS_APP);
	craft_close(cr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamped__as_built_ipv4),
		cmocka_unit_test(stamped__as_built_ipv6),
		cmocka_unit_test(stamp_of_text__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
