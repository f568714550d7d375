/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exec_parts.c - `expect ... in parts`: a range of the peer's text, however it is cut.
 *
 * In:    what arrives, in any order: text in one segment or in many, joined with what follows, sent again;
 *        acknowledgements merged, late, or alone.
 * Out:   done once the whole range came, the FIN behind it if one is described, and the acknowledgement.
 * Rules: a segment that goes on beyond the range stays in the queue, for the next expectation. Nothing is
 *        ignored here: "ignore" is for segments, and this is about the stream.
 * Fails: at once on a RST, on a FIN inside the range, and on the first byte that differs. */
#include <stdlib.h>
#include <string.h>

#include "script/exec_priv.h"

#define TEXT_KEPT 65536u /* bytes for a regular expression */

/* The expectation in work; numbers are relative. */
struct parts {
	uint32_t from, to, ack;
	bool has_ack, fin;
	uint8_t *want; /* DATA_BYTES: the text as it must be, from..to */
	uint8_t *text; /* what came of it, where it is compared */
	size_t text_size;
	struct ranges have; /* what of it is in @text */
};

void exec_parts_free(struct exec *x)
{
	if (!x->parts)
		return;
	free(x->parts->want);
	free(x->parts->text);
	free(x->parts);
	x->parts = NULL;
}

static bool number(struct exec *x, const struct test *t, uint32_t base, uint32_t *out,
		   struct err *e)
{
	int64_t value;

	if (!values_number(x->values, &t->a, 0, UINT32_MAX, &value, e))
		return false;
	*out = (uint32_t)value - (t->a.absolute ? base : 0);
	return true;
}

static bool begin_text(struct exec *x, const struct segment_spec *spec, struct err *e)
{
	struct parts *p = x->parts;
	size_t len = 0;

	if (spec->data.kind == DATA_BYTES) {
		p->want = values_bytes(x->values, &spec->data.bytes, &len, e);
		if (!p->want)
			return false;
		if (len != p->to - p->from)
			return err_set(e, STATUS_USAGE,
				       "the data has %zu bytes, but the range has %u", len,
				       p->to - p->from);
		p->text_size = len;
	} else if (spec->data.kind == DATA_REGEX) {
		p->text_size = p->to - p->from < TEXT_KEPT ? p->to - p->from : TEXT_KEPT;
	}
	p->text = malloc(p->text_size + 1);
	return p->text || err_set(e, STATUS_APP, "out of memory");
}

static bool begin(struct exec *x, const struct command *c, const struct exec_conn *cn)
{
	const struct segment_spec *spec = &c->specs[0];
	const struct match_base *base = &cn->base;
	struct err e = { 0 };
	struct parts *p;
	uint32_t len;

	exec_parts_free(x);
	p = x->parts = calloc(1, sizeof(*p));
	if (!p)
		return exec_fail(x, c, "out of memory"), false;
	p->fin = spec->flags & TCP_FLAG_FIN;
	p->has_ack = spec->fields[FIELD_ACK].kind != TEST_NONE;
	if (!number(x, &spec->fields[FIELD_SEQ], base->peers, &p->from, &e) ||
	    !number(x, &spec->fields[FIELD_LEN], 0, &len, &e) ||
	    (p->has_ack && !number(x, &spec->fields[FIELD_ACK], base->ours, &p->ack, &e)))
		return exec_fail(x, c, "%s", e.text), false;
	p->to = p->from + len;
	if (!begin_text(x, spec, &e))
		return exec_fail(x, c, "%s", e.text), false;
	return true;
}

/* A new SYN on the same ports makes other numbers of all. */
static void follow_base(struct exec_conn *cn)
{
	if (cn->parts_base.ours != cn->base.ours)
		cn->acked = 0;
	if (cn->parts_base.peers != cn->base.peers) {
		cn->came.count = 0;
		cn->fin_came = false;
	}
	cn->parts_base = cn->base;
}

void exec_note_ack(struct exec_conn *cn, const struct tcp_segment *seg)
{
	uint32_t ack = seg->ack - cn->base.ours;

	follow_base(cn);
	if (seg->flags & TCP_FLAG_ACK && ack - cn->acked < UINT32_MAX / 2)
		cn->acked = ack;
}

static uint32_t acked(const struct exec_conn *cn)
{
	struct tcp_conn_info info;

	tcp_conn_info(hand_conn(cn->hand), &info);
	return info.snd_una - cn->base.ours > cn->acked && info.iss == cn->base.ours ?
		       info.snd_una - info.iss :
		       cn->acked;
}

static bool complete(const struct exec_conn *cn, const struct parts *p)
{
	return ranges_upto(&cn->came, p->from) >= p->to && (!p->has_ack || acked(cn) >= p->ack) &&
	       (!p->fin || (cn->fin_came && cn->fin == p->to));
}

/* Where an arrival's text begins, and where it ends; a SYN's text is behind its number. */
static void extent(const struct exec_conn *cn, const struct tcp_segment *seg, uint32_t *from,
		   uint32_t *to)
{
	*from = seg->seq - cn->base.peers + !!(seg->flags & TCP_FLAG_SYN);
	*to = *from + (uint32_t)seg->text_len;
}

static void keep_text(struct parts *p, const struct tcp_segment *seg, uint32_t from, uint32_t to)
{
	uint32_t end = p->from + (uint32_t)p->text_size;
	uint32_t a = from > p->from ? from : p->from, b = to < end ? to : end;

	if (!seg->text || a >= b)
		return;
	memcpy(p->text + (a - p->from), seg->text + (a - from), b - a);
	ranges_add(&p->have, a, b);
}

static void take(struct exec_conn *cn, struct parts *p, const struct tcp_segment *seg)
{
	uint32_t from, to;

	extent(cn, seg, &from, &to);
	exec_note_ack(cn, seg);
	ranges_add(&cn->came, from, to);
	keep_text(p, seg, from, to);
	if (seg->flags & TCP_FLAG_FIN) {
		cn->fin_came = true;
		cn->fin = to;
	}
}

/* The text that came so far, against the description. Return: false after a verdict. */
static bool check_text(struct exec *x, const struct command *c, const struct exec_conn *cn,
		       bool all)
{
	const struct parts *p = x->parts;
	struct segment_spec spec = { .any_flags = true, .data = c->specs[0].data };
	size_t len = ranges_upto(&p->have, p->from) - p->from;
	struct packet whole = { .seg = { .text = p->text, .text_len = len } };
	struct match_report report;
	struct exec_verdict v = { .command = c,
				  .why = "its text is another",
				  .took_us = loop_now() - x->entered_us,
				  .report = &report };
	struct err e = { 0 };
	int fits;

	if (!p->text_size || (p->want && !memcmp(p->want, p->text, len)))
		return true;
	if (!p->want && (!all || len < p->text_size))
		return true;
	fits = match_segment(&spec, &whole, &cn->base, x->values, &report, &e);
	if (fits < 0)
		exec_fail(x, c, "%s", e.text);
	else if (!fits)
		exec_verdict(x, &v);
	return fits == 1;
}

/* Does this arrival put an end to waiting? */
static bool breaks_off(struct exec *x, const struct command *c, const struct exec_conn *cn,
		       const struct tcp_segment *seg)
{
	const struct parts *p = x->parts;
	/* Who waits for an acknowledgement alone after the FIN may see that FIN once more. */
	bool is_behind_fin = p->from == p->to && cn->fin + 1 == p->from;

	if (seg->flags & TCP_FLAG_RST)
		exec_fail(x, c, "the peer reset the connection (RST) after %u of %u bytes",
			  ranges_upto(&cn->came, p->from) - p->from, p->to - p->from);
	else if (cn->fin_came && cn->fin < p->to && !is_behind_fin)
		exec_fail(x, c, "the peer's stream ends at %u (FIN), %u bytes too early", cn->fin,
			  p->to - cn->fin);
	else
		return false;
	return true;
}

static enum outcome too_late(struct exec *x, const struct command *c, const struct exec_conn *cn)
{
	const struct parts *p = x->parts;
	uint32_t upto = ranges_upto(&cn->came, p->from);
	const char *icmp = hand_icmp(cn->hand);

	if (upto < p->to)
		return exec_fail(x, c, "%u of %u bytes came within %g s%s%s", upto - p->from,
				 p->to - p->from, (double)(x->deadline_us - x->entered_us) / 1e6,
				 icmp ? "; ICMP said " : "", icmp ? icmp : "");
	if (p->has_ack && acked(cn) < p->ack)
		return exec_fail(x, c, "%u is acknowledged, and not %u, within %g s", acked(cn),
				 p->ack, (double)(x->deadline_us - x->entered_us) / 1e6);
	return exec_fail(x, c, "no FIN came at %u within %g s", p->to,
			 (double)(x->deadline_us - x->entered_us) / 1e6);
}

/* The arrivals that wait, until the range is complete. OUTCOME_WAIT: it is not yet. */
static enum outcome look(struct exec *x, const struct command *c, struct exec_conn *cn)
{
	const struct parts *p = x->parts;
	const struct hand_arrival *a;

	while (!complete(cn, p) && (a = hand_first(cn->hand)) && a->time_us <= x->deadline_us) {
		const struct tcp_segment *seg = &a->packet.seg;
		uint32_t from, to;

		extent(cn, seg, &from, &to);
		if (!(seg->flags & TCP_FLAG_RST))
			take(cn, x->parts, seg);
		if (!check_text(x, c, cn, false) || breaks_off(x, c, cn, seg)) {
			exec_drop(x, cn);
			return OUTCOME_FAILED;
		}
		to += !p->fin && seg->flags & TCP_FLAG_FIN;
		if (!complete(cn, p) || to <= p->to)
			exec_drop(x, cn);
	}
	if (!complete(cn, p))
		return OUTCOME_WAIT;
	if (!check_text(x, c, cn, true))
		return OUTCOME_FAILED;
	exec_pass(x, c);
	return OUTCOME_DONE;
}

enum outcome exec_expect_parts(struct exec *x, const struct command *c, bool first)
{
	struct exec_conn *cn = exec_open(x, c);
	enum outcome outcome;

	if (!cn)
		return OUTCOME_FAILED;
	if (first) {
		exec_learn_base(cn);
		follow_base(cn);
		exec_set_deadline(x, c, cn);
		if (!cn->base.peers_known)
			return exec_fail(x, c, "the peer's SYN did not come yet; expect S. first");
		if (!begin(x, c, cn))
			return OUTCOME_FAILED;
	}
	outcome = look(x, c, cn);
	if (outcome == OUTCOME_WAIT && (loop_now() >= x->deadline_us || hand_first(cn->hand)))
		outcome = too_late(x, c, cn);
	if (outcome != OUTCOME_WAIT)
		exec_parts_free(x);
	return outcome;
}
