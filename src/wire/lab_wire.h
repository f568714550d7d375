/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_wire.h - what a wire does to the frames on it: delays all of them, and loses or holds back those
 * that a lesson names. Pure: frames and the time go in, frames come out when their time has come. */
#ifndef TCPSHAKE_WIRE_LAB_WIRE_H
#define TCPSHAKE_WIRE_LAB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_FRAME_MAX	1514u /* Ethernet header and LAB_MTU */
#define LAB_WAITING_MAX 64u   /* frames on the wire; one more is lost */
#define LAB_RULES_MAX	4u
#define LAB_NEVER	INT64_MAX

enum lab_way { LAB_UP, LAB_DOWN }; /* from the client; from the server */

/* What a segment is to the wire. */
enum lab_what {
	LAB_OTHER, /* none of the others, or no TCP at all */
	LAB_SYN,   /* with ACK or without */
	LAB_ACK,   /* a bare one */
	LAB_TEXT,
	LAB_FIN, /* with text or without */
};

/* The @nth (from 1) of these on its way, @way, is lost; or held back, with all like it behind it, until
 * something else has passed. */
struct lab_rule {
	enum lab_way way;
	enum lab_what what;
	unsigned nth;
	enum lab_what
		after; /* counted once such a segment went the other way; LAB_OTHER: at once */
	enum lab_what until;	/* hold until such a segment ... LAB_OTHER: lose it */
	enum lab_way until_way; /* ... goes this way; what was held follows behind it */
};

struct lab_frame {
	enum lab_way way;
	int64_t due_us;	 /* LAB_NEVER: held */
	uint64_t serial; /* of two that are due at once the first to come goes first */
	unsigned rule;	 /* held by */
	size_t len;
	uint8_t bytes[LAB_FRAME_MAX];
};

struct lab_wire {
	struct lab_rule rules[LAB_RULES_MAX];
	struct {
		bool counting, over;
		unsigned seen;
	} at[LAB_RULES_MAX];
	unsigned rule_count;
	int64_t delay_us, apart_us;
	int64_t last_us[2]; /* when the last frame of a way comes out */
	uint64_t serial;
	unsigned waiting;
	struct lab_frame frames[LAB_WAITING_MAX]; /* the first @waiting, as they came */
};

/**
 * lab_wire_init() - an empty wire
 * @rule_count: LAB_RULES_MAX at most
 * @delay_us: each way
 * @apart_us: so far apart do two frames of one way come out, so that the other end answers each */
void lab_wire_init(struct lab_wire *w, const struct lab_rule *rules, size_t rule_count,
		   int64_t delay_us, int64_t apart_us);

/* lab_wire_take() - an Ethernet frame enters the wire; longer ones than LAB_FRAME_MAX are lost. */
void lab_wire_take(struct lab_wire *w, enum lab_way way, const uint8_t *frame, size_t len,
		   int64_t now_us);

/* lab_wire_next() - the frame that leaves it next, whose time has come; false: none has. */
bool lab_wire_next(struct lab_wire *w, int64_t now_us, struct lab_frame *out);

/* When lab_wire_next() will have one; LAB_NEVER: nothing is on its way. */
int64_t lab_wire_due(const struct lab_wire *w);

#endif
