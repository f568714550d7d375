/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - the commands. Each has a file of its own, cli/NAME.c; main.c has the table of them. */
#ifndef TCPSHAKE_CLI_CLI_H
#define TCPSHAKE_CLI_CLI_H

#include "base/err.h"

/**
 * A command: does all of it, messages included.
 * @argv:   argv[0] is the command's name, options and operands follow
 * Return:  the exit status. */
typedef enum status command_fn(int argc, char **argv);

struct cli_command {
	const char *name;
	command_fn *run;
	const char *synopsis; /* what follows the name */
	const char *summary;  /* half a line for --help */
};

command_fn cli_get;	/* get.c */
command_fn cli_pipe;	/* pipe.c */
command_fn cli_step;	/* step.c */
command_fn cli_probe;	/* probe.c */
command_fn cli_run;	/* run.c */
command_fn cli_explain; /* explain.c */
command_fn cli_demo;	/* demo.c */

#endif
