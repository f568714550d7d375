/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialogue.h - tests of the engine that read as a dialogue, told in milliseconds and in the notation
 * of tcpdump and packetdrill:
 *
 *     dialogue_begin(&d, NULL);
 *     we_send(&d, 0, "S 0:0(0)");
 *     peer_sends(&d, 20, "S. 0:0(0) ack 1 win 65535 <mss 1460>");
 *     we_send(&d, 20, ". 1:1(0) ack 1");
 *     silence(&d, 1000, TCP_STATE_ESTABLISHED);
 *
 * Flags: S F R P U, "." for ACK, E for ECE, W for CWR. Then seq:end(length), ack, win, urg, options in
 * <>, and the ECN field of the IP header: [noecn], [ect0], [ect1] or [ce].
 *
 * Numbers are relative to the initial ones. What is left out is not compared (we_send; flags always
 * are) or zero (peer_sends). Text of the peer is a known pattern, and what the engine delivers is compared with
 * it, byte by byte. Time moves only as told; a segment at another time than told fails the test. */
#ifndef TCPSHAKE_TESTS_KIT_DIALOGUE_H
#define TCPSHAKE_TESTS_KIT_DIALOGUE_H

#include "tcp/conn.h"

struct dialogue {
	struct tcp_conn *c;
	struct tcp_config cfg;
	int64_t now_us;
	uint32_t peer_isn;
	uint64_t written;	 /* bytes given to the engine to send */
	uint64_t delivered;	 /* bytes that the reader took */
	size_t reader_takes;	 /* bytes that the reader still takes; SIZE_MAX: any number */
	struct tcp_segment last; /* the last one that we sent */
};

/* Begin with defaults (no timestamps, so that texts stay short, Nagle off), changed by @tune if any;
 * the connection is opened at time 0. */
void dialogue_begin(struct dialogue *d, void (*tune)(struct tcp_config *));
/* The same, and through the handshake: SYN,ACK at 10 ms, ACK sent. Window 65535, mss 1460, sackOK. */
void dialogue_established(struct dialogue *d, void (*tune)(struct tcp_config *));
void dialogue_end(struct dialogue *d);

void we_send(struct dialogue *d, int64_t ms, const char *expected);
void peer_sends(struct dialogue *d, int64_t ms, const char *segment);
void we_write(struct dialogue *d, int64_t ms, size_t len);
void we_close(struct dialogue *d, int64_t ms);
void we_abort(struct dialogue *d, int64_t ms);
/* All that is to be sent at @ms; returns how many segments. The last one is in d->last. */
unsigned we_send_all(struct dialogue *d, int64_t ms);
/* The peer's next @count full segments, and our answers to them: after sixteen of them we acknowledge
 * with delay. */
void peer_streams(struct dialogue *d, int64_t ms, unsigned count);
/* An ICMP error that quotes our number @seq; false when the engine ignored it. */
bool icmp_arrives(struct dialogue *d, int64_t ms, enum tcp_icmp_kind kind, uint32_t seq,
		  uint32_t text_max);
/* The reader takes up to @len bytes from now on, what is stored included. */
void reader_takes(struct dialogue *d, int64_t ms, size_t len);
/* Nothing is sent until @ms, and the state is then @state. */
void silence(struct dialogue *d, int64_t ms, enum tcp_state state);

/* The notation; fails the test when @text is not in it. @given: which fields were written. */
enum dialogue_given {
	GIVEN_ACK = 1,
	GIVEN_WINDOW = 2,
	GIVEN_OPTIONS = 4,
	GIVEN_NUMBERS = 8,
	GIVEN_ECN = 16,
};
unsigned dialogue_parse(const char *text, struct tcp_segment *out);

struct tcp_conn_info dialogue_info(const struct dialogue *d);

/* Byte @at of any stream in these tests. */
uint8_t dialogue_byte(uint64_t at);

#endif
