/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interrupt.c - signals through a descriptor (signalfd); see interrupt.h. */
#include "cli/interrupt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void watched_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

static void on_signal(void *context, short revents)
{
	struct interrupt *i = context;
	struct signalfd_siginfo info;
	bool again = i->signal != 0;

	if (revents) {
		if (read(i->source.fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
			return;
		if (!again) {
			i->signal = (int)info.ssi_signo;
			i->source.deadline_us = loop_now() + INTERRUPT_PATIENCE_US;
		}
	} else {
		i->source.deadline_us = LOOP_NEVER;
	}
	i->came(i->context, again);
}

bool interrupt_start(struct interrupt *i, struct loop *loop,
		     void (*came)(void *context, bool again), void *context, struct err *e)
{
	sigset_t set;
	int fd;

	watched_signals(&set);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_set(e, STATUS_APP, "cannot watch for signals: %s", strerror(errno));
	sigprocmask(SIG_BLOCK, &set, NULL);
	*i = (struct interrupt){
		.loop = loop,
		.source = { fd, POLLIN, LOOP_NEVER, on_signal, i },
		.came = came,
		.context = context,
	};
	return loop_add(loop, &i->source, e);
}

void interrupt_stop(struct interrupt *i)
{
	sigset_t set;

	if (!i->loop)
		return;
	loop_remove(i->loop, &i->source);
	close(i->source.fd);
	watched_signals(&set);
	if (i->signal) {
		fflush(stdout);
		signal(i->signal, SIG_DFL);
		raise(i->signal);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
