/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_tell.c - the narration of a script's connections, each by itself: their numbers begin anew, and
 * their segments come in between each other. It goes to memory, as it is of interest when the script
 * fails. */
#include <stdlib.h>
#include <string.h>

#include "cli/run_priv.h"

static bool open_view(struct job *j, struct telling *t, struct err *e)
{
	struct common_options o = j->run->options->common;
	bool brief = o.verbosity <= 0;

	o.json = 0;
	o.pcap = NULL;
	o.verbosity = 0;
	o.color = VIEW_COLOR_NEVER;
	t->stream = open_memstream(&t->text, &t->len);
	if (!t->stream)
		return err_set(e, STATUS_APP, "out of memory");
	t->output = output_new_beside(&o, t->stream, brief, j->run->output, e);
	return t->output != NULL;
}

const struct watch *tell_open(struct job *j, const char *name, struct err *e)
{
	struct telling *t = calloc(1, sizeof(*t)), **at = &j->tellings;

	if (!t || (name && !(t->name = strdup(name)))) {
		free(t);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	while (*at)
		at = &(*at)->next;
	*at = t; /* freed with the job, whatever comes of it */
	return open_view(j, t, e) ? output_watch(t->output) : NULL;
}

static bool is_named(const struct telling *t, const char *name)
{
	return name ? t->name && !strcmp(t->name, name) : !t->name;
}

/* What follows in the narration is the end that the script's failure has caused. */
void tell_failed(struct job *j, const char *name, const char *command)
{
	char line[400];

	snprintf(line, sizeof(line), "failed here: %.300s", command);
	for (struct telling *t = j->tellings; t; t = t->next)
		if (is_named(t, name) && t->output)
			output_http(t->output, line);
}

bool tell_close(struct job *j, struct err *e)
{
	bool good = true;

	for (struct telling *t = j->tellings; t; t = t->next) {
		good = output_close(t->output, e) && good;
		t->output = NULL;
		if (t->stream)
			fclose(t->stream);
		t->stream = NULL;
	}
	return good;
}

void tell_free(struct job *j)
{
	struct err unused = { 0 };

	tell_close(j, &unused);
	while (j->tellings) {
		struct telling *t = j->tellings;

		j->tellings = t->next;
		free(t->name);
		free(t->text);
		free(t);
	}
}

void tell_print(const struct job *j, void (*line)(FILE *out, const char *text, size_t len),
		FILE *out)
{
	for (const struct telling *t = j->tellings; t; t = t->next) {
		char heading[128];
		const char *text = t->text;

		if (!t->len)
			continue;
		snprintf(heading, sizeof(heading), "the exchange so far:%s%s",
			 t->name ? " connection " : "", t->name ? t->name : "");
		line(out, heading, strlen(heading));
		while (text && *text) {
			size_t len = strcspn(text, "\n");

			if (len) /* empty ones part headings on a terminal */
				line(out, text, len);
			text += len + (text[len] == '\n');
		}
	}
}
