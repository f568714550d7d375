/* SPDX-License-Identifier: GPL-3.0-or-later */
/* segment.h - one TCP segment as values: what the header says, in host byte order.
 *
 * The common currency of the program: wire/decode makes segments out of captured bytes, the engine
 * takes and makes them, wire/craft turns them into bytes, the tracker explains them. */
#ifndef TCPSHAKE_TCP_SEGMENT_H
#define TCPSHAKE_TCP_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control bits, in their places in bytes 12 and 13 of the header (RFC 9293 section 3.1, RFC 3168,
 * RFC 9768 for AE). */
enum tcp_flag {
	TCP_FLAG_FIN = 0x001,
	TCP_FLAG_SYN = 0x002,
	TCP_FLAG_RST = 0x004,
	TCP_FLAG_PSH = 0x008,
	TCP_FLAG_ACK = 0x010,
	TCP_FLAG_URG = 0x020,
	TCP_FLAG_ECE = 0x040,
	TCP_FLAG_CWR = 0x080,
	TCP_FLAG_AE = 0x100,
};

#define TCP_HEADER_MIN	    20u /* bytes of a header without options */
#define TCP_OPTIONS_MAX	    40u /* bytes of options that a header can hold */
#define TCP_SACK_BLOCKS_MAX 4u	/* blocks that fit into 40 bytes (RFC 2018 section 3) */
#define TCP_FLAGS_TEXT_MAX  48u /* bytes that tcp_flags_text() can need */

/* A range of received bytes, [from, to) (RFC 2018 section 3). */
struct tcp_sack_block {
	uint32_t from, to;
};

/* The options that the engine knows, decoded. Unknown ones stay in tcp_segment.option_bytes. */
struct tcp_options {
	bool has_mss, has_wscale, has_sack_permitted, has_timestamps;
	uint16_t mss;	 /* bytes (RFC 9293 section 3.7.1) */
	uint8_t wscale;	 /* shift as sent, 0 to 255; more than 14 counts as 14 (RFC 7323 2.3) */
	uint32_t ts_val; /* RFC 7323 section 3.2 */
	uint32_t ts_ecr;
	uint8_t sack_count; /* 0 to TCP_SACK_BLOCKS_MAX */
	struct tcp_sack_block sack[TCP_SACK_BLOCKS_MAX];
};

/* What the decoder found of the checksum. */
enum tcp_checksum {
	TCP_CHECKSUM_UNKNOWN, /* not all bytes were captured, or the segment is ours to craft */
	TCP_CHECKSUM_OK,
	TCP_CHECKSUM_PARTIAL, /* the pseudo-header's sum alone: offload, the rest is still to come */
	TCP_CHECKSUM_BAD,
};

/* The ECN field of the IP header that carries the segment (RFC 3168 section 5). */
enum tcp_ecn {
	TCP_ECN_NOT_ECT = 0,
	TCP_ECN_ECT1 = 1,
	TCP_ECN_ECT0 = 2,
	TCP_ECN_CE = 3, /* congestion experienced: a router marked it where it would have dropped */
};

struct tcp_segment {
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint16_t flags;	     /* enum tcp_flag */
	uint8_t data_offset; /* in 32-bit words, as on the wire; 0: let the crafter compute it */
	uint8_t reserved;    /* the three reserved bits, 0 to 7 */
	uint16_t window;     /* as in the header: not scaled */
	uint16_t checksum;   /* as in the header; set by the decoder only */
	enum tcp_checksum checksum_is;
	uint16_t urgent;
	uint8_t ecn;			       /* enum tcp_ecn, of the IP header around it */
	struct tcp_options options;	       /* decoded from, or to be encoded into: */
	uint8_t option_bytes[TCP_OPTIONS_MAX]; /* the options as on the wire, padding included */
	uint8_t option_len;		       /* 0 to 40, a multiple of 4 on the wire */
	const uint8_t *text;		       /* the payload; a slice that somebody else owns */
	size_t text_len; /* bytes, 0 to 65535; more only as captured from an interface that joins segments */
};

/**
 * tcp_segment_len() - how many sequence numbers the segment takes (RFC 9293: SEG.LEN)
 * Its bytes of text, and one each for SYN and FIN. */
uint32_t tcp_segment_len(const struct tcp_segment *seg);

/**
 * tcp_segment_end() - the sequence number after the segment's last
 * Return:  seq + SEG.LEN, modulo 2^32. */
uint32_t tcp_segment_end(const struct tcp_segment *seg);

/**
 * tcp_flags_text() - control bits as words
 * @flags:  any bits of enum tcp_flag
 * @out:    receives "SYN,ACK" and the like, at least TCP_FLAGS_TEXT_MAX bytes; "none" without bits
 * Order:   SYN FIN RST PSH ACK URG ECE CWR AE, ACK last of the common pairs: "SYN,ACK", "FIN,ACK".
 * Return:  @out. */
char *tcp_flags_text(uint16_t flags, char *out);

#endif
