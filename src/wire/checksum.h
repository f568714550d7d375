/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checksum.h - the Internet checksum (RFC 1071), and TCP's use of it. Pure. */
#ifndef TCPSHAKE_WIRE_CHECKSUM_H
#define TCPSHAKE_WIRE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "tcp/segment.h"
#include "wire/addr.h"

/* A running one's complement sum, not yet folded. Cannot overflow below 2^48 bytes. */
typedef uint64_t checksum_sum;

/* Add @len bytes; an odd last byte counts as the high half of a word, so only the last piece of a
 * message may be odd. */
checksum_sum checksum_add(checksum_sum sum, const uint8_t *bytes, size_t len);

/**
 * checksum_pseudo() - the sum of a pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1)
 * @len:    of the transport header and its payload, in bytes
 * IPv4 and IPv6 lay it out differently, but both sum up to the same terms. */
checksum_sum checksum_pseudo(const struct addr *src, const struct addr *dst, uint8_t protocol,
			     size_t len);

/* Fold to 16 bits; not complemented. 0xffff over data that holds its own checksum means right. */
uint16_t checksum_fold(checksum_sum sum);

/* How the checksum in a header comes about, piece by piece, and what the one there is worth. */
struct checksum_made {
	checksum_sum pseudo, header, data; /* the header's without the checksum itself */
	checksum_sum total;
	uint16_t folded;
	uint16_t complement; /* of folded: what ought to be in the header */
	uint16_t field;	     /* what is there */
	enum tcp_checksum is;
};

/**
 * checksum_make() - reckon it up
 * @pseudo: the pseudo-header's sum; 0 for a header without one
 * @header: of an even number of bytes
 * @field_at: where in it the checksum is
 * @data:   what follows it, @len bytes; may be NULL when @len is 0 */
void checksum_make(struct checksum_made *made, checksum_sum pseudo, const uint8_t *header,
		   size_t header_len, size_t field_at, const uint8_t *data, size_t len);

#endif
