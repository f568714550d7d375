/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_data.c - what the page shows, as one JSON object.
 *
 * It stands inside a script element. So whatever could end that, or be an entity, is written as \u003c and
 * the like; and strings from the network are ASCII before they get here (json_fields.c).
 *
 *     { "words": {...}, "notes": {...}, "headers": {...}, "left_out": 0, "texts": [...],
 *       "connections": [{ "name", "ends", "rows": [[label, text]], "seen": 11, "steps": [...],
 *                         "events": [...], "plots": { "client": {...}, "server": {...} } }] }
 *
 * A step has the fields of a JSON line, and for people: label, say (its equations), and what
 * report_layers.c puts there of its frame. */
#include <stdlib.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/json_get.h"
#include "view/report_priv.h"
#include "view/text.h"

/* Of valid JSON these characters can only be inside of a string. */
static int write_safely(const char *bytes, size_t len, void *context)
{
	FILE *out = context;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] == '<' || bytes[i] == '>' || bytes[i] == '&')
			fprintf(out, "\\u%04x", (unsigned)bytes[i]);
		else
			putc(bytes[i], out);
	return 0;
}

/* Gives @value away. */
static void write_value(FILE *out, json_t *value)
{
	if (!value || json_dump_callback(value, write_safely, out,
					 JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) != 0)
		fputs("null", out);
	json_decref(value);
}

static void write_member(FILE *out, const char *name, json_t *value)
{
	fprintf(out, "\"%s\":", name);
	write_value(out, value);
	fputs(",\n", out);
}

/* ---- what is the same for all steps ----------------------------------------------------------- */

static json_t *words_object(void)
{
	json_t *object = json_object();

	for (const struct report_word *w = report_page_words(); w->name; w++)
		json_object_set_new(object, w->name, json_string(w->text));
	return object;
}

static json_t *notes_object(void)
{
	json_t *object = json_object();

	for (enum trace_note note = 0; note < TRACE_NOTE_COUNT; note++) {
		const struct catalogue_entry *entry = catalogue_entry(note);

		json_object_set_new(object, trace_note_name(note),
				    json_pack("{s:b, s:s, s:s}", "problem", entry->problem, "title",
					      entry->title, "text", entry->text));
	}
	return object;
}

/* ---- a step ----------------------------------------------------------------------------------- */

static json_t *equations_array(const struct report *r, const struct trace_step *step)
{
	static const char *const styles[STYLE_COUNT] = {
		[STYLE_GOOD] = "good", [STYLE_ODD] = "odd", [STYLE_BAD] = "bad"
	};
	json_t *array = json_array();

	if (step->seg.checksum_is == TCP_CHECKSUM_BAD)
		return array; /* its numbers prove nothing, a note says so */
	for (unsigned i = 0; i < step->equation_count; i++) {
		const struct trace_equation *eq = &step->equations[i];
		char words[WORDS_MAX], source[48];
		enum style style;
		const char *verdict = words_verdict(eq, &style);

		words_equation(step, eq, r->absolute, words, sizeof(words));
		words_source(eq, source, sizeof(source));
		json_array_append_new(array,
				      json_pack("{s:s, s:s, s:s, s:s}", "text", words, "source",
						source, "verdict", verdict, "style",
						styles[style] ? styles[style] : "faint"));
	}
	return array;
}

static json_t *step_object(const struct report *r, const struct report_step *kept, json_t *texts)
{
	json_t *object = json_object();
	char label[96];

	if (!json_put_fields(object, JSON_STEP, &kept->step)) {
		json_decref(object);
		return NULL;
	}
	report_label(&kept->step, label, sizeof(label));
	json_object_set_new(object, "label", json_string(label));
	json_object_set_new(object, "say", equations_array(r, &kept->step));
	report_put_layers(object, kept, texts);
	return object;
}

static void write_steps(const struct report *r, const struct report_conn *c, json_t *texts,
			FILE *out)
{
	const struct report_step *kept;

	fputs("\"steps\":[", out);
	for (size_t i = 0; (kept = report_step_at(c, i)); i++) {
		fputs(i ? ",\n" : "\n", out);
		write_value(out, step_object(r, kept, texts));
	}
	fputs("],\n", out);
}

/* ---- a connection ----------------------------------------------------------------------------- */

static json_t *rows_array(const struct report_conn *c)
{
	struct report_row rows[REPORT_ROWS];
	unsigned n = report_summary(c, rows);
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(array, json_pack("[s, s]", rows[i].label, rows[i].text));
	return array;
}

static json_t *events_array(const struct report_conn *c)
{
	json_t *array = json_array();

	for (size_t i = 0; i < c->event_count; i++)
		json_array_append_new(array,
				      json_pack("{s:i, s:s, s:s}", "after", (int)c->events[i].after,
						"event", json_event_name(c->events[i].kind), "text",
						c->events[i].text));
	return array;
}

static json_t *point_array(const struct report_point *p)
{
	return json_pack("[I, I, I, I]", (json_int_t)p->time_ns, (json_int_t)p->value,
			 (json_int_t)p->len, (json_int_t)p->step);
}

static json_t *series_object(const struct report_series *s)
{
	json_t *points = json_array();

	for (unsigned i = 0; i < s->count; i++)
		json_array_append_new(points, point_array(&s->points[i]));
	if (s->count && s->points[s->count - 1].step != s->last.step)
		json_array_append_new(points, point_array(&s->last));
	return json_pack("{s:I, s:i, s:o}", "seen", (json_int_t)s->seen, "stride", (int)s->stride,
			 "points", points);
}

static json_t *plot_object(const struct report_plot *p)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "sent", series_object(&p->sent), "again",
			 series_object(&p->again), "acked", series_object(&p->acked), "edge",
			 series_object(&p->edge));
}

static void write_connection(const struct report *r, const struct report_conn *c, json_t *texts,
			     FILE *out)
{
	char client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX];

	addr_port_text(&c->about.client, c->about.client_port, client);
	addr_port_text(&c->about.server, c->about.server_port, server);
	fputs("{", out);
	write_member(out, "name", json_string(c->host));
	write_member(out, "ends", json_pack("[s, s]", client, server));
	write_member(out, "rows", rows_array(c));
	write_member(out, "seen", json_integer(c->steps_seen));
	write_steps(r, c, texts, out);
	write_member(out, "events", events_array(c));
	fputs("\"plots\":", out);
	write_value(out, json_both_ends(plot_object(&c->plots[TRACE_CLIENT]),
					plot_object(&c->plots[TRACE_SERVER])));
	fputs("}", out);
}

void report_write_data(const struct report *r, FILE *out)
{
	json_t *texts = json_object();

	fputs("{", out);
	write_member(out, "words", words_object());
	write_member(out, "notes", notes_object());
	write_member(out, "headers", report_headers());
	write_member(out, "left_out", json_integer(r->left_out));
	fputs("\"connections\":[", out);
	for (const struct report_conn *c = r->first; c; c = c->next) {
		fputs(c == r->first ? "\n" : ",\n", out);
		write_connection(r, c, texts, out);
	}
	fputs("],\n\"texts\":", out);
	write_value(out, report_texts(texts));
	fputs("}\n", out);
}
