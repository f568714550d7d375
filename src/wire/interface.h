/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface.h - what a capture has to know of an interface before it opens. */
#ifndef TCPSHAKE_WIRE_INTERFACE_H
#define TCPSHAKE_WIRE_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

/* The largest frames that offload makes: 65,550 bytes were measured on lo, 14 of Ethernet and 65,536 of
 * IPv6. */
#define INTERFACE_FRAME_MAX 65600u

struct interface_facts {
	bool loopback;
	/* Bytes of the largest frames that are expected; INTERFACE_FRAME_MAX where segments may come
	 * joined, or when in doubt. What a driver says is no promise: larger ones may come all the
	 * same. */
	uint32_t frame_max;
};

/* interface_ask() - of the kernel, by ioctl; needs no privilege. What it does not tell, or an interface
 * that is not there, counts as none of the above. */
void interface_ask(const char *ifname, struct interface_facts *out);

#endif
