/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h - listen on an interface with libpcap; the only live use of it. */
#ifndef TCPSHAKE_WIRE_CAPTURE_H
#define TCPSHAKE_WIRE_CAPTURE_H

#include "base/err.h"
#include "wire/decode.h"

struct capture;

/**
 * capture_open() - listen on an interface
 * @ifname: interface
 * @filter: a pcap-filter(7) expression
 * Immediate mode, nanosecond stamps, both directions (each frame once, on loopback too), and a ring: of
 * about 500 frames where they may be of 64 KiB, of about 4,000 where they follow an MTU of 1,500. More
 * than that unread, and frames are dropped, however small they are. Costs 15 to 30 ms, or 3: open once,
 * before sending.
 * Return:  NULL with @e set (STATUS_PRIVILEGE without CAP_NET_RAW, STATUS_USAGE for no such
 *          interface). Close with capture_close(), which accepts NULL. */
struct capture *capture_open(const char *ifname, const char *filter, struct err *e);
void capture_close(struct capture *c);

/* What is expected on an interface, where that is known better than by asking it. */
struct capture_size {
	uint32_t
		frame_max; /* bytes of the largest frame; larger ones may be cut. 0: by the interface */
	uint32_t
		ring_bytes; /* it has about as many slots as frames of that size fit; 0: by the interface */
};

/* capture_open_sized() - the same with a ring of another size. */
struct capture *capture_open_sized(const char *ifname, const char *filter,
				   const struct capture_size *size, struct err *e);

/* Replace the filter; frames already queued still come. Needs no privilege. */
bool capture_set_filter(struct capture *c, const char *filter, struct err *e);

/* The filter expression for all that may concern TCP connections with one peer: segments to or from
 * its port, fragments, IPv6 extension headers, ICMP errors from anywhere. 512 bytes are enough; the
 * scope of @peer is left out, since the capture has an interface of its own. Returns @out. */
char *capture_peer_filter(const struct addr *peer, uint16_t port, char *out, size_t size);

/* Readable when frames wait. */
int capture_fd(const struct capture *c);
int capture_link_type(const struct capture *c); /* enum link_type, or another DLT_ number */

/**
 * capture_next() - the next frame, without waiting
 * Return:  1 with @f filled in, 0 when none waits, -1 with @e set (the interface went away). */
int capture_next(struct capture *c, struct frame *f, struct err *e);

/* Frames that the kernel dropped because the ring was full, so far. */
unsigned capture_drops(struct capture *c);

#endif
