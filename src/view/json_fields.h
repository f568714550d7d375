/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.h - the fields of the JSON lines: each declared once, with its type and its meaning.
 *
 * The writer and the tests read the same rows; a test compares them with the manual page and with
 * doc/tcpshake.schema.json, which has the values of all enums, too. */
#ifndef TCPSHAKE_VIEW_JSON_FIELDS_H
#define TCPSHAKE_VIEW_JSON_FIELDS_H

#include <jansson.h>

#include "view/view.h"

/* Counts up when a field or a value changes its meaning or goes, or a required field becomes optional; new
 * fields, values and types of lines may come under the same number. */
#define JSON_SCHEMA 1

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
	JSON_VERDICT,	    /* struct view_verdict */
	JSON_COMPARED,	    /* struct view_compared */
	JSON_SCRIPT,	    /* struct view_script */
	JSON_LAYER,	    /* what -v adds to a step; the sources are json_layers.c's own */
	JSON_LAYER_FIELD,
	JSON_LAYER_OPTION,
	JSON_CHECKSUM,
	JSON_TABLE_COUNT,
};

const struct json_field *json_fields(enum json_table table);

/* Puts all fields of @source into @object; false when memory is short. */
bool json_put_fields(json_t *object, enum json_table table, const void *source);

/**
 * json_line() - one line, as an object
 * @first:      it begins the output, so it says which schema
 * @connection: the number of the one that it belongs to; 0: none
 * Return:      NULL when memory is short. */
json_t *json_line(const char *type, bool first, unsigned connection, enum json_table table,
		  const void *source);

/* Stable name of an event. */
const char *json_event_name(enum view_event_kind kind);

#endif
