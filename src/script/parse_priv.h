/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse_priv.h - what the files of the parser share; nobody else includes it.
 *
 *     parse.c          files, includes, blocks     parse_segment.c   FLAGS item*
 *     parse_session.c  line by line, for `step`    parse_options.c   < ... >
 *     parse_command.c  the table of verbs          parse_number.c    numbers, tests of them
 *     parse_expect.c   expect, ignore, read        parse_text.c      strings, words, variables
 *     parse_set.c      set, target, connection     parse_data.c      data ..., regular expressions
 *     parse_known.c    names that are known        parse_error.c     messages with their place
 *
 * Every parse function takes what it is named after from p->in and returns true, or returns false when
 * p->error is set; nobody goes on after that. */
#ifndef TCPSHAKE_SCRIPT_PARSE_PRIV_H
#define TCPSHAKE_SCRIPT_PARSE_PRIV_H

#include <sys/types.h>

#include "script/arena.h"
#include "script/fields.h"
#include "script/lex.h"
#include "script/parse.h"
#include "script/print_priv.h"
#include "script/source.h"

enum known_kind { KNOWN_VARIABLE, KNOWN_SEGMENT, KNOWN_CONNECTION };

/* Names that may be used from here on. */
struct known {
	struct known_name {
		const char *name;
		enum known_kind kind;
	} * names;
	unsigned count, room;
};

/* A file that is being read, so that it is not read inside of itself. */
struct reading {
	const struct reading *outer;
	dev_t dev;
	ino_t ino;
};

struct parser {
	struct script *script;
	struct script_error *error; /* the first failure, and the only one */
	struct lex in;
	struct known known;
	unsigned command_room, file_room;
	const struct reading *reading;
	const char *folder; /* of the file being read, slash included; "": the working directory */
	unsigned blocks, includes; /* how many we are in, of all files */
	size_t text_left, data_left;
	unsigned regex_left; /* atoms that may yet be compiled: all of them take seconds at most */
	bool session;	     /* `step`: "save" is allowed */
	bool unclosed; /* the failure is that the text, not an included one, ended inside of a block */
};

/* Commands that one after the other are added to. */
struct command_list {
	struct command *at;
	unsigned count, room;
};

/* parse.c */
/* Commands up to the end of the text, or up to the "}" of the block that was opened there. */
bool parse_block(struct parser *p, struct command_list *list, const struct place *opened);
bool fail_unclosed(struct parser *p, struct place opened);
bool parse_include(struct parser *p, struct command_list *list);
bool parse_opening(struct parser *p,
		   struct place *opened);	     /* "{", a block that may be nested no deeper */
void parse_closing(struct parser *p, bool in_block); /* behind the "}" */
bool parser_begin(struct parser *p, const struct definition *defs, size_t def_count,
		  struct script_error *e); /* p->script is to be freed, also when it fails */
bool parser_add_file(struct parser *p, const char *name, const char *text, size_t len,
		     unsigned *index);
bool parser_text_ok(struct parser *p, unsigned file, const char *text, size_t len);
bool parser_read(struct parser *p, struct place at, const char *what, const char *path, size_t max,
		 struct source *out);
const char *parser_resolve(struct parser *p,
			   const char *path); /* relative to the file being read */

/* parse_command.c */
bool parse_command(struct parser *p, struct command_list *list);
enum tail { TAIL_NONE, TAIL_WITHIN = 1, TAIL_AS_SEGMENT = 2, TAIL_AS_VARIABLE = 4, TAIL_AFTER = 8 };
bool parse_tail(struct parser *p, unsigned allowed,
		struct command *c); /* "after T", "within T", "as NAME" */

/* parse_expect.c, parse_set.c: verbs */
bool parse_expect(struct parser *p, struct command *c);
bool parse_ignore(struct parser *p, struct command *c);
bool parse_read(struct parser *p, struct command *c);
bool parse_set(struct parser *p, struct command *c);
bool parse_target(struct parser *p, struct command *c);
bool parse_connection(struct parser *p, struct command *c);
bool set_literal(struct parser *p, const char *text, struct bytes *out);
bool parse_switch(struct parser *p, const char *what, bool *on);

/* parse_segment.c */
#define SEGMENT_TEXT_MAX 65495u /* 65535 less two headers of 20 */
bool parse_spec_items(struct parser *p, bool expected,
		      struct segment_spec *spec); /* behind the flags */
bool parse_spec(struct parser *p, bool expected, struct segment_spec *spec);
bool parse_one_spec(struct parser *p, bool expected, struct command *c);

/* parse_options.c */
bool parse_options(struct parser *p, bool expected, struct option_list_spec *out);

/* parse_number.c */
struct limits {
	const char *what; /* "win" */
	int64_t min, max;
	bool relative; /* "=" and "abs" make it absolute */
	bool length;   /* takes k and m */
};
bool parse_number(struct parser *p, const struct limits *l, struct number *out);
bool parse_test(struct parser *p, const struct limits *l, bool expected, struct test *out);
bool parse_absolute(struct parser *p, const struct limits *l, struct number *a, struct number *b);
bool parse_time(struct parser *p, const char *what, int64_t *us);
bool number_is_plain(const struct number *n, int64_t *value); /* no variable in it */
struct limits limits_of(enum field f);
const char *
number_ahead(const struct lex *in); /* behind what looks like a number; NULL: nothing does */

/* parse_text.c */
bool parse_string(struct parser *p, struct bytes *out); /* "..." and those that follow it at once */
bool parse_word(struct parser *p, const char *what,
		struct bytes *out); /* a string, or up to a blank */
bool parse_words(struct parser *p,
		 struct bytes *out); /* to the end of the line, a blank between each two */
bool parse_plain(struct parser *p, const char *what,
		 const char **out); /* a word without variables */
bool bytes_are_plain(const struct bytes *b, const uint8_t **bytes, size_t *len);

/* parse_data.c */
bool parse_data(struct parser *p, bool expected, size_t max, struct data *out);
bool parse_regex(struct parser *p, const char **out);
bool parse_hex(struct parser *p, size_t max, uint8_t *out, size_t *len);
/* lex_regex.c: what is wrong with a regular expression, in words; NULL: nothing. @left: how much may yet be
 * compiled; @text: room for the words. */
const char *regex_trouble(const char *regex, unsigned *left, char *text, size_t size);

/* parse_known.c */
bool known_add(struct parser *p, struct place at, struct word name, enum known_kind kind,
	       const char **out);
bool known_variable(struct parser *p, bool as_number, const char **name, const char **field);
bool known_connection(struct parser *p, struct word name, const char **out);
bool known_is_segment(struct parser *p, struct word name); /* up to a dot, if there is one */
bool known_name_fits(struct parser *p, struct word name);  /* letters and length; else the error */

/* parse_error.c */
#define SHOWN_MAX 96u /* bytes of a few words in a message */
bool fail_at(struct parser *p, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool fail(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool fail_memory(struct parser *p);
const char *shown(struct word w, char out[SHOWN_MAX]);	 /* safe to print, cut when long */
const char *here(struct parser *p, char out[SHOWN_MAX]); /* what is at the cursor, in words */
const char *meant(struct word w, const char *const *list, const char *before,
		  char out[SHOWN_MAX]);	   /* "; did you mean X?", or nothing */
void *take(struct parser *p, size_t size); /* from the arena; NULL with the error set */
char *take_copy(struct parser *p, const void *bytes, size_t len);

/* Room for one more in an array of the arena that grows: its new place, or NULL with the error set. */
void *grow(struct parser *p, void *array, unsigned count, unsigned *room, size_t size);

#endif
