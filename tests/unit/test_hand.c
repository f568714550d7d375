/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hand.c - a connection whose segments somebody makes himself: the queue of arrivals, the text that is
 * not read, and what came of what we sent. */
#include "clock.h"
#include "drive/hand.h"
#include "scripted.h"

#define MIB 1048576u

static const struct addr us = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
static const struct addr peer = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };
static const struct frame nothing = { .link_type = LINK_RAW };

struct rig {
	struct loop *loop;
	struct hand *hand;
	struct watch watch;
	struct tcp_segment last; /* that was sent; without its text */
	unsigned sent, changes, steps, dropped, warnings, kernel_rsts;
	bool free_on_change;
};

static bool on_send(void *wire, const struct craft_ip *ip, const struct tcp_segment *seg,
		    struct err *e)
{
	struct rig *r = wire;

	assert_true(addr_equal(&ip->src, &us) && e);
	r->last = *seg;
	r->sent++;
	return true;
}

static void on_changed(void *context)
{
	struct rig *r = context;

	r->changes++;
	if (!r->free_on_change)
		return;
	hand_free(r->hand);
	r->hand = NULL;
}

static void on_step(void *context, const struct trace_step *step, const struct packet *p,
		    const struct frame *f)
{
	struct rig *r = context;

	assert_true(p && f);
	r->steps++;
	for (unsigned i = 0; i < step->note_count; i++)
		r->kernel_rsts += step->notes[i] == TRACE_NOTE_KERNEL_RST;
}

static void on_dropped(void *context, const struct packet *p, const struct frame *f,
		       const char *why)
{
	assert_true(p && f && why);
	((struct rig *)context)->dropped++;
}

static void on_warning(void *context, const char *text)
{
	assert_non_null(text);
	((struct rig *)context)->warnings++;
}

static void begin(struct rig *r)
{
	struct hand_config c = {
		.ip = { .src = us, .dst = peer, .ttl = 64 },
		.mtu_text = 1460,
		.watch = &r->watch,
		.send = on_send,
		.wire = r,
		.changed = on_changed,
		.context = r,
	};
	struct err e = { 0 };

	*r = (struct rig){ .watch = { .context = r,
				      .step = on_step,
				      .dropped = on_dropped,
				      .warning = on_warning } };
	c.loop = r->loop = loop_new(&e);
	tcp_config_init(&c.tcp);
	c.tcp.local_port = 40000;
	c.tcp.peer_port = 80;
	c.tcp.isn = OURS;
	c.tcp.use_wscale = c.tcp.use_sack = c.tcp.use_timestamps = false;
	c.tcp.receive_buffer = 65535;
	r->hand = hand_new(&c, &e);
	assert_non_null(r->hand);
	assert_int_equal(r->sent, 0);
}

static void end(struct rig *r)
{
	hand_free(r->hand);
	loop_free(r->loop);
}

static struct packet from_peer(const char *notation)
{
	struct packet p = scripted_packet(notation);

	p.protocol = 6;
	p.src = peer;
	p.dst = us;
	return p;
}

static void hears(struct rig *r, const char *notation)
{
	struct packet p = from_peer(notation);

	assert_true(hand_takes(r->hand, &p));
	hand_take(r->hand, &nothing, &p);
}

/* What was sent last comes by in the capture, or with these flags. */
static void sees_ours(struct rig *r, uint16_t flags)
{
	struct packet p = { .kind = PACKET_TCP, .protocol = 6, .src = us, .dst = peer };

	p.seg = r->last;
	p.seg.text = NULL;
	p.seg.text_len = 0;
	if (flags)
		p.seg.flags = flags;
	p.seg.checksum_is = TCP_CHECKSUM_OK;
	hand_take(r->hand, &nothing, &p);
}

/* Its SYN is sent. */
static void begin_open(struct rig *r)
{
	struct err e = { 0 };

	begin(r);
	tcp_conn_open(hand_conn(r->hand), loop_now());
	assert_true(hand_serve(r->hand, &e));
}

static void open(struct rig *r)
{
	begin_open(r);
	assert_int_equal(r->last.flags, TCP_FLAG_SYN);
	hears(r, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	assert_int_equal(tcp_conn_state(hand_conn(r->hand)), TCP_STATE_ESTABLISHED);
}

static void queue__in_the_order_of_arrival__with_copies_of_text(void **unused)
{
	struct rig r;
	const struct hand_arrival *a;

	open(&r);
	hand_drop(r.hand);
	assert_null(hand_first(r.hand));
	hears(&r, "P. 4:6(2) ack 1 win 65535"); /* before its turn */
	clock_pass(r.loop, 1000);
	hears(&r, "P. 1:4(3) ack 1 win 65535");
	a = hand_first(r.hand);
	assert_int_equal(a->packet.seg.seq, PEERS + 4);
	assert_int_equal(a->packet.seg.text_len, 2);
	assert_memory_equal(a->packet.seg.text, ((uint8_t[]){ dialogue_byte(0), dialogue_byte(1) }),
			    2);
	assert_int_equal(loop_now() - a->time_us, 1000);
	hand_drop(r.hand);
	a = hand_first(r.hand);
	assert_int_equal(a->packet.seg.seq, PEERS + 1);
	assert_int_equal(loop_now() - a->time_us, 0);
	hand_drop(r.hand);
	hand_drop(r.hand); /* harmless */
	assert_null(hand_first(r.hand));
	hears(&r, ". 6:6(0) ack 1 win 65535");
	assert_non_null(hand_first(r.hand));
	end(&r); /* one is left */
}

static void queue__again__is_what_came_before(void **unused)
{
	static const struct {
		const char *segment;
		bool again;
	} heard[] = {
		{ "S. 0:0(0) ack 1 win 65535 <mss 1460>", true },
		{ "P. 1:4(3) ack 1 win 65535", false },
		{ "P. 1:4(3) ack 1 win 65535", true },
		{ "P. 4:5(1) ack 1 win 65535", false },
		{ ". 5:5(0) ack 1 win 65535", false },
		{ "F. 5:5(0) ack 1 win 65535", false },
		{ "F. 5:5(0) ack 1 win 65535", true },
	};
	struct rig r;

	open(&r);
	assert_false(hand_first(r.hand)->again);
	for (size_t i = 0; i < ARRAY_LEN(heard); i++) {
		hand_drop(r.hand);
		hears(&r, heard[i].segment);
		if (hand_first(r.hand)->again != heard[i].again)
			fail_msg("%zu, %s: again is %d", i, heard[i].segment, !heard[i].again);
	}
	end(&r);
}

static void queue__nobody_looks__is_bounded_and_told_once(void **unused)
{
	struct rig r;
	unsigned kept = 0;

	open(&r);
	for (unsigned i = 0; i < 5000; i++)
		hears(&r, ". 1:1(0) ack 1 win 65535");
	assert_int_equal(r.warnings, 1);
	assert_int_equal(r.steps, 5001); /* all are told */
	for (; hand_first(r.hand); kept++)
		hand_drop(r.hand);
	assert_int_equal(kept, 4096);
	hears(&r, "P. 1:2(1) ack 1 win 65535");
	assert_int_equal(hand_first(r.hand)->packet.seg.text_len, 1);
	end(&r);
}

/* Send what the window allows, as a peer with all of @total to say; returns where it stands. */
static uint32_t stream(struct rig *r, uint32_t at, uint32_t total)
{
	struct tcp_conn_info info;
	char segment[64];

	for (;;) {
		uint32_t len = total - at < 1000 ? total - at : 1000, room;

		tcp_conn_info(hand_conn(r->hand), &info);
		room = info.rcv_nxt + info.rcv_wnd - (PEERS + 1 + at);
		if (len > room)
			len = room;
		if (!len)
			return at;
		snprintf(segment, sizeof(segment), ". %u:%u(%u) ack 1 win 65535", at + 1,
			 at + 1 + len, len);
		hears(r, segment);
		at += len;
		hand_drop(r->hand);
	}
}

static void text__nobody_reads__the_window_closes_at_a_mebibyte(void **unused)
{
	struct rig r;
	const uint8_t *text;
	uint32_t at;
	size_t len;

	open(&r);
	at = stream(&r, 0, 2 * MIB);
	clock_pass(r.loop, 1000000); /* a delayed acknowledgement */
	hand_text(r.hand, &len);
	assert_int_equal(len, MIB);
	assert_int_equal(r.last.window, 0);
	assert_true(at >= MIB && at <= MIB + 65535);
	assert_int_equal(at - MIB, tcp_conn_unread(hand_conn(r.hand)));

	hand_read(r.hand, MIB / 2); /* what the engine kept comes after, and the window opens */
	hand_text(r.hand, &len);
	assert_int_equal(len, at - MIB / 2);
	assert_true(r.last.window > 0);
	hand_read(r.hand, SIZE_MAX);
	assert_int_equal(stream(&r, at, 2 * MIB), 2 * MIB);
	text = hand_text(r.hand, &len);
	assert_int_equal(len, 2 * MIB - at);
	/* Each segment has the pattern from its beginning: this one was a thousand bytes long. */
	assert_int_equal(text[0], dialogue_byte(0));
	assert_int_equal(text[999], dialogue_byte(999));
	end(&r);
}

static void wrong_checksum__is_queued__but_not_the_engines(void **unused)
{
	struct packet p = from_peer("P. 1:4(3) ack 1 win 65535");
	struct rig r;
	unsigned sent;
	size_t len;

	open(&r);
	hand_drop(r.hand);
	sent = r.sent;
	p.seg.checksum_is = TCP_CHECKSUM_BAD;
	hand_take(r.hand, &nothing, &p);
	assert_non_null(hand_first(r.hand));
	hand_text(r.hand, &len);
	assert_int_equal(len, 0);
	assert_int_equal(r.sent, sent);
	end(&r);
}

static void others_packets__are_not_taken(void **unused)
{
	struct packet p = from_peer(". 1:1(0) ack 1 win 65535");
	struct rig r;

	begin(&r);
	assert_true(hand_takes(r.hand, &p));
	p.seg.dst_port++;
	assert_false(hand_takes(r.hand, &p));
	p.seg.dst_port--;
	p.src = us;
	assert_false(hand_takes(r.hand, &p));
	end(&r);
}

static void icmp__in_flight__is_remembered(void **unused)
{
	struct packet p = { .kind = PACKET_ICMP_ERROR,
			    .src = peer,
			    .dst = us,
			    .protocol = 1,
			    .icmp_type = 3,
			    .icmp_code = 1,
			    .icmp_src = us,
			    .icmp_dst = peer,
			    .seg = { .src_port = 40000, .dst_port = 80 },
			    .icmp = { .kind = TCP_ICMP_SOFT, .seq = OURS + 5 } };
	struct rig r;

	begin_open(&r);
	assert_true(hand_takes(r.hand, &p));
	hand_take(r.hand, &nothing, &p);
	assert_null(hand_icmp(r.hand)); /* we never sent that number */
	assert_int_equal(r.changes, 0);
	p.icmp.seq = OURS;
	hand_take(r.hand, &nothing, &p);
	assert_string_equal(hand_icmp(r.hand), "host unreachable");
	assert_int_equal(r.changes, 1);
	end(&r);
}

static void timer__of_the_engine__sends_and_tells(void **unused)
{
	struct rig r;

	begin_open(&r);
	clock_pass(r.loop, 999000);
	assert_int_equal(r.sent, 1);
	clock_pass(r.loop, 1000);
	assert_int_equal(r.sent, 2); /* the SYN again, after a second */
	assert_int_equal(r.changes, 1);
	end(&r);
}

static void settled__when_the_last_was_seen(void **unused)
{
	struct rig r;

	open(&r);
	assert_false(hand_settled(r.hand));
	sees_ours(&r, 0);
	assert_true(hand_settled(r.hand));
	assert_int_equal(r.kernel_rsts, 0);
	end(&r);
}

static void rst__that_we_did_not_send__is_the_kernels(void **unused)
{
	struct rig r;
	struct err e = { 0 };

	open(&r);
	sees_ours(&r, TCP_FLAG_RST);
	assert_int_equal(r.kernel_rsts, 1);
	tcp_conn_abort(hand_conn(r.hand), loop_now());
	assert_true(hand_serve(r.hand, &e));
	sees_ours(&r, 0);
	assert_int_equal(r.kernel_rsts, 1);
	end(&r);
}

static void freed__from_within_its_callbacks__is_harmless(void **unused)
{
	struct rig r;

	open(&r);
	r.free_on_change = true;
	hears(&r, "P. 1:4(3) ack 1 win 65535");
	assert_null(r.hand);
	end(&r);
	begin_open(&r); /* from the timer */
	r.free_on_change = true;
	clock_pass(r.loop, 1000000);
	assert_null(r.hand);
	end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queue__in_the_order_of_arrival__with_copies_of_text),
		cmocka_unit_test(queue__again__is_what_came_before),
		cmocka_unit_test(queue__nobody_looks__is_bounded_and_told_once),
		cmocka_unit_test(text__nobody_reads__the_window_closes_at_a_mebibyte),
		cmocka_unit_test(wrong_checksum__is_queued__but_not_the_engines),
		cmocka_unit_test(others_packets__are_not_taken),
		cmocka_unit_test(icmp__in_flight__is_remembered),
		cmocka_unit_test(timer__of_the_engine__sends_and_tells),
		cmocka_unit_test(settled__when_the_last_was_seen),
		cmocka_unit_test(rst__that_we_did_not_send__is_the_kernels),
		cmocka_unit_test(freed__from_within_its_callbacks__is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
