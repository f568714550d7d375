/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conn.h - one TCP connection, as a machine without a world.
 *
 * Segments, ICMP errors, bytes and the time go in; segments, bytes and a next deadline come out.
 * Nothing here calls the system, prints or reads a clock, so a test lives through two minutes of
 * back-off in no time at all, and one real connection runs on the very same code.
 *
 * The owner's loop:
 *
 *     tcp_conn_open(c, now);
 *     for (;;) {
 *         while (tcp_conn_emit(c, &seg, now))
 *             send(seg);
 *         wait for a segment, for bytes to write, or until tcp_conn_deadline(c);
 *         tcp_conn_on_segment(c, seg, now), tcp_conn_write(c, ...), tcp_conn_on_timer(c, now);
 *     }
 *
 * Call tcp_conn_emit() until it returns false after every other call. All times are microseconds of
 * one monotonic clock of the owner's choice; they may start anywhere and must not go back. */
#ifndef TCPSHAKE_TCP_CONN_H
#define TCPSHAKE_TCP_CONN_H

#include "tcp/segment.h"
#include "tcp/state.h"

struct tcp_conn;

#define TCP_NEVER INT64_MAX

/* Duties that the engine does by itself; each can be taken over by hand. */
enum tcp_auto {
	TCP_AUTO_ACK = 1,	 /* acknowledge what arrives */
	TCP_AUTO_RETRANSMIT = 2, /* send again what was lost */
	TCP_AUTO_SEND = 4,	 /* send what was written */
	TCP_AUTO_CLOSE = 8,	 /* send FIN once closed and all is sent */
	TCP_AUTO_RESET = 16,	 /* answer with RST what cannot be this connection's */
	TCP_AUTO_ALL = 31,
};

struct tcp_config {
	uint16_t local_port, peer_port;
	uint32_t isn;		 /* our initial sequence number */
	uint16_t mss;		 /* largest text that we can receive: MTU less the two headers */
	uint16_t peer_mss;	 /* assumed when the peer names none: 536, or 1220 with IPv6 */
	uint32_t receive_buffer; /* bytes, 1 to 2^30; the largest window that we offer */
	uint32_t send_buffer;	 /* bytes written and not yet acknowledged that are kept */
	uint8_t wscale; /* shift that we offer, 0 to 14; less where a unit would exceed the buffer */
	bool use_wscale;     /* offer window scaling (RFC 7323 section 2) */
	bool use_sack;	     /* offer SACK (RFC 2018) */
	bool use_timestamps; /* offer timestamps (RFC 7323 section 3) */
	uint32_t ts_offset;  /* added to our timestamp clock (RFC 7323 section 5.4) */
	bool use_ecn; /* ask for congestion marks in the SYN, and heed them if the peer agrees (RFC 3168) */
	bool nagle;	      /* hold a small segment while another is in flight (RFC 9293 3.7.4) */
	int64_t keepalive_us; /* ask a peer that is idle for so long; 0: never (RFC 9293 section 3.8.4) */
	uint32_t window;      /* cap on every window, bytes; 0: none */
	int64_t rto_floor_us; /* the RTO is so much above SRTT; 0: at least 1 s (RFC 6298 rule 2.4) */
	int64_t give_up_us;   /* fail when nothing was acknowledged for so long; 0: never */
	int64_t time_wait_us; /* stay in TIME-WAIT so long; TCP_TIME_WAIT_BRIEF: see below */
	unsigned automatic;   /* enum tcp_auto */

	/* Takes in-order text; returns how many bytes it took, 0 to len. What it leaves is kept,
	 * closes the window by as much, and is offered again by tcp_conn_resume(). It must not
	 * call the connection. */
	size_t (*deliver)(void *context, const uint8_t *text, size_t len);
	void *context;
};

/* Two RTTs after a clean connection, and 0.25 to 3.2 s more after one that lost segments: long enough
 * to answer a FIN that is sent again, without the 2 MSL that a program at a prompt need not wait. */
#define TCP_TIME_WAIT_BRIEF (-1)
#define TCP_MSL_US	    30000000 /* 30 s, as in Linux's 60 s of TIME-WAIT; RFC 9293 suggests 2 min */

/* How often an idle peer is asked before it counts as gone: no single answer that is missing may decide
 * that (RFC 9293 section 3.8.4). The questions come keepalive_us apart, 75 s at most, as in Linux. */
#define TCP_KEEPALIVE_PROBES   9
#define TCP_KEEPALIVE_APART_US 75000000

/* Why a connection ended other than by a close in order. */
enum tcp_failure {
	TCP_FAILURE_NONE,
	TCP_FAILURE_REFUSED,   /* RST in answer to our SYN */
	TCP_FAILURE_RESET,     /* RST later */
	TCP_FAILURE_TIMED_OUT, /* nothing acknowledged for give_up_us, or no answer to keep-alives */
	TCP_FAILURE_UNREACHABLE, /* a hard ICMP error (RFC 5927) */
	TCP_FAILURE_ABORTED,	 /* tcp_conn_abort() */
};

/* An ICMP error that quotes one of our segments, as the decoder hands it in. */
enum tcp_icmp_kind {
	TCP_ICMP_SOFT,	  /* net or host unreachable, time exceeded: remembered */
	TCP_ICMP_HARD,	  /* protocol or port unreachable, prohibited: ends SYN-SENT only */
	TCP_ICMP_TOO_BIG, /* fragmentation needed, packet too big: lowers the MSS */
};

struct tcp_icmp {
	enum tcp_icmp_kind kind;
	uint32_t seq; /* quoted sequence number: must be one in flight (RFC 5927 section 4.1) */
	uint32_t text_max; /* TCP_ICMP_TOO_BIG: bytes of TCP options and text that still fit */
};

/* A snapshot for people and tests. */
struct tcp_conn_info {
	enum tcp_state state;
	enum tcp_failure failure;
	uint32_t iss, irs;
	uint32_t snd_una, snd_nxt, snd_wnd; /* snd_wnd in bytes, scaled */
	uint32_t rcv_nxt, rcv_wnd;	    /* rcv_wnd: bytes last offered */
	uint32_t unsent;		    /* bytes written and not sent for the first time */
	bool ack_owed;			    /* something came that was not acknowledged yet */
	uint32_t cwnd, ssthresh;	    /* bytes */
	uint16_t mss;			    /* bytes of text that fit beside our options */
	uint8_t snd_wscale, rcv_wscale;
	bool sack, timestamps, ecn; /* agreed on by both */
	int64_t srtt_us, rto_us;    /* srtt_us 0: no sample yet */
	uint64_t segments_sent, segments_received, text_sent, text_received;
	uint32_t retransmissions, duplicates, out_of_order;
	uint32_t marks_seen, marks_told; /* CE marks on what came; ECN echoes that slowed us down */
	uint32_t syn_retries;
	bool soft_error; /* an ICMP soft error came in */
};

/**
 * tcp_config_init() - the defaults
 * All options but ECN on, MSS 1460, a receive buffer of up to 16 MiB and the wscale for it, 8, a send
 * buffer of 1 MiB, Nagle on, no keep-alive, no give-up, a brief TIME-WAIT, all duties automatic; ports,
 * ISN, and deliver are still to be set. */
void tcp_config_init(struct tcp_config *config);

/**
 * tcp_conn_new() - a connection in CLOSED
 * @config: copied
 * Return:  NULL when memory is short. Free with tcp_conn_free(). */
struct tcp_conn *tcp_conn_new(const struct tcp_config *config);
void tcp_conn_free(struct tcp_conn *c);

/**
 * tcp_conn_open() - active open: SYN-SENT, a SYN is owed (RFC 9293 section 3.10.1)
 * Only in CLOSED, once. */
void tcp_conn_open(struct tcp_conn *c, int64_t now_us);

/**
 * tcp_conn_write() - give bytes to send (RFC 9293 section 3.10.2)
 * Allowed from tcp_conn_open() on; sent once established.
 * Return:  bytes taken, less than @len when the send buffer is full, 0 after close or failure. */
size_t tcp_conn_write(struct tcp_conn *c, const uint8_t *text, size_t len, int64_t now_us);

/* Bytes that tcp_conn_write() would take now. */
size_t tcp_conn_write_room(const struct tcp_conn *c);

/**
 * tcp_conn_resume() - the reader has room again: offer what was kept, reopen the window
 * Return:  bytes that deliver() took. */
size_t tcp_conn_resume(struct tcp_conn *c, int64_t now_us);

/**
 * tcp_conn_close() - no more to send: FIN after what was written (RFC 9293 section 3.10.4)
 * Receiving goes on. In SYN-SENT the connection is simply gone, and what was written with it: an
 * owner who only reached the end of its input waits for ESTABLISHED. Harmless when called twice. */
void tcp_conn_close(struct tcp_conn *c, int64_t now_us);

/**
 * tcp_conn_abort() - RST where the state calls for one, then CLOSED (RFC 9293 section 3.10.5)
 * The RST is still to be taken with tcp_conn_emit(). */
void tcp_conn_abort(struct tcp_conn *c, int64_t now_us);

/**
 * tcp_conn_on_segment() - a segment of this connection arrived (RFC 9293 section 3.10.7)
 * @seg:    its checksum good or partial; text is read, and given to deliver(), during the call only */
void tcp_conn_on_segment(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us);

/**
 * tcp_conn_on_icmp() - an ICMP error that quotes this connection arrived (RFC 5927)
 * Return:  false when it was ignored: the quoted sequence number is not in flight. */
bool tcp_conn_on_icmp(struct tcp_conn *c, const struct tcp_icmp *icmp, int64_t now_us);

/* tcp_conn_on_timer() - the time is now @now_us; does what is due, may be called at any time. */
void tcp_conn_on_timer(struct tcp_conn *c, int64_t now_us);

/* When tcp_conn_on_timer() is to be called next; TCP_NEVER when nothing is pending. */
int64_t tcp_conn_deadline(const struct tcp_conn *c);

/**
 * tcp_conn_emit() - the next segment to send, if any
 * @out:    ports, numbers, flags, window, options (both decoded and as bytes), text; checksum is the
 *          crafter's. The text slice is good until the next call with this connection.
 * Return:  false when there is nothing to send now. */
bool tcp_conn_emit(struct tcp_conn *c, struct tcp_segment *out, int64_t now_us);

/* Segments by hand: what the maker of one has set himself, and shall stay as it is. */
enum tcp_given {
	TCP_GIVEN_SEQ = 1,
	TCP_GIVEN_ACK = 2,
	TCP_GIVEN_WINDOW = 4,
	TCP_GIVEN_OPTIONS = 8,
};

/* tcp_conn_set_automatic() - which duties the engine has from now on (enum tcp_auto). */
void tcp_conn_set_automatic(struct tcp_conn *c, unsigned duties, int64_t now_us);

/**
 * tcp_conn_fill() - what the control block would put into a segment
 * @given:  enum tcp_given: fields to leave alone
 * @seg:    its flags and text are set; ports, numbers, window and options are filled in. Nothing of the
 *          connection changes. */
void tcp_conn_fill(struct tcp_conn *c, unsigned given, struct tcp_segment *seg, int64_t now_us);

/**
 * tcp_conn_by_hand() - a segment was sent by hand; the control block follows
 * A SYN in CLOSED opens the connection with its number and its options, and a new one after the first has
 * ended; text and FIN that go on at SND.NXT, an acknowledgement of RCV.NXT and a RST at SND.NXT count as if
 * the engine had sent them; text that was sent before its turn counts when the gap is filled; anything else
 * changes nothing. Without TCP_AUTO_RETRANSMIT nothing of it is sent again. */
void tcp_conn_by_hand(struct tcp_conn *c, const struct tcp_segment *seg, int64_t now_us);

enum tcp_state tcp_conn_state(const struct tcp_conn *c);
enum tcp_failure tcp_conn_failure(const struct tcp_conn *c);

/* The peer's FIN came, and every byte before it was delivered: the stream has ended. */
bool tcp_conn_at_end(const struct tcp_conn *c);

/* Bytes received in order that the reader has not taken: tcp_conn_resume() offers them, in CLOSED too. */
uint64_t tcp_conn_unread(const struct tcp_conn *c);

/* Everything written was acknowledged, our FIN too when there is one. */
bool tcp_conn_all_acked(const struct tcp_conn *c);

void tcp_conn_info(const struct tcp_conn *c, struct tcp_conn_info *out);

#endif
