/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_link.c - the interfaces of the private network, by rtnetlink.
 *
 * Rules: nothing has to be asked for on the wire. Addresses are usable at once, without duplicate address
 *        detection, and each end of a cable knows the other's hardware address: the first frame of a
 *        lesson is a SYN. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <time.h>

#include "wire/lab_priv.h"

#define ROUTE_PATIENCE_MS 2000 /* then it is done without, and whoever connects is told */

/* Send one rtnetlink request that has one answer, and wait for it; 0 or a positive errno. */
static int ask(struct mnl_socket *nl, struct nlmsghdr *nlh, mnl_cb_t heard, void *context)
{
	static unsigned seq;
	char answer[4096];
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_REQUEST;
	nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (n < 0)
		return errno;
	return mnl_cb_run(answer, (size_t)n, seq, mnl_socket_get_portid(nl), heard, context) < 0 ?
		       errno :
		       0;
}

/* The same of a change: the answer says whether it was made. */
static int request(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	nlh->nlmsg_flags |= NLM_F_ACK;
	return ask(nl, nlh, NULL, NULL);
}

static int set_up(struct mnl_socket *nl, unsigned ifindex, const uint8_t *mac)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;

	nlh->nlmsg_type = RTM_NEWLINK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = (int)ifindex;
	ifi->ifi_flags = IFF_UP;
	ifi->ifi_change = IFF_UP;
	mnl_attr_put_u32(nlh, IFLA_MTU, LAB_MTU);
	if (mac)
		mnl_attr_put(nlh, IFLA_ADDRESS, LAB_MAC_LEN, mac);
	return request(nl, nlh);
}

/* @peer: who is at the other end, to whom a route comes with the address; or the address itself. */
static int add_address(struct mnl_socket *nl, unsigned ifindex, const char *local, const char *peer)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	struct addr a, b;

	if (!addr_parse(local, &a) || !addr_parse(peer, &b))
		return EINVAL;
	nlh->nlmsg_type = RTM_NEWADDR;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = (uint8_t)a.family;
	ifa->ifa_prefixlen = (uint8_t)(addr_len(&a) * 8);
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = ifindex;
	mnl_attr_put(nlh, IFA_LOCAL, addr_len(&a), a.bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, addr_len(&b), b.bytes);
	mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NODAD | IFA_F_PERMANENT);
	return request(nl, nlh);
}

static int add_neighbour(struct mnl_socket *nl, unsigned ifindex, const char *peer,
			 const uint8_t *mac)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;
	struct addr a;

	if (!addr_parse(peer, &a))
		return EINVAL;
	nlh->nlmsg_type = RTM_NEWNEIGH;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	nd->ndm_family = (uint8_t)a.family;
	nd->ndm_ifindex = (int)ifindex;
	nd->ndm_state = NUD_PERMANENT;
	mnl_attr_put(nlh, NDA_DST, addr_len(&a), a.bytes);
	mnl_attr_put(nlh, NDA_LLADDR, LAB_MAC_LEN, mac);
	return request(nl, nlh);
}

static int on_route(const struct nlmsghdr *nlh, void *context)
{
	const struct rtmsg *rt = mnl_nlmsg_get_payload(nlh);

	*(int *)context = rt->rtm_type;
	return MNL_CB_OK;
}

/* The type of the route to an address: RTN_LOCAL, ...; RTN_UNSPEC: there is none. */
static int route_type(struct mnl_socket *nl, const char *to)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int type = RTN_UNSPEC;
	struct rtmsg *rt;
	struct addr a;

	if (!addr_parse(to, &a))
		return RTN_UNSPEC;
	nlh->nlmsg_type = RTM_GETROUTE;
	rt = mnl_nlmsg_put_extra_header(nlh, sizeof(*rt));
	rt->rtm_family = (uint8_t)a.family;
	rt->rtm_dst_len = (uint8_t)(addr_len(&a) * 8);
	mnl_attr_put(nlh, RTA_DST, addr_len(&a), a.bytes);
	return ask(nl, nlh, on_route, &type) ? RTN_UNSPEC : type;
}

/* Linux makes the routes of an IPv6 address a little later, in a work queue. */
static void wait_for_route(struct mnl_socket *nl, const char *to, int type)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < ROUTE_PATIENCE_MS && route_type(nl, to) != type; i++)
		nanosleep(&pause, NULL);
}

static bool loopback(struct mnl_socket *nl, struct err *e)
{
	static const char *const addresses[] = { LAB_CLIENT4, LAB_SERVER4, LAB_CLIENT6,
						 LAB_SERVER6 };
	unsigned lo = if_nametoindex("lo");
	int error = lo ? set_up(nl, lo, NULL) : errno;

	if (error)
		return lab_forbidden("cannot bring its loopback up", error, e);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		error = add_address(nl, lo, addresses[i], addresses[i]);
		if (error && i < 2)
			return lab_forbidden("cannot set its addresses", error, e);
		if (!error)
			wait_for_route(nl, addresses[i], RTN_LOCAL);
	}
	return true;
}

static bool cable_end(struct mnl_socket *nl, const char *ifname, const struct lab_end *end,
		      struct err *e)
{
	unsigned ifindex = if_nametoindex(ifname);
	int error = ifindex ? set_up(nl, ifindex, end->mac) : errno;

	for (size_t i = 0; i < ARRAY_LEN(end->local) && !error; i++) {
		error = add_address(nl, ifindex, end->local[i], end->peer[i]);
		if (!error)
			error = add_neighbour(nl, ifindex, end->peer[i], end->peer_mac);
		if (!error)
			wait_for_route(nl, end->peer[i], RTN_UNICAST);
		if (i == 1)
			error = 0;
	}
	return !error || lab_forbidden("cannot set up the end of its cable", error, e);
}

static struct mnl_socket *open_rtnetlink(struct err *e)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);

	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0)
		return nl;
	lab_forbidden("no rtnetlink", errno, e);
	if (nl)
		mnl_socket_close(nl);
	return NULL;
}

bool lab_link_loopback(struct err *e)
{
	struct mnl_socket *nl = open_rtnetlink(e);
	bool good = nl && loopback(nl, e);

	if (nl)
		mnl_socket_close(nl);
	return good;
}

bool lab_link_end(const char *ifname, const struct lab_end *end, struct err *e)
{
	struct mnl_socket *nl = open_rtnetlink(e);
	bool good = nl && cable_end(nl, ifname, end, e);

	if (nl)
		mnl_socket_close(nl);
	return good;
}
