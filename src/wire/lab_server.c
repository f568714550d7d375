/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_server.c - the small HTTP server of demo: a child process on ordinary kernel sockets.
 *
 * The exchange is to be the classic one, every step a segment of its own, each time. The kernel would
 * rather save segments: its acknowledgement of the request could ride on the response, that of our
 * FIN on its own FIN. So before each of them the server makes the kernel say what it owes
 * (TCP_QUICKACK sends a pending acknowledgement at once), and it never closes first.
 *
 * One connection after the other; ends with its parent; reads nothing but requests. */
#include "wire/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define REQUEST_MAX 8192u

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

static bool answer(int fd, bool is_get)
{
	static const char refusal[] = "HTTP/1.1 405 Method Not Allowed\r\n"
				      "Allow: GET\r\nContent-Length: 0\r\n\r\n";
	char text[sizeof(page) + 256];
	int len = is_get ? snprintf(text, sizeof(text),
				    "HTTP/1.1 200 OK\r\nServer: tcpshake-demo\r\n"
				    "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
				    sizeof(page) - 1, page)
			 : snprintf(text, sizeof(text), "%s", refusal);

	/* One send of less than an MSS is one segment. */
	return send(fd, text, (size_t)len, MSG_NOSIGNAL) == len;
}

/* Requests until the client closes. */
static void converse(int fd)
{
	char request[REQUEST_MAX + 1];
	size_t have = 0;

	for (;;) {
		ssize_t n = recv(fd, request + have, REQUEST_MAX - have, 0);
		char *end;

		if (n < 0 && errno == EINTR)
			continue;
		acknowledge(fd);
		if (n <= 0)
			return;
		have += (size_t)n;
		request[have] = '\0';
		while ((end = strstr(request, "\r\n\r\n")) != NULL) {
			if (!answer(fd, strncmp(request, "GET ", 4) == 0))
				return;
			have -= (size_t)(end + 4 - request);
			memmove(request, end + 4, have + 1);
		}
		if (have == REQUEST_MAX)
			return; /* no request is that long */
	}
}

static void serve(const int listeners[2])
{
	struct pollfd p[2] = { { .fd = listeners[0], .events = POLLIN },
			       { .fd = listeners[1], .events = POLLIN } };

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			int fd = p[i].revents ? accept4(p[i].fd, NULL, NULL, SOCK_CLOEXEC) : -1;

			if (fd < 0)
				continue;
			acknowledge(fd);
			converse(fd);
			close(fd);
		}
	}
}

/* The child's life. It holds none of the user's streams, so that a pipe behind us ends with us. */
static void child(pid_t parent, const int listeners[2])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0); /* died before the line above */
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	/* ^C is for the parent, which then closes the connection in order. */
	signal(SIGINT, SIG_IGN);
	serve(listeners);
	_exit(0);
}

pid_t lab_serve(uint16_t port, struct err *e)
{
	int listeners[2] = { listen_on(LAB_SERVER4, port), listen_on(LAB_SERVER6, port) };
	pid_t parent = getpid(), pid = -1;

	/* Without IPv6 in the kernel there is still IPv4; poll() passes over -1. */
	if (listeners[0] < 0) {
		err_set(e, STATUS_APP, "the demo server cannot listen on " LAB_SERVER4 ":%u: %s", port,
			strerror(errno));
	} else {
		pid = fork();
		if (pid == 0)
			child(parent, listeners);
		if (pid < 0)
			err_set(e, STATUS_APP, "cannot start the demo server: %s", strerror(errno));
	}
	for (int i = 0; i < 2; i++)
		if (listeners[i] >= 0)
			close(listeners[i]);
	return pid;
}
