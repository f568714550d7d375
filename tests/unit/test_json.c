/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json.c - the JSON lines: valid whatever comes, with the fields of the table and no others. */
#include "told.h"
#include "view/json_fields.h"

struct told_json {
	struct told told;
	json_t *lines[64];
	unsigned count;
};

static void begin(struct told_json *tj, int verbosity)
{
	memset(tj, 0, sizeof(*tj));
	tell_begin(&tj->told, (struct view_options){ .json = true, .verbosity = verbosity });
}

/* Each line is one JSON object, of ASCII only. */
static void parse(struct told_json *tj)
{
	const char *at, *end;

	fflush(tj->told.out);
	for (at = tj->told.text; *at; at = end + 1) {
		json_error_t error;

		end = strchr(at, '\n');
		assert_non_null(end);
		assert_true(tj->count < 64);
		for (const char *p = at; p < end; p++)
			assert_in_range((unsigned char)*p, 0x20, 0x7e);
		tj->lines[tj->count] =
			json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, &error);
		if (!tj->lines[tj->count])
			fail_msg("%s: %.*s", error.text, (int)(end - at), at);
		assert_true(json_is_object(tj->lines[tj->count]));
		tj->count++;
	}
}

static void end(struct told_json *tj)
{
	for (unsigned i = 0; i < tj->count; i++)
		json_decref(tj->lines[i]);
	told_end(&tj->told);
}

static const char *string_in(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "(none)";
}

static json_int_t integer_in(const json_t *object, const char *name)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		fail_msg("no integer %s", name);
	return json_integer_value(value);
}

static bool is_in(enum json_table table, const char *name)
{
	for (const struct json_field *f = json_fields(table); f->name; f++)
		if (!strcmp(f->name, name))
			return true;
	return false;
}

/* Every key is a row of its table, or one of the three that lines have of themselves; the value has the
 * type that the row says. */
static void check_fields(json_t *object, enum json_table table, bool line)
{
	json_t *value;
	const char *key;

	json_object_foreach(object, key, value)
	{
		const struct json_field *f = json_fields(table);

		if (line &&
		    (!strcmp(key, "type") || !strcmp(key, "schema") || !strcmp(key, "connection")))
			continue;
		if (!is_in(table, key))
			fail_msg("%s is in no table", key);
		while (strcmp(f->name, key))
			f++;
		switch (json_typeof(value)) {
		case JSON_INTEGER:
			assert_string_equal(f->type, "integer");
			break;
		case JSON_STRING:
			assert_string_equal(f->type, "string");
			break;
		case JSON_OBJECT:
			assert_string_equal(f->type, "object");
			break;
		case JSON_ARRAY:
			assert_true(!strncmp(f->type, "array of ", 9));
			break;
		case JSON_TRUE:
		case JSON_FALSE:
			assert_string_equal(f->type, "boolean");
			break;
		default:
			fail_msg("%s is null or a fraction", key);
		}
	}
}

static void check_line(json_t *line)
{
	static const struct {
		const char *type;
		enum json_table table;
	} types[] = { { "connection", JSON_CONNECTION },
		      { "step", JSON_STEP },
		      { "event", JSON_EVENT },
		      { "summary", JSON_SUMMARY } };
	const json_t *equations = json_object_get(line, "equations");
	const json_t *changes = json_object_get(line, "changes");
	size_t i;

	for (i = 0; i < 3 && strcmp(types[i].type, string_in(line, "type")); i++)
		;
	assert_string_equal(types[i].type, string_in(line, "type"));
	check_fields(line, types[i].table, true);
	for (i = 0; i < json_array_size(equations); i++)
		check_fields(json_array_get(equations, i), JSON_EQUATION, false);
	for (i = 0; i < json_array_size(changes); i++)
		check_fields(json_array_get(changes, i), JSON_CHANGE, false);
}

static void ten_steps__as_lines(void **unused)
{
	struct view_result result = told_result();
	struct told_json tj;
	const json_t *syn_ack, *eq, *summary;

	begin(&tj, 0);
	tell_ten_steps(&tj.told);
	tell_summary_of(&tj.told, &result);
	parse(&tj);
	assert_int_equal(tj.count, 13); /* connection, 11 segments, summary */
	for (unsigned i = 0; i < tj.count; i++) {
		check_line(tj.lines[i]);
		assert_int_equal(json_object_get(tj.lines[i], "schema") != NULL, i == 0);
	}
	assert_int_equal(integer_in(tj.lines[0], "schema"), JSON_SCHEMA);
	assert_string_equal(string_in(tj.lines[0], "client"), "192.0.2.1");
	assert_int_equal(integer_in(tj.lines[0], "server_port"), 7788);

	syn_ack = tj.lines[2];
	assert_int_equal(integer_in(syn_ack, "connection"), 1);
	assert_int_equal(integer_in(syn_ack, "number"), 2);
	assert_string_equal(string_in(syn_ack, "from"), "server");
	assert_string_equal(string_in(syn_ack, "kind"), "syn-ack");
	assert_string_equal(string_in(syn_ack, "flags"), "SYN,ACK");
	assert_int_equal(integer_in(syn_ack, "seq"), 0);
	assert_int_equal(integer_in(syn_ack, "seq_absolute"), 1739326486);
	assert_int_equal(integer_in(syn_ack, "ack"), 1);
	assert_int_equal(integer_in(syn_ack, "ack_absolute"), 3626544837);
	assert_int_equal(integer_in(syn_ack, "window"), 65160);
	assert_int_equal(integer_in(syn_ack, "time_ns"), NS_PER_MS);
	assert_int_equal(json_array_size(json_object_get(syn_ack, "options")), 5);
	assert_string_equal(string_in(json_object_get(syn_ack, "state"), "server"), "SYN-RECEIVED");
	eq = json_array_get(json_object_get(syn_ack, "equations"), 0);
	assert_string_equal(string_in(eq, "of"), "ack");
	assert_string_equal(string_in(eq, "verdict"), "ok");
	assert_int_equal(integer_in(eq, "syn"), 1);
	assert_int_equal(integer_in(eq, "first_step"), 1);

	assert_string_equal(string_in(tj.lines[4], "text_preview"),
			    "GET / HTTP/1.1\\r\\nHost: server.example\\r\\n\\r\\n");
	summary = tj.lines[12];
	assert_string_equal(string_in(summary, "closing"), "four-segments");
	assert_string_equal(string_in(summary, "first_fin"), "client");
	assert_int_equal(integer_in(json_object_get(summary, "text"), "server"), 312);
	assert_int_equal(integer_in(json_object_get(summary, "isn"), "client"), 3626544836);
	assert_int_equal(integer_in(summary, "rto_ns"), 200000000);
	end(&tj);
}

/* Every header, field and option of a step with -v, against its table. */
static void verbose__steps_have_layers(void **unused)
{
	static const char *const arrays[] = { "fields", "options" };
	static const enum json_table tables[] = { JSON_LAYER_FIELD, JSON_LAYER_OPTION };
	struct told_json tj;
	json_t *layer, *row;

	begin(&tj, 1);
	tell(&tj.told, TRACE_CLIENT,
	     "S 0:0(0) win 64240 <mss 1460,sackOK,TS val 7 ecr 0,wscale 7>");
	parse(&tj);
	layer = json_array_get(json_object_get(tj.lines[1], "layers"), 0);
	check_fields(layer, JSON_LAYER, false);
	assert_string_equal(string_in(layer, "name"), "tcp");
	assert_int_equal(integer_in(layer, "len"), 40);
	for (size_t t = 0; t < 2; t++) {
		size_t i;

		json_array_foreach(json_object_get(layer, arrays[t]), i, row)
			check_fields(row, tables[t], false);
		assert_true(i > 4);
	}
	row = json_array_get(json_object_get(layer, "fields"), 2);
	assert_string_equal(string_in(row, "name"), "seq");
	assert_int_equal(integer_in(row, "bit"), 32);
	assert_int_equal(integer_in(row, "bits"), 32);
	assert_int_equal(integer_in(row, "value"), 3626544836);
	assert_string_equal(string_in(row, "text"), "3626544836");
	row = json_array_get(json_object_get(layer, "options"), 0);
	assert_string_equal(string_in(row, "name"), "mss");
	assert_string_equal(string_in(row, "text"), "1460");
	assert_string_equal(string_in(row, "bytes"), "020405b4");
	end(&tj);
}

static void quiet__summary_only(void **unused)
{
	struct told_json tj;

	begin(&tj, -1);
	tell_ten_steps(&tj.told);
	tell_summary_of(&tj.told, NULL);
	parse(&tj);
	assert_int_equal(tj.count, 1);
	assert_int_equal(integer_in(tj.lines[0], "schema"), JSON_SCHEMA);
	assert_null(json_object_get(tj.lines[0], "url"));
	check_line(tj.lines[0]);
	end(&tj);
}

/* Bytes that are no text, and no UTF-8, in every place where a stranger can put them. */
static void hostile_bytes__stay_valid(void **unused)
{
	static const char bad[] = "\xff\xfe\xc3(\xed\xa0\x80\"\\\033[2J\x80\n";
	struct view_result result = {
		.url = bad, .http_status = 200, .saved_as = bad, .srtt_ns = -1, .rto_ns = -1
	};
	struct view_event event = { .kind = VIEW_EVENT_HTTP, .text = bad, .stamp_ns = 5 };
	struct view_connection c = { .host = bad, .number = 2 };
	struct told_json tj;

	begin(&tj, 0);
	view_connection(tj.told.v, &c);
	tj.told.o.text = bad;
	tell(&tj.told, TRACE_CLIENT, "S 0:0(0)");
	tell(&tj.told, TRACE_SERVER, "S. 0:0(0) ack 1");
	tell(&tj.told, TRACE_CLIENT, ". 1:1(0) ack 1");
	tell(&tj.told, TRACE_CLIENT, "P. 1:75(74) ack 1");
	view_event(tj.told.v, &event);
	tell_summary_of(&tj.told, &result);
	parse(&tj);
	for (unsigned i = 0; i < tj.count; i++)
		check_line(tj.lines[i]);
	assert_int_equal(integer_in(tj.lines[5], "connection"), 2);
	assert_int_equal(integer_in(tj.lines[5], "text_len"), 74);
	assert_string_equal(string_in(tj.lines[6], "event"), "http");
	end(&tj);
}

static void refused__numbers_without_a_base__are_absolute_only(void **unused)
{
	struct told_json tj;

	begin(&tj, 0);
	tell(&tj.told, TRACE_CLIENT, "S 0:0(0)");
	tj.told.o.isn[TRACE_SERVER] = 0;
	tell(&tj.told, TRACE_SERVER, "R. 0:0(0) ack 1");
	parse(&tj);
	assert_null(json_object_get(tj.lines[2], "seq"));
	assert_int_equal(integer_in(tj.lines[2], "seq_absolute"), 0);
	assert_int_equal(integer_in(tj.lines[2], "ack"), 1);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(tj.lines[2], "notes"), 0)),
		"refused");
	end(&tj);
}

/* A URL longer than any buffer of ours, with bytes that take four characters each. */
static void long_text__is_whole(void **unused)
{
	struct view_result result = { .srtt_ns = -1, .rto_ns = -1 };
	struct told_json tj;
	char url[5001];

	memset(url, '\x01', sizeof(url) - 1);
	url[sizeof(url) - 1] = '\0';
	result.url = url;
	begin(&tj, -1);
	tell(&tj.told, TRACE_CLIENT, "S 0:0(0)");
	tell_summary_of(&tj.told, &result);
	parse(&tj);
	assert_int_equal(strlen(string_in(tj.lines[0], "url")), 4 * 5000);
	end(&tj);
}

static void icmp__is_an_event_with_its_fields(void **unused)
{
	struct packet p = { .kind = PACKET_ICMP_ERROR,
			    .icmp_type = 3,
			    .icmp_code = 4,
			    .icmp_mtu = 1400,
			    .src = { .family = AF_INET, .bytes = { 192, 0, 2, 254 } },
			    .seg = { .seq = 4000000000u } };
	struct view_event event = { .kind = VIEW_EVENT_ICMP, .packet = &p, .stamp_ns = 7 };
	struct told_json tj;

	begin(&tj, 0);
	view_event(tj.told.v, &event);
	parse(&tj);
	check_line(tj.lines[1]);
	assert_string_equal(string_in(tj.lines[1], "event"), "icmp");
	assert_string_equal(string_in(tj.lines[1], "icmp_from"), "192.0.2.254");
	assert_int_equal(integer_in(tj.lines[1], "icmp_mtu"), 1400);
	assert_int_equal(integer_in(tj.lines[1], "icmp_seq"), 4000000000);
	assert_int_equal(integer_in(tj.lines[1], "stamp_ns"), 7);
	end(&tj);
}

static void dropped__is_an_event_with_its_segment(void **unused)
{
	struct packet p = {
		.kind = PACKET_TCP,
		.src = { .family = AF_INET, .bytes = { 192, 0, 2, 2 } },
		.dst = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
		.seg = { .src_port = 80, .dst_port = 3337, .seq = 7, .flags = TCP_FLAG_ACK }
	};
	struct view_event event = { .kind = VIEW_EVENT_DROPPED, .packet = &p, .text = "why" };
	struct told_json tj;

	begin(&tj, 0);
	view_event(tj.told.v, &event);
	parse(&tj);
	check_line(tj.lines[1]);
	assert_string_equal(string_in(tj.lines[1], "event"), "dropped");
	assert_string_equal(string_in(tj.lines[1], "src"), "192.0.2.2");
	assert_string_equal(string_in(tj.lines[1], "flags"), "ACK");
	assert_int_equal(integer_in(tj.lines[1], "seq_absolute"), 7);
	assert_null(json_object_get(tj.lines[1], "icmp_from"));
	end(&tj);
}

/* Every row whole, no name twice in a table. What manual and schema say of them is test_json_schema.c's affair. */
static void tables__are_complete(void **unused)
{
	for (int t = 0; t < JSON_TABLE_COUNT; t++) {
		for (const struct json_field *f = json_fields((enum json_table)t); f->name; f++) {
			assert_true(f->name[0] && f->type[0] && f->meaning[0] && f->get);
			for (const struct json_field *g = json_fields((enum json_table)t); g != f;
			     g++)
				assert_string_not_equal(f->name, g->name);
		}
	}
	for (int kind = VIEW_EVENT_ICMP; kind <= VIEW_EVENT_WARNING; kind++)
		assert_string_not_equal(json_event_name((enum view_event_kind)kind), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_steps__as_lines),
		cmocka_unit_test(verbose__steps_have_layers),
		cmocka_unit_test(quiet__summary_only),
		cmocka_unit_test(hostile_bytes__stay_valid),
		cmocka_unit_test(refused__numbers_without_a_base__are_absolute_only),
		cmocka_unit_test(long_text__is_whole),
		cmocka_unit_test(icmp__is_an_event_with_its_fields),
		cmocka_unit_test(dropped__is_an_event_with_its_segment),
		cmocka_unit_test(tables__are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
