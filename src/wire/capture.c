/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c - frames off an interface, with libpcap.
 *
 * In:    an interface and a filter.
 * Out:   one frame at a time, both directions, each once, with nanosecond stamps.
 * How:   immediate mode (a poll wakes in microseconds), not promiscuous. On loopback every frame passes
 *        twice, out and in again; libpcap would drop one copy, but only after both have taken a slot of
 *        the ring, so the filter does it in the kernel.
 * Never: waits (the caller polls capture_fd()), and never decodes. */
#include "wire/capture.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The largest frames that offload makes have 65,550 bytes (measured on lo: 14 of Ethernet, 65,536 of
 * IPv6); a snapshot length of 65,535 would cut them. The ring has a slot of that length for each frame,
 * however small the frame, and the slot takes 128 KiB, the next power of two: a buffer of 32 MiB gives
 * 511 slots in 64 MiB (measured, on lo, Ethernet and `any`). With 262,144 it would be 128 slots where
 * libpcap does not lower the value by itself (tun, `any`). Opening takes 15 to 30 ms, and 24 to 100 ms
 * with twice the buffer. */
#define SNAPLEN	   65600
#define RING_BYTES (32 << 20)

struct capture {
	pcap_t *pcap;
	bool loopback, nano;
	char ifname[IF_NAMESIZE];
};

static bool is_loopback(const char *ifname)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0) /* a kernel without IPv4 */
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	yes = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 && request.ifr_flags & IFF_LOOPBACK;
	if (fd >= 0)
		close(fd);
	return yes;
}

/* What pcap_activate() could not do, in our words. */
static bool activate_failed(const struct capture *c, int code, struct err *e)
{
	const char *words = pcap_geterr(c->pcap);

	switch (code) {
	case PCAP_ERROR_PERM_DENIED:
		return err_set(
			e, STATUS_PRIVILEGE,
			"cannot capture on %s: Operation not permitted; it takes CAP_NET_RAW: "
			"use sudo, or `setcap cap_net_raw+ep` on the program, or `tcpshake demo`",
			c->ifname);
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return err_set(
			e, STATUS_USAGE,
			"cannot capture on %s: No such device; `ip link` lists interfaces, -i "
			"chooses one",
			c->ifname);
	case PCAP_ERROR_IFACE_NOT_UP:
		return err_set(e, STATUS_UNREACHABLE,
			       "cannot capture on %s: it is down; `ip link set %s up` brings it up",
			       c->ifname, c->ifname);
	default:
		return err_set(e, STATUS_APP, "cannot capture on %s: %s", c->ifname,
			       *words ? words : pcap_statustostr(code));
	}
}

/* All that must be set between create and activate; none of it fails on a fresh handle, except that
 * some kernels have no nanosecond stamps. */
static bool activate(struct capture *c, struct err *e)
{
	int code;

	pcap_set_snaplen(c->pcap, SNAPLEN);
	pcap_set_immediate_mode(c->pcap, 1);
	pcap_set_buffer_size(c->pcap, RING_BYTES);
	pcap_set_timeout(c->pcap, 1);
	c->nano = pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	code = pcap_activate(c->pcap);
	if (code < 0) /* above 0 are warnings: it does capture */
		return activate_failed(c, code, e);
	c->nano = c->nano && pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	return true;
}

struct capture *capture_open(const char *ifname, const char *filter, struct err *e)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, STATUS_APP, "cannot capture on %s: %s", ifname, strerror(errno));
		return NULL;
	}
	snprintf(c->ifname, sizeof(c->ifname), "%s", ifname);
	c->loopback = is_loopback(ifname);
	c->pcap = pcap_create(ifname, words);
	if (!c->pcap) {
		err_set(e, STATUS_APP, "cannot capture on %s: %s", ifname, words);
		goto fail;
	}
	/* The filter first, then non-blocking, then the caller may send: nothing is missed. */
	if (!activate(c, e) || !capture_set_filter(c, filter, e))
		goto fail;
	if (pcap_setnonblock(c->pcap, 1, words) < 0) {
		err_set(e, STATUS_APP, "cannot capture on %s: %s", ifname, words);
		goto fail;
	}
	return c;
fail:
	capture_close(c);
	return NULL;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	free(c);
}

static bool compile(struct capture *c, const char *filter, struct bpf_program *program,
		    struct err *e)
{
	return pcap_compile(c->pcap, program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0 ||
	       err_set(e, STATUS_USAGE,
		       "bad capture filter \"%s\": %s; pcap-filter(7) has the syntax", filter,
		       pcap_geterr(c->pcap));
}

/* Each frame passes loopback twice; keep the outgoing copy out of the ring. In the kernel only, behind
 * libpcap's back: right after a filter is set libpcap also applies it itself, to frames that may have
 * passed before it was, and of a direction its own interpreter knows nothing: it would drop the first
 * frame, our SYN. Where this fails libpcap drops the copy. */
static void keep_out_copies(struct capture *c, const char *filter)
{
	struct bpf_program program;
	struct err unused = { 0 };
	struct sock_fprog prog;
	char *once;

	if (asprintf(&once, "inbound and (%s)", filter) < 0)
		return;
	if (compile(c, once, &program, &unused)) {
		/* One layout under two names (libpcap does the same). */
		prog.len = (unsigned short)program.bf_len;
		prog.filter = (struct sock_filter *)program.bf_insns;
		(void)setsockopt(pcap_fileno(c->pcap), SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				 sizeof(prog));
		pcap_freecode(&program);
	}
	free(once);
}

bool capture_set_filter(struct capture *c, const char *filter, struct err *e)
{
	struct bpf_program program;
	bool good;

	if (!compile(c, filter, &program, e))
		return false;
	good = pcap_setfilter(c->pcap, &program) == 0 ||
	       err_set(e, STATUS_APP, "cannot set a capture filter: %s", pcap_geterr(c->pcap));
	pcap_freecode(&program);
	if (good && c->loopback)
		keep_out_copies(c, filter);
	return good;
}

char *capture_peer_filter(const struct addr *peer, uint16_t port, char *out, size_t size)
{
	struct addr a = *peer;
	char host[ADDR_TEXT_MAX];

	a.scope = 0; /* pcap-filter(7) knows no %interface */
	addr_text(&a, host);
	if (a.family == AF_INET)
		/* Fragments: more to come, or not the first. ICMP: types 3, 11, 12, from any router. */
		snprintf(out, size,
			 "(host %s and tcp port %u) or (src host %s and ip[6:2] & 0x3fff != 0) or "
			 "(icmp and (icmp[0] == 3 or icmp[0] == 11 or icmp[0] == 12))",
			 host, port, host);
	else
		/* What pcap cannot look through, extension headers, is let in whole. */
		snprintf(out, size,
			 "(ip6 host %s and tcp port %u) or "
			 "(ip6 host %s and ip6[6] != 6 and ip6[6] != 17 and ip6[6] != 58) or "
			 "(ip6 and ip6[6] == 58 and ip6[40] >= 1 and ip6[40] <= 4)",
			 host, port, host);
	return out;
}

int capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

int capture_link_type(const struct capture *c)
{
	return pcap_datalink(c->pcap);
}

int capture_next(struct capture *c, struct frame *f, struct err *e)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int64_t fraction;

	switch (pcap_next_ex(c->pcap, &header, &bytes)) {
	case 1:
		break;
	case 0:
	case PCAP_ERROR_BREAK:
		return 0;
	default:
		err_set(e, STATUS_UNREACHABLE,
			"cannot capture on %s any more: %s; `ip link` shows its "
			"state",
			c->ifname, pcap_geterr(c->pcap));
		return -1;
	}
	fraction = header->ts.tv_usec;
	f->time_ns =
		(int64_t)header->ts.tv_sec * 1000000000 + (c->nano ? fraction : fraction * 1000);
	f->bytes = bytes;
	f->captured = header->caplen;
	f->length = header->len;
	f->link_type = pcap_datalink(c->pcap);
	return 1;
}

unsigned capture_drops(struct capture *c)
{
	struct pcap_stat stat;

	return pcap_stats(c->pcap, &stat) == 0 ? stat.ps_drop : 0;
}
