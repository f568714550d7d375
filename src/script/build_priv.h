/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build_priv.h - what the files of the builder share: build.c, and build_options.c for the list between
 * < and >. */
#ifndef TCPSHAKE_SCRIPT_BUILD_PRIV_H
#define TCPSHAKE_SCRIPT_BUILD_PRIV_H

#include "script/build.h"

/* One segment in the making. */
struct building {
	const struct match_base *base;
	const struct values *v;
	struct err *e;
};

/* build_modulo() - a number modulo 2^32, counted from @from unless it is absolute; false with @b->e set. */
bool build_modulo(const struct building *b, const struct test *t, const char *what, uint32_t from,
		  uint32_t *out);

/* build_options() - @own: the control block's, for timestamps without numbers. False with @b->e set. */
bool build_options(struct building *b, const struct option_list_spec *list,
		   const struct tcp_options *own, struct tcp_segment *seg);

#endif
