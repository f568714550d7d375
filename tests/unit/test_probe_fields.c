/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_probe_fields.c - results of `probe` for programs: JSON lines and CSV, both parsed back, and with the same
 * values in both. */
#include "probed.h"
#include "view/json_fields.h"

#define COLUMNS_MAX 64

static const char hostile[] = "evil\033[2J,\"x\"\r\n\x80";

/* ---- JSON ------------------------------------------------------------------------------------- */

/* The lines of @text, each an object; returns how many. */
static unsigned parse_json(const char *text, json_t *lines[], unsigned max)
{
	unsigned n = 0;

	for (const char *end; *text; text = end + 1, n++) {
		json_error_t error;

		end = strchr(text, '\n');
		assert_non_null(end);
		assert_true(n < max);
		for (const char *at = text; at < end; at++)
			assert_in_range((unsigned char)*at, 0x20, 0x7e);
		lines[n] = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, &error);
		if (!lines[n])
			fail_msg("%s: %.*s", error.text, (int)(end - text), text);
	}
	return n;
}

static const char *string_in(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "(none)";
}

static json_int_t integer_in(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		fail_msg("no integer %s", name);
	return json_integer_value(value);
}

/* Each member is a row of the table, with the type that this says. */
static void check_fields(json_t *object, enum json_table table)
{
	const char *key, *type;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		const struct json_field *f = json_fields(table);

		if (!strcmp(key, "type") || !strcmp(key, "schema"))
			continue;
		while (f->name && strcmp(f->name, key))
			f++;
		if (!f->name)
			fail_msg("%s is in no table", key);
		type = json_is_integer(value) ? "integer" :
		       json_is_string(value)  ? "string" :
		       json_is_boolean(value) ? "boolean" :
		       json_is_object(value)  ? "object" :
		       json_is_array(value)   ? "array of objects" :
						"something else";
		assert_string_equal(f->type, type);
	}
}

static void json__all_kinds_in_order_with_a_summary(void **unused)
{
	static const char *const order[] = {
		"192.0.2.9",  "192.0.2.9",  "192.0.2.10", "192.0.2.11",
		"192.0.2.12", "192.0.2.13", "192.0.2.14", "2001:db8::1"
	};
	struct probe_totals totals = totals_of_all_kinds();
	struct probe_result results[10];
	unsigned n = results_of_all_kinds(results);
	json_t *lines[16], *states;
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .format = PROBE_FORMAT_JSON, .targets = 8 });
	for (unsigned i = 0; i < n; i++)
		probe_view_result(p.v, &results[i]);
	probed_close(&p, &totals);
	assert_int_equal(parse_json(p.text, lines, 16), 9);
	for (unsigned i = 0; i < 8; i++) {
		assert_string_equal(string_in(lines[i], "type"), "probe");
		assert_string_equal(string_in(lines[i], "target"), order[i]);
		check_fields(lines[i], JSON_PROBE);
		assert_int_equal(json_object_get(lines[i], "schema") != NULL, i == 0);
	}
	assert_string_equal(string_in(lines[0], "state"), "closed");
	assert_int_equal(integer_in(lines[0], "rtt_ns"), 20 * MS);
	assert_null(json_object_get(lines[0], "window"));
	assert_null(json_object_get(lines[0], "close"));

	assert_int_equal(integer_in(lines[1], "http_status"), 200);
	assert_string_equal(string_in(lines[1], "http_line"), "HTTP/1.1 200 OK");
	assert_int_equal(integer_in(lines[1], "first_byte_ns"), 1234567);
	assert_true(json_is_true(json_object_get(lines[1], "ecn")));
	assert_string_equal(string_in(lines[1], "close"), "no-fin");

	assert_string_equal(string_in(lines[2], "name"), "server.example");
	assert_int_equal(integer_in(lines[2], "port"), 80);
	assert_int_equal(integer_in(lines[2], "rtt_ns"), 412345);
	assert_int_equal(integer_in(lines[2], "close_ns"), 911000);
	assert_int_equal(integer_in(lines[2], "stamp_ns"), 1700000000000000000);
	assert_int_equal(integer_in(lines[2], "ttl"), 63);
	assert_int_equal(integer_in(lines[2], "distance"), 1);
	assert_string_equal(string_in(lines[2], "options"), "mss 1460,sackOK,TS,nop,wscale 7");
	assert_string_equal(string_in(lines[2], "p0f"),
			    "4:63+1:0:1460:mss*45,7:mss,sok,ts,nop,ws:df:0");
	assert_string_equal(string_in(lines[2], "ja4ts"), "65160_2-4-8-1-3_1460_7");
	assert_true(json_is_false(json_object_get(lines[2], "ecn")));
	assert_true(json_is_true(json_object_get(lines[2], "df")));
	assert_true(json_is_true(json_object_get(lines[2], "sack")));

	assert_int_equal(integer_in(lines[3], "attempts"), 3);
	assert_null(json_object_get(lines[3], "rtt_ns"));
	assert_string_equal(string_in(lines[4], "reason"), "host unreachable");
	assert_string_equal(string_in(lines[4], "reason_from"), "198.51.100.254");
	assert_null(json_object_get(lines[5], "reason_from"));
	assert_null(json_object_get(lines[7], "df"));

	check_fields(lines[8], JSON_PROBE_SUMMARY);
	assert_string_equal(string_in(lines[8], "type"), "probe-summary");
	states = json_object_get(lines[8], "states");
	assert_int_equal(integer_in(states, "open"), 3);
	assert_int_equal(integer_in(states, "unreachable"), 2);
	assert_int_equal(integer_in(json_object_get(lines[8], "closes"), "no-fin"), 1);
	assert_int_equal(integer_in(lines[8], "took_ns"), 3500000000);
	assert_int_equal(integer_in(lines[8], "forged"), 2);
	assert_true(json_is_false(json_object_get(lines[8], "interrupted")));
	assert_null(json_object_get(lines[8], "repeats"));
	for (unsigned i = 0; i < 9; i++)
		json_decref(lines[i]);
	probed_end(&p);
}

static void json__repeats_have_statistics(void **unused)
{
	struct probe_result r = open_of("192.0.2.1", 80);
	struct probed p;
	json_t *lines[4], *repeat;

	probed_begin(&p, (struct probe_view_options){
				 .format = PROBE_FORMAT_JSON, .targets = 1, .repeat = true });
	for (r.round = 1; r.round <= 3; r.round++) {
		r.rtt_ns = (int64_t)r.round * r.round * MS; /* 1, 4 and 9 ms */
		probe_view_result(p.v, &r);
	}
	probed_close(&p, NULL);
	assert_int_equal(parse_json(p.text, lines, 4), 4);
	assert_int_equal(integer_in(lines[2], "round"), 3);
	repeat = json_array_get(json_object_get(lines[3], "repeats"), 0);
	check_fields(repeat, JSON_PROBE_REPEAT);
	assert_int_equal(integer_in(repeat, "rounds"), 3);
	assert_int_equal(integer_in(repeat, "rtt_avg_ns"), 4666667);
	assert_int_equal(integer_in(repeat, "jitter_ns"), 4 * MS);
	for (unsigned i = 0; i < 4; i++)
		json_decref(lines[i]);
	probed_end(&p);
}

/* ---- CSV -------------------------------------------------------------------------------------- */

/* One record of RFC 4180, taken apart in place; returns where the next begins. */
static char *parse_record(char *at, char *cells[COLUMNS_MAX], unsigned *count)
{
	*count = 0;
	for (;;) {
		bool quoted = *at == '"';
		char *to = at += quoted;

		assert_true(*count < COLUMNS_MAX);
		cells[(*count)++] = to;
		while (quoted ? *at != '"' || at[1] == '"' : *at != ',' && *at != '\r') {
			assert_true(*at);
			at += quoted && *at == '"';
			*to++ = *at++;
		}
		at += quoted;
		if (*at == '\r') {
			assert_int_equal(at[1], '\n');
			*to = '\0';
			return at + 2;
		}
		assert_int_equal(*at, ',');
		at++;
		*to = '\0';
	}
}

/* What a JSON value is in CSV. */
static void assert_same(const json_t *value, const char *cell)
{
	char number[32];

	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		assert_string_equal(cell, number);
	} else if (json_is_string(value)) {
		assert_string_equal(cell, json_string_value(value));
	} else if (value) {
		assert_string_equal(cell, json_is_true(value) ? "true" : "false");
	} else {
		assert_string_equal(cell, "");
	}
}

static void tell_all_kinds(struct probed *p, enum probe_format format)
{
	struct probe_totals totals = totals_of_all_kinds();
	struct probe_result results[10];
	unsigned n = results_of_all_kinds(results);

	results[0].name = hostile;
	results[2].http_status = 404;
	memcpy(results[2].http_line, hostile, sizeof(hostile));
	probed_begin(p, (struct probe_view_options){ .format = format, .targets = 100000 });
	for (unsigned i = 0; i < n; i++)
		probe_view_result(p->v, &results[i]);
	probed_close(p, &totals);
}

static void csv__has_what_json_has_and_strangers_cannot_break_it(void **unused)
{
	char *names[COLUMNS_MAX], *cells[COLUMNS_MAX], *at;
	unsigned name_count, count, records = 0;
	struct probed csv, json;
	json_t *lines[16];
	unsigned hostile_cells = 0;

	tell_all_kinds(&csv, PROBE_FORMAT_CSV);
	tell_all_kinds(&json, PROBE_FORMAT_JSON);
	assert_int_equal(parse_json(json.text, lines, 16), 9);
	at = parse_record(csv.text, names, &name_count);
	assert_string_equal(names[0], "target");
	for (; *at; records++) {
		at = parse_record(at, cells, &count);
		assert_int_equal(count, name_count);
		for (unsigned i = 0; i < count; i++) {
			assert_same(json_object_get(lines[records], names[i]), cells[i]);
			for (const char *c = cells[i]; *c; c++)
				assert_in_range((unsigned char)*c, 0x20, 0x7e);
			hostile_cells += !strcmp(cells[i], "evil\\x1b[2J,\"x\"\\x0d\\x0a\\x80");
		}
	}
	assert_int_equal(records, 8);
	assert_int_equal(hostile_cells, 2);
	/* The summary has no place in it. */
	assert_non_null(strstr(csv.said, "3 open, 1 closed"));
	for (unsigned i = 0; i < 9; i++)
		json_decref(lines[i]);
	probed_end(&csv);
	probed_end(&json);
}

static void csv__without_results_is_the_line_of_names(void **unused)
{
	char *names[COLUMNS_MAX];
	unsigned count;
	struct probed p;

	probed_begin(&p, (struct probe_view_options){ .format = PROBE_FORMAT_CSV, .quiet = true });
	probed_close(&p, NULL);
	assert_int_equal(*parse_record(p.text, names, &count), '\0');
	for (unsigned i = 0; i < count; i++)
		assert_string_equal(names[i], json_fields(JSON_PROBE)[i].name);
	assert_null(json_fields(JSON_PROBE)[count].name);
	assert_string_equal(p.said, "");
	probed_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json__all_kinds_in_order_with_a_summary),
		cmocka_unit_test(json__repeats_have_statistics),
		cmocka_unit_test(csv__has_what_json_has_and_strangers_cannot_break_it),
		cmocka_unit_test(csv__without_results_is_the_line_of_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
