/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - the table of commands. A new command is a file in cli/ and a row here. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const struct cli_command commands[] = {
	{ "get", cli_get, "[options] URL...", "handshake, GET, close; prints every step" },
	{ "pipe", cli_pipe, "[options] HOST PORT",
	  "stdin to the connection, the connection to stdout" },
	{ "step", cli_step, "[options] HOST PORT", "by hand: one command, one segment" },
	{ "probe", cli_probe, "[options] TARGET...", "handshakes with many hosts and ports" },
	{ "run", cli_run, "[options] SCRIPT...", "segments by script, verdicts as TAP" },
	{ "explain", cli_explain, "[options] FILE", "a capture file, explained or made a script" },
	{ "demo", cli_demo, "[options]", "a private namespace with its own server: no root" },
};

static enum status version(void)
{
	puts(PACKAGE_STRING
	     "\n"
	     "License GPL-3.0-or-later; there is no warranty, to the extent permitted by law.");
	return STATUS_OK;
}

static enum status help(void)
{
	puts("tcpshake does TCP by hand: it crafts and hears every segment itself and explains it.\n"
	     "\n"
	     "usage: tcpshake COMMAND [options] ...\n"
	     "       tcpshake COMMAND --help\n"
	     "       tcpshake --version | --help\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-7s %-20s %s\n", commands[i].name, commands[i].synopsis,
		       commands[i].summary);
	puts("\n"
	     "Exit status: 0 done, 1 a check failed, 2 usage, 3 refused, 4 timed out, 5 unreachable,\n"
	     "6 no privilege, 7 the peer broke the protocol, 8 application failure. See tcpshake(1).");
	return STATUS_OK;
}

static enum status usage(const char *what, const char *word)
{
	struct err e = { 0 };

	err_set(&e, STATUS_USAGE, "%s%s; `tcpshake --help` lists the commands", what, word);
	return err_print(&e);
}

static enum status run(int argc, char **argv)
{
	if (argc < 2)
		return usage("no command given", "");
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return version();
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help();
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	return usage(argv[1][0] == '-' ? "unknown option " : "unknown command ", argv[1]);
}

/* The number of a closed standard stream is that of the next handle that is opened: what is printed
 * would go out on a raw socket. /dev/null, open the wrong way, takes its place and fails as it would. */
static bool fill_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int got = fd;

		if (fcntl(fd, F_GETFD) < 0)
			got = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
		if (got != fd)
			return false;
		/* Open to the end of the program. */
		/* cppcheck-suppress resourceLeak */
	}
	return true;
}

int main(int argc, char **argv)
{
	enum status status;
	struct err e = { 0 };

	if (!fill_standard()) {
		err_set(&e, STATUS_APP,
			"a standard stream is closed, and /dev/null cannot be opened");
		return (int)err_print(&e);
	}
	status = run(argc, argv);
	if (fclose(stdout) && status == STATUS_OK) {
		err_set(&e, STATUS_APP, "cannot write to standard output");
		return (int)err_print(&e);
	}
	return (int)status;
}
