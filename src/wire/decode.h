/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.h - captured bytes to meaning: link, network and transport layer of one frame.
 *
 * Pure: no system call, no allocation. Every length is checked against the captured bytes first and
 * against the headers' claims second; what cannot be decoded is named, never guessed at. */
#ifndef TCPSHAKE_WIRE_DECODE_H
#define TCPSHAKE_WIRE_DECODE_H

#include "tcp/conn.h"
#include "tcp/segment.h"
#include "wire/addr.h"

/* Link types that we read; the values are libpcap's DLT_ numbers. */
enum link_type {
	LINK_NULL = 0, /* BSD loopback, family in the capturing host's order */
	LINK_ETHERNET = 1,
	LINK_RAW = 12,	      /* DLT_RAW on Linux; also 14 and 101 in files */
	LINK_LOOP = 108,      /* OpenBSD loopback, family in network order */
	LINK_LINUX_SLL = 113, /* "any", cooked v1 */
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276, /* cooked v2 */
};

/* A captured frame. */
struct frame {
	int64_t time_ns;      /* since the epoch */
	const uint8_t *bytes; /* the capture's buffer: good until its next call */
	uint32_t captured;    /* bytes at hand */
	uint32_t length;      /* bytes on the wire; may be more */
	int link_type;	      /* enum link_type; others come up as PACKET_NOT_IP */
};

/* What a frame turned out to be. */
enum packet_kind {
	PACKET_TCP,
	PACKET_ICMP_ERROR, /* quotes a TCP segment of somebody's */
	PACKET_FRAGMENT,   /* a part of an IP datagram: not reassembled, reported */
	PACKET_TRUNCATED,  /* the capture, or the packet, ends inside a header */
	PACKET_BAD_HEADER, /* a header contradicts itself */
	PACKET_OTHER,	   /* IP, but neither TCP nor an ICMP error about TCP */
	PACKET_NOT_IP,	   /* ARP and the like, or a link type that we do not read */
};

struct packet {
	enum packet_kind kind;
	const char *why;     /* PACKET_TRUNCATED, _BAD_HEADER, _FRAGMENT, _NOT_IP: in words; static;
				 otherwise NULL */
	uint16_t vlan;	     /* outermost VLAN id + 1; 0: none */
	size_t ip_at;	     /* offset of the IP header in the frame */
	size_t transport_at; /* offset of the TCP (or ICMP) header in the frame */
	size_t text_at;	     /* offset of the payload in the frame */
	struct addr src, dst;
	struct addr
		sum_dst; /* the destination in the pseudo-header: behind an IPv6 routing header it is
				another (RFC 8200 section 8.1); family 0: not known */
	uint8_t ttl, tos; /* or hop limit, traffic class */
	uint16_t ip_id;	  /* IPv4 */
	bool dont_fragment;
	bool more_fragments;
	uint16_t fragment_offset; /* bytes */
	uint32_t ip_len;  /* bytes of the IP packet, header included, as its header claims; where
				 offload left 0 there, as the frame is long; 0: cannot be told */
	uint8_t protocol; /* transport protocol, behind extension headers */
	bool text_cut;	  /* the packet was not captured whole: see seg.text and text_captured */
	size_t text_captured; /* PACKET_TCP: bytes at hand at text_at, at most seg.text_len */

	/* PACKET_TCP: all of it; text_len is the wire's, and text is NULL when text_cut, so that nobody
	 * reads what was not captured. PACKET_ICMP_ERROR: ports and seq of the quoted segment.
	 * PACKET_FRAGMENT: the ports, if it is the first one. PACKET_TRUNCATED and _BAD_HEADER: the fixed
	 * header where it was there (data_offset is then not 0, or why says that it is below 5). */
	struct tcp_segment seg;

	/* PACKET_ICMP_ERROR */
	uint8_t icmp_type, icmp_code;
	struct addr icmp_src, icmp_dst; /* of the quoted packet: icmp_src is its sender */
	uint32_t icmp_mtu;		/* next-hop MTU, 0 when the router did not say */
	struct tcp_icmp icmp;		/* as the engine wants it */
};

/**
 * packet_decode() - decode one frame
 * @f:      the frame; its bytes must outlive the slices in @p
 * @p:      filled in completely, whatever the frame holds */
void packet_decode(const struct frame *f, struct packet *p);

/**
 * packet_icmp_text() - an ICMP error in words
 * Return:  "host unreachable", "port unreachable", "administratively prohibited", "packet too big",
 *          ...; static, never NULL. */
const char *packet_icmp_text(const struct packet *p);

#endif
