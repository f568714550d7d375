/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench.h - a session whose wire is the test: a scripted server behind a fake link.
 *
 * What is sent comes back as a captured frame, as on a real wire, and the server answers it by
 * queueing frames of its own. No privilege, no network; the clock is the real one. A test reads
 *
 *     struct bench *b = bench_open(ANSWER, 0);
 *
 *     b->to_send = 5000;
 *     bench_client_says(b, "GET / HTTP/1.0\r\n\r\n");
 *     bench_until(b, bench_all_sent);
 *     assert_int_equal(bench_read(b, 0), 5000);
 *     bench_end(b); */
#ifndef TCPSHAKE_TESTS_KIT_BENCH_H
#define TCPSHAKE_TESTS_KIT_BENCH_H

#include "drive/session.h"

#define BENCH_FRAMES_MAX  4096
#define BENCH_CLIENT_PORT 40000
#define BENCH_SERVER_PORT 80

enum behaviour {
	ANSWER,	     /* handshake, acknowledge, send b->to_send bytes, FIN after the client's */
	REFUSE,	     /* RST to the SYN */
	SILENT,	     /* nothing */
	UNREACHABLE, /* ICMP host unreachable */
	CLOSE_FIRST, /* as ANSWER, and FIN as soon as all is sent */
};

struct bench_frame {
	uint8_t *bytes;
	uint32_t len;
};

struct bench {
	struct link link; /* first: a struct link * is a struct bench * */
	struct loop *loop;
	struct session *session;
	struct loop_source tick; /* so that loop_turn() never waits for long */
	struct craft *craft;
	struct bench_frame queue[BENCH_FRAMES_MAX];
	unsigned head, tail;
	int event_fd;
	bool hide_own; /* our own frames do not come back */
	struct err send_fails;
	int stream[2]; /* the session has [0] */

	/* the server */
	enum behaviour behaviour;
	uint32_t snd_nxt, snd_una, rcv_nxt, window;
	size_t to_send, sent;
	bool fin_sent;
	char heard[256]; /* text of the client */
	size_t heard_len;
	unsigned rsts; /* of the client */

	/* the watch */
	struct watch watch;
	unsigned steps, frames, icmps, dropped, warnings, changes;
	unsigned notes[TRACE_NOTE_COUNT];
};

/* ---- the connection ---------------------------------------------------------------------------- */

/**
 * bench_begin() - a session that has sent its SYN
 * @connect_us, @silence_us: the session's patience, as in struct session_config
 * Return:  never NULL. Free with bench_end(). */
struct bench *bench_begin(enum behaviour behaviour, int64_t connect_us, int64_t silence_us);

/* The same, established, with one end of b->stream attached: the test is libcurl at the other. */
struct bench *bench_open(enum behaviour behaviour, int64_t silence_us);
void bench_end(struct bench *b);

/* Turn the loop until @done; the test fails when that takes longer than any should. */
void bench_until(struct bench *b, bool (*done)(const struct bench *));
void bench_for_ms(struct bench *b, int ms);

bool bench_is_over(const struct bench *b);
bool bench_all_sent(const struct bench *b); /* by the server, and seen by the session */

/* How it ended; when it did not end well, @words are in the message. */
void bench_outcome_is(const struct bench *b, enum status status, const char *words);

/* All that waits in the stream, compared with what the server says from byte @at on; how much it was. */
size_t bench_read(const struct bench *b, size_t at);
void bench_client_says(const struct bench *b, const char *text);

/* ---- the wire and the server ------------------------------------------------------------------- */

/* Put a frame on the wire: the next one that the session captures. */
void bench_queue(struct bench *b, bool from_client, const struct tcp_segment *seg,
		 bool bad_checksum);

/* The byte at this place of the server's stream. */
uint8_t bench_pattern(size_t at);

/* The server's next segment, still without text. */
struct tcp_segment server_reply(const struct bench *b, uint16_t flags);
void server_say(struct bench *b, uint16_t flags);
void server_send_text(struct bench *b); /* as much as the client's window allows */

/* The fake link, whose wire is b->queue. */
struct link bench_wire(int event_fd);

extern const struct addr bench_client, bench_server;

#endif
