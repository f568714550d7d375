/* SPDX-License-Identifier: GPL-3.0-or-later */
/* header_words.c - values of header fields in words: names of numbers, and what a value comes to. */
#include "view/header_words.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "view/layers.h"

struct word {
	uint32_t value;
	const char *word;
};

static const char *find(const struct word *words, size_t count, uint32_t v)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].value == v)
			return words[i].word;
	return NULL;
}

const char *word_ethertype(uint32_t v)
{
	static const struct word words[] = {
		{ 0x0800, "IPv4" },
		{ 0x0806, "ARP" },
		{ 0x8100, "a VLAN tag" },
		{ 0x86dd, "IPv6" },
		{ 0x88a8, "a provider's VLAN tag" },
		{ 0x9100, "a provider's VLAN tag" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_packet_type(uint32_t v)
{
	static const struct word words[] = {
		{ 0, "to us" },		 { 1, "to everybody" }, { 2, "to a group" },
		{ 3, "between others" }, { 4, "from us" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_arphrd(uint32_t v)
{
	static const struct word words[] = {
		{ 1, "Ethernet" },   { 772, "loopback" },	    { 512, "PPP" },
		{ 768, "a tunnel" }, { 65534, "none: IP at once" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_dscp(uint32_t v)
{
	static const struct word words[] = {
		{ 0, "best effort" }, { 1, "lower effort" }, { 8, "CS1" },  { 10, "AF11" },
		{ 12, "AF12" },	      { 14, "AF13" },	     { 16, "CS2" }, { 18, "AF21" },
		{ 20, "AF22" },	      { 22, "AF23" },	     { 24, "CS3" }, { 26, "AF31" },
		{ 28, "AF32" },	      { 30, "AF33" },	     { 32, "CS4" }, { 34, "AF41" },
		{ 36, "AF42" },	      { 38, "AF43" },	     { 40, "CS5" }, { 44, "voice admit" },
		{ 46, "expedited" },  { 48, "CS6" },	     { 56, "CS7" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_ecn(uint32_t v)
{
	static const struct word words[] = {
		{ TCP_ECN_NOT_ECT, "not used" },
		{ TCP_ECN_ECT1, "ECT(1), may be marked" },
		{ TCP_ECN_ECT0, "ECT(0), may be marked" },
		{ TCP_ECN_CE, "CE, a router met congestion" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_protocol(uint32_t v)
{
	static const struct word words[] = {
		{ 0, "hop-by-hop options" },
		{ 1, "ICMP" },
		{ 6, "TCP" },
		{ 17, "UDP" },
		{ 43, "a routing header" },
		{ 44, "a fragment header" },
		{ 50, "ESP" },
		{ 51, "an authentication header" },
		{ 58, "ICMPv6" },
		{ 59, "nothing" },
		{ 60, "destination options" },
		{ 135, "a mobility header" },
		{ 139, "HIP" },
		{ 140, "Shim6" },
	};

	return find(words, ARRAY_LEN(words), v);
}

const char *word_routing(uint32_t v)
{
	static const struct word words[] = {
		{ 0, "source route, deprecated (RFC 5095)" },
		{ 2, "mobile IPv6 (RFC 6275)" },
		{ 3, "RPL source route (RFC 6554)" },
		{ 4, "segment routing (RFC 8754)" },
	};

	return find(words, ARRAY_LEN(words), v);
}

bool say_family(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	uint32_t family =
		v > 0xffff ? v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24 : v;
	const char *what = family == 2	? "IPv4" :
			   family == 10 ? "IPv6, as Linux numbers it" :
			   family == 24 ? "IPv6, as NetBSD and OpenBSD number it" :
			   family == 28 ? "IPv6, as FreeBSD numbers it" :
			   family == 30 ? "IPv6, as macOS numbers it" :
					  "neither IPv4 nor IPv6";

	(void)l, (void)p;
	snprintf(out, FIELD_SAID_MAX, "%" PRIu32 "%s: %s", family,
		 v > 0xffff ? " in the other byte order" : "", what);
	return true;
}

bool say_words(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)l, (void)p;
	if (v < 5)
		snprintf(out, FIELD_SAID_MAX, "%" PRIu32 " bytes: WRONG, 20 is the least", v * 4);
	else
		snprintf(out, FIELD_SAID_MAX, "words of 32 bits: header of %" PRIu32 " bytes",
			 v * 4);
	return true;
}

/* Offload leaves 0 where a packet is longer than 16 bits can say, or is yet to be cut up. */
bool say_ip_len(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p;
	if (v || !l->packet || !l->packet->ip_len)
		return false;
	snprintf(out, FIELD_SAID_MAX, "does not say: offload; %" PRIu32 " bytes by the frame",
		 l->packet->ip_len);
	return true;
}

static bool say_checksum(const struct checksum_made *made, const char *partial, char *out)
{
	switch (made->is) {
	case TCP_CHECKSUM_OK:
		return false;
	case TCP_CHECKSUM_PARTIAL:
		snprintf(out, FIELD_SAID_MAX, "%s", partial);
		return true;
	case TCP_CHECKSUM_BAD:
		snprintf(out, FIELD_SAID_MAX, "WRONG: 0x%04x would be right", made->complement);
		return true;
	default:
		snprintf(out, FIELD_SAID_MAX, "not checked: not all bytes are at hand");
		return true;
	}
}

bool say_ip4_checksum(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	struct checksum_made made;

	(void)v;
	if (!part_checksum(l, p, &made))
		return false;
	if (!say_checksum(&made, "not filled in: left to the card (offload)", out))
		snprintf(out, FIELD_SAID_MAX, "right: this header");
	return true;
}

bool say_tcp_checksum(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	struct checksum_made made = { .is = l->step->seg.checksum_is };

	(void)v;
	if (!part_checksum(l, p, &made) && made.is == TCP_CHECKSUM_BAD)
		snprintf(out, FIELD_SAID_MAX, "WRONG: damaged on the way");
	else if (!say_checksum(&made, "half done: the card is to add the rest (offload)", out))
		snprintf(out, FIELD_SAID_MAX, "right: pseudo-header, header and text");
	return true;
}

bool say_extension_len(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)l, (void)v;
	snprintf(out, FIELD_SAID_MAX, "%zu bytes in all", p->len);
	return true;
}

bool say_seq(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p, (void)v;
	if (!l->step->has_relative)
		return false;
	snprintf(out, FIELD_SAID_MAX, "relative %" PRIu32 ": of the SYN or the first byte",
		 l->step->seq);
	return true;
}

bool say_ack(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p, (void)v;
	if (!(l->step->seg.flags & TCP_FLAG_ACK))
		snprintf(out, FIELD_SAID_MAX, "does not count without the ACK flag");
	else if (l->step->has_relative_ack)
		snprintf(out, FIELD_SAID_MAX, "relative %" PRIu32 ": the next number expected",
			 l->step->ack);
	else
		return false;
	return true;
}

bool say_ece(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p;
	if (!v || !(l->step->seg.flags & TCP_FLAG_SYN))
		return false;
	snprintf(out, FIELD_SAID_MAX, "in a SYN: ECN can be used (RFC 3168)");
	return true;
}

bool say_window(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p;
	if (!v && !(l->step->seg.flags & TCP_FLAG_RST))
		snprintf(out, FIELD_SAID_MAX, "closed: I have no room now");
	else if (l->step->window_known && l->step->window != v)
		snprintf(out, FIELD_SAID_MAX, "scaled: room for %" PRIu32 " bytes more",
			 l->step->window);
	else
		return false;
	return true;
}

bool say_urgent(const struct layers *l, const struct part *p, uint32_t v, char *out)
{
	(void)p;
	if (!v || l->step->seg.flags & TCP_FLAG_URG)
		return false;
	snprintf(out, FIELD_SAID_MAX, "does not count without the URG flag");
	return true;
}
