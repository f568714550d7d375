/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propose.c - see propose.h. */
#include "script/propose.h"

#include <stdio.h>

static void send_this(struct proposal *p, const char *command, const char *why)
{
	*p = (struct proposal){ .kind = PROPOSE_SEND, .why = why };
	snprintf(p->command, sizeof(p->command), "%s", command);
}

static void wait_for(struct proposal *p, const char *why)
{
	*p = (struct proposal){ .kind = PROPOSE_WAIT, .why = why };
}

/* Both directions are open: what is asked, what was answered? */
static void propose_open(const struct tcp_conn_info *i, struct proposal *out)
{
	if (i->ack_owed)
		send_this(
			out, "ack",
			i->text_received ?
				"text arrived: ack = its seq + its length says up to where we have it" :
				"the SYN,ACK is to be acknowledged: ack = its seq + 1; then both are "
				"ESTABLISHED");
	else if (i->snd_nxt == i->iss + 1)
		send_this(
			out, "data \"GET / HTTP/1.1\\r\\nHost: $host\\r\\n\\r\\n\"",
			"the connection is open: now the application speaks, here HTTP asks for a page");
	else if (i->snd_una != i->snd_nxt)
		wait_for(out, "what we sent is not acknowledged yet");
	else if (!i->text_received)
		wait_for(out, "the request has arrived; the answer is the server's to send");
	else
		send_this(
			out, "fin",
			"the answer is here and acknowledged: we have no more to say, FIN tells so");
}

/* A FIN went, or came, or both. */
static void propose_closing(const struct tcp_conn_info *i, struct proposal *out)
{
	switch (i->state) {
	case TCP_STATE_CLOSE_WAIT:
		if (i->ack_owed)
			send_this(out, "ack", "the server's FIN took a number: ack = its seq + 1");
		else
			send_this(out, "fin",
				  "the server has closed its direction; ours is still open");
		break;
	case TCP_STATE_FIN_WAIT_1:
	case TCP_STATE_FIN_WAIT_2:
		if (i->ack_owed)
			send_this(out, "ack",
				  "the server may still send after our FIN; that is acknowledged");
		else
			wait_for(
				out,
				i->state == TCP_STATE_FIN_WAIT_1 ?
					"our FIN is out; the server acknowledges it" :
					"our FIN is acknowledged; the server's own FIN is still to come");
		break;
	case TCP_STATE_CLOSING:
	case TCP_STATE_TIME_WAIT:
		if (i->ack_owed)
			send_this(
				out, "ack",
				"the server's FIN took a number: ack = its seq + 1; then we wait in "
				"TIME-WAIT in case that is lost");
		else
			*out = (struct proposal){
				.kind = PROPOSE_NOTHING,
				.why = "both directions are closed, and both FINs acknowledged"
			};
		break;
	case TCP_STATE_LAST_ACK:
		wait_for(out, "our FIN, the last, is out; the server acknowledges it");
		break;
	default:
		break;
	}
}

void propose(struct hand *h, struct proposal *out)
{
	struct tcp_conn_info i = { .state = TCP_STATE_CLOSED };

	if (h)
		tcp_conn_info(hand_conn(h), &i);
	switch (i.state) {
	case TCP_STATE_SYN_SENT:
		wait_for(out,
			 "the SYN is out; the server answers with SYN,ACK, or RST, or not at all");
		break;
	case TCP_STATE_SYN_RECEIVED:
		send_this(out, "send S.",
			  "both ends sent a SYN at once: ours goes again, with an acknowledgement");
		break;
	case TCP_STATE_ESTABLISHED:
		propose_open(&i, out);
		break;
	case TCP_STATE_CLOSE_WAIT:
	case TCP_STATE_FIN_WAIT_1:
	case TCP_STATE_FIN_WAIT_2:
	case TCP_STATE_CLOSING:
	case TCP_STATE_TIME_WAIT:
	case TCP_STATE_LAST_ACK:
		propose_closing(&i, out);
		break;
	default:
		if (i.segments_sent)
			*out = (struct proposal){ .kind = PROPOSE_NOTHING,
						  .why = "the connection is closed" };
		else
			send_this(out, "syn",
				  "the client opens: SYN carries our initial sequence number, and "
				  "what options we offer");
	}
}
