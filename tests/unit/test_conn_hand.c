/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conn_hand.c - segments by hand: the control block follows what somebody else sends on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kit/dialogue.h"
#include "tcp/options.h"

/* A connection in CLOSED; the engine has no duty unless @tune gives it one. */
static void begin(struct dialogue *d, void (*tune)(struct tcp_config *))
{
	dialogue_begin(d, tune);
	dialogue_end(d);
	if (!tune)
		d->cfg.automatic = 0;
	d->c = tcp_conn_new(&d->cfg);
	assert_non_null(d->c);
}

/* One segment made and sent by hand: what the notation leaves out is filled in. d->last has it. */
static void hand_sends(struct dialogue *d, int64_t ms, const char *notation)
{
	static uint8_t text[65536];
	struct tcp_segment *seg = &d->last;
	unsigned written = dialogue_parse(notation, seg), given = 0;

	silence(d, ms, tcp_conn_state(d->c));
	if (written & GIVEN_NUMBERS) {
		given |= TCP_GIVEN_SEQ;
		seg->seq += d->cfg.isn;
	}
	if (written & GIVEN_ACK) {
		given |= TCP_GIVEN_ACK;
		seg->ack += d->peer_isn;
	}
	if (written & GIVEN_WINDOW)
		given |= TCP_GIVEN_WINDOW;
	if (written & GIVEN_OPTIONS) {
		given |= TCP_GIVEN_OPTIONS;
		seg->option_len = tcp_options_encode(&seg->options, seg->option_bytes);
	}
	seg->text = text;
	tcp_conn_fill(d->c, given, seg, d->now_us);
	for (size_t i = 0; i < seg->text_len; i++)
		text[i] = dialogue_byte(seg->seq - d->cfg.isn - !(seg->flags & TCP_FLAG_SYN) + i);
	tcp_conn_by_hand(d->c, seg, d->now_us);
}

/* Through the handshake by hand, at 10 ms. */
static void begin_established(struct dialogue *d, void (*tune)(struct tcp_config *))
{
	begin(d, tune);
	hand_sends(d, 0, "S");
	peer_sends(d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK>");
	if (!(d->cfg.automatic & TCP_AUTO_ACK))
		hand_sends(d, 10, ".");
	else
		we_send(d, 10, ". 1:1(0) ack 1");
	silence(d, 10, TCP_STATE_ESTABLISHED);
}

/* Let timers go off until the engine sends something: d->last. */
static void until_sent(struct dialogue *d)
{
	for (int turns = 0; turns < 20; turns++) {
		assert_true(tcp_conn_deadline(d->c) != TCP_NEVER);
		if (tcp_conn_deadline(d->c) > d->now_us)
			d->now_us = tcp_conn_deadline(d->c);
		tcp_conn_on_timer(d->c, d->now_us);
		if (tcp_conn_emit(d->c, &d->last, d->now_us))
			return;
	}
	fail_msg("the timers spin");
}

static void auto_ack(struct tcp_config *cfg)
{
	cfg->automatic = TCP_AUTO_ACK;
}

static void auto_retransmit(struct tcp_config *cfg)
{
	cfg->automatic = TCP_AUTO_RETRANSMIT;
}

static uint32_t sent_number(const struct dialogue *d)
{
	return dialogue_info(d).snd_nxt - d->cfg.isn;
}

/* ---- what is filled in ---- */

static void closed__syn_is_filled_in__as_the_engine_would_send_it(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_SYN };
	struct dialogue d;

	dialogue_begin(&d, NULL);
	we_send(&d, 0, "S 0:0(0)");
	tcp_conn_free(d.c);
	d.c = tcp_conn_new(&d.cfg);
	tcp_conn_fill(d.c, 0, &seg, 0);
	assert_int_equal(seg.src_port, 3337);
	assert_int_equal(seg.dst_port, 7788);
	assert_int_equal(seg.seq, d.cfg.isn);
	assert_int_equal(seg.ack, 0);
	assert_int_equal(seg.window, d.last.window);
	assert_int_equal(seg.option_len, d.last.option_len);
	assert_memory_equal(seg.option_bytes, d.last.option_bytes, seg.option_len);
	dialogue_end(&d);
}

static void established__ack_is_filled_in__with_what_is_next(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK };
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	tcp_conn_fill(d.c, 0, &seg, d.now_us);
	assert_int_equal(seg.seq - d.cfg.isn, 1);
	assert_int_equal(seg.ack - d.peer_isn, 101);
	assert_true(seg.window > 0);
	dialogue_end(&d);
}

static void what_is_given__is_left_alone(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK, .seq = 7, .ack = 8, .window = 9 };
	struct dialogue d;

	begin_established(&d, NULL);
	tcp_conn_fill(d.c, TCP_GIVEN_SEQ | TCP_GIVEN_ACK | TCP_GIVEN_WINDOW | TCP_GIVEN_OPTIONS,
		      &seg, d.now_us);
	assert_int_equal(seg.seq, 7);
	assert_int_equal(seg.ack, 8);
	assert_int_equal(seg.window, 9);
	assert_int_equal(seg.option_len, 0);
	assert_int_equal(seg.src_port, 3337);
	dialogue_end(&d);
}

static void out_of_order_text__ack_is_filled_in__with_sack(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK };
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, ". 101:201(100) ack 1 win 65535");
	tcp_conn_fill(d.c, 0, &seg, d.now_us);
	assert_int_equal(seg.options.sack_count, 1);
	assert_int_equal(seg.options.sack[0].from - d.peer_isn, 101);
	assert_int_equal(seg.ack - d.peer_isn, 1);
	dialogue_end(&d);
}

static void filling_in__changes_nothing(void **unused)
{
	struct tcp_conn_info before, after;
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK | TCP_FLAG_PSH };
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	before = dialogue_info(&d);
	tcp_conn_fill(d.c, 0, &seg, d.now_us);
	after = dialogue_info(&d);
	assert_int_equal(after.snd_nxt, before.snd_nxt);
	assert_int_equal(after.rcv_wnd, before.rcv_wnd);
	assert_int_equal(after.segments_sent, before.segments_sent);
	/* The acknowledgement is owed still. */
	tcp_conn_set_automatic(d.c, TCP_AUTO_ACK, d.now_us);
	we_send(&d, 20, ". 1:1(0) ack 101");
	dialogue_end(&d);
}

/* ---- a SYN by hand ---- */

static void syn__opens__and_the_engine_sends_none(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S");
	silence(&d, 60000, TCP_STATE_SYN_SENT);
	peer_sends(&d, 60010, "S. 0:0(0) ack 1 win 65535 <mss 1000>");
	silence(&d, 60020, TCP_STATE_ESTABLISHED);
	assert_int_equal(dialogue_info(&d).mss, 1000);
	dialogue_end(&d);
}

static void syn__number_of_its_own__is_the_initial_one(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 5000:5000(0)");
	assert_int_equal(dialogue_info(&d).iss - d.cfg.isn, 5000);
	assert_int_equal(sent_number(&d), 5001);
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535");
	silence(&d, 10, TCP_STATE_SYN_SENT); /* acknowledges what was never sent */
	peer_sends(&d, 20, "S. 0:0(0) ack 5001 win 65535");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	hand_sends(&d, 30, ".");
	assert_int_equal(d.last.seq - d.cfg.isn, 5001);
	dialogue_end(&d);
}

static void syn__options_of_its_own__are_what_can_be_agreed_on(void **unused)
{
	struct tcp_conn_info info;
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 0:0(0) win 1000 <mss 1400>");
	peer_sends(&d, 10,
		   "S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 5 ecr 0,nop,wscale 7>");
	info = dialogue_info(&d);
	assert_int_equal(info.state, TCP_STATE_ESTABLISHED);
	assert_false(info.sack);
	assert_false(info.timestamps);
	assert_int_equal(info.snd_wscale, 0);
	assert_int_equal(info.rcv_wscale, 0);
	dialogue_end(&d);
}

static void syn__timestamp_of_its_own__is_where_our_clock_goes_on(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK };
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 0:0(0) win 1000 <mss 1400,TS val 100 ecr 0>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,TS val 5 ecr 100>");
	assert_true(dialogue_info(&d).timestamps);
	tcp_conn_fill(d.c, 0, &seg, d.now_us);
	assert_int_equal(seg.options.ts_val, 110);
	assert_int_equal(seg.options.ts_ecr, 5);
	dialogue_end(&d);
}

/* RFC 7323 section 2.3: more than 14 counts as 14. */
static void syn__scale_beyond_14__counts_as_14(void **unused)
{
	struct dialogue d;

	begin(&d, auto_ack);
	hand_sends(&d, 0, "S 0:0(0) win 1000 <wscale 200>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <wscale 7>");
	we_send(&d, 10, ". 1:1(0) ack 1");
	assert_int_equal(dialogue_info(&d).rcv_wscale, 14);
	dialogue_end(&d);
}

static void syn__marks_asked_for__agreed_on(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "SEW 0:0(0) win 1000");
	peer_sends(&d, 10, "SE. 0:0(0) ack 1 win 65535");
	assert_true(dialogue_info(&d).ecn);
	dialogue_end(&d);
}

static void syn__with_text__counts_it(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 0:10(10) win 1000");
	assert_int_equal(sent_number(&d), 11);
	peer_sends(&d, 10, "S. 0:0(0) ack 11 win 65535");
	silence(&d, 20, TCP_STATE_ESTABLISHED);
	assert_true(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

/* A peer may take the SYN alone; what was not acknowledged is sent again behind it. */
static void syn__with_text_that_is_not_taken__sent_again_later(void **unused)
{
	struct dialogue d;

	begin(&d, auto_retransmit);
	hand_sends(&d, 0, "S 0:10(10) win 1000");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535");
	we_send(&d, 10, "P. 1:11(10) ack 1");
	dialogue_end(&d);
}

static void syn__with_text__no_answer__only_the_syn_is_sent_again(void **unused)
{
	struct dialogue d;

	begin(&d, auto_retransmit);
	hand_sends(&d, 0, "S 0:10(10) win 1000");
	we_send(&d, 1000, "S 0:0(0)");
	silence(&d, 2999, TCP_STATE_SYN_SENT);
	peer_sends(&d, 2999, "S. 0:0(0) ack 11 win 65535");
	silence(&d, 2999, TCP_STATE_ESTABLISHED);
	assert_true(tcp_conn_all_acked(d.c));
	dialogue_end(&d);
}

static void closed__other_than_a_syn__changes_nothing(void **unused)
{
	static const char *const odd[] = { "S. 0:0(0) ack 1",	"SF 0:0(0)", "SR 0:0(0)", ".",
					   "P. 1:11(10) ack 1", "F.",	     "R 0:0(0)" };
	struct dialogue d;

	begin(&d, NULL);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		hand_sends(&d, (int64_t)i, odd[i]);
		assert_int_equal(tcp_conn_state(d.c), TCP_STATE_CLOSED);
		assert_int_equal(sent_number(&d), 0);
	}
	hand_sends(&d, 100, "S");
	silence(&d, 100, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

/* The server in TIME-WAIT may take a SYN with a higher number (RFC 9293 section 3.6.1). */
static void closed__after_a_connection__a_syn_opens_a_new_one(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "P. 1:11(10) ack 1");
	peer_sends(&d, 30, "F. 1:1(0) ack 11 win 1000");
	hand_sends(&d, 40, "F. 11:11(0) ack 2");
	peer_sends(&d, 50, ". 2:2(0) ack 12 win 1000");
	silence(&d, 50, TCP_STATE_CLOSED);

	hand_sends(&d, 60, "S 100000:100000(0)");
	silence(&d, 60, TCP_STATE_SYN_SENT);
	assert_int_equal(sent_number(&d), 100001);
	peer_sends(&d, 70, "S. 70000:70000(0) ack 100001 win 65535 <mss 1460>");
	silence(&d, 70, TCP_STATE_ESTABLISHED);
	hand_sends(&d, 80, ".");
	assert_int_equal(d.last.seq - d.cfg.isn, 100001);
	assert_int_equal(d.last.ack - d.peer_isn, 70001);
	dialogue_end(&d);
}

/* ---- acknowledgements ---- */

static void ack__of_what_is_next__nothing_is_owed_any_more(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	hand_sends(&d, 30, ". 1:1(0) ack 101");
	tcp_conn_set_automatic(d.c, TCP_AUTO_ACK, d.now_us);
	silence(&d, 1000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void ack__of_less__is_owed_still(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	hand_sends(&d, 30, ". 1:1(0) ack 51");
	tcp_conn_set_automatic(d.c, TCP_AUTO_ACK, d.now_us);
	we_send(&d, 30, ". 1:1(0) ack 101");
	dialogue_end(&d);
}

/* What we promised by hand is a promise: the engine takes what was sent into it. */
static void ack__with_a_window_of_its_own__moves_the_edge_forward_only(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 0:0(0) win 1000 <mss 1460>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
	hand_sends(&d, 20, ". 1:1(0) ack 1 win 65535");
	assert_int_equal(dialogue_info(&d).rcv_wnd, 65535);
	hand_sends(&d, 30, ". 1:1(0) ack 1 win 100");
	assert_int_equal(dialogue_info(&d).rcv_wnd, 65535);
	peer_sends(&d, 40, ". 1:1461(1460) ack 1 win 65535");
	assert_int_equal(d.delivered, 1460);
	dialogue_end(&d);
}

/* A promise far beyond our memory: what lies there is not kept, and nothing breaks. */
static void ack__with_a_window_beyond_the_buffer__text_there_is_dropped(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S 0:0(0) win 65535 <mss 1460,wscale 14>");
	peer_sends(&d, 10, "S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 7>");
	hand_sends(&d, 20, ". 1:1(0) ack 1 win 65535");
	peer_sends(&d, 30, ". 900000000:900001000(1000) ack 1 win 65535");
	peer_sends(&d, 40, ". 1:101(100) ack 1 win 65535");
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

/* ---- text and FIN ---- */

static void text__at_the_next_number__moves_it(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "P. 1:101(100) ack 1");
	assert_int_equal(sent_number(&d), 101);
	hand_sends(&d, 30, "P.");
	assert_int_equal(d.last.seq - d.cfg.isn, 101);
	peer_sends(&d, 40, ". 1:1(0) ack 101 win 65535");
	assert_true(tcp_conn_all_acked(d.c));
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void text__elsewhere__moves_nothing(void **unused)
{
	static const char *const odd[] = { "P. 11:21(10) ack 1", "P. 0:1(1) ack 1",
					   "P. 4294967286:0(10) ack 1" };
	struct dialogue d;

	begin_established(&d, NULL);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		hand_sends(&d, 20, odd[i]);
		assert_int_equal(sent_number(&d), 1);
	}
	dialogue_end(&d);
}

static void text__that_the_engine_was_to_send__is_that(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	we_write(&d, 20, 100);
	hand_sends(&d, 20, "P. 1:61(60) ack 1");
	tcp_conn_set_automatic(d.c, TCP_AUTO_SEND, d.now_us);
	we_send(&d, 20, "P. 61:101(40) ack 1");
	silence(&d, 30, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void text__then_the_engine_writes__it_goes_on_behind(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "P. 1:101(100) ack 1");
	d.written = 100;
	tcp_conn_set_automatic(d.c, TCP_AUTO_SEND, d.now_us);
	we_write(&d, 20, 50);
	we_send(&d, 20, "P. 101:151(50) ack 1");
	dialogue_end(&d);
}

static void text__lost__sent_again_with_its_bytes(void **unused)
{
	struct dialogue d;

	begin_established(&d, auto_retransmit);
	hand_sends(&d, 20, "P. 1:101(100) ack 1");
	until_sent(&d);
	assert_int_equal(d.last.seq - d.cfg.isn, 1);
	assert_int_equal(d.last.text_len, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(d.last.text[i], dialogue_byte(i));
	dialogue_end(&d);
}

static void fin__then_the_peers__ends_in_time_wait(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "FP. 1:11(10) ack 1");
	silence(&d, 20, TCP_STATE_FIN_WAIT_1);
	assert_int_equal(sent_number(&d), 12);
	peer_sends(&d, 30, ". 1:1(0) ack 12 win 65535");
	silence(&d, 30, TCP_STATE_FIN_WAIT_2);
	peer_sends(&d, 40, "F. 1:1(0) ack 12 win 65535");
	hand_sends(&d, 40, ".");
	assert_int_equal(d.last.ack - d.peer_isn, 2);
	assert_int_equal(d.last.seq - d.cfg.isn, 12);
	silence(&d, 40, TCP_STATE_TIME_WAIT);
	dialogue_end(&d);
}

static void fin__after_the_peers__last_ack(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	peer_sends(&d, 20, "F. 1:1(0) ack 1 win 65535");
	silence(&d, 20, TCP_STATE_CLOSE_WAIT);
	hand_sends(&d, 30, "F.");
	silence(&d, 30, TCP_STATE_LAST_ACK);
	peer_sends(&d, 40, ". 2:2(0) ack 2 win 65535");
	silence(&d, 40, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_NONE);
	dialogue_end(&d);
}

static void fin__twice__counts_once(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "F. 1:1(0) ack 1");
	hand_sends(&d, 30, "F. 1:1(0) ack 1");
	hand_sends(&d, 40, "F. 2:2(0) ack 1");
	assert_int_equal(sent_number(&d), 2);
	silence(&d, 50, TCP_STATE_FIN_WAIT_1);
	dialogue_end(&d);
}

static void fin__before_the_connection_is_open__changes_nothing(void **unused)
{
	struct dialogue d;

	begin(&d, NULL);
	hand_sends(&d, 0, "S");
	hand_sends(&d, 10, "F. 1:1(0) ack 0");
	assert_int_equal(sent_number(&d), 1);
	silence(&d, 20, TCP_STATE_SYN_SENT);
	dialogue_end(&d);
}

/* ---- RST ---- */

static void rst__at_the_next_number__ends(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "R. 1:1(0) ack 1");
	assert_int_equal(d.last.option_len, 0);
	silence(&d, 30, TCP_STATE_CLOSED);
	assert_int_equal(tcp_conn_failure(d.c), TCP_FAILURE_ABORTED);
	dialogue_end(&d);
}

static void rst__elsewhere__changes_nothing(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "R 2:2(0)");
	hand_sends(&d, 30, "R 0:0(0)");
	silence(&d, 40, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

/* ---- text that overlaps, or comes before its turn ---- */

static void text__partly_sent_before__the_rest_counts(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "P. 1:9(8) ack 1");
	hand_sends(&d, 30, "P. 5:19(14) ack 1");
	assert_int_equal(sent_number(&d), 19);
	peer_sends(&d, 40, ". 1:1(0) ack 19 win 1000");
	assert_true(tcp_conn_all_acked(d.c));
	hand_sends(&d, 50, "F. 5:19(14) ack 1");
	assert_int_equal(sent_number(&d), 20);
	silence(&d, 50, TCP_STATE_FIN_WAIT_1);
	dialogue_end(&d);
}

static void text__before_its_turn__counts_when_the_gap_is_filled(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "F. 11:11(0) ack 1");
	hand_sends(&d, 21, "P. 6:11(5) ack 1");
	hand_sends(&d, 22, "P. 4:9(5) ack 1");
	assert_int_equal(sent_number(&d), 1);
	silence(&d, 22, TCP_STATE_ESTABLISHED);
	hand_sends(&d, 30, "P. 1:5(4) ack 1");
	assert_int_equal(sent_number(&d), 12);
	silence(&d, 30, TCP_STATE_FIN_WAIT_1);
	peer_sends(&d, 40, "P. 1:11(10) ack 12 win 1000");
	silence(&d, 40, TCP_STATE_FIN_WAIT_2);
	assert_int_equal(dialogue_info(&d).text_received, 10);
	dialogue_end(&d);
}

/* Each of these is dropped by whoever gets it: nothing is sent that could be acknowledged. */
static void text__that_no_peer_takes__changes_nothing(void **unused)
{
	static const char *const odd[] = { "FPU 1:1(0)", "P 1:2(1)", "P. 1:2(1) ack 2",
					   "P. 1:2(1) ack 0", "P. 70001:70002(1) ack 1" };
	struct dialogue d;

	begin_established(&d, NULL);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		hand_sends(&d, 20 + (int64_t)i, odd[i]);
	assert_int_equal(sent_number(&d), 1);
	silence(&d, 30, TCP_STATE_ESTABLISHED);
	hand_sends(&d, 40, "P. 1:2(1) ack 1");
	assert_int_equal(sent_number(&d), 2);
	dialogue_end(&d);
}

/* ---- segments that no connection would send ---- */

static void established__syn_again__changes_nothing(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	hand_sends(&d, 20, "S 0:0(0) win 5 <mss 99>");
	hand_sends(&d, 30, "S 1:1(0) win 5 <mss 99>");
	assert_int_equal(sent_number(&d), 1);
	silence(&d, 40, TCP_STATE_ESTABLISHED);
	dialogue_end(&d);
}

static void established__every_set_of_flags__survives(void **unused)
{
	for (uint16_t flags = 0; flags < 0x200; flags++) {
		struct tcp_segment seg = { .flags = flags, .text = (const uint8_t *)"abc" };
		struct dialogue d;

		begin_established(&d, NULL);
		seg.text_len = flags % 4;
		tcp_conn_fill(d.c, 0, &seg, d.now_us);
		tcp_conn_by_hand(d.c, &seg, d.now_us);
		tcp_conn_set_automatic(d.c, TCP_AUTO_ALL, d.now_us);
		we_send_all(&d, 100);
		dialogue_end(&d);
	}
}

/* ---- duties ---- */

static void retransmission__turned_off_and_on__follows(void **unused)
{
	struct dialogue d;

	begin_established(&d, auto_retransmit);
	hand_sends(&d, 20, "P. 1:101(100) ack 1");
	tcp_conn_set_automatic(d.c, 0, d.now_us);
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	tcp_conn_set_automatic(d.c, TCP_AUTO_RETRANSMIT, d.now_us);
	until_sent(&d);
	assert_int_equal(d.last.seq - d.cfg.isn, 1);
	dialogue_end(&d);
}

static void sending__turned_on__what_waited_goes_out(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	we_write(&d, 20, 100);
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	tcp_conn_set_automatic(d.c, TCP_AUTO_SEND, d.now_us);
	we_send(&d, 60000, "P. 1:101(100) ack 1");
	dialogue_end(&d);
}

static void closing__turned_on__fin_goes_out(void **unused)
{
	struct dialogue d;

	begin_established(&d, NULL);
	we_close(&d, 20);
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	tcp_conn_set_automatic(d.c, TCP_AUTO_CLOSE, d.now_us);
	we_send(&d, 60000, "F. 1:1(0) ack 1");
	dialogue_end(&d);
}

static void acknowledging__turned_off__nothing_is_sent(void **unused)
{
	struct dialogue d;

	begin_established(&d, auto_ack);
	tcp_conn_set_automatic(d.c, 0, d.now_us);
	peer_sends(&d, 20, ". 1:101(100) ack 1 win 65535");
	silence(&d, 60000, TCP_STATE_ESTABLISHED);
	assert_int_equal(d.delivered, 100);
	dialogue_end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed__syn_is_filled_in__as_the_engine_would_send_it),
		cmocka_unit_test(established__ack_is_filled_in__with_what_is_next),
		cmocka_unit_test(what_is_given__is_left_alone),
		cmocka_unit_test(out_of_order_text__ack_is_filled_in__with_sack),
		cmocka_unit_test(filling_in__changes_nothing),
		cmocka_unit_test(syn__opens__and_the_engine_sends_none),
		cmocka_unit_test(syn__number_of_its_own__is_the_initial_one),
		cmocka_unit_test(syn__options_of_its_own__are_what_can_be_agreed_on),
		cmocka_unit_test(syn__timestamp_of_its_own__is_where_our_clock_goes_on),
		cmocka_unit_test(syn__scale_beyond_14__counts_as_14),
		cmocka_unit_test(syn__marks_asked_for__agreed_on),
		cmocka_unit_test(syn__with_text__counts_it),
		cmocka_unit_test(syn__with_text_that_is_not_taken__sent_again_later),
		cmocka_unit_test(syn__with_text__no_answer__only_the_syn_is_sent_again),
		cmocka_unit_test(closed__other_than_a_syn__changes_nothing),
		cmocka_unit_test(ack__of_what_is_next__nothing_is_owed_any_more),
		cmocka_unit_test(ack__of_less__is_owed_still),
		cmocka_unit_test(ack__with_a_window_of_its_own__moves_the_edge_forward_only),
		cmocka_unit_test(ack__with_a_window_beyond_the_buffer__text_there_is_dropped),
		cmocka_unit_test(text__at_the_next_number__moves_it),
		cmocka_unit_test(text__elsewhere__moves_nothing),
		cmocka_unit_test(text__that_the_engine_was_to_send__is_that),
		cmocka_unit_test(text__then_the_engine_writes__it_goes_on_behind),
		cmocka_unit_test(text__lost__sent_again_with_its_bytes),
		cmocka_unit_test(fin__then_the_peers__ends_in_time_wait),
		cmocka_unit_test(fin__after_the_peers__last_ack),
		cmocka_unit_test(fin__twice__counts_once),
		cmocka_unit_test(fin__before_the_connection_is_open__changes_nothing),
		cmocka_unit_test(rst__at_the_next_number__ends),
		cmocka_unit_test(rst__elsewhere__changes_nothing),
		cmocka_unit_test(text__partly_sent_before__the_rest_counts),
		cmocka_unit_test(text__before_its_turn__counts_when_the_gap_is_filled),
		cmocka_unit_test(text__that_no_peer_takes__changes_nothing),
		cmocka_unit_test(closed__after_a_connection__a_syn_opens_a_new_one),
		cmocka_unit_test(established__syn_again__changes_nothing),
		cmocka_unit_test(established__every_set_of_flags__survives),
		cmocka_unit_test(retransmission__turned_off_and_on__follows),
		cmocka_unit_test(sending__turned_on__what_waited_goes_out),
		cmocka_unit_test(closing__turned_on__fin_goes_out),
		cmocka_unit_test(acknowledging__turned_off__nothing_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
