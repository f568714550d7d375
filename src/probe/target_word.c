/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target_word.c - reads addresses, prefixes, ranges and names, with ports behind them; see target_word.h.
 *
 * Rule: what looks like an address and is none is refused. The system's resolver would take it for a name
 *       or, worse, for one of the old forms: to inet_aton() "10.1" is 10.0.0.1 and "010.0.0.1" 8.0.0.1. */
#include "probe/target_word.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define SHOWN "%.100s" /* of a word, in a message */

static bool single(const struct addr *a, struct span *out)
{
	*out = (struct span){ num_of(a), num_of(a), a->family, a->scope };
	return true;
}

/* "192.0.2.0" and "24" of "192.0.2.0/24" */
static bool parse_prefix(const char *host, const struct addr *a, const char *bits, struct span *out,
			 struct err *e)
{
	unsigned all = 8 * addr_len(a), host_bits;
	struct num mask = { 0 };
	char network[ADDR_TEXT_MAX], alone[ADDR_TEXT_MAX];
	struct addr right;
	uint64_t prefix;

	if (strspn(bits, "0123456789") != strlen(bits) || !parse_uint(bits, 0, all, &prefix))
		return err_set(e, STATUS_USAGE, SHOWN ": a prefix of %s is 0 to %u bits long", host,
			       all == 32 ? "IPv4" : "IPv6", all);
	single(a, out);
	host_bits = all - (unsigned)prefix;
	if (host_bits >= 64)
		mask.lo = UINT64_MAX;
	if (host_bits == 128)
		mask.hi = UINT64_MAX;
	else if (host_bits > 64)
		mask.hi = (UINT64_C(1) << (host_bits - 64)) - 1;
	else if (host_bits < 64)
		mask.lo = (UINT64_C(1) << host_bits) - 1;
	out->last = (struct num){ out->first.hi | mask.hi, out->first.lo | mask.lo };
	if (!(out->first.hi & mask.hi) && !(out->first.lo & mask.lo))
		return true;
	right = num_addr((struct num){ out->first.hi & ~mask.hi, out->first.lo & ~mask.lo },
			 a->family, a->scope);
	return err_set(
		e, STATUS_USAGE,
		SHOWN ": bits behind the prefix are not 0; the network is %s/%u, the host alone %s",
		host, addr_text(&right, network), (unsigned)prefix, addr_text(a, alone));
}

/* The end of a range where only its last part is written: a byte of IPv4, 16 bits of IPv6. */
static bool short_end(const struct addr *from, const char *text, struct addr *to)
{
	uint64_t value;
	size_t len = strlen(text);

	*to = *from;
	if (from->family == AF_INET) {
		if (strspn(text, "0123456789") != len || !parse_uint(text, 0, 255, &value))
			return false;
		to->bytes[3] = (uint8_t)value;
		return true;
	}
	if (!len || len > 4 || strspn(text, "0123456789abcdefABCDEF") != len)
		return false;
	value = strtoul(text, NULL, 16);
	to->bytes[14] = (uint8_t)(value >> 8);
	to->bytes[15] = (uint8_t)value;
	return true;
}

static bool parse_range(const char *host, const struct addr *from, const char *end,
			struct span *out, struct err *e)
{
	struct addr to;

	if (!addr_parse(end, &to) && !short_end(from, end, &to))
		return err_set(e, STATUS_USAGE,
			       SHOWN
			       ": no address behind the '-'; ranges are 192.0.2.5-192.0.2.9 or "
			       "192.0.2.5-9",
			       host);
	if (to.family != from->family)
		return err_set(e, STATUS_USAGE, SHOWN ": a range has two addresses of one family",
			       host);
	if (to.scope && to.scope != from->scope)
		return err_set(e, STATUS_USAGE, SHOWN ": a range is on one interface", host);
	*out = (struct span){ num_of(from), num_of(&to), from->family, from->scope };
	if (num_cmp(out->last, out->first) < 0)
		return err_set(e, STATUS_USAGE, SHOWN ": the end is before the beginning", host);
	return true;
}

/* As a part of a name it would be a number to inet_aton(), or is a slip in a range. */
static bool numeric(const char *part, size_t len)
{
	if (part[0] == '0' && (part[1] == 'x' || part[1] == 'X'))
		return strspn(part + 2, "0123456789abcdefABCDEF") == len - 2;
	return isdigit((unsigned char)part[0]) && strspn(part, "0123456789-") == len;
}

/* Letters, digits, '-', '_' and '.', the last part no number (RFC 1123 section 2.1), so that no address
 * with a slip in it is looked up. */
static bool parse_name(const char *host, char *name, struct err *e)
{
	size_t len = strlen(host), dots = len && host[len - 1] == '.', part;

	if (!len || len > TARGET_NAME_MAX || host[0] == '-' || host[0] == '.' ||
	    strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") !=
		    len)
		return err_set(e, STATUS_USAGE,
			       "\"" SHOWN "\" is no address, network, range or name", host);
	for (part = len - dots; part > 0 && host[part - 1] != '.'; part--)
		;
	if (numeric(host + part, len - dots - part))
		return err_set(e, STATUS_USAGE,
			       SHOWN ": no address, and no name ends in a number; networks are "
				     "192.0.2.0/24, ranges 192.0.2.5-192.0.2.9 or 192.0.2.5-9",
			       host);
	memcpy(name, host, len + 1);
	return true;
}

/* Without ports and brackets. Interfaces have names with '-' in them: every one is tried. */
static bool parse_host(char *host, struct target_word *out, struct err *e)
{
	struct addr a;
	char *slash = strchr(host, '/');

	if (addr_parse(host, &a))
		return single(&a, &out->span);
	if (slash) {
		bool ok;

		*slash = '\0';
		ok = addr_parse(host, &a);
		*slash = '/';
		if (!ok)
			return err_set(e, STATUS_USAGE, SHOWN ": no address before the '/'", host);
		return parse_prefix(host, &a, slash + 1, &out->span, e);
	}
	for (char *dash = strchr(host, '-'); dash; dash = strchr(dash + 1, '-')) {
		bool ok;

		*dash = '\0';
		ok = addr_parse(host, &a);
		*dash = '-';
		if (ok)
			return parse_range(host, &a, dash + 1, &out->span, e);
	}
	if (strchr(host, ':'))
		return err_set(e, STATUS_USAGE,
			       SHOWN ": no IPv6 address, network or range; a port stands behind "
				     "brackets, [2001:db8::1]:443",
			       host);
	return parse_name(host, out->name, e);
}

/* Where the ports begin, behind a ':', or NULL. An IPv6 address that has ports is in brackets, which are
 * taken off. */
static bool split_ports(char *text, char **host, char **ports, struct err *e)
{
	char *colon = strchr(text, ':'), *end;

	*host = text;
	*ports = NULL;
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':') || !colon || colon > end)
			return err_set(e, STATUS_USAGE,
				       SHOWN ": brackets are for IPv6, [2001:db8::1]:443", text);
		*host = text + 1;
		*end = '\0';
		colon = end[1] ? end + 1 : NULL;
	} else if (colon && strchr(colon + 1, ':')) {
		colon = NULL; /* IPv6 alone */
	}
	if (!colon)
		return true;
	*colon = '\0';
	*ports = colon + 1;
	if (**ports && **host)
		return true;
	return err_set(e, STATUS_USAGE, SHOWN ":%s: a host and its port are written host:80", *host,
		       *ports);
}

bool target_word_parse(const char *text, struct target_word *out, struct err *e)
{
	char copy[TARGET_WORD_MAX + 1], *host, *ports;
	size_t len = strlen(text);

	*out = (struct target_word){ 0 };
	if (len > TARGET_WORD_MAX)
		return err_set(e, STATUS_USAGE, "%.30s...: %zu bytes; a target has at most %u",
			       text, len, TARGET_WORD_MAX);
	if (strstr(text, "://"))
		return err_set(e, STATUS_USAGE,
			       SHOWN ": a URL; a target is its host alone, or host:port", text);
	memcpy(copy, text, len + 1);
	if (!split_ports(copy, &host, &ports, e) || !parse_host(host, out, e))
		return false;
	if (ports)
		snprintf(out->ports, sizeof(out->ports), "%s", ports);
	return true;
}
