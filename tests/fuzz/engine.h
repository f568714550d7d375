/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.h - a connection among strangers, for fuzz_engine.c:
 *
 *     fuzz_engine.c    the fuzzer's bytes become what the user, the clock and the peer do
 *     engine_peer.c    segments of a peer that is good, careless or hostile
 *     engine_watch.c   what has to hold after each step, and of each segment that the engine sends
 *
 * The watch looks at the connection from outside (struct tcp_conn_info, emitted segments) wherever that
 * can tell; into the control block it looks for memory, and for which text is held. */
#ifndef TCPSHAKE_TESTS_FUZZ_ENGINE_H
#define TCPSHAKE_TESTS_FUZZ_ENGINE_H

#include "fuzz/fuzz.h"
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define PIECES_MAX 2048u
#define REPLAY_MAX 16u

/* The peer's text comes in copies that differ; the engine holds [from, to) of one of them. Places are
 * offsets in the peer's stream. */
struct piece {
	int64_t from, to;
	uint8_t copy;
};

/* A segment of the peer, with room for nothing but what is needed to build it again. */
struct peer_segment {
	struct tcp_segment seg;
	uint8_t copy;
};

struct rig {
	struct tcp_conn *c;
	struct tcp_config cfg;
	int64_t now_us;
	bool telling;

	/* Our user */
	uint64_t written;
	bool closed;
	size_t reader_takes; /* bytes that the reader still takes */

	/* What the engine has, and had, of the peer's stream */
	uint64_t delivered;
	struct piece pieces[PIECES_MAX]; /* held and not delivered, in order */
	unsigned piece_count;
	unsigned ranges;		     /* in the store when its memory was last counted */
	const struct peer_segment *arriving; /* during tcp_conn_on_segment() */
	int64_t arriving_at;		     /* the place of its text */

	/* What was seen so far */
	struct tcp_conn_info last;
	uint32_t offered_edge;	  /* the farthest that the peer ever let us send */
	uint32_t acked, our_edge; /* the farthest that we acknowledged, and offered */
	bool has_acked, fin_sent;
	uint32_t sent_upto; /* SND.NXT when we last sent something */
	bool tail_out;	    /* a probe of the tail was seen, and not answered */
	uint32_t tail_end;
	uint32_t fin_end;
	uint32_t ts_sent; /* our latest TSval */
	int64_t ts_sent_us;
	bool has_ts_sent;
	uint8_t peer_wscale; /* as offered in its SYN */
	uint16_t peer_mss;
	bool peer_has_wscale, peer_has_mss;

	/* Of the peer */
	struct peer_segment sent[REPLAY_MAX];
	unsigned sent_count;
	bool asked;	  /* we sent something that calls for an answer */
	size_t text_left; /* bytes that it may still send: runs stay short */
};

/* engine_watch.c: what our user writes, and what the peer sends, from place @at on. Here a fuzzer has
 * nothing to learn. */
#ifdef __clang__
#define NO_COVERAGE __attribute__((no_sanitize("coverage")))
#else
#define NO_COVERAGE
#endif
void our_text(uint8_t *out, size_t len, uint64_t at);
void peer_text(uint8_t *out, size_t len, uint64_t at, uint8_t copy);

/* engine_watch.c */
size_t watch_deliver(void *context, const uint8_t *text, size_t len);
void watch_arrival(struct rig *r,
		   const struct peer_segment *p);	      /* what it offers, before the call */
void watch_held(struct rig *r, const struct peer_segment *p); /* after it */
void watch_state(struct rig *r);			      /* after any call */
/* No text, and a number that was sent before: it only asks for an answer. */
bool is_keepalive(const struct rig *r, const struct tcp_segment *seg);
void watch_emitted(struct rig *r, const struct tcp_segment *seg);

/* engine_peer.c */
void peer_acts(struct rig *r, struct feed *f, uint8_t how);
/* A good segment: all acknowledged, text that is next, FIN when it is time. */
void peer_answers(struct rig *r, size_t text_len, bool fin);

/* fuzz_engine.c: after any call of the connection: check it, and send all that it owes; returns the
 * number of segments. */
unsigned rig_settle(struct rig *r);

/* What happens, for who looks into a finding: FUZZ_TELL=1 in the environment. */
void rig_tell(const struct rig *r, const char *who, const struct tcp_segment *seg);

#endif
