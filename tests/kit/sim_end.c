/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_end.c - one end of the simulated network: an engine and its user.
 *
 * The user writes all that it has room for, reads at its own pace, and closes as planned. */
#include <stdlib.h>
#include <string.h>

#include "kit/sim_priv.h"

#define AT_ONCE_MAX	  20000 /* segments that an end may send at one moment */
#define CHALLENGES	  10
#define CHALLENGE_SPAN_US 5000000
#define TEXT_PERIOD	  65521 /* a prime: text that is off by a power of two does not pass */

/* What each end sends: as random as noise, and the same in every run. */
const uint8_t *sim_text(int end, uint64_t at)
{
	static uint8_t texts[2][TEXT_PERIOD + 65536];
	static bool made;

	if (!made) {
		uint64_t random = 1;

		for (int i = 0; i < 2; i++)
			for (size_t j = 0; j < sizeof(texts[0]); j++)
				texts[i][j] = j < TEXT_PERIOD ? (uint8_t)sim_random(&random) :
								texts[i][j - TEXT_PERIOD];
		made = true;
	}
	return texts[end] + at % TEXT_PERIOD;
}

static size_t deliver(void *context, const uint8_t *text, size_t len)
{
	struct sim_end *e = context;
	struct sim *s = e->sim;

	if (len > e->reader_room)
		len = (size_t)e->reader_room;
	for (size_t done = 0; done < len; done += 65536) {
		size_t n = len - done < 65536 ? len - done : 65536;

		if (memcmp(text + done, sim_text(!e->index, e->read + done), n) != 0)
			sim_fail(s, "end %d: wrong bytes after %llu", e->index,
				 (unsigned long long)(e->read + done));
	}
	if (e->plan->read_chunk) {
		e->reader_room -= len;
		if (len && !e->reader_room)
			e->reader_back_us = s->now_us + e->plan->read_every_us;
	}
	e->read += len;
	s->result->text += len;
	if (len)
		s->result->text_us = s->now_us - s->plan->start_us;
	return len;
}

bool sim_end_begin(struct sim *s, int index)
{
	struct sim_end *e = &s->ends[index];
	struct tcp_config cfg = s->plan->side[index].cfg;

	e->sim = s;
	e->index = index;
	e->plan = &s->plan->side[index];
	e->way_busy_us = s->now_us;
	e->reader_room = e->plan->read_chunk ? e->plan->read_chunk : UINT64_MAX;
	if (!sim_record_begin(e))
		return false;
	if (s->plan->scripted && index == 1) {
		e->peer = sim_peer_new(e);
		return e->peer;
	}
	cfg.deliver = deliver;
	cfg.context = e;
	e->c = tcp_conn_new(&cfg);
	return e->c;
}

void sim_end_free(struct sim_end *e)
{
	tcp_conn_free(e->c);
	sim_peer_free(e->peer);
	free(e->rec.arrived);
}

static void emit_all(struct sim_end *e)
{
	struct sim *s = e->sim;
	struct tcp_segment seg;

	for (int n = 0; s->result->ok && tcp_conn_emit(e->c, &seg, s->now_us); n++) {
		if (n > AT_ONCE_MAX)
			sim_fail(s, "end %d never stops sending", e->index);
		sim_judge_sent(e, &seg);
		sim_track(s, e->index, &seg, e);
		sim_send(s, e->index, &seg, SIM_EXPECT_NOTHING);
	}
}

static void open(struct sim_end *e)
{
	e->opened = true;
	tcp_conn_open(e->c, e->sim->now_us);
}

static void read_on(struct sim_end *e)
{
	if (e->reader_room || e->reader_back_us > e->sim->now_us)
		return;
	e->reader_room = e->plan->read_chunk;
	e->rec.resumed++;
	tcp_conn_resume(e->c, e->sim->now_us);
}

/* Returns what is left to write. */
static size_t write_on(struct sim_end *e)
{
	size_t held = tcp_conn_at_end(e->c) ? 0 : e->plan->held;
	size_t want = e->plan->text - held - (size_t)e->written, taken = 1;

	if (e->plan->text < held + e->written)
		return held;
	while (want && taken) {
		size_t n = want < 65536 ? want : 65536;

		taken = tcp_conn_write(e->c, sim_text(e->index, e->written), n, e->sim->now_us);
		e->written += taken;
		want -= taken;
	}
	return want + held;
}

static void close(struct sim_end *e, size_t left)
{
	enum tcp_state state = tcp_conn_state(e->c);
	int64_t now_us = e->sim->now_us;

	if (e->plan->close == SIM_CLOSE_ABORT) {
		if (state >= TCP_STATE_SYN_RECEIVED && e->read + e->written >= e->plan->abort_at) {
			tcp_conn_abort(e->c, now_us);
			e->closed = e->aborted = true;
		}
	} else if (!left && state >= TCP_STATE_ESTABLISHED &&
		   (e->plan->close == SIM_CLOSE_FIRST || tcp_conn_at_end(e->c))) {
		tcp_conn_close(e->c, now_us);
		e->closed = true;
	}
}

void sim_end_use(struct sim_end *e)
{
	struct sim *s = e->sim;
	size_t left;

	if (e->peer) {
		sim_peer_on_timer(e->peer);
		return;
	}
	if (!e->opened && e->plan->open_us >= 0 &&
	    s->now_us - s->plan->start_us >= e->plan->open_us)
		open(e);
	if (!e->opened)
		return;
	tcp_conn_on_timer(e->c, s->now_us);
	read_on(e);
	left = write_on(e);
	if (!e->closed)
		close(e, left);
	emit_all(e);
	sim_judge_late(e);
}

/* The engine has no LISTEN: an end that listens opens when a SYN comes, and its own SYN, which it would
 * have sent, is thrown away. What it sends then is its SYN,ACK. */
static void listen(struct sim_end *e, const struct tcp_segment *seg)
{
	struct tcp_segment own;

	if (e->plan->open_us >= 0 || (seg->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN)
		return;
	open(e);
	tcp_conn_emit(e->c, &own, e->sim->now_us);
}

/* A host answers for a connection that it no longer knows (RFC 9293 section 3.10.7.1): a peer in
 * LAST-ACK whose every FIN of four minutes was lost learns so that all is over. */
static void answer_for_closed(struct sim_end *e, const struct tcp_segment *seg)
{
	struct tcp_segment rst = { .seq = seg->ack, .flags = TCP_FLAG_RST };

	if (!(seg->flags & TCP_FLAG_ACK))
		rst = (struct tcp_segment){ .ack = tcp_segment_end(seg),
					    .flags = TCP_FLAG_RST | TCP_FLAG_ACK };
	if (!(seg->flags & TCP_FLAG_RST))
		sim_send(e->sim, e->index, &rst, SIM_EXPECT_NOTHING);
}

static void take_icmp(struct sim_end *e, const struct tcp_icmp *icmp)
{
	uint32_t least = 88, fits = icmp->text_max > least ? icmp->text_max : least;
	bool counts = tcp_conn_on_icmp(e->c, icmp, e->sim->now_us);

	if (counts && tcp_conn_state(e->c) >= TCP_STATE_ESTABLISHED && fits < e->rec.text_max)
		e->rec.text_max = fits;
}

/* Answers to what is out of place are rationed, ten in five seconds (RFC 5961 section 7): does this one
 * have a claim? Whatever carries no text, or a SYN, may have cost one. */
static bool within_ration(struct sim_end *e)
{
	unsigned oldest = e->asked++ % CHALLENGES;
	int64_t was_us = e->asked_us[oldest];

	e->asked_us[oldest] = e->sim->now_us;
	return e->asked <= CHALLENGES || e->sim->now_us - was_us > CHALLENGE_SPAN_US;
}

/* A forged segment must leave the connection as it was, and some must be answered. */
static void take_forged(struct sim_end *e, const struct sim_flight *f, bool answer)
{
	struct sim *s = e->sim;
	struct tcp_conn_info was, is;

	tcp_conn_info(e->c, &was);
	tcp_conn_on_segment(e->c, &f->seg, s->now_us);
	tcp_conn_info(e->c, &is);
	if (was.state != is.state || was.failure != is.failure || was.rcv_nxt != is.rcv_nxt ||
	    was.snd_una != is.snd_una)
		sim_fail(s, "end %d: a forged segment changes %s into %s", e->index,
			 tcp_state_name(was.state), tcp_state_name(is.state));
	emit_all(e);
	tcp_conn_info(e->c, &was);
	if (f->expect == SIM_EXPECT_ANSWER && answer && was.segments_sent == is.segments_sent)
		sim_fail(s, "end %d does not answer a forged segment in %s", e->index,
			 tcp_state_name(is.state));
}

void sim_end_arrival(struct sim_end *e, struct sim_flight *f)
{
	struct sim *s = e->sim;
	bool bare = !tcp_segment_len(&f->seg), answer = true;

	if (e->peer) {
		sim_peer_arrival(e->peer, &f->seg);
		return;
	}
	if (f->is_icmp) {
		take_icmp(e, &f->icmp);
		sim_end_use(e);
		return;
	}
	if (!e->opened)
		listen(e, &f->seg);
	if (!e->opened)
		return;
	if (tcp_conn_state(e->c) == TCP_STATE_CLOSED) {
		answer_for_closed(e, &f->seg);
		return;
	}
	sim_narrate_arrival(s, f);
	sim_judge_came(e, f);
	sim_track(s, !e->index, &f->seg, e);
	if (bare || f->seg.flags & TCP_FLAG_SYN || f->expect != SIM_EXPECT_NOTHING)
		answer = within_ration(e);
	if (f->expect != SIM_EXPECT_NOTHING && tcp_conn_state(e->c) >= TCP_STATE_ESTABLISHED) {
		take_forged(e, f, answer);
	} else {
		uint64_t before = e->rec.bare_sent;

		tcp_conn_on_segment(e->c, &f->seg, s->now_us);
		emit_all(e);
		if (bare)
			e->rec.answers += e->rec.bare_sent - before;
	}
	sim_end_use(e);
	if (e->index == 0)
		sim_track_compare(s);
}

int64_t sim_end_deadline(const struct sim_end *e)
{
	int64_t deadline;

	if (e->peer)
		return sim_peer_deadline(e->peer);
	if (!e->opened)
		return e->plan->open_us < 0 ? TCP_NEVER : e->sim->plan->start_us + e->plan->open_us;
	deadline = tcp_conn_deadline(e->c);
	if (!e->reader_room && e->reader_back_us < deadline)
		deadline = e->reader_back_us;
	return deadline;
}

bool sim_end_over(const struct sim_end *e)
{
	if (e->peer)
		return sim_peer_over(e->peer);
	return e->opened && tcp_conn_state(e->c) == TCP_STATE_CLOSED &&
	       (e->aborted || !tcp_conn_unread(e->c));
}
