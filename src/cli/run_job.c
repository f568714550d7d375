/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run_job.c - one script of `run`: executed, its verdicts and its narration kept until it is its turn. */
#include <stdlib.h>
#include <string.h>

#include "cli/run_priv.h"
#include "cli/scripting.h"
#include "script/packetdrill.h"
#include "script/print.h"
#include "script/source.h"

/* What was left out of a script of packetdrill's, a line each. */
static char *notes_text(const struct packetdrill_notes *notes)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (unsigned i = 0; i < notes->left_out_count; i++) {
		const struct packetdrill_left_out *o = &notes->left_out[i];

		fprintf(f, "line %u left out (%s): %.*s\n", o->at.line,
			packetdrill_skip_text(o->kind), (int)(o->len < 100 ? o->len : 100),
			o->text);
	}
	fclose(f);
	return text;
}

static struct script *parse_packetdrill(struct job *j, struct script_error *e)
{
	struct packetdrill_notes notes = { 0 };
	struct err why = { 0 };
	struct source source;
	struct script *s;

	if (!source_read(j->path, SCRIPT_TEXT_MAX, &source, &why)) {
		err_set(&e->err, why.status, "%.200s: %.250s", j->path, why.text);
		return NULL;
	}
	s = packetdrill_parse(j->path, source.bytes, source.len, j->run->defs, j->run->def_count,
			      &notes, e);
	if (s)
		j->notes_text = notes_text(&notes);
	free(source.bytes);
	return s;
}

struct script *job_parse(struct job *j, struct script_error *e)
{
	const char *dot = strrchr(j->path, '.');

	if (dot && !strcmp(dot, ".pkt"))
		return parse_packetdrill(j, e);
	return script_parse_file(j->path, j->run->defs, j->run->def_count, e);
}

/* Relative to the numbers that the script's are. */
static char *segment_text(const struct exec_verdict *v)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	script_print_segment(f, &v->actual->seg, v->base.peers, v->base.ours, 60);
	fclose(f);
	return text;
}

static void on_verdict(void *context, const struct exec_verdict *v)
{
	struct job *j = context;
	struct run_verdict *more = realloc(j->verdicts, (j->verdict_count + 1) * sizeof(*more)),
			   *mine;

	if (!more) {
		err_set(&j->broken, STATUS_APP, "out of memory");
		return;
	}
	j->verdicts = more;
	mine = &more[j->verdict_count++];
	*mine = (struct run_verdict){ .name = scripting_name(v->command),
				      .passed = v->passed,
				      .at = v->command->at,
				      .took_us = v->took_us,
				      .why = v->why ? strdup(v->why) : NULL };
	if (v->passed)
		return;
	if (v->actual)
		mine->actual = segment_text(v);
	if (v->hand) {
		struct world_ends ends;

		world_ends(&j->user, v->hand, &ends);
		mine->connection = strdup(ends.text);
		mine->hint = ends.hint[0] ? strdup(ends.hint) : NULL;
		tell_failed(j, v->command->connection, mine->name ? mine->name : "?");
	}
	if (v->report && (mine->report = malloc(sizeof(*mine->report))))
		*mine->report = *v->report;
}

static void on_say(void *context, const char *text)
{
	struct job *j = context;
	size_t len = strlen(text);
	char *more = realloc(j->said, j->said_len + len + 2);

	if (!more)
		return;
	j->said = more;
	memcpy(more + j->said_len, text, len);
	j->said_len += len;
	more[j->said_len++] = '\n';
	more[j->said_len] = '\0';
}

static void on_show(void *context, const char *connection, const char *what)
{
	struct job *j = context;

	(void)connection;
	(void)what; /* both are in the narration; it is printed where the script fails, and with -v */
	on_say(j, "(the exchange is told with -v)");
}

static void on_sent(void *context, const struct command *c, const struct tcp_segment *seg)
{
	(void)context;
	(void)c;
	(void)seg; /* the capture shows it */
}

static void on_idle(void *context)
{
	(void)context;
}

static void on_done(void *context)
{
	struct job *j = context;

	j->over = true;
	j->took_us = loop_now() - j->begun_us;
}

/* Each connection is told by itself. */
static struct hand *open_told(void *user, const char *name, const char *target,
			      const struct exec_settings *settings, void (*changed)(void *context),
			      void *context, struct err *e)
{
	struct job *j = user;

	j->user.watch = tell_open(j, name, e);
	return j->user.watch ? world_open(user, name, target, settings, changed, context, e) : NULL;
}

bool job_begin(struct job *j)
{
	struct run *r = j->run;
	struct exec_config config = { .script = j->script,
				      .leave = r->options->leave,
				      .defs = r->defs,
				      .def_count = r->def_count,
				      .settings = r->settings,
				      .loop = r->loop,
				      .watch = &j->exec_watch,
				      .open = open_told,
				      .close = world_close,
				      .get = world_get,
				      .get_stop = world_get_stop,
				      .world = &j->user };

	j->begun = true;
	j->begun_us = loop_now();
	j->user = (struct world_user){ .world = r->world, .target = r->options->target };
	j->exec_watch = (struct exec_watch){ .context = j,
					     .verdict = on_verdict,
					     .say = on_say,
					     .show = on_show,
					     .sent = on_sent,
					     .idle = on_idle,
					     .done = on_done };
	j->exec = exec_new(&config, &j->broken);
	if (!j->exec)
		return false;
	exec_start(j->exec);
	return true;
}

void job_end(struct job *j)
{
	struct err e = { 0 };

	exec_free(j->exec);
	j->exec = NULL;
	if (!tell_close(j, &e) && !j->broken.status)
		j->broken = e;
	j->over = true;
}

void job_free(struct job *j)
{
	job_end(j);
	for (unsigned i = 0; i < j->verdict_count; i++) {
		free(j->verdicts[i].name);
		free(j->verdicts[i].why);
		free(j->verdicts[i].report);
		free(j->verdicts[i].actual);
		free(j->verdicts[i].connection);
		free(j->verdicts[i].hint);
	}
	free(j->verdicts);
	tell_free(j);
	free(j->said);
	free(j->notes_text);
	script_free(j->script);
}

bool job_passed(const struct job *j)
{
	for (unsigned i = 0; i < j->verdict_count; i++)
		if (!j->verdicts[i].passed)
			return false;
	return j->over && !j->broken.status;
}
