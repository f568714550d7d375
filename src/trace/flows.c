/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flows.c - the connections of a capture; see flows.h. */
#include "trace/flows.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u /* a power of two */

struct flows {
	struct flow *buckets[BUCKETS]; /* the newest first */
	struct flow *first, *last;
	struct flow *first_over, *last_over; /* in the order in which they were over */
	unsigned count, followed;
	void (*tell_gone)(void *with, const struct flow *f);
	void *with;
	uint64_t left_out;
};

struct flows *flows_new(void)
{
	return calloc(1, sizeof(struct flows));
}

void flows_on_gone(struct flows *fs, void (*tell)(void *with, const struct flow *f), void *with)
{
	fs->tell_gone = tell;
	fs->with = with;
}

void flows_free(struct flows *fs)
{
	if (!fs)
		return;
	while (fs->first) {
		struct flow *f = fs->first;

		fs->first = f->next;
		trace_free(f->trace);
		free(f);
	}
	free(fs);
}

/* FNV-1a; both directions give the same. */
static uint32_t hash_end(const struct flow_end *e)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(e->bytes); i++)
		h = (h ^ e->bytes[i]) * 16777619u;
	h = (h ^ (e->port & 0xff)) * 16777619u;
	return (h ^ e->port >> 8) * 16777619u;
}

static uint32_t bucket_of(const struct flow_end *a, const struct flow_end *b)
{
	uint32_t h = hash_end(a) + hash_end(b);

	return (h ^ h >> 16) % BUCKETS;
}

static bool same(const struct flow_end *a, const struct flow_end *b)
{
	return a->port == b->port && a->family == b->family &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static struct flow *find(const struct flows *fs, const struct flow_end *from,
			 const struct flow_end *to, enum trace_end *who)
{
	struct flow *f = fs->buckets[bucket_of(from, to)];

	for (; f; f = f->next_in_bucket) {
		*who = TRACE_CLIENT;
		if (same(&f->ends[TRACE_CLIENT], from) && same(&f->ends[TRACE_SERVER], to))
			return f;
		*who = TRACE_SERVER;
		if (same(&f->ends[TRACE_SERVER], from) && same(&f->ends[TRACE_CLIENT], to))
			return f;
	}
	return NULL;
}

const struct flow *flows_find(const struct flows *fs, const struct flow_end *from,
			      const struct flow_end *to, bool *client)
{
	enum trace_end who = TRACE_CLIENT;
	const struct flow *f = find(fs, from, to, &who);

	*client = who == TRACE_CLIENT;
	return f;
}

/* A SYN where a connection was over, was never answered, or is only known from its middle begins another
 * one; the same SYN once more is only late. The tracker by itself would begin anew by the same rule. */
static bool begins_anew(const struct flow *f, enum trace_end from, const struct tcp_segment *seg)
{
	enum trace_end to = from == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT;
	struct trace_summary sum;

	if ((seg->flags & (TCP_FLAG_SYN | TCP_FLAG_ACK | TCP_FLAG_RST | TCP_FLAG_FIN)) !=
		    TCP_FLAG_SYN ||
	    seg->checksum_is == TCP_CHECKSUM_BAD)
		return false;
	if (f->middle)
		return true;
	if (from == TRACE_CLIENT && seg->seq == f->isn)
		return false;
	trace_summary(f->trace, &sum);
	switch (sum.state[from]) {
	case TCP_STATE_CLOSED:
	case TCP_STATE_TIME_WAIT:
		return true;
	case TCP_STATE_SYN_SENT:
		return sum.state[to] == TCP_STATE_LISTEN || sum.state[to] == TCP_STATE_CLOSED;
	default:
		return false;
	}
}

static void note_over(struct flows *fs, struct flow *f, bool over)
{
	f->over = over;
	if (!over || f->queued)
		return;
	f->queued = true;
	f->next_over = NULL;
	if (fs->first_over)
		fs->last_over->next_over = f;
	else
		fs->first_over = f;
	fs->last_over = f;
}

/* Nothing more comes of either end, but what is sent again. */
static bool is_over(const struct trace_step *step)
{
	for (int end = 0; end < 2; end++)
		if (step->state[end] != TCP_STATE_CLOSED &&
		    step->state[end] != TCP_STATE_TIME_WAIT && step->state[end] != TCP_STATE_LISTEN)
			return false;
	return true;
}

static void release(struct flows *fs, struct flow *f)
{
	struct flow **at = &fs->buckets[bucket_of(&f->ends[0], &f->ends[1])];

	if (fs->tell_gone)
		fs->tell_gone(fs->with, f);
	while (*at != f)
		at = &(*at)->next_in_bucket;
	*at = f->next_in_bucket;
	*(f->prev ? &f->prev->next : &fs->first) = f->next;
	*(f->next ? &f->next->prev : &fs->last) = f->prev;
	fs->followed--;
	trace_free(f->trace);
	free(f);
}

/* Room for one more; false: none is over. */
static bool make_room(struct flows *fs)
{
	while (fs->followed == FLOWS_MAX && fs->first_over) {
		struct flow *f = fs->first_over;

		fs->first_over = f->next_over;
		f->queued = false;
		if (f->over)
			release(fs, f);
	}
	return fs->followed < FLOWS_MAX;
}

/* Who is the client, by the first segment seen. */
static enum trace_end role(const struct flow_end *from, const struct flow_end *to,
			   const struct tcp_segment *seg, bool *middle)
{
	*middle = !(seg->flags & TCP_FLAG_SYN);
	if (!*middle)
		return seg->flags & TCP_FLAG_ACK ? TRACE_SERVER : TRACE_CLIENT;
	/* Servers have the low ports; between equals the one who speaks first asks. */
	return from->port < to->port ? TRACE_SERVER : TRACE_CLIENT;
}

static struct flow *add(struct flows *fs, const struct flow_end *from, const struct flow_end *to,
			const struct tcp_segment *seg, enum trace_end *who)
{
	struct flow **bucket = &fs->buckets[bucket_of(from, to)];
	struct flow *f = make_room(fs) ? calloc(1, sizeof(*f)) : NULL;

	if (!f || !(f->trace = trace_new())) {
		free(f);
		return NULL;
	}
	*who = role(from, to, seg, &f->middle);
	f->isn = *who == TRACE_CLIENT ? seg->seq : seg->ack - 1;
	f->ends[*who] = *from;
	f->ends[*who == TRACE_CLIENT ? TRACE_SERVER : TRACE_CLIENT] = *to;
	f->number = ++fs->count;
	fs->followed++;
	f->next_in_bucket = *bucket;
	*bucket = f;
	f->prev = fs->last;
	*(fs->last ? &fs->last->next : &fs->first) = f;
	fs->last = f;
	return f;
}

const struct flow *flows_segment(struct flows *fs, const struct flow_end *from,
				 const struct flow_end *to, struct trace_input *in,
				 struct trace_step *step)
{
	enum trace_end who = TRACE_CLIENT;
	struct flow *f = find(fs, from, to, &who);

	if (f && begins_anew(f, who, in->seg)) {
		note_over(fs, f, true); /* nothing can reach it behind the other */
		f = NULL;
	}
	if (!f)
		f = add(fs, from, to, in->seg, &who);
	if (!f) {
		fs->left_out++;
		return NULL;
	}
	in->from = who;
	trace_segment(f->trace, in, step);
	note_over(fs, f, is_over(step));
	return f;
}

const struct flow *flows_first(const struct flows *fs)
{
	return fs->first;
}

unsigned flows_count(const struct flows *fs)
{
	return fs->count;
}

uint64_t flows_left_out(const struct flows *fs)
{
	return fs->left_out;
}
