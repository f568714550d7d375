/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h - what a probe found out about one address and port. */
#ifndef TCPSHAKE_PROBE_RESULT_H
#define TCPSHAKE_PROBE_RESULT_H

#include "tcp/segment.h"
#include "wire/addr.h"

enum probe_state {
	PROBE_OPEN,	   /* the handshake was completed (--half: a right SYN,ACK came) */
	PROBE_CLOSED,	   /* RST in answer to our SYN */
	PROBE_FILTERED,	   /* no answer to any attempt */
	PROBE_UNREACHABLE, /* an ICMP error, or no route: why */
	PROBE_BROKEN,	   /* the peer does not speak TCP as it should: why */
	PROBE_STATE_COUNT,
};

/* How the connection ended. */
enum probe_close {
	PROBE_CLOSE_NONE, /* none was open, or --half: we sent RST */
	PROBE_CLOSE_ORDERLY, /* our FIN acknowledged, its FIN came, acknowledged by us: four segments */
	PROBE_CLOSE_MERGED,	/* the same with its ACK and FIN in one segment: three */
	PROBE_CLOSE_PEER_FIRST, /* its FIN came before ours was sent */
	PROBE_CLOSE_RESET,	/* it answered ACK, text or FIN with RST */
	PROBE_CLOSE_NO_FIN, /* our FIN was acknowledged, its own never came; we sent RST at the end */
	PROBE_CLOSE_NO_ACK, /* our FIN was never acknowledged; we sent RST at the end */
	PROBE_CLOSE_COUNT,
};

/* The SYN,ACK as it came. */
struct probe_synack {
	bool seen;
	uint8_t ttl, tos, flags_ip; /* flags_ip: 1 = DF, 2 = the bit beside it that must be zero */
	uint8_t ip_options;	    /* bytes of IPv4 options */
	uint16_t flags, window, urgent;
	uint16_t ip_id;
	uint32_t flow; /* IPv6 flow label */
	uint32_t seq, ack;
	uint16_t text_len; /* bytes that came with it */
	uint16_t syn_mss;  /* what our SYN offered; 0: nothing, or not known */
	struct tcp_options options;
	uint8_t option_bytes[TCP_OPTIONS_MAX], option_len;
};

struct probe_result {
	struct addr addr;
	uint16_t port;
	const char *name; /* as the user named it, or NULL */
	enum probe_state state;
	const char *why;   /* UNREACHABLE, BROKEN: in words, static; else NULL */
	struct addr from;  /* UNREACHABLE: who said so; family 0: our own host */
	unsigned attempts; /* SYNs sent */
	unsigned answered; /* the attempt that was answered, from 1; 0: none */
	unsigned round;	   /* --repeat: which one, from 1 */
	int64_t at_ns;	   /* when the answer came, since the epoch; 0: none */
	int64_t rtt_ns;	   /* from our SYN to its answer, by the capture; -1: not known */
	int64_t close_ns;  /* from our FIN to the last segment of the close; -1: none */
	uint8_t ttl;	   /* of the answer, 0: none */
	struct probe_synack synack;
	enum probe_close close;
	uint32_t text_bytes; /* that the peer sent by itself or in answer */
	/* --http */
	unsigned http_status;  /* 0: none came */
	char http_line[80];    /* the status line, printable */
	int64_t first_byte_ns; /* from our request to the first byte of the answer; -1: none */
};

/* "open", "closed", "filtered", "unreachable", "broken"; "orderly", "merged", "peer-first", ... */
const char *probe_state_name(enum probe_state s);
const char *probe_close_name(enum probe_close c);

/* How far away the sender probably is: from the next usual first TTL (32, 64, 128, 255) down to @ttl. */
unsigned probe_distance(uint8_t ttl);

/* A summary of a whole run. */
struct probe_totals {
	uint64_t targets; /* that were to be probed */
	uint64_t by_state[PROBE_STATE_COUNT];
	uint64_t by_close[PROBE_CLOSE_COUNT];
	uint64_t syns, retries, segments_sent, frames_heard, late, forged, dropped;
	int64_t took_us;    /* the whole run, pauses and waits for answers too */
	int64_t sending_us; /* from the first SYN of each round to its last */
	bool interrupted;
};

#endif
