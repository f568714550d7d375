/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.h - what the wire must know of an Ethernet frame, and the answer to one that is too big. Pure. */
#ifndef TCPSHAKE_TESTS_NET_WIRE_FRAME_H
#define TCPSHAKE_TESTS_NET_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ETHER_LEN 14

struct frame_look {
	bool housekeeping; /* ARP, neighbour discovery, whatever is not IP: only delayed */
	bool may_fragment; /* IPv4 without DF */
	uint16_t ether_type;
	size_t text_from, text_to; /* what IP carries, offsets into the frame; equal when nothing */
};

void frame_look(const uint8_t *frame, size_t len, struct frame_look *out);

/* Mark it as a router with too much to do would: congestion experienced (RFC 3168 section 5). Return:
 * false where its sender does not take marks. */
bool frame_mark(uint8_t *frame, size_t len);

/**
 * frame_too_big() - the router's answer to a frame that does not fit
 * Makes ICMP "fragmentation needed" (RFC 792, RFC 1191) or ICMPv6 "packet too big" (RFC 4443), from
 * 198.51.100.254 or 2001:db8:51::fe, back to the sender.
 * @out:    room for FRAME_ANSWER_MAX bytes
 * Return:  its length; 0 where no answer is due: not IP, or IPv4 that may be fragmented. */
#define FRAME_ANSWER_MAX (ETHER_LEN + 1280)
size_t frame_too_big(const uint8_t *frame, size_t len, uint32_t mtu, uint8_t *out);

#endif
