/* SPDX-License-Identifier: GPL-3.0-or-later */
/* print.h - commands and segments as text of the language: for `save`, for messages, for records of
 * captured connections. What is printed parses to the same again. */
#ifndef TCPSHAKE_SCRIPT_PRINT_H
#define TCPSHAKE_SCRIPT_PRINT_H

#include <stdio.h>

#include "script/script.h"

/* Print one command and what it holds, with a newline; indented by @depth levels. */
void script_print_command(FILE *out, const struct command *c, unsigned depth);

/* A segment's description alone: "S. 0:0(0) ack 1 win >= 1000 <mss *,...>". No flags are "-". */
void script_print_spec(FILE *out, const struct segment_spec *spec);

/* Bytes as a string literal of the language, quotes included. */
void script_print_string(FILE *out, const uint8_t *bytes, size_t len);

/* A real segment in the notation, numbers relative to @seq_base and @ack_base; text as a string of at
 * most @text_max bytes and "..." behind it, 0 for none. */
void script_print_segment(FILE *out, const struct tcp_segment *seg, uint32_t seq_base,
			  uint32_t ack_base, size_t text_max);

#endif
