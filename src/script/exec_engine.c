/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_engine.c - the verbs that the engine carries out. While one of them runs the engine has all its
 * duties; afterwards those that the script left to it. */
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "script/build.h"
#include "script/exec_priv.h"

static void take_duties(struct exec_conn *cn, unsigned duties)
{
	tcp_conn_set_automatic(hand_conn(cn->hand), duties, loop_now());
}

/* What came while a verb of the engine waited was for it. */
static enum outcome done(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	exec_learn_base(cn);
	while (hand_first(cn->hand))
		exec_drop(x, cn);
	take_duties(cn, cn->duties);
	exec_pass(x, c);
	return OUTCOME_DONE;
}

static enum outcome failed(struct exec *x, const struct command *c, struct exec_conn *cn,
			   const char *what)
{
	struct tcp_conn_info info;
	const char *icmp = hand_icmp(cn->hand), *why = NULL;

	take_duties(cn, cn->duties);
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

static bool late(const struct exec *x)
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
		take_duties(cn, TCP_AUTO_ALL);
		tcp_conn_open(hand_conn(cn->hand), loop_now());
		if (exec_serve(x, c, cn) == OUTCOME_FAILED)
			return OUTCOME_FAILED;
	}
	state = tcp_conn_state(hand_conn(cn->hand));
	if (state >= TCP_STATE_ESTABLISHED)
		return done(x, c, cn);
	if (state == TCP_STATE_CLOSED || late(x))
		return failed(x, c, cn, "not connected");
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
		return failed(x, c, cn, "nothing can be written");
	if (state != TCP_STATE_SYN_SENT && state != TCP_STATE_SYN_RECEIVED &&
	    state != TCP_STATE_ESTABLISHED && state != TCP_STATE_CLOSE_WAIT)
		return exec_fail(x, c, "nothing can be written in %s", tcp_state_name(state));
	free(x->writing);
	x->writing = bytes_of(x, c, &x->writing_len);
	x->written = 0;
	if (!x->writing)
		return OUTCOME_FAILED;
	exec_set_deadline(x, c, cn);
	take_duties(cn, cn->duties | TCP_AUTO_SEND);
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
	if (info.state == TCP_STATE_CLOSED || (more && late(x)))
		return failed(x, c, cn, "not all was sent");
	if (more)
		return OUTCOME_WAIT;
	take_duties(cn, cn->duties);
	exec_pass(x, c);
	return OUTCOME_DONE;
}

/* Where the first match ends; 0: there is none. */
static size_t regex_end(const char *regex, const uint8_t *text, size_t len)
{
	regmatch_t match = { .rm_so = 0, .rm_eo = (regoff_t)len };
	char *copy = len ? malloc(len + 1) : NULL; /* REG_STARTEND needs no end, but checkers do */
	regex_t re;
	size_t n = 0;

	if (!copy || regcomp(&re, regex, REG_EXTENDED | REG_NEWLINE)) {
		free(copy);
		return 0;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!regexec(&re, copy, 1, &match, REG_STARTEND))
		n = (size_t)match.rm_eo;
	regfree(&re);
	free(copy);
	return n;
}

/* How many of the bytes received so far fulfil a read; 0: not yet. @end: no more will come. */
static size_t fulfils(struct exec *x, const struct command *c, const uint8_t *text, size_t len,
		      bool end)
{
	struct err e = { 0 };
	int64_t wanted;

	switch (c->until) {
	case READ_SOME:
		return len;
	case READ_COUNT:
		if (!values_number(x->values, &c->number, 1, 1 << 20, &wanted, &e))
			return 0;
		return len >= (size_t)wanted ? (size_t)wanted : 0;
	case READ_END:
		return end ? len : 0;
	case READ_REGEX:
		return regex_end(c->data.regex, text, len);
	}
	return 0;
}

enum outcome exec_read(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	const uint8_t *text;
	size_t len, n;
	bool end;

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		exec_set_deadline(x, c, cn);
		take_duties(cn, cn->duties | TCP_AUTO_ACK);
		if (exec_serve(x, c, cn) == OUTCOME_FAILED)
			return OUTCOME_FAILED;
	}
	text = hand_text(cn->hand, &len);
	end = tcp_conn_at_end(hand_conn(cn->hand));
	n = fulfils(x, c, text, len, end);
	if (n || (end && c->until == READ_END)) {
		if (c->name && !values_set(x->values, c->name, text, n))
			return exec_fail(x, c, "out of memory");
		hand_read(cn->hand, n);
		return done(x, c, cn);
	}
	if (c->until == READ_END && !c->name)
		hand_read(cn->hand, len); /* nobody wants it, and more has to have room */
	if (end || late(x) || tcp_conn_state(hand_conn(cn->hand)) == TCP_STATE_CLOSED)
		return failed(x, c, cn,
			      end ? "the peer's stream ended before that came" : "it did not come");
	return OUTCOME_WAIT;
}

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
		return failed(x, c, cn, "no whole response");
	take_duties(cn, cn->duties);
	if (x->got_why.status)
		return exec_fail(x, c, "no whole response: %.*s",
				 (int)strcspn(x->got_why.text, ";"), x->got_why.text);
	if (!values_number(x->values, &c->number, 100, 999, &wanted, &e))
		return exec_fail(x, c, "%s", e.text);
	if (x->got_status != wanted)
		return exec_fail(x, c, "the response has status %ld, expected %" PRId64,
				 x->got_status, wanted);
	return done(x, c, cn);
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
		take_duties(cn, TCP_AUTO_ALL);
	}
	if (x->got && (!owes_ack(cn) || late(x)))
		return judge_response(x, c, cn);
	if (!late(x))
		return OUTCOME_WAIT;
	x->cfg.get_stop(x->cfg.world, cn->hand);
	return failed(x, c, cn, "no whole response");
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
		take_duties(cn, TCP_AUTO_ALL);
		tcp_conn_close(hand_conn(cn->hand), loop_now());
		if (exec_serve(x, c, cn) == OUTCOME_FAILED)
			return OUTCOME_FAILED;
	}
	tcp_conn_info(hand_conn(cn->hand), &info);
	if (info.state == TCP_STATE_TIME_WAIT ||
	    (info.state == TCP_STATE_CLOSED && info.failure == TCP_FAILURE_NONE))
		return done(x, c, cn);
	if (info.state == TCP_STATE_CLOSED || late(x))
		return failed(x, c, cn, "not closed in order");
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
	take_duties(cn, cn->duties);
	return exec_serve(x, c, cn);
}
