/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reserved.h - networks where no host can be: what `probe` leaves out unless it is told otherwise. */
#ifndef TCPSHAKE_PROBE_RESERVED_H
#define TCPSHAKE_PROBE_RESERVED_H

#include "probe/span.h"

struct reserved {
	const char *network; /* "192.0.2.0/24" */
	const char *what;    /* "multicast" */
	const char *source;  /* "RFC 5737" */
};

/* The rows in ascending order, without overlap; NULL behind the last. */
const struct reserved *reserved_row(size_t n);

/* All of them as a joined list, span n of row n; false when memory is short. */
bool reserved_spans(struct span_list *out);

#endif
