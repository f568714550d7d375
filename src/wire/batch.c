/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.c - see batch.h.
 *
 * How:   of a packet that libnet made, everything that will differ is set to zero and the rest is summed
 *        up once. A one's complement sum is the sum of its parts, so a packet's checksum needs only the
 *        words that were written into it.
 * Never: waits. Whoever sends many has to listen meanwhile. */
#include "wire/batch.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_HEADER  20u
#define IPV6_HEADER  40u
#define IPV4_SUM_AT  10u
#define IPV4_SRC_AT  12u
#define IPV6_SRC_AT  8u
#define TCP_SUM_AT   16u
#define TCP_PROTOCOL 6
#define TCP_TS_KIND  8
#define TCP_TS_LEN   10

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, (uint16_t)(v >> 16));
	put16(at + 2, (uint16_t)v);
}

static checksum_sum sum32(uint32_t v)
{
	return (v >> 16) + (v & 0xffff);
}

/* Where the timestamps' values stand in a header's options; 0: there are none. */
static unsigned find_timestamps(const uint8_t *tcp, unsigned len)
{
	for (unsigned at = TCP_HEADER_MIN; at < len && tcp[at];) {
		unsigned size = tcp[at] == 1 ? 1 : at + 1 < len ? tcp[at + 1] : 0;

		if (tcp[at] == TCP_TS_KIND && size == TCP_TS_LEN && at + size <= len)
			return at + 2;
		if (!size)
			break;
		at += size;
	}
	return 0;
}

bool batch_stamp_init(struct batch_stamp *s, struct craft *cr, const struct craft_ip *ip,
		      const struct tcp_segment *seg, struct err *e)
{
	static const uint8_t zero[32];
	uint8_t *whole = malloc(CRAFT_PACKET_MAX);
	size_t len = whole ? craft_build(cr, ip, seg, whole, e) : 0;
	unsigned tcp_at = ip->src.family == AF_INET6 ? IPV6_HEADER : IPV4_HEADER, ts;

	if (!whole)
		err_set(e, STATUS_APP, "out of memory");
	if (len && len > BATCH_STAMP_MAX) {
		err_set(e, STATUS_APP, "a packet that is stamped has no text");
		len = 0;
	}
	if (len)
		memcpy(s->bytes, whole, len);
	free(whole);
	if (!len)
		return false;
	s->family = ip->src.family;
	s->len = (uint8_t)len;
	s->tcp_at = (uint8_t)tcp_at;
	ts = find_timestamps(s->bytes + tcp_at, (unsigned)len - tcp_at);
	s->ts_at = (uint8_t)(ts ? tcp_at + ts : 0);

	if (s->family == AF_INET) {
		memcpy(s->bytes + IPV4_SUM_AT, zero, 2);
		memcpy(s->bytes + IPV4_SRC_AT, zero, 8);
	} else {
		memcpy(s->bytes + IPV6_SRC_AT, zero, 32);
	}
	memcpy(s->bytes + tcp_at, zero, 12); /* ports and both numbers */
	memcpy(s->bytes + tcp_at + TCP_SUM_AT, zero, 2);
	if (s->ts_at)
		memcpy(s->bytes + s->ts_at, zero, 8);
	s->ip_sum = s->family == AF_INET ? checksum_add(0, s->bytes, IPV4_HEADER) : 0;
	s->tcp_sum = checksum_add(TCP_PROTOCOL + len - tcp_at, s->bytes + tcp_at, len - tcp_at);
	return true;
}

size_t batch_stamp(const struct batch_stamp *s, const struct batch_fields *f, uint8_t *out)
{
	unsigned bytes = s->family == AF_INET6 ? 16 : 4;
	uint8_t *from = out + (s->family == AF_INET6 ? IPV6_SRC_AT : IPV4_SRC_AT);
	uint8_t *tcp = out + s->tcp_at;
	checksum_sum addresses = checksum_add(0, f->src->bytes, bytes), sum;

	addresses = checksum_add(addresses, f->dst->bytes, bytes);
	memcpy(out, s->bytes, s->len);
	memcpy(from, f->src->bytes, bytes);
	memcpy(from + bytes, f->dst->bytes, bytes);
	if (s->family == AF_INET)
		put16(out + IPV4_SUM_AT, (uint16_t)~checksum_fold(s->ip_sum + addresses));
	put16(tcp, f->src_port);
	put16(tcp + 2, f->dst_port);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->ack);
	sum = s->tcp_sum + addresses + f->src_port + f->dst_port + sum32(f->seq) + sum32(f->ack);
	if (s->ts_at) {
		put32(out + s->ts_at, f->ts_val);
		put32(out + s->ts_at + 4, f->ts_ecr);
		/* At an odd place the two bytes of each word are the wrong way round (RFC 1071). */
		if ((s->ts_at - s->tcp_at) & 1)
			sum += (checksum_sum)__builtin_bswap16(
				checksum_fold(sum32(f->ts_val) + sum32(f->ts_ecr)));
		else
			sum += sum32(f->ts_val) + sum32(f->ts_ecr);
	}
	put16(tcp + TCP_SUM_AT, (uint16_t)~checksum_fold(sum));
	return s->len;
}

struct batch {
	struct craft *cr;
	unsigned count;
	struct mmsghdr messages[BATCH_PACKETS];
	struct iovec pieces[BATCH_PACKETS];
	struct sockaddr_storage where[BATCH_PACKETS];
	uint64_t tags[BATCH_PACKETS];
	uint8_t bytes[BATCH_PACKETS][BATCH_PACKET_MAX];
};

struct batch *batch_new(struct craft *cr, struct err *e)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (!b) {
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	b->cr = cr;
	return b;
}

void batch_free(struct batch *b)
{
	free(b);
}

unsigned batch_room(const struct batch *b)
{
	return BATCH_PACKETS - b->count;
}

unsigned batch_waiting(const struct batch *b)
{
	return b->count;
}

static void keep(struct batch *b, const struct addr *dst, size_t len, uint64_t tag)
{
	unsigned i = b->count++;

	b->tags[i] = tag;
	b->pieces[i] = (struct iovec){ b->bytes[i], len };
	b->messages[i] = (struct mmsghdr){
		.msg_hdr = { .msg_name = &b->where[i],
			     .msg_namelen = craft_where(b->cr, dst, &b->where[i]),
			     .msg_iov = &b->pieces[i],
			     .msg_iovlen = 1 },
	};
}

void batch_add(struct batch *b, const struct batch_stamp *s, const struct batch_fields *f,
	       uint64_t tag)
{
	if (b->count < BATCH_PACKETS)
		keep(b, f->dst, batch_stamp(s, f, b->bytes[b->count]), tag);
}

bool batch_build(struct batch *b, const struct craft_ip *ip, const struct tcp_segment *seg,
		 uint64_t tag, struct err *e)
{
	size_t len;

	if (b->count == BATCH_PACKETS)
		return err_set(e, STATUS_APP, "more packets than a batch has room for");
	if (IPV6_HEADER + TCP_HEADER_MIN + TCP_OPTIONS_MAX + seg->text_len > BATCH_PACKET_MAX)
		return err_set(e, STATUS_APP, "a segment of %zu bytes does not fit into a batch",
			       seg->text_len);
	len = craft_build(b->cr, ip, seg, b->bytes[b->count], e);
	if (!len)
		return false;
	keep(b, &ip->dst, len, tag);
	return true;
}

static void tell_refused(const struct batch *b, unsigned i, int number,
			 void (*refused)(void *, uint64_t, const struct addr *, int), void *context)
{
	struct addr dst;
	uint16_t unused;

	if (refused && addr_from_sockaddr((const struct sockaddr *)&b->where[i], &dst, &unused))
		refused(context, b->tags[i], &dst, number);
}

/* What was not sent moves to the front; the messages keep their places, and so point where they did. */
static void move_up(struct batch *b, unsigned done)
{
	for (unsigned i = done; done && i < b->count; i++) {
		unsigned to = i - done;

		memcpy(b->bytes[to], b->bytes[i], b->pieces[i].iov_len);
		b->pieces[to].iov_len = b->pieces[i].iov_len;
		b->where[to] = b->where[i];
		b->tags[to] = b->tags[i];
		b->messages[to].msg_hdr.msg_namelen = b->messages[i].msg_hdr.msg_namelen;
	}
	b->count -= done;
}

unsigned batch_flush(struct batch *b,
		     void (*refused)(void *context, uint64_t tag, const struct addr *dst,
				     int number),
		     void *context)
{
	unsigned done = 0, sent = 0;

	while (done < b->count) {
		int got = sendmmsg(craft_fd(b->cr), b->messages + done, b->count - done,
				   MSG_DONTWAIT);

		if (got > 0) {
			done += (unsigned)got;
			sent += (unsigned)got;
		} else if (errno == EAGAIN || errno == ENOBUFS) {
			break;
		} else if (errno != EINTR) {
			tell_refused(b, done++, errno, refused, context);
		}
	}
	move_up(b, done);
	return sent;
}
