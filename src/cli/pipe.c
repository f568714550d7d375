/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipe.c - `tcpshake pipe`: standard input to a connection, the connection to standard output, like
 * `nc -N`, for whoever has a stream to move: ssh's ProxyCommand, openssl s_client, two tars.
 *
 * The end of input is our FIN; receiving goes on until the peer's. Standard output is for the data
 * alone: what is told goes to standard error, and only when asked for. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "drive/dial.h"
#include "wire/privilege.h"

struct pipe_options {
	struct common_options common; /* first: its rows count from the start */
	int verbose;
};

#define SET(...)  OPTION_SET(struct pipe_options, __VA_ARGS__)
#define TEXT(...) OPTION_TEXT(struct pipe_options, __VA_ARGS__)

static const struct option_row rows[] = {
	TEXT(common.pcap, "write", 'w', "FILE", "keep all packets in a capture file"),
	SET(verbose, "verbose", 'v', 1, "tell each step, on standard error"),
	SET(verbose, "anatomy", 0, 2, "and each segment's anatomy"),
	SET(verbose, "quiet", 'q', -1, "the summary only, on standard error"),
	SET(common.json, "json", 0, 1, "one JSON object a line, on standard error"),
	SET(common.absolute, "absolute", 0, 1, "absolute sequence numbers first"),
	OPTION_CHOICE(struct pipe_options, common.color, "color", 0, "WHEN", "auto|always|never",
		      "auto, always or never"),
};

static const char about[] =
	"Connect to HOST and PORT over TCP made by hand, send standard input, write what comes to\n"
	"standard output. The end of input closes our direction (FIN); the other one stays open until\n"
	"the peer closes it. Needs CAP_NET_RAW. As in: ssh -o ProxyCommand='tcpshake pipe %h %p' HOST";

struct pipe {
	const struct pipe_options *options;
	const char *host;
	uint16_t port;
	struct loop *loop;
	struct station *station;
	const struct origin *origin;
	struct output *output; /* NULL: nothing is told */
	struct interrupt interrupt;
	struct dial *dial;
	int in, out; /* standard input and output, or the same without blocking */
	bool attached;
	enum status status;
};

static void complain(struct pipe *p, const struct err *e)
{
	err_print(e);
	if (p->status == STATUS_OK)
		p->status = e->status;
}

/* A pipe or terminal that does not block, without changing what others see of it: a description of our
 * own. Where that is refused (another user's, no /proc) it stays as it is, and the session writes in
 * pieces. Sockets are told not to block with each call, and files do not. */
static int unblocked(int fd, int flags)
{
	char path[32];
	struct stat st;
	int own;

	if (fstat(fd, &st) || !(S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)))
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	/* Open to the end of the program, as the one that it stands for. */
	/* cppcheck-suppress resourceLeak */
	return own >= 0 ? own : fd;
}

static void on_dial(void *context)
{
	struct pipe *p = context;
	struct err e = { 0 };

	if (dial_established(p->dial) && !p->attached) {
		p->attached = true;
		if (!dial_attach(p->dial, p->in, p->out, &e))
			dial_abort(p->dial, &e);
	}
	if (!dial_over(p->dial))
		return;
	if (!p->interrupt.signal && !dial_outcome(p->dial, &e))
		complain(p, &e);
	dial_free(p->dial);
	p->dial = NULL;
}

static void on_interrupt(void *context, bool again)
{
	struct pipe *p = context;
	struct err e = { 0 };

	err_set(&e, STATUS_APP, "interrupted");
	if (p->dial && again)
		dial_abort(p->dial, &e);
	else if (p->dial)
		dial_close(p->dial);
}

/* main() has opened those that were closed, but the wrong way. */
static bool check_standard(struct err *e)
{
	if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_WRONLY)
		return err_set(e, STATUS_APP,
			       "standard input is closed, or not open for reading; </dev/null "
			       "sends nothing");
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
		return err_set(e, STATUS_APP,
			       "standard output is closed, or not open for writing; >/dev/null "
			       "drops what comes");
	return true;
}

/* Everything that may need privilege; then it is given up. */
static bool open_handles(struct pipe *p, struct err *e)
{
	struct station_options options;

	if (!check_standard(e) || !common_station(&p->options->common, &options, e) ||
	    !privilege_check(e))
		return false;
	options.may_be_silent = true; /* a shell that waits for its user says nothing for hours */
	p->in = unblocked(STDIN_FILENO, O_RDONLY);
	p->out = unblocked(STDOUT_FILENO, O_WRONLY);
	p->station = station_new(&options, e);
	if (!p->station)
		return false;
	p->origin = station_add(p->station, p->host, p->port, 1, e);
	return p->origin && station_listen(p->station, e) && privilege_drop(e);
}

static bool open_rest(struct pipe *p, struct err *e)
{
	const struct pipe_options *o = p->options;
	struct common_options common = o->common;

	p->loop = loop_new(e);
	if (!p->loop || !interrupt_start(&p->interrupt, p->loop, on_interrupt, p, e))
		return false;
	common.verbosity = o->verbose < 0 ? -1 : o->verbose > 1 ? 1 : 0;
	p->output = output_new(&common, o->verbose || common.json ? stderr : NULL,
			       station_link_type(p->station), e);
	return p->output != NULL;
}

static void run(struct pipe *p)
{
	struct view_result result = { 0 };
	struct err e = { 0 };

	p->dial = dial_new(p->loop, p->station, p->origin, output_watch(p->output), on_dial, p, &e);
	if (!p->dial)
		complain(p, &e);
	while (p->dial) {
		if (!loop_turn(p->loop, &e)) {
			complain(p, &e);
			break;
		}
		if (output_failed(p->output) && p->dial) {
			err_set(&e, STATUS_APP, "the output cannot be written");
			dial_abort(p->dial, &e);
		}
	}
	result.capture_drops = station_drops(p->station);
	output_summary(p->output, &result);
}

static enum status pipe_run(struct pipe *p)
{
	struct err e = { 0 };

	if (open_handles(p, &e) && open_rest(p, &e))
		run(p);
	else
		complain(p, &e);
	dial_free(p->dial);
	e = (struct err){ 0 };
	if (!output_close(p->output, &e))
		complain(p, &e);
	station_free(p->station);
	interrupt_stop(&p->interrupt);
	loop_free(p->loop);
	return p->status;
}

static bool take_operands(struct pipe *p, int count, char **words, struct err *e)
{
	uint64_t port;

	if (count != 2)
		return err_set(e, STATUS_USAGE,
			       "pipe takes HOST and PORT, not %d operand%s; see `tcpshake pipe "
			       "--help`",
			       count, count == 1 ? "" : "s");
	if (!words[0][0])
		return err_set(e, STATUS_USAGE, "the host is empty; name one, or an address");
	if (strstr(words[0], "://"))
		return err_set(e, STATUS_USAGE,
			       "%.200s: pipe takes a host, not a URL; see `tcpshake get --help`",
			       words[0]);
	if (!parse_uint(words[1], 1, 65535, &port))
		return err_set(e, STATUS_USAGE,
			       "%.100s: the port is not a number from 1 to 65535%s", words[1],
			       isalpha((unsigned char)words[1][0]) ?
				       "; /etc/services has the numbers of names" :
				       "");
	p->host = words[0];
	p->port = (uint16_t)port;
	return true;
}

enum status cli_pipe(int argc, char **argv)
{
	static const struct option_group own = { "Output", rows, ARRAY_LEN(rows) };
	const struct option_group groups[] = { own, common_connection_options };
	const struct option_table table = { "pipe", "[options] HOST PORT", about, groups,
					    ARRAY_LEN(groups) };
	struct pipe_options o = { 0 };
	struct pipe p = { .options = &o };
	struct err e = { 0 };
	int first;

	common_init(&o.common);
	first = options_parse(argc, argv, &table, &o, &e);
	if (first <= 0 || !take_operands(&p, argc - first, argv + first, &e))
		return err_print(&e);
	if (o.common.pcap && !strcmp(o.common.pcap, "-")) {
		err_set(&e, STATUS_USAGE, "-w -: standard output is for the data; name a file");
		return err_print(&e);
	}
	return pipe_run(&p);
}
