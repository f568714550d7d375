/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prepare.h - what the options of a station and the way to a peer mean for one connection. */
#ifndef TCPSHAKE_DRIVE_PREPARE_H
#define TCPSHAKE_DRIVE_PREPARE_H

#include "drive/station.h"
#include "tcp/conn.h"

/* The largest text that one packet on this way holds, without options; at least 1. */
uint16_t prepare_mtu_text(const struct origin_address *a);

/* prepare_tcp() - the control block's configuration, but for deliver and context. */
void prepare_tcp(const struct station *st, const struct origin *o, const struct origin_address *a,
		 uint16_t local_port, struct tcp_config *out);

/* prepare_ip() - the network layer of what is sent; false with @e set when there are no random numbers. */
bool prepare_ip(const struct station *st, const struct origin_address *a, struct craft_ip *out,
		struct err *e);

#endif
