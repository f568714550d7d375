/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_conn.c - the connections of a session: each is told by itself, and each is recorded. */
#include <stdlib.h>
#include <string.h>

#include "cli/step_priv.h"

struct step_conn *step_conn_named(const struct step *s, const char *name)
{
	for (struct step_conn *cn = s->conns; cn; cn = cn->next)
		if (name ? cn->name && !strcmp(cn->name, name) : !cn->name)
			return cn;
	return NULL;
}

/* Before something is told: whose it is, where that is not clear. */
static void tell_whose(struct step_conn *cn)
{
	struct step *s = cn->step;

	if (s->told && s->told != cn && !s->options->common.json)
		fprintf(s->screen, "\nconnection %s:\n", cn->name ? cn->name : "without a name");
	s->told = cn;
}

static void on_step(void *context, const struct trace_step *step, const struct packet *p,
		    const struct frame *f)
{
	struct step_conn *cn = context;

	tell_whose(cn);
	seen_step(cn->seen, step, p, f);
}

static struct step_conn *add(struct step *s, const char *name, struct err *e)
{
	struct common_options o = s->options->common;
	struct step_conn *cn = calloc(1, sizeof(*cn)), **at = &s->conns;

	if (!cn || (name && !(cn->name = strdup(name))) || !(cn->seen = seen_new(s->color)) ||
	    !(cn->record = record_new_in(s->record, cn->name))) {
		err_set(e, STATUS_APP, "out of memory");
	} else {
		o.pcap = NULL;
		o.color = s->color ? VIEW_COLOR_ALWAYS : VIEW_COLOR_NEVER;
		cn->output = output_new_beside(&o, s->screen, false, s->output, e);
	}
	if (!cn || !cn->output) {
		if (cn) {
			record_free(cn->record);
			seen_free(cn->seen);
			free(cn->name);
		}
		free(cn);
		return NULL;
	}
	cn->step = s;
	output_follow(cn->output, on_step, cn);
	while (*at)
		at = &(*at)->next;
	*at = cn;
	return cn;
}

struct hand *step_open(void *user, const char *name, const char *target,
		       const struct exec_settings *settings, void (*changed)(void *context),
		       void *context, struct err *e)
{
	struct step *s = user;
	struct step_conn *cn = add(s, name, e);

	if (!cn)
		return NULL;
	s->user.watch = output_watch(cn->output);
	s->current = cn;
	cn->hand = world_open(user, name, target, settings, changed, context, e);
	return cn->hand;
}

static void learn_isn(struct step_conn *cn)
{
	struct tcp_conn_info info;

	tcp_conn_info(hand_conn(cn->hand), &info);
	record_isn(cn->record, info.iss);
}

void step_looked(void *step, const char *name, const struct hand_arrival *a)
{
	struct step_conn *cn = step_conn_named(step, name);

	learn_isn(cn);
	record_looked_at(cn->record, &a->packet.seg, a->stamp_ns);
}

void step_drain(struct step *s)
{
	for (struct step_conn *cn = s->conns; cn; cn = cn->next) {
		const struct hand_arrival *a;

		if (!cn->hand)
			continue;
		learn_isn(cn);
		for (; (a = hand_first(cn->hand)); hand_drop(cn->hand))
			record_arrived(cn->record, &a->packet.seg, a->stamp_ns);
		record_settle(cn->record);
	}
}

bool step_conns_end(struct step *s, struct err *e)
{
	struct view_result result = { 0 };
	bool good = true;

	while (s->conns) {
		struct step_conn *cn = s->conns;

		tell_whose(cn);
		result.capture_drops = world_drops(s->world);
		output_summary(cn->output, &result);
		good = output_close(cn->output, e) && good;
		record_free(cn->record);
		seen_free(cn->seen);
		free(cn->name);
		s->conns = cn->next;
		free(cn);
	}
	s->current = s->told = NULL;
	return good;
}
