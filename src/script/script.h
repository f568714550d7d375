/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h - the command language of `step` and `run`, as values.
 *
 *     text --parse--> struct script: commands, each with its place in the text
 *                          |--execute--> segments and verdicts   (exec.h)
 *                          `--print----> text again              (print.h)
 *
 * One command a line; `{ ... }` after `repeat N` and `expect any of` spans lines; `#` begins a comment;
 * a backslash at the end of a line goes on with the next. A whole script is parsed, its variables and
 * connections checked by name, before anything is sent. tcpshake(1) describes the language. */
#ifndef TCPSHAKE_SCRIPT_SCRIPT_H
#define TCPSHAKE_SCRIPT_SCRIPT_H

#include "base/err.h"
#include "tcp/segment.h"

/* Where something stands: file (an index into script.files), line and column, both from 1. */
struct place {
	unsigned file, line, column;
};

/* A number as written: "38", "=3626544837" (absolute), "$x", "$synack.seq + 1".
 * Terms are added from left to right. */
#define NUMBER_TERMS_MAX 4u
struct number {
	bool absolute; /* "=N", or "abs" behind it: not relative to an initial number */
	unsigned count;
	struct {
		bool minus;
		int64_t value;	   /* when name is NULL */
		const char *name;  /* of a variable, or of a captured segment */
		const char *field; /* of that segment: "seq", "win", "ts.val"; else NULL */
	} terms[NUMBER_TERMS_MAX];
};

/* What a field of an expected segment must be; when sending, TEST_EQUAL alone. */
enum test_kind {
	TEST_NONE, /* not given: filled in when sending, not compared when expecting */
	TEST_ANY,  /* "*": must be there, may be anything */
	TEST_EQUAL,
	TEST_NOT,
	TEST_LESS,
	TEST_AT_MOST,
	TEST_MORE,
	TEST_AT_LEAST,
	TEST_BETWEEN, /* "a..b", both included */
};
struct test {
	enum test_kind kind;
	struct number a, b;
	struct place at;
};

/* The fields that have a name in the language. One table (fields.c) has for each: the name, its range,
 * how it is read from a captured packet, and how it is put into a segment to be sent. */
enum field {
	FIELD_SEQ, /* relative to the sender's initial number */
	FIELD_ACK, /* relative to the other end's */
	FIELD_LEN, /* bytes of text */
	FIELD_WIN, /* as in the header, not scaled */
	FIELD_URG,
	FIELD_RESERVED, /* three bits */
	FIELD_OFFSET,	/* data offset, in words */
	FIELD_SPORT,
	FIELD_DPORT,
	FIELD_TTL,
	FIELD_TOS, /* with the ECN bits */
	FIELD_ID,
	FIELD_DF,  /* 0 or 1; "df" and "nodf" are short for it */
	FIELD_ECN, /* the two bits of TOS: 0 to 3; "ect0", "ect1", "ce" are short for it */
	FIELD_SUM, /* 1 right, 0 wrong; "badsum" is short for "sum 0" */
	FIELD_COUNT,
};

/* One option between < and >. */
enum option_item_kind {
	OPTION_ITEM_MSS,     /* a: bytes */
	OPTION_ITEM_WSCALE,  /* a: shift */
	OPTION_ITEM_SACK_OK, /* "sackOK" */
	OPTION_ITEM_TS,	     /* "TS val a ecr b"; "TS" alone: the control block's, or any */
	OPTION_ITEM_SACK,    /* "sack 1:101 201:301": blocks */
	OPTION_ITEM_NOP,
	OPTION_ITEM_EOL,
	OPTION_ITEM_RAW,  /* "hex 1e04abcd": bytes as they are */
	OPTION_ITEM_KIND, /* "kind 30": that kind with any content; expect only */
};
struct option_item {
	enum option_item_kind kind;
	struct test a, b;
	unsigned block_count;
	struct {
		struct number from, to;
	} blocks[TCP_SACK_BLOCKS_MAX];
	uint8_t raw[TCP_OPTIONS_MAX];
	uint8_t raw_len;
	struct place at;
};
#define OPTION_ITEMS_MAX 40u
struct option_list_spec {
	bool given; /* "<...>" or "<>" stood there; else filled in, or not compared */
	bool more;  /* "..." in it: others may be there, and the order is free */
	unsigned count;
	struct option_item *items;
};

/* Bytes: literal pieces with variables between them, as in "Host: $host\r\n". */
struct bytes_piece {
	const char *name; /* of a variable, or "name.field" of a captured segment; NULL: literal */
	const uint8_t *bytes;
	size_t len;
};
struct bytes {
	unsigned count;
	struct bytes_piece *pieces;
};

enum data_kind {
	DATA_NONE,
	DATA_BYTES,   /* data "..." and data hex 0d0a, and data file "PATH", read when parsed */
	DATA_PATTERN, /* data len N: a known pattern; also FIELD_LEN without data, when sent */
	DATA_REGEX,   /* data ~ /re/: POSIX extended; expect only */
};
struct data {
	enum data_kind kind;
	struct bytes bytes;
	struct number len;
	const char *regex;
	const char *file; /* that the bytes were read from, to be printed in their place */
	struct place at;
};

/* A segment to send, or one that is expected. */
struct segment_spec {
	struct place at;
	bool any_flags; /* "*" */
	uint16_t flags;
	struct test fields[FIELD_COUNT]; /* seq:end(len) is FIELD_SEQ and FIELD_LEN */
	/* The end of seq:end(len) where that could not be checked yet, as a variable is among the three:
	 * must be seq + len. TEST_EQUAL, else TEST_NONE. */
	struct test end;
	struct option_list_spec options;
	struct data data;
	bool in_parts; /* its text may come in several segments, one after the other (match_part()):
			  packetdrill's, whose ranges are what a kernel hands to its card in one piece */
};

enum verb {
	/* segments by hand */
	VERB_SEND,	   /* spec */
	VERB_EXPECT,	   /* specs: one, or any of several; within; as */
	VERB_EXPECT_NONE,  /* nothing within a time; with a spec: nothing like that */
	VERB_EXPECT_PARTS, /* spec: a range, in however many segments (exec_parts.c); within */
	VERB_IGNORE, /* specs: segments that may come and are not looked at; none: forget all */
	VERB_IGNORE_AGAIN, /* "ignore retransmissions" */
	/* the engine */
	VERB_CONNECT,
	VERB_WRITE, /* data */
	VERB_READ,  /* count bytes, or until data matches, or to the end; as */
	VERB_GET,   /* text: a path; number: the status that is expected, 200 if not given */
	VERB_CLOSE,
	VERB_RESET,
	VERB_AUTO, /* duties, on */
	/* the session */
	VERB_TARGET,	 /* text: "HOST:PORT" */
	VERB_CONNECTION, /* name; text: its own target, or none */
	VERB_SET,	 /* name; its value: text, or number where it is yet to be added up */
	VERB_SLEEP,
	VERB_AT,      /* until so long after the script's begin */
	VERB_REPEAT,  /* number, body */
	VERB_ECHO,    /* text */
	VERB_SHOW,    /* text: nothing (the control block), "last", "ladder", "vars" */
	VERB_NEXT,    /* the step that the protocol calls for: say it, and take it */
	VERB_EXPLAIN, /* the same, only said */
	VERB_SAVE,    /* text: a file; `step` only */
	VERB_COUNT,
};

/* For VERB_READ: how far. */
enum read_until { READ_SOME, READ_COUNT, READ_REGEX, READ_END };

struct command {
	enum verb verb;
	struct place at;
	const char *connection; /* NULL: the unnamed one */
	struct segment_spec *specs;
	unsigned spec_count;
	int64_t within_us; /* "within T", and the T of sleep and at; -1: not given */
	int64_t after_us;  /* EXPECT: "after T", not sooner than so long after it began */
	const char *name;  /* SET, CONNECTION: what is named; EXPECT, READ: captured as */
	struct bytes text;
	struct data data;
	struct number number;
	enum read_until until;
	unsigned duties; /* VERB_AUTO: enum tcp_auto */
	bool on;
	struct command *body; /* VERB_REPEAT */
	unsigned body_count;
};

struct script_file {
	const char *name; /* as named by the user or by include */
	const char *text; /* whole; lines are found by counting */
	size_t len;
};

struct script {
	struct script_file *files;
	unsigned file_count;
	struct command *commands;
	unsigned command_count;
	struct arena *arena; /* everything above lies in it */
};

/* A variable given from outside: -D name=value, or the target's $host and $port. */
struct definition {
	const char *name, *value;
};

/* Limits: a script that passes one is refused, with the place. */
#define SCRIPT_TEXT_MAX	 (4u << 20)  /* bytes of all files together */
#define SCRIPT_DATA_MAX	 (16u << 20) /* bytes of all "data file" together */
#define SCRIPT_LINE_MAX	 65536u
#define SCRIPT_DEPTH_MAX 16u	      /* of include, and of blocks */
#define SCRIPT_NAME_MAX	 64u	      /* bytes of a name */
#define SCRIPT_NAMES_MAX 1000u	      /* variables and captured segments; as many connections */
#define SCRIPT_ANY_MAX	 64u	      /* descriptions in one "expect any of" */
#define SCRIPT_REGEX_MAX 1000u	      /* bytes of a regular expression */
#define SCRIPT_BYTES_MAX (256u << 20) /* memory that a parsed script may take */
#define SCRIPT_STEPS_MAX 1000000      /* commands that one run executes, loops counted */

#endif
