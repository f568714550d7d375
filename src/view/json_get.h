/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_get.h - how a field of a JSON line gets its value; for json_fields.c and json_step.c only. */
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

/* {"client": ..., "server": ...}; both values are given away. */
json_t *json_both_ends(json_t *client, json_t *server);

/* "SYN,ACK" */
json_t *json_flags(const struct tcp_segment *seg);

/* The tables of json_step.c. */
const struct json_field *json_step_tables(enum json_table table);

#endif
