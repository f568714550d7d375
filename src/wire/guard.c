/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.c - hold a source port with a listening socket that drops whatever arrives.
 *
 * In:    our address and a port, or 0.
 * Out:   a socket; while it is open the kernel sends no RST from that port, to whomever.
 * How:   layers, each dropping a segment before TCP answers it. All are set before listen(): a socket
 *        that already listens without them would answer a SYN. They work on the receiving side only,
 *        and so on loopback, too, where the peer is on this host: it is its segments to us that are
 *        dropped, never ours to it. SYNs are dropped like the rest, so nothing queues up for accept().
 * Never: a firewall rule, a sysctl, an accept(). The kernel removes everything with the last descriptor. */
#include "wire/guard.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define KEY_BYTES 32

#ifndef IP_MINTTL /* glibc does not have it in every release */
#define IP_MINTTL 21
#endif
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

struct guard {
	int fd;
	uint16_t port;
	unsigned layers;
};

/* Segments whose TTL is below 255 are dropped (made for RFC 5082). What comes from another network has
 * lost at least one; only a neighbour that starts at 255 passes, and loopback sends 64. */
static bool layer_min_ttl(int fd, int family)
{
	int ttl = 255;

	if (family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &ttl, sizeof(ttl)) == 0;
	return setsockopt(fd, IPPROTO_IP, IP_MINTTL, &ttl, sizeof(ttl)) == 0;
}

/* A classic BPF program of one instruction: keep 0 bytes. Recent kernels want CAP_NET_ADMIN for it on
 * a TCP socket. */
static bool layer_filter(int fd)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { .len = 1, .filter = &drop };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

/* Every peer, by a prefix of length 0, must sign with a key that nobody knows (RFC 2385): a segment
 * without a signature is dropped, and so is one with a wrong one. Not in every kernel, not in FIPS
 * mode. The key is on nobody's wire: this socket never sends. */
static bool layer_md5(int fd, int family)
{
	struct tcp_md5sig md5 = {
		.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX,
		.tcpm_prefixlen = 0,
		.tcpm_keylen = KEY_BYTES,
	};
	bool set;

	md5.tcpm_addr.ss_family = (sa_family_t)family;
	if (getrandom(md5.tcpm_key, KEY_BYTES, 0) != KEY_BYTES)
		return false;
	set = setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG_EXT, &md5, sizeof(md5)) == 0;
	explicit_bzero(&md5, sizeof(md5));
	return set;
}

static unsigned set_layers(int fd, int family)
{
	unsigned layers = 0;

	if (layer_min_ttl(fd, family))
		layers |= GUARD_MIN_TTL;
	if (layer_filter(fd))
		layers |= GUARD_FILTER;
	if (layer_md5(fd, family))
		layers |= GUARD_MD5;
	return layers;
}

static bool bind_failed(const struct addr *addr, uint16_t port, int number, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	addr_port_text(addr, port, text);
	switch (number) {
	case EADDRINUSE:
		return err_set(
			e, STATUS_USAGE,
			"cannot take port %s: %s; `ss -tanp sport = %u` shows by whom, -p chooses "
			"another",
			text, strerror(number), port);
	case EACCES:
		return err_set(
			e, STATUS_USAGE,
			"cannot take port %s: %s below net.ipv4.ip_unprivileged_port_start; -p "
			"chooses another",
			text, strerror(number));
	case EADDRNOTAVAIL:
	case EINVAL: /* a link-local address without its interface */
		return err_set(
			e, STATUS_USAGE,
			"cannot take port %s: %s; `ip address` lists the addresses of this host",
			text, strerror(number));
	default:
		return err_set(e, STATUS_APP, "cannot take port %s: %s", text, strerror(number));
	}
}

/* Port 0 leaves the choice to the kernel: it draws at random (RFC 6056) from what the host's own
 * connections use, net.ipv4.ip_local_port_range, which firewalls and NATs in front of it may rely on,
 * leaves out ip_local_reserved_ports, and finds a free one if there is any, without a race. A draw of
 * our own could only do worse. SO_REUSEADDR stays off, so the port is nobody else's. */
static bool take_port(struct guard *g, const struct addr *addr, uint16_t port, struct err *e)
{
	struct sockaddr_storage sa, bound;
	socklen_t len = addr_to_sockaddr(addr, port, &sa), bound_len = sizeof(bound);
	struct addr unused;

	if (bind(g->fd, (struct sockaddr *)&sa, len) < 0)
		return bind_failed(addr, port, errno, e);
	if (getsockname(g->fd, (struct sockaddr *)&bound, &bound_len) < 0 ||
	    !addr_from_sockaddr((struct sockaddr *)&bound, &unused, &g->port))
		return err_set(e, STATUS_APP, "cannot take a port: %s", strerror(errno));
	return true;
}

static bool raise_guard(struct guard *g, const struct addr *addr, uint16_t port, struct err *e)
{
	int on = 1;

	g->fd = socket(addr->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (g->fd < 0)
		return err_set(e, STATUS_APP, "cannot open a socket for the port guard: %s",
			       strerror(errno));
	/* Without it an IPv6 socket also looks at IPv4 segments, which these layers do not cover. */
	if (addr->family == AF_INET6 &&
	    setsockopt(g->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return err_set(e, STATUS_APP, "cannot set up the port guard: %s", strerror(errno));
	if (!take_port(g, addr, port, e))
		return false;
	g->layers = set_layers(g->fd, addr->family);
	if (!g->layers)
		return err_set(
			e, STATUS_APP,
			"cannot guard port %u: this kernel has none of IP_MINTTL, SO_ATTACH_FILTER "
			"and TCP_MD5SIG_EXT for TCP; it would reset our connections",
			g->port);
	if (listen(g->fd, 1) < 0) /* two sockets may bind with SO_REUSEADDR, one may listen */
		return errno == EADDRINUSE ?
			       bind_failed(addr, g->port, errno, e) :
			       err_set(e, STATUS_APP, "cannot set up the port guard: %s",
				       strerror(errno));
	return true;
}

struct guard *guard_open(const struct addr *addr, uint16_t port, struct err *e)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (!g) {
		err_set(e, STATUS_APP, "cannot set up the port guard: %s", strerror(errno));
		return NULL;
	}
	g->fd = -1;
	if (raise_guard(g, addr, port, e))
		return g;
	guard_close(g);
	return NULL;
}

void guard_close(struct guard *g)
{
	if (!g)
		return;
	if (g->fd >= 0)
		close(g->fd);
	free(g);
}

uint16_t guard_port(const struct guard *g)
{
	return g->port;
}

unsigned guard_layers(const struct guard *g)
{
	return g->layers;
}
