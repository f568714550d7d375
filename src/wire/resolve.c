/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve.c - names to addresses; see resolve.h.
 *
 * getaddrinfo() does the work, and so nsswitch.conf, /etc/hosts and RFC 6724 are respected. Without
 * AI_ADDRCONFIG: "localhost" must resolve on a machine that has no other interface. It runs in a child
 * that has no privilege: it loads modules and reads answers from the network, and the handles that
 * need privilege are opened only afterwards. */
#include "wire/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/privilege.h"

#define RESOLVE_MAX 64u /* addresses of a name that are looked at */

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

static void lookup_failed(const char *host, int family, int code, int error, struct err *e)
{
	switch (code) {
	case EAI_SYSTEM:
		err_set(e, STATUS_UNREACHABLE, "cannot resolve %.200s: %s", host, strerror(error));
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
			"cannot resolve %.200s: %s; `getent ahosts %.200s` asks in the same way",
			host, gai_strerror(code), host);
	}
}

/* What the child answers. */
struct answer {
	int code, error; /* of getaddrinfo(), and errno with EAI_SYSTEM */
	unsigned count;
	struct addr addresses[RESOLVE_MAX];
};

static void ask(const char *host, int family, struct answer *answer)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	uint16_t port;

	answer->code = getaddrinfo(host, NULL, &hints, &found);
	answer->error = errno;
	if (answer->code)
		return;
	for (const struct addrinfo *a = found; a && answer->count < RESOLVE_MAX; a = a->ai_next) {
		struct addr *next = &answer->addresses[answer->count];

		if (addr_from_sockaddr(a->ai_addr, next, &port) &&
		    !known(answer->addresses, answer->count, next))
			answer->count++;
	}
	freeaddrinfo(found);
}

static void answer_as_child(int fd, const char *host, int family)
{
	struct answer answer = { 0 };
	struct err unused;

	if (privilege_shed(&unused))
		ask(host, family, &answer);
	else
		answer = (struct answer){ .code = EAI_SYSTEM, .error = EPERM };
	_exit(write(fd, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
}

static bool read_answer(int fd, struct answer *answer)
{
	char *at = (char *)answer;
	size_t left = sizeof(*answer);

	while (left) {
		ssize_t n = read(fd, at, left);

		if (n > 0) {
			at += n;
			left -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return false;
		}
	}
	return answer->count <= RESOLVE_MAX;
}

static bool ask_child(const char *host, int family, struct answer *answer)
{
	int ends[2], status;
	bool ok;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return false;
	pid = fork();
	if (pid == 0)
		answer_as_child(ends[1], host, family);
	close(ends[1]);
	ok = pid > 0 && read_answer(ends[0], answer);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return ok;
}

unsigned resolve(const char *host, int family, struct addr *out, unsigned max, struct err *e)
{
	struct answer answer = { 0 };
	unsigned count;

	if (max && numeric(host, out)) {
		if (family == AF_UNSPEC || family == out->family)
			return 1;
		err_set(e, STATUS_UNREACHABLE,
			"cannot resolve %s: it is an %s address; leave out -%c", host,
			family_name(out->family), family == AF_INET ? '4' : '6');
		return 0;
	}
	if (!ask_child(host, family, &answer)) {
		err_set(e, STATUS_APP, "cannot resolve %.200s: %s", host, strerror(errno));
		return 0;
	}
	if (answer.code || !answer.count) {
		lookup_failed(host, family, answer.code ? answer.code : EAI_NODATA, answer.error,
			      e);
		return 0;
	}
	count = answer.count < max ? answer.count : max;
	memcpy(out, answer.addresses, count * sizeof(*out));
	return count;
}
