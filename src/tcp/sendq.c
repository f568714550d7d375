/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sendq.c - bytes to send and the scoreboard of what was sent; see sendq.h. */
#include "tcp/sendq.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/seq.h"

#define RING_FIRST    16384u
#define RING_LEAST    1024u /* where no more than that is ever kept */
#define RECORDS_FIRST 16u

void sendq_init(struct sendq *q, size_t limit, uint32_t text_seq)
{
	memset(q, 0, sizeof(*q));
	q->limit = limit;
	q->text_seq = text_seq;
}

void sendq_free(struct sendq *q)
{
	free(q->ring);
	free(q->scratch);
	free(q->records);
	q->ring = q->scratch = NULL;
	q->records = NULL;
}

/* Copy out of the ring from byte @at on. */
static void ring_copy(const struct sendq *q, size_t at, uint8_t *out, size_t len)
{
	size_t index = (q->head + at) & (q->size - 1);
	size_t first = q->size - index;

	if (first > len)
		first = len;
	memcpy(out, q->ring + index, first);
	memcpy(out + first, q->ring, len - first);
}

/* Make room for @len bytes more, or for as many as the limit allows. */
static void ring_grow(struct sendq *q, size_t len)
{
	size_t want = q->used + len > q->limit ? q->limit : q->used + len;
	size_t size = q->size ? q->size : RING_FIRST;
	uint8_t *ring, *scratch;

	while (!q->size && size / 2 >= q->limit && size > RING_LEAST)
		size /= 2;
	while (size < want)
		size *= 2;
	if (size == q->size)
		return;
	scratch = realloc(q->scratch, size < UINT16_MAX ? size : UINT16_MAX);
	if (!scratch)
		return;
	q->scratch = scratch;
	ring = malloc(size);
	if (!ring)
		return;
	if (q->used)
		ring_copy(q, 0, ring, q->used);
	free(q->ring);
	q->ring = ring;
	q->size = size;
	q->head = 0;
}

size_t sendq_write(struct sendq *q, const uint8_t *text, size_t len)
{
	size_t room, index, first;

	if (!len)
		return 0;
	ring_grow(q, len);
	room = (q->size < q->limit ? q->size : q->limit) - q->used;
	if (len > room)
		len = room;
	if (!len)
		return 0;
	index = (q->head + q->used) & (q->size - 1);
	first = q->size - index;
	if (first > len)
		first = len;
	memcpy(q->ring + index, text, first);
	memcpy(q->ring, text + first, len - first);
	q->used += len;
	return len;
}

uint32_t sendq_text_end(const struct sendq *q)
{
	return q->text_seq + (uint32_t)q->used;
}

const uint8_t *sendq_slice(const struct sendq *q, uint32_t seq, size_t len, uint8_t *scratch)
{
	size_t at = seq - q->text_seq;
	size_t index;

	if (!len)
		return scratch;
	assert(at + len <= q->used);
	index = (q->head + at) & (q->size - 1);
	if (index + len <= q->size)
		return q->ring + index;
	ring_copy(q, at, scratch, len);
	return scratch;
}

struct sent *sendq_record(const struct sendq *q, unsigned index)
{
	return &q->records[(q->first + index) & (q->records_size - 1)];
}

static bool records_grow(struct sendq *q)
{
	unsigned size = q->records_size ? 2 * q->records_size : RECORDS_FIRST;
	struct sent *records;

	if (q->count < q->records_size)
		return true;
	records = malloc(size * sizeof(*records));
	if (!records)
		return false;
	for (unsigned i = 0; i < q->count; i++)
		records[i] = *sendq_record(q, i);
	free(q->records);
	q->records = records;
	q->records_size = size;
	q->first = 0;
	return true;
}

bool sendq_sent(struct sendq *q, uint32_t seq, uint32_t end, int64_t now_us)
{
	if (!records_grow(q))
		return false;
	q->count++;
	*sendq_record(q, q->count - 1) = (struct sent){ .seq = seq, .end = end, .sent_us = now_us };
	return true;
}

void sendq_mark(struct sendq *q, struct sent *s, uint8_t set, uint8_t clear)
{
	uint8_t marks = (uint8_t)((s->marks | set) & ~clear);
	uint32_t len = s->end - s->seq;

	q->sacked += (marks & SENT_SACKED ? len : 0) - (s->marks & SENT_SACKED ? len : 0);
	q->lost += (marks & SENT_LOST ? len : 0) - (s->marks & SENT_LOST ? len : 0);
	s->marks = marks;
}

bool sendq_split(struct sendq *q, unsigned index, uint32_t seq)
{
	if (!records_grow(q))
		return false;
	q->count++;
	for (unsigned i = q->count - 1; i > index; i--)
		*sendq_record(q, i) = *sendq_record(q, i - 1);
	sendq_record(q, index)->end = seq;
	sendq_record(q, index + 1)->seq = seq;
	return true;
}

void sendq_trim(struct sendq *q, uint32_t seq)
{
	struct sent *s = sendq_record(q, 0);
	uint8_t marks = s->marks;

	sendq_mark(q, s, 0, SENT_SACKED | SENT_LOST);
	s->seq = seq;
	sendq_mark(q, s, marks, 0);
}

void sendq_pop(struct sendq *q)
{
	sendq_mark(q, sendq_record(q, 0), 0, SENT_SACKED | SENT_LOST);
	q->first = (q->first + 1) & (q->records_size - 1);
	q->count--;
}

void sendq_release(struct sendq *q, uint32_t seq)
{
	size_t n = seq_ahead(q->text_seq, seq);

	if (n > q->used) /* an acknowledged SYN or FIN is no byte */
		n = q->used;
	q->head = q->size ? (q->head + n) & (q->size - 1) : 0;
	q->used -= n;
	q->text_seq += (uint32_t)n;
}
