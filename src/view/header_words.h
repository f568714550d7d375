/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header_words.h - what values of header fields mean; for headers.c only. */
#ifndef TCPSHAKE_VIEW_HEADER_WORDS_H
#define TCPSHAKE_VIEW_HEADER_WORDS_H

#include "view/headers.h"

const char *word_ethertype(uint32_t v);
const char *word_packet_type(uint32_t v);
const char *word_arphrd(uint32_t v);
const char *word_dscp(uint32_t v);
const char *word_ecn(uint32_t v);
const char *word_protocol(uint32_t v);
const char *word_routing(uint32_t v);

bool say_family(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_words(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_ip_len(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_ip4_checksum(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_extension_len(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_seq(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_ack(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_ece(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_window(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_tcp_checksum(const struct layers *l, const struct part *p, uint32_t v, char *out);
bool say_urgent(const struct layers *l, const struct part *p, uint32_t v, char *out);

#endif
