/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_words.c - the words of the command line of `run`: which scripts, and what their variables are. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/run_priv.h"

#define SCRIPTS_MAX 100000u

/* Of variables, as in scripts. */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define NAME_MAX_LEN 64

static bool add_job(struct run *r, const char *path, struct err *e)
{
	struct job *more;

	if (r->count == SCRIPTS_MAX)
		return err_set(e, STATUS_USAGE, "more than %u scripts; run them in parts",
			       SCRIPTS_MAX);
	more = realloc(r->jobs, (r->count + 1) * sizeof(*more));
	if (!more)
		return err_set(e, STATUS_APP, "out of memory");
	r->jobs = more;
	more[r->count] = (struct job){ .run = r, .path = strdup(path) };
	return more[r->count++].path || err_set(e, STATUS_APP, "out of memory");
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n > k && !strcmp(name + n - k, suffix);
}

static int is_script(const struct dirent *d)
{
	return has_suffix(d->d_name, ".shake") || has_suffix(d->d_name, ".pkt");
}

static bool add_folder(struct run *r, const char *path, struct err *e)
{
	struct dirent **found;
	int n = scandir(path, &found, is_script, alphasort);
	bool good = true;

	if (n < 0)
		return err_set(e, STATUS_APP, "%.200s: %s", path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char whole[4096];

		snprintf(whole, sizeof(whole), "%s/%s", path, found[i]->d_name);
		good = good && add_job(r, whole, e);
		free(found[i]);
	}
	free(found);
	return good &&
	       (n > 0 || err_set(e, STATUS_USAGE, "%.200s: no *.shake or *.pkt in it", path));
}

bool run_gather(struct run *r, char **words, int count, struct err *e)
{
	struct stat st;
	bool input = false;

	if (!count)
		return err_set(e, STATUS_USAGE, "no script given; see `tcpshake run --help`");
	for (int i = 0; i < count; i++) {
		if (!strcmp(words[i], "-") && input)
			return err_set(e, STATUS_USAGE,
				       "- twice: standard input can be read only once");
		input = input || !strcmp(words[i], "-");
	}
	for (int i = 0; i < count; i++) {
		bool folder = !stat(words[i], &st) && S_ISDIR(st.st_mode);

		if (!(folder ? add_folder(r, words[i], e) : add_job(r, words[i], e)))
			return false;
	}
	return true;
}

/* -D name=value, and what the target is made of: $host and $port. */
bool run_define(struct run *r, struct err *e)
{
	const struct run_options *o = r->options;
	struct target target;

	r->defs = calloc(o->defines.count + 2, sizeof(*r->defs));
	r->names = calloc(o->defines.count + 1, sizeof(*r->names));
	if (!r->defs || !r->names)
		return err_set(e, STATUS_APP, "out of memory");
	for (size_t i = 0; i < o->defines.count; i++) {
		char *name = r->names[i] = strdup(o->defines.items[i]);
		char *equals = name ? strchr(name, '=') : NULL;

		if (!equals || equals == name)
			return err_set(e, STATUS_USAGE, "-D %.100s: not NAME=VALUE",
				       o->defines.items[i]);
		if (strspn(name, NAME_LETTERS) != (size_t)(equals - name) ||
		    strchr("0123456789-", name[0]) || equals - name > NAME_MAX_LEN)
			return err_set(
				e, STATUS_USAGE,
				"-D %.100s: no name of a variable; it has letters, digits, _ and "
				"-, does not begin with a digit or -, and is at most %d bytes long",
				o->defines.items[i], NAME_MAX_LEN);
		*equals = '\0';
		r->defs[r->def_count++] = (struct definition){ name, equals + 1 };
	}
	if (!o->target)
		return true;
	if (!target_parse(o->target, &target, e))
		return false;
	target_write(&target, &r->target);
	r->defs[r->def_count++] = r->target.defs[0];
	r->defs[r->def_count++] = r->target.defs[1];
	return true;
}
