/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seq.h - the arithmetic of sequence numbers, modulo 2^32 (RFC 9293 section 3.4).
 *
 * The only place where two sequence numbers are compared. All functions are defined for any two
 * inputs; "before" means less than 2^31 behind. */
#ifndef TCPSHAKE_TCP_SEQ_H
#define TCPSHAKE_TCP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* a < b */
static inline bool seq_before(uint32_t a, uint32_t b)
{
	return (uint32_t)(b - a - 1) < 0x7fffffffu;
}

/* a > b */
static inline bool seq_after(uint32_t a, uint32_t b)
{
	return seq_before(b, a);
}

/* a <= b */
static inline bool seq_upto(uint32_t a, uint32_t b)
{
	return a == b || seq_before(a, b);
}

/* from <= x < from + len */
static inline bool seq_within(uint32_t x, uint32_t from, uint32_t len)
{
	return (uint32_t)(x - from) < len;
}

/* The later of two numbers. */
static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? b : a;
}

/* The earlier of two numbers. */
static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? a : b;
}

/* How far b lies ahead of a; 0 when it does not. */
static inline uint32_t seq_ahead(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? b - a : 0;
}

#endif
