/* SPDX-License-Identifier: GPL-3.0-or-later */
/* craft.h - segments to bytes on the wire, with libnet.
 *
 * libnet builds every header; this is the only file that knows it. Built packets are IP packets, sent
 * through a raw socket: the kernel adds the link header, and for IPv4 it fills in total length and
 * header checksum itself, so what was really sent is what the capture saw. */
#ifndef TCPSHAKE_WIRE_CRAFT_H
#define TCPSHAKE_WIRE_CRAFT_H

#include "base/err.h"
#include "tcp/segment.h"
#include "wire/addr.h"

struct craft;

#define CRAFT_PACKET_MAX 65575u /* bytes: IPv6 header and 65535 */

/* The network layer of a packet. */
struct craft_ip {
	struct addr src, dst;
	uint8_t ttl;	     /* or hop limit */
	uint8_t tos;	     /* or traffic class; the segment's ECN field is put in as well */
	uint16_t id;	     /* IPv4 only; 0: the kernel chooses */
	uint32_t flow_label; /* IPv6 only, 20 bits */
	bool dont_fragment;  /* IPv4 only */
	bool bad_checksum;   /* send a TCP checksum that is wrong on purpose */
};

/**
 * craft_open() - open a raw socket for sending
 * @family: AF_INET or AF_INET6
 * @ifname: bind to this interface, or NULL
 * Return:  NULL with @e set (STATUS_PRIVILEGE without CAP_NET_RAW). Free with craft_close(). */
struct craft *craft_open(int family, const char *ifname, struct err *e);

/* craft_dry() - a crafter that builds but cannot send: needs no socket and no privilege. */
struct craft *craft_dry(int family, struct err *e);
void craft_close(struct craft *cr); /* accepts NULL */

/**
 * craft_build() - the bytes of one packet, IP header first, all checksums computed
 * @seg:    option_bytes/option_len are used as they are (padded with EOL to words); reserved,
 *          flags of nine bits and a data_offset other than 0 are honoured, right or wrong
 * @out:    room for CRAFT_PACKET_MAX bytes
 * Return:  length of the packet, 0 with @e set. */
size_t craft_build(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg,
		   uint8_t *out, struct err *e);

/**
 * craft_send() - build and send one packet
 * Return:  false with @e set: STATUS_UNREACHABLE (no route, network down), STATUS_APP otherwise.
 *          A full socket buffer is waited out, not an error. */
bool craft_send(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg,
		struct err *e);

/* What batch.h needs in order to send many packets at once by the same socket. */

/* craft_fd() - the raw socket, which stays the crafter's; -1: it only builds. */
int craft_fd(const struct craft *cr);

/* craft_where() - the address that a packet is sent to, with the scope that its header has no room for.
 * Return:  its length. */
socklen_t craft_where(const struct craft *cr, const struct addr *dst, struct sockaddr_storage *out);

/* craft_send_failed() - what an errno of sending means, in words; always false. */
bool craft_send_failed(const struct craft *cr, const struct addr *dst, size_t len, int number,
		       struct err *e);

#endif
