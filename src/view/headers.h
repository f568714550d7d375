/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headers.h - every header that a frame with TCP in it can have, field by field, as tables.
 *
 * One row is one field: the diagram, the colours of the hex dump, the list of fields and the names in
 * JSON are made from it. Where the command language of `step` has the field, the name is the same. */
#ifndef TCPSHAKE_VIEW_HEADERS_H
#define TCPSHAKE_VIEW_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct layers;
struct part;

enum header_kind {
	HEADER_ETHERNET,
	HEADER_VLAN,
	HEADER_SLL,
	HEADER_SLL2,
	HEADER_LOOPBACK,
	HEADER_IPV4,
	HEADER_IPV6,
	HEADER_IP6_HOP_BY_HOP,
	HEADER_IP6_DESTINATION,
	HEADER_IP6_ROUTING,
	HEADER_IP6_FRAGMENT,
	HEADER_IP6_AUTHENTICATION,
	HEADER_IP6_OTHER,
	HEADER_TCP,
	HEADER_COUNT,
};

enum header_layer { LAYER_LINK, LAYER_NETWORK, LAYER_TRANSPORT };

/* How a value is written. */
enum field_form {
	FORM_NUMBER,
	FORM_HEX,
	FORM_ADDRESS, /* IPv4 of 32 bits, IPv6 of 128 */
	FORM_BYTES,   /* 02:00:5e:... */
};

/* What follows the fields of the table, up to the header's own length. */
enum header_rest {
	REST_NONE,
	REST_BYTES, /* not taken apart */
	REST_TCP_OPTIONS,
	REST_IP4_OPTIONS,
	REST_IP6_OPTIONS,
};

#define FIELD_SAID_MAX 160u

struct header_field {
	const char *name;  /* for machines: "sport"; the last row of a table has none */
	const char *label; /* for people: "source port" */
	const char *brief; /* for a box of the diagram */
	unsigned bit;	   /* where it begins, from the first bit of the header */
	unsigned bits;	   /* how many */
	enum field_form form;
	const char *meaning;		     /* what such a field is for */
	const char *(*word)(uint32_t value); /* words for single values, NULL for others; or NULL */
	/* What this value comes to in this frame, at most FIELD_SAID_MAX bytes into @out; false: nothing
	 * more than the table says. May be NULL. */
	bool (*say)(const struct layers *l, const struct part *p, uint32_t value, char *out);
};

struct header {
	const char *name;   /* for machines: "ipv4" */
	const char *label;  /* for people */
	const char *source; /* where it is defined */
	enum header_layer layer;
	bool row; /* drawn as one row of boxes; else as words of 32 bits */
	enum header_rest rest;
	const struct header_field *fields;
};

const struct header *header_info(enum header_kind kind);

/* Bytes that the fields of the table take. */
size_t header_fixed_len(const struct header *h);

/* The value of a field of 32 bits at most, from the header's bytes, in host order. */
uint32_t header_value(const struct header_field *f, const uint8_t *header);

/* The words for a value; NULL where the table has none. */
const char *header_value_word(const struct header_field *f, uint32_t value);

/* "link", "network", "transport" */
const char *header_layer_name(enum header_layer layer);

#endif
