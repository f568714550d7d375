/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox.h - the system calls that are left after privilege_drop(). */
#ifndef TCPSHAKE_WIRE_SANDBOX_H
#define TCPSHAKE_WIRE_SANDBOX_H

#include "base/err.h"

/**
 * sandbox_enter() - install the seccomp filter, for good; no_new_privs must be set
 * In a build with AddressSanitizer, and on a kernel without seccomp, it does nothing.
 * Return:  false with @e set when the filter was refused. */
bool sandbox_enter(struct err *e);

#endif
