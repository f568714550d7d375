/* SPDX-License-Identifier: GPL-3.0-or-later */
/* privilege.h - hold CAP_NET_RAW as briefly as possible.
 *
 * Handles are opened first; then everything is dropped; only then is a byte from the network read or
 * an output file opened. */
#ifndef TCPSHAKE_WIRE_PRIVILEGE_H
#define TCPSHAKE_WIRE_PRIVILEGE_H

#include "base/err.h"

/**
 * privilege_check() - may this process open raw sockets (CAP_NET_RAW, over this network namespace)?
 * Return:  false with @e set: STATUS_PRIVILEGE, naming the three ways (sudo, setcap, demo). */
bool privilege_check(struct err *e);

/**
 * privilege_drop() - give up root and every capability, for good
 * Back to the user who called sudo (SUDO_UID, SUDO_GID and groups), or to the real user of a setuid
 * program; a real root without sudo stays root by number, without capabilities. Then no_new_privs and
 * a seccomp filter that lets through only what the rest of the program needs: sockets other than raw
 * ones, files, threads; no new programs and no new processes. Descriptors that are open stay usable.
 * To be called while single-threaded. Nothing fails where there is nothing to give up.
 * Return:  false with @e set when anything could not be dropped: the caller must end. */
bool privilege_drop(struct err *e);

/* privilege_shed() - the same without the seccomp filter, for a child that must still load code. */
bool privilege_shed(struct err *e);

#endif
