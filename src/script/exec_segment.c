/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_segment.c - segments by hand: what is sent, what is expected, what may come. */
#include <stdlib.h>
#include <string.h>

#include "script/build.h"
#include "script/exec_priv.h"

enum outcome exec_send(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	struct script_built built;
	struct err e = { 0 };
	bool sent;

	(void)first;
	if (!cn)
		return OUTCOME_FAILED;
	exec_learn_base(cn);
	if (!script_build(&c->specs[0], hand_conn(cn->hand), hand_ip(cn->hand), &cn->base,
			  x->values, loop_now(), &built, &e))
		return exec_fail(x, c, "%s", e.text);
	sent = hand_send(cn->hand, &built.ip, &built.seg, &e);
	if (sent)
		x->cfg.watch->sent(x->cfg.watch->context, c, &built.seg);
	script_built_free(&built);
	exec_learn_base(cn);
	return sent ? OUTCOME_DONE : exec_fail(x, c, "%s", e.text);
}

/* Numbers in an arrival are relative to what was known when it came, its own SYN included. */
static void learn_from(struct exec_conn *cn, const struct hand_arrival *a)
{
	const struct tcp_segment *seg = &a->packet.seg;

	exec_learn_base(cn);
	exec_note_ack(cn, seg);
	if (cn->base.peers_known)
		return;
	cn->base.peers = seg->seq; /* of a RST to our SYN, say */
	cn->base.peers_known = seg->flags & TCP_FLAG_SYN;
}

static bool is_ignored(struct exec *x, const struct exec_conn *cn, const struct hand_arrival *a)
{
	struct err e = { 0 };

	if (cn->ignore_again && a->again)
		return true;
	for (unsigned i = 0; i < cn->ignore_count; i++)
		for (unsigned k = 0; k < cn->ignores[i]->spec_count; k++)
			if (match_segment(&cn->ignores[i]->specs[k], &a->packet, &cn->base,
					  x->values, NULL, &e) == 1)
				return true;
	return false;
}

/* The next segment that is to be looked at, or NULL. */
static const struct hand_arrival *next_arrival(struct exec *x, struct exec_conn *cn)
{
	const struct hand_arrival *a;

	while ((a = hand_first(cn->hand))) {
		learn_from(cn, a);
		if (!is_ignored(x, cn, a))
			return a;
		exec_drop(x, cn);
	}
	return NULL;
}

/* Compare with each description. Return: 1 one fits, 2 a part of one does, 0 none, and @report is the
 * nearest's; -1 after a verdict: one cannot be evaluated. */
static int compare(struct exec *x, const struct command *c, const struct exec_conn *cn,
		   const struct packet *p, struct match_report *report)
{
	struct match_report one;
	struct err e = { 0 };

	for (unsigned i = 0; i < c->spec_count; i++) {
		int fits =
			match_part(&c->specs[i], p, &cn->base, x->values, &x->part_done, &one, &e);

		if (fits < 0) {
			exec_fail(x, c, "%s", e.text);
			return -1;
		}
		if (!i || fits || one.differing < report->differing)
			*report = one;
		if (fits)
			return fits;
	}
	return 0;
}

static enum outcome nothing_came(struct exec *x, const struct command *c,
				 const struct exec_conn *cn)
{
	const char *icmp = hand_icmp(cn->hand);

	return exec_fail(x, c, "no segment came within %g s%s%s",
			 (double)(x->deadline_us - x->entered_us) / 1e6, icmp ? "; ICMP said " : "",
			 icmp ? icmp : "");
}

/* OUTCOME_WAIT: it was a part, the rest is to come. */
static enum outcome judge(struct exec *x, const struct command *c, struct exec_conn *cn,
			  const struct hand_arrival *a)
{
	struct match_report report;
	struct exec_verdict v = { .command = c,
				  .took_us = loop_now() - x->entered_us,
				  .report = &report,
				  .actual = &a->packet };
	int fits = compare(x, c, cn, &a->packet, &report);

	if (fits < 0)
		return OUTCOME_FAILED;
	if (fits == 2) {
		exec_drop(x, cn);
		return OUTCOME_WAIT;
	}
	if (!fits)
		v.why = c->spec_count > 1 ? "a segment came that is none of these" :
					    "another segment came";
	else if (c->after_us > 0 && a->time_us - x->entered_us < c->after_us)
		v.why = "it came too early";
	v.passed = !v.why;
	if (v.passed && c->name &&
	    !values_capture(x->values, c->name, &a->packet, cn->base.peers, cn->base.ours))
		return exec_fail(x, c, "out of memory");
	exec_verdict(x, &v);
	exec_drop(x, cn);
	return v.passed ? OUTCOME_DONE : OUTCOME_FAILED;
}

enum outcome exec_expect(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	const struct hand_arrival *a;

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		exec_set_deadline(x, c, cn);
		x->part_done = 0;
	}
	/* What came in time counts, even if it is looked at later. */
	while ((a = next_arrival(x, cn)) && a->time_us <= x->deadline_us) {
		enum outcome outcome = judge(x, c, cn, a);

		if (outcome != OUTCOME_WAIT)
			return outcome;
	}
	return a || loop_now() >= x->deadline_us ? nothing_came(x, c, cn) : OUTCOME_WAIT;
}

enum outcome exec_expect_none(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	const struct hand_arrival *a;
	struct match_report report = { 0 };

	if (!cn)
		return OUTCOME_FAILED;
	if (first)
		exec_set_deadline(x, c, cn);
	while ((a = next_arrival(x, cn)) && a->time_us <= x->deadline_us) {
		struct exec_verdict v = { .command = c,
					  .took_us = loop_now() - x->entered_us,
					  .why = "a segment came",
					  .actual = &a->packet };
		int fits = c->spec_count ? compare(x, c, cn, &a->packet, &report) : 1;

		if (fits < 0)
			return OUTCOME_FAILED;
		if (fits) {
			exec_verdict(x, &v);
			exec_drop(x, cn);
			return OUTCOME_FAILED;
		}
		exec_drop(x, cn);
	}
	if (loop_now() < x->deadline_us)
		return OUTCOME_WAIT;
	exec_pass(x, c);
	return OUTCOME_DONE;
}

enum outcome exec_ignore(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_conn_of(x, c);
	const struct command **more;

	(void)first;
	if (!cn)
		return exec_fail(x, c, "out of memory");
	if (c->verb == VERB_IGNORE_AGAIN) {
		cn->ignore_again = true;
		return OUTCOME_DONE;
	}
	if (!c->spec_count) {
		cn->ignore_count = 0;
		cn->ignore_again = false;
		return OUTCOME_DONE;
	}
	for (unsigned i = 0; i < cn->ignore_count; i++) /* in a loop */
		if (cn->ignores[i] == c)
			return OUTCOME_DONE;
	more = realloc(cn->ignores, (cn->ignore_count + 1) * sizeof(*more));
	if (!more)
		return exec_fail(x, c, "out of memory");
	cn->ignores = more;
	cn->ignores[cn->ignore_count++] = c;
	return OUTCOME_DONE;
}
