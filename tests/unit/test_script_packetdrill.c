/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_packetdrill.c - scripts of packetdrill become scripts of ours, or are refused with a
 * reason and a place. tests/data/packetdrill has whole ones, and beside each what it becomes;
 * TCPSHAKE_REFRESH=1 in the environment writes those anew. */
#include "script/packetdrill.h"
#include "script/print.h"
#include "scripted.h"
#include "told.h"

#define LISTEN "0 listen(3, 1) = 0\n"
#define SYN    LISTEN "+0 < S 0:0(0) win 1000 <mss 1000,nop,nop,TS val 10 ecr 0>\n"
#define OPEN                                                              \
	SYN "+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 10>\n" \
	    "+0 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 11 ecr 100>\n"

static struct script *parse(const char *text, struct packetdrill_notes *notes)
{
	struct script_error e = { 0 };
	struct script *s = packetdrill_parse("test.pkt", text, strlen(text), NULL, 0, notes, &e);

	if (!s)
		fail_msg("%s\n%s", e.err.text, e.excerpt);
	assert_int_equal(notes->refusal, PACKETDRILL_PLAYED);
	return s;
}

static char *printed(const struct script *s)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	for (unsigned i = 0; i < s->command_count; i++)
		script_print_command(out, &s->commands[i], 0);
	fclose(out);
	return text;
}

/* What comes last of a script is this. */
static void check_last(const char *text, const char *expected)
{
	struct packetdrill_notes notes;
	struct script *s = parse(text, &notes);
	char *all = printed(s);
	size_t len = strlen(all), want = strlen(expected);

	if (len < want || strcmp(all + len - want, expected) != 0)
		fail_msg("expected last:\n%sbut all is:\n%s", expected, all);
	free(all);
	script_free(s);
}

static void check_refused(const char *text, enum packetdrill_refusal why, unsigned line,
			  const char *words)
{
	struct packetdrill_notes notes;
	struct script_error e = { 0 };
	char place[32];

	assert_null(packetdrill_parse("test.pkt", text, strlen(text), NULL, 0, &notes, &e));
	if (notes.refusal != why)
		fail_msg("refused for reason %u, not %u: %s", notes.refusal, why, e.err.text);
	assert_int_equal(e.err.status, STATUS_USAGE);
	assert_null(notes.left_out);
	snprintf(place, sizeof(place), "test.pkt:%u:", line);
	if (strncmp(e.err.text, place, strlen(place)) != 0 || !strstr(e.err.text, words))
		fail_msg("\"%s\" does not begin with \"%s\" and say \"%s\"", e.err.text, place,
			 words);
}

static char *read_file(const char *path, size_t *len)
{
	char *text = test_calloc(1, 65536);
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("cannot open %s", path);
	*len = fread(text, 1, 65535, f);
	fclose(f);
	return text;
}

/* ---- whole scripts ---- */

static void check_file(const char *name, const struct packetdrill_notes *expected)
{
	const char *top = getenv("top_srcdir");
	char path[4096], file[64], *text, *got, *again;
	struct packetdrill_notes notes;
	struct script_error e = { 0 };
	struct script *s;
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/data/packetdrill/%s.pkt", top ? top : ".", name);
	text = read_file(path, &len);
	s = packetdrill_parse(name, text, len, NULL, 0, &notes, &e);
	if (!s)
		fail_msg("%s", e.err.text);
	got = printed(s);
	script_free(s);
	snprintf(file, sizeof(file), "packetdrill/%s.txt", name);
	assert_as_in(file, got);
	/* What it became is in our language. */
	s = scripted(got);
	again = printed(s);
	assert_string_equal(again, got);
	script_free(s);
	assert_int_equal(notes.sent, expected->sent);
	assert_int_equal(notes.expected, expected->expected);
	assert_int_equal(notes.expected_text, expected->expected_text);
	assert_int_equal(notes.connections, expected->connections);
	for (unsigned i = 0; i < PACKETDRILL_SKIPS; i++)
		assert_int_equal(notes.skipped[i], expected->skipped[i]);
	free(got);
	free(again);
	test_free(text);
}

static void file__everything_that_a_packet_line_knows(void **unused)
{
	check_file("everything",
		   &(struct packetdrill_notes){ 5, 5, 1, 1, { 6, 2, 1, 1 }, 0, NULL, 0 });
}

static void file__two_connections(void **unused)
{
	check_file("two-connections",
		   &(struct packetdrill_notes){ 3, 3, 2, 0, { 5, 0, 0, 0 }, 0, NULL, 0 });
}

static void left_out__each_with_its_line_and_text(void **unused)
{
	static const char text[] =
		"--mtu=1500\n`setup`\n" LISTEN "+0 < S 0:0(0) win 1 <mss 9>  // a comment\n"
		"+.1 write(4, ...,\n   10) = 10  \n+0 %{ assert 1 }%\n`down\nmore`\n";
	static const struct {
		enum packetdrill_skip kind;
		unsigned line;
		const char *text;
	} rows[] = {
		{ PACKETDRILL_SETTING, 1, "--mtu=1500" },
		{ PACKETDRILL_COMMAND, 2, "`setup`" },
		{ PACKETDRILL_SYSCALL, 3, "listen(3, 1) = 0" },
		{ PACKETDRILL_SYSCALL, 5, "write(4, ...," },
		{ PACKETDRILL_CODE, 7, "%{ assert 1 }%" },
		{ PACKETDRILL_COMMAND, 8, "`down" },
	};
	struct packetdrill_notes notes;
	struct script *s = parse(text, &notes);

	assert_int_equal(notes.left_out_count, sizeof(rows) / sizeof(rows[0]));
	for (unsigned i = 0; i < notes.left_out_count; i++) {
		const struct packetdrill_left_out *got = &notes.left_out[i];

		assert_int_equal(got->kind, rows[i].kind);
		assert_int_equal(got->at.line, rows[i].line);
		assert_int_equal(got->len, strlen(rows[i].text));
		assert_memory_equal(got->text, rows[i].text, got->len);
		assert_non_null(packetdrill_skip_text(got->kind));
	}
	script_free(s);
}

/* ---- times ---- */

static void times__calls_before_what_is_sent__are_given_time(void **unused)
{
	static const char sent[] = "send R 1:1(0) win 0 <>\n";
	static const struct {
		const char *calls, *slept;
	} rows[] = {
		{ "+0 close(4) = 0\n+0", "sleep 5ms\n" },
		{ "+0 `sysctl x=1`\n+0", "sleep 5ms\n" },
		{ "+0 close(4) = 0\n+.2", "sleep 200ms\n" },
		{ "+.2 close(4) = 0\n+0", "sleep 205ms\n" },
		{ "+0 getsockopt(4) = 0\n+0", "win 1000 <mss 1000,nop,nop,TS val 10 ecr 0>\n" },
		{ "+0", "win 1000 <mss 1000,nop,nop,TS val 10 ecr 0>\n" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		char text[512], expected[256];

		snprintf(text, sizeof(text), SYN "%s < R 1:1(0) win 0\n", rows[i].calls);
		snprintf(expected, sizeof(expected), "%s%s", rows[i].slept, sent);
		check_last(text, expected);
	}
	check_last(SYN LISTEN "+0 < S 0:0(0) win 1\n",
		   "c2: auto all off\nsleep 100ms\nc2: send S 0:0(0) win 1 <>\n");
}

static void times__of_what_is_sent__sleep_and_at(void **unused)
{
	check_last(SYN "+.5 < R 1:1(0) win 0\n", "sleep 500ms\nsend R 1:1(0) win 0 <>\n");
	check_last(SYN "+.5 accept(3, ..., ...) = 4\n+1 < R 1:1(0) win 0\n",
		   "sleep 1500ms\nsend R 1:1(0) win 0 <>\n");
	check_last(SYN "1.25 < R 1:1(0) win 0\n", "at 1250ms\nsend R 1:1(0) win 0 <>\n");
	check_last("5 listen(3, 1) = 0\n6.5 < S 0:0(0) win 0 <mss 1,nop,nop,nop,nop>\n",
		   "at 1500ms\nsend S 0:0(0) win 0 <mss 1,nop,nop,nop,nop>\n");
	check_last(SYN "0 < R 1:1(0) win 0\n", "ecr 0>\nsend R 1:1(0) win 0 <>\n");
}

static void times__of_what_is_expected__with_tolerance_and_path(void **unused)
{
	/* 4 ms, and a second for the path. */
	check_last(SYN "+0 > R. 0:0(0) ack 1\n", "expect R. 0:0(0) ack 1 <> within 1004ms\n");
	check_last("--tolerance_usecs=20000\n" SYN "+0 > R. 0:0(0) ack 1\n",
		   "expect R. 0:0(0) ack 1 <> within 1020ms\n");
	/* An eighth of the time, where that is more; and not sooner. */
	check_last(SYN "+.8 > R. 0:0(0) ack 1\n",
		   "expect R. 0:0(0) ack 1 <> after 700ms within 1900ms\n");
	check_last(SYN "+.8~+1.6 > R. 0:0(0) ack 1\n",
		   "expect R. 0:0(0) ack 1 <> after 700ms within 2700ms\n");
	check_last(SYN "0.8~1.6 > R. 0:0(0) ack 1\n",
		   "expect R. 0:0(0) ack 1 <> after 700ms within 2700ms\n");
	/* When the server's program calls is its own affair. */
	check_last(SYN "+.8 close(4) = 0\n+0 > R. 0:0(0) ack 1\n",
		   "expect R. 0:0(0) ack 1 <> within 1900ms\n");
	check_last(SYN "* > R. 0:0(0) ack 1\n", "expect R. 0:0(0) ack 1 <>\n");
}

static void times__odd__refused(void **unused)
{
	check_refused(SYN "+ < R 1:1(0) win 0\n", PACKETDRILL_SYNTAX, 3, "a time is missing");
	check_refused(SYN "~1 < R 1:1(0) win 0\n", PACKETDRILL_SYNTAX, 3, "a time is missing");
	check_refused(SYN "+0x10 < R 1:1(0) win 0\n", PACKETDRILL_SYNTAX, 3, "a time is missing");
	check_refused(SYN "+99999999999 < R 1:1(0) win 0\n", PACKETDRILL_SYNTAX, 3,
		      "a time is missing");
}

/* ---- packets ---- */

static void packets__text_that_is_expected__may_come_in_parts(void **unused)
{
	static const struct {
		const char *text;
		bool in_parts;
	} rows[] = {
		{ OPEN "+0 > P. 1:3001(3000) ack 1", true },
		{ OPEN "+0 > . 1:1(0) ack 1", false },
		{ OPEN "+0 < . 1:3001(3000) ack 1 win 5", false },
		{ "--strict_segments\n" OPEN "+0 > P. 1:3001(3000) ack 1", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct packetdrill_notes notes;
		struct script *s = parse(rows[i].text, &notes);

		assert_int_equal(scripted_spec(s)->in_parts, rows[i].in_parts);
		script_free(s);
	}
}

static void packets__flags(void **unused)
{
	static const struct {
		const char *theirs, *ours;
	} rows[] = {
		{ ".", "." },	  { "-", "-" },
		{ "FP.", "FP." }, { "R", "R" },
		{ "PE.", "P.E" }, { "U.", ".U" },
		{ ".5", ".EA" },  { "P.7", "P.EWA" },
		{ "P.0", "P." },  { "FRPUEWA", "FRPUEWA" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512], expected[64];

		snprintf(text, sizeof(text), "%s+0 < %s 1:1(0) win 0", SYN, rows[i].theirs);
		snprintf(expected, sizeof(expected), "send %s 1:1(0) win 0 <>\n", rows[i].ours);
		check_last(text, expected);
	}
}

static void packets__timestamps__echo_what_was_captured(void **unused)
{
	check_last(OPEN, "send . 1:1(0) ack 1 win 1000 <nop,nop,TS val 11 ecr $line3.ts.val>\n");
	/* Between two, counted on from the first; without the clock's tick what it says is open. */
	check_last(OPEN "+0 > . 1:1(0) ack 1 <nop,nop,TS val 130 ecr 11>\n"
			"+0 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 12 ecr 130>\n"
			"+0 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 13 ecr 120>\n",
		   "expect . 1:1(0) ack 1 <nop,nop,TS val * ecr 11> within 1004ms as line5\n"
		   "send . 1:1(0) ack 1 win 1000 <nop,nop,TS val 12 ecr $line5.ts.val>\n"
		   "send . 1:1(0) ack 1 win 1000 <nop,nop,TS val 13 ecr $line3.ts.val + 20>\n");
	/* Before the first, counted back. */
	check_last(OPEN "+0 < . 1:1(0) ack 1 win 1000 <nop,nop,TS val 12 ecr 90>\n",
		   "send . 1:1(0) ack 1 win 1000 <nop,nop,TS val 12 ecr $line3.ts.val - 10>\n");
	check_last("--tcp_ts_tick_usecs=1000\n" OPEN
		   "+0 > . 1:1(0) ack 1 <nop,nop,TS val 100 ecr 11>\n",
		   "expect . 1:1(0) ack 1 <nop,nop,TS val $line4.ts.val - 4..$line4.ts.val + 1004 "
		   "ecr 11> within 1004ms as line6\n");
	/* A SYN has nothing to echo, nor has what does not acknowledge. */
	check_last(OPEN "+0 < R 1:1(0) win 0 <nop,nop,TS val 12 ecr 100>\n",
		   "send R 1:1(0) win 0 <nop,nop,TS val 12 ecr 100>\n");
}

/* In a SYN the script's numbers are as they are, elsewhere relative: ours are relative always. */
static void packets__initial_numbers__taken_off(void **unused)
{
	check_last(LISTEN "+0 < S 5000:5010(10) win 1000 <mss 1000>\n"
			  "+0 > S. 777:777(0) ack 5011 <...>\n"
			  "+0 < . 11:11(0) ack 1 win 1000\n"
			  "+0 < S 5000:5000(0) win 1000\n",
		   "send S 0:10(10) win 1000 <mss 1000>\n"
		   "expect S. 0:0(0) ack 11 <...> within 1004ms\n"
		   "send . 11:11(0) ack 1 win 1000 <>\n"
		   "send S 0:0(0) win 1000 <>\n");
}

static void packets__words_that_the_script_defines(void **unused)
{
	check_last("--define=M=1400\n--define=C=\"0a0b\"\n" LISTEN
		   "+0 < S 0:0(0) win M <mss M,FO C>\n",
		   "send S 0:0(0) win 1400 <mss 1400,hex 22040a0b>\n");
	check_refused(SYN "+0 < . 1:1(0) ack 1 win WINDOW\n", PACKETDRILL_WORD, 3,
		      "-D WINDOW=NUMBER");
	check_refused(SYN "+0 < S 0:0(0) win 1 <FO TFO_COOKIE>\n", PACKETDRILL_WORD, 3,
		      "TFO_COOKIE");
}

static void packets__words_that_are_defined_outside(void **unused)
{
	static const struct definition defs[] = {
		{ "M", "1400" },
		{ "C", "0a0b" },
		{ "W", "7" },
		{ "SETUP", "`a command`" },
	};
	static const char text[] =
		"--define=W=9\n" LISTEN "+0 SETUP\n+0 < S 0:0(0) win W <mss M,FO C>\n";
	struct packetdrill_notes notes;
	struct script_error e = { 0 };
	struct script *s = packetdrill_parse("test.pkt", text, strlen(text), defs, ARRAY_LEN(defs),
					     &notes, &e);
	char *all;

	assert_non_null(s);
	all = printed(s);
	assert_non_null(strstr(all, "send S 0:0(0) win 9 <mss 1400,hex 22040a0b>\n"));
	assert_int_equal(notes.skipped[PACKETDRILL_COMMAND], 1);
	free(all);
	script_free(s);
}

static void packets__not_to_be_played__refused_with_the_reason(void **unused)
{
	static const struct {
		const char *line;
		enum packetdrill_refusal why;
		const char *words;
	} rows[] = {
		{ "< icmp unreachable frag_needed mtu 1200", PACKETDRILL_ICMP, "icmp" },
		{ "< [noecn] icmp unreachable", PACKETDRILL_ICMP, "icmp" },
		{ "< udp (10)", PACKETDRILL_PROTOCOL, "udp" },
		{ "> ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0)", PACKETDRILL_PROTOCOL, "ipv4" },
		{ "< gre: . 1:1(0)", PACKETDRILL_PROTOCOL, "gre" },
		{ "< mpls (label 1, tc 0, [S], ttl 9): . 1:1(0)", PACKETDRILL_PROTOCOL, "mpls" },
		{ "< encap psp spi 7 . 1:1(0) ack 1 win 1", PACKETDRILL_PROTOCOL, "encap" },
		{ "< 1234>80 . 1:1(0) ack 1 win 1", PACKETDRILL_PORTS, "ports" },
		{ "< (flowlabel 0x1) . 1:1(0) ack 1 win 1", PACKETDRILL_FLOW_LABEL, "flowlabel" },
		{ "< [ect0, flowlabel 0x1] . 1:1(0)", PACKETDRILL_FLOW_LABEL, "flowlabel" },
		{ "< [ect2] . 1:1(0) ack 1 win 1", PACKETDRILL_SYNTAX, "ect2" },
		{ "> S 0:0(0) <...>", PACKETDRILL_CLIENT, "tests a client" },
		{ "< . 1:1(0) ack 1 win 1 <ECN e0b 1 ceb 1>", PACKETDRILL_OPTION, "ECN" },
		{ "< . 1:1(0) ack 1 win 1 <mss 65536>", PACKETDRILL_SYNTAX, "0 to 65535" },
		{ "< . 1:1(0) ack 1 win 1 <wscale 256,nop>", PACKETDRILL_SYNTAX, "0 to 255" },
		{ "< . 1:1(0) ack 1 win 1 <nop>", PACKETDRILL_SYNTAX, "whole words" },
		{ "< . 1:1(0) ack 1 win 1 <sack 1:2 2:3 3:4 4:5 5:6>", PACKETDRILL_SYNTAX,
		  "4 blocks" },
		{ "< . 1:1(0) ack 1 win 1 <sack 1-2>", PACKETDRILL_SYNTAX, "\":\"" },
		{ "< . 1:1(0) ack 1 win 1 <...>", PACKETDRILL_SYNTAX, "listed" },
		{ "< . 1:1(0) ack 1 win 1 <TS 1 2>", PACKETDRILL_SYNTAX, "val" },
		{ "< . 1:1(0) ack 1 win 1 <md5 012>", PACKETDRILL_WORD, "pairs" },
		{ "< . 1:1(0) ack 1 win 1 <nop,nop,nop,nop", PACKETDRILL_SYNTAX, "\">\"" },
		{ "< X 1:1(0) ack 1 win 1", PACKETDRILL_SYNTAX, "'X' is no flag" },
		{ "< 1:1(0) ack 1 win 1", PACKETDRILL_PORTS, "ports" },
		{ "< . 1:2(0) ack 1 win 1", PACKETDRILL_SYNTAX, "end at 1" },
		{ "< . 1:1 ack 1 win 1", PACKETDRILL_SYNTAX, "\"(\"" },
		{ "< . 1:4294967297(0)", PACKETDRILL_SYNTAX, "4294967295" },
		{ "< . 1:1(0) ack 1 win 65536", PACKETDRILL_SYNTAX, "65535" },
		{ "< . 1:1(0) ack win 1", PACKETDRILL_WORD, "win" },
		{ "<", PACKETDRILL_SYNTAX, "flags are missing" },
		{ "", PACKETDRILL_SYNTAX, "missing behind the time" },
		{ "foo", PACKETDRILL_SYNTAX, "neither a packet nor a system call" },
		{ "foo(1, (2)", PACKETDRILL_SYNTAX, "not closed" },
		{ "connect(3, ..., ...) = 0", PACKETDRILL_CLIENT, "connect()" },
		{ "`never closed", PACKETDRILL_SYNTAX, "no end" },
		{ "%{ never closed }", PACKETDRILL_SYNTAX, "no end" },
		{ "/* never closed", PACKETDRILL_SYNTAX, "no end" },
		{ "write(4, \"never closed, 1) = 1", PACKETDRILL_SYNTAX, "not closed" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[1024];

		snprintf(text, sizeof(text), "%s+0 %s", SYN, rows[i].line);
		check_refused(text, rows[i].why, 3, rows[i].words);
	}
}

static void scripts__without_anything_to_play(void **unused)
{
	check_refused("", PACKETDRILL_NO_PACKETS, 1, "nothing to play");
	check_refused("0 socket(..., SOCK_STREAM, 0) = 3\n", PACKETDRILL_NO_PACKETS, 2,
		      "nothing to play");
	check_refused("0 > S. 0:0(0) ack 1 <...>\n", PACKETDRILL_CLIENT, 1, "tests a client");
	check_refused("--define=A\n", PACKETDRILL_SYNTAX, 1, "--define=NAME=VALUE");
}

/* Cut anywhere, a script is refused or played, and nothing is read beyond its end. */
static void scripts__cut_anywhere__survive(void **unused)
{
	const char *top = getenv("top_srcdir");
	char path[4096], *text;
	size_t len;

	snprintf(path, sizeof(path), "%s/tests/data/packetdrill/everything.pkt", top ? top : ".");
	text = read_file(path, &len);
	for (size_t cut = 0; cut < len; cut++) {
		struct packetdrill_notes notes;
		struct script_error e = { 0 };
		char *part = test_malloc(
			cut ? cut : 1); /* exactly: so that a checker sees a step too far */
		struct script *s;

		memcpy(part, text, cut);
		s = packetdrill_parse("cut", part, cut, NULL, 0, &notes, &e);
		assert_int_equal(s == NULL, notes.refusal != PACKETDRILL_PLAYED);
		script_free(s);
		test_free(part);
	}
	test_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file__everything_that_a_packet_line_knows),
		cmocka_unit_test(file__two_connections),
		cmocka_unit_test(left_out__each_with_its_line_and_text),
		cmocka_unit_test(times__of_what_is_sent__sleep_and_at),
		cmocka_unit_test(times__of_what_is_expected__with_tolerance_and_path),
		cmocka_unit_test(times__odd__refused),
		cmocka_unit_test(packets__text_that_is_expected__may_come_in_parts),
		cmocka_unit_test(packets__flags),
		cmocka_unit_test(packets__timestamps__echo_what_was_captured),
		cmocka_unit_test(packets__initial_numbers__taken_off),
		cmocka_unit_test(packets__words_that_the_script_defines),
		cmocka_unit_test(packets__words_that_are_defined_outside),
		cmocka_unit_test(times__calls_before_what_is_sent__are_given_time),
		cmocka_unit_test(packets__not_to_be_played__refused_with_the_reason),
		cmocka_unit_test(scripts__without_anything_to_play),
		cmocka_unit_test(scripts__cut_anywhere__survive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
