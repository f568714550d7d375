/* SPDX-License-Identifier: GPL-3.0-or-later */
/* option.h - the options of TCP, IPv4 and IPv6 headers, one by one, in words. */
#ifndef TCPSHAKE_VIEW_OPTION_H
#define TCPSHAKE_VIEW_OPTION_H

#include "tcp/options.h"
#include "view/layers.h"

struct option {
	const struct tcp_option_info *info; /* NULL: a kind that no table has */
	uint8_t kind;
	bool bare;  /* a kind without a length */
	size_t at;  /* from the first byte of the header */
	size_t len; /* whole, kind and length counted in */
	const uint8_t *bytes;
};

enum option_result {
	OPTION_FOUND,
	OPTION_DONE,
	OPTION_BAD_LENGTH, /* the walk is over */
	OPTION_CUT,	   /* the capture ends inside it: the walk is over */
};

struct option_walk {
	const struct part *part;
	size_t at;
	bool over;
};

/* Begin behind the fields of the header's table; of a header without options none is found. */
struct option_walk option_walk(const struct part *p);

/* The next option; the end-of-list option comes as one, and is the last. */
enum option_result option_next(struct option_walk *w, struct option *o);

#define OPTION_VALUE_MAX 200u

/* What it holds: "1460"; "" where its presence is all. At most OPTION_VALUE_MAX bytes; returns @out. */
char *option_value(const struct layers *l, const struct part *p, const struct option *o, char *out);

/* What that means and where it is defined, at most FIELD_SAID_MAX bytes; returns @out. */
char *option_meaning(const struct part *p, const struct option *o, char *out);

/* Bytes in hexadecimal, in words of four; what does not fit into @size is left out and marked. Returns
 * @out. */
char *option_hex(const uint8_t *bytes, size_t len, char *out, size_t size);

#endif
