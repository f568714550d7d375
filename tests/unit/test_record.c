/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_record.c - segments of both ends to a script, and that it parses. Numbers are relative here: the client
 * begins at 1000, the server at 5000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "script/ranges.h"
#include "script/record.h"
#include "script_text.h"
#include "tcp/options.h"

#define OURS   1000u
#define THEIRS 5000u

static struct tcp_segment segment(uint16_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	return (struct tcp_segment){ .flags = flags,
				     .seq = seq,
				     .ack = ack,
				     .window = 500,
				     .text = (const uint8_t *)text,
				     .text_len = text ? strlen(text) : 0 };
}

static void sent(struct record *r, uint16_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	struct tcp_segment seg = segment(flags, OURS + seq, THEIRS + ack, text);

	record_sent(r, &seg, 0);
}

static void came(struct record *r, uint16_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	struct tcp_segment seg = segment(flags, THEIRS + seq, OURS + ack, text);

	record_arrived(r, &seg, 0);
}

/* So much text that nobody looked at. */
static void came_long(struct record *r, uint32_t seq, uint32_t ack, size_t len)
{
	struct tcp_segment seg = segment(TCP_FLAG_ACK, THEIRS + seq, OURS + ack, NULL);

	seg.text_len = len;
	record_arrived(r, &seg, 0);
}

#define S  TCP_FLAG_SYN
#define A  TCP_FLAG_ACK
#define PA (TCP_FLAG_PSH | TCP_FLAG_ACK)
#define FA (TCP_FLAG_FIN | TCP_FLAG_ACK)
#define R  TCP_FLAG_RST

static void with_options(struct tcp_segment *seg, uint16_t mss)
{
	seg->options = (struct tcp_options){ .has_mss = true,
					     .mss = mss,
					     .has_sack_permitted = true,
					     .has_timestamps = true,
					     .has_wscale = true,
					     .wscale = 7 };
	seg->option_len = tcp_options_encode(&seg->options, seg->option_bytes);
}

static struct record *handshake(void)
{
	struct tcp_segment syn = segment(S, OURS, 0, NULL);
	struct tcp_segment syn_ack = segment(S | A, THEIRS, OURS + 1, NULL);
	struct record *r = record_new();

	assert_non_null(r);
	with_options(&syn, 1460);
	with_options(&syn_ack, 1460);
	record_sent(r, &syn, 0);
	record_arrived(r, &syn_ack, 0);
	sent(r, A, 1, 1, NULL);
	return r;
}

#define HANDSHAKE                                                   \
	"auto retransmit on\n"                                      \
	"send S 0:0(0) win 500 <mss 1460,sackOK,TS,nop,wscale 7>\n" \
	"expect S. 0:0(0) ack 1 <mss *,sackOK,TS,nop,wscale *>\n"   \
	"send . 1:1(0) ack 1 win 500\n"

/* What is recorded behind the handshake; and all of it parses. */
static void assert_recorded(struct record *r, const char *expected)
{
	struct err e = { 0 };
	const char *text;
	size_t len;

	if (!record_end(r, &e))
		fail_msg("%s", e.text);
	text = record_text(r, &len);
	assert_non_null(text);
	script_free(parse_good(text));
	if (!strncmp(text, HANDSHAKE, strlen(HANDSHAKE)))
		text += strlen(HANDSHAKE);
	assert_string_equal(text, expected);
	record_free(r);
}

static void assert_no_script(struct record *r, const char *word)
{
	struct err e = { 0 };

	assert_false(record_end(r, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, word));
	record_free(r);
}

static void answer__in_many_segments__is_one_expectation(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	sent(r, PA, 1, 1, "GET /\r\n");
	came(r, A, 1, 8, NULL);
	came(r, A, 1, 8, "HTTP/1.0 200 OK\r\n");
	came(r, A, 18, 8, "Date");
	came(r, A, 18, 8, "Date"); /* once more */
	came(r, PA, 22, 8, ": now\r\n");
	sent(r, A, 8, 29, NULL);
	assert_recorded(r, "send P. 1:8(7) ack 1 win 500 data \"GET /\\r\\n\"\n"
			   "expect . 1:18(17) ack 8 data \"HTTP/1.0 200 OK\\r\\n\" in parts\n"
			   "expect . 18:29(11) ack 8 in parts\n"
			   "send . 8:8(0) ack 29 win 500\n");
}

static void close__server_first__has_its_fin(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	came(r, FA, 1, 1, "bye");
	sent(r, A, 1, 5, NULL);
	sent(r, FA, 1, 5, NULL);
	came(r, A, 5, 2, NULL);
	assert_recorded(r, "expect F. 1:4(3) ack 1 in parts\n"
			   "send . 1:1(0) ack 5 win 500\n"
			   "send F. 1:1(0) ack 5 win 500\n"
			   "expect . 5:5(0) ack 2 in parts\n");
}

static void second_request__its_answer__has_its_first_line_checked(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	sent(r, PA, 1, 1, "a");
	came(r, PA, 1, 2, "HTTP/1.1 204 No\r\n\r\n");
	sent(r, PA, 2, 20, "b");
	came(r, PA, 20, 3, "HTTP/1.1 404 No\r\n\r\n");
	assert_recorded(r, "send P. 1:2(1) ack 1 win 500 data \"a\"\n"
			   "expect . 1:18(17) ack 2 data \"HTTP/1.1 204 No\\r\\n\" in parts\n"
			   "expect . 18:20(2) ack 2 in parts\n"
			   "send P. 2:3(1) ack 20 win 500 data \"b\"\n"
			   "expect . 20:37(17) ack 3 data \"HTTP/1.1 404 No\\r\\n\" in parts\n"
			   "expect . 37:39(2) ack 3 in parts\n");
}

static void long_text__joined_by_offload__is_cut_to_the_mss(void **unused)
{
	struct record *r = handshake();
	char text[3001];

	(void)unused;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sent(r, FA | PA, 1, 1, text);
	came(r, A, 1, 3002, NULL);
	{
		struct err e = { 0 };
		struct script *s;
		size_t len;

		assert_true(record_end(r, &e));
		s = parse_good(record_text(r, &len));
		assert_int_equal(s->command_count, 8);
		for (unsigned i = 4; i < 7; i++) {
			static const unsigned lens[] = { 1448, 1448, 104 };
			const struct segment_spec *spec = s->commands[i].specs;

			assert_int_equal(spec->fields[FIELD_LEN].a.terms[0].value, lens[i - 4]);
			assert_int_equal(spec->flags, i == 6 ? FA | PA : A);
		}
		assert_int_equal(s->commands[7].verb, VERB_EXPECT_PARTS);
		script_free(s);
	}
	record_free(r);
}

static void acknowledgement__of_very_much__comes_in_steps(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	came_long(r, 1, 1, 20000);
	sent(r, A, 1, 20001, NULL);
	assert_recorded(r, "expect . 1:14481(14480) ack 1 in parts\n"
			   "send . ack 14481 win 500\n"
			   "expect . 14481:20001(5520) ack 1 in parts\n"
			   "send . 1:1(0) ack 20001 win 500\n");
}

/* Of the loopback's MSS a few segments are more than one expectation can be about. */
static void range__longer_than_any_segment__is_several(void **unused)
{
	struct tcp_segment syn = segment(S, OURS, 0, NULL);
	struct record *r = record_new();

	(void)unused;
	with_options(&syn, 65495);
	record_sent(r, &syn, 0);
	came(r, S | A, 0, 1, NULL);
	came_long(r, 1, 1, 70000);
	came(r, FA, 70001, 1, NULL);
	assert_recorded(r, "auto retransmit on\n"
			   "send S 0:0(0) win 500 <mss 65495,sackOK,TS,nop,wscale 7>\n"
			   "expect S. 0:0(0) ack 1 <>\n"
			   "expect . 1:65496(65495) ack 1 in parts\n"
			   "expect F. 65496:70001(4505) ack 1 in parts\n");
}

static void burst__acknowledged_in_part__is_waited_for_in_part(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	came_long(r, 1, 1, 3000);
	sent(r, A, 1, 1001, NULL);
	sent(r, A, 1, 3001, NULL);
	assert_recorded(r, "expect . 1:1001(1000) ack 1 in parts\n"
			   "send . 1:1(0) ack 1001 win 500\n"
			   "expect . 1001:3001(2000) ack 1 in parts\n"
			   "send . 1:1(0) ack 3001 win 500\n");
}

static void syn__twice__is_sent_once(void **unused)
{
	struct record *r = record_new();

	(void)unused;
	sent(r, S, 0, 0, NULL);
	sent(r, S, 0, 0, NULL);
	came(r, S | A, 0, 1, NULL);
	came(r, S | A, 0, 1, NULL);
	assert_recorded(
		r, "auto retransmit on\nsend S 0:0(0) win 500 <>\nexpect S. 0:0(0) ack 1 <>\n");
}

static void out_of_order__of_the_client__stays(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	sent(r, A, 3, 1, "cd");
	sent(r, A, 1, 1, "ab");
	came(r, A, 1, 5, NULL);
	assert_recorded(r, "send . 3:5(2) ack 1 win 500 data \"cd\"\n"
			   "send . 1:3(2) ack 1 win 500 data \"ab\"\n"
			   "expect . 1:1(0) ack 5 in parts\n");
}

static void refused__reset_in_answer_to_the_syn(void **unused)
{
	struct record *r = record_new();

	(void)unused;
	sent(r, S, 0, 0, NULL);
	came(r, R | A, 0u - THEIRS, 1, NULL);
	sent(r, A, 1, 1, "never"); /* of no connection */
	assert_recorded(r, "auto retransmit on\nsend S 0:0(0) win 500 <>\n"
			   "ignore . len 0\nignore retransmissions\n"
			   "expect R. 0:0(0) ack 1\n");
}

static void reset__of_either_end__ends_it(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	came(r, A, 1, 1, "ab");
	came(r, R, 7000, 0, NULL); /* not the next number */
	came(r, R, 3, 0, NULL);
	assert_recorded(r, "expect . 1:3(2) ack 1 in parts\n"
			   "ignore . len 0\nignore retransmissions\nexpect R 3:3(0)\n");
	r = handshake();
	came(r, A, 1, 1, "ab");
	sent(r, R, 1, 0, NULL);
	came(r, A, 3, 1, "cd");
	sent(r, R, 1, 0, NULL);
	assert_recorded(r, "expect . 1:3(2) ack 1 in parts\nsend R 1:1(0) win 500\n");
}

/* The path brought something once more, and its connection was gone. */
static void reset__after_both_have_closed__is_not_expected(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	sent(r, FA, 1, 1, NULL);
	came(r, FA, 1, 2, NULL);
	sent(r, A, 2, 2, NULL);
	came(r, R, 2, 0, NULL);
	assert_recorded(r, "send F. 1:1(0) ack 1 win 500\n"
			   "expect F. 1:1(0) ack 2 in parts\n"
			   "send . 2:2(0) ack 2 win 500\n");
}

static void slow_server__gets_more_time(void **unused)
{
	struct tcp_segment asks = segment(PA, OURS + 1, THEIRS + 1, "a");
	struct tcp_segment says = segment(PA, THEIRS + 1, OURS + 2, "b");
	struct record *r = handshake();

	(void)unused;
	record_sent(r, &asks, 1000000000);
	record_arrived(r, &says, 5500000000);
	assert_recorded(r, "send P. 1:2(1) ack 1 win 500 data \"a\"\n"
			   "expect . 1:2(1) ack 2 in parts within 15s\n");
}

static void what_no_script_can_be__is_refused(void **unused)
{
	struct tcp_segment cut = segment(A, OURS + 1, THEIRS + 1, NULL);
	struct record *r = record_new();

	(void)unused;
	sent(r, A, 1, 1, "x");
	assert_no_script(r, "beginning");
	assert_no_script(record_new(), "begins");
	r = handshake();
	cut.text_len = 10;
	record_sent(r, &cut, 0);
	assert_no_script(r, "whole");
	r = handshake();
	sent(r, A, 4, 1, "def");
	came(r, A, 1, 7, NULL); /* abc, too: but where was it? */
	assert_no_script(r, "missing");
}

/* Numbers that would need millions of lines cost no more than a script may have. */
static void hostile_numbers__end_at_the_longest_script(void **unused)
{
	struct tcp_segment syn = segment(S, OURS, 0, NULL);
	struct record *r = record_new();

	(void)unused;
	with_options(&syn, 30);
	record_sent(r, &syn, 0);
	came(r, S | A, 0, 1, NULL);
	for (uint32_t ack = 1; ack < 1u << 30; ack += 1u << 28)
		sent(r, A, 1, ack, NULL);
	assert_no_script(r, "4 MiB");
}

/* A line that was typed and carried out. */
static void typed(struct record *r, const char *line)
{
	struct script *s = parse_good(line);

	record_command(r, s->commands);
	script_free(s);
}

static void session__typed_lines__stand_between_what_came(void **unused)
{
	struct tcp_segment taken = segment(PA, THEIRS + 6, OURS + 1, "more");
	struct record *r = record_new();

	(void)unused;
	record_isn(r, OURS);
	typed(r, "syn");
	came(r, S | A, 0, 1, NULL);
	typed(r, "send . ack 1");
	came(r, PA, 1, 1, "hello");
	record_settle(r);
	record_looked_at(r, &taken, 0); /* by the read */
	typed(r, "read 4");
	came(r, PA, 10, 1, "xy");
	assert_recorded(r, "send S\nexpect S. 0:0(0) ack 1 <>\nsend . ack 1\n"
			   "expect . 1:6(5) ack 1 in parts\nread 4\n"
			   "expect . 10:12(2) ack 1 in parts\n");
}

static void tls__its_text__is_remarked_on(void **unused)
{
	struct record *r = handshake();

	(void)unused;
	sent(r, PA, 1, 1, "\x16\x03\x01");
	came(r, A, 1, 4, NULL);
	sent(r, PA, 4, 1, "\x16\x03\x01");
	assert_recorded(
		r,
		"# This is TLS, whose keys are others each time: it passes up to the server's first "
		"answer.\n"
		"send P. 1:4(3) ack 1 win 500 data \"\\x16\\x03\\x01\"\n"
		"expect . 1:1(0) ack 4 in parts\n"
		"send P. 4:7(3) ack 1 win 500 data \"\\x16\\x03\\x01\"\n");
}

static void session__a_block__is_recorded_whole(void **unused)
{
	struct record *r = record_new();

	(void)unused;
	typed(r, "repeat 2 {\necho a\nsleep 1s\n}\n");
	record_isn(r, OURS);
	sent(r, S, 0, 0, NULL);
	assert_recorded(r, "repeat 2 {\n\techo \"a\"\n\tsleep 1s\n}\n"
			   "auto retransmit on\nsend S 0:0(0) win 500 <>\n");
}

static void ranges__added_in_any_order__become_one(void **unused)
{
	struct ranges r = { 0 };

	(void)unused;
	ranges_add(&r, 10, 20);
	ranges_add(&r, 30, 40);
	ranges_add(&r, 5, 5);
	assert_int_equal(r.count, 2);
	assert_int_equal(ranges_upto(&r, 10), 20);
	assert_int_equal(ranges_upto(&r, 25), 25);
	ranges_add(&r, 20, 30);
	assert_int_equal(r.count, 1);
	assert_int_equal(ranges_upto(&r, 10), 40);
	ranges_add(&r, 0, 100);
	assert_int_equal(r.count, 1);
	assert_int_equal(ranges_upto(&r, 50), 100);
}

static void ranges__too_many__forget_the_last(void **unused)
{
	struct ranges r = { 0 };

	(void)unused;
	for (uint32_t i = 0; i < RANGES_MAX + 9; i++)
		ranges_add(&r, 1000 - 10 * i, 1000 - 10 * i + 5);
	assert_int_equal(r.count, RANGES_MAX);
	assert_int_equal(ranges_upto(&r, 1000 - 10 * (RANGES_MAX + 8)),
			 1005 - 10 * (RANGES_MAX + 8));
	assert_int_equal(ranges_upto(&r, 1000), 1000);
	ranges_add(&r, 2000, 2005);
	assert_int_equal(r.count, RANGES_MAX);
	ranges_add(&r, 0, 3000);
	assert_int_equal(r.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer__in_many_segments__is_one_expectation),
		cmocka_unit_test(close__server_first__has_its_fin),
		cmocka_unit_test(second_request__its_answer__has_its_first_line_checked),
		cmocka_unit_test(long_text__joined_by_offload__is_cut_to_the_mss),
		cmocka_unit_test(acknowledgement__of_very_much__comes_in_steps),
		cmocka_unit_test(range__longer_than_any_segment__is_several),
		cmocka_unit_test(burst__acknowledged_in_part__is_waited_for_in_part),
		cmocka_unit_test(syn__twice__is_sent_once),
		cmocka_unit_test(out_of_order__of_the_client__stays),
		cmocka_unit_test(refused__reset_in_answer_to_the_syn),
		cmocka_unit_test(reset__of_either_end__ends_it),
		cmocka_unit_test(reset__after_both_have_closed__is_not_expected),
		cmocka_unit_test(slow_server__gets_more_time),
		cmocka_unit_test(what_no_script_can_be__is_refused),
		cmocka_unit_test(hostile_numbers__end_at_the_longest_script),
		cmocka_unit_test(session__typed_lines__stand_between_what_came),
		cmocka_unit_test(tls__its_text__is_remarked_on),
		cmocka_unit_test(session__a_block__is_recorded_whole),
		cmocka_unit_test(ranges__added_in_any_order__become_one),
		cmocka_unit_test(ranges__too_many__forget_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
