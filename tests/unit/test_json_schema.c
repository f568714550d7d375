/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_schema.c - what is said of the JSON lines elsewhere, doc/tcpshake.schema.json and the manual, is what
 * the tables of fields and the names of the enums say. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tcp/options.h"
#include "told.h"
#include "view/json_fields.h"
#include "view/probe_priv.h"
#include "view/verdict.h"
#include "wire/guard.h"

/* What the schema calls each table; type and connection are no rows, yet in some lines. */
static const struct {
	const char *name;
	bool is_line, of_connection, always_of_one;
} tables[JSON_TABLE_COUNT] = {
	[JSON_CONNECTION] = { "connection", true, false, false },
	[JSON_STEP] = { "step", true, true, true },
	[JSON_EQUATION] = { "equation", false, false, false },
	[JSON_CHANGE] = { "change", false, false, false },
	[JSON_EVENT] = { "event", true, true, false },
	[JSON_SUMMARY] = { "summary", true, true, true },
	[JSON_PROBE] = { "probe", true, false, false },
	[JSON_PROBE_REPEAT] = { "repeat", false, false, false },
	[JSON_PROBE_SUMMARY] = { "probe-summary", true, false, false },
	[JSON_VERDICT] = { "verdict", true, false, false },
	[JSON_COMPARED] = { "compared", false, false, false },
	[JSON_SCRIPT] = { "script", true, false, false },
	[JSON_LAYER] = { "layer", false, false, false },
	[JSON_LAYER_FIELD] = { "layer-field", false, false, false },
	[JSON_LAYER_OPTION] = { "layer-option", false, false, false },
	[JSON_CHECKSUM] = { "sum", false, false, false },
};

static json_t *schema;
static char manual[262144];

static FILE *open_document(const char *name)
{
	const char *top = getenv("top_srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/doc/%s", top ? top : ".", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s cannot be read", path);
	return f;
}

static int read_documents(void **unused)
{
	json_error_t e;
	FILE *f = open_document("tcpshake.schema.json");
	char *to = manual;

	schema = json_loadf(f, JSON_REJECT_DUPLICATES, &e);
	fclose(f);
	if (!schema)
		fail_msg("tcpshake.schema.json:%d: %s", e.line, e.text);
	f = open_document("tcpshake.1");
	manual[fread(manual, 1, sizeof(manual) - 1, f)] = '\0';
	fclose(f);
	for (const char *from = manual; *from; from++) {
		if (*from != '\\')
			*to++ = *from;
		else if (*++from == 'e')
			*to++ = '\\';
		else
			*to++ = *from; /* \- is - */
	}
	*to = '\0';
	return 0;
}

static int forget_documents(void **unused)
{
	json_decref(schema);
	return 0;
}

/* ---- ways into the schema --------------------------------------------------------------------- */

static json_t *definition(const char *name)
{
	json_t *found = json_object_get(json_object_get(schema, "$defs"), name);

	if (!found)
		fail_msg("the schema does not define %s", name);
	return found;
}

/* @word of a schema, or of the definition that it refers to. */
static const json_t *said(const json_t *of, const char *word)
{
	static const char prefix[] = "#/$defs/";
	const char *ref = json_string_value(json_object_get(of, "$ref"));
	const json_t *found = json_object_get(of, word);

	if (found || !ref)
		return found;
	assert_memory_equal(ref, prefix, sizeof(prefix) - 1);
	return json_object_get(definition(ref + sizeof(prefix) - 1), word);
}

static json_t *property(const char *of, const char *name)
{
	json_t *found = json_object_get(json_object_get(definition(of), "properties"), name);

	if (!found)
		fail_msg("the schema's %s has no %s", of, name);
	return found;
}

/* The members of a table's objects that are no rows. */
static unsigned own_members(int t)
{
	return 2u * tables[t].is_line + tables[t].of_connection;
}

static bool holds(const json_t *array, const char *word)
{
	const json_t *value;
	size_t i;

	json_array_foreach(array, i,
			   value) if (!strcmp(json_string_value(value), word)) return true;
	return false;
}

/* ---- fields ----------------------------------------------------------------------------------- */

static void rows__are_properties_with_type_and_meaning(void **unused)
{
	for (int t = 0; t < JSON_TABLE_COUNT; t++) {
		const json_t *definition_of = definition(tables[t].name);
		size_t count = own_members(t);

		for (const struct json_field *f = json_fields((enum json_table)t); f->name; f++) {
			const json_t *p = property(tables[t].name, f->name);
			const char *type = json_string_value(said(p, "type"));

			count++;
			assert_string_equal(json_string_value(json_object_get(p, "description")),
					    f->meaning);
			if (!type || strncmp(f->type, type, strcspn(f->type, " ")) != 0)
				fail_msg("%s in %s is %s, not %s", f->name, tables[t].name, f->type,
					 type ? type : "of no type");
		}
		assert_int_equal(json_object_size(json_object_get(definition_of, "properties")),
				 count);
		assert_true(json_is_false(json_object_get(definition_of, "additionalProperties")));
	}
}

/* Required is what is there even in the emptiest of objects. */
static void check_required(enum json_table table, const void *emptiest)
{
	const char *name = tables[table].name;
	const json_t *required = json_object_get(definition(name), "required");
	json_t *object = json_object();
	const char *key;
	json_t *value;

	assert_true(json_put_fields(object, table, emptiest));
	if (tables[table].is_line)
		json_object_set_new(object, "type", json_true());
	if (tables[table].always_of_one)
		json_object_set_new(object, "connection", json_true());
	json_object_foreach(object, key, value) if (!holds(required, key))
		fail_msg("the schema's %s does not require %s", name, key);
	assert_int_equal(json_array_size(required), json_object_size(object));
	json_decref(object);
}

static void required__are_the_fields_of_the_emptiest(void **unused)
{
	static const struct addr address = { .family = AF_INET };
	struct trace_summary sum = {
		.handshake_ns = -1, .rtt_ns = -1, .transfer_ns = -1, .close_ns = -1
	};
	struct probe_totals totals = { 0 };

	check_required(JSON_CONNECTION, &(struct view_connection){ .host = "h",
								   .client = address,
								   .server = address });
	check_required(JSON_STEP, &(struct trace_step){ 0 });
	check_required(JSON_EQUATION, &(struct trace_equation){ 0 });
	check_required(JSON_CHANGE, &(struct trace_change){ 0 });
	check_required(JSON_EVENT, &(struct view_event){ 0 });
	check_required(JSON_SUMMARY, &(struct json_summary_source){ &sum, NULL });
	check_required(JSON_PROBE, &(struct probe_result){ .addr = address,
							   .state = PROBE_CLOSED,
							   .rtt_ns = -1,
							   .close_ns = -1 });
	check_required(JSON_PROBE_REPEAT, &(struct probe_stats){ .addr = address });
	check_required(JSON_PROBE_SUMMARY, &(struct json_probe_source){ &totals, NULL, 0 });
	check_required(JSON_VERDICT,
		       &(struct view_verdict){ .script = "s", .command = "c", .file = "f" });
	check_required(JSON_COMPARED, &(struct view_compared){ "f", "e", "a", false });
	check_required(JSON_SCRIPT, &(struct view_script){ .path = "s" });
}

static void lines__are_told_apart_by_type(void **unused)
{
	const json_t *types = json_object_get(
		json_object_get(json_object_get(schema, "properties"), "type"), "enum");
	const json_t *cases = json_object_get(schema, "allOf");
	size_t count = 0;

	for (int t = 0; t < JSON_TABLE_COUNT; t++) {
		const char *name = tables[t].name;
		const char *ref, *when;
		const json_t *of;

		if (!tables[t].is_line)
			continue;
		assert_string_equal(json_string_value(json_array_get(types, count)), name);
		of = json_array_get(cases, count++);
		ref = json_string_value(json_object_get(json_object_get(of, "then"), "$ref"));
		assert_string_equal(ref + strlen("#/$defs/"), name);
		of = json_object_get(json_object_get(json_object_get(of, "if"), "properties"),
				     "type");
		when = json_string_value(json_object_get(of, "const"));
		assert_string_equal(when, name);
		assert_string_equal(
			json_string_value(json_object_get(property(name, "type"), "const")), name);
		assert_int_equal(
			json_integer_value(json_object_get(property(name, "schema"), "const")),
			JSON_SCHEMA);
	}
	assert_int_equal(json_array_size(types), count);
	assert_int_equal(json_array_size(cases), count);
}

/* ---- enums ------------------------------------------------------------------------------------ */

/* The schema's @values are the names of 0, 1, ... in their order, and no others. */
#define SAME_NAMES(values, type, name_of)                                             \
	do {                                                                          \
		const json_t *values_ = (values);                                     \
		unsigned i_ = 0;                                                      \
                                                                                      \
		for (; strcmp(name_of((type)i_), "?") != 0; i_++)                     \
			if (!holds(values_, name_of((type)i_)))                       \
				fail_msg("%s: no %s in the schema's " #values, #type, \
					 name_of((type)i_));                          \
		assert_int_equal(json_array_size(values_), i_);                       \
	} while (0)

static const json_t *values_of(const char *table, const char *field)
{
	return said(property(table, field), "enum");
}

/* The value of one field, as text. */
static const char *text_of(enum json_table table, const char *field, const void *source)
{
	static char text[64];
	const struct json_field *f = json_fields(table);
	json_t *value;

	while (strcmp(f->name, field))
		f++;
	value = f->get(source);
	snprintf(text, sizeof(text), "%s", json_string_value(value));
	json_decref(value);
	return text;
}

static const char *checksum_name(enum tcp_checksum c)
{
	struct trace_step step = { .seg = { .checksum_is = c } };

	return text_of(JSON_STEP, "checksum", &step);
}

static const char *equation_name(enum trace_equation_kind kind)
{
	return text_of(JSON_EQUATION, "of", &(struct trace_equation){ .kind = kind });
}

static void names__of_the_tracker(void **unused)
{
	const json_t *notes = json_object_get(property("step", "notes"), "items");

	SAME_NAMES(values_of("step", "kind"), enum trace_kind, trace_kind_name);
	SAME_NAMES(values_of("step", "phase"), enum trace_phase, trace_phase_name);
	SAME_NAMES(json_object_get(notes, "enum"), enum trace_note, trace_note_name);
	SAME_NAMES(values_of("step", "from"), enum trace_end, trace_end_name);
	SAME_NAMES(values_of("step", "checksum"), enum tcp_checksum, checksum_name);
	SAME_NAMES(values_of("equation", "of"), enum trace_equation_kind, equation_name);
	SAME_NAMES(values_of("equation", "verdict"), enum trace_verdict, trace_verdict_name);
	SAME_NAMES(values_of("change", "end"), enum trace_end, trace_end_name);
	SAME_NAMES(values_of("change", "from"), enum tcp_state, tcp_state_name);
	SAME_NAMES(values_of("change", "to"), enum tcp_state, tcp_state_name);
	SAME_NAMES(values_of("states", "client"), enum tcp_state, tcp_state_name);
	SAME_NAMES(values_of("states", "server"), enum tcp_state, tcp_state_name);
	SAME_NAMES(values_of("summary", "closing"), enum trace_closing, trace_closing_name);
	SAME_NAMES(values_of("summary", "first_fin"), enum trace_end, trace_end_name);
	SAME_NAMES(values_of("event", "event"), enum view_event_kind, json_event_name);
}

/* The names of an object's members are an enum's. */
#define SAME_MEMBERS(field, type, name_of)                                               \
	do {                                                                             \
		const json_t *members_ =                                                 \
			json_object_get(property("probe-summary", field), "properties"); \
		unsigned i_ = 0;                                                         \
                                                                                         \
		for (; strcmp(name_of((type)i_), "?") != 0; i_++)                        \
			if (!json_object_get(members_, name_of((type)i_)))               \
				fail_msg(#type ": no %s in the schema's " field,         \
					 name_of((type)i_));                             \
		assert_int_equal(json_object_size(members_), i_);                        \
	} while (0)

static void names__of_probe(void **unused)
{
	SAME_NAMES(values_of("probe", "state"), enum probe_state, probe_state_name);
	SAME_NAMES(values_of("probe", "close"), enum probe_close, probe_close_name);
	SAME_MEMBERS("states", enum probe_state, probe_state_name);
	SAME_MEMBERS("closes", enum probe_close, probe_close_name);
}

static void names__of_options(void **unused)
{
	const json_t *names = values_of("option", "name");
	size_t count = 0;

	for (unsigned kind = 0; kind < 256; kind++) {
		const struct tcp_option_info *info = tcp_option_info((uint8_t)kind);

		count += info != NULL;
		if (info && !holds(names, info->name))
			fail_msg("the schema does not have the option %s", info->name);
	}
	assert_int_equal(json_array_size(names), count);
}

static void names__of_flags(void **unused)
{
	const char *pattern = json_string_value(json_object_get(definition("flags"), "pattern"));

	assert_non_null(pattern);
	for (unsigned bit = 0; bit < 16; bit++) {
		char text[TCP_FLAGS_TEXT_MAX];

		if (!strstr(pattern, tcp_flags_text((uint16_t)(1u << bit), text)))
			fail_msg("the schema does not have the flag %s", text);
	}
}

static void names__of_the_guard(void **unused)
{
	const json_t *items = json_object_get(property("connection", "guard"), "items");
	struct view_connection c = { .ifname = "e", .guard_layers = ~0u };
	json_t *object = json_object();
	const json_t *layers, *layer;
	size_t i;

	assert_true(json_put_fields(object, JSON_CONNECTION, &c));
	layers = json_object_get(object, "guard");
	json_array_foreach(layers, i, layer)
		assert_true(holds(json_object_get(items, "enum"), json_string_value(layer)));
	assert_int_equal(json_array_size(json_object_get(items, "enum")), json_array_size(layers));
	json_decref(object);
}

/* ---- the manual ------------------------------------------------------------------------------- */

static void manual__has_every_field_with_type_and_meaning(void **unused)
{
	for (int t = 0; t < JSON_TABLE_COUNT; t++) {
		for (const struct json_field *f = json_fields((enum json_table)t); f->name; f++) {
			char row[512];

			snprintf(row, sizeof(row), ".TP\n.B %s\n(%s) %s.\n", f->name, f->type,
				 f->meaning);
			if (!strstr(manual, row))
				fail_msg("doc/tcpshake.1 does not have, of %s:\n%s", tables[t].name,
					 row);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows__are_properties_with_type_and_meaning),
		cmocka_unit_test(required__are_the_fields_of_the_emptiest),
		cmocka_unit_test(lines__are_told_apart_by_type),
		cmocka_unit_test(names__of_the_tracker),
		cmocka_unit_test(names__of_probe),
		cmocka_unit_test(names__of_options),
		cmocka_unit_test(names__of_flags),
		cmocka_unit_test(names__of_the_guard),
		cmocka_unit_test(manual__has_every_field_with_type_and_meaning),
	};

	return cmocka_run_group_tests(tests, read_documents, forget_documents);
}
