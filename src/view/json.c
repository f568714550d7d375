/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - the steps for programs: one JSON object a line, each written at once.
 *
 * Every object has "type": connection, step, event or summary; the first one of the output has "schema"
 * too. What the fields are is in json_fields.c, and for programs in doc/tcpshake.schema.json. Text from the
 * network is escaped to ASCII before it gets here, so that every line is valid whatever a peer sends. */
#include <errno.h>
#include <stdlib.h>

#include "view/json_get.h"
#include "view/layers.h"
#include "view/ops.h"

struct json_view {
	struct view view;
	bool begun;
	unsigned connection;
};

static void fail(struct view *v, int error)
{
	v->failed = true;
	v->error = error;
}

static json_t *line_of(struct view *v, const char *type, enum json_table table, const void *source)
{
	struct json_view *jv = (struct json_view *)v;
	unsigned connection = table == JSON_CONNECTION ? 0 : jv->connection;

	return json_line(type, !jv->begun, connection, table, source);
}

/* @object: given away; NULL: memory was short */
static void write_object(struct view *v, json_t *object)
{
	struct json_view *jv = (struct json_view *)v;

	if (!object) {
		fail(v, ENOMEM);
	} else if (!v->failed) {
		errno = 0;
		if (json_dumpf(object, v->options.out, JSON_COMPACT | JSON_ENSURE_ASCII) != 0)
			fail(v, errno ? errno : EIO);
		fputc('\n', v->options.out);
		jv->begun = true;
		v->dirty = true;
	}
	json_decref(object);
}

static void write_line(struct view *v, const char *type, enum json_table table, const void *source)
{
	write_object(v, line_of(v, type, table, source));
}

static void write_connection(struct view *v, const struct view_connection *c)
{
	((struct json_view *)v)->connection = c->number;
	if (v->options.verbosity >= 0)
		write_line(v, "connection", JSON_CONNECTION, c);
}

static void write_step(struct view *v, const struct trace_step *step, const struct packet *packet,
		       const struct frame *frame)
{
	struct layers layers;
	json_t *object;

	if (v->options.verbosity < 0)
		return;
	object = line_of(v, "step", JSON_STEP, step);
	if (object && v->options.verbosity > 0) {
		layers_find(&layers, step, packet, frame);
		if (json_object_set_new(object, "layers", json_layers(&layers)) != 0) {
			json_decref(object);
			object = NULL;
		}
	}
	write_object(v, object);
}

static void write_event(struct view *v, const struct view_event *event)
{
	if (v->options.verbosity >= 0)
		write_line(v, "event", JSON_EVENT, event);
}

static void write_summary(struct view *v, const struct trace_summary *summary,
			  const struct view_result *result)
{
	struct json_summary_source source = { summary, result };

	write_line(v, "summary", JSON_SUMMARY, &source);
}

static void free_view(struct view *v)
{
	free((struct json_view *)v);
}

struct view *json_view_new(const struct view_options *options)
{
	static const struct view_ops ops = {
		.connection = write_connection,
		.step = write_step,
		.event = write_event,
		.summary = write_summary,
		.free = free_view,
	};
	struct json_view *jv = calloc(1, sizeof(*jv));

	if (!jv)
		return NULL;
	jv->view.ops = &ops;
	jv->view.options = *options;
	return &jv->view;
}
