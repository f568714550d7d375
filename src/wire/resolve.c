/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.c - names to addresses; see resolve.h.
 *
 * getaddrinfo() does the work, and so nsswitch.conf, /etc/hosts and RFC 6724 are respected. Without
 * AI_ADDRCONFIG: "localhost" must resolve on a machine that has no other interface. */
#include "wire/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

/* A numeric address needs no resolver, and may stand in brackets. */
static bool numeric(const char *host, struct addr *out)
{
	char inside[ADDR_TEXT_MAX];
	size_t len = strlen(host);

	if (host[0] != '[')
		return addr_parse(host, out);
	if (len < 2 || len >= sizeof(inside) || host[len - 1] != ']')
		return false;
	memcpy(inside, host + 1, len - 2);
	inside[len - 2] = '\0';
	return addr_parse(inside, out) && out->family == AF_INET6;
}

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static bool known(const struct addr *list, unsigned count, const struct addr *a)
{
	for (unsigned i = 0; i < count; i++)
		if (addr_equal(&list[i], a))
			return true;
	return false;
}

static void lookup_failed(const char *host, int family, int code, struct err *e)
{
	switch (code) {
	case EAI_SYSTEM:
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %.200s: %s", host, strerror(errno));
		break;
	case EAI_AGAIN:
		err_set(e, STATUS_UNREACHABLE,
			"cannot resolve %.200s: %s; /etc/resolv.conf names the servers that were asked",
			host, gai_strerror(code));
		break;
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %.200s: it has no %s address", host,
			family == AF_UNSPEC ? "IPv4 or IPv6" : family_name(family));
		break;
	default:
		err_set(e, STATUS_UNREACHABLE,
			"cannot resolve %.200s: %s; `getent ahosts %.200s` asks in the same way", host,
			gai_strerror(code), host);
	}
}

unsigned resolve(const char *host, int family, struct addr *out, unsigned max, struct err *e)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	unsigned count = 0;
	uint16_t port;
	int code;

	if (max && numeric(host, out)) {
		if (family == AF_UNSPEC || family == out->family)
			return 1;
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %s: it is an %s address; leave out -%c",
			host, family_name(out->family), family == AF_INET ? '4' : '6');
		return 0;
	}
	code = getaddrinfo(host, NULL, &hints, &found);
	if (code) {
		lookup_failed(host, family, code, e);
		return 0;
	}
	for (const struct addrinfo *a = found; a && count < max; a = a->ai_next)
		if (addr_from_sockaddr(a->ai_addr, &out[count], &port) &&
		    !known(out, count, &out[count]))
			count++;
	freeaddrinfo(found);
	if (!count)
		lookup_failed(host, family, EAI_NODATA, e);
	return count;
}
