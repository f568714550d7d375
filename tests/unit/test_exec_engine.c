/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exec_engine.c - the verbs that the engine carries out. */
#include "scene.h"

#define SYN_ACK "S. 0:0(0) ack 1 win 65535 <mss 1460>"

/* Through `connect`, the script's first line. */
static void connected(struct scene *s, const char *text)
{
	scene_begin(s, text);
	sends(s, "S 0:0(0)");
	hears(s, SYN_ACK);
	sends(s, ". 1:1(0) ack 1");
	passes(s, 1);
}

static void connect__established__passes_and_drops_what_came(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nexpect P. data \"x\"\n");
	hears_on(&s, NULL, "P. 1:2(1) ack 1 win 65535", "x");
	sends(&s, ". 1:1(0) ack 2");
	passes(&s, 2);
	sends(&s, "R. 1:1(0) ack 2");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void connect__rst__is_refused(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "R. 0:0(0) ack 1");
	fails(&s, 1, "not connected: refused (RST in answer to our SYN)", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void connect__silence__fails_when_the_time_is_up(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect within 2500ms\n");
	sends(&s, "S 0:0(0)");
	ms_pass(&s, 2499);
	sends(&s, "S 0:0(0)");
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 1, "not connected within 2.5 s; the connection is in SYN-SENT", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void connect__icmp__fails_at_once(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect\n");
	sends(&s, "S 0:0(0)");
	hears_icmp(&s, 0);
	fails(&s, 1, "not connected: unreachable (ICMP), ICMP said port unreachable", "");
	scene_end(&s);
}

static void connect__twice__fails(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nconnect\n");
	fails(&s, 2, "the connection is in ESTABLISHED already", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void write__small__is_done_when_it_is_sent(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nwrite \"abc$host\"\nexpect . ack 10\n");
	sends(&s, "P. 1:10(9) ack 1 win 64240 data \"abcserver\"");
	passes(&s, 2);
	hears(&s, ". 1:1(0) ack 10 win 65535");
	passes(&s, 3);
	sends(&s, "R. 10:10(0)");
	scene_end(&s);
}

static void write__beyond_the_window__waits_for_it(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect\nwrite len 2000\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "S. 0:0(0) ack 1 win 1000 <mss 1000>");
	passes(&s, 1);
	sends(&s, ". 1:1(0) ack 1");
	sends(&s, ". 1:1001(1000)");
	no_verdict(&s);
	hears(&s, ". 1:1(0) ack 1001 win 1000");
	sends(&s, "P. 1001:2001(1000)");
	passes(&s, 2);
	sends(&s, "R. 2001:2001(0)");
	sends(&s, "R 1001:1001(0)"); /* should that not have been taken */
	scene_end(&s);
}

static void write__the_window_stays_closed__fails_in_time(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "set timeout 300ms\nconnect\nwrite len 2000\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "S. 0:0(0) ack 1 win 1000 <mss 1000>");
	passes(&s, 2);
	sends(&s, ". 1:1(0) ack 1");
	sends(&s, ". 1:1001(1000)");
	hears(&s, ". 1:1(0) ack 1001 win 0");
	ms_pass(&s, 299);
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 3, "not all was sent within 0.3 s; the connection is in ESTABLISHED", "");
	sends(&s, "R. 1001:1001(0)");
	scene_end(&s);
}

/* More than the engine keeps: what it did not take is given to it as the peer acknowledges. */
static void write__beyond_the_buffer__is_sent_whole(void **unused)
{
	struct scene s = { 0 };
	struct tcp_conn_info info = { 0 };
	char ack[64];

	connected(&s, "connect\nwrite len 3m\n");
	for (unsigned rounds = 0; s.verdict_first == s.verdict_end; rounds++) {
		assert_true(rounds < 10000);
		scene_skip_sent(&s);
		tcp_conn_info(hand_conn(scene_wire(&s, NULL)->hand), &info);
		snprintf(ack, sizeof(ack), ". 1:1(0) ack %u win 65535", info.snd_nxt - SCENE_OURS);
		hears(&s, ack);
	}
	passes(&s, 2);
	tcp_conn_info(hand_conn(scene_wire(&s, NULL)->hand), &info);
	assert_int_equal(info.text_sent, 3 << 20);
	scene_skip_sent(&s);
	scene_end(&s);
}

static void write__rst__is_the_peers(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "connect\nwrite len 2000\n");
	sends(&s, "S 0:0(0)");
	hears(&s, "S. 0:0(0) ack 1 win 1000 <mss 1000>");
	passes(&s, 1);
	sends(&s, ". 1:1(0) ack 1");
	sends(&s, ". 1:1001(1000)");
	hears(&s, "R. 1:1(0) ack 1001");
	fails(&s, 2, "not all was sent: the peer reset the connection (RST)", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void write__no_connection__fails(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "write \"abc\"\n");
	fails(&s, 1, "nothing can be written in CLOSED", "");
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void read__until_a_pattern__leaves_the_rest(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nread until /o+k/ as one\nread 2 as two\nread as three\n"
		      "echo \"$one|$two|$three\"\n");
	hears_on(&s, NULL, "P. 1:3(2) ack 1 win 65535", "so");
	sends(&s, ". 1:1(0) ack 3");
	no_verdict(&s);
	hears_on(&s, NULL, "P. 3:8(5) ack 1 win 65535", "ok123");
	sends(&s, ". 1:1(0) ack 8");
	passes(&s, 2);
	passes(&s, 3);
	passes(&s, 4);
	assert_string_equal(s.said, "sook|12|3\n");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void read__to_the_end__of_the_stream(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nread to end as all\necho \"$all\"\nread within 1s\n");
	hears_on(&s, NULL, "P. 1:4(3) ack 1 win 65535", "abc");
	sends(&s, ". 1:1(0) ack 4");
	no_verdict(&s);
	hears(&s, "F. 4:4(0) ack 1 win 65535");
	sends(&s, ". 1:1(0) ack 5");
	passes(&s, 2);
	assert_string_equal(s.said, "abc\n");
	fails(&s, 4, "the peer's stream ended before that came", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void read__too_little_came__fails_in_time(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nread 4 within 1s\n");
	hears_on(&s, NULL, "P. 1:4(3) ack 1 win 65535", "abc");
	sends(&s, ". 1:1(0) ack 4");
	ms_pass(&s, 999);
	no_verdict(&s);
	ms_pass(&s, 1);
	fails(&s, 2, "it did not come within 1 s; the connection is in ESTABLISHED", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

static void read__rst__is_the_peers(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nread to end\n");
	hears_on(&s, NULL, "P. 1:4(3) ack 1 win 65535", "abc");
	sends(&s, ". 1:1(0) ack 4");
	hears(&s, "R. 4:4(0) ack 1");
	fails(&s, 2, "it did not come: the peer reset the connection (RST)", "");
	scene_end(&s);
}

static void close__four_segments__passes(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nclose\n");
	sends(&s, "F. 1:1(0) ack 1");
	hears(&s, ". 1:1(0) ack 2 win 65535");
	no_verdict(&s);
	hears(&s, "F. 1:1(0) ack 2 win 65535");
	sends(&s, ". 2:2(0) ack 2");
	passes(&s, 2);
	assert_true(scene_over(&s)); /* TIME-WAIT is nobody's burden: no RST */
	scene_end(&s);
}

static void close__the_peer_keeps_open__fails_in_time(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nclose within 500ms\n");
	sends(&s, "F. 1:1(0) ack 1");
	hears(&s, ". 1:1(0) ack 2 win 65535");
	ms_pass(&s, 500);
	fails(&s, 2, "not closed in order within 0.5 s; the connection is in FIN-WAIT-2", "");
	sends(&s, "R. 2:2(0)");
	scene_end(&s);
}

static void close__rst__is_the_peers(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nclose\n");
	sends(&s, "F. 1:1(0) ack 1");
	hears(&s, "R. 1:1(0) ack 2");
	fails(&s, 2, "not closed in order: the peer reset the connection (RST)", "");
	scene_end(&s);
}

static void close__nothing_open__fails(void **unused)
{
	struct scene s = { 0 };

	scene_begin(&s, "close\n");
	fails(&s, 1, "there is no connection to close", "");
	scene_end(&s);
}

static void reset__open__sends_one_rst(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nreset\nexpect none within 1s\n");
	sends(&s, "R. 1:1(0)");
	ms_pass(&s, 1000);
	passes(&s, 3);
	assert_true(scene_over(&s));
	scene_end(&s);
}

static void get__nobody_has_http__fails(void **unused)
{
	struct scene s = { 0 };

	connected(&s, "connect\nget /\n");
	fails(&s, 2, "get is not to be had here", "");
	sends(&s, "R. 1:1(0)");
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connect__established__passes_and_drops_what_came),
		cmocka_unit_test(connect__rst__is_refused),
		cmocka_unit_test(connect__silence__fails_when_the_time_is_up),
		cmocka_unit_test(connect__icmp__fails_at_once),
		cmocka_unit_test(connect__twice__fails),
		cmocka_unit_test(write__small__is_done_when_it_is_sent),
		cmocka_unit_test(write__beyond_the_window__waits_for_it),
		cmocka_unit_test(write__the_window_stays_closed__fails_in_time),
		cmocka_unit_test(write__beyond_the_buffer__is_sent_whole),
		cmocka_unit_test(write__rst__is_the_peers),
		cmocka_unit_test(write__no_connection__fails),
		cmocka_unit_test(read__until_a_pattern__leaves_the_rest),
		cmocka_unit_test(read__to_the_end__of_the_stream),
		cmocka_unit_test(read__too_little_came__fails_in_time),
		cmocka_unit_test(read__rst__is_the_peers),
		cmocka_unit_test(close__four_segments__passes),
		cmocka_unit_test(close__the_peer_keeps_open__fails_in_time),
		cmocka_unit_test(close__rst__is_the_peers),
		cmocka_unit_test(close__nothing_open__fails),
		cmocka_unit_test(reset__open__sends_one_rst),
		cmocka_unit_test(get__nobody_has_http__fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
