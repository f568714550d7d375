/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_server.c - the small HTTP server of demo: a child process on ordinary kernel sockets.
 *
 * The exchange is to be the classic one, every step a segment of its own, each time. The kernel would
 * rather save segments: its acknowledgement of the request could ride on the response, that of our
 * FIN on its own FIN. So before each of them the server makes the kernel say what it owes
 * (TCP_QUICKACK sends a pending acknowledgement at once), and it closes first only when the request says
 * so. Some paths make it behave oddly, for lessons: see lab.h.
 *
 * It lives as long as its parent: it holds the reading end of a pipe whose writing end only the parent
 * has, and the kernel closes that whatever the parent dies of. (A parent-death signal would not do: who
 * has gone back from root to the user of sudo may not signal a child that is root.)
 *
 * One connection after the other; reads nothing but requests; has no privilege. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wire/lab_priv.h"
#include "wire/privilege.h"

#define REQUEST_MAX 8192u
#define LARGE_LINES 120u /* of some 50 bytes: five segments */
#define LARGE_MAX   8192u

/* What becomes of a connection after a request. */
enum next { GO_ON, CLOSE, ABORT };

static const char page[] =
	"You have just seen TCP at work, one segment at a time.\n"
	"\n"
	"Three segments opened the connection: SYN, SYN,ACK, ACK. Each side announced a first number\n"
	"and the other acknowledged it, plus one, because a SYN takes a number like a byte does.\n"
	"Then one segment carried the request; this page is the answer, and was acknowledged by\n"
	"naming the number of the next byte expected.\n"
	"Four more segments will close it: each direction ends with a FIN of its own, and each FIN is\n"
	"acknowledged, plus one, because a FIN takes a number too.\n"
	"\n"
	"tcpshake made every segment of the client by hand; the server was the kernel's own TCP.\n";

/* Listen on one address; -1 with errno set. */
static int listen_on(const char *text, uint16_t port)
{
	struct sockaddr_storage ss;
	struct addr a;
	socklen_t len;
	int fd, on = 1, error;

	if (!addr_parse(text, &a)) {
		errno = EINVAL;
		return -1;
	}
	len = addr_to_sockaddr(&a, port, &ss);
	fd = socket(a.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&ss, len) == 0 && listen(fd, 16) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* Make the kernel send the acknowledgement that it holds back, if it does. */
static void acknowledge(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static bool send_text(int fd, const char *status, const char *text, size_t len)
{
	char whole[LARGE_MAX + 256];
	int n = snprintf(whole, sizeof(whole),
			 "HTTP/1.1 %s\r\nServer: tcpshake-demo\r\n"
			 "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
			 status, len, text);

	/* One send: of less than an MSS it is one segment. */
	return send(fd, whole, (size_t)n, MSG_NOSIGNAL) == n;
}

static bool send_large(int fd)
{
	char text[LARGE_MAX];
	size_t len = 0;

	for (unsigned i = 1; i <= LARGE_LINES; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"line %u of %u: one segment does not hold all of this\n", i,
					LARGE_LINES);
	return send_text(fd, "200 OK", text, len);
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* Wait for one of some descriptors; the end of the parent is the end of us. */
static void wait_for(struct pollfd *p, nfds_t count, int lifeline)
{
	p[count] = (struct pollfd){ .fd = lifeline, .events = POLLIN };
	while (poll(p, count + 1, -1) < 0)
		if (errno != EINTR)
			_exit(1);
	if (p[count].revents)
		_exit(0);
}

/* Until the client has closed its direction. */
static void wait_for_end(int fd, int lifeline)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN } };
	char unused[512];

	do {
		wait_for(p, 1, lifeline);
	} while (recv(fd, unused, sizeof(unused), 0) > 0);
	acknowledge(fd);
}

/* One request, without its last empty line. */
static enum next answer(int fd, const char *request, int lifeline)
{
	bool sent;

	if (starts(request, "GET /abort "))
		return ABORT;
	if (starts(request, "GET /late ")) {
		wait_for_end(fd, lifeline);
		send_text(fd, "200 OK", page, sizeof(page) - 1);
		return CLOSE;
	}
	if (starts(request, "GET /large "))
		sent = send_large(fd);
	else if (starts(request, "GET "))
		sent = send_text(fd, "200 OK", page, sizeof(page) - 1);
	else
		sent = send_text(fd, "405 Method Not Allowed\r\nAllow: GET", "", 0);
	return sent && !strstr(request, "\r\nConnection: close") ? GO_ON : CLOSE;
}

/* Requests until one of the two closes. */
static enum next converse(int fd, int lifeline)
{
	char request[REQUEST_MAX + 1];
	size_t have = 0;

	while (have < REQUEST_MAX) { /* no request is that long */
		struct pollfd p[2] = { { .fd = fd, .events = POLLIN } };
		ssize_t n;
		char *end;

		wait_for(p, 1, lifeline);
		n = recv(fd, request + have, REQUEST_MAX - have, 0);
		acknowledge(fd);
		if (n <= 0)
			return CLOSE;
		have += (size_t)n;
		request[have] = '\0';
		while ((end = strstr(request, "\r\n\r\n")) != NULL) {
			enum next next;

			*end = '\0';
			next = answer(fd, request, lifeline);
			if (next != GO_ON)
				return next;
			have -= (size_t)(end + 4 - request);
			memmove(request, end + 4, have + 1);
		}
	}
	return CLOSE;
}

/* Closing with RST: what is unsent is thrown away, and nobody waits. */
static void abort_connection(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void serve(const int listeners[2], int lifeline)
{
	struct pollfd p[3] = { { .fd = listeners[0], .events = POLLIN },
			       { .fd = listeners[1], .events = POLLIN } };

	for (;;) {
		wait_for(p, 2, lifeline);
		for (int i = 0; i < 2; i++) {
			/* cppcheck-suppress nullPointer ; accept(2) allows it */
			int fd = p[i].revents ? accept4(p[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;

			if (fd < 0)
				continue;
			acknowledge(fd);
			if (converse(fd, lifeline) == ABORT)
				abort_connection(fd);
			close(fd);
		}
	}
}

/* It holds none of the user's streams, so that a pipe behind us ends with us. */
bool lab_child(struct err *e)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	/* ^C is for the parent, which then closes the connection in order. */
	signal(SIGINT, SIG_IGN);
	return privilege_drop(e);
}

static void child(const int listeners[2], int lifeline)
{
	struct err unused = { 0 };

	if (lab_child(&unused))
		serve(listeners, lifeline);
	_exit(1);
}

/* The parent keeps its end of the lifeline open, unnamed, for the rest of its life. */
static pid_t start(const int listeners[2], struct err *e)
{
	int lifeline[2];
	pid_t pid;

	if (pipe2(lifeline, O_CLOEXEC)) {
		err_set(e, STATUS_APP, "cannot start the demo server: %s", strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid == 0) {
		close(lifeline[1]);
		child(listeners, lifeline[0]);
	}
	if (pid < 0) {
		err_set(e, STATUS_APP, "cannot start the demo server: %s", strerror(errno));
		close(lifeline[1]);
	}
	close(lifeline[0]);
	return pid;
}

pid_t lab_serve(uint16_t port, struct err *e)
{
	int listeners[2] = { listen_on(LAB_SERVER4, port), listen_on(LAB_SERVER6, port) };
	pid_t pid = -1;

	/* Without IPv6 in the kernel there is still IPv4; poll() passes over -1. */
	if (listeners[0] < 0)
		err_set(e, STATUS_APP, "the demo server cannot listen on " LAB_SERVER4 ":%u: %s",
			port, strerror(errno));
	else
		pid = start(listeners, e);
	for (int i = 0; i < 2; i++)
		if (listeners[i] >= 0)
			close(listeners[i]);
	return pid;
}
