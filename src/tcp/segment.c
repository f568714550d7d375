/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment.c - small facts about one segment; see segment.h. */
#include "tcp/segment.h"

#include <string.h>

uint32_t tcp_segment_len(const struct tcp_segment *seg)
{
	return (uint32_t)seg->text_len + !!(seg->flags & TCP_FLAG_SYN) +
	       !!(seg->flags & TCP_FLAG_FIN);
}

uint32_t tcp_segment_end(const struct tcp_segment *seg)
{
	return seg->seq + tcp_segment_len(seg);
}

char *tcp_flags_text(uint16_t flags, char *out)
{
	static const struct {
		uint16_t flag;
		char name[4];
	} names[] = {
		{ TCP_FLAG_SYN, "SYN" }, { TCP_FLAG_FIN, "FIN" }, { TCP_FLAG_RST, "RST" },
		{ TCP_FLAG_PSH, "PSH" }, { TCP_FLAG_ACK, "ACK" }, { TCP_FLAG_URG, "URG" },
		{ TCP_FLAG_ECE, "ECE" }, { TCP_FLAG_CWR, "CWR" }, { TCP_FLAG_AE, "AE" },
	};
	char *at = out;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].flag))
			continue;
		if (at != out)
			*at++ = ',';
		at = stpcpy(at, names[i].name);
	}
	if (at == out)
		strcpy(out, "none");
	return out;
}
