/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_layers.c - what -v adds to a step: each header of its frame, with every field, option and the
 * checksum's making. The names are those of the tables in headers.c. */
#include <string.h>

#include "view/json_get.h"
#include "view/option.h"

struct json_layer_source {
	const struct layers *layers;
	const struct part *part;
	const struct header_field *field;
	const struct option *option;
};

static json_t *object_of(enum json_table table, const void *source)
{
	json_t *object = json_object();

	if (json_put_fields(object, table, source))
		return object;
	json_decref(object);
	return NULL;
}

/* ---- checksum --------------------------------------------------------------------------------- */

static bool whole(const struct checksum_made *p)
{
	return p->is != TCP_CHECKSUM_UNKNOWN;
}

static json_t *sum(checksum_sum n)
{
	return json_integer((json_int_t)n);
}

GET(making, pseudo, struct checksum_made, p->pseudo ? sum(p->pseudo) : NULL)
GET(checksum, header, struct checksum_made, sum(p->header))
GET(checksum, data, struct checksum_made, whole(p) ? sum(p->data) : NULL)
GET(checksum, total, struct checksum_made, whole(p) ? sum(p->total) : NULL)
GET(checksum, folded, struct checksum_made, whole(p) ? json_integer(p->folded) : NULL)
GET(checksum, complement, struct checksum_made, whole(p) ? json_integer(p->complement) : NULL)
GET(checksum, field, struct checksum_made, json_integer(p->field))
GET(checksum, verdict, struct checksum_made, json_checksum_name(p->is))

static const struct json_field checksum_fields[] = {
	{ "pseudo", "integer", "sum of the pseudo-header's 16-bit words; TCP only", making_pseudo },
	{ "header", "integer", "sum of the header's, the checksum itself counted as 0",
	  checksum_header },
	{ "data", "integer",
	  "sum of the text's; this and what follows from it is absent when not all was "
	  "captured",
	  checksum_data },
	{ "total", "integer", "all of them", checksum_total },
	{ "folded", "integer", "what is above 16 bits added to the rest", checksum_folded },
	{ "complement", "integer", "what ought to be in the header", checksum_complement },
	{ "field", "integer", "what is there", checksum_field },
	{ "verdict", "string",
	  "ok, partial (offload; of IPv4: 0, left to the card), bad, unknown (not all captured)",
	  checksum_verdict },
	{ NULL, NULL, NULL, NULL },
};

/* ---- a field ---------------------------------------------------------------------------------- */

static bool is_there(const struct json_layer_source *p)
{
	return part_has(p->part, p->field);
}

GET(field, name, struct json_layer_source, json_string(p->field->name))
GET(field, label, struct json_layer_source, json_string(p->field->label))
GET(field, bit, struct json_layer_source, json_integer(p->field->bit))
GET(field, bits, struct json_layer_source, json_integer(p->field->bits))
GET(field, value, struct json_layer_source,
    is_there(p) && p->field->bits <= 32 ? json_integer(header_value(p->field, p->part->bytes)) :
					  NULL)
GET(field, cut, struct json_layer_source, is_there(p) ? NULL : json_true())

GETTER(field_text, struct json_layer_source)
{
	char text[PART_VALUE_MAX];

	return is_there(p) ? json_string(part_value(p->part, p->field, text)) : NULL;
}

GETTER(field_meaning, struct json_layer_source)
{
	char text[FIELD_SAID_MAX];

	return json_string(part_meaning(p->layers, p->part, p->field, text));
}

static const struct json_field field_fields[] = {
	{ "name", "string", "as step and run name it, where they do", field_name },
	{ "label", "string", "for people", field_label },
	{ "bit", "integer", "where it begins, from the header's first bit", field_bit },
	{ "bits", "integer", "how many bits it has", field_bits },
	{ "value", "integer", "absent when it has more than 32 bits", field_value },
	{ "text", "string", "the same as people write it: an address, hexadecimal", field_text },
	{ "cut", "boolean", "true when it was not captured; then value and text are absent",
	  field_cut },
	{ "meaning", "string", "in words", field_meaning },
	{ NULL, NULL, NULL, NULL },
};

/* ---- an option -------------------------------------------------------------------------------- */

GET(option, kind, struct json_layer_source, json_integer(p->option->kind))
GET(option, name, struct json_layer_source,
    p->option->info ? json_string(p->option->info->name) : NULL)
GET(option, at, struct json_layer_source, json_integer((json_int_t)p->option->at))
GET(option, len, struct json_layer_source, json_integer((json_int_t)p->option->len))

GETTER(option_text, struct json_layer_source)
{
	char text[OPTION_VALUE_MAX];

	option_value(p->layers, p->part, p->option, text);
	return *text ? json_string(text) : NULL;
}

GETTER(option_bytes, struct json_layer_source)
{
	char hex[2 * 257 + 1] = "";

	for (size_t i = 0; i < p->option->len && 2 * i + 2 < sizeof(hex); i++)
		snprintf(hex + 2 * i, 3, "%02x", p->option->bytes[i]);
	return json_string(hex);
}

GETTER(option_means, struct json_layer_source)
{
	char text[FIELD_SAID_MAX];

	return json_string(option_meaning(p->part, p->option, text));
}

static const struct json_field option_fields[] = {
	{ "kind", "integer", "the kind byte", option_kind },
	{ "name", "string", "absent when the kind is unknown", option_name },
	{ "at", "integer", "its place in the header, in bytes", option_at },
	{ "len", "integer", "bytes of it, kind and length counted in", option_len },
	{ "text", "string", "what it holds, as people write it", option_text },
	{ "bytes", "string", "all of it in hexadecimal", option_bytes },
	{ "meaning", "string", "in words, and where it is defined", option_means },
	{ NULL, NULL, NULL, NULL },
};

/* ---- a header --------------------------------------------------------------------------------- */

GET(layer, layer, struct json_layer_source, json_string(header_layer_name(p->part->header->layer)))
GET(layer, name, struct json_layer_source, json_string(p->part->header->name))
GET(layer, label, struct json_layer_source, json_string(p->part->header->label))
GET(layer, source, struct json_layer_source, json_string(p->part->header->source))
GET(layer, at, struct json_layer_source, json_integer((json_int_t)p->part->at))
GET(layer, len, struct json_layer_source, json_integer((json_int_t)p->part->len))
GET(layer, captured, struct json_layer_source,
    p->part->have < p->part->len ? json_integer((json_int_t)p->part->have) : NULL)

GETTER(layer_fields, struct json_layer_source)
{
	json_t *array = json_array();

	for (const struct header_field *f = p->part->header->fields; f->name; f++) {
		struct json_layer_source source = { p->layers, p->part, f, NULL };

		if (part_lacks(p->part, f))
			break;
		json_array_append_new(array, object_of(JSON_LAYER_FIELD, &source));
	}
	return array;
}

GETTER(layer_options, struct json_layer_source)
{
	struct option_walk w = option_walk(p->part);
	json_t *array = p->part->header->rest >= REST_TCP_OPTIONS ? json_array() : NULL;
	struct option o;

	while (array && option_next(&w, &o) == OPTION_FOUND) {
		struct json_layer_source source = { p->layers, p->part, NULL, &o };

		json_array_append_new(array, object_of(JSON_LAYER_OPTION, &source));
	}
	return array;
}

GETTER(layer_sum, struct json_layer_source)
{
	struct checksum_made made;

	return part_checksum(p->layers, p->part, &made) ? object_of(JSON_CHECKSUM, &made) : NULL;
}

static const struct json_field layer_fields_table[] = {
	{ "layer", "string", "link, network or transport", layer_layer },
	{ "name", "string",
	  "ethernet, vlan, sll, sll2, loopback, ipv4, ipv6, hop_by_hop, destination, routing, fragment, "
	  "authentication, extension, tcp",
	  layer_name },
	{ "label", "string", "for people", layer_label },
	{ "source", "string", "where it is defined", layer_source },
	{ "at", "integer", "where it begins in the frame, in bytes", layer_at },
	{ "len", "integer", "bytes of header", layer_len },
	{ "captured", "integer", "bytes of it that were captured; absent when all were",
	  layer_captured },
	{ "fields", "array of objects", "see below", layer_fields },
	{ "options", "array of objects", "see below; absent where the header can have none",
	  layer_options },
	{ "sum", "object",
	  "how its checksum is made up, see below; absent where it has none, or where "
	  "too little was captured",
	  layer_sum },
	{ NULL, NULL, NULL, NULL },
};

json_t *json_layers(const struct layers *l)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < l->count; i++) {
		struct json_layer_source source = { l, &l->parts[i], NULL, NULL };

		json_array_append_new(array, object_of(JSON_LAYER, &source));
	}
	return array;
}

const struct json_field *json_layer_tables(enum json_table table)
{
	return table == JSON_LAYER	  ? layer_fields_table :
	       table == JSON_LAYER_FIELD  ? field_fields :
	       table == JSON_LAYER_OPTION ? option_fields :
					    checksum_fields;
}
