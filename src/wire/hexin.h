/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hexin.h - frames out of text: a hex dump, bare hexadecimal digits, or base64.
 *
 * Dumps have an offset in front of each line and begin anew at offset 0: xxd, hexdump, od, tcpdump -x and -X,
 * tshark -x and what Wireshark copies. Digits without offsets, and base64, are one frame until an empty line,
 * or until the IP packet in them is whole at the end of a line. Pure: no system call, no allocation. */
#ifndef TCPSHAKE_WIRE_HEXIN_H
#define TCPSHAKE_WIRE_HEXIN_H

#include "base/err.h"
#include "wire/decode.h"

#define HEXIN_FRAME_MAX 262144u /* bytes; as libpcap's largest */
#define HEXIN_LINK_ANY	(-1)

enum hexin_form {
	HEXIN_ANY, /* told by looking */
	HEXIN_HEX,
	HEXIN_BASE64,
};

enum hexin_shape { HEXIN_SHAPE_DUMP, HEXIN_SHAPE_DIGITS, HEXIN_SHAPE_BASE64 };

/* A reader; hexin_begin() sets it. */
struct hexin {
	const char *text;
	size_t len, at;
	unsigned line; /* that was read last, from 1 */
	enum hexin_shape shape;
	int asked, link_type; /* asked: HEXIN_LINK_ANY, or what the user says */
	bool swap;	      /* words of a dump are in the little-endian order of od and hexdump */
	uint8_t *bytes;	      /* HEXIN_FRAME_MAX of the caller's */
	size_t count;	      /* of the frame under way */
	/* Of a dump's frame: */
	size_t row, width; /* where its last row begins, bytes in a full one */
	unsigned radix;	   /* bits: which bases its offsets can be in */
	bool repeated;	   /* the row before stands for those up to the next offset */
	bool skip;	   /* of bytes that a program put together, not a frame */
	/* Of base64: */
	uint32_t bits;
	unsigned bit_count;
	bool padded;
};

/**
 * hexin_begin() - look all of the text over: which form it has, which link type its frames
 * @text:   as @bytes, good until the last hexin_next()
 * @link:   HEXIN_LINK_ANY: the link type is the one that suits the frames best
 * Return:  false with @e set (STATUS_APP) to what is wrong, and in which line: "line 3: ...". */
bool hexin_begin(struct hexin *h, const char *text, size_t len, enum hexin_form form, int link,
		 uint8_t bytes[HEXIN_FRAME_MAX], struct err *e);

/**
 * hexin_next() - the next frame, without a time
 * Return:  1, 0 at the end, -1 with @e set (STATUS_APP). */
int hexin_next(struct hexin *h, struct frame *f, struct err *e);

/* hexin_rank() - how well bytes read as a frame of a link type: 0, no IP packet; 1, one; 2, one that is as long
 * as it says; 3, TCP with a checksum that is right. */
unsigned hexin_rank(const uint8_t *bytes, size_t len, int link);

#endif
