/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - segments that were seen, to a script; see record.h.
 *
 * What must hold when it is played: each segment of the client's is sent when the server's text has come up
 * to what the segment acknowledges, and the server has acknowledged as much as it had then. Both are true
 * of any server that behaves as it did, however it cuts its text and whenever it acknowledges.
 *
 * A server sends no more than its congestion window allows before it is acknowledged, and that may be less
 * than it was, so a client's acknowledgement of very much text gets others before it: of ten segments each,
 * which is where a congestion window begins (RFC 6928). */
#include "script/record.h"

#include <stdlib.h>
#include <string.h>

#include "script/print.h"
#include "script/ranges.h"
#include "tcp/options.h"

#define STEP_SEGMENTS 10u    /* acknowledged at once, at most */
#define COMMANDS_MAX  30000u /* parsed, these fit into SCRIPT_BYTES_MAX */
#define LINES_MAX     8u
#define LINE_MAX_LEN  200u
#define PATIENT_NS    1000000000 /* who answered later than that gets more time than the default */
#define PATIENCE_MAX  3600	 /* seconds */
#define MSS_DEFAULT   536u	 /* RFC 9293 section 3.7.1 */

/* The first line of an answer, which must be the same. */
struct first_line {
	uint32_t from;
	uint32_t len;
	uint8_t text[LINE_MAX_LEN];
};

struct record {
	char *text;
	size_t len;
	FILE *f;
	const char *name;    /* of the connection; NULL: the only one, or the unnamed one */
	bool shared, silent; /* f is another record's; nothing is written now */
	bool full;	     /* longer than a script may be */
	unsigned commands;   /* written so far */
	struct err why_not;
	bool over; /* reset: what still passes is of no connection */

	/* the client */
	bool isn_known;
	uint32_t isn;
	struct ranges sent; /* SYN and FIN are numbers too; relative, as all below */
	uint16_t mss, win;  /* of its SYN; its last window */
	bool has_win, timestamps, bad_sums;
	bool asked; /* text of its was sent since the server's last */
	int64_t sent_ns;

	/* the server */
	bool irs_known;
	uint32_t irs;
	uint16_t peer_mss;
	uint32_t came, acked, fin; /* the ends of what was seen; the number of its FIN */
	bool has_fin;
	int64_t came_ns;
	struct first_line lines[LINES_MAX];
	unsigned line_count;

	/* what the script waited for already */
	uint32_t waited, waited_ack;
};

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

static struct test equal(uint32_t value)
{
	return (struct test){ .kind = TEST_EQUAL,
			      .a = { .count = 1, .terms = { { .value = value } } } };
}

/* Hostile numbers may ask for more than any script holds. */
static void write_command(struct record *r, const struct command *c)
{
	r->full = r->full || ++r->commands > COMMANDS_MAX || ftell(r->f) > (long)SCRIPT_TEXT_MAX;
	if (!r->full)
		script_print_command(r->f, c, 0);
}

static void print(struct record *r, enum verb verb, struct segment_spec *spec, int64_t within_us)
{
	struct command c = { .verb = verb,
			     .specs = spec,
			     .spec_count = spec != NULL,
			     .within_us = within_us,
			     .connection = r->name };

	if (!r->silent)
		write_command(r, &c);
}

static void set_range(struct segment_spec *spec, uint32_t seq, uint32_t len)
{
	spec->fields[FIELD_SEQ] = equal(seq);
	spec->fields[FIELD_LEN] = equal(len);
}

/* More time than is usual, if it took much: -1 is the default. */
static int64_t patience(const struct record *r)
{
	int64_t took_ns, seconds;

	/* Stamps of hostile files may be anything. */
	if (!r->sent_ns || !r->came_ns ||
	    __builtin_sub_overflow(r->came_ns, r->sent_ns, &took_ns) || took_ns < PATIENT_NS)
		return -1;
	seconds = (took_ns / 1000000000 + 1) * 3;
	return (seconds < PATIENCE_MAX ? seconds : PATIENCE_MAX) * 1000000;
}

/* "expect . from:to(..) ack N in parts", with the first line of an answer if that is here. */
static void expect_range(struct record *r, uint32_t to, bool fin, const struct first_line *line)
{
	struct segment_spec spec = { .flags = (uint16_t)(TCP_FLAG_ACK | (fin ? TCP_FLAG_FIN : 0)) };
	struct bytes_piece piece;

	set_range(&spec, r->waited, to - r->waited);
	if (r->isn_known && r->acked)
		spec.fields[FIELD_ACK] = equal(r->acked);
	if (line) {
		piece = (struct bytes_piece){ .bytes = line->text, .len = to - r->waited };
		spec.data.kind = DATA_BYTES;
		spec.data.bytes.count = 1;
		spec.data.bytes.pieces = &piece;
	}
	print(r, VERB_EXPECT_PARTS, &spec, patience(r));
	r->waited = to + fin;
	r->waited_ack = r->acked;
}

/* Text alone, in steps that any server sends without being acknowledged. */
static void expect_text(struct record *r, uint32_t to, bool fin)
{
	uint32_t one = r->mss ? r->mss : MSS_DEFAULT;
	uint32_t most = STEP_SEGMENTS * (one > 24 ? one - 12 : one);

	while (to - r->waited > most && !r->full) {
		struct segment_spec ack = { .flags = TCP_FLAG_ACK };

		expect_range(r, r->waited + most, false, NULL);
		ack.fields[FIELD_ACK] = equal(r->waited);
		if (r->has_win)
			ack.fields[FIELD_WIN] = equal(r->win);
		print(r, VERB_SEND, &ack, -1);
	}
	expect_range(r, to, fin, NULL);
}

static void drop_line(struct record *r)
{
	r->line_count--;
	memmove(r->lines, r->lines + 1, r->line_count * sizeof(r->lines[0]));
}

/* Wait for the server's numbers below @upto, and for what it acknowledged. */
static void wait_for(struct record *r, uint32_t upto)
{
	bool fin = r->has_fin && upto > r->fin;
	uint32_t end = fin ? r->fin : upto;

	/* Numbers from the other half of the circle are old ones. */
	if (!r->irs_known || upto - r->waited > UINT32_MAX / 2)
		upto = end = r->waited;
	fin = fin && r->waited <= r->fin;
	while (r->line_count && r->lines[0].from < r->waited)
		drop_line(r);
	while (r->line_count && r->lines[0].from < end && end > r->waited) {
		struct first_line line = r->lines[0];
		uint32_t line_end = line.from + line.len;

		if (line.from > r->waited)
			expect_text(r, line.from, false);
		line_end = line_end < end ? line_end : end;
		expect_range(r, line_end, fin && line_end == end, &line);
		fin = fin && line_end < end;
		drop_line(r);
	}
	if (r->waited < end || fin || (r->irs_known && r->acked > r->waited_ack))
		expect_text(r, end > r->waited ? end : r->waited, fin);
}

/* The kinds of options, in their order. */
static unsigned option_kinds(const struct tcp_segment *seg, struct option_item *items)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	static const struct test any = { .kind = TEST_ANY };
	struct tcp_option o;
	unsigned n = 0;

	for (; n < OPTION_ITEMS_MAX && tcp_option_next(&w, &o) == TCP_OPTION_FOUND; n++) {
		items[n] = (struct option_item){ .kind = OPTION_ITEM_KIND, .a = equal(o.kind) };
		if (o.kind == TCP_OPTION_MSS)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_MSS, .a = any };
		else if (o.kind == TCP_OPTION_WSCALE)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_WSCALE, .a = any };
		else if (o.kind == TCP_OPTION_SACK_PERMITTED)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_SACK_OK };
		else if (o.kind == TCP_OPTION_TIMESTAMPS)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_TS };
		else if (o.kind == TCP_OPTION_NOP)
			items[n] = (struct option_item){ .kind = OPTION_ITEM_NOP };
	}
	return n;
}

/* Options as they were; timestamps are the control block's, as nobody can send the same again. */
static unsigned option_values(const struct tcp_segment *seg, struct option_item *items)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	const uint8_t *end = seg->option_bytes + seg->option_len;
	struct tcp_option o;
	unsigned n = 0;

	for (; n < OPTION_ITEMS_MAX - 1 && tcp_option_next(&w, &o) == TCP_OPTION_FOUND; n++) {
		struct option_item *item = &items[n];

		*item = (struct option_item){ .kind = OPTION_ITEM_RAW, .raw_len = o.len };
		memcpy(item->raw, o.bytes, o.len);
		if (o.kind == TCP_OPTION_MSS && o.len == 4)
			*item = (struct option_item){ .kind = OPTION_ITEM_MSS,
						      .a = equal((uint32_t)o.bytes[2] << 8 |
								 o.bytes[3]) };
		else if (o.kind == TCP_OPTION_WSCALE && o.len == 3)
			*item = (struct option_item){ .kind = OPTION_ITEM_WSCALE,
						      .a = equal(o.bytes[2]) };
		else if (o.kind == TCP_OPTION_SACK_PERMITTED && o.len == 2)
			*item = (struct option_item){ .kind = OPTION_ITEM_SACK_OK };
		else if (o.kind == TCP_OPTION_TIMESTAMPS && o.len == 10)
			*item = (struct option_item){ .kind = OPTION_ITEM_TS };
		else if (o.kind == TCP_OPTION_NOP)
			*item = (struct option_item){ .kind = OPTION_ITEM_NOP };
	}
	if (w.at < end) { /* the end of the list, or what is no option */
		items[n] = (struct option_item){ .kind = OPTION_ITEM_RAW,
						 .raw_len = (uint8_t)(end - w.at) };
		memcpy(items[n].raw, w.at, (size_t)(end - w.at));
		n++;
	}
	return n;
}

static void expect_syn(struct record *r, const struct tcp_segment *seg)
{
	struct option_item items[OPTION_ITEMS_MAX];
	struct segment_spec spec = { .flags = seg->flags,
				     .options = { .given = true, .items = items } };

	spec.options.count = option_kinds(seg, items);
	set_range(&spec, 0, (uint32_t)seg->text_len);
	if (seg->flags & TCP_FLAG_ACK)
		spec.fields[FIELD_ACK] = equal(r->acked);
	print(r, VERB_EXPECT, &spec, patience(r));
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
	wait_for(r, r->came + r->has_fin);
	set_range(&spec, seq, 0);
	if (seg->flags & TCP_FLAG_ACK && r->isn_known)
		spec.fields[FIELD_ACK] = equal(seg->ack - r->isn);
	pure.fields[FIELD_LEN] = equal(0);
	print(r, VERB_IGNORE, &pure, -1);
	print(r, VERB_IGNORE_AGAIN, NULL, -1);
	print(r, VERB_EXPECT, &spec, patience(r));
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
		wait_for(r, r->came + r->has_fin);
	r->asked = true;
}

void record_command(struct record *r, const struct command *c)
{
	record_settle(r);
	write_command(r, c);
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

	set_range(&spec, seg->seq - r->isn + (uint32_t)at, (uint32_t)len);
	if (flags & TCP_FLAG_ACK)
		spec.fields[FIELD_ACK] = equal(r->irs_known ? seg->ack - r->irs : 0);
	spec.fields[FIELD_WIN] = equal(seg->window);
	if (flags & TCP_FLAG_URG)
		spec.fields[FIELD_URG] = equal(seg->urgent);
	if (seg->reserved)
		spec.fields[FIELD_RESERVED] = equal(seg->reserved);
	if (flags & TCP_FLAG_SYN) {
		spec.options.given = true;
		spec.options.items = items;
		spec.options.count = option_values(seg, items);
	}
	if (len) {
		spec.data.kind = DATA_BYTES;
		spec.data.bytes.count = 1;
		spec.data.bytes.pieces = &piece;
	}
	print(r, VERB_SEND, &spec, -1);
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
	wait_for(r, !(seg->flags & TCP_FLAG_ACK) ? r->came + r->has_fin :
		    r->irs_known		 ? seg->ack - r->irs :
						   0);
	send_all(r, seg);
	seq = seg->seq - r->isn;
	end = seq + tcp_segment_len(seg);
	if (end < UINT32_MAX / 2)
		ranges_add(&r->sent, seq, end);
	r->asked |= seg->text_len > 0;
	r->win = seg->window;
	r->has_win = !(seg->flags & TCP_FLAG_SYN);
	r->sent_ns = stamp_ns;
	r->over = seg->flags & TCP_FLAG_RST;
}

bool record_end(struct record *r, struct err *e)
{
	if (!r->over)
		wait_for(r, r->came + r->has_fin);
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
	if (fflush(r->f))
		return NULL;
	*len = r->len;
	return r->text;
}
