/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab_wire.c - see lab_wire.h. */
#include "wire/lab_wire.h"

#include <string.h>

#include "wire/decode.h"

void lab_wire_init(struct lab_wire *w, const struct lab_rule *rules, size_t rule_count,
		   int64_t delay_us, int64_t apart_us)
{
	w->rule_count = (unsigned)(rule_count < LAB_RULES_MAX ? rule_count : LAB_RULES_MAX);
	w->delay_us = delay_us;
	w->apart_us = apart_us;
	w->last_us[LAB_UP] = w->last_us[LAB_DOWN] = -apart_us;
	w->serial = 0;
	w->waiting = 0;
	memset(w->at, 0, sizeof(w->at));
	for (unsigned i = 0; i < w->rule_count; i++) {
		w->rules[i] = rules[i];
		w->at[i].counting = rules[i].after == LAB_OTHER;
	}
}

static enum lab_what what_is(const uint8_t *bytes, size_t len)
{
	struct frame f = { .bytes = bytes,
			   .captured = (uint32_t)len,
			   .length = (uint32_t)len,
			   .link_type = LINK_ETHERNET };
	struct packet p;

	packet_decode(&f, &p);
	if (p.kind != PACKET_TCP || p.seg.flags & TCP_FLAG_RST)
		return LAB_OTHER;
	return p.seg.flags & TCP_FLAG_SYN ? LAB_SYN :
	       p.seg.flags & TCP_FLAG_FIN ? LAB_FIN :
	       p.seg.text_len		  ? LAB_TEXT :
	       p.seg.flags & TCP_FLAG_ACK ? LAB_ACK :
					    LAB_OTHER;
}

static bool holds(const struct lab_wire *w, unsigned rule)
{
	return w->rules[rule].until != LAB_OTHER && w->at[rule].seen >= w->rules[rule].nth;
}

static int64_t due(struct lab_wire *w, enum lab_way way, int64_t now_us)
{
	int64_t after = w->last_us[way] + w->apart_us, soonest = now_us + w->delay_us;

	w->last_us[way] = after > soonest ? after : soonest;
	return w->last_us[way];
}

static void put(struct lab_wire *w, enum lab_way way, const uint8_t *frame, size_t len,
		int64_t due_us, unsigned rule)
{
	struct lab_frame *f = &w->frames[w->waiting];

	if (w->waiting == LAB_WAITING_MAX || len > LAB_FRAME_MAX)
		return;
	w->waiting++;
	f->way = way;
	f->due_us = due_us;
	f->serial = w->serial++;
	f->rule = rule;
	f->len = len;
	memcpy(f->bytes, frame, len);
}

/* The rule that stops a frame; rule_count: none does. Rules count what passes. */
static unsigned stopped_by(struct lab_wire *w, enum lab_way way, enum lab_what what)
{
	unsigned by = w->rule_count;

	for (unsigned i = 0; i < w->rule_count; i++) {
		const struct lab_rule *r = &w->rules[i];

		if (w->at[i].over)
			continue;
		if (way != r->way && what == r->after && what != LAB_OTHER)
			w->at[i].counting = true;
		if (way != r->way || what != r->what || !w->at[i].counting)
			continue;
		if (++w->at[i].seen < r->nth)
			continue;
		w->at[i].over = r->until == LAB_OTHER;
		by = i;
	}
	return by;
}

/* What rules held that waited for this frame goes on its way, behind it. */
static void release(struct lab_wire *w, const bool *ended, int64_t now_us)
{
	for (unsigned i = 0; i < w->waiting; i++) {
		struct lab_frame *f = &w->frames[i];

		if (f->due_us != LAB_NEVER || !ended[f->rule])
			continue;
		f->due_us = due(w, f->way, now_us);
		f->serial = w->serial++;
	}
}

void lab_wire_take(struct lab_wire *w, enum lab_way way, const uint8_t *frame, size_t len,
		   int64_t now_us)
{
	enum lab_what what = what_is(frame, len);
	bool ended[LAB_RULES_MAX] = { false };
	unsigned by;

	for (unsigned i = 0; i < w->rule_count; i++) {
		const struct lab_rule *r = &w->rules[i];

		ended[i] = !w->at[i].over && holds(w, i) && way == r->until_way && what == r->until;
		w->at[i].over |= ended[i]; /* so it is not held itself */
	}
	by = stopped_by(w, way, what);
	if (by == w->rule_count)
		put(w, way, frame, len, due(w, way, now_us), by);
	else if (w->rules[by].until != LAB_OTHER)
		put(w, way, frame, len, LAB_NEVER, by);
	release(w, ended, now_us);
}

static bool before(const struct lab_frame *a, const struct lab_frame *b)
{
	return a->due_us != b->due_us ? a->due_us < b->due_us : a->serial < b->serial;
}

/* The index of the frame that comes out next; @waiting: there is none. */
static unsigned first(const struct lab_wire *w)
{
	unsigned at = w->waiting;

	for (unsigned i = 0; i < w->waiting; i++)
		if (w->frames[i].due_us != LAB_NEVER &&
		    (at == w->waiting || before(&w->frames[i], &w->frames[at])))
			at = i;
	return at;
}

bool lab_wire_next(struct lab_wire *w, int64_t now_us, struct lab_frame *out)
{
	unsigned at = first(w);

	if (at == w->waiting || w->frames[at].due_us > now_us)
		return false;
	*out = w->frames[at];
	w->waiting--;
	memmove(&w->frames[at], &w->frames[at + 1], (w->waiting - at) * sizeof(w->frames[0]));
	return true;
}

int64_t lab_wire_due(const struct lab_wire *w)
{
	unsigned at = first(w);

	return at == w->waiting ? LAB_NEVER : w->frames[at].due_us;
}
