/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.h - many packets of a few kinds, fast: crafted once, patched, and sent with one system call.
 *
 *     batch_stamp_init()     libnet makes one packet of the kind
 *     batch_stamp()          ... and from now on only what differs is written into a copy of it
 *     batch_build()          a packet that is unlike others: libnet makes it
 *     batch_flush()          sendmmsg() on the crafter's raw socket */
#ifndef TCPSHAKE_WIRE_BATCH_H
#define TCPSHAKE_WIRE_BATCH_H

#include "wire/checksum.h"
#include "wire/craft.h"

#define BATCH_PACKETS	 64u   /* that wait to be sent at most */
#define BATCH_PACKET_MAX 1536u /* bytes of one */
#define BATCH_STAMP_MAX	 120u  /* bytes of a packet that is all header */

/* A packet of headers alone, as libnet made it, and the sums of all that does not change. */
struct batch_stamp {
	uint8_t bytes[BATCH_STAMP_MAX];
	uint8_t len, tcp_at, ts_at; /* ts_at: where the timestamps are; 0: it has none */
	int family;
	checksum_sum ip_sum, tcp_sum;
};

/* What differs from packet to packet. */
struct batch_fields {
	const struct addr *src, *dst;
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint32_t ts_val, ts_ecr; /* where the kind has timestamps */
};

/**
 * batch_stamp_init() - craft the first packet of a kind
 * @ip, @seg: as for craft_build(), without text; addresses, ports, numbers and timestamps do not matter
 * Return:  false with @e set. */
bool batch_stamp_init(struct batch_stamp *s, struct craft *cr, const struct craft_ip *ip,
		      const struct tcp_segment *seg, struct err *e);

/* batch_stamp() - the bytes that craft_build() would make of these fields; returns their number.
 * Both checksums come from the sum of what stays and the sum of what differs (RFC 1071, RFC 1624).
 * @out:    room for BATCH_STAMP_MAX bytes */
size_t batch_stamp(const struct batch_stamp *s, const struct batch_fields *f, uint8_t *out);

struct batch;

/* batch_new() - on a crafter's socket, which is borrowed; NULL with @e set. batch_free() accepts NULL and
 * sends nothing. */
struct batch *batch_new(struct craft *cr, struct err *e);
void batch_free(struct batch *b);

/* How many packets there is room for, and how many wait. */
unsigned batch_room(const struct batch *b);
unsigned batch_waiting(const struct batch *b);

/* batch_add() - one more, where there is room. @tag: the owner's, for what could not be sent. */
void batch_add(struct batch *b, const struct batch_stamp *s, const struct batch_fields *f,
	       uint64_t tag);

/* batch_build() - one more, made by libnet; false with @e set. */
bool batch_build(struct batch *b, const struct craft_ip *ip, const struct tcp_segment *seg,
		 uint64_t tag, struct err *e);

/**
 * batch_flush() - send what waits
 * @refused: called for each packet that this host cannot send (no route, its packet filter), with the
 *          errno; it is gone. NULL: nobody wants to know
 * Return:  how many were sent. What a full queue has no room for goes on waiting: try again in a
 *          millisecond. */
unsigned batch_flush(struct batch *b,
		     void (*refused)(void *context, uint64_t tag, const struct addr *dst,
				     int number),
		     void *context);

#endif
