/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_trace_any.c - the tracker whatever comes: names of everything, figure 5, hostile segments.
 *
 * The random flows are the same in every run; SEED in the environment begins with another one. */
#include <stdio.h>
#include <stdlib.h>

#include "observed.h"
#include "trace/flow.h"

/* Names are there, are words of lower case, and differ. */
#define CHECK_NAMES(count, name_of)                                                                \
	do {                                                                                       \
		for (unsigned i = 0; i < (unsigned)(count); i++) {                                 \
			const char *name = name_of(i);                                             \
			assert_true(name[0] &&                                                     \
				    !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")]); \
			for (unsigned j = 0; j < i; j++)                                           \
				assert_string_not_equal(name, name_of(j));                         \
		}                                                                                  \
		assert_string_equal(name_of((unsigned)(count)), "?");                              \
	} while (0)

static void enums__every_value__has_its_name(void **unused)
{
	CHECK_NAMES(TRACE_KIND_COUNT, trace_kind_name);
	CHECK_NAMES(TRACE_PHASE_COUNT, trace_phase_name);
	CHECK_NAMES(TRACE_NOTE_COUNT, trace_note_name);
	CHECK_NAMES(TRACE_UNKNOWN + 1, trace_verdict_name);
	CHECK_NAMES(TRACE_SERVER + 1, trace_end_name);
	CHECK_NAMES(TRACE_CLOSING_RESET + 1, trace_closing_name);
}

/* RFC 9293 figure 5 written down a second time; and the way to CLOSED by reset, from anywhere. */
static void figure_5__is_the_table(void **unused)
{
	static const struct {
		enum tcp_state from, to;
	} arrows[] = {
		{ TCP_STATE_CLOSED, TCP_STATE_LISTEN },
		{ TCP_STATE_CLOSED, TCP_STATE_SYN_SENT },
		{ TCP_STATE_LISTEN, TCP_STATE_SYN_RECEIVED },
		{ TCP_STATE_LISTEN, TCP_STATE_SYN_SENT },
		{ TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECEIVED },
		{ TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED },
		{ TCP_STATE_SYN_RECEIVED, TCP_STATE_LISTEN },
		{ TCP_STATE_SYN_RECEIVED, TCP_STATE_ESTABLISHED },
		{ TCP_STATE_SYN_RECEIVED, TCP_STATE_FIN_WAIT_1 },
		{ TCP_STATE_SYN_RECEIVED, TCP_STATE_CLOSE_WAIT }, /* section 3.10.7.4, eighth */
		{ TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT_1 },
		{ TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT },
		{ TCP_STATE_FIN_WAIT_1, TCP_STATE_FIN_WAIT_2 },
		{ TCP_STATE_FIN_WAIT_1, TCP_STATE_CLOSING },
		{ TCP_STATE_FIN_WAIT_1, TCP_STATE_TIME_WAIT },
		{ TCP_STATE_FIN_WAIT_2, TCP_STATE_TIME_WAIT },
		{ TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK },
		{ TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT },
	};

	for (int from = 0; from < TCP_STATE_COUNT; from++) {
		for (int to = 0; to < TCP_STATE_COUNT; to++) {
			bool allowed = to == TCP_STATE_CLOSED && from != TCP_STATE_CLOSED;

			for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
				allowed |= arrows[i].from == (enum tcp_state)from &&
					   arrows[i].to == (enum tcp_state)to;
			assert_int_equal(trace_may_follow((enum tcp_state)from, (enum tcp_state)to),
					 allowed);
		}
	}
}

static void senseless_flags__change_nothing(void **unused)
{
	static const char *const senseless[] = { "SF 75:75(0)",	   "SR. 75:75(0) ack 313",
						 "SFRPU 75:75(0)", "P 75:85(10)",
						 "F 75:75(0)",	   "U 75:75(0)" };
	struct observed o;

	observe_exchange(&o);
	for (size_t i = 0; i < sizeof(senseless) / sizeof(senseless[0]); i++) {
		client(&o, senseless[i]);
		assert_step(&o, BARE, ESTABLISHED, ESTABLISHED);
		assert_noted(&o, SENSELESS);
		assert_int_equal(o.step.equation_count, 0);
	}
	client(&o, "P. 75:85(10) ack 313");
	assert_seq(&o, "75 = 1 + 74 of 4, ok");
	observe_end(&o);
}

static void time__stands_still_or_goes_back__is_kept(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_SYN };
	struct trace_input in = { .seg = &seg, .time_ns = INT64_MAX };
	struct trace *t = trace_new();
	struct trace_step step;

	trace_segment(t, &in, &step);
	in.time_ns = INT64_MIN;
	trace_segment(t, &in, &step);
	assert_true(step.time_ns < 0);
	in.time_ns = INT64_MAX;
	trace_segment(t, &in, &step);
	assert_int_equal(step.time_ns, 0);
	trace_free(t);
	trace_free(NULL);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A number that hits: near what the end sent, acknowledged, or announced; sometimes any. */
static uint32_t near_something(uint64_t *r, const struct trace_side *s)
{
	const uint32_t places[] = { s->base, s->nxt, s->nxt, s->nxt,	      s->una,
				    s->edge, s->fin, 0,	     s->claimed_edge, s->nxt + 0x7fffffff };
	uint64_t x = next_random(r);

	if (x % 16 == 0)
		return (uint32_t)next_random(r);
	return places[x / 16 % (sizeof(places) / sizeof(places[0]))] +
	       (x >> 32 & 1 ? 0 : (uint32_t)(x >> 40) % 5 - 2);
}

static void random_segment(uint64_t *r, const struct trace *t, struct trace_input *in,
			   struct tcp_segment *seg)
{
	static const uint16_t likely[] = { 0x02, 0x12, 0x10, 0x10, 0x10, 0x18, 0x18,
					   0x11, 0x19, 0x14, 0x04, 0x18, 0x10 };
	uint64_t x = next_random(r);

	in->from = x & 1 ? TRACE_SERVER : TRACE_CLIENT;
	in->kernel = x % 61 == 0;
	in->text_cut = x % 67 == 0;
	in->mtu_text = (uint16_t)(x % 3 ? 1460 : 0);
	in->time_ns += (int64_t)(x % 1000000) - 1000;
	*seg = (struct tcp_segment){
		.flags = (uint16_t)(x >> 8 & 7 ? likely[(x >> 11) % 13] : (x >> 11) & 0x1ff),
		.seq = near_something(r, &t->sides[in->from]),
		.ack = near_something(r, &t->sides[!in->from]),
		.window = (uint16_t)(x >> 20 & 3 ? x >> 22 : 0),
		.checksum_is = x >> 38 & 15 ? TCP_CHECKSUM_OK : (enum tcp_checksum)(x >> 42 & 3),
		.text_len = x >> 44 & 1 ? 0 : (size_t)((x >> 45) % 3000),
	};
	seg->options.has_wscale = x >> 60 & 1;
	seg->options.wscale = (uint8_t)(x >> 50);
	seg->options.has_mss = x >> 61 & 1;
	seg->options.mss = (uint16_t)(x >> 52);
	seg->options.sack_count = x % 31 == 0;
}

static void check_sanity(const struct trace *t, const struct trace_step *step)
{
	assert_in_range(step->kind, 0, TRACE_KIND_COUNT - 1);
	assert_true(step->equation_count <= TRACE_EQUATIONS_MAX);
	assert_true(step->change_count <= TRACE_CHANGES_MAX);
	assert_true(step->note_count <= TRACE_NOTES_MAX);
	for (unsigned i = 0; i < step->equation_count; i++) {
		const struct trace_equation *eq = &step->equations[i];

		if (eq->verdict == TRACE_OK)
			assert_int_equal(eq->value,
					 (uint32_t)(eq->base + eq->bytes + eq->syn + eq->fin));
		assert_true(eq->first_step <= eq->last_step && eq->last_step < step->number);
	}
	for (unsigned i = 0; i < step->change_count; i++)
		assert_true(trace_may_follow(step->changes[i].from, step->changes[i].to));
	for (int end = 0; end < 2; end++) {
		assert_int_equal(step->state[end], t->states[end]);
		assert_true(t->sides[end].range_room <= TRACE_RANGES_MAX);
		assert_true(t->sides[end].hole_count <= TRACE_HOLES_MAX);
	}
}

static void random_segments__never_confuse_it(void **unused)
{
	const char *seed = getenv("SEED");
	uint64_t r = seed ? strtoull(seed, NULL, 0) : 20240229;
	unsigned kinds = 0, states = 0;
	struct trace_summary sum;
	struct trace *t = trace_new();

	for (unsigned i = 0; i < 400000; i++) {
		struct tcp_segment seg;
		struct trace_input in = { .time_ns = (int64_t)i * 1000, .seg = &seg };
		struct trace_step step;

		/* Short flows and long ones, and some that begin in the middle. */
		if (next_random(&r) % 200 == 0) {
			trace_free(t);
			t = trace_new();
		}
		random_segment(&r, t, &in, &seg);
		trace_segment(t, &in, &step);
		check_sanity(t, &step);
		trace_summary(t, &sum);
		assert_int_equal(sum.segments[0] + sum.segments[1], step.number);
		kinds |= 1u << step.kind;
		states |= 1u << step.state[0] | 1u << step.state[1];
	}
	trace_free(t);
	/* The dice are good enough to get everywhere. */
	assert_int_equal(kinds, (1u << TRACE_KIND_COUNT) - 1);
	assert_int_equal(states, (1u << TCP_STATE_COUNT) - 1);
}

/* One flow of a million segments of which nothing is ever acknowledged. */
static void endless_flow__memory_stays_bounded(void **unused)
{
	struct tcp_segment seg = { .flags = TCP_FLAG_ACK, .text_len = 60000 };
	struct trace_input in = { .seg = &seg };
	struct trace *t = trace_new();
	struct trace_step step;

	for (unsigned i = 0; i < 1000000; i++) {
		trace_segment(t, &in, &step);
		seg.seq += i % 3 ? 60000 : 60001; /* a hole at every third */
	}
	assert_true(t->sides[0].range_room <= TRACE_RANGES_MAX);
	assert_true(t->sides[0].hole_count <= TRACE_HOLES_MAX);
	trace_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enums__every_value__has_its_name),
		cmocka_unit_test(figure_5__is_the_table),
		cmocka_unit_test(senseless_flags__change_nothing),
		cmocka_unit_test(time__stands_still_or_goes_back__is_kept),
		cmocka_unit_test(random_segments__never_confuse_it),
		cmocka_unit_test(endless_flow__memory_stays_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
