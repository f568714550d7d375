/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - what `run` and `step` give the executor of scripts: hosts, handles, connections.
 *
 *     world_new(), world_add() for each target, world_listen()   while there is privilege
 *     world_open(), world_close(), world_get(), ...              as exec.h asks */
#ifndef TCPSHAKE_CLI_WORLD_H
#define TCPSHAKE_CLI_WORLD_H

#include "cli/common.h"
#include "cli/target.h"
#include "drive/hub.h"
#include "script/exec.h"

struct world;

/* One user of it: a script, or the person at the prompt. */
struct world_user {
	struct world *world;
	const struct watch
		*watch;	    /* of its connections; of each the one that is here when it opens */
	const char *target; /* "HOST:PORT" of the command line, or NULL */
};

/* world_new() - NULL with @e set; world_free() accepts NULL. */
struct world *world_new(const struct common_options *o, struct loop *loop, struct err *e);
void world_free(struct world *w);

/* world_add() - a target that connections will be made to, at most @connections at once. */
bool world_add(struct world *w, const char *target, unsigned connections, struct err *e);

/* world_listen() - open the captures, drop privilege. */
bool world_listen(struct world *w, struct err *e);

int world_link_type(const struct world *w);
unsigned world_drops(struct world *w);

/* A capture has failed: nothing more will be heard. NULL: none. */
const struct err *world_failed(const struct world *w);

/* Settings for connections as the command line's options have them. */
void world_settings(const struct common_options *o, struct exec_settings *out);

/* What to tell with a failure: the two ends of a connection, and what else could be tried. */
struct world_ends {
	char text[400]; /* "198.51.100.1:38091 -> 198.51.100.2:80 (host.example)" */
	char hint[400]; /* empty: none */
};
void world_ends(void *user, const struct hand *h, struct world_ends *out);

/* For struct exec_config; the first argument is a struct world_user. */
struct hand *world_open(void *user, const char *name, const char *target,
			const struct exec_settings *settings, void (*changed)(void *context),
			void *context, struct err *e);
void world_close(void *user, struct hand *h);
bool world_get(void *user, struct hand *h, const char *path, struct exec *x, struct err *e);
void world_get_stop(void *user, struct hand *h);

#endif
