/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ecn.c - explicit congestion notification (RFC 3168): a router marks what it would have dropped, the
 * receiver echoes the mark until the sender says that it has slowed down.
 *
 * Only new text is sent as capable of marks: acknowledgements, retransmissions and probes are not
 * (sections 6.1.4 to 6.1.6). */
#include "tcp/conn_priv.h"
#include "tcp/seq.h"

#define ECN_SETUP (TCP_FLAG_ECE | TCP_FLAG_CWR)

/* Section 6.1.1. A SYN that got no answer goes again without: some box on the way may have dropped it
 * for its flags (section 6.1.1.1). */
uint16_t ecn_syn_flags(const struct tcp_conn *c)
{
	if (c->state == TCP_STATE_SYN_SENT)
		return c->cfg.use_ecn && !c->syn_retries ? ECN_SETUP : 0;
	return c->ecn.agreed ? TCP_FLAG_ECE : 0;
}

/* The peer's SYN, or SYN,ACK. Once we sent a SYN without the request there are no marks, whatever the
 * answer says. Both flags in a SYN,ACK come from a peer that merely sends our bits back. */
void ecn_take_syn(struct tcp_conn *c, const struct tcp_segment *seg)
{
	uint16_t wanted = seg->flags & TCP_FLAG_ACK ? TCP_FLAG_ECE : ECN_SETUP;

	c->ecn.agreed = c->cfg.use_ecn && !c->syn_retries && (seg->flags & ECN_SETUP) == wanted;
	c->ecn.slowed_until = c->iss;
}

/* New text goes out: it may be marked, and it says if we slowed down (section 6.1.2). */
void ecn_mark_new(struct tcp_conn *c, struct tcp_segment *out)
{
	if (!c->ecn.agreed || !out->text_len)
		return;
	out->ecn = TCP_ECN_ECT0;
	if (c->ecn.cwr_due)
		out->flags |= TCP_FLAG_CWR;
	c->ecn.cwr_due = false;
}

/* The congestion window was reduced, for whatever reason: the peer is told, and for the text that is out
 * now it is not reduced again. */
void ecn_slowed(struct tcp_conn *c)
{
	c->ecn.cwr_due = c->ecn.agreed;
	c->ecn.slowed_until = c->snd_nxt;
}

/* An acknowledgement with an echo: as after a loss, but nothing is sent again; once in a window of data
 * (section 6.1.2): only an acknowledgement of the segment with CWR itself is news, the one before it was
 * sent without knowing of that. In a SYN,ACK the flag is the agreement. */
void ecn_take_echo(struct tcp_conn *c, const struct tcp_segment *seg, uint32_t in_flight)
{
	if (!c->ecn.agreed || c->recovering || (seg->flags & TCP_FLAG_SYN) ||
	    seq_upto(c->snd_una, c->ecn.slowed_until))
		return;
	c->ecn.slowed_until = c->snd_una - 1; /* never far behind: the numbers come round */
	if (!(seg->flags & TCP_FLAG_ECE))
		return;
	c->marks_told++;
	congestion_on_loss(&c->cc, c->mss, in_flight);
	congestion_recovered(&c->cc);
	ecn_slowed(c);
}

/* Text in the window arrived: heed its mark, and the peer's word that it slowed down (section 6.1.3). */
void ecn_take_mark(struct tcp_conn *c, const struct tcp_segment *seg)
{
	if (!c->ecn.agreed || !seg->text_len)
		return;
	if (seg->flags & TCP_FLAG_CWR)
		c->ecn.echo = false;
	if (seg->ecn == TCP_ECN_CE) {
		c->marks_seen++;
		c->ecn.echo = true;
		c->ack_now = true;
	}
}
