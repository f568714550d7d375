/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propose.h - which segment does the protocol call for now, and why? */
#ifndef TCPSHAKE_SCRIPT_PROPOSE_H
#define TCPSHAKE_SCRIPT_PROPOSE_H

#include "drive/hand.h"

enum proposal_kind {
	PROPOSE_SEND, /* this command */
	PROPOSE_WAIT, /* it is the peer's turn */
	PROPOSE_NOTHING,
};

struct proposal {
	enum proposal_kind kind;
	char command[160]; /* of the language, as it would be typed; empty but for PROPOSE_SEND */
	const char *why;   /* static */
};

/* propose() - by the connection's control block alone (RFC 9293 figure 5); @h NULL: nothing was sent yet. */
void propose(struct hand *h, struct proposal *out);

#endif
