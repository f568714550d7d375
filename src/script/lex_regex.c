/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lex_regex.c - is a regular expression good, and cheap enough to be compiled?
 *
 * regcomp() writes repetitions out: "(((a{99}){99}){99})" would take gigabytes, and each "+" around
 * another one doubles. So what it would write out is counted before it gets to see the expression. And in
 * repetitions of what can be empty, as in "((a?b?){0,20})+", it looks for ever for the ways through. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/parse_priv.h"

#define WEIGHT_MAX 2000u /* atoms, written out */
#define NEST_MAX   20u	 /* parentheses in parentheses */

/* What is known of each open parenthesis, and of the atom that was read last, which may be repeated yet. */
struct weigher {
	struct {
		unsigned sum;	/* of its atoms */
		bool empty;	/* its present branch can match nothing */
		bool any_empty; /* one of those before it can */
	} open[NEST_MAX + 1];
	unsigned depth;
	unsigned last; /* its weight; 0: there is none */
	bool last_empty;
	const char *trouble;
};

static unsigned capped(unsigned long long weight)
{
	return weight > WEIGHT_MAX ? WEIGHT_MAX + 1 : (unsigned)weight;
}

/* The last atom stays as it is. */
static void settle(struct weigher *w)
{
	w->open[w->depth].sum = capped((unsigned long long)w->open[w->depth].sum + w->last);
	if (w->last)
		w->open[w->depth].empty &= w->last_empty;
	w->last = 0;
}

static void atom(struct weigher *w, bool empty)
{
	settle(w);
	w->last = 1;
	w->last_empty = empty;
}

static void repeat(struct weigher *w, unsigned times)
{
	if (!w->last)
		w->trouble =
			"nothing is repeated by * + ? or {; as characters they are written \\*";
	else if (w->last_empty)
		w->trouble =
			"what can be empty cannot be repeated; write (a|b)* in place of (a*|b)*";
	w->last = capped((unsigned long long)w->last * times);
}

static void open_group(struct weigher *w)
{
	settle(w);
	if (w->depth == NEST_MAX) {
		w->trouble = "parentheses are nested too deeply; 20 levels are possible";
		return;
	}
	w->depth++;
	w->open[w->depth].sum = 1;
	w->open[w->depth].empty = true;
	w->open[w->depth].any_empty = false;
}

static void close_group(struct weigher *w)
{
	settle(w);
	if (!w->depth) {
		w->trouble = "a ) closes nothing; as a character it is written \\)";
		return;
	}
	w->last = w->open[w->depth].sum;
	w->last_empty = w->open[w->depth].empty || w->open[w->depth].any_empty;
	w->depth--;
}

static void next_branch(struct weigher *w)
{
	settle(w);
	w->open[w->depth].any_empty |= w->open[w->depth].empty;
	w->open[w->depth].empty = true;
}

/* Behind "[": to its "]". */
static const char *skip_bracket(const char *s)
{
	s += *s == '^';
	s += *s == ']';
	while (*s && *s != ']') {
		if (*s == '[' && s[1] && strchr(".=:", s[1])) {
			char ends[3] = { s[1], ']', '\0' };
			const char *end = strstr(s + 2, ends);

			if (!end)
				return s + strlen(s);
			s = end + 1;
		}
		s++;
	}
	return *s ? s + 1 : s;
}

/* Behind "{": the larger of the two numbers is how often the last atom is written out. */
static const char *weigh_bound(struct weigher *w, const char *s)
{
	unsigned n = 0, most = 1;
	bool none = *s == '0' || *s == ',';
	const char *begin = s;

	for (; *s && *s != '}'; s++) {
		n = *s >= '0' && *s <= '9' ? capped(n * 10ull + (unsigned)(*s - '0')) : 0;
		most = n > most ? n : most;
	}
	repeat(w, most + 1);
	w->last_empty |= none;
	if (strspn(begin, "0123456789,") < (size_t)(s - begin))
		w->trouble = "a bound is {N}, {N,} or {N,M}; as a character, { is written \\{";
	return *s ? s + 1 : s;
}

/* Behind a backslash. */
static const char *weigh_escape(struct weigher *w, const char *s)
{
	if (*s >= '1' && *s <= '9')
		w->trouble = "\\1 to \\9 can take for ever to match; write what is meant again";
	atom(w, *s && strchr("bB<>`'", *s));
	return *s ? s + 1 : s;
}

static unsigned weigh(const char *s, const char **trouble)
{
	struct weigher w = { .open = { { .empty = true } } };

	while (*s && !w.trouble) {
		switch (*s++) {
		case '(':
			open_group(&w);
			break;
		case ')':
			close_group(&w);
			break;
		case '|':
			next_branch(&w);
			break;
		case '+':
			repeat(&w, 2);
			break;
		case '*':
			repeat(&w, 1);
			w.last_empty = true;
			break;
		case '?':
			if (!w.last)
				repeat(&w, 1);
			w.last_empty = true;
			break;
		case '{':
			s = weigh_bound(&w, s);
			break;
		case '[':
			atom(&w, false);
			s = skip_bracket(s);
			break;
		case '\\':
			s = weigh_escape(&w, s);
			break;
		default:
			atom(&w, s[-1] == '^' || s[-1] == '$');
		}
	}
	*trouble = w.trouble;
	for (settle(&w); w.depth; w.depth--)
		w.open[w.depth - 1].sum =
			capped((unsigned long long)w.open[w.depth - 1].sum + w.open[w.depth].sum);
	return w.open[0].sum;
}

const char *regex_trouble(const char *regex, unsigned *left, char *text, size_t size)
{
	const char *trouble;
	regex_t compiled;
	int code;
	unsigned total = weigh(regex, &trouble);

	if (trouble)
		return trouble;
	if (total > WEIGHT_MAX)
		return "it repeats too much; written out, it would be longer than 2000 characters";
	if (total > *left)
		return "the script has too many, or too large ones";
	*left -= total;
	code = regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB);
	if (!code) {
		regfree(&compiled);
		return NULL;
	}
	regerror(code, &compiled, text, size);
	return text;
}
