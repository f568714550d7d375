/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - segments that were seen, to a script; see record.h. */
#include "script/record.h"

#include <stdlib.h>
#include <string.h>

#include "script/record_priv.h"

struct record *record_new(void)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r && !(r->f = open_memstream(&r->text, &r->len))) {
		free(r);
		r = NULL;
	}
	return r;
}

struct record *record_new_in(struct record *session, const char *name)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->f = session->f;
	r->shared = true;
	r->name = name;
	return r;
}

void record_free(struct record *r)
{
	if (!r)
		return;
	if (!r->shared)
		fclose(r->f);
	free(r->text);
	free(r);
}

static void expect_syn(struct record *r, const struct tcp_segment *seg)
{
	struct option_item items[OPTION_ITEMS_MAX];
	struct segment_spec spec = { .flags = seg->flags,
				     .options = { .given = true, .items = items } };

	spec.options.count = record_option_kinds(seg, items);
	record_range(&spec, 0, (uint32_t)seg->text_len);
	if (seg->flags & TCP_FLAG_ACK)
		spec.fields[FIELD_ACK] = record_equal(r->acked);
	record_print(r, VERB_EXPECT, &spec, record_patience(r));
	r->waited = 1 + (uint32_t)seg->text_len;
	r->waited_ack = r->acked;
}

static void take_syn(struct record *r, const struct tcp_segment *seg)
{
	if (r->irs_known)
		return;
	r->irs_known = true;
	r->irs = seg->seq;
	r->came = 1 + (uint32_t)seg->text_len;
	r->peer_mss = seg->options.has_mss ? seg->options.mss : MSS_DEFAULT;
	r->timestamps = r->timestamps && seg->options.has_timestamps;
	expect_syn(r, seg);
}

static void take_rst(struct record *r, const struct tcp_segment *seg)
{
	uint32_t seq = r->irs_known ? seg->seq - r->irs : 0;
	struct segment_spec spec = { .flags = seg->flags }, pure = { .flags = TCP_FLAG_ACK };

	if (r->irs_known && seq != r->came && !(r->has_fin && seq == r->fin + 1))
		return; /* not the next number: no reset (RFC 5961 section 3) */
	if (r->has_fin && r->closes)
		return; /* to something late, which the next time may not be */
	record_wait(r, r->came + r->has_fin);
	record_range(&spec, seq, 0);
	if (seg->flags & TCP_FLAG_ACK && r->isn_known)
		spec.fields[FIELD_ACK] = record_equal(seg->ack - r->isn);
	pure.fields[FIELD_LEN] = record_equal(0);
	record_print(r, VERB_IGNORE, &pure, -1);
	record_print(r, VERB_IGNORE_AGAIN, NULL, -1);
	record_print(r, VERB_EXPECT, &spec, record_patience(r));
	r->over = true;
}

/* The first line of an answer, where it is the same each time. */
static void note_line(struct record *r, const struct tcp_segment *seg, uint32_t from)
{
	static const char *const known[] = { "HTTP/", "SSH-" };
	struct first_line *line = &r->lines[r->line_count];
	const uint8_t *end;
	size_t n = seg->text_len < LINE_MAX_LEN ? seg->text_len : LINE_MAX_LEN;

	if (!seg->text || r->line_count == LINES_MAX)
		return;
	end = memchr(seg->text, '\n', n);
	for (size_t i = 0; end && i < sizeof(known) / sizeof(known[0]); i++) {
		size_t len = strlen(known[i]);

		if (n <= len || memcmp(seg->text, known[i], len))
			continue;
		line->from = from;
		line->len = (uint32_t)(end + 1 - seg->text);
		memcpy(line->text, seg->text, line->len);
		r->line_count++;
		return;
	}
}

static void take_text(struct record *r, const struct tcp_segment *seg)
{
	uint32_t from = seg->seq - r->irs, to = from + (uint32_t)seg->text_len;

	if (from - r->waited > UINT32_MAX / 2 && to - r->waited > UINT32_MAX / 2)
		return; /* old */
	if (seg->text_len && from == r->came && (r->asked || r->came == 1))
		note_line(r, seg, from);
	if (seg->text_len && to > r->came)
		r->asked = false;
	r->came = to > r->came ? to : r->came;
	if (seg->flags & TCP_FLAG_FIN) {
		r->has_fin = true;
		r->fin = to;
	}
}

void record_arrived(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns)
{
	uint32_t ack = seg->ack - r->isn;

	if (r->over || seg->checksum_is == TCP_CHECKSUM_BAD)
		return;
	r->came_ns = stamp_ns;
	if (seg->flags & TCP_FLAG_RST) {
		take_rst(r, seg);
		return;
	}
	if (seg->flags & TCP_FLAG_ACK && r->isn_known && ack > r->acked && ack < UINT32_MAX / 2)
		r->acked = ack;
	if (seg->flags & TCP_FLAG_SYN)
		take_syn(r, seg);
	else if (r->irs_known)
		take_text(r, seg);
}

void record_isn(struct record *r, uint32_t isn)
{
	r->isn_known = true;
	r->isn = isn;
}

void record_settle(struct record *r)
{
	if (!r->over)
		record_wait(r, r->came + r->has_fin);
	r->asked = true;
}

void record_command(struct record *r, const struct command *c)
{
	record_settle(r);
	record_write(r, c);
}

void record_looked_at(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns)
{
	r->silent = true;
	record_arrived(r, seg, stamp_ns);
	r->silent = false;
	r->waited = r->came + r->has_fin;
	r->waited_ack = r->acked;
	r->line_count = 0;
}

static void give_up(struct record *r, const char *why)
{
	if (!r->why_not.status)
		err_set(&r->why_not, STATUS_APP, "this connection cannot be a script: %s", why);
}

/* One segment as it goes on the wire. */
static void send(struct record *r, const struct tcp_segment *seg, uint16_t flags, size_t at,
		 size_t len)
{
	struct option_item items[OPTION_ITEMS_MAX];
	struct segment_spec spec = { .flags = flags };
	struct bytes_piece piece = { .bytes = len ? seg->text + at : NULL, .len = len };

	record_range(&spec, seg->seq - r->isn + (uint32_t)at, (uint32_t)len);
	if (flags & TCP_FLAG_ACK)
		spec.fields[FIELD_ACK] = record_equal(r->irs_known ? seg->ack - r->irs : 0);
	spec.fields[FIELD_WIN] = record_equal(seg->window);
	if (flags & TCP_FLAG_URG)
		spec.fields[FIELD_URG] = record_equal(seg->urgent);
	if (seg->reserved)
		spec.fields[FIELD_RESERVED] = record_equal(seg->reserved);
	if (flags & TCP_FLAG_SYN) {
		spec.options.given = true;
		spec.options.items = items;
		spec.options.count = record_option_values(seg, items);
	}
	if (len) {
		spec.data.kind = DATA_BYTES;
		spec.data.bytes.count = 1;
		spec.data.bytes.pieces = &piece;
	}
	record_print(r, VERB_SEND, &spec, -1);
}

/* What the card cut into segments is cut here: PSH and FIN stay with the last, CWR with the first. */
static void send_all(struct record *r, const struct tcp_segment *seg)
{
	size_t room = r->peer_mss ? r->peer_mss : MSS_DEFAULT, at = 0;
	uint16_t flags = seg->flags;

	room -= room > 24 && r->timestamps ? 12 : 0;
	if (seg->flags & TCP_FLAG_SYN)
		room = seg->text_len;
	while (seg->text_len - at > room) {
		send(r, seg, flags & (uint16_t) ~(TCP_FLAG_PSH | TCP_FLAG_FIN), at, room);
		flags &= (uint16_t)~TCP_FLAG_CWR;
		at += room;
	}
	send(r, seg, flags, at, seg->text_len - at);
}

/* The client's SYN: false when it is one more of the same, which the server's slowness made. */
static bool begin(struct record *r, const struct tcp_segment *seg)
{
	if (r->isn_known && r->sent.count)
		return false;
	record_isn(r, seg->seq);
	r->mss = seg->options.mss;
	r->timestamps = seg->options.has_timestamps;
	r->bad_sums = seg->checksum_is == TCP_CHECKSUM_BAD; /* its card's work, then */
	fputs("auto retransmit on\n", r->f);
	return true;
}

/* The client's first text is a handshake record (RFC 8446 section 5.1). */
static bool is_tls(const struct record *r, const struct tcp_segment *seg)
{
	return seg->text_len > 2 && seg->seq == r->isn + 1 && seg->text[0] == 22 &&
	       seg->text[1] == 3;
}

void record_sent(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns)
{
	uint32_t seq, end;

	if (r->over || (seg->checksum_is == TCP_CHECKSUM_BAD && r->sent.count && !r->bad_sums))
		return;
	if (seg->flags & TCP_FLAG_SYN && !(seg->flags & TCP_FLAG_ACK) && !begin(r, seg))
		return;
	if (!r->isn_known) {
		give_up(r, "its beginning was not captured; begin the capture before the "
			   "connection");
		return;
	}
	if (seg->text_len && !seg->text) {
		give_up(r, "the client's text was not captured whole; tcpdump -s 0 captures all");
		return;
	}
	record_wait(r, !(seg->flags & TCP_FLAG_ACK) ? r->came + r->has_fin :
		       r->irs_known		    ? seg->ack - r->irs :
						      0);
	if (is_tls(r, seg))
		fputs("# This is TLS, whose keys are others each time: it passes up to the server's first answer.\n",
		      r->f);
	send_all(r, seg);
	seq = seg->seq - r->isn;
	end = seq + tcp_segment_len(seg);
	if (end < UINT32_MAX / 2)
		ranges_add(&r->sent, seq, end);
	r->asked |= seg->text_len > 0;
	r->closes |= (seg->flags & TCP_FLAG_FIN) != 0;
	r->win = seg->window;
	r->has_win = !(seg->flags & TCP_FLAG_SYN);
	r->sent_ns = stamp_ns;
	r->over = seg->flags & TCP_FLAG_RST;
}

bool record_end(struct record *r, struct err *e)
{
	if (!r->over)
		record_wait(r, r->came + r->has_fin);
	if (!r->isn_known)
		give_up(r, "no segment of the client's begins it");
	if (r->sent.count && r->acked > ranges_upto(&r->sent, 0))
		give_up(r, "segments of the client are missing in the capture: the server "
			   "acknowledged them");
	fflush(r->f);
	if (ferror(r->f))
		give_up(r, "out of memory");
	if (r->full || r->len > SCRIPT_TEXT_MAX)
		give_up(r, "it would be longer than a script may be, 4 MiB or 30,000 commands");
	if (r->why_not.status)
		*e = r->why_not;
	return !r->why_not.status;
}

const char *record_text(struct record *r, size_t *len)
{
	if (fflush(r->f) || r->full)
		return NULL;
	*len = r->len;
	return r->text;
}
