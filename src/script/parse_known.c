/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_known.c - which variables, captured segments and connections there are at a place of the script.
 *
 * A name is known behind the command that gives it, from top to bottom; what the body of a `repeat` sets is
 * known in the rest of the body and behind it. Variables and segments share one set of names, connections
 * have another one. */
#include <stdio.h>
#include <string.h>

#include "script/parse_priv.h"

static bool is_connection(enum known_kind kind)
{
	return kind == KNOWN_CONNECTION;
}

static struct known_name *find(struct parser *p, struct word name, bool connection)
{
	for (unsigned i = 0; i < p->known.count; i++) {
		struct known_name *one = &p->known.names[i];

		if (is_connection(one->kind) == connection && word_is(name, one->name))
			return one;
	}
	return NULL;
}

/* All names of a kind, for "did you mean". */
static void list(struct parser *p, bool connection, const char **out)
{
	for (unsigned i = 0; i < p->known.count; i++)
		if (is_connection(p->known.names[i].kind) == connection)
			*out++ = p->known.names[i].name;
	*out = NULL;
}

bool known_is_segment(struct parser *p, struct word name)
{
	const char *dot = memchr(name.at, '.', name.len);
	struct known_name *one;

	if (dot)
		name.len = (size_t)(dot - name.at);
	one = find(p, name, false);
	return one && one->kind == KNOWN_SEGMENT;
}

bool known_name_fits(struct parser *p, struct word name)
{
	char text[SHOWN_MAX];
	size_t len = 0;

	if (name.len && is_name_start(*name.at))
		while (len < name.len && is_name_char(name.at[len]))
			len++;
	if (!name.len || len < name.len)
		return fail(p,
			    "a name is missing: %s; names begin with a letter or _, and go on with "
			    "letters, digits, _ and -",
			    here(p, text));
	if (name.len > SCRIPT_NAME_MAX)
		return fail(p, "%s: the name is too long; %u bytes are possible", shown(name, text),
			    SCRIPT_NAME_MAX);
	return true;
}

bool known_add(struct parser *p, struct place at, struct word name, enum known_kind kind,
	       const char **out)
{
	struct known_name *one = find(p, name, is_connection(kind)), *grown;
	unsigned same = 0;
	char text[SHOWN_MAX];

	if (one && is_connection(kind))
		return fail_at(p, at, "%s: the connection is declared already; choose another name",
			       one->name);
	if (one && one->kind != kind)
		return fail_at(p, at, "%s is %s already; choose another name", one->name,
			       one->kind == KNOWN_SEGMENT ? "a captured segment" : "a variable");
	if (one) {
		*out = one->name;
		return true;
	}
	for (unsigned i = 0; i < p->known.count; i++)
		same += is_connection(p->known.names[i].kind) == is_connection(kind);
	if (same >= SCRIPT_NAMES_MAX)
		return fail_at(p, at, "%s: too many names; %u are possible", shown(name, text),
			       SCRIPT_NAMES_MAX);
	grown = grow(p, p->known.names, p->known.count, &p->known.room, sizeof(*grown));
	*out = take_copy(p, name.at, name.len);
	if (!grown || !*out)
		return false;
	p->known.names = grown;
	p->known.names[p->known.count++] = (struct known_name){ *out, kind };
	return true;
}

/* "$a-1" is one name: who wanted a difference is told. */
static bool fail_unknown(struct parser *p, struct place at, struct word name)
{
	const char *names[2 * SCRIPT_NAMES_MAX + 1];
	char text[SHOWN_MAX], hint[SHOWN_MAX];
	struct word front = name;

	for (front.len = 0; front.len < name.len && name.at[front.len] != '-';)
		front.len++;
	if (front.len < name.len && find(p, front, false))
		return fail_at(p, at,
			       "$%s: nothing of that name was captured or set before; a difference "
			       "needs a blank before the minus sign",
			       shown(name, text));
	list(p, false, names);
	return fail_at(p, at, "$%s: nothing of that name was captured or set before%s",
		       shown(name, text), meant(name, names, "$", hint));
}

/* The name behind the dot; "ts.val" has a dot itself. */
static struct word field_name(struct lex *in)
{
	struct word w = { in->at, 0 };

	while (is_name_start(w.at[w.len]) ||
	       (w.len && w.at[w.len] == '.' && is_name_start(w.at[w.len + 1])))
		w.len++;
	return w;
}

static bool known_field(struct parser *p, const struct known_name *one, struct word field,
			bool as_number, const char **out)
{
	const char *const *names = field_captured_names();
	char text[SHOWN_MAX], hint[SHOWN_MAX];

	if (one->kind != KNOWN_SEGMENT)
		return fail(p, "$%s is a variable, no captured segment: it has no field %s",
			    one->name, shown(field, text));
	for (; *names; names++)
		if (word_is(field, *names))
			break;
	if (!*names)
		return fail(p, "%s: a captured segment has no field of that name%s",
			    shown(field, text), meant(field, field_captured_names(), "", hint));
	if (as_number && !strcmp(*names, "text"))
		return fail(p,
			    "text: it is bytes, no number; it can stand in a string, as ${%s.text}",
			    one->name);
	*out = *names;
	return true;
}

/* $name, ${name}, $name.field (where a number is wanted), ${name.field} */
bool known_variable(struct parser *p, bool as_number, const char **name, const char **field)
{
	struct place at = lex_place(&p->in);
	struct known_name *one;
	bool braces = p->in.at[1] == '{';
	struct word w;

	*field = NULL;
	w.at = p->in.at += 1 + braces;
	for (w.len = 0; is_name_char(w.at[w.len]);)
		w.len++;
	if (!w.len || !is_name_start(*w.at))
		return fail_at(p, at,
			       "a name is missing behind $; a dollar sign itself is written \\$ in "
			       "a string");
	one = find(p, w, false);
	if (!one)
		return fail_unknown(p, at, w);
	p->in.at += w.len;
	if ((as_number || braces) && *p->in.at == '.' && is_name_start(p->in.at[1])) {
		p->in.at++;
		w = field_name(&p->in);
		if (!known_field(p, one, w, as_number, field))
			return false;
		p->in.at += w.len;
	}
	if (braces && *p->in.at != '}')
		return fail_at(p, at, "the brace behind $ is not closed: write ${%s}", one->name);
	p->in.at += braces;
	if (as_number && !*field && one->kind == KNOWN_SEGMENT)
		return fail_at(
			p, at,
			"$%s is a captured segment, no number; say which field, as in $%s.seq",
			one->name, one->name);
	*name = one->name;
	return true;
}

bool known_connection(struct parser *p, struct word name, const char **out)
{
	const char *names[2 * SCRIPT_NAMES_MAX + 1];
	char text[SHOWN_MAX], hint[SHOWN_MAX];
	struct known_name *one = find(p, name, true);

	if (!one) {
		list(p, true, names);
		return fail(
			p,
			"%s: no connection of that name is declared%s; \"connection %s\" declares it",
			shown(name, text), meant(name, names, "", hint), shown(name, text));
	}
	*out = one->name;
	return true;
}
