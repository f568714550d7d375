/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - TCP options: one checked walker, one table, one encoder.
 *
 * The walker is the only code that reads option bytes. It never loops and never reads past the end;
 * unknown kinds are data; a bad length ends the walk where it stands (RFC 9293 section 3.1). */
#ifndef TCPSHAKE_TCP_OPTIONS_H
#define TCPSHAKE_TCP_OPTIONS_H

#include "tcp/segment.h"

enum tcp_option_kind {
	TCP_OPTION_EOL = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_WSCALE = 3,
	TCP_OPTION_SACK_PERMITTED = 4,
	TCP_OPTION_SACK = 5,
	TCP_OPTION_TIMESTAMPS = 8,
};

/* What the field knows of an option kind: name, meaning, source. A new option is a row more. */
struct tcp_option_info {
	uint8_t kind;
	uint8_t len;	  /* the only length allowed, kind and length bytes included; 0: varies */
	const char *name; /* as printed: "mss", "wscale", "sackOK", "sack", "TS", "nop", ... */
	const char *meaning; /* what it tells the peer, in words */
	const char *source;  /* "RFC 7323 2.2" */
};

/* The table row of a kind, or NULL when we have none. */
const struct tcp_option_info *tcp_option_info(uint8_t kind);

enum tcp_option_result {
	TCP_OPTION_FOUND,
	TCP_OPTION_DONE,       /* the end, or EOL */
	TCP_OPTION_BAD_LENGTH, /* length 0, 1, or past the end: the walk is over */
};

/* A place in option bytes. */
struct tcp_option_walk {
	const uint8_t *at, *end;
};

/* One option: kind, whole length, and the bytes from the kind byte on. */
struct tcp_option {
	uint8_t kind;
	uint8_t len;
	const uint8_t *bytes;
};

/**
 * tcp_option_walk() - begin a walk over @len bytes
 * @bytes:  must outlive the walk and the options that it yields */
struct tcp_option_walk tcp_option_walk(const uint8_t *bytes, size_t len);

/**
 * tcp_option_next() - the next option
 * @w:      advanced behind the option, unless it ends here
 * @o:      set when TCP_OPTION_FOUND is returned; NOP comes as a one-byte option */
enum tcp_option_result tcp_option_next(struct tcp_option_walk *w, struct tcp_option *o);

/**
 * tcp_options_decode() - collect the options that the engine knows
 * @bytes:  the header's option bytes
 * @len:    0 to 40
 * @out:    zeroed first; a known kind with a wrong length is skipped as if unknown
 * Return:  false when the walk ended at a bad length; @out then holds what came before. */
bool tcp_options_decode(const uint8_t *bytes, size_t len, struct tcp_options *out);

/**
 * tcp_options_encode() - lay options out in the order of Linux, padded with NOP to words
 * @o:      what to encode
 * @out:    room for TCP_OPTIONS_MAX bytes
 * A SYN with all of them reads mss, sackOK, TS, nop, wscale; a later segment nop, nop, TS, and nop,
 * nop, SACK. SACK blocks that no longer fit beside timestamps are left out, the last first.
 * Return:  bytes used, a multiple of 4. */
uint8_t tcp_options_encode(const struct tcp_options *o, uint8_t out[TCP_OPTIONS_MAX]);

#endif
