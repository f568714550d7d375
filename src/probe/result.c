/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - names of what a probe can find out, and how far away that probably is. */
#include "probe/result.h"

#include "base/err.h"

const char *probe_state_name(enum probe_state s)
{
	static const char *const names[PROBE_STATE_COUNT] = {
		[PROBE_OPEN] = "open",	       [PROBE_CLOSED] = "closed",
		[PROBE_FILTERED] = "filtered", [PROBE_UNREACHABLE] = "unreachable",
		[PROBE_BROKEN] = "broken",
	};

	return (size_t)s < ARRAY_LEN(names) ? names[s] : "?";
}

const char *probe_close_name(enum probe_close c)
{
	static const char *const names[PROBE_CLOSE_COUNT] = {
		[PROBE_CLOSE_NONE] = "none",	 [PROBE_CLOSE_ORDERLY] = "orderly",
		[PROBE_CLOSE_MERGED] = "merged", [PROBE_CLOSE_PEER_FIRST] = "peer-first",
		[PROBE_CLOSE_RESET] = "reset",	 [PROBE_CLOSE_NO_FIN] = "no-fin",
		[PROBE_CLOSE_NO_ACK] = "no-ack",
	};

	return (size_t)c < ARRAY_LEN(names) ? names[c] : "?";
}

unsigned probe_distance(uint8_t ttl)
{
	static const uint8_t usual[] = { 32, 64, 128, 255 };
	size_t i = 0;

	while (usual[i] < ttl)
		i++;
	return usual[i] - ttl;
}
