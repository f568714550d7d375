/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - the tracker's numbers and enums as sentences.
 *
 * A sentence is one whole format string in a table, so that it can be translated as one; only the
 * arithmetic expression in it is made apart. */
#include "view/words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

/* The right side of an equation, by what is added to the base: 1 SYN, 2 text, 4 FIN. */
static char *expression(const struct trace_equation *eq, char *out, size_t size)
{
	switch (eq->syn | (eq->bytes > 0) << 1 | eq->fin << 2) {
	case 0:
		snprintf(out, size, "%u", eq->base);
		break;
	case 1:
		snprintf(out, size, "%u + 1 (SYN)", eq->base);
		break;
	case 2:
		snprintf(out, size, "%u + %u bytes", eq->base, eq->bytes);
		break;
	case 3:
		snprintf(out, size, "%u + 1 (SYN) + %u bytes", eq->base, eq->bytes);
		break;
	case 4:
		snprintf(out, size, "%u + 1 (FIN)", eq->base);
		break;
	case 5:
		snprintf(out, size, "%u + 1 (SYN) + 1 (FIN)", eq->base);
		break;
	case 6:
		snprintf(out, size, "%u + %u bytes + 1 (FIN)", eq->base, eq->bytes);
		break;
	default:
		snprintf(out, size, "%u + 1 (SYN) + %u bytes + 1 (FIN)", eq->base, eq->bytes);
		break;
	}
	return out;
}

char *words_source(const struct trace_equation *eq, char *out, size_t size)
{
	out[0] = '\0';
	if (eq->partly)
		snprintf(out, size, "part of step %u", eq->first_step);
	else if (eq->first_step != eq->last_step)
		snprintf(out, size, "steps %u to %u", eq->first_step, eq->last_step);
	else if (eq->first_step)
		snprintf(out, size, "step %u", eq->first_step);
	return out;
}

static bool is_late(const struct trace_step *step)
{
	for (unsigned i = 0; i < step->note_count; i++)
		if (step->notes[i] == TRACE_NOTE_OUT_OF_ORDER)
			return true;
	return false;
}

static void seq_words(const struct trace_step *step, const struct trace_equation *eq, char *out,
		      size_t size)
{
	char sum[96];

	switch (eq->verdict) {
	case TRACE_OK:
		snprintf(out, size,
			 step->from == TRACE_CLIENT ? "seq %u = client's seq %s" :
						      "seq %u = server's seq %s",
			 eq->value, expression(eq, sum, sizeof(sum)));
		break;
	case TRACE_OLD:
		snprintf(out, size,
			 is_late(step)	      ? "seq %u comes late, %u would be next" :
			 step->times_sent > 1 ? "seq %u was sent before, %u would be next" :
						"seq %u is an old number, %u would be next",
			 eq->value, eq->base);
		break;
	case TRACE_AHEAD:
		snprintf(out, size, "seq %u, but %u was due: %u bytes before it were not seen",
			 eq->value, eq->base, eq->value - eq->base);
		break;
	case TRACE_WRONG:
		snprintf(out, size, "seq %u cannot be, %u was due", eq->value, eq->base);
		break;
	case TRACE_UNKNOWN:
		snprintf(out, size, "seq %u: nothing to check it against", eq->value);
		break;
	}
}

static void ack_words(const struct trace_step *step, const struct trace_equation *eq, char *out,
		      size_t size)
{
	char sum[96];

	if (eq->verdict == TRACE_OLD && eq->value != eq->base + eq->bytes + eq->syn + eq->fin) {
		snprintf(out, size, "ack %u is late, %u was acknowledged before", eq->value,
			 eq->base);
		return;
	}
	switch (eq->verdict) {
	case TRACE_OK:
	case TRACE_OLD:
		snprintf(out, size,
			 step->from == TRACE_CLIENT ? "ack %u = server's seq %s" :
						      "ack %u = client's seq %s",
			 eq->value, expression(eq, sum, sizeof(sum)));
		break;
	case TRACE_AHEAD:
	case TRACE_WRONG:
		snprintf(out, size,
			 step->from == TRACE_CLIENT ?
				 "ack %u cannot be, the server was seen to send up to %u" :
				 "ack %u cannot be, the client was seen to send up to %u",
			 eq->value, eq->base);
		break;
	case TRACE_UNKNOWN:
		snprintf(out, size, "ack %u: what it acknowledges was not seen", eq->value);
		break;
	}
}

static void next_words(const struct trace_equation *eq, char *out, size_t size)
{
	char sum[96];

	if (eq->syn && !eq->bytes && !eq->fin)
		snprintf(out, size, "SYN takes one number: next seq = %u + 1 = %u", eq->base,
			 eq->value);
	else if (eq->fin && !eq->bytes && !eq->syn)
		snprintf(out, size, "FIN takes one number: next seq = %u + 1 = %u", eq->base,
			 eq->value);
	else
		snprintf(out, size, "next seq = %s = %u", expression(eq, sum, sizeof(sum)),
			 eq->value);
}

char *words_equation(const struct trace_step *step, const struct trace_equation *eq, bool absolute,
		     char *out, size_t size)
{
	struct trace_equation e = *eq;
	uint32_t number_0 = 0;

	if (absolute && eq->kind == TRACE_EQ_ACK)
		number_0 = step->seg.ack - step->ack;
	else if (absolute)
		number_0 = step->seg.seq - step->seq;
	e.value += number_0;
	e.base += number_0;
	if (e.kind == TRACE_EQ_SEQ)
		seq_words(step, &e, out, size);
	else if (e.kind == TRACE_EQ_ACK)
		ack_words(step, &e, out, size);
	else
		next_words(&e, out, size);
	return out;
}

const char *words_verdict(const struct trace_equation *eq, enum style *style)
{
	static const struct {
		const char *word;
		enum style style;
	} verdicts[] = {
		[TRACE_OK] = { "ok", STYLE_GOOD },
		[TRACE_OLD] = { "said before", STYLE_FAINT },
		[TRACE_AHEAD] = { "gap", STYLE_ODD },
		[TRACE_WRONG] = { "WRONG", STYLE_BAD },
		[TRACE_UNKNOWN] = { "unknown", STYLE_FAINT },
	};

	*style = verdicts[eq->verdict].style;
	if (eq->kind == TRACE_EQ_NEXT) /* a definition, not a claim that could be false */
		return "";
	if (eq->kind == TRACE_EQ_SEQ && eq->verdict == TRACE_OLD)
		return "old";
	return verdicts[eq->verdict].word;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Appends to @out what fits. */
static void add(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void add(char *out, size_t size, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out + len, size - len, fmt, ap);
	va_end(ap);
}

static void add_sack(const struct trace_step *step, const struct tcp_option *o, char *out,
		     size_t size)
{
	/* Blocks name the other end's numbers, as ack does. */
	uint32_t base = step->has_relative_ack ? step->seg.ack - step->ack : 0;

	for (unsigned at = 2; at + 8 <= o->len; at += 8)
		add(out, size, at == 2 ? "%u-%u" : " %u-%u", get32(o->bytes + at) - base,
		    get32(o->bytes + at + 4) - base);
}

char *words_option_value(const struct trace_step *step, const struct tcp_option *o, char *out,
			 size_t size)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);

	out[0] = '\0';
	if (!info)
		return out;
	if (info->len && info->len != o->len)
		add(out, size, "(length %u)", o->len);
	else if (o->kind == TCP_OPTION_MSS)
		add(out, size, "%u", (unsigned)o->bytes[2] << 8 | o->bytes[3]);
	else if (o->kind == TCP_OPTION_WSCALE)
		add(out, size, "%u", o->bytes[2]);
	else if (o->kind == TCP_OPTION_TIMESTAMPS)
		add(out, size, "%u %u", get32(o->bytes + 2), get32(o->bytes + 6));
	else if (o->kind == TCP_OPTION_SACK)
		add_sack(step, o, out, size);
	return out;
}

static void add_option(const struct trace_step *step, const struct tcp_option *o, char *out,
		       size_t size)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);
	char value[128];

	if (info)
		add(out, size, "%s", info->name);
	else
		add(out, size, "kind %u", o->kind);
	if (words_option_value(step, o, value, sizeof(value))[0])
		add(out, size, " %s", value);
}

char *words_options(const struct trace_step *step, char *out, size_t size)
{
	struct tcp_option_walk w = tcp_option_walk(step->seg.option_bytes, step->seg.option_len);
	enum tcp_option_result result;
	struct tcp_option o;

	out[0] = '\0';
	if (!step->seg.option_len)
		return out;
	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND) {
		add(out, size, "%c", out[0] ? ',' : '<');
		add_option(step, &o, out, size);
	}
	if (result == TCP_OPTION_BAD_LENGTH)
		add(out, size, out[0] ? ",bad length" : "<bad length");
	if (out[0])
		add(out, size, ">");
	return out;
}

char *words_sack(const struct trace_step *step, char *out, size_t size)
{
	struct tcp_option_walk w = tcp_option_walk(step->seg.option_bytes, step->seg.option_len);
	struct tcp_option o;

	out[0] = '\0';
	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND) {
		if (o.kind != TCP_OPTION_SACK)
			continue;
		add(out, size, "SACK ");
		add_sack(step, &o, out, size);
		break;
	}
	return out;
}

const char *words_closing(enum trace_closing closing)
{
	static const char *const closings[] = {
		[TRACE_CLOSING_OPEN] = "not closed",
		[TRACE_CLOSING_FOUR] = "four segments: FIN, ACK, FIN, ACK",
		[TRACE_CLOSING_THREE] = "three segments: FIN, FIN with ACK, ACK",
		[TRACE_CLOSING_SIMULTANEOUS] = "both at once: the FINs crossed",
		[TRACE_CLOSING_RESET] = "reset (RST)",
	};

	return (size_t)closing < ARRAY_LEN(closings) ? closings[closing] : "?";
}
