/* SPDX-License-Identifier: GPL-3.0-or-later */
/* option.c - options of headers: one walker for the three families, and their values in words.
 *
 * TCP and IPv4 count kind and length byte into the length, IPv6 does not. Names of TCP's options are in
 * tcp/options.c, those of the others here. */
#include "view/option.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "view/words.h"

static const struct tcp_option_info ip4_infos[] = {
	{ 0, 1, "eol", "the options end here", "RFC 791 3.1" },
	{ 1, 1, "nop", "nothing: fills up to a word", "RFC 791 3.1" },
	{ 7, 0, "route", "routers write down their addresses", "RFC 791 3.1" },
	{ 68, 0, "time", "routers write down the time", "RFC 791 3.1" },
	{ 130, 0, "security", "classification", "RFC 1108 2" },
	{ 131, 0, "loose", "by way of these routers: loose source route", "RFC 791 3.1" },
	{ 134, 0, "cipso", "classification, commercial", "FIPS 188" },
	{ 136, 4, "stream", "stream number, obsolete", "RFC 791 3.1" },
	{ 137, 0, "strict", "by these routers and no others: strict source route", "RFC 791 3.1" },
	{ 148, 4, "alert", "each router is to look at this packet", "RFC 2113 2.1" },
};

static const struct tcp_option_info ip6_infos[] = {
	{ 0, 1, "pad1", "nothing: one byte of padding", "RFC 8200 4.2" },
	{ 1, 0, "padn", "nothing: padding", "RFC 8200 4.2" },
	{ 4, 3, "encaps", "so many more tunnels may be entered", "RFC 2473 4.1.1" },
	{ 5, 4, "alert", "each router is to look at this packet", "RFC 2711 2.1" },
	{ 7, 0, "calipso", "classification", "RFC 5570 5" },
	{ 15, 12, "pdm", "numbers to measure delay with", "RFC 8250 3.2" },
	{ 48, 0, "min-mtu", "the smallest MTU on the path so far", "RFC 9268 5" },
	{ 99, 0, "rpl", "routing information of a low-power network", "RFC 9008 11" },
	{ 194, 6, "jumbo", "length of a packet above 65,535 bytes", "RFC 2675 2" },
	{ 201, 18, "home", "the home address of a mobile station", "RFC 6275 6.3" },
};

static const struct tcp_option_info *find_in(const struct tcp_option_info *infos, size_t count,
					     uint8_t kind)
{
	for (size_t i = 0; i < count; i++)
		if (infos[i].kind == kind)
			return &infos[i];
	return NULL;
}

static const struct tcp_option_info *find_info(enum header_rest family, uint8_t kind)
{
	if (family == REST_TCP_OPTIONS)
		return tcp_option_info(kind);
	if (family == REST_IP4_OPTIONS)
		return find_in(ip4_infos, ARRAY_LEN(ip4_infos), kind);
	return find_in(ip6_infos, ARRAY_LEN(ip6_infos), kind);
}

struct option_walk option_walk(const struct part *p)
{
	return (struct option_walk){ .part = p,
				     .at = header_fixed_len(p->header),
				     .over = p->header->rest < REST_TCP_OPTIONS };
}

enum option_result option_next(struct option_walk *w, struct option *o)
{
	const struct part *p = w->part;
	bool v6 = p->header->rest == REST_IP6_OPTIONS;
	const uint8_t *b = p->bytes + w->at;
	size_t left;

	if (w->over || w->at >= p->len)
		return OPTION_DONE;
	w->over = true;
	if (w->at >= p->have)
		return OPTION_CUT;
	left = p->len - w->at;
	*o = (struct option){ .kind = b[0], .at = w->at, .len = 1, .bytes = b };
	o->info = find_info(p->header->rest, b[0]);
	o->bare = b[0] == 0 || (b[0] == 1 && !v6);
	if (!o->bare) {
		if (left < 2)
			return OPTION_BAD_LENGTH;
		if (w->at + 2 > p->have)
			return OPTION_CUT;
		o->len = b[1] + (v6 ? 2u : 0u);
		if (o->len < 2 || o->len > left)
			return OPTION_BAD_LENGTH;
		if (w->at + o->len > p->have)
			return OPTION_CUT;
	}
	w->at += o->len;
	w->over = b[0] == 0 && !v6; /* what follows is padding */
	return OPTION_FOUND;
}

char *option_hex(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < len; i++) {
		if (used + 8 > size) {
			snprintf(out + used, size - used, " ...");
			break;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%02x",
					 i && i % 4 == 0 ? " " : "", bytes[i]);
	}
	return out;
}

static unsigned u16(const uint8_t *b)
{
	return (unsigned)b[0] << 8 | b[1];
}

/* Addresses from @from on, four bytes each. */
static void add_route(const struct option *o, size_t from, char *out)
{
	size_t used = 0;

	for (size_t at = from; at + 4 <= o->len && used + 20 < OPTION_VALUE_MAX; at += 4) {
		const uint8_t *b = o->bytes + at;

		used += (size_t)snprintf(out + used, OPTION_VALUE_MAX - used, "%s%u.%u.%u.%u",
					 used ? " " : "", b[0], b[1], b[2], b[3]);
	}
}

static bool is_route(const struct option *o)
{
	return (o->kind == 7 || o->kind == 131 || o->kind == 137) && o->len >= 3;
}

/* Those of TCP that words_option_value() does not know. */
static void tcp_value(const struct option *o, char *out)
{
	const uint8_t *b = o->bytes;

	if (o->kind == 28 && o->len == 4)
		snprintf(out, OPTION_VALUE_MAX, "%u %s", u16(b + 2) & 0x7fff,
			 b[2] & 0x80 ? "minutes" : "seconds");
	else if (o->kind == 29 && o->len >= 4)
		snprintf(out, OPTION_VALUE_MAX, "key %u, next %u, code of %zu bytes", b[2], b[3],
			 o->len - 4);
	else if (o->len > 2)
		option_hex(b + 2, o->len - 2, out, 100);
}

static bool wrong_len(const struct option *o)
{
	return o->info && o->info->len && o->info->len != o->len;
}

char *option_value(const struct layers *l, const struct part *p, const struct option *o, char *out)
{
	struct tcp_option tcp = { o->kind, (uint8_t)o->len, o->bytes };

	*out = '\0';
	if (wrong_len(o)) {
		option_hex(o->bytes + 2, o->len - 2, out, 100);
	} else if (p->header->rest == REST_TCP_OPTIONS) {
		words_option_value(l->step, &tcp, out, OPTION_VALUE_MAX);
		if (!*out && !o->bare)
			tcp_value(o, out);
	} else if (p->header->rest == REST_IP4_OPTIONS && is_route(o)) {
		add_route(o, 3, out);
	} else if (!o->bare && o->len == 4 && o->info) {
		snprintf(out, OPTION_VALUE_MAX, "%u", u16(o->bytes + 2));
	} else if (!o->bare && o->len > 2) {
		option_hex(o->bytes + 2, o->len - 2, out, 100);
	}
	return out;
}

char *option_meaning(const struct part *p, const struct option *o, char *out)
{
	bool tcp = p->header->rest == REST_TCP_OPTIONS;

	if (!o->info) {
		snprintf(out, FIELD_SAID_MAX, "kind %u: in no table of ours, skipped", o->kind);
	} else if (wrong_len(o)) {
		snprintf(out, FIELD_SAID_MAX, "%s; but its length is %zu, not %u: not used (%s)",
			 o->info->meaning, o->len, o->info->len, o->info->source);
	} else if (tcp && o->kind == TCP_OPTION_WSCALE) {
		unsigned shift = o->bytes[2] > 14 ? 14 : o->bytes[2];

		snprintf(out, FIELD_SAID_MAX, "%s: times %u%s (%s)", o->info->meaning, 1u << shift,
			 shift < o->bytes[2] ? ", 14 is the most" : "", o->info->source);
	} else {
		snprintf(out, FIELD_SAID_MAX, "%s (%s)", o->info->meaning, o->info->source);
	}
	return out;
}
