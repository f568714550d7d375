/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suspect.h - SYN,ACKs with a wrong acknowledgement number: a broken peer, or somebody who forges.
 *
 * A peer has seen our initial number and is wrong by the same amount each time, or by a few. Who forges
 * blindly does not know it, so his error is different for each of our attempts, and large. A table of
 * fixed size: of too many suspects the later ones replace the earlier. */
#ifndef TCPSHAKE_PROBE_SUSPECT_H
#define TCPSHAKE_PROBE_SUSPECT_H

#include "probe/result.h"

struct suspects;

struct suspects *suspects_new(void); /* NULL when memory is short */
void suspects_free(struct suspects *s);

/* suspects_note() - @error: the number that came less the right one. Return: the first of this attempt. */
bool suspects_note(struct suspects *s, uint64_t position, unsigned attempt, uint32_t error,
		   const struct probe_synack *synack);

/* suspects_convict() - does what came from a target prove that it is broken? Return: its SYN,ACK or NULL. */
const struct probe_synack *suspects_convict(const struct suspects *s, uint64_t position);

#endif
