/* SPDX-License-Identifier: GPL-3.0-or-later */
/* isn.h - initial sequence numbers that a stranger cannot guess (RFC 6528). */
#ifndef TCPSHAKE_TCP_ISN_H
#define TCPSHAKE_TCP_ISN_H

#include <stddef.h>
#include <stdint.h>

/**
 * siphash() - SipHash-2-4 of a byte string (Aumasson and Bernstein, 2012)
 * @key:    16 secret bytes
 * Return:  the 64-bit hash. */
uint64_t siphash(const uint8_t key[16], const uint8_t *data, size_t len);

/**
 * tcp_isn() - the initial sequence number of a connection (RFC 6528 section 3)
 * @key:    16 secret bytes, drawn once for the life of the program
 * @tuple:  local and remote address and port, in any fixed layout
 * @now_us: the engine's clock; the 4-microsecond timer M of the RFC
 * Return:  M + F(tuple, key), modulo 2^32. */
uint32_t tcp_isn(const uint8_t key[16], const uint8_t *tuple, size_t len, int64_t now_us);

#endif
