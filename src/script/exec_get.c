/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_get.c - the verb `get`: one request of HTTP, which somebody else makes, on a connection of the script's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"

static bool begin_get(struct exec *x, const struct command *c, struct exec_conn *cn, struct err *e)
{
	enum tcp_state state = tcp_conn_state(hand_conn(cn->hand));
	uint8_t *path;
	size_t len;
	bool begun;

	if (!x->cfg.get)
		return err_set(e, STATUS_APP, "get is not to be had here");
	if (state == TCP_STATE_CLOSE_WAIT)
		return err_set(e, STATUS_USAGE,
			       "the peer has closed its direction (CLOSE-WAIT): no response can "
			       "come any more");
	if (state != TCP_STATE_ESTABLISHED)
		return err_set(e, STATUS_USAGE,
			       "the connection is in %s, not established; `connect` comes first",
			       tcp_state_name(state));
	x->got = false;
	path = values_bytes(x->values, &c->text, &len, e);
	begun = path && x->cfg.get(x->cfg.world, cn->hand, (const char *)path, x, e);
	free(path);
	return begun;
}

/* Where acknowledging is the script's again afterwards a whole response is not enough: its last bytes are
 * still to be acknowledged, and the script does not know them. */
static bool owes_ack(struct exec_conn *cn)
{
	struct tcp_conn_info info;

	tcp_conn_info(hand_conn(cn->hand), &info);
	return info.ack_owed && !(cn->duties & TCP_AUTO_ACK) && info.state != TCP_STATE_CLOSED;
}

static enum outcome judge_response(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	struct err e = { 0 };
	int64_t wanted;

	if (x->got_why.status && tcp_conn_failure(hand_conn(cn->hand)))
		return exec_engine_failed(x, c, cn, "no whole response");
	exec_take_duties(cn, cn->duties);
	if (x->got_why.status)
		return exec_fail(x, c, "no whole response: %.*s",
				 (int)strcspn(x->got_why.text, ";"), x->got_why.text);
	if (!values_number(x->values, &c->number, 100, 999, &wanted, &e))
		return exec_fail(x, c, "%s", e.text);
	if (x->got_status != wanted)
		return exec_fail(x, c, "the response has status %ld, expected %" PRId64,
				 x->got_status, wanted);
	return exec_engine_done(x, c, cn);
}

enum outcome exec_get(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	struct err e = { 0 };

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		exec_set_deadline(x, c, cn);
		if (!begin_get(x, c, cn, &e))
			return exec_fail(x, c, "%s", e.text);
		exec_take_duties(cn, TCP_AUTO_ALL);
	}
	if (x->got && (!owes_ack(cn) || exec_late(x)))
		return judge_response(x, c, cn);
	if (!exec_late(x))
		return OUTCOME_WAIT;
	x->cfg.get_stop(x->cfg.world, cn->hand);
	return exec_engine_failed(x, c, cn, "no whole response");
}
