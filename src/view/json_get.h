/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_get.h - how a field of a JSON line gets its value; for json_*.c, probe_fields.c and verdict.c only. */
#ifndef TCPSHAKE_VIEW_JSON_GET_H
#define TCPSHAKE_VIEW_JSON_GET_H

#include "view/json_fields.h"

/* A getter: what @source points to is @p. */
#define GETTER(name, type)                              \
	static json_t *name##_of(const type *p);        \
	static json_t *name(const void *source)         \
	{                                               \
		return name##_of((const type *)source); \
	}                                               \
	static json_t *name##_of(const type *p)
#define GET(prefix, field, type, expression) \
	GETTER(prefix##_##field, type)       \
	{                                    \
		return expression;           \
	}

/* Strings that may hold anything, a peer's for instance; NULL: left out. */
json_t *json_safe_string(const char *s);

/* Below 0: left out. */
json_t *json_nanoseconds(int64_t ns);

/* Of no family: left out. */
json_t *json_address(const struct addr *a);

/* {"client": ..., "server": ...}; both values are given away. */
json_t *json_both_ends(json_t *client, json_t *server);

/* The headers of a frame with all their fields; NULL when memory is short. */
struct layers;
json_t *json_layers(const struct layers *l);

/* "ok", "partial", "bad", "unknown" */
json_t *json_checksum_name(enum tcp_checksum checksum);

/* "SYN,ACK" */
json_t *json_flags(const struct tcp_segment *seg);

/* The tables of json_step.c, json_layers.c, probe_fields.c and verdict.c. */
const struct json_field *json_step_tables(enum json_table table);
const struct json_field *json_layer_tables(enum json_table table);
const struct json_field *json_probe_tables(enum json_table table);
const struct json_field *json_verdict_tables(enum json_table table);

#endif
