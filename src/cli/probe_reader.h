/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_reader.h - the child that reads the lists of `probe`: files of the user's are opened without
 * privilege, however long they are, and names are resolved there.
 *
 *     file --> word --> pipe
 *
 * Lines in the pipe: "Tword TAB address TAB ..." is a target, with the addresses of its name; "Wstatus text" a
 * name without address; "Estatus text" the end of it all, the list is wrong. */
#ifndef TCPSHAKE_CLI_PROBE_READER_H
#define TCPSHAKE_CLI_PROBE_READER_H

#include <stdio.h>
#include <sys/types.h>

#include "cli/probe_options.h"

#define PROBE_READER_ADDRESSES 16u /* of a name at most */

/* probe_reader_start() - @from: the end of the pipe to read, for the caller to close: the child ends by it.
 * Return:  whom to wait for; -1 with @e set. */
pid_t probe_reader_start(const struct probe_options *o, FILE **from, struct err *e);

#endif
