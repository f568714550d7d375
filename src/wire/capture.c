/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c - frames off an interface, with libpcap.
 *
 * In:    an interface and a filter.
 * Out:   one frame at a time, both directions, each once, with nanosecond stamps.
 * How:   immediate mode (a poll wakes in microseconds), not promiscuous. On loopback every frame passes
 *        twice, out and in again; libpcap would drop one copy, but only after both have taken a slot of
 *        the ring, so the filter does it in the kernel.
 *        A frame that exceeds its slot in the ring comes whole on the socket's queue (packet(7),
 *        PACKET_COPY_THRESH), and is fetched from there.
 * Never: waits (the caller polls capture_fd()), and never decodes. */
#include "wire/capture.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/interface.h"

/* The ring has a slot for each frame, as long as the longest that is expected, however small the frame is
 * that comes. For those that offload makes a slot takes 128 KiB, the next power of two: a buffer of 32 MiB
 * gives 511 slots in 64 MiB (measured, on lo, Ethernet and `any`), and takes 15 to 30 ms to open. Where
 * frames follow the MTU, 1,500 bytes, 6 MiB are 4,000 slots in 8 MiB. */
#define RING_BYTES	 (32 << 20)
#define RING_BYTES_SMALL (6 << 20)

#define LINK_HEADER_MAX 16u /* Linux cooked v1 */

struct capture {
	pcap_t *pcap;
	struct interface_facts interface;
	int ring_bytes;
	bool nano;
	/* Of a frame that exceeded its slot. The kernel queues few of them, so what is fetched may be of
	 * a later one: then it is kept for that. */
	uint8_t *whole;
	uint32_t whole_len; /* 0: nothing is kept */
	bool whole_used;    /* given out: not needed any more with the next frame */
	char ifname[IF_NAMESIZE];
};

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

static bool has_small_slots(const struct capture *c)
{
	return c->interface.frame_max < INTERFACE_FRAME_MAX;
}

/* All that must be set between create and activate; none of it fails on a fresh handle, except that
 * some kernels have no nanosecond stamps. */
static bool activate(struct capture *c, struct err *e)
{
	int code;

	pcap_set_snaplen(c->pcap, (int)c->interface.frame_max);
	pcap_set_immediate_mode(c->pcap, 1);
	pcap_set_buffer_size(c->pcap, c->ring_bytes);
	pcap_set_timeout(c->pcap, 1);
	c->nano = pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) == 0;
	code = pcap_activate(c->pcap);
	if (code < 0) /* above 0 are warnings: it does capture */
		return activate_failed(c, code, e);
	c->nano = c->nano && pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	return true;
}

/* Where the slots are small, larger frames are to come on the socket's queue: as many as its buffer
 * holds, which the kernel may limit to a few. */
static bool expect_large_frames(struct capture *c, struct err *e)
{
	int on = 1, room = RING_BYTES_SMALL, fd = pcap_fileno(c->pcap);

	if (!has_small_slots(c))
		return true;
	c->whole = malloc(INTERFACE_FRAME_MAX);
	if (!c->whole)
		return err_set(e, STATUS_APP, "out of memory");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return setsockopt(fd, SOL_PACKET, PACKET_COPY_THRESH, &on, sizeof(on)) == 0 ||
	       err_set(e, STATUS_APP, "cannot capture on %s: %s", c->ifname, strerror(errno));
}

/* How large the slots are, and all of them together. */
static void choose_size(struct capture *c, const struct capture_size *size)
{
	interface_ask(c->ifname, &c->interface);
	if (size->frame_max)
		c->interface.frame_max = size->frame_max;
	c->ring_bytes = has_small_slots(c) ? RING_BYTES_SMALL : RING_BYTES;
	if (size->ring_bytes)
		c->ring_bytes = (int)size->ring_bytes;
}

struct capture *capture_open(const char *ifname, const char *filter, struct err *e)
{
	return capture_open_sized(ifname, filter, &(struct capture_size){ 0 }, e);
}

struct capture *capture_open_sized(const char *ifname, const char *filter,
				   const struct capture_size *size, struct err *e)
{
	char words[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = calloc(1, sizeof(*c));

	if (!c) {
		err_set(e, STATUS_APP, "cannot capture on %s: %s", ifname, strerror(errno));
		return NULL;
	}
	snprintf(c->ifname, sizeof(c->ifname), "%s", ifname);
	choose_size(c, size);
	c->pcap = pcap_create(ifname, words);
	if (!c->pcap) {
		err_set(e, STATUS_APP, "cannot capture on %s: %s", ifname, words);
		goto fail;
	}
	/* The filter first, then non-blocking, then the caller may send: nothing is missed. */
	if (!activate(c, e) || !expect_large_frames(c, e) || !capture_set_filter(c, filter, e))
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
	free(c->whole);
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

/* What libpcap's filter cannot be asked for. Each frame passes loopback twice: keep the outgoing copy out
 * of the ring. And a frame that exceeds its slot is queued only if the filter wants more of it than the
 * slot holds. In the kernel only, behind libpcap's back: right after a filter is set libpcap also applies
 * it itself, to frames that may have passed before it was, and of a direction its own interpreter knows
 * nothing: it would drop the first frame, our SYN. Where this fails libpcap drops the copy, and what
 * exceeds a slot is cut. */
static void refine_filter(struct capture *c, const char *filter)
{
	struct bpf_program program;
	struct err unused = { 0 };
	struct sock_fprog prog;
	char *words;

	if (asprintf(&words, c->interface.loopback ? "inbound and (%s)" : "%s", filter) < 0)
		return;
	if (compile(c, words, &program, &unused)) {
		for (unsigned i = 0; i < program.bf_len; i++)
			if (program.bf_insns[i].code == (BPF_RET | BPF_K) && program.bf_insns[i].k)
				program.bf_insns[i].k = INTERFACE_FRAME_MAX;
		/* One layout under two names (libpcap does the same). */
		prog.len = (unsigned short)program.bf_len;
		prog.filter = (struct sock_filter *)program.bf_insns;
		(void)setsockopt(pcap_fileno(c->pcap), SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				 sizeof(prog));
		pcap_freecode(&program);
	}
	free(words);
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
	if (good && (c->interface.loopback || has_small_slots(c)))
		refine_filter(c, filter);
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

/* Whether what was fetched is this frame, of which the slot has the beginning. The end of that beginning
 * is compared, from behind the link header on: that may have been changed (VLAN tags). */
static bool is_whole(const struct capture *c, const struct frame *f)
{
	uint32_t rest = f->length - f->captured, known = c->whole_len - rest;

	if (c->whole_len <= rest || known <= LINK_HEADER_MAX)
		return false;
	known -= LINK_HEADER_MAX;
	return known <= f->captured &&
	       !memcmp(f->bytes + f->captured - known, c->whole + LINK_HEADER_MAX, known);
}

/* A frame that exceeded its slot: complete it. It stays cut if the kernel had no room to queue it. */
static void complete(struct capture *c, struct frame *f)
{
	ssize_t got;

	if (!c->whole_len) {
		got = recv(pcap_fileno(c->pcap), c->whole, INTERFACE_FRAME_MAX,
			   MSG_DONTWAIT | MSG_TRUNC);
		c->whole_len = got > 0 && got <= (ssize_t)INTERFACE_FRAME_MAX ? (uint32_t)got : 0;
	}
	if (!c->whole_len || !is_whole(c, f))
		return;
	/* The link header is as libpcap has it: the rest is moved behind what came in the slot. */
	memmove(c->whole + f->captured, c->whole + c->whole_len - (f->length - f->captured),
		f->length - f->captured);
	memcpy(c->whole, f->bytes, f->captured);
	f->bytes = c->whole;
	f->captured = f->length;
	c->whole_used = true;
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
		c->whole_len = 0; /* its slot is read: whose it was will not come any more */
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
	if (c->whole_used)
		c->whole_len = c->whole_used = 0;
	if (c->whole && f->captured < f->length && f->length <= INTERFACE_FRAME_MAX)
		complete(c, f);
	return 1;
}

unsigned capture_drops(struct capture *c)
{
	struct pcap_stat stat;

	return pcap_stats(c->pcap, &stat) == 0 ? stat.ps_drop : 0;
}
