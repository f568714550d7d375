/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - badwire: a cable between two network namespaces that is as bad as one likes.
 *
 * Usage: badwire CLIENT-PORT SERVER-PORT [WORD]...
 * A port is what port.h says. The words, and the lines of words on stdin, in order:
 *	seed=N			of all chance (first, before a frame comes)
 *	SETTING=VALUE		both directions; settings.c has them
 *	up.SETTING=VALUE	client to server only; down.: server to client
 *	@TIME			the words behind it are for that time, counted from the first frame that is
 *				no housekeeping; "@0s" is the beginning
 *	report			print the counters
 * Out:   "ready seed=N" when the ports are open; a line "ok" or "error WHY" for each of stdin; at the end of
 *        stdin, SIGTERM or SIGINT the counters, a line "up ..." and a line "down ..." (lane.h).
 * How:   one thread; epoll, a timerfd with absolute deadlines of CLOCK_MONOTONIC. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "net/wire/frame.h"
#include "net/wire/lane.h"
#include "net/wire/port.h"

#define FRAMES_AT_ONCE 32 /* of one port, then what is due elsewhere has a turn */
#define CHANGES_MAX    256

enum source { SOURCE_CLIENT, SOURCE_SERVER, SOURCE_TIMER, SOURCE_STDIN, SOURCE_SIGNAL, SOURCES };

/* A word for later. */
struct change {
	int64_t at_us;
	char word[64];
};

static struct wire {
	struct port ports[2]; /* the client's, the server's */
	struct lane lanes[2]; /* up: from ports[0] to ports[1]; down */
	int epoll, timer, signals;
	int64_t armed_ns; /* what the timer is set to */
	int64_t begin_ns; /* the first frame; 0: none yet */
	struct change changes[CHANGES_MAX];
	size_t change_count;
	int64_t word_at_us; /* what the last @TIME said */
	bool ended;
} wire;

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static bool put_out(void *context, const uint8_t *frame, size_t len)
{
	return port_write(context, frame, len);
}

static void report(void)
{
	for (int i = 0; i < 2; i++) {
		wire.lanes[i].n.missed += port_missed(&wire.ports[i]);
		lane_print(&wire.lanes[i], stdout);
	}
	fflush(stdout);
}

static bool take_setting(const char *word, struct err *e)
{
	bool up = !strncmp(word, "up.", 3), down = !strncmp(word, "down.", 5);

	word += up ? 3 : down ? 5 : 0;
	return (down || settings_take(&wire.lanes[0].settings, word, e)) &&
	       (up || settings_take(&wire.lanes[1].settings, word, e));
}

/* Keep a word for its time; whether it is a good one is found out now. */
static bool take_later(const char *word, struct err *e)
{
	struct change *c = &wire.changes[wire.change_count];
	const char *dot = strchr(word, '.'), *equals = strchr(word, '=');
	struct settings unused = { 0 };

	if (wire.change_count == CHANGES_MAX || strlen(word) >= sizeof(c->word))
		return err_set(e, STATUS_USAGE, "too much for later: %s", word);
	if (!settings_take(&unused, dot && equals && dot < equals ? dot + 1 : word, e))
		return false;
	c->at_us = wire.word_at_us;
	snprintf(c->word, sizeof(c->word), "%s", word);
	wire.change_count++;
	return true;
}

static bool take_word(const char *word, struct err *e)
{
	uint64_t seed;

	if (*word == '@')
		return parse_duration(word + 1, &wire.word_at_us) ||
		       err_set(e, STATUS_USAGE, "no such time: %s", word);
	if (!strcmp(word, "report")) {
		report();
		return true;
	}
	if (!strncmp(word, "seed=", 5)) {
		if (!parse_uint(word + 5, 0, UINT64_MAX, &seed))
			return err_set(e, STATUS_USAGE, "no such seed: %s", word);
		wire.lanes[0].seed = wire.lanes[1].seed = seed;
		return true;
	}
	return wire.word_at_us ? take_later(word, e) : take_setting(word, e);
}

/* The words whose time has come, in the order in which they were given. */
static void apply_changes(int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < wire.change_count; i++) {
		struct err unused = { 0 };

		if (wire.changes[i].at_us * 1000 > now - wire.begin_ns)
			wire.changes[kept++] = wire.changes[i];
		else
			take_setting(wire.changes[i].word, &unused);
	}
	wire.change_count = kept;
}

static void take_frame(unsigned from, uint8_t *frame, size_t len)
{
	uint8_t answer[FRAME_ANSWER_MAX];
	struct lane *l = &wire.lanes[from];
	int64_t now = now_ns();
	struct frame_look look;
	size_t answer_len;

	if (!wire.begin_ns || wire.change_count) {
		frame_look(frame, len, &look);
		if (!wire.begin_ns && !look.housekeeping)
			wire.begin_ns = now;
		if (wire.begin_ns)
			apply_changes(now);
	}
	if (lane_take(l, frame, len, now) || !l->settings.tell)
		return;
	answer_len = frame_too_big(frame, len, (uint32_t)l->settings.mtu, answer);
	if (answer_len)
		lane_inject(&wire.lanes[!from], answer, answer_len, now);
}

static void read_port(unsigned from)
{
	static uint8_t frame[1 << 17];

	for (int i = 0; i < FRAMES_AT_ONCE; i++) {
		ssize_t len = port_read(&wire.ports[from], frame, sizeof(frame));

		if (len < 0) {
			fprintf(stderr, "badwire: a port is gone: %s\n", strerror(errno));
			wire.ended = true;
		}
		if (len <= 0)
			return;
		take_frame(from, frame, (size_t)len);
	}
}

/* One line of stdin at a time; a line that is not whole yet stays for the next time. */
static void read_stdin(void)
{
	static char text[4096];
	static size_t have;
	ssize_t got = read(STDIN_FILENO, text + have, sizeof(text) - 1 - have);
	char *line = text, *end;

	if (got <= 0) {
		wire.ended = true;
		return;
	}
	have += (size_t)got;
	text[have] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		struct err e = { 0 };
		bool good = true;
		char *rest;

		*end = '\0';
		wire.word_at_us = 0;
		for (char *word = strtok_r(line, " ", &rest); word && good;
		     word = strtok_r(NULL, " ", &rest))
			good = take_word(word, &e);
		printf(good ? "ok\n" : "error %s\n", e.text);
		fflush(stdout);
	}
	have -= (size_t)(line - text);
	memmove(text, line, have);
}

static void arm(void)
{
	int64_t up = lane_due(&wire.lanes[0]), down = lane_due(&wire.lanes[1]);
	int64_t due = up < down ? up : down;
	struct itimerspec when = { 0 };

	if (due == wire.armed_ns)
		return;
	wire.armed_ns = due;
	if (due != LANE_NEVER) {
		when.it_value.tv_sec = due / 1000000000;
		when.it_value.tv_nsec = due % 1000000000;
	}
	timerfd_settime(wire.timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void handle(enum source source)
{
	uint64_t unused;

	switch (source) {
	case SOURCE_CLIENT:
	case SOURCE_SERVER:
		read_port(source);
		break;
	case SOURCE_TIMER:
		(void)!read(wire.timer, &unused, sizeof(unused));
		wire.armed_ns = LANE_NEVER;
		break;
	case SOURCE_STDIN:
		read_stdin();
		break;
	default:
		wire.ended = true;
		break;
	}
}

static void run(void)
{
	struct epoll_event events[SOURCES];

	while (!wire.ended) {
		int count;

		arm();
		count = epoll_wait(wire.epoll, events, SOURCES, -1);
		for (int i = 0; i < count; i++) {
			handle((enum source)events[i].data.u32);
			lane_deliver(&wire.lanes[0], now_ns());
			lane_deliver(&wire.lanes[1], now_ns());
		}
	}
}

static bool watch(int fd, enum source source)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = source };

	return epoll_ctl(wire.epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool prepare(struct err *e)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	wire.signals = signalfd(-1, &ends, SFD_CLOEXEC);
	wire.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	wire.epoll = epoll_create1(EPOLL_CLOEXEC);
	wire.armed_ns = LANE_NEVER;
	if (wire.signals < 0 || wire.timer < 0 || wire.epoll < 0 ||
	    !watch(wire.timer, SOURCE_TIMER) || !watch(wire.signals, SOURCE_SIGNAL) ||
	    !watch(STDIN_FILENO, SOURCE_STDIN) || !watch(wire.ports[0].fd, SOURCE_CLIENT) ||
	    !watch(wire.ports[1].fd, SOURCE_SERVER))
		return err_set(e, STATUS_APP, "cannot wait for frames: %s", strerror(errno));
	return true;
}

static bool begin(int argc, char **argv, struct err *e)
{
	static const char *const names[] = { "up", "down" };

	if (argc < 3)
		return err_set(e, STATUS_USAGE, "usage: badwire CLIENT-PORT SERVER-PORT [WORD]...");
	for (unsigned i = 0; i < 2; i++) {
		struct lane *l = &wire.lanes[i];

		l->id = i;
		l->name = names[i];
		l->seed = 1;
		l->out = put_out;
		l->context = &wire.ports[!i];
		settings_init(&l->settings);
	}
	for (int i = 3; i < argc; i++)
		if (!take_word(argv[i], e))
			return false;
	return port_open(&wire.ports[0], argv[1], e) && port_open(&wire.ports[1], argv[2], e) &&
	       prepare(e);
}

int main(int argc, char **argv)
{
	struct err e = { 0 };

	if (begin(argc, argv, &e)) {
		printf("ready seed=%llu\n", (unsigned long long)wire.lanes[0].seed);
		fflush(stdout);
		run();
		report();
	}
	lane_free(&wire.lanes[0]);
	lane_free(&wire.lanes[1]);
	return (int)err_print(&e);
}
