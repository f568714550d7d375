/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill_packet.c - a packet line to the description of a segment.
 *
 *     < [ect0] P. 1:101(100) ack 1 win 257 urg 5 <nop,nop,TS val 200 ecr 100>
 */
#include <string.h>

#include "script/packetdrill_priv.h"

struct number drill_number(int64_t value)
{
	struct number n = { .count = 1 };

	n.terms[0].value = value;
	return n;
}

static void equal(const struct drill *d, struct segment_spec *spec, enum field f, int64_t value)
{
	spec->fields[f] = (struct test){ .kind = TEST_EQUAL,
					 .a = drill_number(value),
					 .at = d->lex.token.place };
}

/* The value of a definition in the place of its name. */
static bool put_in(struct drill_token *t, const char *value, size_t len)
{
	struct place place = t->place;
	struct drill_lexer lex;

	drill_lex_init(&lex, value, len);
	*t = lex.token;
	t->place = place;
	if (t->kind == DRILL_STRING) { /* NAME="value" */
		t->at++;
		t->len -= 2;
	}
	return true;
}

bool drill_defined(const struct drill *d, struct drill_token *t)
{
	for (unsigned i = d->define_count; i--;) /* the last one of a name counts */
		if (d->defines[i].name_len == t->len && !memcmp(d->defines[i].name, t->at, t->len))
			return put_in(t, d->defines[i].value, d->defines[i].value_len);
	for (size_t i = d->def_count; i--;)
		if (strlen(d->defs[i].name) == t->len && !memcmp(d->defs[i].name, t->at, t->len))
			return put_in(t, d->defs[i].value, strlen(d->defs[i].value));
	return false;
}

bool drill_integer(struct drill *d, int64_t min, int64_t max, const char *what, int64_t *out)
{
	struct drill_token t = d->lex.token;

	if (t.kind == DRILL_WORD && !drill_defined(d, &t))
		return drill_refuse(d, &t, PACKETDRILL_WORD,
				    "%s %.*s: no number; -D %.*s=NUMBER would make it one", what,
				    (int)t.len, t.at, (int)t.len, t.at);
	if (t.kind != DRILL_INTEGER)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX, "%s: a number is missing", what);
	*out = t.value;
	if (*out < min || *out > max)
		return drill_refuse(d, &t, PACKETDRILL_SYNTAX, "%s %lld: %lld to %lld are possible",
				    what, (long long)*out, (long long)min, (long long)max);
	drill_next(&d->lex);
	return true;
}

static bool sign(struct drill *d, const char *text)
{
	if (!drill_is(&d->lex.token, text))
		return drill_refuse(d, &d->lex.token, PACKETDRILL_SYNTAX, "\"%s\" is missing here",
				    text);
	drill_next(&d->lex);
	return true;
}

/* "ect0", "tos 0x20", "ttl 64" in brackets of either kind. */
static bool ip_info(struct drill *d, struct segment_spec *spec, const char *close)
{
	static const struct {
		const char *word;
		int ecn;
	} marks[] = { { "noecn", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 } };
	struct drill_token t;
	bool marked = false;
	int64_t value;

	drill_next(&d->lex);
	t = d->lex.token;
	if (t.kind == DRILL_WORD)
		drill_next(&d->lex);
	for (unsigned i = 0; i < ARRAY_LEN(marks); i++) {
		if (drill_is(&t, marks[i].word)) {
			equal(d, spec, FIELD_ECN, marks[i].ecn);
			marked = true;
		}
	}
	if (drill_is(&t, "ect01")) {
		equal(d, spec, FIELD_ECN, 1);
		spec->fields[FIELD_ECN].kind = TEST_BETWEEN;
		spec->fields[FIELD_ECN].b = drill_number(2);
	} else if (drill_is(&t, "tos") || drill_is(&t, "ttl")) {
		bool tos = drill_is(&t, "tos");

		if (!drill_integer(d, 0, 255, tos ? "tos" : "ttl", &value))
			return false;
		equal(d, spec, tos ? FIELD_TOS : FIELD_TTL, value);
	} else if (!marked && !drill_is(&t, "flowlabel")) {
		return drill_refuse(
			d, &t, PACKETDRILL_SYNTAX,
			"%.*s: not known here; a mark is noecn, ect0, ect1, ect01 or ce",
			(int)t.len, t.at);
	}
	if (drill_is(&t, "flowlabel") || drill_is(&d->lex.token, ","))
		return drill_refuse(d, &t, PACKETDRILL_FLOW_LABEL,
				    "flowlabel: cannot be sent or compared here");
	return sign(d, close);
}

/* Letters of tcpdump; a digit is the three bits of accurate ECN as a number (RFC 9768). */
static bool flag(char letter, uint16_t *flags)
{
	static const char letters[] = "FSRP.UEWA"; /* from the lowest bit up */
	const char *at = strchr(letters, letter);

	if (letter >= '0' && letter <= '7') {
		*flags |= letter & 1 ? TCP_FLAG_ECE : 0;
		*flags |= letter & 2 ? TCP_FLAG_CWR : 0;
		*flags |= letter & 4 ? TCP_FLAG_AE : 0;
		return true;
	}
	if (letter && at)
		*flags |= (uint16_t)(1u << (at - letters));
	return letter && at;
}

/* "S.", "P.5", "-": a word, then "." or what looks like a number. */
static bool flags(struct drill *d, struct segment_spec *spec)
{
	struct drill_token t = d->lex.token;
	bool any = false;

	if (drill_is(&t, "-")) {
		drill_next(&d->lex);
		return true;
	}
	for (; t.kind == DRILL_WORD || drill_is(&t, ".") || (t.kind == DRILL_FLOAT && *t.at == '.');
	     t = d->lex.token) {
		for (size_t i = 0; i < t.len; i++)
			if (!flag(t.at[i], &spec->flags))
				return drill_refuse(d, &t, PACKETDRILL_SYNTAX,
						    "%.*s: '%c' is no flag of TCP; those are "
						    "F S R P . U E W A",
						    (int)t.len, t.at, t.at[i]);
		any = true;
		drill_next(&d->lex);
		if (t.kind != DRILL_WORD)
			break;
	}
	return any || drill_refuse(d, &t, PACKETDRILL_SYNTAX, "the flags are missing");
}

/* seq:end(len) */
static bool range(struct drill *d, struct segment_spec *spec, uint32_t *seq)
{
	struct drill_token at = d->lex.token;
	int64_t from, to, len;

	if (!drill_integer(d, 0, UINT32_MAX, "sequence number", &from) || !sign(d, ":") ||
	    !drill_integer(d, 0, UINT32_MAX, "sequence number", &to) || !sign(d, "(") ||
	    !drill_integer(d, 0, UINT16_MAX, "length", &len) || !sign(d, ")"))
		return false;
	if ((uint32_t)(from + len) != (uint32_t)to)
		return drill_refuse(
			d, &at, PACKETDRILL_SYNTAX,
			"%lld:%lld(%lld): the numbers disagree: %lld and %lld bytes end "
			"at %u",
			(long long)from, (long long)to, (long long)len, (long long)from,
			(long long)len, (uint32_t)(from + len));
	*seq = (uint32_t)from;
	equal(d, spec, FIELD_LEN, len);
	return true;
}

/* The first SYN of each side says what its initial number is in the script. */
static void learn(struct drill *d, bool sent, const struct segment_spec *spec, uint32_t seq)
{
	bool syn = spec->flags & TCP_FLAG_SYN;

	if (sent && syn && !d->ours_known) {
		d->ours = seq;
		d->ours_known = true;
	} else if (!sent && syn && !d->peers_known) {
		d->peers = seq;
		d->peers_known = true;
	}
}

/* What the numbers of a packet count from: in a SYN the script has both as they are, in all others
 * relative to the initial ones. */
static uint32_t base(const struct segment_spec *spec, uint32_t initial)
{
	return spec->flags & TCP_FLAG_SYN ? initial : 0;
}

static bool number_fields(struct drill *d, bool sent, struct segment_spec *spec)
{
	int64_t value;

	if (drill_is(&d->lex.token, "ack")) {
		drill_next(&d->lex);
		if (!drill_integer(d, 0, UINT32_MAX, "ack", &value))
			return false;
		if (spec->flags & TCP_FLAG_ACK)
			equal(d, spec, FIELD_ACK,
			      (uint32_t)value - base(spec, sent ? d->peers : d->ours));
	}
	if (drill_is(&d->lex.token, "win")) {
		drill_next(&d->lex);
		if (!drill_integer(d, 0, UINT16_MAX, "win", &value))
			return false;
		equal(d, spec, FIELD_WIN, value);
	}
	if (drill_is(&d->lex.token, "urg")) {
		drill_next(&d->lex);
		if (!drill_integer(d, 0, UINT16_MAX, "urg", &value))
			return false;
		equal(d, spec, FIELD_URG, value);
	}
	return true;
}

/* Other protocols, and what may stand between IP and TCP. */
static bool check_protocol(struct drill *d)
{
	static const char *const others[] = {
		"udp", "gre", "GREv0", "mpls", "ipv4", "ipv6", "encap"
	};
	struct drill_token t = d->lex.token;

	if (drill_is(&t, "icmp"))
		return drill_refuse(d, &t, PACKETDRILL_ICMP,
				    "icmp: such packets are neither sent nor compared here");
	for (unsigned i = 0; i < ARRAY_LEN(others); i++)
		if (drill_is(&t, others[i]))
			return drill_refuse(d, &t, PACKETDRILL_PROTOCOL,
					    "%s: what is played here is TCP directly in IP",
					    others[i]);
	if (t.kind == DRILL_INTEGER)
		return drill_refuse(d, &t, PACKETDRILL_PORTS,
				    "ports are named: only one connection at a time is played");
	return true;
}

bool drill_packet(struct drill *d, bool sent, struct segment_spec *spec, bool *stamped,
		  uint32_t *stamp)
{
	uint32_t seq = 0;

	spec->at = d->lex.token.place;
	if (!check_protocol(d))
		return false;
	if (drill_is(&d->lex.token, "[") && !ip_info(d, spec, "]"))
		return false;
	if (drill_is(&d->lex.token, "(") && !ip_info(d, spec, ")"))
		return false;
	if (!check_protocol(d) || !flags(d, spec) || !range(d, spec, &seq))
		return false;
	learn(d, sent, spec, seq);
	equal(d, spec, FIELD_SEQ, seq - base(spec, sent ? d->ours : d->peers));
	if (!number_fields(d, sent, spec))
		return false;
	spec->in_parts = !sent && spec->fields[FIELD_LEN].a.terms[0].value > 0 && !d->strict;
	spec->options.given = true; /* none listed: none there */
	*stamped = false;
	if (!drill_is(&d->lex.token, "<"))
		return true;
	drill_next(&d->lex);
	return drill_options(d, sent, spec, stamped, stamp);
}
