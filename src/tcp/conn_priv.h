/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn_priv.h - the control block, for the files of the engine only:
 *
 *     conn.c    life, the user's calls, the one door through which the state changes
 *     input.c   what an arriving segment does (RFC 9293 section 3.10.7)
 *     text.c    received text: delivery, what is owed as acknowledgement
 *     window.c  the window that we offer
 *     loss.c    what an acknowledgement says of what we sent: SACK, RTT, loss, recovery
 *     output.c  the next segment to send
 *     ecn.c     marks in place of losses (RFC 3168)
 *     timer.c   the deadlines and what they bring about
 *
 * Everybody else uses conn.h. */
#ifndef TCPSHAKE_TCP_CONN_PRIV_H
#define TCPSHAKE_TCP_CONN_PRIV_H

#include "tcp/congestion.h"
#include "tcp/conn.h"
#include "tcp/reassembly.h"
#include "tcp/rtt.h"
#include "tcp/sendq.h"

enum timer {
	TIMER_RETRANSMIT, /* RFC 6298 section 5 */
	TIMER_REORDER,	  /* RFC 8985 section 6.3: what may be reordered is lost by then */
	TIMER_TAIL,	  /* RFC 8985 section 7: provoke an answer before the RTO */
	TIMER_PERSIST,	  /* RFC 9293 section 3.8.6.1: ask a closed window */
	TIMER_ACK,	  /* RFC 9293 section 3.8.6.3: a delayed acknowledgement is due */
	TIMER_TIME_WAIT,
	TIMER_KEEPALIVE, /* RFC 9293 section 3.8.4 */
	TIMER_GIVE_UP,
	TIMER_COUNT,
};

struct tcp_conn {
	struct tcp_config cfg;
	enum tcp_state state;
	enum tcp_failure failure;
	int64_t timers[TIMER_COUNT]; /* when due; TCP_NEVER: off */

	/* Sending (RFC 9293 section 3.3.1) */
	uint32_t iss, snd_una, snd_nxt;
	uint32_t snd_wnd; /* bytes, scaled */
	uint32_t
		snd_wnd_max; /* the largest so far: half of it is worth a segment; RFC 5961 range */
	uint32_t snd_wl1, snd_wl2;
	uint8_t snd_wscale;
	uint32_t mss; /* text and options that one segment to the peer may hold */
	struct sendq q;
	struct hand_text *ahead; /* hand.c: sent by hand, before its turn */
	int64_t time_wait_ends_us;
	bool close_wanted; /* FIN after the last byte */
	bool fin_sent;
	uint32_t fin_seq;
	bool probe_due;	     /* send into the closed window */
	bool probe_out;	     /* ... and was not answered since progress_us */
	bool push_small;     /* send what the window allows, however little */
	int64_t progress_us; /* when the peer last acknowledged something, or the flight began */
	bool stray_answered; /* in SYN-SENT, an ACK of something else was answered */
	int64_t heard_us;    /* when the peer last said something, or was last asked to */
	unsigned keepalive_probes; /* not answered so far */
	bool keepalive_due;
	bool rst_owed;
	struct tcp_segment rst;

	/* Loss and congestion */
	struct rtt rtt;
	struct congestion cc;
	int64_t text_sent_us; /* when text last went out */
	unsigned persist_backoff;
	unsigned dup_acks;
	bool recovering;    /* until snd_una reaches recovery_point */
	bool after_timeout; /* the recovery began with a timeout: the window grows again */
	bool timed_out;	    /* since something was last acknowledged */
	bool undo_possible; /* nothing was acknowledged since the recovery began, at recovery_us */
	int64_t recovery_us;
	bool tail_due; /* a probe of the tail is to be sent (RFC 8985 section 7) */
	bool tail_out; /* ... was sent, up to tail_end; tail_again: and was no new text */
	bool tail_again;
	uint32_t tail_end;
	bool kick; /* the first retransmission of a recovery waits for no window */
	uint32_t recovery_point;
	struct {
		int64_t sent_us; /* of the latest-sent range that is known to have arrived */
		uint32_t end;
		int64_t rtt_us;
		uint32_t fack; /* highest number known to have arrived */
		bool valid, reordering_seen;
	} rack;

	/* Receiving */
	uint32_t irs, rcv_nxt;
	uint32_t
		rcv_edge; /* RCV.NXT + RCV.WND, as the farthest promise so far: it never moves back */
	uint8_t rcv_wscale;
	uint32_t window_limit; /* bytes of the receive buffer in use so far */
	struct {
		uint64_t at; /* read_at, and the time, when the current round trip began */
		int64_t since_us;
		uint32_t space; /* the most that the reader took in one round trip */
		uint32_t last_ecr;
		int64_t rtt_us;
		bool lagged; /* in this round trip the reader left something */
	} tune;
	uint32_t ts_newest; /* the latest of the peer's timestamps in segments before this one */
	uint32_t resent;    /* segments that the peer sent again */
	uint64_t rcv_at;    /* text received in order, in bytes from the stream's start */
	uint64_t read_at;   /* text delivered */
	bool fin_known;	    /* a FIN came, in order or not, at fin_at */
	uint64_t fin_at;
	bool fin_taken; /* ... and everything before it too */
	struct reassembly in;
	uint64_t recent
		[TCP_SACK_BLOCKS_MAX]; /* places of the latest out-of-order text, newest first */
	unsigned recent_count;
	struct tcp_sack_block dsack; /* RFC 2883: a duplicate to report once */
	bool dsack_due;
	uint32_t peer_segment; /* the largest text seen in one segment, at most cfg.mss */

	/* Acknowledging */
	bool ack_now;
	uint32_t ack_bytes;  /* received since the last acknowledgement */
	unsigned quick_acks; /* how many of the next acknowledgements are sent without delay */
	unsigned
		challenges; /* challenge ACKs sent in the current span of 5 s (RFC 5961 section 7) */
	int64_t challenges_since_us;

	/* Options agreed on */
	bool wscale_ok, sack_ok, ts_ok;
	struct {
		bool agreed;
		bool echo;    /* a mark came, and no CWR since: ECE in every acknowledgement */
		bool cwr_due; /* the next new text says that we slowed down */
		uint32_t slowed_until; /* SND.NXT then: one reduction for what was out */
	} ecn;
	uint32_t ts_recent, last_ack_sent; /* RFC 7323 section 4.3 */
	int64_t ts_recent_us;

	/* Counters for tcp_conn_info() */
	uint64_t segments_sent, segments_received, text_sent;
	uint32_t retransmissions, duplicates, out_of_order, syn_retries;
	uint32_t marks_seen, marks_told;
	bool soft_error;
};

/* conn.c */
void conn_enter(struct tcp_conn *c, enum tcp_state to);
void conn_fail(struct tcp_conn *c, enum tcp_failure why);
void conn_enter_time_wait(struct tcp_conn *c, int64_t now_us);
bool conn_synchronized(const struct tcp_conn *c); /* ESTABLISHED or later, not CLOSED */
uint32_t conn_in_flight(const struct tcp_conn *c);
bool conn_unsent(const struct tcp_conn *c); /* text or FIN waits to be sent for the first time */

/* text.c */
void text_take(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us);
size_t text_deliver_stored(struct tcp_conn *c);
uint8_t text_sack_blocks(const struct tcp_conn *c, struct tcp_sack_block out[TCP_SACK_BLOCKS_MAX]);
void text_note_duplicate(struct tcp_conn *c, const struct tcp_segment *seg);

/* window.c */
void window_init(struct tcp_conn *c);
uint32_t window_slack(const struct tcp_config *cfg);
uint32_t window_space(const struct tcp_conn *c);
uint16_t window_for_syn(const struct tcp_conn *c);
uint16_t window_select(struct tcp_conn *c);
uint16_t window_field(const struct tcp_conn *c);
void window_tune(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us);

/* loss.c */
void loss_on_ack(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us);
void loss_on_timeout(struct tcp_conn *c, int64_t now_us);
void loss_begin_recovery(struct tcp_conn *c, uint32_t in_flight, int64_t now_us);
void loss_detect(struct tcp_conn *c, int64_t now_us);

/* ecn.c */
uint16_t ecn_syn_flags(const struct tcp_conn *c);
void ecn_take_syn(struct tcp_conn *c, const struct tcp_segment *seg);
void ecn_take_mark(struct tcp_conn *c, const struct tcp_segment *seg);
void ecn_take_echo(struct tcp_conn *c, const struct tcp_segment *seg, uint32_t in_flight);
void ecn_slowed(struct tcp_conn *c);
void ecn_mark_new(struct tcp_conn *c, struct tcp_segment *out);

/* hand.c */
void conn_forget_ahead(struct tcp_conn *c);

/* timer.c */
void timers_tend(struct tcp_conn *c, int64_t now_us);

/* output.c */
uint32_t output_ts_now(const struct tcp_conn *c, int64_t now_us);
uint32_t output_text_max(const struct tcp_conn *c);
void output_fill_options(const struct tcp_conn *c, struct tcp_segment *out, int64_t now_us);
void output_note_fin(struct tcp_conn *c, uint32_t seq);
bool output_window_shut(const struct tcp_conn *c);

#endif
