/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_word.h - one target as people write it; see targets.h for the forms. Asks nobody: a name stays one. */
#ifndef TCPSHAKE_PROBE_TARGET_WORD_H
#define TCPSHAKE_PROBE_TARGET_WORD_H

#include "base/err.h"
#include "probe/span.h"

#define TARGET_WORD_MAX 1024u /* bytes of a word, and of a line of a list */
#define TARGET_NAME_MAX 253u  /* of a host (RFC 1035 section 2.3.4, as text) */

struct target_word {
	struct span span;		 /* addresses; family 0: a name */
	char name[TARGET_NAME_MAX + 1];	 /* the name */
	char ports[TARGET_WORD_MAX + 1]; /* its ports, as they stand there; "": none are named */
};

/* target_word_parse() - false with @e set (STATUS_USAGE) where it is no target. */
bool target_word_parse(const char *text, struct target_word *out, struct err *e);

#endif
