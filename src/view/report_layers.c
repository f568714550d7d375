/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_layers.c - the headers of a frame for the page, small: what the tables of headers.c say is there once,
 * and a step has its values and what is said of these alone.
 *
 *     "headers": { "tcp": { "label", "source", "layer", "fields": [{ "label", "brief", "bit", "bits",
 *                  "meaning" }] } }
 *     "layers":  [{ "name": "tcp", "at", "len", "values": ["80", ...], "said": { "3": 17 },
 *                   "options": [{ "at", "len", "kind", "name", "value", "said" }] }]
 *     "bytes":   { "hex", "length", "text_at", "text_end" } */
#include <string.h>

#include "view/option.h"
#include "view/report_priv.h"

static json_t *field_object(const struct header_field *f)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:i, s:s}", "name", f->name, "label", f->label,
			 "brief", f->brief, "bit", (int)f->bit, "bits", (int)f->bits, "meaning",
			 f->meaning);
}

json_t *report_headers(void)
{
	json_t *object = json_object();

	for (enum header_kind kind = 0; kind < HEADER_COUNT; kind++) {
		const struct header *h = header_info(kind);
		json_t *fields = json_array();

		for (const struct header_field *f = h->fields; f->name; f++)
			json_array_append_new(fields, field_object(f));
		json_object_set_new(object, h->name,
				    json_pack("{s:s, s:s, s:s, s:o}", "label", h->label, "source",
					      h->source, "layer", header_layer_name(h->layer),
					      "fields", fields));
	}
	return object;
}

/* The number of a sentence. */
static json_t *text_number(json_t *texts, const char *text)
{
	json_t *number = json_object_get(texts, text);

	if (number)
		return json_incref(number);
	number = json_integer((json_int_t)json_object_size(texts));
	json_object_set(texts, text, number);
	return number;
}

json_t *report_texts(json_t *texts)
{
	json_t *array = json_array();

	for (void *at = json_object_iter(texts); at; at = json_object_iter_next(texts, at))
		json_array_append_new(array, json_string(json_object_iter_key(at)));
	json_decref(texts);
	return array;
}

/* Of a frame that was kept in part only, the checksum is what was found when all of it was there. */
static const char *meaning_of(const struct layers *l, const struct part *p,
			      const struct header_field *f, const struct report_step *kept,
			      char out[FIELD_SAID_MAX])
{
	if (kept->cut && p->header == header_info(HEADER_TCP) && !strcmp(f->name, "checksum"))
		return report_checksum_words(kept->step.seg.checksum_is);
	return part_meaning(l, p, f, out);
}

static json_t *options_array(const struct layers *l, const struct part *p, json_t *texts)
{
	struct option_walk w = option_walk(p);
	json_t *array = json_array();
	struct option o;

	while (option_next(&w, &o) == OPTION_FOUND) {
		char value[OPTION_VALUE_MAX], said[FIELD_SAID_MAX];
		json_t *object;

		option_value(l, p, &o, value);
		option_meaning(p, &o, said);
		object = json_pack("{s:I, s:I, s:i, s:s, s:o}", "at", (json_int_t)o.at, "len",
				   (json_int_t)o.len, "kind", o.kind, "value", value, "said",
				   text_number(texts, said));
		if (o.info)
			json_object_set_new(object, "name", json_string(o.info->name));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *layer_object(const struct layers *l, const struct part *p,
			    const struct report_step *kept, json_t *texts)
{
	json_t *values = json_array(), *said = json_object();
	unsigned i = 0;

	for (const struct header_field *f = p->header->fields; f->name; f++, i++) {
		char value[PART_VALUE_MAX], text[FIELD_SAID_MAX], key[12];
		const char *meaning;

		if (part_lacks(p, f))
			break;
		json_array_append_new(values, json_string(part_value(p, f, value)));
		meaning = meaning_of(l, p, f, kept, text);
		snprintf(key, sizeof(key), "%u", i);
		if (strcmp(meaning, f->meaning))
			json_object_set_new(said, key, text_number(texts, meaning));
	}
	return json_pack("{s:s, s:I, s:I, s:o, s:o, s:o}", "name", p->header->name, "at",
			 (json_int_t)p->at, "len", (json_int_t)p->len, "values", values, "said",
			 said, "options", options_array(l, p, texts));
}

static json_t *bytes_object(const struct layers *l, const struct report_step *kept)
{
	char hex[2 * REPORT_FRAME_MAX + 1] = "";

	for (uint32_t i = 0; i < kept->frame.captured; i++)
		snprintf(hex + 2 * i, 3, "%02x", kept->bytes[i]);
	return json_pack("{s:s, s:I, s:I, s:I}", "hex", hex, "length",
			 (json_int_t)kept->frame.length, "text_at", (json_int_t)l->text_at,
			 "text_end", (json_int_t)(l->text_at + l->text_have));
}

void report_put_layers(json_t *object, const struct report_step *kept, json_t *texts)
{
	json_t *array = json_array();
	struct packet packet;
	struct layers l;

	if (kept->has_frame)
		packet_decode(&kept->frame, &packet);
	layers_find(&l, &kept->step, kept->has_frame ? &packet : NULL,
		    kept->has_frame ? &kept->frame : NULL);
	for (unsigned i = 0; i < l.count; i++)
		json_array_append_new(array, layer_object(&l, &l.parts[i], kept, texts));
	json_object_set_new(object, "layers", array);
	if (kept->has_frame)
		json_object_set_new(object, "bytes", bytes_object(&l, kept));
}
