/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lab_wire.c - the wire of the lessons: what it loses, holds back, delays, and that it touches nothing
 * else. A segment is known again by its sequence number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "unit/frames.h"
#include "wire/lab.h"

#define DELAY 1000
#define APART 100

static struct lab_wire wire;

static void begin(const struct lab_rule *rules, size_t count)
{
	lab_wire_init(&wire, rules, count, DELAY, APART);
}

static void make(struct bytes *frame, bool v6, uint32_t seq, unsigned flags, size_t text_len)
{
	static const char text[100];

	frame->len = 0;
	put_hex(frame, "020000000080 020000000010");
	put16(frame, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ip6(frame, 6, 20 + text_len);
	else
		put_ip4(frame, 6, 20 + text_len, 0x4000);
	put_hex(frame, "0d09 0050");
	put32(frame, seq);
	put_hex(frame, "00000001 50");
	put8(frame, flags);
	put_hex(frame, "ffff 0000 0000");
	put(frame, text, text_len);
}

static void take(enum lab_way way, uint32_t seq, unsigned flags, size_t text_len, int64_t now)
{
	static struct bytes frame;

	make(&frame, seq % 2, seq, flags, text_len); /* both families, in turn */
	lab_wire_take(&wire, way, frame.b, frame.len, now);
}

/* The next frame comes out at @at, not sooner, and is that one. */
static void comes(uint32_t seq, int64_t at)
{
	static struct lab_frame f;
	struct packet p;
	struct frame frame = { .bytes = f.bytes, .link_type = LINK_ETHERNET };

	assert_int_equal(lab_wire_due(&wire), at);
	assert_false(lab_wire_next(&wire, at - 1, &f));
	assert_true(lab_wire_next(&wire, at, &f));
	frame.captured = frame.length = (uint32_t)f.len;
	packet_decode(&frame, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	assert_int_equal(p.seg.seq, seq);
}

static void nothing_waits(void)
{
	assert_int_equal(lab_wire_due(&wire), LAB_NEVER);
}

#define SYN	TCP_FLAG_SYN
#define ACK	TCP_FLAG_ACK
#define FIN_ACK (TCP_FLAG_FIN | TCP_FLAG_ACK)

static void no_rules__all_frames__come_late_in_order_and_apart(void **unused)
{
	begin(NULL, 0);
	nothing_waits();
	take(LAB_UP, 1, SYN, 0, 0);
	take(LAB_UP, 2, ACK, 0, 0);
	take(LAB_DOWN, 3, ACK, 10, 10);
	comes(1, 1000);
	comes(3, 1010); /* the ways are independent */
	comes(2, 1100);
	nothing_waits();
}

static void no_rules__no_tcp__passes(void **unused)
{
	static struct lab_frame f;
	static const uint8_t arp[42] = { [12] = 0x08, [13] = 0x06 };

	begin(NULL, 0);
	lab_wire_take(&wire, LAB_UP, arp, sizeof(arp), 0);
	assert_true(lab_wire_next(&wire, DELAY, &f));
	assert_int_equal(f.len, sizeof(arp));
	assert_memory_equal(f.bytes, arp, sizeof(arp));
	assert_int_equal(f.way, LAB_UP);
}

static void lose__the_nth_of_its_kind_and_way__only_that(void **unused)
{
	static const struct lab_rule rule = { .way = LAB_UP, .what = LAB_ACK, .nth = 2 };

	begin(&rule, 1);
	take(LAB_UP, 1, SYN, 0, 0);
	take(LAB_UP, 2, ACK, 0, 1000);	 /* the first */
	take(LAB_DOWN, 3, ACK, 0, 2000); /* the other way */
	take(LAB_UP, 4, ACK, 5, 3000);	 /* text is no bare ACK */
	take(LAB_UP, 5, ACK, 0, 4000);	 /* the second */
	take(LAB_UP, 6, ACK, 0, 5000);
	for (uint32_t i = 1; i <= 6; i++)
		if (i != 5)
			comes(i, 1000 * i);
	nothing_waits();
}

static void lose_after__counts_from_then_on(void **unused)
{
	static const struct lab_rule rule = {
		.way = LAB_UP, .what = LAB_ACK, .nth = 1, .after = LAB_FIN
	};

	begin(&rule, 1);
	take(LAB_UP, 1, ACK, 0, 0);
	take(LAB_UP, 2, FIN_ACK, 0, 1000); /* the same way: not what it waits for */
	take(LAB_UP, 3, ACK, 0, 2000);
	take(LAB_DOWN, 4, FIN_ACK, 0, 3000);
	take(LAB_UP, 5, ACK, 0, 4000); /* lost */
	take(LAB_UP, 6, ACK, 0, 5000);
	for (uint32_t i = 1; i <= 6; i++)
		if (i != 5)
			comes(i, 1000 * i);
	nothing_waits();
}

static void hold_until_the_same_way__two_change_places(void **unused)
{
	static const struct lab_rule rule = { .way = LAB_DOWN,
					      .what = LAB_TEXT,
					      .nth = 2,
					      .until = LAB_TEXT,
					      .until_way = LAB_DOWN };

	begin(&rule, 1);
	for (uint32_t i = 1; i <= 5; i++)
		take(LAB_DOWN, i, ACK, 50, 0);
	comes(1, 1000);
	comes(3, 1100);
	comes(2, 1200);
	comes(4, 1300);
	comes(5, 1400);
	nothing_waits();
}

static void hold_until_the_other_way__waits_for_it__with_its_copies(void **unused)
{
	static const struct lab_rule rule = {
		.way = LAB_DOWN, .what = LAB_FIN, .nth = 1, .until = LAB_FIN, .until_way = LAB_UP
	};

	begin(&rule, 1);
	take(LAB_DOWN, 1, FIN_ACK, 0, 0);
	take(LAB_DOWN, 3, FIN_ACK, 0, 500000); /* sent again: it must not slip through */
	take(LAB_UP, 4, ACK, 0, 600000);
	comes(4, 601000);
	nothing_waits();
	take(LAB_UP, 6, FIN_ACK, 0, 700000);
	comes(6, 701000);
	comes(1, 701000);
	comes(3, 701100);
	take(LAB_DOWN, 8, FIN_ACK, 0, 800000); /* over */
	comes(8, 801000);
	nothing_waits();
}

static void reset__is_never_stopped(void **unused)
{
	static const struct lab_rule rule = { .way = LAB_UP, .what = LAB_ACK, .nth = 1 };

	begin(&rule, 1);
	take(LAB_UP, 1, TCP_FLAG_RST | TCP_FLAG_ACK, 0, 0);
	comes(1, 1000);
}

static void too_long_or_too_many__are_lost(void **unused)
{
	static uint8_t jumbo[LAB_FRAME_MAX + 1];
	static struct lab_frame f;
	unsigned came = 0;

	begin(NULL, 0);
	lab_wire_take(&wire, LAB_UP, jumbo, sizeof(jumbo), 0);
	nothing_waits();
	for (uint32_t i = 0; i < LAB_WAITING_MAX + 10; i++)
		take(LAB_UP, i, ACK, 0, 0);
	while (lab_wire_next(&wire, LAB_NEVER - 1, &f))
		came++;
	assert_int_equal(came, LAB_WAITING_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rules__all_frames__come_late_in_order_and_apart),
		cmocka_unit_test(no_rules__no_tcp__passes),
		cmocka_unit_test(lose__the_nth_of_its_kind_and_way__only_that),
		cmocka_unit_test(lose_after__counts_from_then_on),
		cmocka_unit_test(hold_until_the_same_way__two_change_places),
		cmocka_unit_test(hold_until_the_other_way__waits_for_it__with_its_copies),
		cmocka_unit_test(reset__is_never_stopped),
		cmocka_unit_test(too_long_or_too_many__are_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
