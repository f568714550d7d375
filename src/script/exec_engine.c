/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_engine.c - the verbs that the engine carries out. While one of them runs the engine has all its
 * duties; afterwards those that the script left to it. */
#include <stdlib.h>
#include <string.h>

#include "script/build.h"
#include "script/exec_priv.h"

void exec_take_duties(struct exec_conn *cn, unsigned duties)
{
	tcp_conn_set_automatic(hand_conn(cn->hand), duties, loop_now());
}

/* What came while a verb of the engine waited was for it. */
enum outcome exec_engine_done(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	exec_learn_base(cn);
	while (hand_first(cn->hand))
		exec_drop(x, cn);
	exec_take_duties(cn, cn->duties);
	exec_pass(x, c);
	return OUTCOME_DONE;
}

enum outcome exec_engine_failed(struct exec *x, const struct command *c, struct exec_conn *cn,
				const char *what)
{
	struct tcp_conn_info info;
	const char *icmp = hand_icmp(cn->hand), *why = NULL;

	exec_take_duties(cn, cn->duties);
	tcp_conn_info(hand_conn(cn->hand), &info);
	switch (info.failure) {
	case TCP_FAILURE_REFUSED:
		why = "refused (RST in answer to our SYN)";
		break;
	case TCP_FAILURE_RESET:
		why = "the peer reset the connection (RST)";
		break;
	case TCP_FAILURE_TIMED_OUT:
		why = "the peer stopped answering";
		break;
	case TCP_FAILURE_UNREACHABLE:
		why = "unreachable (ICMP)";
		break;
	case TCP_FAILURE_ABORTED:
		why = "the connection was reset by us";
		break;
	case TCP_FAILURE_NONE:
		break;
	}
	if (why)
		return exec_fail(x, c, "%s: %s%s%s", what, why, icmp ? ", ICMP said " : "",
				 icmp ? icmp : "");
	return exec_fail(x, c, "%s within %.3g s; the connection is in %s%s%s", what,
			 (double)(loop_now() - x->entered_us) / 1e6, tcp_state_name(info.state),
			 icmp ? ", ICMP said " : "", icmp ? icmp : "");
}

bool exec_late(const struct exec *x)
{
	return loop_now() >= x->deadline_us;
}

enum outcome exec_connect(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	enum tcp_state state;

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		if (tcp_conn_state(hand_conn(cn->hand)) != TCP_STATE_CLOSED)
			return exec_fail(x, c, "the connection is in %s already",
					 tcp_state_name(tcp_conn_state(hand_conn(cn->hand))));
		exec_set_deadline(x, c, cn);
		cn->duties = TCP_AUTO_ALL;
		exec_take_duties(cn, TCP_AUTO_ALL);
		tcp_conn_open(hand_conn(cn->hand), loop_now());
		if (exec_serve(x, c, cn) == OUTCOME_FAILED)
			return OUTCOME_FAILED;
	}
	state = tcp_conn_state(hand_conn(cn->hand));
	if (state >= TCP_STATE_ESTABLISHED)
		return exec_engine_done(x, c, cn);
	if (state == TCP_STATE_CLOSED || exec_late(x))
		return exec_engine_failed(x, c, cn, "not connected");
	return OUTCOME_WAIT;
}

/* The bytes of a write, ready to be sent; NULL after a verdict. */
static uint8_t *bytes_of(struct exec *x, const struct command *c, size_t *len)
{
	struct err e = { 0 };
	uint8_t *bytes = NULL;
	int64_t count;

	if (c->data.kind == DATA_BYTES) {
		bytes = values_bytes(x->values, &c->data.bytes, len, &e);
	} else if (values_number(x->values, &c->data.len, 0, 1 << 30, &count, &e)) {
		*len = (size_t)count;
		bytes = malloc(*len + 1);
		for (size_t i = 0; bytes && i < *len; i++)
			bytes[i] = script_pattern_byte(i);
		if (!bytes)
			err_set(&e, STATUS_APP, "out of memory");
	}
	if (!bytes)
		exec_fail(x, c, "%s", e.text);
	return bytes;
}

static enum outcome begin_write(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	enum tcp_state state = tcp_conn_state(hand_conn(cn->hand));

	if (tcp_conn_failure(hand_conn(cn->hand)))
		return exec_engine_failed(x, c, cn, "nothing can be written");
	if (state != TCP_STATE_SYN_SENT && state != TCP_STATE_SYN_RECEIVED &&
	    state != TCP_STATE_ESTABLISHED && state != TCP_STATE_CLOSE_WAIT)
		return exec_fail(x, c, "nothing can be written in %s", tcp_state_name(state));
	free(x->writing);
	x->writing = bytes_of(x, c, &x->writing_len);
	x->written = 0;
	if (!x->writing)
		return OUTCOME_FAILED;
	exec_set_deadline(x, c, cn);
	exec_take_duties(cn, cn->duties | TCP_AUTO_SEND);
	return OUTCOME_DONE;
}

/* Done when everything is sent for the first time; the acknowledgements are for `expect` to see. */
enum outcome exec_write(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	struct tcp_conn_info info;
	bool more;

	if (!cn || (first && begin_write(x, c, cn) == OUTCOME_FAILED))
		return OUTCOME_FAILED;
	x->written += tcp_conn_write(hand_conn(cn->hand), x->writing + x->written,
				     x->writing_len - x->written, loop_now());
	if (exec_serve(x, c, cn) == OUTCOME_FAILED)
		return OUTCOME_FAILED;
	tcp_conn_info(hand_conn(cn->hand), &info);
	more = info.unsent || x->written < x->writing_len;
	if (info.state == TCP_STATE_CLOSED || (more && exec_late(x)))
		return exec_engine_failed(x, c, cn, "not all was sent");
	if (more)
		return OUTCOME_WAIT;
	exec_take_duties(cn, cn->duties);
	exec_pass(x, c);
	return OUTCOME_DONE;
}

enum outcome exec_close(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	struct tcp_conn_info info;

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		if (tcp_conn_state(hand_conn(cn->hand)) == TCP_STATE_CLOSED)
			return exec_fail(x, c, "there is no connection to close");
		exec_set_deadline(x, c, cn);
		cn->duties =
			TCP_AUTO_ALL; /* what still comes, a FIN once more, is the engine's to answer */
		exec_take_duties(cn, TCP_AUTO_ALL);
		tcp_conn_close(hand_conn(cn->hand), loop_now());
		if (exec_serve(x, c, cn) == OUTCOME_FAILED)
			return OUTCOME_FAILED;
	}
	tcp_conn_info(hand_conn(cn->hand), &info);
	if (info.state == TCP_STATE_TIME_WAIT ||
	    (info.state == TCP_STATE_CLOSED && info.failure == TCP_FAILURE_NONE))
		return exec_engine_done(x, c, cn);
	if (info.state == TCP_STATE_CLOSED || exec_late(x))
		return exec_engine_failed(x, c, cn, "not closed in order");
	return OUTCOME_WAIT;
}

enum outcome exec_reset(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);

	(void)first;
	if (!cn)
		return OUTCOME_FAILED;
	tcp_conn_abort(hand_conn(cn->hand), loop_now());
	return exec_serve(x, c, cn);
}

enum outcome exec_auto(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);

	(void)first;
	if (!cn)
		return OUTCOME_FAILED;
	cn->duties = c->on ? cn->duties | c->duties : cn->duties & ~c->duties;
	exec_take_duties(cn, cn->duties);
	return exec_serve(x, c, cn);
}
