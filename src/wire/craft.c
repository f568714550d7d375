/* SPDX-License-Identifier: GPL-3.0-or-later */
/* craft.c - segments to packets with libnet, and packets to the wire.
 *
 * In:    a segment and what its IP header shall say.
 * Out:   bytes, for craft_build(); the same bytes on libnet's raw socket, for craft_send(): both go
 *        through build(), so what is shown and what is sent cannot differ.
 * How:   libnet builds options, TCP and IP header from empty each time. That costs half a microsecond;
 *        changing blocks that exist leaves stale lengths behind (libnet 1.1.6). What libnet cannot say
 *        (the AE flag, reserved bits, a wrong data offset, a wrong checksum), or says wrongly (the
 *        flow label), is patched in afterwards.
 *        The raw socket is our own: for one of IPv4 libnet 1.1.6 feels its way to the largest send
 *        buffer in 6,528 system calls, 4 ms.
 * Never: resolves, routes, fragments, or lets libnet choose anything (its random numbers are random(),
 *        its autobuilders ask the interface). */
#include "wire/craft.h"

#include <errno.h>
#include <libnet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/checksum.h"

#define IPV4_HEADER	   20u
#define IPV6_HEADER	   40u
#define TCP_PROTOCOL	   6
#define FLAG_DONT_FRAGMENT 0x4000
#define SEND_BUFFER	   (1 << 20)
#define SEND_TRIES	   200 /* times SEND_PAUSE_MS: how long a full queue is waited out */
#define SEND_PAUSE_MS	   5

/* libnet 1.1.6 sums up in a signed int, which overflowed for IPv6 packets of 64 KiB (measured); far
 * below that no packet can overflow it. */
#define LIBNET_SUM_SAFE 16384u

struct craft {
	libnet_t *net;
	int family;
	int fd;		  /* -1: builds only */
	unsigned ifindex; /* of the interface we are bound to; 0: none */
	char ifname[IF_NAMESIZE];
};

/* libnet's words for the last failure; up to 1.1.6 they end in a newline. */
static const char *libnet_words(char *text)
{
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool open_failed(int family, struct err *e)
{
	if (errno == EPERM || errno == EACCES)
		return err_set(e, STATUS_PRIVILEGE,
			       "cannot open a raw socket: %s; it takes CAP_NET_RAW: use sudo, or "
			       "`setcap cap_net_raw+ep` on the program, or `tcpshake demo`",
			       strerror(errno));
	if (errno == EAFNOSUPPORT)
		return err_set(e, STATUS_UNREACHABLE,
			       "cannot open a raw socket: this kernel has no %s",
			       family == AF_INET6 ? "IPv6; use -4" : "IPv4; use -6");
	return err_set(e, STATUS_APP, "cannot open a raw socket: %s", strerror(errno));
}

/* The kernel takes IPPROTO_RAW to mean that the IP header is ours. It grants less buffer if need be. */
static bool open_socket(struct craft *cr, struct err *e)
{
	int room = SEND_BUFFER;

	cr->fd = socket(cr->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (cr->fd < 0)
		return open_failed(cr->family, e);
	(void)setsockopt(cr->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return true;
}

/* Keep what we send on one interface. */
static bool bind_to_interface(struct craft *cr, const char *ifname, struct err *e)
{
	size_t len = strnlen(ifname, IF_NAMESIZE);

	cr->ifindex = len < IF_NAMESIZE ? if_nametoindex(ifname) : 0;
	if (!cr->ifindex)
		return err_set(e, STATUS_USAGE,
			       "cannot send on %s: %s; `ip link` lists interfaces, -i chooses one",
			       ifname, strerror(ENODEV));
	memcpy(cr->ifname, ifname, len + 1);
	if (setsockopt(cr->fd, SOL_SOCKET, SO_BINDTODEVICE, ifname, (socklen_t)len + 1) < 0)
		return err_set(e, errno == EPERM ? STATUS_PRIVILEGE : STATUS_APP,
			       "cannot send on %s: %s", ifname, strerror(errno));
	return true;
}

struct craft *craft_dry(int family, struct err *e)
{
	char words[LIBNET_ERRBUF_SIZE] = "";
	struct craft *cr = calloc(1, sizeof(*cr));

	if (cr) {
		cr->family = family;
		cr->fd = -1;
		cr->net = libnet_init(LIBNET_NONE, NULL, words);
	}
	if (!cr || !cr->net) {
		err_set(e, STATUS_APP, "cannot build packets: %s",
			cr ? libnet_words(words) : strerror(ENOMEM));
		craft_close(cr);
		return NULL;
	}
	return cr;
}

struct craft *craft_open(int family, const char *ifname, struct err *e)
{
	struct craft *cr = craft_dry(family, e);

	if (cr && open_socket(cr, e) && (!ifname || bind_to_interface(cr, ifname, e)))
		return cr;
	craft_close(cr);
	return NULL;
}

void craft_close(struct craft *cr)
{
	if (!cr)
		return;
	if (cr->net)
		libnet_destroy(cr->net);
	if (cr->fd >= 0)
		close(cr->fd);
	free(cr);
}

/* Bytes of the options with padding. libnet would pad by itself, but reads past an array for it. */
static uint32_t padded_options(const struct tcp_segment *seg, uint8_t out[TCP_OPTIONS_MAX])
{
	memset(out, 0, TCP_OPTIONS_MAX);
	memcpy(out, seg->option_bytes, seg->option_len);
	return (seg->option_len + 3u) & ~3u;
}

static bool check_sizes(const struct craft *cr, const struct craft_ip *ip,
			const struct tcp_segment *seg, struct err *e)
{
	size_t tcp_max = cr->family == AF_INET6 ? 65535 : 65535 - IPV4_HEADER;

	if (ip->src.family != cr->family || ip->dst.family != cr->family)
		return err_set(e, STATUS_USAGE,
			       "cannot build a packet: its addresses are not both %s",
			       cr->family == AF_INET6 ? "IPv6" : "IPv4");
	if (seg->option_len > TCP_OPTIONS_MAX)
		return err_set(
			e, STATUS_USAGE,
			"cannot build a segment: %u bytes of options; a header holds up to %u",
			seg->option_len, TCP_OPTIONS_MAX);
	if (seg->text_len > tcp_max - TCP_HEADER_MIN - ((seg->option_len + 3u) & ~3u))
		return err_set(
			e, STATUS_USAGE,
			"cannot build a segment: %zu bytes of text; an IP packet holds up to 65535",
			seg->text_len);
	return true;
}

/* One header by libnet each, from the top down: the order that it wants. */
static bool build_tcp(libnet_t *net, const struct tcp_segment *seg, const uint8_t *options,
		      uint32_t option_len)
{
	uint32_t text_len = (uint32_t)seg->text_len;

	if (option_len && libnet_build_tcp_options(options, option_len, net, 0) == -1)
		return false;
	return libnet_build_tcp(seg->src_port, seg->dst_port, seg->seq, seg->ack,
				(uint8_t)seg->flags, seg->window, 0, seg->urgent,
				(uint16_t)(TCP_HEADER_MIN + option_len + text_len),
				text_len ? seg->text : NULL, text_len, net, 0) != -1;
}

static bool build_ipv4(libnet_t *net, const struct craft_ip *ip, uint8_t tos, uint32_t tcp_len)
{
	uint32_t src, dst;

	memcpy(&src, ip->src.bytes, sizeof(src));
	memcpy(&dst, ip->dst.bytes, sizeof(dst));
	return libnet_build_ipv4((uint16_t)(IPV4_HEADER + tcp_len), tos, ip->id,
				 ip->dont_fragment ? FLAG_DONT_FRAGMENT : 0, ip->ttl, TCP_PROTOCOL,
				 0, src, dst, NULL, 0, net, 0) != -1;
}

static bool build_ipv6(libnet_t *net, const struct craft_ip *ip, uint8_t tos, uint32_t tcp_len)
{
	struct libnet_in6_addr src, dst;

	memcpy(&src, ip->src.bytes, sizeof(src));
	memcpy(&dst, ip->dst.bytes, sizeof(dst));
	return libnet_build_ipv6(tos, ip->flow_label & 0xfffff, (uint16_t)tcp_len, TCP_PROTOCOL,
				 ip->ttl, src, dst, NULL, 0, net, 0) != -1;
}

/* The right TCP checksum of the segment at @tcp, whatever stands in the field. */
static uint16_t right_checksum(const struct craft_ip *ip, const uint8_t *tcp, size_t len)
{
	checksum_sum sum = checksum_pseudo(&ip->src, &ip->dst, TCP_PROTOCOL, len);

	sum = checksum_add(sum, tcp, 16);
	sum = checksum_add(sum, tcp + 18, len - 18);
	return (uint16_t)~checksum_fold(sum);
}

/* A checksum that is wrong however it is looked at: neither right nor the pseudo-header's alone, which
 * a receiver on the same host would take for one still to be filled in. */
static uint16_t wrong_checksum(const struct craft_ip *ip, uint16_t right, size_t len)
{
	uint16_t partial = checksum_fold(checksum_pseudo(&ip->src, &ip->dst, TCP_PROTOCOL, len));
	uint16_t wrong = right ^ 0x5555;

	return wrong == partial ? right ^ 0x3333 : wrong;
}

/* libnet 1.1.6 writes the lowest byte of the flow label twice: 0xabcde comes out as 0xadede. */
static void patch_flow_label(const struct craft_ip *ip, uint8_t tos, uint8_t *ip6)
{
	ip6[1] = (uint8_t)(tos * 16u | (ip->flow_label >> 16 & 0xf));
	ip6[2] = (uint8_t)(ip->flow_label >> 8);
	ip6[3] = (uint8_t)ip->flow_label;
}

/* What libnet cannot be asked for, into the segment that it built. */
static void patch_tcp(const struct craft_ip *ip, const struct tcp_segment *seg, uint8_t *tcp,
		      size_t len)
{
	uint8_t offset = seg->data_offset ? seg->data_offset : tcp[12] >> 4;
	uint8_t byte12 = (uint8_t)(offset << 4 | (seg->reserved & 7) << 1 | (seg->flags >> 8 & 1));
	uint16_t sum = (uint16_t)(tcp[16] << 8 | tcp[17]);

	if (byte12 != tcp[12] || len > LIBNET_SUM_SAFE) {
		tcp[12] = byte12;
		sum = right_checksum(ip, tcp, len);
	}
	if (ip->bad_checksum)
		sum = wrong_checksum(ip, sum, len);
	tcp[16] = (uint8_t)(sum >> 8);
	tcp[17] = (uint8_t)sum;
}

/* Build one packet; *@out is libnet's: to be freed by free(). Return: its length, or 0. */
static size_t build(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg,
		    uint8_t **out, struct err *e)
{
	size_t ip_header = cr->family == AF_INET6 ? IPV6_HEADER : IPV4_HEADER;
	uint8_t tos = (uint8_t)(ip->tos | seg->ecn);
	uint8_t options[TCP_OPTIONS_MAX];
	uint32_t option_len, tcp_len, len;
	bool built;

	if (!check_sizes(cr, ip, seg, e))
		return 0;
	option_len = padded_options(seg, options);
	tcp_len = TCP_HEADER_MIN + option_len + (uint32_t)seg->text_len;

	libnet_clear_packet(cr->net);
	built = build_tcp(cr->net, seg, options, option_len) &&
		(cr->family == AF_INET6 ? build_ipv6(cr->net, ip, tos, tcp_len) :
					  build_ipv4(cr->net, ip, tos, tcp_len)) &&
		libnet_pblock_coalesce(cr->net, out, &len) != -1;
	if (!built) {
		err_set(e, STATUS_APP, "cannot build a packet: %s",
			libnet_words(libnet_geterror(cr->net)));
		return 0;
	}
	if (len != ip_header + tcp_len) {
		free(*out);
		err_set(e, STATUS_APP, "cannot build a packet: libnet made %u bytes, expected %zu",
			len, ip_header + tcp_len);
		return 0;
	}
	if (cr->family == AF_INET6)
		patch_flow_label(ip, tos, *out);
	patch_tcp(ip, seg, *out + ip_header, tcp_len);
	return len;
}

size_t craft_build(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg,
		   uint8_t *out, struct err *e)
{
	uint8_t *packet;
	size_t len = build(cr, ip, seg, &packet, e);

	if (len) {
		memcpy(out, packet, len);
		free(packet);
	}
	return len;
}

int craft_fd(const struct craft *cr)
{
	return cr->fd;
}

socklen_t craft_where(const struct craft *cr, const struct addr *dst, struct sockaddr_storage *out)
{
	struct addr where = *dst;

	/* The header of an IPv6 packet has no room for the scope of a link-local address. */
	if (addr_is_link_local(&where) && !where.scope)
		where.scope = cr->ifindex;
	/* The port must be 0: raw IPv6 sockets take it for the protocol. */
	return addr_to_sockaddr(&where, 0, out);
}

/* Send, and wait while the queue is full: bounded, because a card may be stuck. Return: 0 or errno. */
static int send_patiently(const struct craft *cr, const struct addr *dst, const uint8_t *packet,
			  size_t len)
{
	struct sockaddr_storage to;
	socklen_t to_len = craft_where(cr, dst, &to);

	for (int i = 0; i < SEND_TRIES; i++) {
		struct pollfd full = { .fd = cr->fd, .events = POLLOUT };

		if (sendto(cr->fd, packet, len, MSG_DONTWAIT, (struct sockaddr *)&to, to_len) >= 0)
			return 0;
		if (errno == EAGAIN)
			poll(&full, 1, SEND_PAUSE_MS);
		else if (errno ==
			 ENOBUFS) /* a queue behind the socket: nothing tells when it drains */
			poll(NULL, 0, SEND_PAUSE_MS);
		else if (errno != EINTR)
			return errno;
	}
	return ENOBUFS;
}

bool craft_send_failed(const struct craft *cr, const struct addr *dst, size_t len, int number,
		       struct err *e)
{
	char to[ADDR_TEXT_MAX];

	addr_text(dst, to);
	switch (number) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EACCES:
		return err_set(e, STATUS_UNREACHABLE,
			       "cannot send to %s: %s; `ip route get %s` shows the route", to,
			       strerror(number), to);
	case ENETDOWN:
	case ENODEV:
	case ENXIO:
		return err_set(e, STATUS_UNREACHABLE,
			       "cannot send to %s: %s; `ip link` shows whether %s is up", to,
			       strerror(number), *cr->ifname ? cr->ifname : "the interface");
	case EPERM:
		return err_set(e, STATUS_UNREACHABLE,
			       "cannot send to %s: %s; the packet filter of this host refuses it "
			       "(`nft list ruleset`)",
			       to, strerror(number));
	case EMSGSIZE:
		return err_set(
			e, STATUS_APP,
			"cannot send to %s: a packet of %zu bytes exceeds the interface's MTU; "
			"choose a smaller --mss",
			to, len);
	default:
		return err_set(e, STATUS_APP, "cannot send to %s: %s", to, strerror(number));
	}
}

bool craft_send(struct craft *cr, const struct craft_ip *ip, const struct tcp_segment *seg,
		struct err *e)
{
	uint8_t *packet;
	size_t len;
	int number;

	if (cr->fd < 0)
		return err_set(e, STATUS_APP, "cannot send: this crafter only builds");
	len = build(cr, ip, seg, &packet, e);
	if (!len)
		return false;
	number = send_patiently(cr, &ip->dst, packet, len);
	free(packet);
	return number ? craft_send_failed(cr, &ip->dst, len, number, e) : true;
}
