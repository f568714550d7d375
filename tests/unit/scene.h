/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scene.h - a script that is executed, and the test as its peer: no network, and time as told (clock.h).
 *
 *     struct scene s = { 0 };
 *
 *     scene_begin(&s, "send S\nexpect S. ack 1\n");
 *     sends(&s, "S 0:0(0)");
 *     hears(&s, "S. 0:0(0) ack 1 win 65535");
 *     passes(&s, 2);
 *     sends(&s, "R 1:1(0)");
 *     scene_end(&s);
 *
 * Segments are in the notation of dialogue.h, relative to both initial numbers. What we send comes back as a
 * captured frame, as on a real wire. Text of the peer is the pattern of dialogue.h unless it is given. */
#ifndef TCPSHAKE_UNIT_SCENE_H
#define TCPSHAKE_UNIT_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "kit/dialogue.h"
#include "script/exec.h"
#include "script/parse.h"

#define SCENE_OURS  4294967290u /* both initial numbers wrap soon */
#define SCENE_PEERS 4294967000u

#define SCENE_WIRES  4u
#define SCENE_TOLD   64u /* segments and verdicts that are not looked at yet */
#define SCENE_FRAMES 256u

struct scene;

/* One connection's. */
struct scene_wire {
	struct scene *scene;
	const char *name; /* NULL: the unnamed one */
	char target[64];
	struct exec_settings settings; /* that it was opened with */
	struct hand *hand;	       /* NULL: closed again */
	struct craft_ip ip;
	uint16_t port;
	char *sent[SCENE_TOLD]; /* in the notation, ours to free */
	unsigned sent_first, sent_end;
};

struct scene {
	/* To be set before scene_begin(). */
	bool leave;
	bool grows;    /* lines can be typed behind those of scene_begin() */
	bool hide_own; /* our own frames do not come back */
	bool (*get)(void *world, struct hand *h, const char *path, struct exec *x, struct err *e);

	struct loop *loop;
	struct script *script;		/* NULL: it grows, and is the session's */
	struct script_session *session; /* else NULL */
	struct exec *exec;
	struct craft *craft;
	struct scene_wire wires[SCENE_WIRES];
	unsigned wire_count;
	struct {
		uint8_t *bytes;
		uint32_t len;
	} frames[SCENE_FRAMES]; /* on their way to us */
	unsigned frame_first, frame_end;
	struct loop_source capture; /* that they come out of */
	struct {
		unsigned line;
		bool passed;
		char *why, *differing; /* the names of the fields that differ */
	} verdicts[SCENE_TOLD];
	unsigned verdict_first, verdict_end;
	char said[4096];
	unsigned warnings, idle, done;
	struct err open_fails, send_fails;
	struct watch watch;
	struct exec_watch exec_watch;
};

/* scene_begin() - the script runs as far as it can. scene_end() also fails where a segment or a verdict was
 * not looked at. */
void scene_begin(struct scene *s, const char *text);
void scene_end(struct scene *s);

/* One more line of a script that grows; scene_add() does not begin it yet. */
void scene_add(struct scene *s, const char *line);
void scene_type(struct scene *s, const char *line);

/* The next segment that was sent is, or begins with, this. @name: of the connection; NULL: the unnamed one. */
void sends_on(struct scene *s, const char *name, const char *expected);
void sends(struct scene *s, const char *expected);
void sends_nothing(const struct scene *s);
void scene_skip_sent(struct scene *s); /* whatever it is */

/* A segment of the peer's arrives, with @text or, where that is NULL, the pattern. */
void hears_on(struct scene *s, const char *name, const char *segment, const char *text);
void hears(struct scene *s, const char *segment);
void hears_broken(struct scene *s, const char *segment); /* its checksum is wrong */
/* "Port unreachable", about our segment with that number. */
void hears_icmp(struct scene *s, uint32_t seq);

void ms_pass(struct scene *s, int64_t ms);

/* The next verdict: of the command in that line. @why is in its words; @differing names fields as in
 * "ack win ", "" for none. */
void passes(struct scene *s, unsigned line);
void fails(struct scene *s, unsigned line, const char *why, const char *differing);
void no_verdict(const struct scene *s);

/* The script has ended, and said so once. */
bool scene_over(const struct scene *s);

/* By name; the test fails when there is none. */
struct scene_wire *scene_wire(struct scene *s, const char *name);

/* scene_wire.c: what the hands and the loop of scene.c call. */
#define SCENE_PEER_PORT 80
#define SCENE_OUR_PORT	40000 /* of the first connection, less one */
extern const struct addr scene_us, scene_peer;
bool scene_send(void *wire, const struct craft_ip *ip, const struct tcp_segment *seg,
		struct err *e);
void scene_capture(void *scene, short revents);

#endif
