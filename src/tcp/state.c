/* SPDX-License-Identifier: GPL-3.0-or-later */
/* state.c - names of the states; the moves between them are in conn.c. */
#include "tcp/state.h"

const char *tcp_state_name(enum tcp_state state)
{
	static const char *const names[TCP_STATE_COUNT] = {
		[TCP_STATE_CLOSED] = "CLOSED",		 [TCP_STATE_LISTEN] = "LISTEN",
		[TCP_STATE_SYN_SENT] = "SYN-SENT",	 [TCP_STATE_SYN_RECEIVED] = "SYN-RECEIVED",
		[TCP_STATE_ESTABLISHED] = "ESTABLISHED", [TCP_STATE_FIN_WAIT_1] = "FIN-WAIT-1",
		[TCP_STATE_FIN_WAIT_2] = "FIN-WAIT-2",	 [TCP_STATE_CLOSE_WAIT] = "CLOSE-WAIT",
		[TCP_STATE_CLOSING] = "CLOSING",	 [TCP_STATE_LAST_ACK] = "LAST-ACK",
		[TCP_STATE_TIME_WAIT] = "TIME-WAIT",
	};

	return state < TCP_STATE_COUNT ? names[state] : "?";
}
