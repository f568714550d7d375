/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_read.c - the verb `read`: the peer's stream as the engine delivers it. */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"

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
		exec_take_duties(cn, cn->duties | TCP_AUTO_ACK);
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
		return exec_engine_done(x, c, cn);
	}
	if (c->until == READ_END && !c->name)
		hand_read(cn->hand, len); /* nobody wants it, and more has to have room */
	if (end || exec_late(x) || tcp_conn_state(hand_conn(cn->hand)) == TCP_STATE_CLOSED)
		return exec_engine_failed(x, c, cn,
					  end ? "the peer's stream ended before that came" :
						"it did not come");
	return OUTCOME_WAIT;
}
