/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.h - the eleven states of a connection (RFC 9293 section 3.3.2). */
#ifndef TCPSHAKE_TCP_STATE_H
#define TCPSHAKE_TCP_STATE_H

enum tcp_state {
	TCP_STATE_CLOSED,
	TCP_STATE_LISTEN,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECEIVED,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_FIN_WAIT_1,
	TCP_STATE_FIN_WAIT_2,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_CLOSING,
	TCP_STATE_LAST_ACK,
	TCP_STATE_TIME_WAIT,
	TCP_STATE_COUNT,
};

/* The RFC's name: "SYN-SENT", "FIN-WAIT-1", ... Never NULL. */
const char *tcp_state_name(enum tcp_state state);

#endif
