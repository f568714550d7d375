/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - the life of a session: start, timers, end, and what to say of it. See session.h.
 *
 * Whatever happens ends in session_serve(), which lets the engine's timers and duties run, moves the
 * phases on and computes the next deadline; the last thing a callback does is session_tell(). */
#include "drive/session.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive/session_priv.h"

#define SEND_BUFFER \
	(16u << 20)    /* the most that a path may need; little of it is filled elsewhere */
#define DRAIN_US 50000 /* wait at most so long to see our own last segment */

static void on_wire(void *context, short revents)
{
	struct session *s = context;

	/* Frames before timers, even when it was a deadline that woke us: what arrived while we were
	 * busy is no reason to send anything again. */
	session_read_wire(s);
	session_serve(s);
	session_tell(s);
}

struct session *session_new(const struct session_config *config, struct err *e)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s) {
		link_close(config->link);
		err_set(e, STATUS_APP, "out of memory");
		return NULL;
	}
	s->cfg = *config;
	s->cfg.tcp.send_buffer = SEND_BUFFER;
	s->cfg.tcp.deliver = session_deliver;
	s->cfg.tcp.context = s;
	snprintf(s->peer_name, sizeof(s->peer_name), "%s", config->peer_name);
	s->in_fd = s->out_fd = -1;
	s->conn = tcp_conn_new(&s->cfg.tcp);
	s->trace = trace_new();
	s->wire = (struct loop_source){ config->link->fd, POLLIN, LOOP_NEVER, on_wire, s };
	if (!s->conn || !s->trace)
		err_set(e, STATUS_APP, "out of memory");
	else if (loop_add(config->loop, &s->wire, e))
		return s;
	session_free(s);
	return NULL;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	loop_remove(s->cfg.loop, &s->wire);
	loop_remove(s->cfg.loop, &s->in);
	loop_remove(s->cfg.loop, &s->out);
	trace_free(s->trace);
	tcp_conn_free(s->conn);
	link_close(s->cfg.link);
	free(s);
}

void session_nudge(struct session *s)
{
	session_emit(s, loop_now());
	s->wire.deadline_us = 0;
}

void session_start(struct session *s)
{
	s->start_us = s->heard_us = loop_now();
	s->phase = PHASE_RUNNING;
	tcp_conn_open(s->conn, s->start_us);
	session_nudge(s);
}

void session_close(struct session *s)
{
	tcp_conn_close(s->conn, loop_now());
	s->in_ended = true;
	session_nudge(s);
}

void session_fail(struct session *s, const struct err *why)
{
	if (!s->why.status)
		s->why = *why;
	tcp_conn_abort(s->conn, loop_now());
}

void session_abort(struct session *s, const struct err *why)
{
	if (s->phase != PHASE_RUNNING)
		return;
	session_fail(s, why);
	session_nudge(s);
}

/* When the peer has been silent for too long; while our own reader is full it may be. */
static int64_t silence_deadline(const struct session *s)
{
	enum tcp_state state = tcp_conn_state(s->conn);

	if (!s->established || !s->cfg.silence_us || s->out_full || state == TCP_STATE_TIME_WAIT)
		return LOOP_NEVER;
	return s->heard_us + s->cfg.silence_us;
}

static int64_t connect_deadline(const struct session *s)
{
	return s->established || !s->cfg.connect_us ? LOOP_NEVER : s->start_us + s->cfg.connect_us;
}

static bool no_answer(const struct session *s, const struct tcp_conn_info *info, struct err *e)
{
	return err_set(e, STATUS_TIMEOUT,
		       "cannot connect to %s: no answer to %u SYN%s in %.3g s; the host "
		       "is down or something drops them in silence, --timeout waits longer",
		       s->peer_name, info->syn_retries + 1, info->syn_retries ? "s" : "",
		       (double)s->cfg.connect_us / 1e6);
}

static void check_patience(struct session *s, int64_t now)
{
	struct tcp_conn_info info;
	struct err e = { 0 };

	if (now < connect_deadline(s) && now < silence_deadline(s))
		return;
	tcp_conn_info(s->conn, &info);
	if (!s->established)
		no_answer(s, &info, &e);
	else
		err_set(&e, STATUS_TIMEOUT,
			"%s has been silent for %g s in %s; --timeout waits longer", s->peer_name,
			(double)s->cfg.silence_us / 1e6, tcp_state_name(info.state));
	session_fail(s, &e);
}

static void check_reader(struct session *s)
{
	struct err e = { 0 };

	if (!s->reader_error || tcp_conn_state(s->conn) == TCP_STATE_CLOSED)
		return;
	err_set(&e, STATUS_APP, "nobody takes what %s sends: %s; the connection was reset",
		s->peer_name, strerror(s->reader_error));
	session_fail(s, &e);
}

static void enter_phase(struct session *s, enum session_phase phase)
{
	s->phase = phase;
	if (phase == PHASE_OVER)
		s->news = true;
}

/* The engine may be CLOSED, by both FINs or by a RST, and still hold text that the reader has not
 * taken. Where it was us who gave up nobody waits for that. */
static bool reader_lags(const struct session *s)
{
	return s->out_full && !s->reader_error && !s->why.status;
}

static void move_on(struct session *s, int64_t now)
{
	enum tcp_state state = tcp_conn_state(s->conn);

	/* SYN-RECEIVED (both opened at once) is no connection yet. */
	if (!s->established && state >= TCP_STATE_ESTABLISHED) {
		s->established = true;
		s->news = true;
	}
	if (s->phase == PHASE_RUNNING && state == TCP_STATE_CLOSED) {
		enter_phase(s, PHASE_DRAINING);
		s->drain_until_us = now + DRAIN_US;
	}
	if (s->phase == PHASE_DRAINING && now >= s->drain_until_us)
		s->ours.last_unseen = false;
	if (s->phase == PHASE_DRAINING && !s->ours.last_unseen && !reader_lags(s))
		enter_phase(s, PHASE_OVER);
}

static int64_t next_deadline(const struct session *s, int64_t now)
{
	int64_t all[] = { tcp_conn_deadline(s->conn), connect_deadline(s), silence_deadline(s) };
	int64_t first = LOOP_NEVER;

	if (session_holds(s, now))
		first = s->hold_until_us;
	else if (s->more_frames && s->phase != PHASE_OVER)
		return 0;
	if (s->phase == PHASE_DRAINING)
		return s->ours.last_unseen ? s->drain_until_us : LOOP_NEVER;
	for (size_t i = 0; s->phase == PHASE_RUNNING && i < ARRAY_LEN(all); i++)
		first = all[i] < first ? all[i] : first;
	return first;
}

void session_serve(struct session *s)
{
	int64_t now = loop_now();

	session_flush(s);
	if (s->phase == PHASE_RUNNING) {
		check_reader(s);
		tcp_conn_on_timer(s->conn, now);
		if (tcp_conn_state(s->conn) != TCP_STATE_CLOSED)
			check_patience(s, now);
		session_emit(s, now);
	}
	move_on(s, now);
	if (s->established)
		session_tend_stream(s);
	s->wire.deadline_us = next_deadline(s, now);
	s->wire.events =
		s->phase == PHASE_OVER || s->wire_gone || session_holds(s, now) ? 0 : POLLIN;
}

void session_tell(struct session *s)
{
	if (!s->news)
		return;
	s->news = false;
	s->cfg.changed(s->cfg.context);
}

bool session_established(const struct session *s)
{
	return s->established;
}

bool session_over(const struct session *s)
{
	return s->phase == PHASE_OVER;
}

/* What the engine's failures mean to a user. */
static bool explain_failure(const struct session *s, const struct tcp_conn_info *info,
			    struct err *e)
{
	char from[ADDR_TEXT_MAX];

	switch (info->failure) {
	case TCP_FAILURE_REFUSED:
		return err_set(e, STATUS_REFUSED,
			       "cannot connect to %s: refused (RST in answer to our "
			       "SYN); is a server listening on that port?",
			       s->peer_name);
	case TCP_FAILURE_RESET:
		return err_set(e, STATUS_PEER,
			       "%s reset the connection (RST) after %" PRIu64 " bytes; "
			       "the server's log may say why",
			       s->peer_name, info->text_received);
	case TCP_FAILURE_TIMED_OUT:
		if (!s->established)
			return no_answer(s, info, e);
		if (s->cfg.tcp.keepalive_us && info->snd_una == info->snd_nxt)
			return err_set(
				e, STATUS_TIMEOUT,
				"%s is gone: it answered none of %d keep-alives; --keepalive "
				"asks less often",
				s->peer_name, TCP_KEEPALIVE_PROBES);
		return err_set(e, STATUS_TIMEOUT,
			       "%s stopped answering%s%s; --timeout waits longer", s->peer_name,
			       s->icmp_text ? ": ICMP said " : "",
			       s->icmp_text ? s->icmp_text : "");
	case TCP_FAILURE_UNREACHABLE:
		return err_set(
			e, STATUS_UNREACHABLE,
			"cannot reach %s: %s, says %s (ICMP); check the address, the port and the "
			"firewalls on the way",
			s->peer_name, s->icmp_text ? s->icmp_text : "unreachable",
			s->icmp_text ? addr_text(&s->icmp_from, from) : "a router");
	case TCP_FAILURE_ABORTED:
	case TCP_FAILURE_NONE:
		break;
	}
	return s->established || err_set(e, STATUS_APP,
					 "the connection to %s was given up before it "
					 "was established",
					 s->peer_name);
}

bool session_outcome(const struct session *s, struct err *e)
{
	struct tcp_conn_info info;

	if (s->why.status) {
		*e = s->why;
		return false;
	}
	tcp_conn_info(s->conn, &info);
	return explain_failure(s, &info, e);
}

void session_info(const struct session *s, struct tcp_conn_info *out)
{
	tcp_conn_info(s->conn, out);
}

void session_summary(const struct session *s, struct trace_summary *out)
{
	trace_summary(s->trace, out);
}
