/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.h - the fields of the JSON lines: each declared once, with its type and its meaning.
 *
 * The writer, the tests and the manual page read the same rows. */
#ifndef TCPSHAKE_VIEW_JSON_FIELDS_H
#define TCPSHAKE_VIEW_JSON_FIELDS_H

#include <jansson.h>

#include "view/view.h"

#define JSON_SCHEMA 1 /* counts up when a field changes its meaning or goes; new fields may come */

struct json_field {
	const char *name; /* the last row of a table has none */
	const char *type; /* "integer", "string", ... as the manual has it */
	const char *meaning;
	/* The value, from the struct that the table is about; NULL: the field is left out. */
	json_t *(*get)(const void *source);
};

/* What goes into a summary line. */
struct json_summary_source {
	const struct trace_summary *summary;
	const struct view_result *result; /* or NULL */
};

/* What a table of fields is about. */
enum json_table {
	JSON_CONNECTION,    /* struct view_connection */
	JSON_STEP,	    /* struct trace_step */
	JSON_EQUATION,	    /* struct trace_equation */
	JSON_CHANGE,	    /* struct trace_change */
	JSON_EVENT,	    /* struct view_event */
	JSON_SUMMARY,	    /* struct json_summary_source */
	JSON_PROBE,	    /* struct probe_result */
	JSON_PROBE_REPEAT,  /* struct probe_stats */
	JSON_PROBE_SUMMARY, /* struct json_probe_source */
	JSON_TABLE_COUNT,
};

const struct json_field *json_fields(enum json_table table);

/* Puts all fields of @source into @object; false when memory is short. */
bool json_put_fields(json_t *object, enum json_table table, const void *source);

/* Stable name of an event. */
const char *json_event_name(enum view_event_kind kind);

#endif
