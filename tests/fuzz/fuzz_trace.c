/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_trace.c - segments of two strangers through the tracker, and its steps through a view.
 *
 * In: a byte that chooses the view; then, for each segment, a few that say who sends it and what is in
 * it (struct sketch). Each is made a frame and decoded, so that all slices are as in a capture. Numbers
 * are chosen near what the tracker remembers. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "trace/flow.h"
#include "unit/frames.h"
#include "view/view.h"

#define STEPS_MAX 400

struct flow {
	struct trace *t;
	struct view *v;
	int64_t time_ns;
	struct trace_summary sum;
};

/* What a view writes: lines of ASCII, or in UTF-8 what it draws with; nothing that a terminal obeys. */
static ssize_t take_output(void *cookie, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		must((uint8_t)text[i] >= 0x20 ? text[i] != 0x7f : text[i] == '\n');
	return (ssize_t)len;
}

static FILE *open_output(void)
{
	cookie_io_functions_t functions = { .write = take_output };
	FILE *out = fopencookie(NULL, "w", functions);

	must(out);
	return out;
}

static uint32_t near(struct feed *f, const struct trace_side *s, uint8_t where)
{
	const uint32_t places[] = { s->nxt, s->una,	     s->base, s->edge,
				    s->fin, s->claimed_edge, 0,	      s->nxt + 0x7fffffff };
	uint8_t move = where & 8 ? feed8(f) : 0;
	uint32_t far = move & 0x40 ? 1u << (move & 0x1f) : move & 0x3f;

	return places[where & 7] + (move & 0x80 ? 0 - far : far);
}

/* The frame of one segment; returns where its TCP header begins. */
static size_t build(struct feed *f, struct bytes *frame, const struct flow *flow,
		    enum trace_end from, uint8_t how, size_t *text_len)
{
	static const uint16_t flags[] = { 0x02, 0x12, 0x10, 0x18, 0x11, 0x19, 0x14, 0x04 };
	static const char *const options[] = {
		"",
		"0204 05b4 0402 0101",
		"0204 05b4 0101 0402 01 0303 07",
		"0101 080a 00000065 000000c8",
	};
	const struct trace_side *me = &flow->t->sides[from];
	const struct trace_side *peer = &flow->t->sides[from == TRACE_CLIENT];
	uint8_t where = feed8(f), len = feed8(f), raw = 0;
	struct bytes *o = frame;
	size_t at = 20, options_at;

	*text_len = len < 128 ? len : (len - 127u) * 97;
	frame->len = at;
	put16(o, 3337);
	put16(o, 7788);
	put32(o, near(f, me, where & 15));
	put32(o, near(f, peer, where >> 4));
	put16(o, 0x5000u | (how & 8 ? feed16(f) & 0xfff : flags[how & 7]));
	put16(o, how & 16 ? feed16(f) : 65535);
	put32(o, 0);
	options_at = o->len;
	if (how & 32) { /* any bytes */
		raw = feed8(f) % 11;
		for (unsigned i = 0; i < raw * 4u; i++)
			put8(o, feed8(f));
	} else {
		put_hex(o, options[how >> 6]);
	}
	o->b[at + 12] += (uint8_t)((o->len - options_at) << 2);
	for (size_t i = 0; i < *text_len; i++)
		put8(o, i < 32 ? feed8(f) : (unsigned)i);
	return at;
}

static void check_step(const struct flow *flow, const struct trace_step *step)
{
	const struct trace *t = flow->t;

	must(step->kind < TRACE_KIND_COUNT && step->phase < TRACE_PHASE_COUNT);
	must(step->equation_count <= TRACE_EQUATIONS_MAX);
	must(step->change_count <= TRACE_CHANGES_MAX && step->note_count <= TRACE_NOTES_MAX);
	for (unsigned i = 0; i < step->equation_count; i++) {
		const struct trace_equation *eq = &step->equations[i];

		must(eq->kind <= TRACE_EQ_NEXT && eq->verdict <= TRACE_UNKNOWN);
		must(eq->verdict != TRACE_OK ||
		     eq->value == eq->base + eq->bytes + eq->syn + eq->fin);
		must(eq->first_step <= eq->last_step && eq->last_step < step->number);
	}
	for (unsigned i = 0; i < step->change_count; i++)
		must(trace_may_follow(step->changes[i].from, step->changes[i].to));
	for (unsigned i = 0; i < step->note_count; i++) {
		must(step->notes[i] < TRACE_NOTE_COUNT);
		for (unsigned k = 0; k < i; k++)
			must(step->notes[i] != step->notes[k]);
	}
	for (int end = 0; end < 2; end++) {
		must(step->state[end] == t->states[end] && step->state[end] < TCP_STATE_COUNT);
		must(t->sides[end].range_count <= t->sides[end].range_room);
		must(t->sides[end].range_room <= TRACE_RANGES_MAX);
		must(t->sides[end].hole_count <= TRACE_HOLES_MAX);
	}
}

static void check_summary(struct flow *flow, const struct trace_step *step)
{
	struct trace_summary *was = &flow->sum, now;

	trace_summary(flow->t, &now);
	must(now.segments[0] + now.segments[1] == step->number);
	must(now.segments[step->from] == was->segments[step->from] + 1);
	must(now.wrong_equations <= now.equations);
	for (int end = 0; end < 2; end++)
		must(now.text[end] >= was->text[end] &&
		     now.text_again[end] >= was->text_again[end]);
	must(now.text[0] + now.text_again[0] + now.text[1] + now.text_again[1] -
		     (was->text[0] + was->text_again[0] + was->text[1] + was->text_again[1]) <=
	     step->seg.text_len);
	*was = now;
}

/* What a command tells of, with words that came from the network. */
static void one_event(struct flow *flow, struct feed *f)
{
	struct view_event event = { .kind = (enum view_event_kind)(feed8(f) % 5),
				    .stamp_ns = flow->time_ns };
	char text[40];
	size_t len = feed8(f) % sizeof(text);

	for (size_t i = 0; i < len; i++)
		text[i] = (char)feed8(f);
	text[len] = '\0';
	event.text = text;
	view_event(flow->v, &event);
}

static void one_segment(struct flow *flow, struct feed *f, uint8_t who)
{
	static struct bytes frame;
	uint8_t how = feed8(f);
	enum trace_end from = who & 1 ? TRACE_SERVER : TRACE_CLIENT;
	size_t text_len, at = build(f, &frame, flow, from, how, &text_len), len = frame.len;
	struct frame captured = { .link_type = LINK_IPV4 };
	struct trace_input in = { .from = from };
	struct trace_step step;
	struct packet p;
	uint8_t *bytes;

	frame.len = 0;
	put_ip4(&frame, 6, len - at, 0x4000);
	frame.len = len;
	if (!(who & 2)) /* right; else it is wrong, or partial */
		finish_sum(&frame, at, at + 16, plain_pseudo(&client4, &server4, 6, len - at));
	else if (who & 4)
		set16(&frame, at + 16, plain_pseudo(&client4, &server4, 6, len - at));
	if (who & 8 && text_len)
		len -= text_len / 2 + 1;
	bytes = exact_copy(frame.b, len);
	captured.bytes = bytes;
	captured.captured = (uint32_t)len;
	captured.length = (uint32_t)frame.len;
	packet_decode(&captured, &p);
	must(p.kind == PACKET_TCP && p.seg.text_len == text_len);

	flow->time_ns += who & 16 ? ((int64_t)1 << feed8(f) % 40) - 1000 : 1000;
	in.time_ns = captured.time_ns = flow->time_ns;
	in.seg = &p.seg;
	in.mtu_text = who & 32 ? 1460 : 0;
	in.kernel = who & 64;
	in.text_cut = p.text_cut;
	trace_segment(flow->t, &in, &step);
	check_step(flow, &step);
	check_summary(flow, &step);
	view_step(flow->v, &step, &p, who & 128 ? NULL : &captured);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *out;
	struct feed f = { data, size };
	uint8_t view = feed8(&f);
	struct flow flow = { .t = trace_new(), .time_ns = (int64_t)1 << 60 };
	struct view_options options = { .json = view & 1,
					.absolute = view & 2,
					.verbosity = (view >> 2) % 3 - 1 };
	struct err e = { 0 };

	if (!out)
		out = open_output();
	options.out = out;
	flow.v = view & 16 ? NULL : view_open(&options);
	must(flow.t && (flow.v || view & 16));
	for (unsigned n = 0; f.left && n < STEPS_MAX; n++) {
		uint8_t who = feed8(&f);

		if (who == 0xff && flow.v)
			one_event(&flow, &f);
		else
			one_segment(&flow, &f, who);
	}
	if (flow.v) {
		view_summary(flow.v, &flow.sum, NULL);
		must(view_close(flow.v, &e));
	}
	trace_free(flow.t);
	return 0;
}
