/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port.c - see port.h. */
#include "net/wire/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING /* Linux 4.20 */
#define PACKET_IGNORE_OUTGOING 23
#endif

#define SOCKET_BYTES (16 << 20) /* of waiting frames, or what the system's limit makes of it */

static bool enter(const char *netns, struct err *e)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && setns(fd, CLONE_NEWNET) == 0;

	if (!good)
		err_set(e, STATUS_APP, "cannot enter %s: %s", netns, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

static bool open_tap(struct port *p, const char *ifname, struct err *e)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	p->tap = true;
	p->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (p->fd < 0)
		return err_set(e, STATUS_PRIVILEGE, "cannot open /dev/net/tun: %s",
			       strerror(errno));
	if (ioctl(p->fd, TUNSETIFF, &request) < 0 || ioctl(p->fd, TUNSETOFFLOAD, 0) < 0)
		return err_set(e, STATUS_APP, "cannot make %s: %s", ifname, strerror(errno));
	return true;
}

/* Frames of the host would else reach us with checksums that nobody has computed, 64 KiB at once. */
static bool without_offload(const char *ifname, struct err *e)
{
	static const uint32_t commands[] = { ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO,
					     ETHTOOL_SGRO };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };
	bool good = fd >= 0;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	for (size_t i = 0; i < ARRAY_LEN(commands) && good; i++) {
		struct ethtool_value off = { .cmd = commands[i] };

		request.ifr_data = (char *)&off;
		good = ioctl(fd, SIOCETHTOOL, &request) == 0;
	}
	if (!good)
		err_set(e, STATUS_APP, "cannot switch off the offloads of %s: %s", ifname,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}

static bool open_veth(struct port *p, const char *ifname, struct err *e)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int yes = 1, bytes = SOCKET_BYTES;

	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	address.sll_ifindex = (int)if_nametoindex(ifname);
	if (p->fd < 0 || !address.sll_ifindex ||
	    setsockopt(p->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof(yes)) < 0 ||
	    bind(p->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return err_set(e, STATUS_APP, "cannot listen on %s: %s", ifname, strerror(errno));
	/* Beyond the limit only with CAP_NET_ADMIN in the first namespace. */
	if (setsockopt(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (setsockopt(p->fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	return true;
}

bool port_open(struct port *p, const char *spec, struct err *e)
{
	char kind[8], netns[64], ifname[IF_NAMESIZE], peerns[64], peername[IF_NAMESIZE];
	int words = sscanf(spec, "%7[a-z],%63[^,],%15[^,],%63[^,],%15[^,]", kind, netns, ifname,
			   peerns, peername);

	*p = (struct port){ .fd = -1 };
	if (words == 3 && !strcmp(kind, "tap"))
		return enter(netns, e) && open_tap(p, ifname, e);
	if (words == 5 && !strcmp(kind, "veth"))
		return enter(peerns, e) && without_offload(peername, e) && enter(netns, e) &&
		       open_veth(p, ifname, e);
	return err_set(e, STATUS_USAGE, "no such port: %s", spec);
}

ssize_t port_read(const struct port *p, uint8_t *frame, size_t size)
{
	ssize_t got = read(p->fd, frame, size);

	if (got > 0)
		return got;
	/* An interface that is down, or not up yet, is no reason to give up. */
	return got == 0 || errno == EAGAIN || errno == EINTR || errno == ENETDOWN ? 0 : -1;
}

uint64_t port_missed(const struct port *p)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	if (p->tap || getsockopt(p->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) < 0)
		return 0;
	return stats.tp_drops;
}

bool port_write(const struct port *p, const uint8_t *frame, size_t len)
{
	return write(p->fd, frame, len) == (ssize_t)len;
}
