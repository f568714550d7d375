/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_targets.c - where the scripts of `run` connect to: known, and reachable, before anything is sent. */
#include <stdlib.h>
#include <string.h>

#include "cli/run_priv.h"

/* Whether a command is about a connection for which no target was named above it. */
static bool lacks_target(const struct command *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (c[i].verb == VERB_TARGET || (c[i].verb == VERB_CONNECTION && c[i].text.count))
			return false;
		if (c[i].verb == VERB_REPEAT && lacks_target(c[i].body, c[i].body_count))
			return true;
		if (c[i].verb <= VERB_RESET)
			return true;
	}
	return false;
}

bool run_check_targets(const struct run *r, struct err *e)
{
	for (unsigned i = 0; !r->options->target && i < r->count; i++) {
		const struct script *s = r->jobs[i].script;

		if (!lacks_target(s->commands, s->command_count))
			continue;
		err_set(e, STATUS_USAGE,
			"%.200s: no target; `target HOST:PORT` in the script, or --target, names one",
			r->jobs[i].path);
		err_print(e);
	}
	return !e->status;
}

/* A target as its text says, with the definitions put in. */
static bool add_target(struct run *r, const struct bytes *text, struct err *e)
{
	struct values *v = values_new();
	char *target;
	size_t len;
	bool good;

	if (!v)
		return err_set(e, STATUS_APP, "out of memory");
	for (size_t k = 0; k < r->def_count; k++)
		values_set(v, r->defs[k].name, (const uint8_t *)r->defs[k].value,
			   strlen(r->defs[k].value));
	target = (char *)values_bytes(v, text, &len, e);
	good = target && world_add(r->world, target, 2, e);
	free(target);
	values_free(v);
	return good;
}

/* Every target that a script names, so that its host is resolved and its guards held while there is
 * privilege. The texts are known: the parser lets them have definitions in them, and nothing later. */
static bool add_targets(struct run *r, const struct command *c, unsigned count, struct err *e)
{
	for (unsigned i = 0; i < count; i++) {
		bool names_one = (c[i].verb == VERB_TARGET || c[i].verb == VERB_CONNECTION) &&
				 c[i].text.count;

		if (c[i].verb == VERB_REPEAT && !add_targets(r, c[i].body, c[i].body_count, e))
			return false;
		if (names_one && !add_target(r, &c[i].text, e))
			return false;
	}
	return true;
}

bool run_add_targets(struct run *r, struct err *e)
{
	const struct run_options *o = r->options;

	if (o->target && !world_add(r->world, o->target, (unsigned)o->jobs, e))
		return false;
	for (unsigned i = 0; i < r->count; i++)
		if (!add_targets(r, r->jobs[i].script->commands, r->jobs[i].script->command_count,
				 e))
			return false;
	return true;
}
