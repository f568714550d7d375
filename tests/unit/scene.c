/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene.c - the owner of the executor, and what it is told; see scene.h. */
#include "scene.h"

static void on_warning(void *context, const char *text)
{
	assert_non_null(text);
	((struct scene *)context)->warnings++;
}

static struct hand *on_open(void *world, const char *name, const char *target,
			    const struct exec_settings *settings, void (*changed)(void *context),
			    void *context, struct err *e)
{
	struct scene *s = world;
	struct scene_wire *w = &s->wires[s->wire_count];
	struct hand_config c = { .loop = s->loop,
				 .mtu_text = 1460,
				 .watch = &s->watch,
				 .send = scene_send,
				 .wire = w,
				 .changed = changed,
				 .context = context };

	if (s->open_fails.status) {
		*e = s->open_fails;
		return NULL;
	}
	assert_true(s->wire_count++ < SCENE_WIRES);
	w->scene = s;
	w->name = name;
	snprintf(w->target, sizeof(w->target), "%s", target ? target : "");
	w->settings = *settings;
	w->port = (uint16_t)(SCENE_OUR_PORT + s->wire_count);
	w->ip = (struct craft_ip){ .src = scene_us,
				   .dst = scene_peer,
				   .ttl = (uint8_t)settings->ttl };
	tcp_config_init(&c.tcp);
	c.tcp.local_port = w->port;
	c.tcp.peer_port = SCENE_PEER_PORT;
	c.tcp.isn = SCENE_OURS;
	c.tcp.use_wscale = false;
	c.tcp.use_sack = settings->sack;
	c.tcp.use_timestamps = settings->timestamps;
	c.tcp.nagle = settings->nagle;
	c.tcp.receive_buffer = 65535;
	c.tcp.window = (uint32_t)settings->window;
	c.tcp.time_wait_us = settings->time_wait_us;
	c.ip = w->ip;
	w->hand = hand_new(&c, e);
	return w->hand;
}

static void on_close(void *world, struct hand *h)
{
	struct scene *s = world;

	for (unsigned i = 0; i < s->wire_count; i++)
		if (s->wires[i].hand == h)
			s->wires[i].hand = NULL;
	hand_free(h);
}

static void on_get_stop(void *world, struct hand *h)
{
	(void)world;
	(void)h;
}

static void on_verdict(void *context, const struct exec_verdict *v)
{
	struct scene *s = context;
	unsigned at = s->verdict_end++ % SCENE_TOLD;
	char names[256] = "";

	assert_true(s->verdict_end - s->verdict_first <= SCENE_TOLD);
	assert_true(v->passed == !v->why && v->took_us >= 0);
	for (unsigned i = 0; v->report && i < v->report->count; i++)
		if (v->report->fields[i].differs)
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s ",
				 v->report->fields[i].name);
	s->verdicts[at].line = v->command->at.line;
	s->verdicts[at].passed = v->passed;
	s->verdicts[at].why = strdup(v->why ? v->why : "");
	s->verdicts[at].differing = strdup(names);
}

static void on_say(void *context, const char *text)
{
	struct scene *s = context;
	size_t used = strlen(s->said);

	snprintf(s->said + used, sizeof(s->said) - used, "%s\n", text);
}

static void on_sent(void *context, const struct command *c, const struct tcp_segment *seg)
{
	assert_true(context && c && seg);
}

static void on_idle(void *context)
{
	((struct scene *)context)->idle++;
}

static void on_done(void *context)
{
	((struct scene *)context)->done++;
}

static const struct definition defs[] = { { "host", "server" }, { "port", "80" } };

void scene_add(struct scene *s, const char *line)
{
	struct script_error e = { 0 };
	bool more;

	if (!script_session_line(s->session, line, &more, &e) || more)
		fail_msg("%s: %s\n%s", line, e.err.text, e.excerpt);
}

static const struct script *script_of(struct scene *s, const char *text)
{
	struct script_error e = { 0 };

	if (s->grows) {
		s->session = script_session_new(defs, ARRAY_LEN(defs));
		assert_non_null(s->session);
		for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
			scene_add(s, line);
		return script_session_script(s->session);
	}
	s->script = script_parse_text("test", text, strlen(text), defs, ARRAY_LEN(defs), &e);
	if (!s->script)
		fail_msg("%s\n%s", e.err.text, e.excerpt);
	return s->script;
}

void scene_begin(struct scene *s, const char *text)
{
	struct exec_config c = { .grows = s->grows,
				 .leave = s->leave,
				 .defs = defs,
				 .def_count = ARRAY_LEN(defs),
				 .settings = { .isn = -1,
					       .ttl = 64,
					       .time_wait_us = TCP_TIME_WAIT_BRIEF,
					       .timeout_us = 3000000 },
				 .watch = &s->exec_watch,
				 .open = on_open,
				 .close = on_close,
				 .get = s->get,
				 .get_stop = on_get_stop,
				 .world = s };
	struct err e = { 0 };

	s->watch = (struct watch){ .context = s, .warning = on_warning };
	s->exec_watch = (struct exec_watch){ .context = s,
					     .verdict = on_verdict,
					     .say = on_say,
					     .sent = on_sent,
					     .idle = on_idle,
					     .done = on_done };
	s->craft = craft_dry(AF_INET, &e);
	c.loop = s->loop = loop_new(&e);
	c.script = script_of(s, text);
	s->capture = (struct loop_source){ -1, 0, LOOP_NEVER, scene_capture, s };
	assert_true(loop_add(s->loop, &s->capture, &e));
	s->exec = exec_new(&c, &e);
	assert_true(s->craft && s->exec);
	exec_start(s->exec);
	clock_turn(s->loop);
}

void scene_end(struct scene *s)
{
	sends_nothing(s);
	no_verdict(s);
	exec_free(s->exec);
	for (unsigned i = 0; i < s->wire_count; i++)
		assert_null(s->wires[i].hand);
	for (; s->frame_first != s->frame_end; s->frame_first++)
		free(s->frames[s->frame_first % SCENE_FRAMES].bytes);
	script_free(s->script);
	script_session_free(s->session);
	craft_close(s->craft);
	loop_free(s->loop);
}

void scene_type(struct scene *s, const char *line)
{
	scene_add(s, line);
	exec_start(s->exec);
	clock_turn(s->loop);
}

static void next_verdict(struct scene *s, unsigned line, bool passed, const char *why,
			 const char *differing)
{
	unsigned at = s->verdict_first++ % SCENE_TOLD;

	if (at == s->verdict_end % SCENE_TOLD)
		fail_msg("no verdict on line %u", line);
	if (s->verdicts[at].line != line || s->verdicts[at].passed != passed ||
	    !strstr(s->verdicts[at].why, why) || strcmp(s->verdicts[at].differing, differing) != 0)
		fail_msg("line %u %s: \"%s\", differing: \"%s\"", s->verdicts[at].line,
			 s->verdicts[at].passed ? "passed" : "failed", s->verdicts[at].why,
			 s->verdicts[at].differing);
	free(s->verdicts[at].why);
	free(s->verdicts[at].differing);
}

void passes(struct scene *s, unsigned line)
{
	next_verdict(s, line, true, "", "");
}

void fails(struct scene *s, unsigned line, const char *why, const char *differing)
{
	next_verdict(s, line, false, why, differing);
}

void no_verdict(const struct scene *s)
{
	unsigned at = s->verdict_first % SCENE_TOLD;

	if (s->verdict_first != s->verdict_end)
		fail_msg("a verdict on line %u: \"%s\"", s->verdicts[at].line, s->verdicts[at].why);
}

bool scene_over(const struct scene *s)
{
	assert_int_equal(s->done, exec_done(s->exec));
	return s->done;
}
