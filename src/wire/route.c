/* SPDX-License-Identifier: GPL-3.0-or-later */
/* route.c - ask the kernel's routing table, over rtnetlink with libmnl.
 *
 * In:    a destination, perhaps an interface and a source address.
 * Out:   what the kernel would choose for a socket of its own: interface, source, gateway, MTU.
 * How:   RTM_GETROUTE resolves one route, policy routing and cached path MTUs included; RTM_GETLINK
 *        tells name, flags and MTU of its interface. Whether a given source address is ours, bind()
 *        knows best (it also knows of addresses that are still tentative).
 * Never: changes anything, keeps a socket open, or needs a privilege. */
#include "wire/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX 32768 /* bytes; a link with many virtual functions has long answers */

/* The attributes of one netlink message, by type; what the kernel did not send is NULL. */
struct attributes {
	const struct nlattr *of[RTA_MAX > IFLA_MAX ? RTA_MAX + 1 : IFLA_MAX + 1];
	uint16_t max;
};

static int keep_attribute(const struct nlattr *attr, void *data)
{
	struct attributes *all = data;
	uint16_t type = mnl_attr_get_type(attr);

	if (type <= all->max)
		all->of[type] = attr;
	return MNL_CB_OK;
}

/* An attribute's value, if it is there and holds at least @len bytes. */
static const void *value(const struct attributes *all, uint16_t type, size_t len)
{
	const struct nlattr *attr = all->of[type];

	return attr && mnl_attr_get_payload_len(attr) >= len ? mnl_attr_get_payload(attr) : NULL;
}

static uint32_t value_u32(const struct attributes *all, uint16_t type)
{
	const void *bytes = value(all, type, sizeof(uint32_t));
	uint32_t v = 0;

	if (bytes)
		memcpy(&v, bytes, sizeof(v));
	return v;
}

/**
 * ask() - one question to the kernel, one answer
 * @question: complete but for sequence number and flags
 * @answer: ANSWER_MAX bytes, aligned for a struct nlmsghdr
 * Return:  0, or the errno with which the kernel (or the socket) refused. */
static int ask(struct nlmsghdr *question, void *answer)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	const struct nlmsghdr *reply = answer;
	const struct nlmsgerr *refusal;
	ssize_t got;
	int number = 0;

	if (!nl)
		return errno;
	question->nlmsg_flags = NLM_F_REQUEST;
	question->nlmsg_seq = 1;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, question, question->nlmsg_len) < 0 ||
	    (got = mnl_socket_recvfrom(nl, answer, ANSWER_MAX)) < 0)
		number = errno;
	else if (!mnl_nlmsg_ok(reply, (int)got))
		number = EBADMSG;
	else if (reply->nlmsg_type == NLMSG_ERROR) {
		refusal = mnl_nlmsg_get_payload(reply);
		number = refusal->error ? -refusal->error : EBADMSG;
	}
	mnl_socket_close(nl);
	return number;
}

/* An interface as the kernel describes it. */
struct link {
	char name[IF_NAMESIZE];
	uint32_t mtu;
	unsigned flags; /* IFF_UP and so on */
};

static int get_link(unsigned ifindex, struct link *out)
{
	union {
		struct nlmsghdr header;
		char room[ANSWER_MAX];
	} buffer;
	struct attributes all = { .max = IFLA_MAX };
	struct nlmsghdr *question = mnl_nlmsg_put_header(&buffer);
	struct ifinfomsg *link;
	const char *name;
	int number;

	question->nlmsg_type = RTM_GETLINK;
	link = mnl_nlmsg_put_extra_header(question, sizeof(*link));
	link->ifi_family = AF_UNSPEC;
	link->ifi_index = (int)ifindex;
	number = ask(question, &buffer);
	if (number)
		return number;

	memset(out, 0, sizeof(*out));
	link = mnl_nlmsg_get_payload(&buffer.header);
	mnl_attr_parse(&buffer.header, sizeof(*link), keep_attribute, &all);
	name = value(&all, IFLA_IFNAME, 1);
	if (name)
		strncpy(out->name, name, sizeof(out->name) - 1);
	out->mtu = value_u32(&all, IFLA_MTU);
	out->flags = link->ifi_flags;
	return 0;
}

/* A route as the kernel describes it. */
struct answer {
	uint8_t type; /* RTN_UNICAST and so on */
	struct addr src, gateway;
	unsigned ifindex;
	uint32_t mtu; /* 0: no other than the interface's */
};

static struct addr address(const struct attributes *all, uint16_t type, int family)
{
	struct addr a = { .family = family };
	const void *bytes = value(all, type, addr_len(&a));

	if (bytes)
		memcpy(a.bytes, bytes, addr_len(&a));
	else
		a.family = 0;
	return a;
}

/* RTA_GATEWAY, or RTA_VIA: a gateway of the other family (RFC 8950). */
static struct addr gateway(const struct attributes *all, int family)
{
	const uint8_t *via = value(all, RTA_VIA, sizeof(uint16_t) + 4);
	struct addr a = address(all, RTA_GATEWAY, family);
	uint16_t via_family;

	if (a.family || !via)
		return a;
	memcpy(&via_family, via, sizeof(via_family));
	if (via_family != AF_INET && via_family != AF_INET6)
		return a;
	a.family = via_family;
	if (!value(all, RTA_VIA, sizeof(uint16_t) + addr_len(&a)))
		a.family = 0;
	else
		memcpy(a.bytes, via + sizeof(uint16_t), addr_len(&a));
	return a;
}

static int get_route(const struct addr *dst, unsigned oif, const struct addr *src,
		     struct answer *out)
{
	union {
		struct nlmsghdr header;
		char room[ANSWER_MAX];
	} buffer;
	struct attributes all = { .max = RTA_MAX }, metrics = { .max = RTAX_MAX };
	struct nlmsghdr *question = mnl_nlmsg_put_header(&buffer);
	uint8_t bits = (uint8_t)(addr_len(dst) * 8);
	struct rtmsg *route;
	int number;

	question->nlmsg_type = RTM_GETROUTE;
	route = mnl_nlmsg_put_extra_header(question, sizeof(*route));
	route->rtm_family = (uint8_t)dst->family;
	route->rtm_dst_len = bits;
	mnl_attr_put(question, RTA_DST, addr_len(dst), dst->bytes);
	if (src) {
		route->rtm_src_len = bits;
		mnl_attr_put(question, RTA_SRC, addr_len(src), src->bytes);
	}
	if (oif)
		mnl_attr_put_u32(question, RTA_OIF, oif);
	number = ask(question, &buffer);
	if (number)
		return number;

	route = mnl_nlmsg_get_payload(&buffer.header);
	mnl_attr_parse(&buffer.header, sizeof(*route), keep_attribute, &all);
	memset(out, 0, sizeof(*out));
	out->type = route->rtm_type;
	out->src = address(&all, RTA_PREFSRC, dst->family);
	out->gateway = gateway(&all, dst->family);
	out->ifindex = value_u32(&all, RTA_OIF);
	if (all.of[RTA_METRICS])
		mnl_attr_parse_nested(all.of[RTA_METRICS], keep_attribute, &metrics);
	out->mtu = value_u32(&metrics, RTAX_MTU);
	return 0;
}

/* The kernel answers to most routes that lead nowhere with an error, to some with their type. */
static int type_to_errno(uint8_t type)
{
	switch (type) {
	case RTN_UNICAST:
	case RTN_LOCAL:
	case RTN_ANYCAST:
		return 0;
	case RTN_PROHIBIT:
		return EACCES;
	case RTN_UNREACHABLE:
		return EHOSTUNREACH;
	default: /* blackhole, throw, and what else there may be */
		return ENETUNREACH;
	}
}

static bool is_unspecified(const struct addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->bytes, zero, sizeof(zero));
}

/* The interface that is asked for by name or by the scope of an address; 0 for none. */
static bool choose_interface(const struct addr *dst, const char *ifname, unsigned *ifindex,
			     struct err *e)
{
	char to[ADDR_TEXT_MAX];

	*ifindex = dst->scope;
	if (ifname) {
		*ifindex = if_nametoindex(ifname);
		if (!*ifindex)
			return err_set(
				e, STATUS_USAGE,
				"no interface %s: %s; `ip link` lists interfaces, -i chooses one",
				ifname, strerror(ENODEV));
		if (dst->scope && dst->scope != *ifindex)
			return err_set(
				e, STATUS_USAGE,
				"cannot reach %s through %s: the address names another interface",
				addr_text(dst, to), ifname);
	}
	if (addr_is_link_local(dst) && !*ifindex) /* RFC 4007 section 6 */
		return err_set(
			e, STATUS_USAGE,
			"no route to %s: a link-local address does not say on which link; add "
			"%%interface to it, as in %s%%eth0, or choose one with -i",
			addr_text(dst, to), to);
	return true;
}

static bool check_source(const struct addr *dst, unsigned oif, const struct addr *src,
			 struct err *e)
{
	struct addr scoped = *src;
	struct sockaddr_storage sa;
	char text[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX];
	socklen_t len;
	int fd, number;

	if (src->family != dst->family)
		return err_set(
			e, STATUS_USAGE,
			"cannot send from %s to %s: one is IPv4, the other IPv6; leave out -s",
			addr_text(src, text), addr_text(dst, to));
	if (is_unspecified(src))
		return err_set(
			e, STATUS_USAGE,
			"cannot send from %s: it is no address; leave out -s to let the kernel choose",
			addr_text(src, text));
	fd = socket(src->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(e, STATUS_UNREACHABLE, "cannot send from %s: %s",
			       addr_text(src, text), strerror(errno));
	if (addr_is_link_local(&scoped) && !scoped.scope)
		scoped.scope = oif;
	len = addr_to_sockaddr(&scoped, 0, &sa);
	number = bind(fd, (struct sockaddr *)&sa, len) < 0 ? errno : 0;
	close(fd);
	if (number)
		return err_set(
			e, STATUS_USAGE,
			"cannot send from %s: %s; `ip address` lists the addresses of this host",
			addr_text(src, text), strerror(number));
	return true;
}

static bool check_interface(const struct addr *dst, const struct link *link, struct err *e)
{
	char to[ADDR_TEXT_MAX];

	if (link->flags & IFF_UP)
		return true;
	return err_set(e, STATUS_UNREACHABLE,
		       "no route to %s: interface %s is down; `ip link set %s up` brings it up",
		       addr_text(dst, to), link->name, link->name);
}

/* What the user asked for makes sense at all. */
static bool check_question(const struct addr *dst, unsigned oif, const struct addr *src,
			   struct err *e)
{
	char to[ADDR_TEXT_MAX];
	struct link link;

	if (is_unspecified(dst))
		return err_set(e, STATUS_USAGE, "cannot connect to %s: it is no host's address",
			       addr_text(dst, to));
	/* Before the route: through an interface that is down, the kernel knows of none. */
	if (oif && get_link(oif, &link) == 0 && !check_interface(dst, &link, e))
		return false;
	return !src || check_source(dst, oif, src, e);
}

/* Ask for the route and for its interface. */
static bool find(const struct addr *dst, unsigned oif, const struct addr *src,
		 struct answer *answer, struct link *link, struct err *e)
{
	int number = get_route(dst, oif, src, answer);
	char to[ADDR_TEXT_MAX];

	if (!number && (answer->type == RTN_BROADCAST || answer->type == RTN_MULTICAST))
		return err_set(
			e, STATUS_USAGE,
			"cannot connect to %s: TCP joins two hosts, and this address is of many",
			addr_text(dst, to));
	if (!number)
		number = type_to_errno(answer->type);
	if (!number)
		number = get_link(answer->ifindex, link);
	if (number)
		return err_set(e, STATUS_UNREACHABLE,
			       "no route to %s: %s; `ip %s route` lists what is reachable",
			       addr_text(dst, to), strerror(number),
			       dst->family == AF_INET6 ? "-6" : "-4");
	return check_interface(dst, link, e);
}

bool route_lookup(const struct addr *dst, const char *ifname, const struct addr *src,
		  struct route *out, struct err *e)
{
	char to[ADDR_TEXT_MAX];
	struct answer answer;
	struct link link;
	unsigned oif;

	memset(out, 0, sizeof(*out));
	if (!choose_interface(dst, ifname, &oif, e) || !check_question(dst, oif, src, e) ||
	    !find(dst, oif, src, &answer, &link, e))
		return false;

	out->src = src ? *src : answer.src;
	if (!out->src.family)
		return err_set(e, STATUS_UNREACHABLE,
			       "no route to %s: %s has no address to send from; -s chooses one",
			       addr_text(dst, to), link.name);
	if (addr_is_link_local(&out->src))
		out->src.scope =
			oif ? oif : answer.ifindex; /* our own leads to lo, which has none */
	out->gateway = answer.gateway;
	out->ifindex = answer.ifindex;
	memcpy(out->ifname, link.name, sizeof(out->ifname));
	out->mtu = answer.mtu ? answer.mtu : link.mtu;
	out->loopback = link.flags & IFF_LOOPBACK;
	out->local = answer.type == RTN_LOCAL && out->loopback;
	return true;
}
