/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addr.c - addresses of both families as one value; see addr.h.
 *
 * Never resolves a name and never asks the network. The only system calls are those that turn an
 * interface name into its index and back, for link-local addresses. */
#include "wire/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

bool addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family || memcmp(a->bytes, b->bytes, sizeof(a->bytes)) != 0)
		return false;
	/* A captured packet carries no scope: there the interface it came from stands for it. */
	return !a->scope || !b->scope || a->scope == b->scope;
}

bool addr_is_loopback(const struct addr *a)
{
	if (a->family == AF_INET)
		return a->bytes[0] == 127; /* RFC 1122 section 3.2.1.3 */
	return a->family == AF_INET6 && !memcmp(a->bytes, &in6addr_loopback, 16);
}

bool addr_is_link_local(const struct addr *a)
{
	return a->family == AF_INET6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

unsigned addr_len(const struct addr *a)
{
	return a->family == AF_INET6 ? 16 : 4;
}

bool addr_from_sockaddr(const struct sockaddr *sa, struct addr *out, uint16_t *port)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	/* Copied out: a sockaddr need not be aligned for what it is cast to. */
	memset(out, 0, sizeof(*out));
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
		memcpy(out->bytes, &in.sin_addr, 4);
		*port = ntohs(in.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->bytes, &in6.sin6_addr, 16);
		out->scope = in6.sin6_scope_id;
		*port = ntohs(in6.sin6_port);
	} else {
		return false;
	}
	out->family = sa->sa_family;
	return true;
}

socklen_t addr_to_sockaddr(const struct addr *a, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	memset(out, 0, sizeof(*out));
	if (a->family == AF_INET) {
		memcpy(&in.sin_addr, a->bytes, 4);
		memcpy(out, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, a->bytes, 16);
	in6.sin6_scope_id = a->scope;
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

/* "%eth0" or "%3" behind an address: the interface's index, 0 when there is none such. */
static uint32_t scope_of(const char *zone)
{
	uint64_t index;

	if (parse_uint(zone, 1, UINT32_MAX, &index))
		return (uint32_t)index;
	return if_nametoindex(zone);
}

bool addr_parse(const char *s, struct addr *out)
{
	struct addr a = { .family = AF_INET };
	char text[INET6_ADDRSTRLEN];
	const char *zone = strchr(s, '%');
	size_t len = zone ? (size_t)(zone - s) : strlen(s);

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (!zone && inet_pton(AF_INET, text, a.bytes) == 1) {
		*out = a;
		return true;
	}
	a.family = AF_INET6;
	if (inet_pton(AF_INET6, text, a.bytes) != 1)
		return false;
	/* Only link-local addresses have a zone here (RFC 4007 section 6). */
	if (zone && (!addr_is_link_local(&a) || !(a.scope = scope_of(zone + 1))))
		return false;
	*out = a;
	return true;
}

char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	char name[IF_NAMESIZE];
	size_t len;

	if ((a->family != AF_INET && a->family != AF_INET6) ||
	    !inet_ntop(a->family, a->bytes, out, ADDR_TEXT_MAX)) {
		snprintf(out, ADDR_TEXT_MAX, "no address");
		return out;
	}
	if (!a->scope)
		return out;
	len = strlen(out);
	if (if_indextoname(a->scope, name))
		snprintf(out + len, ADDR_TEXT_MAX - len, "%%%s", name);
	else
		snprintf(out + len, ADDR_TEXT_MAX - len, "%%%u", a->scope);
	return out;
}

char *addr_port_text(const struct addr *a, uint16_t port, char out[ADDR_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];

	/* 39 bytes of fe80:..., '%' and 15 of an interface are the longest that has brackets. */
	snprintf(out, ADDR_TEXT_MAX, a->family == AF_INET6 ? "[%.55s]:%u" : "%.55s:%u",
		 addr_text(a, text), port);
	return out;
}
