/* SPDX-License-Identifier: GPL-3.0-or-later */
/* busy.h - how many connections there are with each host that has any, for sets whose order cannot tell
 * (order.h). Two hosts count as one when 64 bits of their hashes agree. */
#ifndef TCPSHAKE_PROBE_BUSY_H
#define TCPSHAKE_PROBE_BUSY_H

#include "wire/addr.h"

struct busy;

/* busy_new() - for at most @hosts at a time; NULL when memory is short. busy_free() accepts NULL. */
struct busy *busy_new(uint32_t hosts);
void busy_free(struct busy *b);

unsigned busy_count(const struct busy *b, const struct addr *host);

/* One more with a host; more hosts than there is room for are not counted. One less: harmless when there
 * is none. */
void busy_more(struct busy *b, const struct addr *host);
void busy_less(struct busy *b, const struct addr *host);

#endif
