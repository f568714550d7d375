/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.c - signals as events; see interrupt.h.
 *
 * By handlers that write to an eventfd, and without SA_RESTART: where the program is stuck in writing
 * to somebody who does not read, or in opening a FIFO, the signal ends that call with EINTR, and what
 * follows from a failed write leads to the end. A signalfd would leave it stuck. */
#include "cli/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const int watched[] = { SIGINT, SIGTERM, SIGHUP };

/* nohup(1) has it ignored, and so it stays. */
static bool hangs_up;

/* What a handler can reach. */
static volatile sig_atomic_t event_fd = -1, came_first;

static void handle(int number)
{
	int error = errno;

	if (!came_first)
		came_first = number;
	eventfd_write(event_fd, 1);
	errno = error;
}

static bool is_left_alone(int number)
{
	return number == SIGHUP && !hangs_up;
}

static void on_signal(void *context, short revents)
{
	struct interrupt *i = context;
	bool again = i->signal != 0;
	eventfd_t count;

	if (revents) {
		if (eventfd_read(i->source.fd, &count))
			return;
		i->signal = came_first;
		if (!again)
			i->source.deadline_us = loop_now() + INTERRUPT_PATIENCE_US;
		again = again || count > 1;
	} else {
		i->source.deadline_us = LOOP_NEVER;
	}
	i->came(i->context, again);
}

bool interrupt_start(struct interrupt *i, struct loop *loop,
		     void (*came)(void *context, bool again), void *context, struct err *e)
{
	struct sigaction action = { .sa_handler = handle }, before;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return err_set(e, STATUS_APP, "cannot watch for signals: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	event_fd = fd;
	came_first = 0;
	sigaction(SIGHUP, NULL, &before);
	hangs_up = before.sa_handler != SIG_IGN;
	for (size_t n = 0; n < ARRAY_LEN(watched); n++)
		if (!is_left_alone(watched[n]))
			sigaction(watched[n], &action, NULL);
	*i = (struct interrupt){
		.loop = loop,
		.source = { fd, POLLIN, LOOP_NEVER, on_signal, i },
		.came = came,
		.context = context,
	};
	return loop_add(loop, &i->source, e);
}

void interrupt_forget(struct interrupt *i)
{
	came_first = 0;
	i->signal = 0;
	i->source.deadline_us = LOOP_NEVER;
}

void interrupt_stop(struct interrupt *i)
{
	if (!i->loop)
		return;
	loop_remove(i->loop, &i->source);
	for (size_t n = 0; n < ARRAY_LEN(watched); n++)
		if (!is_left_alone(watched[n]))
			signal(watched[n], SIG_DFL);
	close(i->source.fd);
	if (came_first) {
		fflush(stdout);
		raise(came_first);
	}
}
