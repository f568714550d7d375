/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_build.c - a description to a segment: what is given stays as given, right or wrong; the
 * rest is the control block's. */
#include "script/build.h"
#include "scripted.h"

struct fixture {
	struct tcp_conn *c;
	struct values *v;
	struct match_base base;
	struct craft_ip ip;
	struct script *script;
	struct script_built built;
};

/* A connection that is established: ours 1, theirs 1. */
static int begin(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	struct tcp_segment syn = { .flags = TCP_FLAG_SYN };
	struct packet p = scripted_packet(
		"S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 70 ecr 0,nop,wscale 7>");
	struct tcp_config cfg;

	tcp_config_init(&cfg);
	cfg.isn = OURS;
	cfg.local_port = 40000;
	cfg.peer_port = 80;
	cfg.ts_offset = 1000;
	cfg.automatic = 0;
	f->c = tcp_conn_new(&cfg);
	tcp_conn_fill(f->c, 0, &syn, 0);
	tcp_conn_by_hand(f->c, &syn, 0);
	tcp_conn_on_segment(f->c, &p.seg, 10000);
	assert_int_equal(tcp_conn_state(f->c), TCP_STATE_ESTABLISHED);
	f->base = scripted_base;
	f->v = values_new();
	assert_true(values_set(f->v, "x", (const uint8_t *)"101", 3));
	assert_true(values_capture(f->v, "synack", &p, PEERS, OURS));
	f->ip = (struct craft_ip){ .ttl = 64, .tos = 0xb8, .dont_fragment = true };
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	script_built_free(&f->built);
	script_free(f->script);
	tcp_conn_free(f->c);
	values_free(f->v);
	test_free(f);
	return 0;
}

static bool try_build(struct fixture *f, const char *description, struct err *e)
{
	char text[1024];

	script_built_free(&f->built);
	script_free(f->script);
	f->script = NULL;
	snprintf(text, sizeof(text), "set x 1\nexpect * as synack\nsend %s\n", description);
	f->script = scripted(text);
	return script_build(scripted_spec(f->script), f->c, &f->ip, &f->base, f->v, 20000,
			    &f->built, e);
}

static const struct tcp_segment *build(struct fixture *f, const char *description)
{
	struct err e = { 0 };

	if (!try_build(f, description, &e))
		fail_msg("send %s: %s", description, e.text);
	return &f->built.seg;
}

static void check_options(struct fixture *f, const char *description, const char *hex)
{
	const struct tcp_segment *seg = build(f, description);
	char got[2 * TCP_OPTIONS_MAX + 1] = "";

	for (unsigned i = 0; i < seg->option_len; i++)
		snprintf(got + 2 * i, 3, "%02x", seg->option_bytes[i]);
	assert_string_equal(got, hex);
}

static void check_failure(struct fixture *f, const char *description, const char *words)
{
	struct err e = { 0 };

	assert_false(try_build(f, description, &e));
	assert_true(e.status != STATUS_OK);
	if (!strstr(e.text, words))
		fail_msg("send %s: \"%s\" does not say \"%s\"", description, e.text, words);
	assert_null(f->built.text);
}

static void nothing_given__all_is_the_control_blocks(void **state)
{
	struct fixture *f = *state;
	const struct tcp_segment *seg = build(f, ".");

	assert_int_equal(seg->flags, TCP_FLAG_ACK);
	assert_int_equal(seg->src_port, 40000);
	assert_int_equal(seg->dst_port, 80);
	assert_int_equal(seg->seq, OURS + 1);
	assert_int_equal(seg->ack, PEERS + 1);
	assert_int_equal(seg->options.ts_val, 1020);
	assert_int_equal(seg->options.ts_ecr, 70);
	assert_int_equal(seg->option_len, 12);
	assert_int_equal(seg->text_len, 0);
	assert_int_equal(seg->data_offset, 0);
	assert_true(seg->window > 0);
	assert_int_equal(f->built.ip.ttl, 64);
	assert_int_equal(f->built.ip.tos, 0xb8);
	assert_true(f->built.ip.dont_fragment);
	assert_false(f->built.ip.bad_checksum);
}

static void numbers__relative_absolute_and_wrong(void **state)
{
	struct fixture *f = *state;
	const struct tcp_segment *seg = build(f, ". seq 11 ack 21");

	assert_int_equal(seg->seq, OURS + 11);
	assert_int_equal(seg->ack, PEERS + 21);
	seg = build(f, ". seq =5 ack 6 abs");
	assert_int_equal(seg->seq, 5);
	assert_int_equal(seg->ack, 6);
	seg = build(f, ". seq $x - 102 ack $synack.seq + 1");
	assert_int_equal(seg->seq, OURS - 1);
	assert_int_equal(seg->ack, PEERS + 1);
	seg = build(f, ". ack =$synack.seq + 3");
	assert_int_equal(seg->ack, PEERS + 3);
	seg = build(f, "S ack 7"); /* without the flag */
	assert_int_equal(seg->flags, TCP_FLAG_SYN);
	assert_int_equal(seg->ack, PEERS + 7);
}

static void every_wrong_thing__honoured(void **state)
{
	struct fixture *f = *state;
	const struct tcp_segment *seg =
		build(f, "FSRP.UEWA win 7 urg 9 reserved 5 offset 3 sport 1 dport 2 badsum "
			 "ttl 3 tos 0x11 id 99 nodf");

	assert_int_equal(seg->flags, 0x1ff);
	assert_int_equal(seg->window, 7);
	assert_int_equal(seg->urgent, 9);
	assert_int_equal(seg->reserved, 5);
	assert_int_equal(seg->data_offset, 3);
	assert_int_equal(seg->src_port, 1);
	assert_int_equal(seg->dst_port, 2);
	assert_true(f->built.ip.bad_checksum);
	assert_int_equal(f->built.ip.ttl, 3);
	assert_int_equal(f->built.ip.tos | seg->ecn, 0x11);
	assert_int_equal(f->built.ip.id, 99);
	assert_false(f->built.ip.dont_fragment);
	seg = build(f, "none");
	assert_int_equal(seg->flags, 0);
	assert_int_equal(seg->ack, 0);
	seg = build(f, ". offset 0"); /* which the crafter takes for "compute it" */
	assert_int_equal(seg->data_offset, 0);
	seg = build(f, ". ce");
	assert_int_equal(f->built.ip.tos | seg->ecn, 0xbb);
}

static void options__exactly_as_listed(void **state)
{
	struct fixture *f = *state;

	check_options(f, "S <mss 1460,sackOK,nop,nop,nop,wscale 7>",
		      "020405b4"
		      "0402"
		      "010101"
		      "030307");
	check_options(f, "S <wscale 7,mss $synack.mss>",
		      "030307"
		      "020405b4"
		      "00");
	check_options(f, "S <>", "");
	check_options(f, "S <nop>", "01000000");
	check_options(f, "S <eol,nop,nop,nop>", "00010101");
	check_options(f, ". <hex 1e04abcd,hex 02>",
		      "1e04abcd"
		      "02000000");
	check_options(f, ". <TS val 1 ecr 2>",
		      "080a"
		      "00000001"
		      "00000002"
		      "0000");
	check_options(f, ". <nop,nop,TS>",
		      "0101"
		      "080a"
		      "000003fc"
		      "00000046");
	check_options(f, "R. <nop,nop,TS>",
		      "0101"
		      "080a"
		      "000003fc"
		      "00000046");
	check_options(f, ". <nop,nop,TS val 5 ecr $synack.ts.val + 1>",
		      "0101"
		      "080a"
		      "00000005"
		      "00000047");
	/* Blocks are relative to the peer's initial number, 4294967000. */
	check_options(f, ". <nop,nop,sack 1:101 297:$x>",
		      "0101"
		      "0512"
		      "fffffed9"
		      "ffffff3d"
		      "00000001"
		      "ffffff3d");
	check_options(f, ". <nop,nop,sack =1:2>",
		      "0101"
		      "050a"
		      "00000001"
		      "00000002");
	check_options(f, "S <mss 1,mss 2,mss 3,mss 4,mss 5,mss 6,mss 7,mss 8,mss 9,mss 10>",
		      "02040001020400020204000302040004020400050204000602040007020400080204000902"
		      "04000a");
}

static void options__decoded_too__for_the_control_block(void **state)
{
	const struct tcp_segment *seg = build(*state, "S <mss 1000,wscale 3>");

	assert_true(seg->options.has_mss);
	assert_int_equal(seg->options.mss, 1000);
	assert_int_equal(seg->options.wscale, 3);
	assert_false(seg->options.has_timestamps);
}

static void options__not_given__left_out_of_a_rst(void **state)
{
	assert_int_equal(build(*state, "R.")->option_len, 0);
}

static void data__its_bytes(void **state)
{
	struct fixture *f = *state;
	const struct tcp_segment *seg = build(f, ". data \"a\\0$x\"");

	assert_int_equal(seg->text_len, 5);
	assert_memory_equal(seg->text, "a\000101", 5);
	assert_int_equal(seg->flags, TCP_FLAG_ACK); /* no PSH is added */
	seg = build(f, "P. 1:3(2) data hex 0d0a");
	assert_memory_equal(seg->text, "\r\n", 2);
	seg = build(f, ". data \"\"");
	assert_int_equal(seg->text_len, 0);
}

/* The same numbers carry the same bytes, however they are cut. */
static void data__pattern__goes_with_the_numbers(void **state)
{
	struct fixture *f = *state;
	const struct tcp_segment *seg = build(f, "P. 1:101(100)");
	uint8_t whole[100];

	assert_int_equal(seg->text_len, 100);
	memcpy(whole, seg->text, 100);
	seg = build(f, "P. 41:61(20)");
	assert_int_equal(seg->text_len, 20);
	assert_memory_equal(seg->text, whole + 40, 20);
	assert_memory_not_equal(seg->text, whole, 20);
	seg = build(f, "P. data len 100");
	assert_int_equal(seg->seq, OURS + 1);
	assert_memory_equal(seg->text, whole, 100);
	seg = build(f, "P. len 65495 <>");
	assert_int_equal(seg->text_len, 65495);
}

static void cannot_be_built__says_why(void **state)
{
	struct fixture *f = *state;

	check_failure(f, ". win $x - 102", "win: -1 is out of range");
	check_failure(f, ". ttl $synack.mss", "ttl: 1460 is out of range: 0 to 255");
	check_failure(f, ". len 4 data \"abc$x\"", "the data has 6 bytes");
	check_failure(f, ". 1:$x(5)", "does not add up");
	check_failure(f, "S <mss $synack.ts.val + 70000>", "out of range");
}

static void range_with_variables__adds_up(void **state)
{
	const struct tcp_segment *seg = build(*state, "P. 1:$x(100)");

	assert_int_equal(seg->text_len, 100);
	assert_int_equal(seg->seq, OURS + 1);
}

/* What the parser would not let through is refused here as well: descriptions come from elsewhere too. */
static void description__of_what_is_expected__refused(void **state)
{
	static const char *const texts[] = { "* ack 1",	  ". ack *",	". ack > 5",   ". <...>",
					     ". <mss *>", ". <kind 5>", ". data ~ /x/" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct err e = { 0 };
		char line[64];

		snprintf(line, sizeof(line), "expect %s\n", texts[i]);
		script_free(f->script);
		f->script = NULL;
		f->script = scripted(line);
		assert_false(script_build(scripted_spec(f->script), f->c, &f->ip, &f->base, f->v, 0,
					  &f->built, &e));
		assert_int_equal(e.status, STATUS_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(nothing_given__all_is_the_control_blocks),
		TEST(numbers__relative_absolute_and_wrong),
		TEST(every_wrong_thing__honoured),
		TEST(options__exactly_as_listed),
		TEST(options__decoded_too__for_the_control_block),
		TEST(options__not_given__left_out_of_a_rst),
		TEST(data__its_bytes),
		TEST(data__pattern__goes_with_the_numbers),
		TEST(cannot_be_built__says_why),
		TEST(range_with_variables__adds_up),
		TEST(description__of_what_is_expected__refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
