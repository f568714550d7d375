/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lane.c - see lane.h.
 *
 * A frame meets, in this order: the cut, the MTU, loss, the rate and its queue, marking, corruption, delay
 * with jitter, holding back, doubling. The dice are thrown for all of it before anything is decided, so the
 * n-th frame of a direction has the same luck whatever is set. Housekeeping frames are only delayed, and
 * no dice are thrown for them: that a neighbour was asked for changes nothing for the frames after it. */
#include "net/wire/lane.h"

#include <stdlib.h>
#include <string.h>

#include "net/wire/dice.h"
#include "net/wire/frame.h"

#define WAITING_MAX 65536 /* frames; then the wire's memory overflows */

struct lane_waiting {
	int64_t due_ns;
	uint64_t serial; /* of two that are due at once the first to come goes first */
	size_t len;
	uint8_t bytes[];
};

/* What the dice have for one frame. */
struct luck {
	bool lost, corrupted, doubled, held, marked;
	uint64_t bit;
	int64_t jitter_ns;
};

static struct luck draw(const struct lane *l, uint64_t number)
{
	const struct settings *s = &l->settings;
	struct dice d = dice_for(l->seed, l->id, number);
	struct luck luck;

	luck.lost = dice_chance(&d, s->loss);
	luck.corrupted = dice_chance(&d, s->corrupt);
	luck.bit = dice_throw(&d);
	luck.doubled = dice_chance(&d, s->duplicate);
	luck.held = dice_chance(&d, s->reorder);
	luck.jitter_ns = (int64_t)(dice_throw(&d) % (uint64_t)(2000 * s->jitter_us + 1)) -
			 1000 * s->jitter_us;
	luck.marked = dice_chance(&d, s->mark);
	return luck;
}

static bool before(const struct lane_waiting *a, const struct lane_waiting *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->serial < b->serial;
}

static bool push(struct lane *l, struct lane_waiting *w)
{
	size_t at = l->count;

	if (l->count == WAITING_MAX)
		return false;
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		struct lane_waiting **heap =
			reallocarray(l->heap, room, sizeof(struct lane_waiting *));

		if (!heap)
			return false;
		l->heap = heap;
		l->room = room;
	}
	l->count++;
	for (; at && before(w, l->heap[(at - 1) / 2]); at = (at - 1) / 2)
		l->heap[at] = l->heap[(at - 1) / 2];
	l->heap[at] = w;
	return true;
}

static struct lane_waiting *pop(struct lane *l)
{
	struct lane_waiting *first = l->heap[0], *last = l->heap[--l->count];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < l->count) {
		if (child + 1 < l->count && before(l->heap[child + 1], l->heap[child]))
			child++;
		if (!before(l->heap[child], last))
			break;
		l->heap[at] = l->heap[child];
		at = child;
	}
	l->heap[at] = last;
	return first;
}

static void put_out(struct lane *l, const uint8_t *frame, size_t len)
{
	if (l->out(l->context, frame, len))
		l->n.delivered++;
	else
		l->n.refused++;
}

/* Let it come out at @due_ns: at once when that is now and nothing waits, without a copy. */
static void schedule(struct lane *l, const uint8_t *frame, size_t len, int64_t due_ns,
		     int64_t now_ns)
{
	struct lane_waiting *w;

	if (due_ns <= now_ns && !l->count) {
		put_out(l, frame, len);
		return;
	}
	w = malloc(sizeof(*w) + len);
	if (w) {
		w->due_ns = due_ns;
		w->serial = l->serial++;
		w->len = len;
		memcpy(w->bytes, frame, len);
	}
	if (!w || !push(l, w)) {
		free(w);
		l->n.overflowed++;
	}
}

/* The rate limit: when has the frame left? The queue is virtual: what waits is the time until the
 * link is free. False when the queue has no room for the frame. */
static bool through_rate(struct lane *l, size_t len, int64_t *time_ns)
{
	double ns_per_byte = l->settings.rate ? 8e9 / (double)l->settings.rate : 0;
	int64_t wait_ns = l->free_ns > *time_ns ? l->free_ns - *time_ns : 0;

	if (!l->settings.rate)
		return true;
	if ((double)wait_ns / ns_per_byte + (double)len > (double)l->settings.queue)
		return false;
	l->free_ns = *time_ns + wait_ns + (int64_t)((double)len * ns_per_byte);
	*time_ns = l->free_ns;
	return true;
}

/* Flip one bit of what IP carries: one alone always makes an Internet checksum wrong. */
static void corrupt(uint8_t *frame, const struct frame_look *look, uint64_t bit)
{
	size_t bits = (look->text_to - look->text_from) * 8;

	bit %= bits;
	frame[look->text_from + bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void through_delay(struct lane *l, const uint8_t *frame, size_t len, const struct luck *luck,
			  int64_t time_ns, int64_t now_ns)
{
	const struct settings *s = &l->settings;
	int64_t due_ns = time_ns + 1000 * s->delay_us + luck->jitter_ns;

	if (due_ns < time_ns)
		due_ns = time_ns;
	if (luck->held) {
		due_ns += 1000 * s->hold_us;
		l->n.held++;
	} else {
		if (due_ns < l->last_ns && !s->shuffle)
			due_ns = l->last_ns;
		l->last_ns = due_ns;
	}
	schedule(l, frame, len, due_ns, now_ns);
	if (luck->doubled) {
		schedule(l, frame, len, due_ns, now_ns);
		l->n.doubled++;
	}
}

bool lane_take(struct lane *l, uint8_t *frame, size_t len, int64_t now_ns)
{
	const struct settings *s = &l->settings;
	int64_t time_ns = now_ns;
	struct frame_look look;
	struct luck luck;

	frame_look(frame, len, &look);
	if (look.housekeeping) {
		l->n.housekeeping++;
		schedule(l, frame, len, now_ns + 1000 * s->delay_us, now_ns);
		return true;
	}
	luck = draw(l, l->n.frames++);
	if (s->cut) {
		l->n.cut++;
	} else if (s->mtu && len > ETHER_LEN + s->mtu) {
		l->n.too_big++;
		return false;
	} else if (luck.lost) {
		l->n.lost++;
	} else if (!through_rate(l, len, &time_ns)) {
		l->n.overflowed++;
	} else {
		if (luck.marked && frame_mark(frame, len))
			l->n.marked++;
		if (luck.corrupted && look.text_to > look.text_from) {
			corrupt(frame, &look, luck.bit);
			l->n.corrupted++;
		}
		through_delay(l, frame, len, &luck, time_ns, now_ns);
	}
	return true;
}

void lane_inject(struct lane *l, const uint8_t *frame, size_t len, int64_t now_ns)
{
	schedule(l, frame, len, now_ns + 1000 * l->settings.delay_us, now_ns);
}

void lane_deliver(struct lane *l, int64_t now_ns)
{
	while (l->count && l->heap[0]->due_ns <= now_ns) {
		struct lane_waiting *w = pop(l);

		if (now_ns - w->due_ns > l->n.late_ns)
			l->n.late_ns = now_ns - w->due_ns;
		put_out(l, w->bytes, w->len);
		free(w);
	}
}

int64_t lane_due(const struct lane *l)
{
	return l->count ? l->heap[0]->due_ns : LANE_NEVER;
}

void lane_print(const struct lane *l, FILE *out)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "frames", l->n.frames },
		{ "housekeeping", l->n.housekeeping },
		{ "delivered", l->n.delivered },
		{ "lost", l->n.lost },
		{ "cut", l->n.cut },
		{ "too_big", l->n.too_big },
		{ "overflowed", l->n.overflowed },
		{ "corrupted", l->n.corrupted },
		{ "doubled", l->n.doubled },
		{ "held", l->n.held },
		{ "marked", l->n.marked },
		{ "refused", l->n.refused },
		{ "missed", l->n.missed },
		{ "waiting", l->count },
		{ "late_us", (uint64_t)l->n.late_ns / 1000 },
	};

	fputs(l->name, out);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		fprintf(out, " %s=%llu", rows[i].name, (unsigned long long)rows[i].value);
	fputc('\n', out);
}

void lane_free(struct lane *l)
{
	while (l->count)
		free(l->heap[--l->count]);
	free(l->heap);
}
