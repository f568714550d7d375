/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pcapfile.h - keep frames in a capture file (-w): nanosecond pcap, both directions, as captured. */
#ifndef TCPSHAKE_VIEW_PCAPFILE_H
#define TCPSHAKE_VIEW_PCAPFILE_H

#include "base/err.h"
#include "wire/decode.h"

struct pcapfile;

/**
 * pcapfile_open() - create or overwrite a capture file
 * @path:      "-" for stdout
 * @link_type: of all frames to come (a pcap file has one); others are refused by pcapfile_add()
 * Return:     NULL with @e set (STATUS_APP). */
struct pcapfile *pcapfile_open(const char *path, int link_type, struct err *e);

/* false with @e set when the frame has another link type. */
bool pcapfile_add(struct pcapfile *p, const struct frame *f, struct err *e);

/* pcapfile_close() - false with @e set (STATUS_APP) when anything could not be written. Takes NULL. */
bool pcapfile_close(struct pcapfile *p, struct err *e);

#endif
