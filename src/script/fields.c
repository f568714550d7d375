/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.c - the table of named fields; see fields.h. */
#include "script/fields.h"

#include <string.h>

/* Each field's two functions: how it is put into what is to be sent, and how a captured packet has it.
 * WRITE() and READ() make those that are a plain member. */
#define WRITE(name, member, type)                                                          \
	static void write_##name(uint32_t v, struct tcp_segment *seg, struct craft_ip *ip) \
	{                                                                                  \
		(void)seg, (void)ip;                                                       \
		member = (type)v;                                                          \
	}
#define READ(name, member)                                           \
	static bool read_##name(const struct packet *p, uint32_t *v) \
	{                                                            \
		*v = (uint32_t)p->member;                            \
		return true;                                         \
	}

WRITE(seq, seg->seq, uint32_t)
WRITE(ack, seg->ack, uint32_t)
WRITE(win, seg->window, uint16_t)
WRITE(urg, seg->urgent, uint16_t)
WRITE(reserved, seg->reserved, uint8_t)
WRITE(offset, seg->data_offset, uint8_t)
WRITE(sport, seg->src_port, uint16_t)
WRITE(dport, seg->dst_port, uint16_t)
WRITE(ttl, ip->ttl, uint8_t)
WRITE(tos, ip->tos, uint8_t)
WRITE(id, ip->id, uint16_t)
WRITE(df, ip->dont_fragment, bool)
WRITE(ecn, seg->ecn, uint8_t)

READ(seq, seg.seq)
READ(ack, seg.ack)
READ(len, seg.text_len)
READ(win, seg.window)
READ(urg, seg.urgent)
READ(reserved, seg.reserved)
READ(offset, seg.data_offset)
READ(sport, seg.src_port)
READ(dport, seg.dst_port)
READ(ttl, ttl)
READ(tos, tos)

static void write_sum(uint32_t v, struct tcp_segment *seg, struct craft_ip *ip)
{
	(void)seg;
	ip->bad_checksum = !v;
}

void field_ecn_and_tos(bool tos, bool ecn, struct tcp_segment *seg, struct craft_ip *ip)
{
	if (ecn)
		ip->tos &= 0xfc; /* the crafter adds the segment's bits to it */
	else if (tos)
		seg->ecn = 0;
}

/* IPv6 has neither an identification nor a bit against fragments: routers never make any. */
static bool read_id(const struct packet *p, uint32_t *v)
{
	*v = p->ip_id;
	return p->src.family == AF_INET;
}

static bool read_df(const struct packet *p, uint32_t *v)
{
	*v = p->dont_fragment;
	return p->src.family == AF_INET;
}

static bool read_ecn(const struct packet *p, uint32_t *v)
{
	*v = p->tos & 3;
	return true;
}

/* A partial sum is one that a network card is yet to complete: right. */
static bool read_sum(const struct packet *p, uint32_t *v)
{
	*v = p->seg.checksum_is != TCP_CHECKSUM_BAD;
	return p->seg.checksum_is != TCP_CHECKSUM_UNKNOWN;
}

static const struct field_info fields[FIELD_COUNT] = {
	[FIELD_SEQ] = { "seq", UINT32_MAX, true, write_seq, read_seq },
	[FIELD_ACK] = { "ack", UINT32_MAX, true, write_ack, read_ack },
	[FIELD_LEN] = { "len", 65495, false, NULL, read_len },
	[FIELD_WIN] = { "win", 65535, false, write_win, read_win },
	[FIELD_URG] = { "urg", 65535, false, write_urg, read_urg },
	[FIELD_RESERVED] = { "reserved", 7, false, write_reserved, read_reserved },
	[FIELD_OFFSET] = { "offset", 15, false, write_offset, read_offset },
	[FIELD_SPORT] = { "sport", 65535, false, write_sport, read_sport },
	[FIELD_DPORT] = { "dport", 65535, false, write_dport, read_dport },
	[FIELD_TTL] = { "ttl", 255, false, write_ttl, read_ttl },
	[FIELD_TOS] = { "tos", 255, false, write_tos, read_tos },
	[FIELD_ID] = { "id", 65535, false, write_id, read_id },
	[FIELD_DF] = { "df", 1, false, write_df, read_df },
	[FIELD_ECN] = { "ecn", 3, false, write_ecn, read_ecn },
	[FIELD_SUM] = { "sum", 1, false, write_sum, read_sum },
};

const struct field_info *field_info(enum field f)
{
	return &fields[f];
}

bool field_find(const char *name, enum field *out)
{
	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		if (!strcmp(fields[i].name, name)) {
			*out = (enum field)i;
			return true;
		}
	}
	return false;
}

static const char *const captured_names[CAPTURED_COUNT] = {
	[CAPTURED_FLAGS] = "flags",   [CAPTURED_MSS] = "mss",	    [CAPTURED_WSCALE] = "wscale",
	[CAPTURED_TS_VAL] = "ts.val", [CAPTURED_TS_ECR] = "ts.ecr", [CAPTURED_TEXT] = "text",
};

const char *const *field_captured_names(void)
{
	static const char *names[FIELD_COUNT + CAPTURED_COUNT + 1];

	for (unsigned i = 0; i < FIELD_COUNT; i++)
		names[i] = fields[i].name;
	for (unsigned i = 0; i < CAPTURED_COUNT; i++)
		names[FIELD_COUNT + i] = captured_names[i];
	return names;
}

bool captured_find(const char *name, enum captured *out)
{
	for (unsigned i = 0; i < CAPTURED_COUNT; i++) {
		if (!strcmp(captured_names[i], name)) {
			*out = (enum captured)i;
			return true;
		}
	}
	return false;
}

bool captured_number(enum captured what, const struct tcp_segment *seg, uint32_t *value)
{
	const struct tcp_options *o = &seg->options;

	switch (what) {
	case CAPTURED_FLAGS:
		*value = seg->flags;
		return true;
	case CAPTURED_MSS:
		*value = o->mss;
		return o->has_mss;
	case CAPTURED_WSCALE:
		*value = o->wscale;
		return o->has_wscale;
	case CAPTURED_TS_VAL:
		*value = o->ts_val;
		return o->has_timestamps;
	case CAPTURED_TS_ECR:
		*value = o->ts_ecr;
		return o->has_timestamps;
	case CAPTURED_TEXT:
	case CAPTURED_COUNT:
		break;
	}
	return false;
}

char *field_flags_text(uint16_t flags, char out[FIELD_FLAGS_MAX])
{
	static const char letters[] = "FSRP.UEWA"; /* from the lowest bit up */
	char *p = out;

	for (unsigned i = 0; letters[i]; i++)
		if (flags & 1u << i)
			*p++ = letters[i];
	*p = '\0';
	return *out ? out : strcpy(out, "none");
}
