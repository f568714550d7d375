/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packetdrill.h - scripts of packetdrill as scripts of ours.
 *
 * packetdrill runs on the machine under test: a script of a server makes system calls there, plays the
 * client's segments ("<") and expects the kernel's (">"). Here the server is a real one somewhere else.
 * What can be kept of such a script is its dialogue: packet lines become `send` and `expect`, with their
 * times and tolerances. System calls, commands and assertions on kernel state are another machine's: they
 * are left out and listed. What cannot be said in our language is refused with its line, and so are
 * scripts of a client, whose first segment would be the kernel's. */
#ifndef TCPSHAKE_SCRIPT_PACKETDRILL_H
#define TCPSHAKE_SCRIPT_PACKETDRILL_H

#include "script/parse.h"
#include "script/script.h"

/* What a way to a real server and back may add to the time of an answer. */
#define PACKETDRILL_PATH_US 1000000

/* How long a server's program has for system calls that the script makes at the same time as it sends the
 * next packet; shorter than any timer of a kernel. Where it has to listen anew, longer. */
#define PACKETDRILL_CALL_US   5000
#define PACKETDRILL_LISTEN_US 100000

/* Why a script is not played. */
enum packetdrill_refusal {
	PACKETDRILL_PLAYED,
	PACKETDRILL_CLIENT,	/* tests a client */
	PACKETDRILL_ICMP,	/* sends or expects ICMP */
	PACKETDRILL_PROTOCOL,	/* UDP, or TCP inside GRE, MPLS, PSP, another IP header */
	PACKETDRILL_PORTS,	/* names ports: segments of several connections at once */
	PACKETDRILL_FLOW_LABEL, /* names an IPv6 flow label */
	PACKETDRILL_OPTION,	/* a TCP option that is not to be had */
	PACKETDRILL_WORD,	/* a word that somebody has to define, and nobody did */
	PACKETDRILL_NO_PACKETS, /* system calls alone */
	PACKETDRILL_SYNTAX,	/* not in packetdrill's language, as far as we know it */
	PACKETDRILL_MEMORY,
	PACKETDRILL_REFUSALS,
};

enum packetdrill_skip {
	PACKETDRILL_SYSCALL,
	PACKETDRILL_COMMAND, /* in backquotes: for the server's machine */
	PACKETDRILL_CODE,    /* in %{ }%: assertions on its kernel's state */
	PACKETDRILL_SETTING, /* --name=value, where it means nothing here */
	PACKETDRILL_SKIPS,
};

/* A piece of the script that is left out; @text lies in the script's file. */
struct packetdrill_left_out {
	enum packetdrill_skip kind;
	struct place at;
	const char *text; /* its first line, without the time */
	size_t len;
};

/* What became of the lines. */
struct packetdrill_notes {
	unsigned sent, expected, connections;
	unsigned
		expected_text; /* of the expected ones, those with text: a server sends it or not */
	unsigned skipped[PACKETDRILL_SKIPS];
	enum packetdrill_refusal refusal;
	/* In the script's memory; none when it is refused. */
	const struct packetdrill_left_out *left_out;
	unsigned left_out_count;
};

/**
 * packetdrill_parse() - a script of packetdrill's to one of ours
 * @name:   of the file, for messages
 * @defs:   as of packetdrill's own --define: words of the script that stand for something else. What the
 *          script itself defines goes before them
 * @notes:  filled in, also on failure
 * Return:  NULL with @e set (STATUS_USAGE). Free with script_free(). */
struct script *packetdrill_parse(const char *name, const char *text, size_t len,
				 const struct definition *defs, size_t def_count,
				 struct packetdrill_notes *notes, struct script_error *e);

/* In words: "system calls", "commands on the server's machine", ...; static. */
const char *packetdrill_skip_text(enum packetdrill_skip kind);

#endif
