/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world_get.c - HTTP on a connection of the world's: the verb `get`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/world_priv.h"

static void on_got(void *context, long status, uint64_t bytes, const struct err *why)
{
	struct connection *cn = context;
	struct exec *x = cn->getting;
	struct err copy = *why;

	transfer_free(cn->transfer);
	cn->transfer = NULL;
	exec_got(x, status, bytes, &copy); /* last: a next `get` may begin in it */
}

/* "http://HOST:PORT" and the path; a zone's % is written so in URLs (RFC 6874). */
static bool url_of(const struct origin *o, const char *path, char **url, struct err *e)
{
	const char *zone = strchr(o->host, '%');
	bool brackets = strchr(o->host, ':');
	int len = zone ? (int)(zone - o->host) : (int)strlen(o->host);

	if (asprintf(url, "http://%s%.*s%s%s%s:%u%s", brackets ? "[" : "", len, o->host,
		     zone ? "%25" : "", zone ? zone + 1 : "", brackets ? "]" : "", o->port,
		     path) >= 0)
		return true;
	return err_set(e, STATUS_APP, "out of memory");
}

bool world_get(void *user, struct hand *h, const char *path, struct exec *x, struct err *e)
{
	struct world *w = ((struct world_user *)user)->world;
	struct connection *cn = world_connection(w, h);
	char *url;

	world_get_stop(user, h);
	if (!url_of(cn->origin, path, &url, e))
		return false;
	cn->getting = x;
	cn->transfer = transfer_begin(w->loop, h, url, on_got, cn, e);
	free(url);
	return cn->transfer != NULL;
}

void world_get_stop(void *user, struct hand *h)
{
	struct connection *cn = world_connection(((struct world_user *)user)->world, h);

	transfer_free(cn->transfer);
	cn->transfer = NULL;
}
