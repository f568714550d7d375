/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_watch.c - what has to hold of a connection, whatever the peer does; see engine.h. */
#include <string.h>

#include "fuzz/engine.h"
#include "tcp/options.h"

#define TS_TURN_US ((int64_t)1 << 40) /* half a turn of a clock in milliseconds, and less */
#define TO(state)  (1u << TCP_STATE_##state)

static uint8_t our_byte(uint64_t at)
{
	return (uint8_t)(at * 0x9e3779b97f4a7c15u >> 56);
}

static uint8_t peer_byte(uint64_t at, uint8_t copy)
{
	return (uint8_t)((at * 0xd6e8feb86659fd93u >> 56) ^ copy);
}

NO_COVERAGE void our_text(uint8_t *out, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len; i++)
		out[i] = our_byte(at + i);
}

NO_COVERAGE void peer_text(uint8_t *out, size_t len, uint64_t at, uint8_t copy)
{
	for (size_t i = 0; i < len; i++)
		out[i] = peer_byte(at + i, copy);
}

static NO_COVERAGE bool is_our_text(const uint8_t *text, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != our_byte(at + i))
			return false;
	return true;
}

static NO_COVERAGE bool is_peer_text(const uint8_t *text, size_t len, uint64_t at, uint8_t copy)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != peer_byte(at + i, copy))
			return false;
	return true;
}

/* Where the byte with number @seq lies in the peer's stream; below 0: before its start. */
static int64_t place_of(const struct rig *r, uint32_t seq)
{
	const struct tcp_conn *c = r->c;

	return (int64_t)c->rcv_at + (int32_t)(seq - (c->rcv_nxt - c->fin_taken));
}

static int64_t text_place(const struct rig *r, const struct peer_segment *p)
{
	if (r->c->state == TCP_STATE_SYN_SENT) /* its SYN is still to come, and it is this one */
		return 0;
	return place_of(r, p->seg.seq + ((p->seg.flags & TCP_FLAG_SYN) != 0));
}

/* The first piece that ends behind @at. */
static NO_COVERAGE unsigned piece_behind(const struct rig *r, int64_t at)
{
	unsigned low = 0, high = r->piece_count;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (r->pieces[mid].to <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What the reader gets is the next of the stream, each byte from the first copy of it that was taken: one
 * that is held, else the one that is just arriving. */
size_t watch_deliver(void *context, const uint8_t *text, size_t len)
{
	struct rig *r = context;
	const struct peer_segment *p = r->arriving;
	int64_t at = (int64_t)r->delivered, end, from = 0, to = 0;

	must(len > 0);
	if (p) {
		from = r->arriving_at;
		to = from + (int64_t)p->seg.text_len;
	}
	if (len > r->reader_takes)
		len = r->reader_takes;
	end = at + (int64_t)len;
	for (unsigned i = piece_behind(r, at); at < end;) {
		bool held = i < r->piece_count && r->pieces[i].from <= at;
		bool fresh = at >= from && at < to;
		int64_t stop = end,
			ends[] = { from, to, i < r->piece_count ? r->pieces[i].from : end,
				   i < r->piece_count ? r->pieces[i].to : end };
		size_t n;

		/* As far as all of this stays as it is at this place. */
		for (unsigned k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
			if (ends[k] > at && ends[k] < stop)
				stop = ends[k];
		n = (size_t)(stop - at);
		must(held || fresh);
		must(is_peer_text(text, n, (uint64_t)at, held ? r->pieces[i].copy : p->copy));
		at = stop;
		text += n;
		i = piece_behind(r, at);
	}
	r->delivered += len;
	if (r->reader_takes != SIZE_MAX)
		r->reader_takes -= len;
	return len;
}

/* The farthest number that this segment lets us send up to. */
static void note_offer(struct rig *r, const struct tcp_segment *seg)
{
	const struct tcp_conn *c = r->c;
	bool syn = seg->flags & TCP_FLAG_SYN;
	uint32_t window = (uint32_t)seg->window << (syn ? 0 : c->snd_wscale), edge;

	if (seg->flags & TCP_FLAG_RST)
		return;
	if (seg->flags & TCP_FLAG_ACK) {
		if (c->snd_nxt - seg->ack > 1u << 30) /* of the future, or of another age */
			return;
		edge = seg->ack + window;
	} else if (syn && c->state == TCP_STATE_SYN_SENT) {
		edge = c->iss + window;
	} else {
		return;
	}
	r->offered_edge = seq_max(r->offered_edge, edge);
}

void watch_arrival(struct rig *r, const struct peer_segment *p)
{
	const struct tcp_options *o = &p->seg.options;

	note_offer(r, &p->seg);
	r->arriving = p;
	r->arriving_at = text_place(r, p);
	if (r->c->state == TCP_STATE_SYN_SENT && p->seg.flags & TCP_FLAG_SYN) {
		r->peer_has_wscale = o->has_wscale;
		r->peer_wscale = o->wscale;
		r->peer_has_mss = o->has_mss;
		r->peer_mss = o->mss;
	}
}

/* The engine holds the stream up to where, from @at on? @at itself: not at all. */
static int64_t held_upto(const struct rig *r, int64_t at)
{
	if (at < (int64_t)r->c->rcv_at)
		return (int64_t)r->c->rcv_at;
	return (int64_t)reassembly_reach(&r->c->in, (uint64_t)at);
}

static bool insert_piece(struct rig *r, unsigned i, int64_t from, int64_t to, uint8_t copy)
{
	if (r->piece_count == PIECES_MAX)
		return false;
	memmove(&r->pieces[i + 1], &r->pieces[i], (r->piece_count - i) * sizeof(r->pieces[0]));
	r->pieces[i] = (struct piece){ from, to, copy };
	r->piece_count++;
	return true;
}

/* What is held of [at, end) and was not before came with this segment: the first copy wins. */
static void add_pieces(struct rig *r, int64_t at, int64_t end, uint8_t copy)
{
	unsigned i = piece_behind(r, at);

	while (at < end) {
		int64_t stop = end, upto;

		if (i < r->piece_count && r->pieces[i].from <= at) {
			at = r->pieces[i++].to;
			continue;
		}
		if (i < r->piece_count && r->pieces[i].from < stop)
			stop = r->pieces[i].from;
		upto = held_upto(r, at);
		if (upto > stop)
			upto = stop;
		if (upto > at) {
			if (!insert_piece(r, i++, at, upto, copy))
				return;
			at = upto;
		} else { /* step over what is not held */
			const struct reassembly *in = &r->c->in;
			int64_t next = stop;

			for (unsigned k = 0; k < in->count; k++) {
				if ((int64_t)in->ranges[k].from <= at)
					continue;
				if ((int64_t)in->ranges[k].from < next)
					next = (int64_t)in->ranges[k].from;
				break;
			}
			at = next;
		}
	}
}

/* Bytes between what the reader took and the farthest edge that may be promised. */
static uint64_t promise_max(const struct rig *r)
{
	return (uint64_t)r->cfg.receive_buffer + window_slack(&r->c->cfg);
}

/* Everything in the store was sent by somebody. */
static NO_COVERAGE void check_store(struct rig *r)
{
	const struct reassembly *in = &r->c->in;
	uint64_t pages = 1;
	unsigned i = 0;

	must(in->count <= REASSEMBLY_RANGES);
	for (unsigned k = 0; k < in->count; k++) {
		int64_t at = (int64_t)in->ranges[k].from, end = (int64_t)in->ranges[k].to;

		must(at < end && (!k || in->ranges[k - 1].to < in->ranges[k].from));
		must(end <= (int64_t)(r->delivered + promise_max(r)));
		pages += (uint64_t)(end - at) / REASSEMBLY_PAGE + 2;
		if (r->piece_count == PIECES_MAX)
			continue;
		while (i < r->piece_count && r->pieces[i].to <= at)
			i++;
		for (; at < end; at = r->pieces[i++].to)
			must(i < r->piece_count && r->pieces[i].from <= at);
	}
	if (in->count != r->ranges) /* counting all slots takes its time */
		must(reassembly_memory(in) <= pages * REASSEMBLY_PAGE);
	r->ranges = in->count;
}

void watch_held(struct rig *r, const struct peer_segment *p)
{
	int64_t at = r->arriving_at, end = at + (int64_t)p->seg.text_len;
	unsigned gone;

	r->arriving = NULL;
	if (at < (int64_t)r->delivered)
		at = (int64_t)r->delivered;
	add_pieces(r, at, end, p->copy);
	gone = piece_behind(r, (int64_t)r->delivered);
	r->piece_count -= gone;
	memmove(r->pieces, r->pieces + gone, r->piece_count * sizeof(r->pieces[0]));
	check_store(r);
}

/* RFC 9293 figure 5, in one call or in several at once. */
static void check_transition(enum tcp_state from, enum tcp_state to)
{
	static const unsigned may_follow[TCP_STATE_COUNT] = {
		[TCP_STATE_CLOSED] = TO(SYN_SENT),
		[TCP_STATE_SYN_SENT] = TO(SYN_RECEIVED) | TO(ESTABLISHED) | TO(CLOSE_WAIT),
		[TCP_STATE_SYN_RECEIVED] =
			TO(ESTABLISHED) | TO(FIN_WAIT_1) | TO(CLOSE_WAIT) | TO(LAST_ACK),
		[TCP_STATE_ESTABLISHED] = TO(FIN_WAIT_1) | TO(CLOSE_WAIT),
		[TCP_STATE_FIN_WAIT_1] = TO(FIN_WAIT_2) | TO(CLOSING) | TO(TIME_WAIT),
		[TCP_STATE_FIN_WAIT_2] = TO(TIME_WAIT),
		[TCP_STATE_CLOSE_WAIT] = TO(LAST_ACK),
		[TCP_STATE_CLOSING] = TO(TIME_WAIT),
	};

	must(from == to || (to == TCP_STATE_CLOSED && from != to) || may_follow[from] & 1u << to);
}

static void check_sending(const struct rig *r, const struct tcp_conn_info *now)
{
	const struct tcp_conn_info *was = &r->last;
	uint32_t flight = now->snd_nxt - now->snd_una;

	must(seq_upto(now->snd_una, now->snd_nxt));
	must(flight <= r->cfg.send_buffer + 2);
	must(seq_upto(was->snd_una, now->snd_una) && seq_upto(was->snd_nxt, now->snd_nxt));
	must(now->snd_nxt - now->iss <= r->written + 2);
	if (now->state == TCP_STATE_CLOSED || now->state < TCP_STATE_ESTABLISHED)
		return;
	must(seq_upto(now->snd_una + now->snd_wnd, r->offered_edge));
	must(now->snd_wnd <= UINT16_MAX << 14);
	must(now->snd_wscale <= 14 && (r->peer_has_wscale || !now->snd_wscale));
	must(now->mss > 0 && now->mss <= r->cfg.mss);
	must(!r->peer_has_mss || now->mss <= (r->peer_mss > 28 ? r->peer_mss : 28));
	must(now->cwnd > 0 && now->cwnd < 1u << 31);
	must(now->rto_us >= (r->cfg.rto_floor_us ? r->cfg.rto_floor_us : RTT_RTO_MIN_US) &&
	     now->rto_us <= RTT_RTO_MAX_US);
	must(now->srtt_us >= 0);
	must(r->c->q.sacked + r->c->q.lost <= flight);
}

static void check_receiving(const struct rig *r, const struct tcp_conn_info *now)
{
	const struct tcp_conn *c = r->c;
	uint64_t unread = tcp_conn_unread(c);

	must(c->read_at == r->delivered && c->rcv_at == r->delivered + unread);
	if (now->state == TCP_STATE_SYN_SENT || r->last.state == TCP_STATE_SYN_SENT)
		return;
	must(now->irs == r->last.irs && seq_upto(r->last.rcv_nxt, now->rcv_nxt));
	must(now->rcv_nxt == now->irs + 1 + (uint32_t)c->rcv_at + c->fin_taken ||
	     now->state == TCP_STATE_CLOSED);
	must(unread + now->rcv_wnd <= promise_max(r));
	must(!tcp_conn_at_end(c) || (c->fin_taken && !unread));
}

/* After any call of the connection. */
void watch_state(struct rig *r)
{
	struct tcp_conn_info now;

	tcp_conn_info(r->c, &now);
	check_transition(r->last.state, now.state);
	must(now.failure == TCP_FAILURE_NONE || now.state == TCP_STATE_CLOSED);
	must(now.iss == r->cfg.isn);
	check_sending(r, &now);
	check_receiving(r, &now);
	if (now.state == TCP_STATE_CLOSED)
		must(tcp_conn_deadline(r->c) == TCP_NEVER);
	r->tail_out &= r->c->tail_out;
	r->last = now;
}

static void check_options(struct rig *r, const struct tcp_segment *seg)
{
	const struct tcp_options *o = &seg->options;
	struct tcp_options back;
	bool syn = seg->flags & TCP_FLAG_SYN;

	must(seg->option_len <= TCP_OPTIONS_MAX && seg->option_len % 4 == 0);
	must(tcp_options_decode(seg->option_bytes, seg->option_len, &back));
	must(back.has_timestamps == o->has_timestamps && back.ts_val == o->ts_val);
	must(back.sack_count <= o->sack_count && (!o->sack_count || back.sack_count));
	must(syn || !(o->has_mss || o->has_wscale || o->has_sack_permitted));
	must(syn || o->has_timestamps == r->last.timestamps);
	must(!o->sack_count || r->last.sack);
	if (o->has_timestamps && r->has_ts_sent && r->now_us - r->ts_sent_us < TS_TURN_US)
		must(seq_upto(r->ts_sent, o->ts_val));
	r->ts_sent = o->ts_val;
	r->ts_sent_us = r->now_us;
	r->has_ts_sent = o->has_timestamps;
	/* What a block reports is held, or was received before (D-SACK, RFC 2883: the first only). */
	for (unsigned i = 0; i < o->sack_count; i++) {
		int64_t from = place_of(r, o->sack[i].from), to = place_of(r, o->sack[i].to);

		must(seq_before(o->sack[i].from, o->sack[i].to));
		must(from >= -1); /* the SYN's number */
		must(i == 0 || from > (int64_t)r->c->rcv_at);
		must(to <= (int64_t)r->c->rcv_at + r->c->fin_taken || held_upto(r, from) >= to);
	}
}

bool is_keepalive(const struct rig *r, const struct tcp_segment *seg)
{
	return !tcp_segment_len(seg) && !(seg->flags & TCP_FLAG_RST) &&
	       seq_before(seg->seq, r->last.snd_una);
}

/* A keep-alive has a number that the peer has already, so that it must answer, and asks only a peer that
 * owes no acknowledgement (RFC 9293 section 3.8.4). */
static void check_keepalive(const struct rig *r, const struct tcp_segment *seg)
{
	must(r->cfg.keepalive_us && seg->seq == r->last.snd_nxt - 1);
	must(r->last.snd_una == r->last.snd_nxt);
}

/* RFC 3168: what may be marked, and who is told. */
static void check_ecn(const struct rig *r, const struct tcp_segment *seg)
{
	uint16_t told = seg->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR);

	must(!(told || seg->ecn) || r->cfg.use_ecn);
	if (r->last.state == TCP_STATE_SYN_SENT) {
		must(!told || (told == (TCP_FLAG_ECE | TCP_FLAG_CWR) && !r->last.syn_retries));
		return;
	}
	must(!(told || seg->ecn) || r->last.ecn);
	must(!(told & TCP_FLAG_ECE) || r->last.marks_seen || seg->flags & TCP_FLAG_SYN);
	must(seg->ecn == TCP_ECN_NOT_ECT || (seg->ecn == TCP_ECN_ECT0 && seg->text_len &&
					     seq_after(tcp_segment_end(seg), r->sent_upto)));
}

static void check_numbers(struct rig *r, const struct tcp_segment *seg)
{
	const struct tcp_conn_info *now = &r->last;
	uint32_t len = tcp_segment_len(seg), end = seg->seq + len;

	if (is_keepalive(r, seg))
		check_keepalive(r, seg);
	else
		must(seq_upto(now->snd_una, seg->seq) && seq_upto(end, now->snd_nxt));
	/* Beyond the peer's window goes only a probe of a closed one (RFC 9293 section 3.8.6.1). */
	if (len && !(seg->flags & TCP_FLAG_SYN))
		must(seq_upto(end, r->offered_edge) || (len == 1 && !now->snd_wnd));
	must(!r->fin_sent || seq_upto(end, r->fin_end));
	if (seg->flags & TCP_FLAG_FIN) {
		must(r->closed && end == now->iss + 2 + (uint32_t)r->written);
		r->fin_sent = true;
		r->fin_end = end;
	}
	must(seg->text_len <= now->mss);
	must(!seg->text_len ||
	     seq_upto(seg->seq + (uint32_t)seg->text_len, now->iss + 1 + (uint32_t)r->written));
	must(is_our_text(seg->text, seg->text_len, seg->seq - now->iss - 1));
}

/* New text waits for room in the congestion window, where one segment always fits. Only a probe of the
 * tail goes beyond, and there is but one until it is answered (RFC 8985 section 7.3). */
static void check_congestion(struct rig *r, const struct tcp_segment *seg)
{
	const struct tcp_conn *c = r->c;
	bool fresh = seg->text_len && seq_after(tcp_segment_end(seg), r->sent_upto);
	bool probe = c->tail_out && (!r->tail_out || c->tail_end != r->tail_end);

	/* RFC 3042: a segment more for each of the first two duplicates. */
	unsigned more = r->last.sack || c->recovering ? 0 : c->dup_acks > 2 ? 2 : c->dup_acks;

	must(!probe || !r->tail_out);
	if (fresh && !probe)
		must(conn_in_flight(c) <= r->last.cwnd + more * c->mss + r->last.mss + 1u);
	r->sent_upto = r->last.snd_nxt;
}

static void check_acknowledgement(struct rig *r, const struct tcp_segment *seg)
{
	bool syn = seg->flags & TCP_FLAG_SYN;
	uint32_t window = (uint32_t)seg->window << (syn ? 0 : r->last.rcv_wscale), edge;

	must(seg->ack == r->last.rcv_nxt);
	must(!r->has_acked || seq_upto(r->acked, seg->ack));
	edge = seg->ack + window;
	/* The edge goes back only by less than a unit of the scale, and only where it could not be rounded
	 * up (RFC 7323 section 2.4). */
	if (r->has_acked && seq_before(edge, r->our_edge)) {
		uint64_t unit = 1u << r->last.rcv_wscale;

		must(r->our_edge - edge < unit);
		must(r->cfg.window || seg->window == UINT16_MAX ||
		     tcp_conn_unread(r->c) + window + unit > promise_max(r));
	}
	r->our_edge = r->has_acked ? seq_max(r->our_edge, edge) : edge;
	r->acked = seg->ack;
	r->has_acked = true;
}

/* A segment as it leaves; rig->last is the state after it was made. */
void watch_emitted(struct rig *r, const struct tcp_segment *seg)
{
	uint16_t flags = seg->flags;

	must(seg->src_port == r->cfg.local_port && seg->dst_port == r->cfg.peer_port);
	if (flags & TCP_FLAG_RST) {
		must(!(flags & (TCP_FLAG_SYN | TCP_FLAG_FIN)) && !seg->text_len);
		return;
	}
	must(r->last.state != TCP_STATE_CLOSED);
	must(!(flags & TCP_FLAG_SYN) || (seg->seq == r->last.iss && !seg->text_len &&
					 r->last.state <= TCP_STATE_SYN_RECEIVED));
	must(flags & TCP_FLAG_SYN || r->last.state != TCP_STATE_SYN_SENT);
	must(!!(flags & TCP_FLAG_ACK) == (r->last.state != TCP_STATE_SYN_SENT));
	check_numbers(r, seg);
	check_ecn(r, seg);
	check_congestion(r, seg);
	if (flags & TCP_FLAG_ACK)
		check_acknowledgement(r, seg);
	check_options(r, seg);
	r->tail_out = r->c->tail_out;
	r->tail_end = r->c->tail_end;
}
