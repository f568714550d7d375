/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reserved.c - the table of reserved networks; see reserved.h.
 *
 * In it is what the special-purpose registries (RFC 6890, as updated by RFC 8190) call no valid
 * destination, and what is no host's address: multicast, broadcast. Not in it are loopback, private, shared,
 * link-local and benchmarking networks, as people probe what is theirs, and those for protocols
 * (192.0.0.0/24, 2001::/23), of which some parts are valid. */
#include "probe/reserved.h"

#include "base/err.h"
#include "probe/target_word.h"

static const struct reserved rows[] = {
	{ "0.0.0.0/8", "this network", "RFC 791 section 3.2" },
	{ "224.0.0.0/4", "multicast", "RFC 5771" },
	{ "240.0.0.0-255.255.255.254", "reserved", "RFC 1112 section 4" },
	{ "255.255.255.255", "limited broadcast", "RFC 919 section 7" },
	{ "::", "unspecified", "RFC 4291 section 2.5.2" },
	{ "::ffff:0:0/96", "IPv4-mapped", "RFC 4291 section 2.5.5.2" },
	{ "ff00::/8", "multicast", "RFC 4291 section 2.7" },
};

const struct reserved *reserved_row(size_t n)
{
	return n < ARRAY_LEN(rows) ? &rows[n] : NULL;
}

bool reserved_spans(struct span_list *out)
{
	struct target_word word;
	struct err unused;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!target_word_parse(rows[i].network, &word, &unused) ||
		    !span_list_add(out, &word.span))
			return false;
	return true;
}
