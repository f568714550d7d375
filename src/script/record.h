/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - segments of one connection, as they were seen, to a script that takes the client's part.
 *
 * What the client sends is written as it was; what the server must answer is written so that another
 * run of the same server passes: its text may be cut into other segments and its acknowledgements may be
 * merged or late ("expect ... in parts"), its window and the values of its options are its own. Lengths,
 * flags that matter, the options of its SYN and the first line of each answer must be the same.
 *
 * Two ways to feed it, in the order of events:
 *     a capture   record_sent() and record_arrived() for all segments, then record_end()
 *     a session   record_new_in() for each connection, record_isn() once it is known; record_arrived() or
 *                 record_looked_at() for what came, record_settle() of all before record_command() */
#ifndef TCPSHAKE_SCRIPT_RECORD_H
#define TCPSHAKE_SCRIPT_RECORD_H

#include <stdio.h>

#include "base/err.h"
#include "script/script.h"
#include "tcp/segment.h"

struct record;

/* record_new() - NULL when memory is short. record_free() accepts NULL. */
struct record *record_new(void);
void record_free(struct record *r);

/**
 * record_sent() - a segment of the client's
 * @seg:      its text is needed whole: seg->text is NULL where the capture cut it
 * @stamp_ns: since the epoch; 0: not known
 * Before it, the script waits for what the segment acknowledges, and for the acknowledgements that had come
 * by then. Text longer than the server's MSS, which the client's card cut, is cut here. What cannot be
 * recorded is told by record_end(). */
void record_sent(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns);

/* record_arrived() - a segment of the server's; its text may be missing. */
void record_arrived(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns);

/* The client's initial number, where record_sent() is not told of its SYN. */
void record_isn(struct record *r, uint32_t isn);

/* record_new_in() - a connection of a session: its lines go into the text of @session. @name: as the commands
 * have it, NULL for the unnamed one; it must stay as long as the record. */
struct record *record_new_in(struct record *session, const char *name);

/* record_settle() - what arrived by now is expected before what follows. */
void record_settle(struct record *r);

/* record_command() - a command that was carried out. Before it, the script waits for all that
 * had arrived by then. */
void record_command(struct record *r, const struct command *c);

/* record_looked_at() - as record_arrived(), of what a command has looked at: nothing more is expected of it. */
void record_looked_at(struct record *r, const struct tcp_segment *seg, int64_t stamp_ns);

/**
 * record_end() - no more comes; what is still expected is written
 * Return:  false with @e set (STATUS_APP): the connection cannot be a script, and why not. */
bool record_end(struct record *r, struct err *e);

/* The script so far, without a heading; NULL when memory was short, or it would be longer than a script may be. The record's, until its next call. */
const char *record_text(struct record *r, size_t *len);

#endif
