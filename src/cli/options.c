/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - command lines by table; see options.h. */
#include "cli/options.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define HELP_COLUMN 26
#define ROWS_MAX    64u
#define LONG_CODE   256 /* getopt's value for row i is this + i */

bool option_set(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	*(int *)into = (int)row->min;
	return true;
}

bool option_number(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	uint64_t v;

	if (!parse_uint(arg, (uint64_t)row->min, (uint64_t)row->max, &v))
		return err_set(e, STATUS_USAGE, "not a whole number from %" PRId64 " to %" PRId64,
			       row->min, row->max);
	*(int64_t *)into = (int64_t)v;
	return true;
}

bool option_duration(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	int64_t us;

	if (!parse_duration(arg, &us))
		return err_set(e, STATUS_USAGE, "not a time such as 500ms, 2s or 1.5");
	if (us < row->min || us > row->max)
		return err_set(e, STATUS_USAGE, "not between %.10g s and %.10g s",
			       (double)row->min / 1e6, (double)row->max / 1e6);
	*(int64_t *)into = us;
	return true;
}

bool option_text(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	if (!arg[0])
		return err_set(e, STATUS_USAGE, "it is empty");
	*(const char **)into = arg;
	return true;
}

bool option_list(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	struct option_list *list = into;

	if (!arg[0])
		return err_set(e, STATUS_USAGE, "it is empty");
	if (list->count == OPTION_LIST_MAX)
		return err_set(e, STATUS_USAGE, "given more than %u times", OPTION_LIST_MAX);
	list->items[list->count++] = arg;
	return true;
}

bool option_choice(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	size_t len = strlen(arg);
	int n = 0;

	for (const char *p = row->choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL, n++) {
		if (strcspn(p, "|") != len || strncmp(p, arg, len))
			continue;
		*(int *)into = n;
		return true;
	}
	return err_set(e, STATUS_USAGE, "not one of %s", row->choices);
}

/* The rows of all groups in one line, for getopt's numbers. */
struct flat {
	const struct option_row *rows[ROWS_MAX];
	struct option longs[ROWS_MAX + 2]; /* and --help, and the end */
	char shorts[2 * ROWS_MAX + 4];
	size_t count;
};

static void flatten(const struct option_table *table, struct flat *f)
{
	char *s = f->shorts;

	*s++ = ':'; /* a missing argument is told apart from an unknown option */
	*s++ = 'h';
	for (size_t g = 0; g < table->group_count; g++) {
		for (size_t i = 0; i < table->groups[g].count && f->count < ROWS_MAX; i++) {
			const struct option_row *row = &table->groups[g].rows[i];

			f->longs[f->count] = (struct option){ row->name, row->arg ? 1 : 0, NULL,
							      LONG_CODE + (int)f->count };
			f->rows[f->count++] = row;
			if (!row->letter)
				continue;
			*s++ = row->letter;
			if (row->arg)
				*s++ = ':';
		}
	}
	*s = '\0';
	f->longs[f->count] = (struct option){ "help", 0, NULL, 'h' };
	f->longs[f->count + 1] = (struct option){ 0 };
}

static const struct option_row *find(const struct flat *f, int code)
{
	if (code >= LONG_CODE)
		return f->rows[code - LONG_CODE];
	for (size_t i = 0; i < f->count; i++)
		if (f->rows[i]->letter && f->rows[i]->letter == code)
			return f->rows[i];
	return NULL;
}

/* getopt takes the beginning of a long name when it can be only one. */
static bool is_ambiguous(const struct flat *f, const char *word)
{
	size_t len = strcspn(word, "=");
	unsigned n = 0;

	for (size_t i = 0; len > 2 && i < f->count; i++)
		n += !strncmp(word, "--", 2) && !strncmp(f->rows[i]->name, word + 2, len - 2);
	return n > 1;
}

/* What getopt could not make sense of: for a long option the word is in argv, for a short one only
 * the letter is known. */
static bool complain(const struct option_table *table, const struct flat *f, int code, char **argv,
		     struct err *e)
{
	const struct option_row *row = optopt ? find(f, optopt) : NULL;
	char word[128];

	if (optopt && optopt < LONG_CODE && optopt != 'h')
		snprintf(word, sizeof(word), "-%c", optopt);
	else
		snprintf(word, sizeof(word), "%.100s", argv[optind - 1]);
	if (code == ':')
		return err_set(e, STATUS_USAGE, "%s: needs %s after it; see `tcpshake %s --help`",
			       word, row ? row->arg : "a value", table->command);
	if (row || optopt == 'h')
		return err_set(e, STATUS_USAGE, "%s: takes no value; see `tcpshake %s --help`",
			       word, table->command);
	return err_set(e, STATUS_USAGE, "%s: %s; `tcpshake %s --help` lists the options", word,
		       is_ambiguous(f, word) ? "several options begin like it" : "no such option",
		       table->command);
}

static bool apply(const struct option_table *table, const struct flat *f, int code, void *into,
		  struct err *e)
{
	const struct option_row *row = find(f, code);
	struct err why = { 0 };
	char name[64];

	if (row->read(row, optarg, (char *)into + row->at, &why))
		return true;
	if (code < LONG_CODE)
		snprintf(name, sizeof(name), "-%c", row->letter);
	else
		snprintf(name, sizeof(name), "--%s", row->name);
	return err_set(e, why.status, "%s%s%.200s: %.200s; see `tcpshake %s --help`", name,
		       optarg ? " " : "", optarg ? optarg : "", why.text, table->command);
}

int options_parse(int argc, char **argv, const struct option_table *table, void *into,
		  struct err *e)
{
	struct flat f = { 0 };
	int code;

	flatten(table, &f);
	opterr = 0;
	optind = 0; /* glibc: start over, also after an earlier parse */
	while ((code = getopt_long(argc, argv, f.shorts, f.longs, NULL)) != -1) {
		if (code == '?' || code == ':') {
			complain(table, &f, code, argv, e);
			return -1;
		}
		if (code == 'h') {
			options_help(table);
			return 0;
		}
		if (!apply(table, &f, code, into, e))
			return -1;
	}
	return optind;
}

static void help_row(const struct option_row *row)
{
	char left[64];
	int n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name,
			 row->arg ? " " : "", row->arg ? row->arg : "");
	const char *line = row->help;

	printf("%s", left);
	if (n >= HELP_COLUMN) {
		putchar('\n');
		n = 0;
	}
	for (;;) {
		size_t len = strcspn(line, "\n");

		printf("%*s%.*s\n", HELP_COLUMN - n, "", (int)len, line);
		if (!line[len])
			return;
		line += len + 1;
		n = 0;
	}
}

void options_help(const struct option_table *table)
{
	printf("usage: tcpshake %s %s\n\n%s\n", table->command, table->synopsis, table->about);
	for (size_t g = 0; g < table->group_count; g++) {
		printf("\n%s:\n", table->groups[g].title);
		for (size_t i = 0; i < table->groups[g].count; i++)
			help_row(&table->groups[g].rows[i]);
	}
	printf("\n  -h, --help%*sthis text\n", HELP_COLUMN - 12, "");
}
