/* SPDX-License-Identifier: GPL-3.0-or-later */
/* values.h - what variables and captured segments hold while a script runs. */
#ifndef TCPSHAKE_SCRIPT_VALUES_H
#define TCPSHAKE_SCRIPT_VALUES_H

#include <stdio.h>

#include "script/script.h"
#include "wire/decode.h"

struct values;

struct values *values_new(void);
void values_free(struct values *v);

/* values_set() - a variable's text, bytes as they are; false when memory is short. */
bool values_set(struct values *v, const char *name, const uint8_t *bytes, size_t len);
/* NULL: no such variable. */
const uint8_t *values_get(const struct values *v, const char *name, size_t *len);

/* values_capture() - keep a segment under a name: its header fields (relative numbers too), and its text.
 * @seq_base, @ack_base: what its numbers are relative to. */
bool values_capture(struct values *v, const char *name, const struct packet *p, uint32_t seq_base,
		    uint32_t ack_base);

/**
 * values_number() - what a number of the script is now
 * Return:  false with @e set: no such variable, or its text is no number; out of [@min, @max]. */
bool values_number(const struct values *v, const struct number *n, int64_t min, int64_t max,
		   int64_t *out, struct err *e);

/* values_bytes() - the bytes of a string with its variables put in, and a 0 behind them; malloc()ed, to be
 * freed; NULL with @e set. */
uint8_t *values_bytes(const struct values *v, const struct bytes *b, size_t *len, struct err *e);

/* Print all of them, a line each, for `show vars`. */
void values_print(const struct values *v, FILE *out);

#endif
