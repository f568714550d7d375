/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_live.c - one lesson: a private network, a script on it, and whether what was promised was seen.
 *
 * The executor of scripts does the work, as for `run`; each connection is told as it happens. What was
 * promised is looked for in the tracker's steps, so it is known from the wire. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "cli/interrupt.h"
#include "cli/lesson.h"
#include "cli/output.h"
#include "cli/world.h"
#include "script/parse.h"
#include "script/print.h"
#include "view/line.h"
#include "wire/privilege.h"

#define PORT	    80
#define CLOSED_PORT 81 /* nobody listens there */

/* A connection that was used. */
struct told {
	struct live *live;
	char *name; /* NULL: the unnamed one */
	struct output *output;
	struct told *next;
};

struct live {
	struct world_user user; /* first: the executor's calls have its address */
	const struct lesson *lesson;
	struct common_options options;
	FILE *out;
	char host[ADDR_TEXT_MAX + 2], target[ADDR_TEXT_MAX + 12];
	struct definition defs[3];
	struct script *script;
	struct loop *loop;
	struct world *world;
	struct output *output; /* of -w; each connection has a view of its own */
	struct told *told, *last;
	struct exec *exec;
	struct exec_watch exec_watch;
	struct interrupt interrupt;
	unsigned seen[LESSON_SIGHTS_MAX]; /* the step where it was; 0: not yet */
	bool over;
	struct err failed;
};

/* ---- what the executor tells ---- */

static void on_verdict(void *context, const struct exec_verdict *v)
{
	struct live *l = context;
	char text[200] = "";
	FILE *f;

	if (v->passed)
		return;
	f = fmemopen(text, sizeof(text), "w");
	if (f) {
		script_print_command(f, v->command, 0);
		fclose(f);
	}
	text[strcspn(text, "\n")] = '\0';
	err_set(&l->failed, STATUS_CHECK, "lesson %s did not go as planned: %.190s: %.200s",
		l->lesson->name, text, v->why ? v->why : "another segment came");
}

static void on_say(void *context, const char *text)
{
	(void)context;
	(void)text; /* scripts of lessons do not speak: their texts are the catalogue's */
}

static void on_show(void *context, const char *connection, const char *what)
{
	(void)context;
	(void)connection;
	(void)what;
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
	((struct live *)context)->over = true;
}

/* ---- connections ---- */

static bool has_note(const struct trace_step *step, enum trace_note note)
{
	for (unsigned i = 0; i < step->note_count; i++)
		if (step->notes[i] == note)
			return true;
	return false;
}

/* Where there are several: whose the next lines are. */
static void tell_whose(struct told *t)
{
	struct live *l = t->live;

	if (l->last != t && t->name && !l->options.json)
		fprintf(l->out, "\nconnection %s:\n", t->name);
	l->last = t;
}

static void on_step(void *context, const struct trace_step *step, const struct packet *p,
		    const struct frame *f)
{
	struct told *t = context;
	struct live *l = t->live;

	(void)p;
	(void)f;
	if (l->options.verbosity >= 0)
		tell_whose(t);
	for (unsigned i = 0; i < LESSON_SIGHTS_MAX; i++) {
		const struct lesson_sight *s = &l->lesson->sights[i];

		if (s->what && !l->seen[i] && step->from == s->from && has_note(step, s->note))
			l->seen[i] = step->number;
	}
}

static struct hand *open_told(void *user, const char *name, const char *target,
			      const struct exec_settings *settings, void (*changed)(void *context),
			      void *context, struct err *e)
{
	struct live *l = user;
	struct common_options o = l->options;
	struct told *t = calloc(1, sizeof(*t)), **at = &l->told;

	if (!t || (name && !(t->name = strdup(name)))) {
		free(t);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	while (*at)
		at = &(*at)->next;
	*at = t; /* freed with the others, whatever comes of it */
	t->live = l;
	o.pcap = NULL;
	t->output = output_new_beside(&o, l->out, false, l->output, e);
	if (!t->output)
		return NULL;
	output_follow(t->output, on_step, t);
	l->user.watch = output_watch(t->output);
	return world_open(user, name, target, settings, changed, context, e);
}

/* The executor has closed them, which sums them up. */
static bool end_told(struct live *l, struct err *e)
{
	struct view_result result = { .capture_drops = l->world ? world_drops(l->world) : 0 };
	bool good = true;

	while (l->told) {
		struct told *t = l->told;

		if (t->output) {
			tell_whose(t);
			output_summary(t->output, &result);
		}
		good = output_close(t->output, e) && good;
		free(t->name);
		l->told = t->next;
		free(t);
	}
	return good;
}

/* ---- the lesson ---- */

static void on_interrupt(void *context, bool again)
{
	struct live *l = context;

	(void)again;
	err_set(&l->failed, STATUS_APP, "interrupted");
	exec_stop(l->exec);
}

static void name_target(struct live *l)
{
	bool v6 = l->options.only6;

	snprintf(l->host, sizeof(l->host), v6 ? "[%s]" : "%s", v6 ? LAB_SERVER6 : LAB_SERVER4);
	snprintf(l->target, sizeof(l->target), "%s:%d", l->host, PORT);
	if (!l->options.src)
		l->options.src = v6 ? LAB_CLIENT6 : LAB_CLIENT4;
	l->options.absolute |= l->lesson->absolute;
	l->defs[0] = (struct definition){ "host", l->host };
	l->defs[1] = (struct definition){ "port", "80" };
	l->defs[2] = (struct definition){ "closed", "81" };
}

static bool parse(struct live *l, struct err *e)
{
	struct script_error why = { 0 };

	l->script = script_parse_text(l->lesson->name, l->lesson->script, strlen(l->lesson->script),
				      l->defs, ARRAY_LEN(l->defs), &why);
	if (!l->script)
		*e = why.err;
	return l->script != NULL;
}

static bool enter(const struct lesson *lesson, struct err *e)
{
	size_t rules = 0;

	while (rules < LAB_RULES_MAX && lesson->rules[rules].nth)
		rules++;
	if (lesson->loopback)
		return lab_enter(e) && lab_serve(PORT, e) > 0;
	return lab_enter_wired(lesson->rules, rules, PORT, e);
}

/* All that may need privilege; then it is given up. */
static bool open_handles(struct live *l, struct err *e)
{
	char closed[sizeof(l->target)];

	snprintf(closed, sizeof(closed), "%s:%d", l->host, CLOSED_PORT);
	l->loop = enter(l->lesson, e) ? loop_new(e) : NULL;
	l->world = l->loop ? world_new(&l->options, l->loop, e) : NULL;
	return l->world && world_add(l->world, l->target, 1, e) &&
	       world_add(l->world, closed, 1, e) && world_listen(l->world, e);
}

static bool open_rest(struct live *l, struct err *e)
{
	struct exec_config config = { .script = l->script,
				      .defs = l->defs,
				      .def_count = ARRAY_LEN(l->defs),
				      .loop = l->loop,
				      .watch = &l->exec_watch,
				      .open = open_told,
				      .close = world_close,
				      .get = world_get,
				      .get_stop = world_get_stop,
				      .world = &l->user };

	l->user = (struct world_user){ .world = l->world, .target = l->target };
	l->exec_watch = (struct exec_watch){ .context = l,
					     .verdict = on_verdict,
					     .say = on_say,
					     .show = on_show,
					     .sent = on_sent,
					     .idle = on_idle,
					     .done = on_done };
	world_settings(&l->options, &config.settings);
	l->output = output_new(&l->options, NULL, world_link_type(l->world), e);
	l->exec = l->output ? exec_new(&config, e) : NULL;
	return l->exec && interrupt_start(&l->interrupt, l->loop, on_interrupt, l, e);
}

static bool run(struct live *l, struct err *e)
{
	bool good = true;

	exec_start(l->exec);
	while (good && !l->over) {
		good = loop_turn(l->loop, e);
		if (good && world_failed(l->world)) {
			*e = *world_failed(l->world);
			good = false;
		}
		if (good && ferror(l->out))
			good = err_set(e, STATUS_APP, "the output cannot be written");
	}
	exec_free(l->exec);
	l->exec = NULL;
	good = end_told(l, e) && good;
	good = output_close(l->output, e) && good;
	l->output = NULL;
	if (good && l->failed.status)
		*e = l->failed;
	return good && !l->failed.status;
}

/* What was promised: where it was seen. */
static bool tell_sights(const struct live *l, struct err *e)
{
	bool color = view_want_color((enum view_color)l->options.color, l->out);
	bool told = !l->options.json && l->options.verbosity >= 0;

	if (told) {
		fputc('\n', l->out);
		line_rule(l->out, color, "seen as promised");
	}
	for (unsigned i = 0; i < LESSON_SIGHTS_MAX && l->lesson->sights[i].what; i++) {
		const char *what = l->lesson->sights[i].what;

		if (!l->seen[i])
			return err_set(e, STATUS_CHECK,
				       "lesson %s promises this, and it was not seen: %s",
				       l->lesson->name, what);
		if (told)
			fprintf(l->out, "  step %-3u %s\n", l->seen[i], what);
	}
	return true;
}

static void release(struct live *l)
{
	struct err unused = { 0 };

	exec_free(l->exec);
	end_told(l, &unused);
	output_close(l->output, &unused);
	world_free(l->world);
	interrupt_stop(&l->interrupt);
	loop_free(l->loop);
	script_free(l->script);
}

bool lesson_live(const struct lesson *lesson, const struct common_options *o, FILE *out,
		 struct err *e)
{
	struct live l = { .lesson = lesson, .options = *o, .out = out };
	bool good;

	name_target(&l);
	good = parse(&l, e) && open_handles(&l, e) && open_rest(&l, e);
	prctl(PR_SET_PDEATHSIG,
	      SIGTERM); /* forgotten when privilege is dropped, so not before that */
	good = good && run(&l, e) && tell_sights(&l, e);
	release(&l);
	return good;
}
