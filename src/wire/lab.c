/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab.c - the private network of demo: a namespace of our own, its loopback and four addresses.
 *
 * In:    nothing but the right to make a namespace: CAP_SYS_ADMIN, or user namespaces for all.
 * Out:   this process, moved; lo up with LAB_MTU and the documentation addresses on it.
 * Rules: root makes a network namespace alone, so that user ids keep their meaning and the way back
 *        to the user of sudo stays open; anybody else goes through a user namespace in which he keeps
 *        his own id.
 * Never: touches the namespace it came from; there is nothing to clean up, the kernel does it.
 *
 * The server is in lab_server.c. */
#include "wire/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define USERNS_SYSCTL "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"

/* Ubuntu 23.10 and later: the namespace comes, but without any capability in it. */
static bool apparmor_restricts(void)
{
	char c = '0';
	int fd = open(USERNS_SYSCTL, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (read(fd, &c, 1) != 1)
		c = '0';
	close(fd);
	return c != '0';
}

static bool forbidden(const char *what, int error, struct err *e)
{
	const char *more = "";

	if (error == ENOSPC)
		more = " (the limit user.max_user_namespaces is reached)";
	else if ((error == EPERM || error == EACCES) && apparmor_restricts())
		more = " (AppArmor: kernel.apparmor_restrict_unprivileged_userns is 1)";
	return err_set(e, STATUS_PRIVILEGE,
		       "cannot make a private network: %s: %s%s; run it as root: "
		       "`sudo tcpshake demo`",
		       what, strerror(error), more);
}

static bool write_file(const char *path, const char *text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t n = fd < 0 ? -1 : write(fd, text, len);
	int error = errno;

	if (fd >= 0)
		close(fd);
	return n == (ssize_t)len || forbidden(path, error, e);
}

/* The same user and group inside as outside: files that we write are his, as ever. */
static bool write_maps(uid_t uid, gid_t gid, struct err *e)
{
	char map[64];

	if (!write_file("/proc/self/setgroups", "deny", e))
		return false;
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)gid, (unsigned)gid);
	if (!write_file("/proc/self/gid_map", map, e))
		return false;
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned)uid, (unsigned)uid);
	return write_file("/proc/self/uid_map", map, e);
}

/* With file capabilities (setcap) our /proc files belong to root, until we are dumpable; which we must
 * not stay, see privilege.c. */
static bool map_ids(uid_t uid, gid_t gid, struct err *e)
{
	int dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	bool ok;

	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	ok = write_maps(uid, gid, e);
	if (dumpable != 1)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return ok;
}

static bool enter_namespace(struct err *e)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return forbidden("no user namespace for you here", errno, e);
	return map_ids(uid, gid, e);
}

/* Send one rtnetlink request and wait for its answer; 0 or a positive errno. */
static int request(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	static unsigned seq;
	char answer[4096];
	ssize_t n;

	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++seq;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	n = mnl_socket_recvfrom(nl, answer, sizeof(answer));
	if (n < 0)
		return errno;
	return mnl_cb_run(answer, (size_t)n, seq, mnl_socket_get_portid(nl), NULL, NULL) < 0 ?
		       errno :
		       0;
}

static int loopback_up(struct mnl_socket *nl, unsigned ifindex)
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
	return request(nl, nlh);
}

static int add_address(struct mnl_socket *nl, unsigned ifindex, const char *text)
{
	char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	struct addr a;

	if (!addr_parse(text, &a))
		return EINVAL;
	nlh->nlmsg_type = RTM_NEWADDR;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = (uint8_t)a.family;
	ifa->ifa_prefixlen = (uint8_t)(addr_len(&a) * 8);
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = ifindex;
	mnl_attr_put(nlh, IFA_LOCAL, addr_len(&a), a.bytes);
	mnl_attr_put(nlh, IFA_ADDRESS, addr_len(&a), a.bytes);
	/* Duplicate address detection would keep an IPv6 address unusable for a second. */
	mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NODAD | IFA_F_PERMANENT);
	return request(nl, nlh);
}

/* Addresses first for IPv4; a kernel without IPv6 still gives a demo. */
static bool furnish(struct mnl_socket *nl, struct err *e)
{
	static const char *const addresses[] = { LAB_CLIENT4, LAB_SERVER4, LAB_CLIENT6,
						 LAB_SERVER6 };
	unsigned lo = if_nametoindex("lo");
	int error = lo ? loopback_up(nl, lo) : errno;

	if (error)
		return forbidden("cannot bring its loopback up", error, e);
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		error = add_address(nl, lo, addresses[i]);
		if (error && !strchr(addresses[i], ':'))
			return forbidden("cannot set its addresses", error, e);
	}
	return true;
}

bool lab_enter(struct err *e)
{
	struct mnl_socket *nl;
	bool ok;

	if (!enter_namespace(e))
		return false;
	nl = mnl_socket_open(NETLINK_ROUTE);
	if (!nl)
		return forbidden("no rtnetlink", errno, e);
	ok = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0 ? furnish(nl, e) :
							       forbidden("no rtnetlink", errno, e);
	mnl_socket_close(nl);
	return ok;
}
