/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_cable.c - a cable of our own between two namespaces: TAP devices, and a child process that moves
 * frames from one to the other as lab_wire.c says.
 *
 * What a lesson loses so leaves us through a device and a capture like any other segment, and does not
 * arrive. A TAP device has no offload: each frame is a segment as it would be on a wire.
 *
 *     us: namespace 1, "cable0" <-- fd --> the child <-- fd --> "cable0" in namespace 2, where the
 *     server is a child of the child
 *
 * The child says by one struct err on a socket pair whether all is set up; it ends when our end of that
 * is closed, by whatever we end. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire/lab_priv.h"

/* Locally administered, and with a last byte that a reader of an anatomy can tell apart. */
static const struct lab_end client_end = {
	.local = { LAB_CLIENT4, LAB_CLIENT6 },
	.peer = { LAB_SERVER4, LAB_SERVER6 },
	.mac = { 2, 0, 0, 0, 0, 0x10 },
	.peer_mac = { 2, 0, 0, 0, 0, 0x80 },
};
static const struct lab_end server_end = {
	.local = { LAB_SERVER4, LAB_SERVER6 },
	.peer = { LAB_CLIENT4, LAB_CLIENT6 },
	.mac = { 2, 0, 0, 0, 0, 0x80 },
	.peer_mac = { 2, 0, 0, 0, 0, 0x10 },
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* A TAP device in the namespace that we are in; -1 with @e set. */
static int open_tap(struct err *e)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI, .ifr_name = LAB_CABLE };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		err_set(e, STATUS_APP,
			"cannot make a cable: /dev/net/tun: %s; `modprobe tun` loads its driver",
			strerror(errno));
		return -1;
	}
	if (ioctl(fd, TUNSETIFF, &request) == 0 && ioctl(fd, TUNSETOFFLOAD, 0) == 0)
		return fd;
	lab_forbidden("no TAP device", errno, e);
	close(fd);
	return -1;
}

static void read_end(struct lab_wire *w, enum lab_way way, int fd)
{
	uint8_t frame[LAB_FRAME_MAX + 1];
	ssize_t len;

	while ((len = read(fd, frame, sizeof(frame))) > 0)
		lab_wire_take(w, way, frame, (size_t)len, now_us());
}

static void deliver(struct lab_wire *w, const int ends[2])
{
	struct lab_frame f;

	/* A device that takes no frame loses it, as a wire would. */
	while (lab_wire_next(w, now_us(), &f))
		if (write(ends[f.way == LAB_UP], f.bytes, f.len) < 0)
			continue;
}

/* Milliseconds for poll(), rounded up. */
static int wait_ms(const struct lab_wire *w)
{
	int64_t due = lab_wire_due(w), now = now_us();

	return due == LAB_NEVER ? -1 : due <= now ? 0 : (int)((due - now + 999) / 1000);
}

/* @ends: the client's device, the server's. */
static void carry(struct lab_wire *w, const int ends[2], int lifeline)
{
	struct pollfd p[3] = { { .fd = ends[0], .events = POLLIN },
			       { .fd = ends[1], .events = POLLIN },
			       { .fd = lifeline, .events = POLLIN } };

	while (poll(p, 3, wait_ms(w)) >= 0 || errno == EINTR) {
		if (p[2].revents)
			_exit(0);
		read_end(w, LAB_UP, ends[0]);
		read_end(w, LAB_DOWN, ends[1]);
		deliver(w, ends);
	}
}

/* The far end of the cable: a namespace, a device, the server. */
static int make_far_end(uint16_t port, struct err *e)
{
	int fd = lab_namespace(e) ? open_tap(e) : -1;

	if (fd < 0 || !lab_link_end(LAB_CABLE, &server_end, e) || lab_serve(port, e) < 0)
		return -1;
	return fd;
}

static void child(const struct lab_rule *rules, size_t rule_count, uint16_t port, int near,
		  int lifeline)
{
	static struct lab_wire wire;
	struct err e = { 0 };
	int ends[2] = { near, make_far_end(port, &e) };
	bool good = ends[1] >= 0 && lab_child(&e);

	lab_wire_init(&wire, rules, rule_count, LAB_DELAY_US, LAB_APART_US);
	if (write(lifeline, &e, sizeof(e)) == sizeof(e) && good)
		carry(&wire, ends, lifeline);
	_exit(1);
}

/* What the child says of itself. */
static bool is_ready(int lifeline, struct err *e)
{
	struct err told;
	ssize_t n;

	do
		n = read(lifeline, &told, sizeof(told));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(told))
		return err_set(e, STATUS_APP, "the cable's process has died");
	if (told.status)
		*e = told;
	return !told.status;
}

/* Our end of the lifeline stays open, unnamed, for the rest of our life. */
static bool start(const struct lab_rule *rules, size_t rule_count, uint16_t port, int near,
		  struct err *e)
{
	int lifeline[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, lifeline))
		return err_set(e, STATUS_APP, "cannot make a cable: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		close(lifeline[0]);
		child(rules, rule_count, port, near, lifeline[1]);
	}
	close(lifeline[1]);
	if (pid > 0 && is_ready(lifeline[0], e))
		return true;
	if (pid < 0)
		err_set(e, STATUS_APP, "cannot make a cable: %s", strerror(errno));
	close(lifeline[0]);
	return false;
}

bool lab_enter_wired(const struct lab_rule *rules, size_t rule_count, uint16_t port, struct err *e)
{
	int near = lab_namespace(e) ? open_tap(e) : -1;
	bool good = near >= 0 && lab_link_end(LAB_CABLE, &client_end, e) &&
		    start(rules, rule_count, port, near, e);

	if (near >= 0)
		close(near); /* the child holds the device */
	return good;
}
