/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill_priv.h - what the files of the translator share:
 *
 *     packetdrill.c         memory and failures
 *     packetdrill_event.c   events: their times, what is played and what is left out
 *     packetdrill_packet.c  a packet line to the description of a segment
 *     packetdrill_option.c  the options in it
 *     packetdrill_lex.c     words, numbers, quotes */
#ifndef TCPSHAKE_SCRIPT_PACKETDRILL_PRIV_H
#define TCPSHAKE_SCRIPT_PACKETDRILL_PRIV_H

#include "script/packetdrill.h"

enum drill_kind {
	DRILL_END,
	DRILL_INTEGER,	/* value; also as a time in us */
	DRILL_FLOAT,	/* us: ".1", "0.250" */
	DRILL_WORD,	/* letters, digits, _ */
	DRILL_STRING,	/* "...", quotes included */
	DRILL_COMMAND,	/* `...` */
	DRILL_CODE,	/* %{ ... }% */
	DRILL_ELLIPSIS, /* ... */
	DRILL_SETTING,	/* --name */
	DRILL_SIGN,	/* any other character */
	DRILL_BROKEN,	/* quotes, code or a comment without an end */
};

struct drill_token {
	enum drill_kind kind;
	const char *at;
	size_t len;
	struct place place;
	int64_t value; /* of an integer */
	int64_t us;    /* of a number, as a time; -1: too long */
};

struct drill_lexer {
	const char *at, *end;
	unsigned line, column;
	struct drill_token token; /* the next one */
};

void drill_lex_init(struct drill_lexer *l, const char *text, size_t len);
void drill_next(struct drill_lexer *l);
bool drill_is(const struct drill_token *t, const char *word); /* a word, or a sign */

/* A timestamp that the script lets the server say, and what it was captured as. */
struct drill_stamp {
	uint32_t value;
	const char *name;
};

#define DRILL_DEFINES_MAX 16u
struct drill {
	struct script *script;
	struct drill_lexer lex;
	struct packetdrill_notes *notes;
	struct script_error *e;

	/* Its settings */
	bool strict;		       /* each segment as it is in the script */
	int64_t tolerance_us, tick_us; /* tick_us 0: TS values are not compared */
	struct {
		const char *name, *value;
		size_t name_len, value_len;
	} defines[DRILL_DEFINES_MAX];
	unsigned define_count;
	const struct definition *defs; /* from outside */
	size_t def_count;

	/* Time, by the script's clock, which begins with the first event */
	bool begun;
	int64_t origin_us;
	int64_t clock_us;  /* of the event in work */
	int64_t played_us; /* of the last packet */
	int64_t calls_us; /* until then system calls since that packet are given; 0: there was none */

	/* The connection in work */
	const char *connection; /* NULL: the first */
	bool listening;		/* listen() was called, and nothing was sent since */
	bool ours_known, peers_known;
	uint32_t ours, peers; /* initial numbers in the script */
	struct drill_stamp *stamps;
	unsigned stamp_count, stamps_room;

	struct option_item items[OPTION_ITEMS_MAX]; /* of the packet in work */
	struct command *commands;
	unsigned command_count, commands_room;
	struct packetdrill_left_out *left_out;
	unsigned left_out_room;
};

/* drill_refuse() - always false: @d->e and the notes are set. */
bool drill_refuse(struct drill *d, const struct drill_token *at, enum packetdrill_refusal why,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
bool drill_no_memory(struct drill *d);
/* Room for one more element in an array that is malloc()ed; false after a refusal. */
bool drill_grow(struct drill *d, void **array, unsigned count, unsigned *room, size_t size);
void *drill_keep(struct drill *d,
		 size_t size); /* zeroed, in the script's memory; NULL after a refusal */

/* A word that is defined: *@t becomes its value. */
bool drill_defined(const struct drill *d, struct drill_token *t);

/* The next number, or a word that is defined as one. False after a refusal. */
bool drill_integer(struct drill *d, int64_t min, int64_t max, const char *what, int64_t *out);

/* drill_events() - all of the script, into @d's arrays; false after a refusal. */
bool drill_events(struct drill *d);

/**
 * drill_packet() - a packet line from behind its "<" or ">" on
 * @sent:   it was "<"
 * @spec:   zeroed
 * @stamp:  the timestamp that is expected, when *@stamped
 * Return:  false after a refusal. */
bool drill_packet(struct drill *d, bool sent, struct segment_spec *spec, bool *stamped,
		  uint32_t *stamp);

/* drill_options() - behind "<", up to and with ">". */
bool drill_options(struct drill *d, bool sent, struct segment_spec *spec, bool *stamped,
		   uint32_t *stamp);

struct number drill_number(int64_t value);

#endif
