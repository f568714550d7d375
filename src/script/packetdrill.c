/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill.c - a script of packetdrill's to one of ours: its memory, its failures; packetdrill_priv.h
 * says what is where. */
#include "script/packetdrill.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/arena.h"
#include "script/packetdrill_priv.h"

#define TOLERANCE_US 4000 /* packetdrill's own */

const char *packetdrill_skip_text(enum packetdrill_skip kind)
{
	static const char *const texts[PACKETDRILL_SKIPS] = {
		[PACKETDRILL_SYSCALL] = "system calls",
		[PACKETDRILL_COMMAND] = "commands on the server's machine",
		[PACKETDRILL_CODE] = "assertions on the state of its kernel",
		[PACKETDRILL_SETTING] = "settings of packetdrill",
	};

	return texts[kind];
}

bool drill_refuse(struct drill *d, const struct drill_token *at, enum packetdrill_refusal why,
		  const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (at->kind == DRILL_BROKEN) {
		why = PACKETDRILL_SYNTAX;
		fmt = "what begins here has no end";
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->notes->refusal = why;
	script_error_at(d->script, at->place, STATUS_USAGE, text, d->e);
	return false;
}

bool drill_no_memory(struct drill *d)
{
	d->notes->refusal = PACKETDRILL_MEMORY;
	return err_set(&d->e->err, STATUS_APP, "out of memory");
}

void *drill_keep(struct drill *d, size_t size)
{
	void *kept = arena_take(d->script->arena, size);

	if (!kept)
		drill_no_memory(d);
	return kept;
}

bool drill_grow(struct drill *d, void **array, unsigned count, unsigned *room, size_t size)
{
	unsigned wanted = *room ? 2 * *room : 16;
	void *grown;

	if (count < *room)
		return true;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return drill_no_memory(d);
	*array = grown;
	*room = wanted;
	return true;
}

/* Arrays that grew go where the script's memory is. */
static bool keep_arrays(struct drill *d)
{
	size_t commands = d->command_count * sizeof(*d->commands);
	size_t lines = d->notes->left_out_count * sizeof(*d->left_out);
	struct packetdrill_left_out *kept = drill_keep(d, lines + 1);

	d->script->commands = drill_keep(d, commands);
	if (!kept || !d->script->commands)
		return false;
	memcpy(d->script->commands, d->commands, commands);
	d->script->command_count = d->command_count;
	if (lines)
		memcpy(kept, d->left_out, lines);
	d->notes->left_out = kept;
	return true;
}

static bool drill(struct drill *d)
{
	return drill_events(d) && keep_arrays(d);
}

/* The script without commands: its memory, and a copy of its text. */
static struct script *new_script(const char *name, const char *text, size_t len)
{
	struct script *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->arena = arena_new(SCRIPT_BYTES_MAX);
	if (!s->arena)
		goto fail;
	s->files = arena_take(s->arena, sizeof(*s->files));
	if (!s->files)
		goto fail;
	s->file_count = 1;
	s->files[0].name = arena_copy(s->arena, name, strlen(name));
	s->files[0].text = arena_copy(s->arena, text, len);
	s->files[0].len = len;
	if (s->files[0].name && s->files[0].text)
		return s;
fail:
	script_free(s);
	return NULL;
}

struct script *packetdrill_parse(const char *name, const char *text, size_t len,
				 const struct definition *defs, size_t def_count,
				 struct packetdrill_notes *notes, struct script_error *e)
{
	struct script *script = new_script(name, text, len);
	struct drill *d = calloc(1, sizeof(*d));
	bool done = false;

	*notes = (struct packetdrill_notes){ .refusal = PACKETDRILL_MEMORY };
	if (script && d && len <= SCRIPT_TEXT_MAX) {
		notes->refusal = PACKETDRILL_PLAYED;
		d->script = script;
		d->notes = notes;
		d->e = e;
		d->defs = defs;
		d->def_count = def_count;
		d->tolerance_us = TOLERANCE_US;
		drill_lex_init(&d->lex, script->files[0].text, len);
		done = drill(d);
		free(d->commands);
		free(d->left_out);
		free(d->stamps);
	} else {
		err_set(&e->err, STATUS_APP, "%s: %s", name,
			len > SCRIPT_TEXT_MAX ? "too large" : "out of memory");
		*e->excerpt = '\0';
	}
	free(d);
	if (done)
		return script;
	notes->left_out = NULL;
	notes->left_out_count = 0;
	script_free(script);
	return NULL;
}
