/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capfile.h - frames out of a capture file, pcap or pcapng, or text (wire/hexin.h), as live capture gives them.
 *
 * One frame at a time, in constant memory, however long the file is. Whatever the file holds, lengths are
 * libpcap's to check against its buffers, and the decoder's against the captured bytes. */
#ifndef TCPSHAKE_WIRE_CAPFILE_H
#define TCPSHAKE_WIRE_CAPFILE_H

#include "base/err.h"
#include "wire/decode.h"
#include "wire/hexin.h"

#define CAPFILE_TEXT_MAX (64u << 20) /* bytes of a text; captures have no bound */

struct capfile;

/**
 * capfile_open() - open a file, and read nothing yet: privilege can be dropped in between
 * @path:   "-" is standard input
 * Return:  NULL with @e set (STATUS_APP). Close with capfile_close(), which accepts NULL. */
struct capfile *capfile_open(const char *path, struct err *e);
void capfile_close(struct capfile *c);

/* capfile_expect() - before capfile_begin(): the file is a text of this form, and its frames have this link type.
 * HEXIN_ANY: a capture, or, when it does not begin as one, a text of any form. */
void capfile_expect(struct capfile *c, enum hexin_form form, int link);

/**
 * capfile_begin() - read the file's header; the first frame is next, also when called again
 * @again:  it will be: standard input that is a pipe is kept in a temporary file for that
 * Return:  false with @e set (STATUS_APP): empty, no capture file, a link type that we do not read. */
bool capfile_begin(struct capfile *c, bool again, struct err *e);

/**
 * capfile_next() - the next frame
 * @f:      its bytes are good until the next call; stamps in nanoseconds, whatever the file's unit
 * Return:  1, 0 at the end, -1 with @e set (STATUS_APP) where the file ends inside a frame or is damaged. */
int capfile_next(struct capfile *c, struct frame *f, struct err *e);

int capfile_link_type(const struct capfile *c); /* after capfile_begin() */
bool capfile_is_text(const struct capfile *c);	/* then: its frames have no times */

/* capfile_position() - bytes read so far, of how many; false where that is not known, as of a pipe */
bool capfile_position(const struct capfile *c, uint64_t *at, uint64_t *of);

#endif
