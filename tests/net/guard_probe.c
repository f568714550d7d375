/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard_probe.c - does the port guard keep our kernel quiet?
 *
 * Usage: guard_probe [--no-guard] ADDRESS PORT
 * Takes a port, opens capture and crafter, drops all privileges as the program does, sends a SYN by
 * hand, answers the SYN,ACK with an ACK, and listens for a while longer. A RST from our address is then the kernel's: this program sends none.
 * With --no-guard it opens no guard and uses a port that nobody listens on: the control.
 * Out:   one line, "layers=min_ttl,filter,md5 synack=1 rst=0 ttl=64"; ttl is that of the SYN,ACK.
 * Exit status 0 when it could find out, else the one of the failure. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "tcp/options.h"
#include "wire/capture.h"
#include "wire/craft.h"
#include "wire/guard.h"
#include "wire/privilege.h"
#include "wire/route.h"

#define ANSWER_MS 2000 /* for the SYN,ACK */
#define LISTEN_MS 300  /* for a RST: the kernel sends it at once */

struct probe {
	struct addr dst;
	struct route route;
	uint16_t port, own_port;
	bool guarded;
	struct guard *guard;
	struct capture *capture;
	struct craft *craft;
	unsigned syn_acks, rsts;
	uint8_t ttl;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool send_segment(struct probe *pr, uint16_t flags, uint32_t seq, uint32_t ack,
			 struct err *e)
{
	struct craft_ip ip = {
		.src = pr->route.src, .dst = pr->dst, .ttl = 64, .dont_fragment = true
	};
	struct tcp_segment seg = {
		.src_port = pr->own_port,
		.dst_port = pr->port,
		.flags = flags,
		.seq = seq,
		.ack = ack,
		.window = 64240,
	};

	return craft_send(pr->craft, &ip, &seg, e);
}

/* Count what the frame is to us; a first SYN,ACK is answered. */
static bool look(struct probe *pr, const struct frame *f, struct err *e)
{
	struct packet p;

	packet_decode(f, &p);
	if (p.kind != PACKET_TCP || p.seg.checksum_is == TCP_CHECKSUM_BAD)
		return true;
	if (p.seg.src_port == pr->own_port && addr_equal(&p.src, &pr->route.src) &&
	    p.seg.flags & TCP_FLAG_RST)
		pr->rsts++;
	if (p.seg.dst_port != pr->own_port || p.seg.flags != (TCP_FLAG_SYN | TCP_FLAG_ACK))
		return true;
	pr->ttl = p.ttl;
	if (pr->syn_acks++)
		return true;
	return send_segment(pr, TCP_FLAG_ACK, 1001, p.seg.seq + 1, e);
}

static bool watch(struct probe *pr, struct err *e)
{
	int64_t until = now_ms() + ANSWER_MS, left;
	bool answered = false;
	struct frame f;
	int got;

	while ((left = until - now_ms()) > 0) {
		struct pollfd fd = { .fd = capture_fd(pr->capture), .events = POLLIN };

		poll(&fd, 1, (int)left);
		while ((got = capture_next(pr->capture, &f, e)) == 1)
			if (!look(pr, &f, e))
				return false;
		if (got < 0)
			return false;
		if (pr->syn_acks && !answered) {
			answered = true;
			until = now_ms() + LISTEN_MS;
		}
	}
	return true;
}

static bool run(struct probe *pr, struct err *e)
{
	char filter[512];

	if (!route_lookup(&pr->dst, NULL, NULL, &pr->route, e) ||
	    !(pr->guard = guard_open(&pr->route.src, 0, e)))
		return false;
	pr->own_port = guard_port(pr->guard);
	if (!pr->guarded) { /* a port that was free a moment ago */
		guard_close(pr->guard);
		pr->guard = NULL;
	}
	return (pr->craft = craft_open(pr->dst.family, NULL, e)) &&
	       (pr->capture = capture_open(
			pr->route.ifname,
			capture_peer_filter(&pr->dst, pr->port, filter, sizeof(filter)), e)) &&
	       privilege_drop(e) && send_segment(pr, TCP_FLAG_SYN, 1000, 0, e) && watch(pr, e);
}

static void print_layers(unsigned layers)
{
	printf("layers=%s%s%s%s%s", layers & GUARD_MIN_TTL ? "min_ttl" : "",
	       layers & GUARD_MIN_TTL && layers & ~1u ? "," : "",
	       layers & GUARD_FILTER ? "filter" : "",
	       layers & GUARD_FILTER && layers & GUARD_MD5 ? "," : "",
	       layers & GUARD_MD5 ? "md5" : "");
}

int main(int argc, char **argv)
{
	struct err e = { 0 };
	struct probe pr = { .guarded = argc < 2 || strcmp(argv[1], "--no-guard") != 0 };
	uint64_t port;

	argc -= !pr.guarded;
	argv += !pr.guarded;
	if (argc != 3 || !addr_parse(argv[1], &pr.dst) || !parse_uint(argv[2], 1, 65535, &port)) {
		fprintf(stderr, "usage: guard_probe [--no-guard] ADDRESS PORT\n");
		return STATUS_USAGE;
	}
	pr.port = (uint16_t)port;
	if (run(&pr, &e)) {
		print_layers(pr.guard ? guard_layers(pr.guard) : 0);
		printf(" synack=%d rst=%d ttl=%u\n", pr.syn_acks > 0, pr.rsts > 0, pr.ttl);
	}
	craft_close(pr.craft);
	capture_close(pr.capture);
	guard_close(pr.guard);
	return (int)err_print(&e);
}
