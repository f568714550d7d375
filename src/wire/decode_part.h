/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_part.h - what the parts of the decoder share; private to wire/decode*.c.
 *
 * One struct reading walks down a frame, layer by layer. Two ends bound it: what was captured, and
 * what the IP header claims. A part reads a byte only after reading_has() said yes. */
#ifndef TCPSHAKE_WIRE_DECODE_PART_H
#define TCPSHAKE_WIRE_DECODE_PART_H

#include "wire/decode.h"

enum ip_protocol {
	IP_PROTOCOL_ICMP = 1,
	IP_PROTOCOL_TCP = 6,
	IP_PROTOCOL_ICMPV6 = 58,
};

struct reading {
	const uint8_t *bytes;
	size_t have; /* bytes of the frame at hand */
	size_t wire; /* bytes of the frame on the wire, at least have */
	size_t at;   /* where the next header begins */
	size_t end;  /* where the IP packet ends by its own account; may lie behind have */
	struct addr final_dst; /* the destination in the pseudo-header (RFC 8200 section 8.1) */
};

/* @n more bytes are at hand, and belong to the packet. */
static inline bool reading_has(const struct reading *r, size_t n)
{
	size_t limit = r->have < r->end ? r->have : r->end;

	return r->at <= limit && limit - r->at >= n;
}

static inline uint16_t be16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* An IP header with its options or extension headers, as values. */
struct ip_header {
	struct addr src, dst;
	struct addr final_dst; /* behind a routing header; family 0: not known */
	uint8_t ttl, tos;
	uint8_t protocol; /* of what follows the headers; of a later fragment, of the datagram */
	uint16_t id;
	bool dont_fragment, more_fragments, is_fragment;
	uint16_t fragment_offset; /* bytes */
	size_t len;		  /* bytes of all these headers */
	uint32_t total; /* bytes of the packet, headers included; 0: it does not say (offload) */
};

enum ip_result {
	IP_GOOD,
	IP_CUT, /* ends inside a header: what lies before is filled in */
	IP_BAD, /* contradicts itself */
};

/**
 * ip_header_read() - read an IPv4 or IPv6 header and what belongs to it
 * @b:      the packet
 * @avail:  bytes at hand there
 * @family: AF_INET or AF_INET6
 * @why:    set to words unless IP_GOOD is returned */
enum ip_result ip_header_read(const uint8_t *b, size_t avail, int family, struct ip_header *ip,
			      const char **why);

/* The layers, each from r->at on; each sets p->kind, and p->why where the kind calls for it. */
void decode_tcp(struct reading *r, struct packet *p);
void decode_icmp(struct reading *r, struct packet *p);

/* Set @p's kind and reason. */
void packet_is(struct packet *p, enum packet_kind kind, const char *why);

#endif
