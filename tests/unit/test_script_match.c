/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_match.c - is this segment the one that was expected, and if not, what says the report? */
#include "scripted.h"

/* What comes of a comparison; the report is in @r. */
static int compare_in(const char *expected, const struct packet *p, const struct match_base *base,
		      struct match_report *r, struct err *e)
{
	struct values *v = values_new();
	struct packet syn_ack = scripted_packet("S. 0:0(0) ack 1 win 500 <mss 1460>");
	char text[512];
	struct script *s;
	int result;

	assert_true(values_set(v, "x", (const uint8_t *)"101", 3));
	assert_true(values_set(v, "big", (const uint8_t *)"4294967290", 10));
	assert_true(values_set(v, "word", (const uint8_t *)"abc", 3));
	assert_true(values_capture(v, "synack", &syn_ack, PEERS, OURS));
	snprintf(text, sizeof(text),
		 "set x 101\nset big 4294967290\nset word abc\nexpect * as synack\nexpect %s\n",
		 expected);
	s = scripted(text);
	result = match_segment(scripted_spec(s), p, base, v, r, e);
	script_free(s);
	values_free(v);
	return result;
}

static int compare(const char *expected, const struct packet *p, struct match_report *r)
{
	struct err e = { 0 };
	int result = compare_in(expected, p, &scripted_base, r, &e);

	if (result < 0)
		fail_msg("%s: %s", expected, e.text);
	return result;
}

static const struct match_field *row(const struct match_report *r, const char *name)
{
	for (unsigned i = 0; i < r->count; i++)
		if (!strcmp(r->fields[i].name, name))
			return &r->fields[i];
	fail_msg("no row %s in the report", name);
	return NULL;
}

/* Exactly this field differs. NULL: none does. */
static void check(const char *expected, const struct packet *p, const char *differing)
{
	struct match_report r;
	int fits = compare(expected, p, &r);

	for (unsigned i = 0; i < r.count; i++)
		if (r.fields[i].differs && (!differing || strcmp(r.fields[i].name, differing)))
			fail_msg("expect %s: %s is %s, not %s", expected, r.fields[i].name,
				 r.fields[i].actual, r.fields[i].expected);
	if (differing && fits)
		fail_msg("expect %s: fits, but %s differs", expected, differing);
	assert_int_equal(fits, !differing);
	assert_int_equal(r.differing, differing ? 1 : 0);
}

struct row {
	const char *expected, *packet, *differing;
};

static void check_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct packet p = scripted_packet(rows[i].packet);

		check(rows[i].expected, &p, rows[i].differing);
	}
}
#define CHECK_ALL(rows) check_all(rows, sizeof(rows) / sizeof((rows)[0]))

static void flags__as_written__or_any(void **unused)
{
	static const struct row rows[] = {
		{ "S.", "S. 0:0(0) ack 1", NULL },     { ".S", "S. 0:0(0) ack 1", NULL },
		{ "S.", "SE. 0:0(0) ack 1", "flags" }, { "S", "S. 0:0(0) ack 1", "flags" },
		{ "*", "SE. 0:0(0) ack 1", NULL },     { "-", ". 0:0(0) ack 1", "flags" },
		{ "FP.", "FP. 1:2(1) ack 1", NULL },
	};

	CHECK_ALL(rows);
}

static void numbers__each_relation__as_unsigned_relative_values(void **unused)
{
	static const struct row rows[] = {
		{ ". 1:101(100)", ". 1:101(100) ack 1", NULL },
		{ ". 1:100(99)", ". 1:101(100) ack 1", "len" },
		{ ". 2:102(100)", ". 1:101(100) ack 1", "seq" },
		{ ". *:*(*)", ". 1:101(100) ack 1", NULL },
		{ ". *:*(99)", ". 1:101(100) ack 1", "len" },
		{ ". ack 1", ". 1:1(0) ack 1", NULL },
		{ ". ack 2", ". 1:1(0) ack 1", "ack" },
		{ ". ack *", ". 1:1(0) ack 1", NULL },
		{ ". ack != 1", ". 1:1(0) ack 1", "ack" },
		{ ". ack != 2", ". 1:1(0) ack 1", NULL },
		{ ". ack < 1000", ". 1:1(0) ack 999", NULL },
		{ ". ack < 1000", ". 1:1(0) ack 1000", "ack" },
		{ ". ack <= 1000", ". 1:1(0) ack 1000", NULL },
		{ ". ack <= 1000", ". 1:1(0) ack 1001", "ack" },
		{ ". ack > 1000", ". 1:1(0) ack 1001", NULL },
		{ ". ack > 1000", ". 1:1(0) ack 1000", "ack" },
		{ ". ack >= 1000", ". 1:1(0) ack 1000", NULL },
		{ ". ack >= 1000", ". 1:1(0) ack 999", "ack" },
		{ ". ack 10..20", ". 1:1(0) ack 10", NULL },
		{ ". ack 10..20", ". 1:1(0) ack 20", NULL },
		{ ". ack 10..20", ". 1:1(0) ack 21", "ack" },
		{ ". ack 10..20", ". 1:1(0) ack 9", "ack" },
		/* One before the initial number is the largest of all. */
		{ ". seq > 4294967000", ". 4294967295:4294967295(0) ack 1", NULL },
		{ ". seq 4294967295", ". 4294967295:4294967295(0) ack 1", NULL },
		{ ". seq < 10", ". 4294967295:4294967295(0) ack 1", "seq" },
	};

	CHECK_ALL(rows);
}

static void numbers__absolute__modulo_two_to_the_32(void **unused)
{
	static const struct row rows[] = {
		{ ". seq =4294967001", ". 1:1(0) ack 1", NULL },
		{ ". seq 4294967001 abs", ". 1:1(0) ack 1", NULL },
		{ ". seq =4294967002", ". 1:1(0) ack 1", "seq" },
		{ ". ack =4", ". 1:1(0) ack 10", NULL },
		{ ". ack =5", ". 1:1(0) ack 10", "ack" },
		{ ". ack =$synack.ack", ". 1:1(0) ack 1", NULL },
		{ ". seq =$synack.seq + 1", ". 1:1(0) ack 1", NULL },
	};

	CHECK_ALL(rows);
}

static void numbers__with_variables__put_in(void **unused)
{
	static const struct row rows[] = {
		{ ". ack $x", ". 1:1(0) ack 101", NULL },
		{ ". ack $x - 1", ". 1:1(0) ack 100", NULL },
		{ ". ack $x + 1", ". 1:1(0) ack 101", "ack" },
		{ ". 1:$x(100)", ". 1:101(100) ack 1", NULL },
		{ ". *:$x(*)", ". 2:101(99) ack 1", NULL },
		{ ". *:$x(*)", ". 2:102(100) ack 1", "end" },
		{ ". win $synack.win", ". 1:1(0) ack 1 win 500", NULL },
		{ ". len <= $synack.mss", ". 1:1461(1460) ack 1", NULL },
		{ ". len < $synack.mss", ". 1:1461(1460) ack 1", "len" },
	};

	CHECK_ALL(rows);
}

static void other_fields__each__fits_and_differs(void **unused)
{
	static const struct row rows[] = {
		{ ". win 5", ". 1:1(0) ack 1 win 5", NULL },
		{ ". win 6", ". 1:1(0) ack 1 win 5", "win" },
		{ ". win > 65534", ". 1:1(0) ack 1 win 65535", NULL },
		{ ". urg 9", ". 1:1(0) ack 1 urg 9", NULL },
		{ ". urg 8", ". 1:1(0) ack 1 urg 9", "urg" },
		{ ". reserved 0 offset 5", ". 1:1(0) ack 1", NULL },
		{ ". reserved 1", ". 1:1(0) ack 1", "reserved" },
		{ ". offset > 5", ". 1:1(0) ack 1", "offset" },
		{ ". sport 80 dport 40000", ". 1:1(0) ack 1", NULL },
		{ ". sport 81", ". 1:1(0) ack 1", "sport" },
		{ ". dport != 40000", ". 1:1(0) ack 1", "dport" },
		{ ". ttl 60 tos 0xba ecn 2", ". 1:1(0) ack 1 [ect0]", NULL },
		{ ". ttl 64", ". 1:1(0) ack 1", "ttl" },
		{ ". tos 0", ". 1:1(0) ack 1", "tos" },
		{ ". ce", ". 1:1(0) ack 1 [ce]", NULL },
		{ ". ect1", ". 1:1(0) ack 1 [ect0]", "ecn" },
		{ ". id 77 df", ". 1:1(0) ack 1", NULL },
		{ ". id 0", ". 1:1(0) ack 1", "id" },
		{ ". nodf", ". 1:1(0) ack 1", "df" },
	};

	CHECK_ALL(rows);
}

static void ipv6__id__cannot_be_told(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");
	struct match_report r;

	p.src.family = AF_INET6;
	check(". id *", &p, "id");
	compare(". id *", &p, &r);
	assert_string_equal(row(&r, "id")->actual, "cannot be told");
}

static void sum__right_partial_wrong_unknown(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");

	check(". sum 1", &p, NULL);
	check(". badsum", &p, "sum");
	p.seg.checksum_is = TCP_CHECKSUM_PARTIAL;
	check(". sum 1", &p, NULL);
	p.seg.checksum_is = TCP_CHECKSUM_BAD;
	check(". badsum", &p, NULL);
	check(". sum 1", &p, "sum");
	p.seg.checksum_is = TCP_CHECKSUM_UNKNOWN;
	check(". sum 1", &p, "sum");
	check(". badsum", &p, "sum");
}

static void before_the_peers_syn__its_number_is_zero(void **unused)
{
	const struct match_base base = { .ours = OURS };
	struct packet p = scripted_packet("S. 0:0(0) ack 1");
	struct match_report r;
	struct err e = { 0 };

	p.seg.seq = 123456;
	assert_int_equal(compare_in("S. 0:0(0) ack 1", &p, &base, &r, &e), 1);
	assert_int_equal(compare_in("S. seq =123456", &p, &base, &r, &e), 1);
	assert_int_equal(compare_in("S. seq 1", &p, &base, &r, &e), 0);
}

/* ---- options ---- */

/* mss, sackOK, TS, nop, wscale, as the encoder lays them out. */
#define SYN_ACK "S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 7,nop,wscale 9>"

static void options__exact_list__order_and_values(void **unused)
{
	static const struct row rows[] = {
		{ "S. <mss 1460,sackOK,TS val 100 ecr 7,nop,wscale 9>", SYN_ACK, NULL },
		{ "S. <mss 1460,sackOK,TS,nop,wscale 9>", SYN_ACK, NULL },
		{ "S. <mss *,sackOK,TS val * ecr 7,nop,wscale *>", SYN_ACK, NULL },
		{ "S. <mss 1000..1500,sackOK,TS val > 99 ecr 7,nop,wscale <= 14>", SYN_ACK, NULL },
		{ "S. <mss 1400,sackOK,TS,nop,wscale 9>", SYN_ACK, "mss" },
		{ "S. <mss 1460,sackOK,TS val 100 ecr 8,nop,wscale 9>", SYN_ACK, "TS" },
		{ "S. <mss 1460,sackOK,TS,nop,wscale 8>", SYN_ACK, "wscale" },
		{ "S. <sackOK,mss 1460,TS,nop,wscale 9>", SYN_ACK, "options" },
		{ "S. <mss 1460,sackOK,TS,nop>", SYN_ACK, "options" },
		{ "S. <mss 1460,sackOK,TS,nop,wscale 9,nop>", SYN_ACK, "options" },
		{ "S. <>", SYN_ACK, "options" },
		{ "S. <>", "S. 0:0(0) ack 1", NULL },
		{ "S. <mss 1460>", "S. 0:0(0) ack 1", "options" },
		{ ". <nop,nop,sack 11:21 31:41>", ". 1:1(0) ack 1 <sack 11:21,sack 31:41>", NULL },
		{ ". <nop,nop,sack 11:21>", ". 1:1(0) ack 1 <sack 11:21,sack 31:41>", "sack" },
		{ ". <nop,nop,sack 31:41 11:21>", ". 1:1(0) ack 1 <sack 11:21,sack 31:41>",
		  "sack" },
		{ ". <nop,nop,sack 11:22 31:41>", ". 1:1(0) ack 1 <sack 11:21,sack 31:41>",
		  "sack" },
	};

	CHECK_ALL(rows);
}

static void options__dots__each_somewhere(void **unused)
{
	static const struct row rows[] = {
		{ "S. <...>", SYN_ACK, NULL },
		{ "S. <*>", SYN_ACK, NULL },
		{ "S. <...>", "S. 0:0(0) ack 1", NULL },
		{ "S. <wscale 9,mss 1460,...>", SYN_ACK, NULL },
		{ "S. <wscale 8,mss 1460,...>", SYN_ACK, "wscale" },
		{ "S. <TS val * ecr 7,...>", SYN_ACK, NULL },
		{ "S. <TS,...>", "S. 0:0(0) ack 1 <mss 1460>", "TS" },
		{ "S. <sackOK,...>", "S. 0:0(0) ack 1 <mss 1460>", "sackOK" },
		{ "S. <nop,...>", SYN_ACK, NULL },
		{ "S. <nop,nop,...>", SYN_ACK, "nop" },
		{ "S. <kind 3,...>", SYN_ACK, NULL },
		{ "S. <kind 30,...>", SYN_ACK, "kind" },
		{ "S. <hex 030309,...>", SYN_ACK, NULL },
		{ "S. <hex 030308,...>", SYN_ACK, "hex" },
	};

	CHECK_ALL(rows);
}

static void options__timestamps__go_round(void **unused)
{
	static const struct row rows[] = {
		{ ". <TS val $big..5 ecr *,...>", ". 1:1(0) ack 1 <TS val 2 ecr 1>", NULL },
		{ ". <TS val $big..5 ecr *,...>", ". 1:1(0) ack 1 <TS val 6 ecr 1>", "TS" },
	};

	CHECK_ALL(rows);
}

static void options__odd_bytes__compared_as_they_are(void **unused)
{
	struct packet p = scripted_packet("S. 0:0(0) ack 1");

	scripted_options(&p, "1e04abcd"
			     "01"
			     "01"
			     "00"
			     "00");
	check("S. <hex 1e04abcd,nop,nop>", &p, NULL); /* what only fills up is not listed */
	check("S. <hex 1e04abcd,nop,nop,eol,eol>", &p, NULL);
	check("S. <hex 1e04abcd0101>", &p, NULL);
	check("S. <kind 30,nop,nop>", &p, NULL);
	check("S. <hex 1e04abce,nop,nop>", &p, "options");
	check("S. <hex 1e04abcd,nop,nop,eol,eol,eol>", &p, "options");
	scripted_options(&p, "02030504"); /* an mss of three bytes, then one without a length */
	check("S. <mss 1284,...>", &p, "mss");
	check("S. <...>", &p, NULL);
	check("S. <hex 02030504>", &p, NULL);
	scripted_options(&p, "0200"); /* a length of 0 */
	check("S. <mss *>", &p, "options");
	check("S. <mss *,...>", &p, "mss");
	check("S. <hex 0200>", &p, NULL);
}

/* Of two options of a kind, the one that fits is taken. */
static void options__twice__the_better_one(void **unused)
{
	struct packet p = scripted_packet("S. 0:0(0) ack 1");

	scripted_options(&p, "020405b4"
			     "02040218");
	check("S. <mss 536,...>", &p, NULL);
	check("S. <mss 536,mss 1460,...>", &p, NULL);
	check("S. <mss 536,mss 536,...>", &p, "mss");
	check("S. <mss 1460,mss 536>", &p, NULL);
}

/* ---- text ---- */

static void data__bytes__exact(void **unused)
{
	struct packet p = scripted_packet("P. 1:1(0) ack 1");

	scripted_text(&p, "HTTP/1.1 200 OK\r\n\0x", 19);
	check("P. data \"HTTP/1.1 200 OK\\r\\n\\0x\"", &p, NULL);
	check("P. data \"HTTP/1.1 200 OK\\r\\n\"", &p, "data");
	check("P. data \"HTTP/1.1 200 OK\\r\\n\\0xy\"", &p, "data");
	check("P. data \"HTTP/1.1 201 OK\\r\\n\\0x\"", &p, "data");
	check("P. data hex 48545450", &p, "data");
	check("P. data len 19", &p, NULL);
	check("P. data len 18", &p, "len");
	scripted_text(&p, "abc-101", 7);
	check("P. data \"${word}-${x}\"", &p, NULL);
	scripted_text(&p, "", 0);
	check("P. data \"\"", &p, NULL);
}

static void data__regex__with_nuls_and_newlines(void **unused)
{
	struct packet p = scripted_packet("P. 1:1(0) ack 1");

	scripted_text(&p, "HTTP/1.1 200 OK\r\n\0tail", 22);
	check("P. data ~ /^HTTP\\/1\\.[01] 2/", &p, NULL);
	check("P. data ~ /tail$/", &p, NULL);
	check("P. data ~ /404/", &p, "data");
	scripted_text(&p, "", 0);
	check("P. data ~ /^$/", &p, NULL);
	check("P. data ~ /./", &p, "data");
}

static void data__regex__sees_64_kib(void **unused)
{
	struct packet p = scripted_packet("P. 1:1(0) ack 1");
	char *text = test_malloc(70000);

	memset(text, 'a', 70000);
	text[65535] = 'b';
	text[65536] = 'c';
	scripted_text(&p, text, 70000);
	check("P. data ~ /b$/", &p, NULL);
	check("P. data ~ /c/", &p, "data");
	test_free(text);
}

static void data__not_captured_whole__differs(void **unused)
{
	struct packet p = scripted_packet("P. 1:101(100) ack 1");
	struct match_report r;

	p.seg.text = NULL;
	p.text_cut = true;
	check("P. data \"x\"", &p, "data");
	check("P. data ~ /x*/", &p, "data");
	check("P. len 100", &p, NULL);
	compare("P. data \"x\"", &p, &r);
	assert_string_equal(row(&r, "data")->actual, "100 bytes, not captured whole");
}

/* ---- in parts ---- */

static int part(const char *expected, const char *packet, uint32_t *done)
{
	struct packet p = scripted_packet(packet);
	struct script *s = scripted(expected);
	struct segment_spec spec = *scripted_spec(s);
	struct values *v = values_new();
	struct err e = { 0 };
	int result;

	spec.in_parts = true;
	result = match_part(&spec, &p, &scripted_base, v, done, NULL, &e);
	values_free(v);
	script_free(s);
	return result;
}

static void in_parts__one_after_the_other__until_all_has_come(void **unused)
{
	static const char expected[] = "expect FP. 1:3001(3000) ack 1";
	uint32_t done = 0;

	assert_int_equal(part(expected, ". 1:1001(1000) ack 1", &done), 2);
	assert_int_equal(part(expected, ". 1:1001(1000) ack 1", &done), 0);    /* again */
	assert_int_equal(part(expected, ". 2001:3001(1000) ack 1", &done), 0); /* a gap */
	assert_int_equal(part(expected, "P. 1001:2001(1000) ack 2", &done), 0);
	assert_int_equal(part(expected, "F. 1001:2001(1000) ack 1", &done), 0);
	assert_int_equal(part(expected, ". 1001:1001(0) ack 1", &done), 0);
	assert_int_equal(done, 1000);
	assert_int_equal(part(expected, "P. 1001:2001(1000) ack 1", &done), 2);
	assert_int_equal(part(expected, ". 2001:3001(1000) ack 1", &done), 0);	 /* without FIN */
	assert_int_equal(part(expected, "FP. 2001:3101(1100) ack 1", &done), 0); /* too much */
	assert_int_equal(part(expected, "FP. 2001:3001(1000) ack 1", &done), 1);
	done = 0;
	assert_int_equal(part(expected, "FP. 1:3001(3000) ack 1", &done), 1);
}

/* ---- the report ---- */

static void report__each_field__as_written_and_as_it_was(void **unused)
{
	struct packet p = scripted_packet("S. 0:0(0) ack 1 win 512 <mss 1400,nop,wscale 7>");
	struct match_report r;

	assert_int_equal(
		compare("S. 0:0(0) ack $x win >= 1000 ttl != 60 <mss 1460,wscale *,sackOK,...>", &p,
			&r),
		0);
	assert_int_equal(r.differing, 5);
	assert_string_equal(r.fields[0].name, "flags");
	assert_string_equal(r.fields[0].expected, "S.");
	assert_string_equal(row(&r, "ack")->expected, "101");
	assert_string_equal(row(&r, "ack")->actual, "1");
	assert_string_equal(row(&r, "win")->expected, ">= 1000");
	assert_string_equal(row(&r, "win")->actual, "512");
	assert_string_equal(row(&r, "ttl")->expected, "!= 60");
	assert_string_equal(row(&r, "mss")->actual, "1400");
	assert_string_equal(row(&r, "wscale")->expected, "*");
	assert_false(row(&r, "wscale")->differs);
	assert_string_equal(row(&r, "sackOK")->expected, "there");
	assert_string_equal(row(&r, "sackOK")->actual, "not there");
	assert_int_equal(r.count, 9);
}

static void report__lists_of_other_kinds__both_whole(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1 <TS val 5 ecr 6,sack 11:21>");
	struct match_report r;

	compare(". <nop,nop,sack 11:21 31:$x,kind 9,hex 0102>", &p, &r);
	assert_string_equal(row(&r, "options")->expected,
			    "<nop,nop,sack 11:21 31:101,kind 9,hex 0102>");
	assert_string_equal(row(&r, "options")->actual,
			    "<nop,nop,TS val 5 ecr 6,nop,nop,sack 11:21>");
}

static void report__absolute_number__shown_so(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");
	struct match_report r;

	compare(". seq =5 ack 7", &p, &r);
	assert_string_equal(row(&r, "seq")->expected, "=5");
	assert_string_equal(row(&r, "seq")->actual, "=4294967001");
	assert_string_equal(row(&r, "ack")->actual, "1");
}

static void report__long_data__the_place_that_differs(void **unused)
{
	struct packet p = scripted_packet("P. 1:1(0) ack 1");
	struct match_report r;
	char text[101], line[200];

	for (unsigned i = 0; i < 100; i++)
		text[i] = (char)('a' + i % 26);
	text[100] = '\0';
	snprintf(line, sizeof(line), "P. data \"%s\"", text);
	text[60] = '!';
	scripted_text(&p, text, 100);
	compare(line, &p, &r);
	assert_string_equal(row(&r, "data")->expected,
			    "100 bytes, at 52 \"abcdefghijklmnopqrstuvwxyzabcdefghijklmn\"...");
	assert_string_equal(row(&r, "data")->actual,
			    "100 bytes, at 52 \"abcdefgh!jklmnopqrstuvwxyzabcdefghijklmn\"...");
}

static void report__without_one__same_result(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");

	assert_int_equal(compare(". ack 1", &p, NULL), 1);
	assert_int_equal(compare(". ack 2", &p, NULL), 0);
}

static void cannot_be_evaluated__said(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");
	struct err e = { 0 };

	assert_int_equal(compare_in(". ack $word", &p, &scripted_base, NULL, &e), -1);
	assert_non_null(strstr(e.text, "$word"));
	assert_int_equal(e.status, STATUS_USAGE);
	assert_int_equal(compare_in(". win $synack.wscale", &p, &scripted_base, NULL, &e), -1);
	assert_non_null(strstr(e.text, "without the option"));
	assert_int_equal(compare_in(". <mss $word,...>", &p, &scripted_base, NULL, &e), -1);
}

static void printed__columns_and_marks(void **unused)
{
	struct packet p = scripted_packet("S. 0:0(0) ack 1 win 512");
	struct match_report r;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	compare("S. 0:0(0) ack 2 win >= 1000 <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7>", &p,
		&r);
	match_print(out, &r, "  | ");
	fclose(out);
	assert_string_equal(text, "  |   field    expected  actual\n"
				  "  |   flags    S.        S.\n"
				  "  |   seq      0         0\n"
				  "  | ! ack      2         1\n"
				  "  |   len      0         0\n"
				  "  | ! win      >= 1000   512\n"
				  "  | ! options  <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7>\n"
				  "  | !   but    <>\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags__as_written__or_any),
		cmocka_unit_test(numbers__each_relation__as_unsigned_relative_values),
		cmocka_unit_test(numbers__absolute__modulo_two_to_the_32),
		cmocka_unit_test(numbers__with_variables__put_in),
		cmocka_unit_test(other_fields__each__fits_and_differs),
		cmocka_unit_test(ipv6__id__cannot_be_told),
		cmocka_unit_test(sum__right_partial_wrong_unknown),
		cmocka_unit_test(before_the_peers_syn__its_number_is_zero),
		cmocka_unit_test(options__exact_list__order_and_values),
		cmocka_unit_test(options__dots__each_somewhere),
		cmocka_unit_test(options__timestamps__go_round),
		cmocka_unit_test(options__odd_bytes__compared_as_they_are),
		cmocka_unit_test(options__twice__the_better_one),
		cmocka_unit_test(data__bytes__exact),
		cmocka_unit_test(data__regex__with_nuls_and_newlines),
		cmocka_unit_test(data__regex__sees_64_kib),
		cmocka_unit_test(data__not_captured_whole__differs),
		cmocka_unit_test(in_parts__one_after_the_other__until_all_has_come),
		cmocka_unit_test(report__each_field__as_written_and_as_it_was),
		cmocka_unit_test(report__lists_of_other_kinds__both_whole),
		cmocka_unit_test(report__absolute_number__shown_so),
		cmocka_unit_test(report__long_data__the_place_that_differs),
		cmocka_unit_test(report__without_one__same_result),
		cmocka_unit_test(cannot_be_evaluated__said),
		cmocka_unit_test(printed__columns_and_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
