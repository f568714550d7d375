/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match.c - flags and header fields against a description, and the report; see match.h. */
#include "script/match.h"

#include <stdarg.h>
#include <string.h>

#include "script/fields.h"
#include "script/match_priv.h"

/* Far beyond any field, far from what an addition could overflow. */
#define NUMBER_FARTHEST (1ll << 34)

void match_add(struct match_text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->text) - t->used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(t->text + t->used, room, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < room) {
		t->used += (size_t)len;
		return;
	}
	memcpy(t->text + sizeof(t->text) - 4, "...", 4);
	t->used = sizeof(t->text) - 1;
}

void match_note(struct matching *m, const char *name, bool differs,
		const struct match_text *expected, const struct match_text *actual)
{
	struct match_report *r = m->report;
	struct match_field *f;

	m->differs |= differs;
	if (!r)
		return;
	r->differing += differs;
	if (r->count == MATCH_FIELDS_MAX)
		return;
	f = &r->fields[r->count++];
	f->name = name;
	f->differs = differs;
	memcpy(f->expected, expected->text, sizeof(f->expected));
	memcpy(f->actual, actual->text, sizeof(f->actual));
}

/* A number of the description as it is compared: relative to the base where values are. */
static bool evaluate(const struct matching *m, const struct number *n,
		     const struct match_number *to, int64_t *out, struct match_text *expected)
{
	int64_t value;

	if (!values_number(m->v, n, -NUMBER_FARTHEST, NUMBER_FARTHEST, &value, m->e))
		return false;
	if (to->how != MATCH_PLAIN)
		value = (uint32_t)value;
	match_add(expected, "%s%lld", n->absolute ? "=" : "", (long long)value);
	if (to->how == MATCH_RELATIVE && n->absolute)
		value = (uint32_t)value - to->base;
	*out = value;
	return true;
}

static bool passes_test(const struct test *t, const struct match_number *n, int64_t value,
			int64_t a, int64_t b)
{
	switch (t->kind) {
	case TEST_NONE:
	case TEST_ANY:
		break;
	case TEST_EQUAL:
		return value == a;
	case TEST_NOT:
		return value != a;
	case TEST_LESS:
		return value < a;
	case TEST_AT_MOST:
		return value <= a;
	case TEST_MORE:
		return value > a;
	case TEST_AT_LEAST:
		return value >= a;
	case TEST_BETWEEN:
		if (n->how == MATCH_MODULO)
			return (uint32_t)(value - a) <= (uint32_t)(b - a);
		return value >= a && value <= b;
	}
	return true;
}

bool match_test(const struct matching *m, const struct test *t, const struct match_number *n,
		bool *passes, struct match_text *expected, struct match_text *actual)
{
	static const char *const signs[] = {
		[TEST_NONE] = "*",  [TEST_ANY] = "*",	     [TEST_EQUAL] = "",
		[TEST_NOT] = "!= ", [TEST_LESS] = "< ",	     [TEST_AT_MOST] = "<= ",
		[TEST_MORE] = "> ", [TEST_AT_LEAST] = ">= ", [TEST_BETWEEN] = "",
	};
	bool compared = t->kind != TEST_NONE && t->kind != TEST_ANY;
	int64_t value = n->value, a = 0, b = 0;

	if (n->how == MATCH_RELATIVE)
		value = n->value - n->base;
	match_add(expected, "%s", signs[t->kind]);
	if (compared && !evaluate(m, &t->a, n, &a, expected))
		return false;
	if (t->kind == TEST_BETWEEN) {
		match_add(expected, "..");
		if (!evaluate(m, &t->b, n, &b, expected))
			return false;
	}
	if (n->how == MATCH_RELATIVE && compared && t->a.absolute)
		match_add(actual, "=%u", n->value);
	else
		match_add(actual, "%lld", (long long)value);
	*passes = passes_test(t, n, value, a, b);
	return true;
}

static void match_flags(struct matching *m, const struct segment_spec *spec)
{
	struct match_text expected = { 0 }, actual = { 0 };
	char text[FIELD_FLAGS_MAX];

	match_add(&expected, "%s", spec->any_flags ? "*" : field_flags_text(spec->flags, text));
	match_add(&actual, "%s", field_flags_text(m->p->seg.flags, text));
	match_note(m, "flags", !spec->any_flags && spec->flags != m->p->seg.flags, &expected,
		   &actual);
}

static uint32_t peers_base(const struct matching *m)
{
	return m->base->peers_known ? m->base->peers : m->p->seg.seq;
}

static bool match_field(struct matching *m, enum field f, const struct test *t)
{
	const struct field_info *info = field_info(f);
	struct match_number n = { .how = info->relative ? MATCH_RELATIVE : MATCH_PLAIN };
	struct match_text expected = { 0 }, actual = { 0 };
	bool passes = false, told = info->read(m->p, &n.value);

	if (f == FIELD_SEQ)
		n.base = peers_base(m);
	else if (f == FIELD_ACK)
		n.base = m->base->ours;
	if (!match_test(m, t, &n, &passes, &expected, &actual))
		return false;
	if (!told)
		actual = (struct match_text){ .text = "cannot be told" };
	match_note(m, info->name, !passes || !told, &expected, &actual);
	return true;
}

/* The end of seq:end(len), where the parser could not check it against the other two. */
static bool match_end(struct matching *m, const struct test *end)
{
	const struct tcp_segment *seg = &m->p->seg;
	struct match_number n = { .how = MATCH_RELATIVE,
				  .value = seg->seq + (uint32_t)seg->text_len,
				  .base = peers_base(m) };
	struct match_text expected = { 0 }, actual = { 0 };
	bool passes;

	if (!match_test(m, end, &n, &passes, &expected, &actual))
		return false;
	match_note(m, "end", !passes, &expected, &actual);
	return true;
}

int match_segment(const struct segment_spec *spec, const struct packet *p,
		  const struct match_base *base, const struct values *v,
		  struct match_report *report, struct err *e)
{
	struct matching m = { .p = p, .base = base, .v = v, .report = report, .e = e };

	if (report)
		report->count = report->differing = 0;
	match_flags(&m, spec);
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		if (spec->fields[f].kind != TEST_NONE &&
		    !match_field(&m, (enum field)f, &spec->fields[f]))
			return -1;
	if (spec->end.kind != TEST_NONE && !match_end(&m, &spec->end))
		return -1;
	if (!match_options(&m, &spec->options) || !match_data(&m, spec))
		return -1;
	return !m.differs;
}

/* Numbers of such a description are literals: what came is added to one and taken off the other. */
int match_part(const struct segment_spec *spec, const struct packet *p,
	       const struct match_base *base, const struct values *v, uint32_t *done,
	       struct match_report *report, struct err *e)
{
	struct segment_spec rest = *spec;
	uint32_t len = (uint32_t)p->seg.text_len;
	int64_t left = spec->fields[FIELD_LEN].a.terms[0].value - *done;

	if (!spec->in_parts)
		return match_segment(spec, p, base, v, report, e);
	rest.fields[FIELD_SEQ].a.terms[0].value += *done;
	rest.fields[FIELD_LEN].a.terms[0].value = left;
	/* Where a sender ends its bursts, and sets PSH, follows from the round trip. */
	if (*done)
		rest.flags =
			(uint16_t)((rest.flags & ~TCP_FLAG_PSH) | (p->seg.flags & TCP_FLAG_PSH));
	if (len && len < left) {
		struct segment_spec part = rest;

		/* PSH and FIN belong to the end, though PSH may come before. */
		part.flags &= (uint16_t) ~(TCP_FLAG_PSH | TCP_FLAG_FIN);
		part.flags |= p->seg.flags & TCP_FLAG_PSH;
		part.fields[FIELD_LEN].a.terms[0].value = len;
		if (match_segment(&part, p, base, v, report, e) == 1) {
			*done += len;
			return 2;
		}
	}
	return match_segment(&rest, p, base, v, report, e);
}

/* Columns on a terminal of 100: what is wider goes below each other. */
#define COLUMN_MAX 30u
#define CUT_AT	   80

static unsigned widest(const struct match_report *r, bool names)
{
	unsigned most = names ? 5 : 8; /* the headings */

	for (unsigned i = 0; i < r->count; i++) {
		const struct match_field *f = &r->fields[i];
		size_t len = strlen(names ? f->name : f->expected);

		if (len > most && (names || (len <= COLUMN_MAX && strlen(f->actual) <= COLUMN_MAX)))
			most = (unsigned)len;
	}
	return most;
}

static const char *cut_mark(const char *text)
{
	return strlen(text) > CUT_AT ? "..." : "";
}

void match_print(FILE *out, const struct match_report *report, const char *prefix)
{
	int names = (int)widest(report, true), values = (int)widest(report, false);

	fprintf(out, "%s  %-*s  %-*s  %s\n", prefix, names, "field", values, "expected", "actual");
	for (unsigned i = 0; i < report->count; i++) {
		const struct match_field *f = &report->fields[i];
		char mark = f->differs ? '!' : ' ';

		if (strlen(f->expected) <= COLUMN_MAX && strlen(f->actual) <= COLUMN_MAX) {
			fprintf(out, "%s%c %-*s  %-*s  %s\n", prefix, mark, names, f->name, values,
				f->expected, f->actual);
			continue;
		}
		fprintf(out, "%s%c %-*s  %.*s%s\n", prefix, mark, names, f->name, CUT_AT,
			f->expected, cut_mark(f->expected));
		fprintf(out, "%s%c %-*s  %.*s%s\n", prefix, mark, names, "  but", CUT_AT, f->actual,
			cut_mark(f->actual));
	}
}
