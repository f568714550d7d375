/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_fingerprint.c - SYN,ACKs of many systems, and what p0f 3, JA4TS and tcpdump write of them; worked out
 * by hand from the descriptions that probe/fingerprint.h names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/err.h"
#include "frames.h"
#include "probe/fingerprint.h"
#include "tcp/options.h"

#define DF	     1
#define MUST_BE_ZERO 2
#define SYN_ACK	     (TCP_FLAG_SYN | TCP_FLAG_ACK)
#define PLAIN(w, t, f) \
	.window = (w), .ttl = (t), .flags_ip = (f), .flags = SYN_ACK, .seq = 7, .ack = 8

struct example {
	const char *what;
	struct probe_synack synack;
	const char *options; /* hexadecimal */
	bool v6;
	const char *p0f, *ja4ts, *names;
};

static const struct example examples[] = {
	{ "Linux 6 with all options: the window is 45 times 1460 less 12 for timestamps",
	  { PLAIN(65160, 64, DF) },
	  "020405b4 0402080a 11223344 00000001 01030307",
	  .p0f = "4:64+0:0:1460:mss*45,7:mss,sok,ts,nop,ws:df:0",
	  .ja4ts = "65160_2-4-8-1-3_1460_7",
	  .names = "mss 1460,sackOK,TS,nop,wscale 7" },
	{ "Linux 3 without timestamps, eleven routers away",
	  { PLAIN(14600, 53, DF) },
	  "020405b4 01010402 01030307",
	  .p0f = "4:53+11:0:1460:mss*10,7:mss,nop,nop,sok,nop,ws:df:0",
	  .ja4ts = "14600_2-1-1-4-1-3_1460_7",
	  .names = "mss 1460,nop,nop,sackOK,nop,wscale 7" },
	{ "Linux with jumbo frames, in a cloud",
	  { PLAIN(62727, 64, DF) },
	  "02042301 0402080a 11223344 00000001 01030307",
	  .p0f = "4:64+0:0:8961:mss*7,7:mss,sok,ts,nop,ws:df:0",
	  .ja4ts = "62727_2-4-8-1-3_8961_7",
	  .names = "mss 8961,sackOK,TS,nop,wscale 7" },
	{ "Linux over IPv6: 45 times 1428, and a flow label",
	  { PLAIN(64260, 64, 0), .flow = 0xabcde },
	  "020405a0 0402080a 11223344 00000001 01030307",
	  true,
	  .p0f = "6:64+0:0:1440:mss*45,7:mss,sok,ts,nop,ws:flow:0",
	  .ja4ts = "64260_2-4-8-1-3_1440_7",
	  .names = "mss 1440,sackOK,TS,nop,wscale 7" },
	{ "Windows 10",
	  { PLAIN(65535, 117, DF), .ip_id = 0x1234 },
	  "020405b4 01030308 01010402",
	  .p0f = "4:117+11:0:1460:65535,8:mss,nop,ws,nop,nop,sok:df,id+:0",
	  .ja4ts = "65535_2-1-3-1-1-4_1460_8",
	  .names = "mss 1460,nop,wscale 8,nop,nop,sackOK" },
	{ "Windows 7",
	  { PLAIN(8192, 128, DF), .ip_id = 1 },
	  "020405b4 01030308 0402080a 00112233 00000001",
	  .p0f = "4:128+0:0:1460:8192,8:mss,nop,ws,sok,ts:df,id+:0",
	  .ja4ts = "8192_2-1-3-4-8_1460_8",
	  .names = "mss 1460,nop,wscale 8,sackOK,TS" },
	{ "Windows XP, whose first timestamp is 0",
	  { PLAIN(65535, 128, DF), .ip_id = 1 },
	  "020405b4 01030300 0101080a 00000000 00000000 01010402",
	  .p0f = "4:128+0:0:1460:65535,0:mss,nop,ws,nop,nop,ts,nop,nop,sok:df,id+,ts1-:0",
	  .ja4ts = "65535_2-1-3-1-1-8-1-1-4_1460_0",
	  .names = "mss 1460,nop,wscale 0,nop,nop,TS,nop,nop,sackOK" },
	{ "FreeBSD",
	  { PLAIN(65535, 63, DF), .ip_id = 0xfedc },
	  "020405b4 01030306 0402080a 00112233 00000001",
	  .p0f = "4:63+1:0:1460:65535,6:mss,nop,ws,sok,ts:df,id+:0",
	  .ja4ts = "65535_2-1-3-4-8_1460_6",
	  .names = "mss 1460,nop,wscale 6,sackOK,TS" },
	{ "macOS, which ends its options",
	  { PLAIN(65535, 64, DF) },
	  "020405b4 01030306 0101080a 00112233 00000001 04020000",
	  .p0f = "4:64+0:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0",
	  .ja4ts = "65535_2-1-3-1-1-8-4-0-0_1460_6",
	  .names = "mss 1460,nop,wscale 6,nop,nop,TS,sackOK,eol" },
	{ "Solaris 6: mss comes last",
	  { PLAIN(10220, 250, DF), .ip_id = 9 },
	  "0101080a 00112233 00000001 020405b4",
	  .p0f = "4:250+5:0:1460:mss*7,0:nop,nop,ts,mss:df,id+:0",
	  .ja4ts = "10220_1-1-8-2_1460_00",
	  .names = "nop,nop,TS,mss 1460" },
	{ "a small device: mss alone, no DF",
	  { PLAIN(5840, 255, 0), .ip_id = 77 },
	  "020405b4",
	  .p0f = "4:255+0:0:1460:mss*4,0:mss::0",
	  .ja4ts = "5840_2_1460_00",
	  .names = "mss 1460" },
	{ "a smaller one: no options, no identification",
	  { PLAIN(1024, 60, 0) },
	  "",
	  .p0f = "4:60+4:0:0:1024,0::id-:0",
	  .ja4ts = "1024_00_00_00",
	  .names = "" },
	{ "OpenVMS: a multiple of the MTU",
	  { PLAIN(3000, 128, 0), .ip_id = 5 },
	  "020405b4 01030300",
	  .p0f = "4:128+0:0:1460:mtu*2,0:mss,nop,ws::0",
	  .ja4ts = "3000_2-1-3_1460_0",
	  .names = "mss 1460,nop,wscale 0" },
	{ "the MSS of a tunnel, less 12 for timestamps",
	  { PLAIN(13880, 64, DF) },
	  "02040578 0402080a 11223344 00000001",
	  .p0f = "4:64+0:0:1400:mss*10,0:mss,sok,ts:df:0",
	  .ja4ts = "13880_2-4-8_1400_00",
	  .names = "mss 1400,sackOK,TS" },
	{ "the MTU of a tunnel, 40 bytes above its MSS",
	  { PLAIN(2880, 64, DF) },
	  "02040578",
	  .p0f = "4:64+0:0:1400:mtu*2,0:mss:df:0",
	  .ja4ts = "2880_2_1400_00",
	  .names = "mss 1400" },
	{ "a window that follows our MSS",
	  { PLAIN(5360, 64, DF), .syn_mss = 536 },
	  "02040578",
	  .p0f = "4:64+0:0:1400:mss*10,0:mss:df:0",
	  .ja4ts = "5360_2_1400_00",
	  .names = "mss 1400" },
	{ "the window field alone, where the MSS is too small to mean anything",
	  { PLAIN(640, 64, DF) },
	  "02040040",
	  .p0f = "4:64+0:0:64:640,0:mss:df:0",
	  .ja4ts = "640_2_64_00",
	  .names = "mss 64" },
	{ "every field odd",
	  { .window = 100,
	    .ttl = 200,
	    .tos = 1,
	    .flags_ip = DF | MUST_BE_ZERO,
	    .ip_options = 8,
	    .ip_id = 1,
	    .flags = SYN_ACK | TCP_FLAG_PSH,
	    .urgent = 3,
	    .text_len = 5 },
	  "03030f 080a 00000000 00000000 00 0001",
	  .p0f = "4:200+?:8:0:100,15:ws,ts,eol+2:df,id+,ecn,0+,seq-,ack-,uptr+,pushf+,ts1-,opt+,"
		 "exws:+",
	  .ja4ts = "100_3-8-0-0_00_15",
	  .names = "wscale 15,TS,eol" },
	{ "ECN agreed to, URG, and options that are unknown, too long, and cut off",
	  { .window = 1,
	    .ttl = 32,
	    .ip_id = 1,
	    .flags = SYN_ACK | TCP_FLAG_ECE | TCP_FLAG_URG,
	    .urgent = 1,
	    .seq = 7,
	    .ack = 8 },
	  "2202 0206 05b4 0000 1e08",
	  .p0f = "4:32+0:0:0:1,0:?34,mss,?30:ecn,urgf+,bad:0",
	  .ja4ts = "1_34-2_00_00",
	  .names = "tfo,mss (length 6),bad length" },
};

static struct probe_synack synack_of(const struct example *x)
{
	static struct bytes options;
	struct probe_synack s = x->synack;

	options.len = 0;
	put_hex(&options, x->options);
	s.seen = true;
	s.option_len = (uint8_t)options.len;
	memcpy(s.option_bytes, options.b, options.len);
	(void)tcp_options_decode(s.option_bytes, s.option_len, &s.options);
	return s;
}

static void examples__as_worked_out_by_hand(void **unused)
{
	char out[FINGERPRINT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *x = &examples[i];
		struct probe_synack s = synack_of(x);

		fingerprint_p0f(&s, x->v6 ? AF_INET6 : AF_INET, out);
		if (strcmp(out, x->p0f))
			fail_msg("%s: %s, not %s", x->what, out, x->p0f);
		if (strcmp(fingerprint_ja4ts(&s, out), x->ja4ts))
			fail_msg("%s: %s, not %s", x->what, out, x->ja4ts);
		if (strcmp(fingerprint_options(&s, out), x->names))
			fail_msg("%s: %s, not %s", x->what, out, x->names);
	}
}

/* The longest that forty bytes can say: nothing is cut off. */
static void longest__fits(void **unused)
{
	static const char *const fill[] = { "01", "6302", "0301", "00" };
	char out[FINGERPRINT_MAX];

	for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
		struct example x = { .what = "", .synack = { PLAIN(65535, 255, DF), .ip_id = 1 } };
		struct probe_synack s;
		char hex[2 * TCP_OPTIONS_MAX + 1] = "";

		while (strlen(hex) < sizeof(hex) - 1)
			strcat(hex, fill[i]);
		x.options = hex;
		s = synack_of(&x);
		s.text_len = 1;
		fingerprint_p0f(&s, AF_INET, out);
		assert_string_equal(out + strlen(out) - 2, ":+");
		fingerprint_ja4ts(&s, out);
		assert_string_equal(out + strlen(out) - 6, "_00_00");
		assert_true(strlen(fingerprint_options(&s, out)) < FINGERPRINT_MAX - 1);
	}
}

static void assert_p0f_of(struct bytes *frame, int family, const char *expected)
{
	struct probe_synack s;
	struct packet p;
	struct frame f = { .bytes = frame->b, .captured = (uint32_t)frame->len };
	char out[FINGERPRINT_MAX];

	decode_whole(frame, LINK_RAW, &p);
	assert_int_equal(p.kind, PACKET_TCP);
	fingerprint_take(&f, &p, 536, &s);
	assert_true(s.seen);
	assert_int_equal(s.syn_mss, 536);
	assert_string_equal(fingerprint_p0f(&s, family, out), expected);
	assert_string_equal(fingerprint_ja4ts(&s, out), "64240_2-4-8-1-3_1460_7");
}

static void frames__are_taken_with_what_only_their_bytes_say(void **unused)
{
	static struct bytes frame;

	frame.len = 0;
	put_packet(&frame, false, "hello", 5);
	assert_p0f_of(&frame, AF_INET,
		      "4:57+7:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+,ecn,uptr+,pushf+:+");

	frame.len = 0;
	put_packet(&frame, true, "", 0);
	assert_p0f_of(&frame, AF_INET6,
		      "6:57+7:0:1460:mss*44,7:mss,sok,ts,nop,ws:ecn,flow,uptr+,pushf+:0");

	frame.len = 0;
	put_ip4(&frame, 6, 8 + 40, 0x8000);
	frame.b[0] = 0x47;
	put_hex(&frame, "94040000 01010100");
	put_tcp(&frame, false, "", 0);
	assert_p0f_of(&frame, AF_INET,
		      "4:57+7:8:1460:mss*44,7:mss,sok,ts,nop,ws:ecn,0+,uptr+,pushf+:0");
}

static void distance__from_the_next_usual_ttl(void **unused)
{
	static const struct {
		uint8_t ttl;
		unsigned distance;
	} rows[] = { { 0, 32 },	 { 1, 31 },  { 32, 0 },	   { 33, 31 }, { 64, 0 },
		     { 65, 63 }, { 128, 0 }, { 129, 126 }, { 254, 1 }, { 255, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(probe_distance(rows[i].ttl), rows[i].distance);
}

static void names__are_all_there_and_differ(void **unused)
{
	for (int i = 0; i < PROBE_STATE_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(probe_state_name((enum probe_state)i),
						probe_state_name((enum probe_state)j));
	for (int i = 0; i < PROBE_CLOSE_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(probe_close_name((enum probe_close)i),
						probe_close_name((enum probe_close)j));
	assert_string_equal(probe_state_name(PROBE_STATE_COUNT), "?");
	assert_string_equal(probe_close_name(PROBE_CLOSE_PEER_FIRST), "peer-first");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples__as_worked_out_by_hand),
		cmocka_unit_test(longest__fits),
		cmocka_unit_test(frames__are_taken_with_what_only_their_bytes_say),
		cmocka_unit_test(distance__from_the_next_usual_ttl),
		cmocka_unit_test(names__are_all_there_and_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
