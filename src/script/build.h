/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build.h - from a description to a segment that can be sent. */
#ifndef TCPSHAKE_SCRIPT_BUILD_H
#define TCPSHAKE_SCRIPT_BUILD_H

#include "script/match.h"
#include "wire/craft.h"

struct script_built {
	struct tcp_segment seg;
	struct craft_ip ip;
	uint8_t *text; /* what seg.text points to */
};

/**
 * script_build() - the segment that a description asks for
 * @c:      fills in what the description leaves open (tcp_conn_fill()); does not change
 * @ip:     the connection's network layer, changed in @out by the fields that belong to it
 * @base:   what its numbers are relative to: SACK blocks to the peer's
 * @out:    to be freed by script_built_free(), after success only
 * Return:  false with @e set: a variable without a number, a number out of range, options or text that
 *          no segment can hold.
 *
 * What is given is honoured, right or wrong: no flag is added, options are as listed. Only where they end
 * inside a word are they filled up, with EOL, as a header has no other length. */
bool script_build(const struct segment_spec *spec, struct tcp_conn *c, const struct craft_ip *ip,
		  const struct match_base *base, const struct values *v, int64_t now_us,
		  struct script_built *out, struct err *e);
void script_built_free(struct script_built *b); /* accepts NULL */

/* Byte @at of the pattern that "data len N" means; of a stream, when @at is its place there. */
uint8_t script_pattern_byte(uint64_t at);

#endif
