/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sendq.h - what was written and not yet acknowledged: its bytes, and a record of each sending.
 *
 * The records lie in the order of their numbers without gaps from SND.UNA to SND.NXT, SYN and FIN
 * included: they are the scoreboard (RFC 6675 section 3) and the transmission times (RFC 8985
 * section 6) in one. The bytes are a ring that begins at SND.UNA's text and grows on demand. */
#ifndef TCPSHAKE_TCP_SENDQ_H
#define TCPSHAKE_TCP_SENDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sent_mark {
	SENT_SACKED = 1, /* the peer has it */
	SENT_LOST = 2,	 /* taken for lost and not sent again since */
	SENT_AGAIN = 4,	 /* was sent more than once: no RTT sample without timestamps */
};

/* One range as it was last sent: [seq, end). */
struct sent {
	uint32_t seq, end;
	int64_t sent_us;
	uint8_t marks; /* enum sent_mark */
};

struct sendq {
	uint8_t *ring;
	size_t size;  /* of the ring, a power of two; 0 before the first write */
	size_t limit; /* most bytes that are kept */
	size_t head;  /* index of the first byte */
	size_t used;
	uint32_t text_seq; /* sequence number of the first byte */
	uint8_t *scratch;  /* one segment of text that wraps in the ring; made with it */

	struct sent *records; /* a ring too */
	unsigned records_size, first, count;
	uint32_t sacked, lost; /* numbers in records with SENT_SACKED, SENT_LOST */
};

/* sendq_init() - empty; @text_seq is the number that the first byte written will get. Cannot fail. */
void sendq_init(struct sendq *q, size_t limit, uint32_t text_seq);
void sendq_free(struct sendq *q);

/* Append bytes; returns how many were taken: fewer at the limit or without memory. */
size_t sendq_write(struct sendq *q, const uint8_t *text, size_t len);

/* The number after the last byte written. */
uint32_t sendq_text_end(const struct sendq *q);

/**
 * sendq_slice() - bytes as one piece
 * @seq, @len: inside what is kept
 * @scratch:   room for @len bytes, used only when the ring wraps within them
 * Return:     the bytes; good until the next write or acknowledgement. */
const uint8_t *sendq_slice(const struct sendq *q, uint32_t seq, size_t len, uint8_t *scratch);

/* Record that [seq, end), which follows the last record, is being sent. False without memory. */
bool sendq_sent(struct sendq *q, uint32_t seq, uint32_t end, int64_t now_us);

/* Record @index from the oldest, 0 to count - 1. */
struct sent *sendq_record(const struct sendq *q, unsigned index);

/* Change a record's marks and keep the sums right. */
void sendq_mark(struct sendq *q, struct sent *s, uint8_t set, uint8_t clear);

/* Cut a record in two at @seq, which lies inside it; marks and time go to both. False without
 * memory. Pointers to records are void afterwards. */
bool sendq_split(struct sendq *q, unsigned index, uint32_t seq);

/* The oldest record begins at @seq now, which lies inside it. */
void sendq_trim(struct sendq *q, uint32_t seq);

/* Forget the oldest record. */
void sendq_pop(struct sendq *q);

/* Forget bytes before @seq. */
void sendq_release(struct sendq *q, uint32_t seq);

#endif
