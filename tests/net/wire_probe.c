/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_probe.c - the parts of src/wire one by one, for test_wire.py.
 *
 * Usage: wire_probe route ADDRESS [INTERFACE|- [SOURCE]]
 *        wire_probe capture INTERFACE PEER PORT
 *        wire_probe send ADDRESS PORT FLAGS LENGTH [INTERFACE]
 * Route prints what it found; send crafts one segment, from port 3337, with LENGTH bytes of text. Capture
 * prints "ready", then a line for each frame that it took, until its standard input ends, then the
 * drops; privileges are dropped as the program does, once the handle is open. Lines are words of the
 * form name=value.
 * Exit status: that of the failure, which is on stderr as the program would print it. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "wire/capture.h"
#include "wire/craft.h"
#include "wire/privilege.h"
#include "wire/route.h"

static const char *const kinds[] = { "tcp", "icmp",  "fragment", "truncated",
				     "bad", "other", "not-ip" };
static const char *const sums[] = { "unknown", "ok", "partial", "bad" };
static const char *const icmp_kinds[] = { "soft", "hard", "too-big" };

static bool usage(struct err *e)
{
	return err_set(e, STATUS_USAGE, "usage: see the head of wire_probe.c");
}

static bool route(int argc, char **argv, struct err *e)
{
	char src_text[ADDR_TEXT_MAX], gateway_text[ADDR_TEXT_MAX];
	const char *ifname = argc > 1 && strcmp(argv[1], "-") != 0 ? argv[1] : NULL;
	struct addr dst, src;
	struct route r;

	if (argc < 1 || argc > 3 || !addr_parse(argv[0], &dst) ||
	    (argc > 2 && !addr_parse(argv[2], &src)))
		return usage(e);
	if (!route_lookup(&dst, ifname, argc > 2 ? &src : NULL, &r, e))
		return false;
	printf("if=%s src=%s gateway=%s mtu=%u loopback=%d\n", r.ifname,
	       addr_text(&r.src, src_text),
	       r.gateway.family ? addr_text(&r.gateway, gateway_text) : "none", r.mtu, r.loopback);
	return true;
}

static void print_frame(const struct frame *f)
{
	char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX];
	struct packet p;

	packet_decode(f, &p);
	printf("kind=%s src=%s dst=%s sport=%u dport=%u flags=%#x seq=%u text=%zu sum=%s cut=%d "
	       "captured=%u length=%u time=%lld",
	       kinds[p.kind], addr_text(&p.src, src), addr_text(&p.dst, dst), p.seg.src_port,
	       p.seg.dst_port, p.seg.flags, p.seg.seq, p.seg.text_len, sums[p.seg.checksum_is],
	       p.text_cut, f->captured, f->length, (long long)f->time_ns);
	if (p.kind == PACKET_ICMP_ERROR)
		printf(" icmp=%s quoted=%s mtu=%u max=%u says=%s", icmp_kinds[p.icmp.kind],
		       addr_text(&p.icmp_dst, dst), p.icmp_mtu, p.icmp.text_max,
		       packet_icmp_text(&p));
	printf("\n");
}

static bool capture(int argc, char **argv, struct err *e)
{
	char filter[512];
	struct capture *c;
	struct addr peer;
	struct frame f;
	uint64_t port;
	int got = 0;

	if (argc != 3 || !addr_parse(argv[1], &peer) || !parse_uint(argv[2], 1, 65535, &port))
		return usage(e);
	c = capture_open(argv[0],
			 capture_peer_filter(&peer, (uint16_t)port, filter, sizeof(filter)), e);
	if (!c)
		return false;
	/* The filter can be changed without any privilege. */
	if (!privilege_drop(e) || !capture_set_filter(c, "less 1", e) ||
	    !capture_set_filter(c, filter, e))
		got = -1;
	printf("ready link=%d\n", capture_link_type(c));
	fflush(stdout);
	for (bool ended = false; !ended && got >= 0;) {
		struct pollfd fds[] = { { .fd = capture_fd(c), .events = POLLIN },
					{ .fd = STDIN_FILENO, .events = POLLIN } };

		poll(fds, 2, -1);
		ended = fds[1].revents;
		if (ended) /* what the last sender sent may still be on its way through the kernel */
			poll(NULL, 0, 50);
		while ((got = capture_next(c, &f, e)) == 1)
			print_frame(&f);
	}
	printf("drops=%u\n", capture_drops(c));
	capture_close(c);
	return got >= 0;
}

static bool send_one(int argc, char **argv, struct err *e)
{
	static const uint8_t text[65535];
	uint64_t port, flags, len;
	struct tcp_segment seg;
	struct craft_ip ip;
	struct craft *cr;
	struct route r;
	bool sent;

	memset(&ip, 0, sizeof(ip));
	if (argc < 4 || argc > 5 || !addr_parse(argv[0], &ip.dst) ||
	    !parse_uint(argv[1], 1, 65535, &port) || !parse_uint(argv[2], 0, 511, &flags) ||
	    !parse_uint(argv[3], 0, 65535, &len))
		return usage(e);
	if (!route_lookup(&ip.dst, argc > 4 ? argv[4] : NULL, NULL, &r, e))
		return false;
	cr = craft_open(ip.dst.family, argc > 4 ? argv[4] : NULL, e);
	if (!cr)
		return false;
	ip.src = r.src;
	ip.ttl = 64;
	ip.dont_fragment = true;
	seg = (struct tcp_segment){
		.src_port = 3337,
		.dst_port = (uint16_t)port,
		.seq = 1000,
		.flags = (uint16_t)flags,
		.window = 64240,
		.text = text,
		.text_len = len,
	};
	sent = craft_send(cr, &ip, &seg, e);
	craft_close(cr);
	return sent;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*run)(int argc, char **argv, struct err *e);
	} verbs[] = { { "route", route }, { "capture", capture }, { "send", send_one } };
	struct err e = { 0 };

	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(verbs); i++)
		if (!strcmp(argv[1], verbs[i].name)) {
			verbs[i].run(argc - 2, argv + 2, &e);
			return (int)err_print(&e);
		}
	usage(&e);
	return (int)err_print(&e);
}
