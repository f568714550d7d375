/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fingerprint.h - the SYN,ACK of a server in the notations of the field, to be looked up elsewhere.
 *
 * The notations: section 5 of the README of p0f 3 (https://lcamtuf.coredump.cx/p0f3/README), and FoxIO's
 * description of JA4TS (https://github.com/FoxIO-LLC/ja4, technical_details/JA4T.md). */
#ifndef TCPSHAKE_PROBE_FINGERPRINT_H
#define TCPSHAKE_PROBE_FINGERPRINT_H

#include "probe/result.h"
#include "wire/decode.h"

#define FINGERPRINT_MAX 256u

/* fingerprint_take() - what the functions below want to know of a SYN,ACK, from a frame and what it was
 * decoded to (PACKET_TCP). @syn_mss: what our SYN offered; 0: nothing. */
void fingerprint_take(const struct frame *f, const struct packet *p, uint16_t syn_mss,
		      struct probe_synack *out);

/**
 * fingerprint_p0f() - p0f 3's signature of a SYN,ACK: ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass
 * As p0f writes what it observed (its "raw_sig"): the TTL as seen+distance, or seen+? where the distance
 * would be above 35; the window as mss*N, mtu*N or a number (%N stands in databases only); ts2+ is said of
 * a SYN alone.
 * @family: AF_INET or AF_INET6; returns @out. */
char *fingerprint_p0f(const struct probe_synack *s, int family, char out[FINGERPRINT_MAX]);

/* fingerprint_ja4ts() - JA4TS of one SYN,ACK: window_options_mss_scale, options by number in order, 00 for
 * what is not there. Without the retransmission times, which a completed handshake does not wait for.
 * Returns @out. */
char *fingerprint_ja4ts(const struct probe_synack *s, char out[FINGERPRINT_MAX]);

/* The options in their order, as tcpdump names them: "mss 1460,sackOK,TS,nop,wscale 7"; "" without.
 * Returns @out. */
char *fingerprint_options(const struct probe_synack *s, char out[FINGERPRINT_MAX]);

#endif
