/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.c - the simulated network; see sim.h.
 *
 * Checked in every run: the bytes are exact, both ends end CLOSED without failure, nothing is sent
 * beyond the other end's window, acknowledgements never go back, no text follows a FIN, and the
 * whole ends in bounded time. */
#include "kit/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/conn.h"
#include "tcp/options.h"
#include "tcp/seq.h"

#define FLIGHTS_MAX 8192
#define TIME_MAX_US (12 * 3600LL * 1000000) /* 30 % loss each way and a window of one segment */
#define EVENTS_MAX  3000000

/* A segment on its way. */
struct flight {
	int64_t due_us;
	int to;
	struct tcp_segment seg;
	uint8_t text[1500];
};

struct sim;

struct end {
	struct sim *sim;
	int index;
	struct tcp_conn *c;
	uint64_t written, read;
	uint64_t reader_room; /* bytes that the reader takes before it must be asked again */
	bool closed;
	/* What this end has promised and said, as seen on the wire */
	bool acked_known, edge_known, sent_fin;
	uint32_t acked, edge, fin_end;
	uint8_t wscale;
};

struct sim {
	const struct sim_plan *plan;
	struct sim_result *result;
	uint64_t random;
	int64_t now_us;
	struct end ends[2];
	struct flight *flights[FLIGHTS_MAX];
	unsigned in_air;
	bool verbose;
};

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool chance(struct sim *s, unsigned per_mille)
{
	return draw(&s->random) % 1000 < per_mille;
}

static uint8_t byte_at(int end, uint64_t at)
{
	return (uint8_t)(at * 13 + (at >> 8) + (uint64_t)end * 101);
}

static void fail(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->result->ok)
		return;
	s->result->ok = false;
	va_start(ap, fmt);
	vsnprintf(s->result->why, sizeof(s->result->why), fmt, ap);
	va_end(ap);
}

static size_t deliver(void *context, const uint8_t *text, size_t len)
{
	struct end *e = context;

	if (len > e->reader_room)
		len = (size_t)e->reader_room;
	for (size_t i = 0; i < len; i++)
		if (text[i] != byte_at(!e->index, e->read + i))
			fail(e->sim, "end %d: byte %llu is wrong", e->index,
			     (unsigned long long)(e->read + i));
	e->reader_room -= len;
	e->read += len;
	return len;
}

static void tell(struct sim *s, int from, const struct tcp_segment *seg, const char *fate)
{
	char flags[TCP_FLAGS_TEXT_MAX];

	if (s->verbose)
		printf("# %10.3f ms  %d -> %d  %-8s seq %u len %zu ack %u win %u sack %u  %s\n",
		       (double)s->now_us / 1000, from, !from, tcp_flags_text(seg->flags, flags),
		       seg->seq, seg->text_len, seg->ack, seg->window, seg->options.sack_count,
		       fate);
}

/* What RFC 9293 asks of every segment, checked as it leaves. */
static void check(struct sim *s, int from, const struct tcp_segment *seg)
{
	struct end *e = &s->ends[from], *peer = &s->ends[!from];
	uint32_t end = tcp_segment_end(seg);

	if (seg->flags & TCP_FLAG_RST)
		fail(s, "end %d sends RST", from);
	if (seg->text_len > 1460)
		fail(s, "end %d sends %zu bytes in one segment", from, seg->text_len);
	if (peer->edge_known && tcp_segment_len(seg) && seq_after(end, peer->edge) &&
	    !(seg->text_len == 1 || (seg->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN))))
		fail(s, "end %d sends %u beyond the window", from, end - peer->edge);
	if (seg->flags & TCP_FLAG_ACK) {
		uint32_t window = (uint32_t)seg->window
				  << (seg->flags & TCP_FLAG_SYN ? 0 : e->wscale);

		if (e->acked_known && seq_before(seg->ack, e->acked))
			fail(s, "end %d: ack went back by %u", from, e->acked - seg->ack);
		e->acked = seg->ack;
		e->acked_known = true;
		/* Scaling rounds down, so the edge may seem to move back by less than a unit
		 * (RFC 7323 section 2.4); what was promised still holds. */
		if (e->edge_known && seq_ahead(seg->ack + window, e->edge) >= 1u << e->wscale)
			fail(s, "end %d: window shrank by %u", from, e->edge - seg->ack - window);
		e->edge = e->edge_known ? seq_max(e->edge, seg->ack + window) : seg->ack + window;
		e->edge_known = true;
	}
	if (e->sent_fin && seq_after(end, e->fin_end))
		fail(s, "end %d sends behind its FIN", from);
	if (seg->flags & TCP_FLAG_FIN) {
		e->sent_fin = true;
		e->fin_end = end;
	}
}

static void launch(struct sim *s, int from, const struct tcp_segment *seg)
{
	struct flight *f;

	if (s->in_air == FLIGHTS_MAX) {
		s->result->lost++;
		return;
	}
	f = malloc(sizeof(*f));
	f->to = !from;
	f->seg = *seg;
	f->due_us = s->now_us + s->plan->delay_us;
	if (s->plan->jitter_us)
		f->due_us += (int64_t)(draw(&s->random) % (uint64_t)s->plan->jitter_us);
	memcpy(f->text, seg->text_len ? seg->text : f->text, seg->text_len);
	f->seg.text = f->text;
	s->flights[s->in_air++] = f;
}

static void send_all(struct sim *s, int from)
{
	struct tcp_segment seg;

	for (int n = 0; tcp_conn_emit(s->ends[from].c, &seg, s->now_us); n++) {
		if (n > 20000) {
			fail(s, "end %d never stops sending", from);
			return;
		}
		s->result->segments++;
		check(s, from, &seg);
		if (chance(s, s->plan->loss)) {
			s->result->lost++;
			tell(s, from, &seg, "lost");
			continue;
		}
		tell(s, from, &seg, "");
		launch(s, from, &seg);
		if (chance(s, s->plan->duplicate))
			launch(s, from, &seg);
	}
}

/* A host answers for a connection that it no longer knows (RFC 9293 section 3.10.7.1): a peer in
 * LAST-ACK whose every FIN of four minutes was lost learns so that all is over. */
static void answer_for_closed(struct sim *s, const struct flight *f)
{
	struct tcp_segment rst = { .seq = f->seg.ack, .flags = TCP_FLAG_RST };

	if ((f->seg.flags & TCP_FLAG_ACK) && !(f->seg.flags & TCP_FLAG_RST) &&
	    !chance(s, s->plan->loss)) {
		tell(s, f->to, &rst, "for a closed connection");
		launch(s, f->to, &rst);
	}
}

/* What the users of both ends do at every opportunity. */
static void use(struct sim *s, int i)
{
	struct end *e = &s->ends[i];
	enum tcp_state state = tcp_conn_state(e->c);
	uint8_t text[4096];
	size_t want = s->plan->text[i] - (size_t)e->written;

	if (!e->reader_room) {
		e->reader_room = s->plan->read_chunk ? s->plan->read_chunk : UINT64_MAX;
		tcp_conn_resume(e->c, s->now_us);
	}
	while (want && tcp_conn_write_room(e->c)) {
		size_t n = want < sizeof(text) ? want : sizeof(text);

		for (size_t j = 0; j < n; j++)
			text[j] = byte_at(i, e->written + j);
		n = tcp_conn_write(e->c, text, n, s->now_us);
		e->written += n;
		want -= n;
	}
	if (!want && !e->closed && state >= TCP_STATE_ESTABLISHED &&
	    (i == 0 || s->plan->simultaneous_close || tcp_conn_at_end(e->c))) {
		tcp_conn_close(e->c, s->now_us);
		e->closed = true;
	}
}

/* The next arrival, or NULL; taken out of the air. */
static struct flight *land(struct sim *s)
{
	for (unsigned i = 0; i < s->in_air; i++) {
		struct flight *f = s->flights[i];

		if (f->due_us > s->now_us)
			continue;
		memmove(&s->flights[i], &s->flights[i + 1],
			(s->in_air - i - 1) * sizeof(s->flights[0]));
		s->in_air--;
		return f;
	}
	return NULL;
}

static int64_t next_event(const struct sim *s)
{
	int64_t next = TCP_NEVER;

	for (unsigned i = 0; i < s->in_air; i++)
		if (s->flights[i]->due_us < next)
			next = s->flights[i]->due_us;
	for (int i = 0; i < 2; i++) {
		int64_t deadline = tcp_conn_deadline(s->ends[i].c);

		if (deadline < next)
			next = deadline;
		/* A slow reader comes back once a millisecond. */
		if (!s->ends[i].reader_room && s->now_us + 1000 < next)
			next = s->now_us + 1000;
	}
	return next;
}

static bool over(const struct sim *s)
{
	for (int i = 0; i < 2; i++)
		if (tcp_conn_state(s->ends[i].c) != TCP_STATE_CLOSED ||
		    tcp_conn_unread(s->ends[i].c))
			return false;
	return true;
}

static bool begin(struct sim *s)
{
	for (int i = 0; i < 2; i++) {
		struct end *e = &s->ends[i];
		struct tcp_config cfg;

		e->sim = s;
		e->index = i;
		tcp_config_init(&cfg);
		cfg.isn = (uint32_t)draw(&s->random);
		if (s->plan->seed % 3 == 0)
			cfg.isn = 0xffffff00u + (uint32_t)(draw(&s->random) % 0x200); /* wraps */
		cfg.receive_buffer = (uint32_t)s->plan->buffer;
		cfg.send_buffer = 65536;
		cfg.use_sack = s->plan->sack;
		cfg.use_timestamps = s->plan->timestamps;
		cfg.time_wait_us = 4LL * 60 * 1000000;
		cfg.deliver = deliver;
		cfg.context = e;
		e->c = tcp_conn_new(&cfg);
		while (cfg.wscale && cfg.receive_buffer >> cfg.wscale == 0)
			cfg.wscale--;
		e->wscale = cfg.wscale;
		if (!e->c)
			return false;
		tcp_conn_open(e->c, s->now_us);
	}
	return true;
}

static void step(struct sim *s)
{
	struct flight *f;

	for (int i = 0; i < 2; i++) {
		tcp_conn_on_timer(s->ends[i].c, s->now_us);
		use(s, i);
		send_all(s, i);
	}
	while ((f = land(s)) && s->result->ok) {
		if (tcp_conn_state(s->ends[f->to].c) == TCP_STATE_CLOSED)
			answer_for_closed(s, f);
		tcp_conn_on_segment(s->ends[f->to].c, &f->seg, s->now_us);
		use(s, f->to);
		send_all(s, f->to);
		free(f);
	}
}

static void judge(struct sim *s)
{
	for (int i = 0; i < 2 && s->result->ok; i++) {
		struct end *e = &s->ends[i];
		struct tcp_conn_info info;

		tcp_conn_info(e->c, &info);
		s->result->retransmissions += info.retransmissions;
		if (e->read != s->plan->text[!i])
			fail(s, "end %d: %llu of %zu bytes arrived", i, (unsigned long long)e->read,
			     s->plan->text[!i]);
		if (info.failure != TCP_FAILURE_NONE)
			fail(s, "end %d: failure %d", i, (int)info.failure);
		if (!s->plan->loss && !s->plan->jitter_us && !s->plan->duplicate &&
		    info.retransmissions)
			fail(s, "end %d: %u retransmissions on a clean network", i,
			     info.retransmissions);
	}
}

void sim_draw(uint64_t seed, struct sim_plan *plan)
{
	uint64_t r = seed * 7919;

	*plan = (struct sim_plan){ .seed = seed };
	plan->delay_us = (int64_t)(draw(&r) % 3 ? draw(&r) % 100000 : draw(&r) % 300);
	plan->jitter_us = draw(&r) % 2 ? (int64_t)(draw(&r) % 50000) : 0;
	plan->loss = draw(&r) % 4 ? (unsigned)(draw(&r) % 100) : 0;
	if (draw(&r) % 10 == 0)
		plan->loss = 300;
	plan->duplicate = draw(&r) % 2 ? (unsigned)(draw(&r) % 200) : 0;
	for (int i = 0; i < 2; i++)
		plan->text[i] = draw(&r) % 4 ? (size_t)(draw(&r) % 100000) : (size_t)(draw(&r) % 3);
	plan->buffer = draw(&r) % 4 ? 200000 : 200 + (size_t)(draw(&r) % 20000);
	plan->read_chunk = draw(&r) % 4 ? 0 : 500 + (size_t)(draw(&r) % 5000);
	plan->sack = draw(&r) % 4;
	plan->timestamps = draw(&r) % 2;
	plan->simultaneous_close = draw(&r) % 2;
}

void sim_run(const struct sim_plan *plan, struct sim_result *result, bool verbose)
{
	struct sim *s = calloc(1, sizeof(*s));

	*result = (struct sim_result){ .ok = true };
	s->plan = plan;
	s->result = result;
	s->random = plan->seed;
	s->verbose = verbose;
	if (!begin(s))
		fail(s, "no memory");
	for (unsigned events = 0; result->ok && !over(s); events++) {
		int64_t next;

		step(s);
		if (over(s))
			break;
		next = next_event(s);
		if (next == TCP_NEVER)
			fail(s, "stuck: %s and %s, nothing pending",
			     tcp_state_name(tcp_conn_state(s->ends[0].c)),
			     tcp_state_name(tcp_conn_state(s->ends[1].c)));
		if (next > s->now_us)
			s->now_us = next;
		if (s->now_us > TIME_MAX_US || events > EVENTS_MAX)
			fail(s,
			     "not over after %lld s and %u events: %s and %s, %llu and %llu read",
			     (long long)(s->now_us / 1000000), events,
			     tcp_state_name(tcp_conn_state(s->ends[0].c)),
			     tcp_state_name(tcp_conn_state(s->ends[1].c)),
			     (unsigned long long)s->ends[0].read,
			     (unsigned long long)s->ends[1].read);
	}
	judge(s);
	result->took_us = s->now_us;
	while (s->in_air)
		free(s->flights[--s->in_air]);
	for (int i = 0; i < 2; i++)
		tcp_conn_free(s->ends[i].c);
	free(s);
}
