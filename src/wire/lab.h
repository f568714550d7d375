/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab.h - a private network for demo: a user and network namespace with a server in it.
 *
 * No root, no network, nothing left behind: the namespace ends with the processes in it. */
#ifndef TCPSHAKE_WIRE_LAB_H
#define TCPSHAKE_WIRE_LAB_H

#include <sys/types.h>

#include "base/err.h"
#include "wire/addr.h"
#include "wire/lab_wire.h"

/* The documentation ranges (RFC 5737, RFC 3849). */
#define LAB_CLIENT4  "192.0.2.10"
#define LAB_SERVER4  "198.51.100.80"
#define LAB_CLIENT6  "2001:db8:1::10"
#define LAB_SERVER6  "2001:db8:2::80"
#define LAB_MTU	     1500u
#define LAB_DELAY_US 10000 /* of a cable, each way */
#define LAB_APART_US 1000  /* ... and two frames come out so far apart at least */

/**
 * lab_enter() - move this process into a namespace of its own
 * Loopback is up with LAB_MTU and the four addresses. Must be called while single-threaded.
 * Return:  false with @e set: STATUS_PRIVILEGE where user namespaces are forbidden, naming sudo. */
bool lab_enter(struct err *e);

/**
 * lab_enter_wired() - the same with a cable between us and the server, which is in a namespace of its own
 * @rules:  what the cable loses or holds back (lab_wire.h)
 * @port:   lab_serve()'s
 * The cable is a child process between two TAP devices; ours is LAB_CABLE. It ends with its parent.
 * Return:  false with @e set; STATUS_APP where there is no /dev/net/tun. */
#define LAB_CABLE "cable0"
bool lab_enter_wired(const struct lab_rule *rules, size_t rule_count, uint16_t port, struct err *e);

/**
 * lab_serve() - start a small HTTP server in the namespace, on kernel sockets
 * @port:   host order, on both server addresses
 * A child process that listens before this returns and ends with its parent. It acknowledges at once
 * and closes after the client, so that every step of the classic exchange is a segment of its own. A
 * request with "Connection: close" has it close first; and these paths are there for lessons:
 *     /large  an answer of several segments
 *     /late   it answers when the client has closed its direction, and then closes
 *     /abort  no answer, but RST
 * Return:  its process id, or -1 with @e set. */
pid_t lab_serve(uint16_t port, struct err *e);

#endif
