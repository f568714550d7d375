/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interface.c - questions to the kernel about an interface; see interface.h.
 *
 * Frames larger than the MTU come where the card, or the kernel for it, joins received segments (LRO,
 * GRO), and where the sender is on this very host and need not cut its segments (TSO; on a veth cable
 * that is the other end's business, but both ends have it or neither). A tun or tap device claims GRO,
 * but joins nothing: it hands on what its program writes. */
#include "wire/interface.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINK_HEADER 22u /* Ethernet with two VLAN tags */

static bool ask(int fd, const char *ifname, unsigned long what, struct ifreq *request)
{
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", ifname);
	return ioctl(fd, what, request) == 0;
}

/* One of ethtool's switches; when in doubt it is on. */
static bool is_on(int fd, const char *ifname, uint32_t command, uint32_t mask)
{
	struct ethtool_value value = { .cmd = command };
	struct ifreq request = { .ifr_data = (char *)&value };

	return !ask(fd, ifname, SIOCETHTOOL, &request) || value.data & mask;
}

static bool is_tun(int fd, const char *ifname)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (char *)&info };

	return ask(fd, ifname, SIOCETHTOOL, &request) && !strcmp(info.driver, "tun");
}

static bool joins_segments(int fd, const char *ifname)
{
	return is_on(fd, ifname, ETHTOOL_GGRO, UINT32_MAX) ||
	       is_on(fd, ifname, ETHTOOL_GTSO, UINT32_MAX) ||
	       is_on(fd, ifname, ETHTOOL_GFLAGS, ETH_FLAG_LRO);
}

void interface_ask(const char *ifname, struct interface_facts *out)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*out = (struct interface_facts){ .frame_max = INTERFACE_FRAME_MAX };
	if (fd < 0) /* a kernel without IPv4 */
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	out->loopback = ask(fd, ifname, SIOCGIFFLAGS, &request) && request.ifr_flags & IFF_LOOPBACK;
	if ((is_tun(fd, ifname) || !joins_segments(fd, ifname)) &&
	    ask(fd, ifname, SIOCGIFMTU, &request) && request.ifr_mtu > 0 &&
	    (uint32_t)request.ifr_mtu + LINK_HEADER < INTERFACE_FRAME_MAX)
		out->frame_max = (uint32_t)request.ifr_mtu + LINK_HEADER;
	close(fd);
}
