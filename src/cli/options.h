/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - a command's options as tables: one row reads, checks and documents an option.
 *
 * A command names groups of rows (its own, and the common ones of common.h) and a struct that they
 * fill in. getopt_long and --help are both fed from the rows. */
#ifndef TCPSHAKE_CLI_OPTIONS_H
#define TCPSHAKE_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct option_row;

/**
 * A reader of one kind of value.
 * @arg:    the option's argument; NULL when it takes none
 * @into:   the field, option_row.at bytes into the command's struct
 * Return:  false with @e set to "what is wrong" alone: options_parse() adds which option it was. */
typedef bool option_reader(const struct option_row *row, const char *arg, void *into,
			   struct err *e);

struct option_row {
	const char *name; /* long name, always */
	char letter;	  /* short name, 0 for none */
	const char *arg;  /* its argument's name in --help; NULL: takes none */
	const char *help; /* lines after the first are indented by options_help() */
	option_reader *read;
	size_t at;	     /* offset of the field */
	int64_t min, max;    /* option_number: the range; option_choice and option_set: see there */
	const char *choices; /* option_choice: words separated by '|' */
};

struct option_group {
	const char *title; /* heading in --help */
	const struct option_row *rows;
	size_t count;
};

/* What a command says of itself. */
struct option_table {
	const char *command;  /* "get" */
	const char *synopsis; /* "[options] URL..." */
	const char *about;    /* a paragraph for --help */
	const struct option_group *groups;
	size_t group_count;
};

/* A repeatable option's arguments, in order. */
#define OPTION_LIST_MAX 64u
struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t count;
};

/* The readers; the field's type is named first. */
option_reader option_set;      /* int: becomes row->min */
option_reader option_number;   /* int64_t: row->min to row->max */
option_reader option_duration; /* int64_t: microseconds, row->min to row->max */
option_reader option_text;     /* const char *: not empty */
option_reader option_list;     /* struct option_list: one item more */
option_reader option_choice;   /* int: index of the word in row->choices */

/* Rows of each kind, for the field of a command's struct. */
#define OPTION_SET(type, field, name, letter, value, help)                                  \
	{                                                                                   \
		name, letter, NULL, help, option_set, offsetof(type, field), value, 0, NULL \
	}
#define OPTION_NUMBER(type, field, name, letter, arg, min, max, help)                         \
	{                                                                                     \
		name, letter, arg, help, option_number, offsetof(type, field), min, max, NULL \
	}
#define OPTION_DURATION(type, field, name, letter, arg, min, max, help)                         \
	{                                                                                       \
		name, letter, arg, help, option_duration, offsetof(type, field), min, max, NULL \
	}
#define OPTION_TEXT(type, field, name, letter, arg, help)                               \
	{                                                                               \
		name, letter, arg, help, option_text, offsetof(type, field), 0, 0, NULL \
	}
#define OPTION_LIST(type, field, name, letter, arg, help)                               \
	{                                                                               \
		name, letter, arg, help, option_list, offsetof(type, field), 0, 0, NULL \
	}
#define OPTION_CHOICE(type, field, name, letter, arg, choices, help)                         \
	{                                                                                    \
		name, letter, arg, help, option_choice, offsetof(type, field), 0, 0, choices \
	}

/**
 * options_parse() - read a command line
 * @into:   the command's struct, its defaults filled in
 * @e:      set to the complete message (STATUS_USAGE) when something is wrong
 * Operands may stand between options; "--" ends options. --help is handled here.
 * Return:  index of the first operand in @argv (which is permuted; argc when there is none), -1 on
 *          error, 0 when --help was printed: nothing is left to do. */
int options_parse(int argc, char **argv, const struct option_table *table, void *into,
		  struct err *e);

/* Print --help on stdout. */
void options_help(const struct option_table *table);

#endif
