/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ours.h - whose is a captured packet, and did we send it?
 *
 * Our own segments come back to us through the capture, and so does what our kernel sends from our
 * address: a RST that we did not send is one of those. */
#ifndef TCPSHAKE_DRIVE_OURS_H
#define TCPSHAKE_DRIVE_OURS_H

#include "wire/decode.h"

#define OURS_RSTS 16u /* RSTs that the capture has not shown yet; more are not kept */

/* Enough of a segment to recognise it. */
struct ours_print {
	uint32_t seq, ack, text_len;
	uint16_t flags;
};

struct ours {
	struct ours_print last; /* the last segment sent */
	bool last_unseen;
	struct ours_print rsts[OURS_RSTS];
	unsigned rst_count;
};

/* ours_remember() - this segment was sent. */
void ours_remember(struct ours *o, const struct tcp_segment *seg);

/* ours_recognise() - a segment from our address came by. Return: false when it is a RST that we did not
 * send: our kernel did. Each RST of ours is good for one in the capture. */
bool ours_recognise(struct ours *o, const struct tcp_segment *seg);

/* Whose packet is it? Of an ICMP error: WHOSE_PEERS when it quotes a segment of ours. A piece of a packet
 * may be too short to have ports: then the addresses decide. */
enum whose { WHOSE_OTHERS, WHOSE_OURS, WHOSE_PEERS };
enum whose ours_whose(const struct addr *local, uint16_t local_port, const struct addr *peer,
		      uint16_t peer_port, const struct packet *p);

/* ours_unfit() - why a segment of the peer must not reach the engine; NULL: it may. */
const char *ours_unfit(const struct packet *p);

#endif
