/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hand.h - a connection whose segments somebody makes himself, or lets the engine make: what `step` and
 * `run` drive.
 *
 * Every segment that the peer sends goes to the engine, whose control block so is always true, and into
 * a queue, from which the owner takes what it wants to look at. The engine sends by itself only what its
 * duties say (enum tcp_auto; tcp_conn_set_automatic() on hand_conn()).
 *
 * Frames come from whoever reads the capture (hub.h), by hand_take(); a test calls it itself. */
#ifndef TCPSHAKE_DRIVE_HAND_H
#define TCPSHAKE_DRIVE_HAND_H

#include "drive/loop.h"
#include "drive/watch.h"
#include "wire/craft.h"

struct hand;

struct hand_config {
	struct loop *loop;
	struct tcp_config tcp; /* deliver and context are set here */
	struct craft_ip ip;    /* the network layer of what is sent: both addresses too */
	uint16_t mtu_text;     /* largest text in one packet, without options */
	const struct watch *watch;
	/* The wire. */
	bool (*send)(void *wire, const struct craft_ip *ip, const struct tcp_segment *seg,
		     struct err *e);
	void *wire;
	/* Something came, or a timer of the engine ended; called from the loop. */
	void (*changed)(void *context);
	void *context;
};

/* A segment of the peer's that waits to be looked at. */
struct hand_arrival {
	struct packet packet; /* its text lies in the arrival */
	int64_t time_us;      /* on the loop's clock, when it was heard */
	int64_t stamp_ns;     /* the capture's, since the epoch */
	bool again;	      /* it repeats what had come before */
};

/* hand_new() - a connection in CLOSED; nothing is sent. NULL with @e set. hand_free() accepts NULL and
 * sends nothing. */
struct hand *hand_new(const struct hand_config *config, struct err *e);
void hand_free(struct hand *h);

/* hand_takes() - is this packet of, or about, this connection? */
bool hand_takes(const struct hand *h, const struct packet *p);

/* hand_take() - a captured frame that hand_takes(), of either direction. */
void hand_take(struct hand *h, const struct frame *f, const struct packet *p);

/**
 * hand_send() - send one segment by hand; the control block follows
 * @ip:     its network layer; NULL: the connection's
 * Return:  false with @e set. */
bool hand_send(struct hand *h, const struct craft_ip *ip, const struct tcp_segment *seg,
	       struct err *e);

/* hand_serve() - after calls to the engine: send what it owes, set the timer. False with @e set when a
 * segment could not be sent. */
bool hand_serve(struct hand *h, struct err *e);

struct tcp_conn *hand_conn(struct hand *h);
const struct craft_ip *hand_ip(const struct hand *h);

/* The peer's segments in the order of their arrival: the oldest that was not dropped yet, or NULL. */
const struct hand_arrival *hand_first(const struct hand *h);
void hand_drop(struct hand *h);

/* What was received in order and not yet read: at most 1 MiB, then the window closes. */
const uint8_t *hand_text(const struct hand *h, size_t *len);
void hand_read(struct hand *h, size_t len);

/* The last ICMP error about this connection in words ("port unreachable"), or NULL. */
const char *hand_icmp(const struct hand *h);

/* All that we sent was seen in the capture, so that whoever stops now has told all of it. */
bool hand_settled(const struct hand *h);

void hand_summary(const struct hand *h, struct trace_summary *out);

#endif
