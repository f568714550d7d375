/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_script_values.c - the table of fields, and what variables and captured segments hold. */
#include "script/fields.h"
#include "script/values.h"
#include "scripted.h"

static struct values *some_values(void)
{
	struct packet p = scripted_packet("S. 0:0(0) ack 1 win 512 <mss 1460,TS val 70 ecr 7>");
	struct values *v = values_new();

	scripted_text(&p, "body", 4);
	assert_true(values_set(v, "x", (const uint8_t *)"101", 3));
	assert_true(values_set(v, "hex", (const uint8_t *)"0xff", 4));
	assert_true(values_set(v, "empty", NULL, 0));
	assert_true(values_set(v, "most", (const uint8_t *)"9223372036854775807", 19));
	assert_true(values_capture(v, "synack", &p, PEERS, OURS));
	return v;
}

/* "$a + $b.field - 3": names begin with $. */
static struct number number_of(const char *text)
{
	static char copies[4][64];
	struct number n = { 0 };
	bool minus = false;
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *save, *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		char *dot;

		if (!strcmp(word, "+") || !strcmp(word, "-")) {
			minus = *word == '-';
			continue;
		}
		n.terms[n.count].minus = minus;
		n.terms[n.count].value = strtoll(word, NULL, 0);
		if (*word == '$') {
			snprintf(copies[n.count], sizeof(copies[0]), "%s", word + 1);
			dot = strchr(copies[n.count], '.');
			n.terms[n.count].name = copies[n.count];
			if (dot) {
				*dot = '\0';
				n.terms[n.count].field = dot + 1;
			}
		}
		n.count++;
	}
	return n;
}

static void check_number(const char *text, bool absolute, int64_t expected)
{
	struct values *v = some_values();
	struct number n = number_of(text);
	struct err e = { 0 };
	int64_t value;

	n.absolute = absolute;
	if (!values_number(v, &n, INT64_MIN, INT64_MAX, &value, &e))
		fail_msg("%s: %s", text, e.text);
	if (value != expected)
		fail_msg("%s is %lld, not %lld", text, (long long)value, (long long)expected);
	values_free(v);
}

static void check_failure(const char *text, int64_t min, int64_t max, const char *words)
{
	struct values *v = some_values();
	struct number n = number_of(text);
	struct err e = { 0 };
	int64_t value;

	assert_false(values_number(v, &n, min, max, &value, &e));
	assert_true(e.status != STATUS_OK);
	if (!strstr(e.text, words))
		fail_msg("%s: \"%s\" does not say \"%s\"", text, e.text, words);
	values_free(v);
}

static void number__terms__added_from_left_to_right(void **unused)
{
	check_number("38", false, 38);
	check_number("- 38", false, -38);
	check_number("$x + 1", false, 102);
	check_number("$x - $hex - 1", false, -155);
	check_number("1 + 2 + 3 - 10", false, -4);
}

static void number__fields_of_a_captured_segment__relative_and_absolute(void **unused)
{
	check_number("$synack.seq + 1", false, 1);
	check_number("$synack.seq + 1", true, PEERS + 1ll);
	check_number("$synack.ack", false, 1);
	check_number("$synack.ack", true, OURS + 1ll);
	check_number("$synack.win", false, 512);
	check_number("$synack.len", false, 4);
	check_number("$synack.ttl", false, 60);
	check_number("$synack.id", false, 77);
	check_number("$synack.mss", false, 1460);
	check_number("$synack.ts.val", false, 70);
	check_number("$synack.ts.ecr", false, 7);
	check_number("$synack.flags", false, TCP_FLAG_SYN | TCP_FLAG_ACK);
}

static void number__not_to_be_had__says_why(void **unused)
{
	check_failure("$y", 0, 9, "$y: nothing of that name");
	check_failure("$y.seq", 0, 9, "$y: nothing of that name");
	check_failure("$empty", 0, 9, "$empty is no number");
	check_failure("$synack", 0, 9, "$synack.seq");
	check_failure("$x.seq", 0, 9, "holds no segment");
	check_failure("$synack.wscale", 0, 9, "came without the option");
	check_failure("$synack.text", 0, 9, "no number of that name");
	check_failure("$synack.colour", 0, 9, "no number of that name");
	check_failure("$x", 0, 100, "101 is out of range: 0 to 100");
	check_failure("$x - 102", 0, 100, "-1 is out of range");
	check_failure("$most + 1", INT64_MIN, INT64_MAX, "too large");
	check_failure("- $most - $most", INT64_MIN, INT64_MAX, "too large");
}

static void text__no_number__refused(void **unused)
{
	static const char *const odd[] = { "abc",
					   "1 ",
					   " 1",
					   "-1",
					   "1e3",
					   "0x",
					   "1.5",
					   "0xg",
					   "9223372036854775808",
					   "000000000000000000000000000000001" };
	struct number n = number_of("$v");
	struct values *v = values_new();
	struct err e = { 0 };
	int64_t value;

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_true(values_set(v, "v", (const uint8_t *)odd[i], strlen(odd[i])));
		assert_false(values_number(v, &n, INT64_MIN, INT64_MAX, &value, &e));
	}
	assert_true(values_set(v, "v", (const uint8_t *)"1\0", 2));
	assert_false(values_number(v, &n, INT64_MIN, INT64_MAX, &value, &e));
	assert_true(values_set(v, "v", (const uint8_t *)"12", 2));
	assert_true(values_number(v, &n, INT64_MIN, INT64_MAX, &value, &e));
	assert_int_equal(value, 12);
	values_free(v);
}

static void set_again__replaces(void **unused)
{
	struct packet p = scripted_packet(". 1:1(0) ack 1");
	struct values *v = some_values();
	const uint8_t *bytes;
	size_t len;

	assert_true(values_set(v, "synack", (const uint8_t *)"a\0b", 3));
	bytes = values_get(v, "synack", &len);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	assert_true(values_capture(v, "x", &p, PEERS, OURS));
	bytes = values_get(v, "x", &len);
	assert_non_null(bytes);
	assert_int_equal(len, 0);
	assert_null(values_get(v, "sy", &len));
	assert_null(values_get(v, "synack2", &len));
	/* From itself: the old bytes must outlive the copy. */
	assert_true(values_set(v, "synack", values_get(v, "synack", &len), 2));
	assert_memory_equal(values_get(v, "synack", &len), "a", 2);
	values_free(v);
}

static void bytes__pieces__put_together(void **unused)
{
	static const struct bytes_piece pieces[] = {
		{ NULL, (const uint8_t *)"a\0", 2 },
		{ "x", NULL, 0 },
		{ NULL, (const uint8_t *)"-", 1 },
		{ "synack.text", NULL, 0 },
		{ NULL, (const uint8_t *)"-", 1 },
		{ "synack", NULL, 0 },
		{ NULL, (const uint8_t *)"-", 1 },
		{ "synack.flags", NULL, 0 },
		{ NULL, (const uint8_t *)"-", 1 },
		{ "synack.ts.val", NULL, 0 },
		{ "empty", NULL, 0 },
	};
	const struct bytes all = { sizeof(pieces) / sizeof(pieces[0]),
				   (struct bytes_piece *)(uintptr_t)pieces };
	const struct bytes none = { 0, NULL };
	struct values *v = some_values();
	struct err e = { 0 };
	uint8_t *bytes;
	size_t len;

	bytes = values_bytes(v, &all, &len, &e);
	assert_non_null(bytes);
	assert_int_equal(len, 2 + 3 + 1 + 4 + 1 + 4 + 1 + 2 + 1 + 2);
	assert_memory_equal(bytes, "a\000101-body-body-S.-70", len);
	free(bytes);
	bytes = values_bytes(v, &none, &len, &e);
	assert_non_null(bytes);
	assert_int_equal(len, 0);
	free(bytes);
	values_free(v);
}

static void bytes__of_what_is_not_there__says_so(void **unused)
{
	static const char *const names[] = { "y", "y.text", "x.text", "synack.wscale" };
	struct values *v = some_values();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes_piece piece = { names[i], NULL, 0 };
		struct bytes b = { 1, &piece };
		struct err e = { 0 };
		size_t len;

		assert_null(values_bytes(v, &b, &len, &e));
		assert_true(e.status != STATUS_OK);
		assert_non_null(strstr(e.text, "$"));
	}
	values_free(v);
}

static void printed__a_line_each(void **unused)
{
	struct packet cut = scripted_packet("P. 1:101(100) ack 1");
	struct values *v = some_values();
	char *text = NULL, long_text[100];
	size_t len;
	FILE *out = open_memstream(&text, &len);
	unsigned lines = 0;

	memset(long_text, 'z', sizeof(long_text));
	assert_true(values_set(v, "long", (const uint8_t *)long_text, sizeof(long_text)));
	cut.seg.text = NULL; /* not captured whole */
	assert_true(values_capture(v, "cut", &cut, PEERS, OURS));
	values_print(v, out);
	fclose(out);
	for (const char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 7);
	assert_non_null(strstr(text, "x = \"101\"\n"));
	assert_non_null(strstr(text, "synack = S. 0:4(4) ack 1 win 512"));
	assert_non_null(strstr(text, "... (100 bytes)\n"));
	assert_non_null(strstr(text, "cut = P. 1:101(100) ack 1"));
	free(text);
	values_free(v);
}

/* ---- the table of fields ---- */

static void fields__each_has_a_row__found_by_its_name(void **unused)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = field_info((enum field)i);
		enum field found;

		assert_non_null(info->name);
		assert_true(info->max > 0);
		assert_non_null(info->read);
		assert_true(field_find(info->name, &found));
		assert_int_equal(found, i);
	}
	assert_false(field_find("windo", &(enum field){ 0 }));
	assert_false(field_find("", &(enum field){ 0 }));
}

/* What is written is what a packet made of it has. */
static void fields__written__read_back(void **unused)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		const struct field_info *info = field_info((enum field)i);
		struct craft_ip ip = { 0 };
		struct tcp_segment seg = { 0 };
		struct packet p = { .src.family = AF_INET };
		uint32_t value;

		if (!info->write)
			continue;
		info->write(info->max, &seg, &ip);
		p.seg = seg;
		p.ttl = ip.ttl;
		p.tos = (uint8_t)(ip.tos | seg.ecn);
		p.ip_id = ip.id;
		p.dont_fragment = ip.dont_fragment;
		p.seg.checksum_is = ip.bad_checksum ? TCP_CHECKSUM_BAD : TCP_CHECKSUM_OK;
		assert_true(info->read(&p, &value));
		if (value != info->max)
			fail_msg("%s: wrote %u, read %u", info->name, info->max, value);
	}
}

static void fields__ecn_and_tos__share_two_bits(void **unused)
{
	struct craft_ip ip = { .tos = 0xff };
	struct tcp_segment seg = { .ecn = TCP_ECN_ECT0 };

	field_ecn_and_tos(true, true, &seg, &ip);
	assert_int_equal(ip.tos | seg.ecn, 0xfe);
	ip.tos = 0x11;
	field_ecn_and_tos(true, false, &seg, &ip);
	assert_int_equal(ip.tos | seg.ecn, 0x11);
}

static void fields__names_behind_the_dot__all_are_known(void **unused)
{
	unsigned count = 0;
	enum captured what;
	enum field f;

	for (const char *const *name = field_captured_names(); *name; name++, count++)
		assert_true(field_find(*name, &f) || captured_find(*name, &what));
	assert_int_equal(count, FIELD_COUNT + CAPTURED_COUNT);
	assert_false(captured_find("ts", &what));
}

static void flags__as_letters(void **unused)
{
	char text[FIELD_FLAGS_MAX];

	assert_string_equal(field_flags_text(TCP_FLAG_SYN | TCP_FLAG_ACK, text), "S.");
	assert_string_equal(field_flags_text(0, text), "none");
	assert_string_equal(field_flags_text(0x1ff, text), "FSRP.UEWA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number__terms__added_from_left_to_right),
		cmocka_unit_test(number__fields_of_a_captured_segment__relative_and_absolute),
		cmocka_unit_test(number__not_to_be_had__says_why),
		cmocka_unit_test(text__no_number__refused),
		cmocka_unit_test(set_again__replaces),
		cmocka_unit_test(bytes__pieces__put_together),
		cmocka_unit_test(bytes__of_what_is_not_there__says_so),
		cmocka_unit_test(printed__a_line_each),
		cmocka_unit_test(fields__each_has_a_row__found_by_its_name),
		cmocka_unit_test(fields__written__read_back),
		cmocka_unit_test(fields__ecn_and_tos__share_two_bits),
		cmocka_unit_test(fields__names_behind_the_dot__all_are_known),
		cmocka_unit_test(flags__as_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
