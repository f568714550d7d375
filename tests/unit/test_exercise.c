/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_exercise.c - exercises: every blank follows from what is shown, an order that is asked for is never shown,
 * and answers are judged by what they mean. */
#include <stdio.h>
#include <stdlib.h>

#include "observed.h"
#include "view/exercise.h"

#define SEEDS 200u

struct told {
	struct observed o;
	struct exercise *x;
	struct view *v;
};

static void begin(struct told *t)
{
	observe_begin(&t->o);
	t->x = exercise_new(false);
	assert_non_null(t->x);
	t->v = exercise_view(t->x);
	assert_non_null(t->v);
}

static void tell(struct told *t, enum trace_end from, const char *segment)
{
	observe(&t->o, from, segment);
	view_step(t->v, &t->o.step, NULL, NULL);
}

static void end(struct told *t)
{
	struct trace_summary sum;
	struct err e = { 0 };

	trace_summary(t->o.t, &sum);
	view_summary(t->v, &sum, NULL);
	assert_true(view_close(t->v, &e));
	observe_end(&t->o);
}

static void tell_handshake(struct told *t)
{
	tell(t, TRACE_CLIENT, "S 0:0(0) <mss 1460,sackOK>");
	tell(t, TRACE_SERVER, "S. 0:0(0) ack 1 <mss 1460,sackOK>");
	tell(t, TRACE_CLIENT, ". 1:1(0) ack 1");
}

static void tell_exchange(struct told *t)
{
	tell_handshake(t);
	tell(t, TRACE_CLIENT, "P. 1:75(74) ack 1");
	tell(t, TRACE_SERVER, ". 1:1(0) ack 75");
	tell(t, TRACE_SERVER, "P. 1:313(312) ack 75");
	tell(t, TRACE_CLIENT, ". 75:75(0) ack 313");
}

static void four_segments(struct told *t)
{
	tell_exchange(t);
	tell(t, TRACE_CLIENT, "F. 75:75(0) ack 313");
	tell(t, TRACE_SERVER, ". 313:313(0) ack 76");
	tell(t, TRACE_SERVER, "F. 313:313(0) ack 76");
	tell(t, TRACE_CLIENT, ". 76:76(0) ack 314");
}

static void three_segments(struct told *t)
{
	t->o.isn[TRACE_CLIENT] = 0xffffffffu - 20; /* numbers pass 2^32 */
	tell_exchange(t);
	tell(t, TRACE_CLIENT, "F. 75:75(0) ack 313");
	tell(t, TRACE_SERVER, "F. 313:313(0) ack 76");
	tell(t, TRACE_CLIENT, ". 76:76(0) ack 314");
}

static void server_first(struct told *t)
{
	tell_exchange(t);
	tell(t, TRACE_SERVER, "F. 313:313(0) ack 75");
	tell(t, TRACE_CLIENT, ". 75:75(0) ack 314");
	tell(t, TRACE_CLIENT, "F. 75:75(0) ack 314");
	tell(t, TRACE_SERVER, ". 314:314(0) ack 76");
}

static void both_at_once(struct told *t)
{
	tell_exchange(t);
	tell(t, TRACE_CLIENT, "F. 75:75(0) ack 313");
	tell(t, TRACE_SERVER, "F. 313:313(0) ack 75");
	tell(t, TRACE_CLIENT, ". 76:76(0) ack 314");
	tell(t, TRACE_SERVER, ". 314:314(0) ack 76");
}

static void trouble(struct told *t)
{
	tell(t, TRACE_CLIENT, "S 0:0(0) <mss 1460>");
	tell(t, TRACE_CLIENT, "S 0:0(0) <mss 1460>");
	tell(t, TRACE_SERVER, "S. 0:0(0) ack 1 <mss 1460>");
	tell(t, TRACE_CLIENT, ". 1:1(0) ack 1");
	t->o.next.checksum = TCP_CHECKSUM_BAD;
	tell(t, TRACE_CLIENT, "P. 1:75(74) ack 1");
	tell(t, TRACE_CLIENT, "P. 1:75(74) ack 1");
	tell(t, TRACE_CLIENT, "P. 1:75(74) ack 1");
	tell(t, TRACE_SERVER, "P. 313:625(312) ack 75");
	tell(t, TRACE_SERVER, "P. 1:313(312) ack 75");
	tell(t, TRACE_CLIENT, ". 75:75(0) ack 1");
	tell(t, TRACE_CLIENT, ". 75:75(0) ack 625");
	tell(t, TRACE_SERVER, "R. 625:625(0) ack 75");
}

static void middle(struct told *t)
{
	tell(t, TRACE_SERVER, "P. 5000:5100(100) ack 75");
	tell(t, TRACE_CLIENT, ". 75:75(0) ack 5100");
	tell(t, TRACE_CLIENT, "F. 75:75(0) ack 5100");
	tell(t, TRACE_SERVER, "F. 5100:5100(0) ack 76");
	tell(t, TRACE_CLIENT, ". 76:76(0) ack 5101");
}

static void long_one(struct told *t)
{
	char segment[64];

	tell_handshake(t);
	for (unsigned i = 0; i < 100; i++) {
		snprintf(segment, sizeof(segment), "P. %u:%u(1000) ack 1", 1 + i * 1000,
			 1001 + i * 1000);
		tell(t, TRACE_CLIENT, segment);
		snprintf(segment, sizeof(segment), ". 1:1(0) ack %u", 1001 + i * 1000);
		tell(t, TRACE_SERVER, segment);
	}
	tell(t, TRACE_CLIENT, "F. 100001:100001(0) ack 1");
	tell(t, TRACE_SERVER, "F. 1:1(0) ack 100002");
	tell(t, TRACE_CLIENT, ". 100002:100002(0) ack 2");
}

static void (*const connections[])(struct told *t) = { four_segments, three_segments, server_first,
						       both_at_once,  trouble,	      middle,
						       long_one };

/* Spoil every cell that is hidden: who still finds what was there has not looked. */
static void spoil(struct exercise *x)
{
	for (unsigned i = 0; i < x->row_count; i++) {
		struct trace_step *step = &x->rows[i].step;
		unsigned hidden = x->rows[i].hidden;

		if (hidden & 1u << EXERCISE_FLAGS)
			step->seg.flags ^= TCP_FLAG_SYN | TCP_FLAG_FIN;
		if (hidden & 1u << EXERCISE_SEQ)
			step->seq += 12345;
		if (hidden & 1u << EXERCISE_ACK)
			step->ack += 54321;
		if (hidden & 1u << EXERCISE_CLIENT)
			step->state[TRACE_CLIENT] = TCP_STATE_CLOSING;
		if (hidden & 1u << EXERCISE_SERVER)
			step->state[TRACE_SERVER] = TCP_STATE_CLOSING;
	}
}

static void assert_solvable(const struct exercise *x)
{
	struct exercise *spoiled = malloc(sizeof(*spoiled));

	assert_non_null(spoiled);
	*spoiled = *x;
	spoil(spoiled);
	for (unsigned i = 0; i < x->blank_count; i++) {
		const struct exercise_blank *b = &x->blanks[i];
		char why[512], question[128];
		uint32_t value = 0;

		if (!exercise_solve(spoiled, b->row, b->field, &value) ||
		    value != exercise_truth(x, b->row, b->field))
			fail_msg("%s: does not follow",
				 exercise_question(x, b, question, sizeof(question)));
		assert_int_not_equal(strlen(exercise_why(x, b, why, sizeof(why))), 0);
		assert_int_equal(exercise_blank_number(x, b->row, b->field), i + 1);
	}
	free(spoiled);
}

static void blanks__follow_from_what_is_shown(void **unused)
{
	for (size_t c = 0; c < ARRAY_LEN(connections); c++)
		for (unsigned seed = 0; seed < SEEDS; seed++) {
			struct err e = { 0 };
			struct told t;

			begin(&t);
			connections[c](&t);
			end(&t);
			assert_true(exercise_blanks(t.x, seed, seed % 20 + 1, &e));
			assert_in_range(t.x->blank_count, 1, seed % 20 + 1);
			assert_solvable(t.x);
			exercise_free(t.x);
		}
}

/* Eight blanks of a whole exchange: each kind of question is among them. */
static void blanks__are_of_all_kinds(void **unused)
{
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		unsigned kinds = 0;
		struct err e = { 0 };
		struct told t;

		begin(&t);
		four_segments(&t);
		end(&t);
		assert_true(exercise_blanks(t.x, seed, 8, &e));
		assert_int_equal(t.x->blank_count, 8);
		for (unsigned i = 0; i < t.x->blank_count; i++)
			kinds |= 1u << t.x->blanks[i].field;
		if (kinds & (1u << EXERCISE_CLIENT | 1u << EXERCISE_SERVER))
			kinds |= 1u << EXERCISE_CLIENT | 1u << EXERCISE_SERVER;
		assert_int_equal(kinds, (1u << EXERCISE_FIELD_COUNT) - 1);
		exercise_free(t.x);
	}
}

static void a_seed__makes_the_same_exercise(void **unused)
{
	static struct exercise first[8];
	unsigned different = 0;

	for (unsigned turn = 0; turn < 16; turn++) {
		const struct exercise *before = &first[turn % 8];
		struct err e = { 0 };
		struct told t;

		begin(&t);
		four_segments(&t);
		end(&t);
		assert_true(exercise_shuffle(t.x, turn % 8, 12, &e));
		assert_true(exercise_blanks(t.x, turn % 8, 8, &e));
		if (turn < 8) {
			first[turn] = *t.x;
			different += memcmp(t.x->blanks, first[0].blanks, sizeof(t.x->blanks)) != 0;
		} else {
			assert_memory_equal(t.x->blanks, before->blanks, sizeof(before->blanks));
			assert_memory_equal(t.x->shuffled, before->shuffled,
					    sizeof(before->shuffled));
		}
		exercise_free(t.x);
	}
	assert_in_range(different, 6, 7);
}

/* A long connection: its beginning and its end, and how much is missing between. */
static void a_long_connection__is_cut_in_its_middle(void **unused)
{
	struct err e = { 0 };
	struct told t;

	begin(&t);
	long_one(&t);
	end(&t);
	assert_int_equal(t.x->row_count, EXERCISE_ROWS_MAX);
	assert_int_equal(t.x->rows[EXERCISE_HEAD].left_out, 206 - EXERCISE_ROWS_MAX);
	for (unsigned i = 0; i < EXERCISE_ROWS_MAX; i++)
		assert_int_equal(t.x->rows[i].step.number,
				 i < EXERCISE_HEAD ? i + 1 : i + 1 + 206 - EXERCISE_ROWS_MAX);
	assert_true(exercise_shuffle(t.x, 1, 12, &e));
	assert_int_equal(t.x->order_count, 12);
	assert_int_equal(t.x->order[11], EXERCISE_ROWS_MAX - 1);
	exercise_free(t.x);
}

/* ---- order ---- */

static void orders__are_never_shown_as_they_are(void **unused)
{
	for (size_t c = 0; c < ARRAY_LEN(connections); c++)
		for (unsigned seed = 0; seed < SEEDS; seed++) {
			unsigned count, same = 0, wrong = 0;
			uint32_t placed = 0;
			struct err e = { 0 };
			struct told t;

			begin(&t);
			connections[c](&t);
			end(&t);
			assert_true(exercise_shuffle(t.x, seed, 3 + seed % 30, &e));
			count = t.x->order_count;
			assert_in_range(count, EXERCISE_LEAST, EXERCISE_ORDER_MAX);
			for (unsigned i = 0; i < count; i++) {
				unsigned which = 0;

				same += t.x->order[i] == t.x->shuffled[i];
				wrong += exercise_next(t.x, (1u << i) - 1, i) != EXERCISE_FREE;
				while (which < count && t.x->shuffled[which] != t.x->order[i])
					which++;
				assert_in_range(which, 0, count - 1);
				assert_false(placed & 1u << which);
				assert_int_equal(exercise_next(t.x, placed, which), EXERCISE_FREE);
				placed |= 1u << which;
			}
			assert_int_not_equal(same, count);
			assert_int_not_equal(wrong, 0); /* from top to bottom is no answer either */
			exercise_free(t.x);
		}
}

/* The ten steps of one exchange have one order, and no other. */
static void an_exchange__has_one_order(void **unused)
{
	uint32_t placed = 0;
	struct err e = { 0 };
	struct told t;

	begin(&t);
	four_segments(&t);
	end(&t);
	assert_true(exercise_shuffle(t.x, 1, 12, &e));
	assert_int_equal(t.x->order_count, 11);
	for (unsigned i = 0; i < t.x->order_count; i++) {
		unsigned free = 0, which = 0;

		for (unsigned k = 0; k < t.x->order_count; k++) {
			if (placed & 1u << k || exercise_next(t.x, placed, k))
				continue;
			free++;
			which = k;
		}
		assert_int_equal(free, 1);
		assert_int_equal(t.x->shuffled[which], t.x->order[i]);
		placed |= 1u << which;
	}
	exercise_free(t.x);
}

/* Two FINs that cross: nothing says which was first. */
static void segments_that_cross__may_come_in_either_order(void **unused)
{
	uint32_t placed = 0;
	unsigned free = 0;
	struct err e = { 0 };
	struct told t;

	begin(&t);
	both_at_once(&t);
	end(&t);
	assert_true(exercise_shuffle(t.x, 1, 12, &e));
	for (unsigned k = 0; k < t.x->order_count; k++)
		placed |= t.x->rows[t.x->shuffled[k]].step.number <= 7 ? 1u << k : 0;
	for (unsigned k = 0; k < t.x->order_count; k++)
		free += !(placed & 1u << k) && !exercise_next(t.x, placed, k);
	assert_int_equal(free, 2);
	exercise_free(t.x);
}

/* ---- answers ---- */

static void answers__are_judged_by_what_they_mean(void **unused)
{
	static const struct {
		unsigned step;
		enum exercise_field field;
		const char *right, *wrong; /* separated by | */
	} rows[] = {
		{ 2, EXERCISE_FLAGS,
		  "SYN,ACK|syn,ack|S.|SYN-ACK|SYN ACK|SYNACK|SA|ack+syn|syn/ack|PSH,SYN,ACK",
		  "SYN|ACK|SYN,ACK,FIN|SYN,ACK,URG|S|.|RST,ACK|synk|2|" },
		{ 4, EXERCISE_FLAGS, "PSH,ACK|ACK|.|P.|ack psh", "PSH|SYN,ACK|F." },
		{ 8, EXERCISE_FLAGS, "FIN,ACK|F.|finack|FA", "FIN|ACK|RST" },
		{ 4, EXERCISE_SEQ,
		  "1|3626544837|seq 1|seq = 1|SEQ=1|0 + 1 = 1|0x1|3,626,544,837| 1 ",
		  "0|2|1739326487|one|-1|1 byte|1.0|4294967297|" },
		{ 5, EXERCISE_ACK, "75|3626544911|ack 75|ack = 1 + 74 = 75", "76|74|seq 76|" },
		{ 1, EXERCISE_NEXT, "1|3626544837|next seq = 0 + 1 = 1", "0|2" },
		{ 8, EXERCISE_CLIENT,
		  "FIN-WAIT-1|fin_wait_1|fin wait 1|FinWait1|FIN-WAIT1|FIN WAIT-1",
		  "FIN-WAIT-2|FIN-WAIT|FIN|LAST-ACK|FIN-WAIT-11|" },
		{ 2, EXERCISE_SERVER, "SYN-RECEIVED|syn_received|SYN-RECV|SYN_RCVD|syn rcvd",
		  "SYN-SENT|SYN|ESTABLISHED" },
		{ 3, EXERCISE_CLIENT, "ESTABLISHED|established|ESTAB", "ESTABLISH|OPEN" },
		{ 11, EXERCISE_CLIENT, "TIME-WAIT|TIME_WAIT|timewait", "CLOSE-WAIT|CLOSED" },
		{ 11, EXERCISE_SERVER, "CLOSED|closed|CLOSE", "CLOSE-WAIT|LAST-ACK" },
	};
	struct told t;

	begin(&t);
	four_segments(&t);
	end(&t);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct exercise_blank b = { rows[i].step - 1, rows[i].field };

		for (int right = 0; right < 2; right++) {
			const char *at = right ? rows[i].right : rows[i].wrong;

			for (;; at++) {
				size_t len = strcspn(at, "|");
				char answer[64];

				snprintf(answer, sizeof(answer), "%.*s", (int)len, at);
				if (exercise_right(t.x, &b, answer) != right)
					fail_msg("step %u, %s: \"%s\" is %s", rows[i].step,
						 exercise_column(rows[i].field), answer,
						 right ? "right" : "wrong");
				at += len;
				if (!*at)
					break;
			}
		}
	}
	exercise_free(t.x);
}

/* The words that are the answer of the key are right themselves. */
static void the_key__is_right(void **unused)
{
	for (size_t c = 0; c < ARRAY_LEN(connections); c++)
		for (int absolute = 0; absolute < 2; absolute++) {
			struct err e = { 0 };
			struct told t;

			begin(&t);
			t.x->absolute = absolute;
			connections[c](&t);
			end(&t);
			assert_true(exercise_blanks(t.x, c, 100, &e));
			for (unsigned i = 0; i < t.x->blank_count; i++) {
				char answer[EXERCISE_CELL_MAX];

				exercise_answer(t.x, &t.x->blanks[i], answer, sizeof(answer));
				if (!exercise_right(t.x, &t.x->blanks[i], answer))
					fail_msg("connection %zu, blank %u: \"%s\"", c, i + 1,
						 answer);
			}
			exercise_free(t.x);
		}
}

static void numbers_of_a_bad_answer__do_no_harm(void **unused)
{
	char longest[300];
	struct told t;

	memset(longest, '9', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	begin(&t);
	four_segments(&t);
	end(&t);
	for (unsigned f = 0; f < EXERCISE_FIELD_COUNT; f++) {
		struct exercise_blank b = { 3, (enum exercise_field)f };

		assert_false(exercise_right(t.x, &b, longest));
	}
	exercise_free(t.x);
}

/* ---- what cannot be ---- */

static void too_short__is_refused_with_why(void **unused)
{
	struct err e = { 0 };
	struct told t;

	begin(&t);
	tell(&t, TRACE_CLIENT, "S 0:0(0)");
	tell(&t, TRACE_SERVER, "R. 0:0(0) ack 1");
	end(&t);
	assert_false(exercise_blanks(t.x, 1, 8, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "2 segments"));
	e = (struct err){ 0 };
	assert_false(exercise_shuffle(t.x, 1, 8, &e));
	assert_int_equal(e.status, STATUS_APP);
	assert_non_null(strstr(e.text, "2 segments"));
	exercise_free(t.x);
}

/* Segments by dice: whatever comes of them, blanks follow and orders end. */
static void nonsense__makes_no_nonsense(void **unused)
{
	uint64_t dice = 7;

	for (unsigned run = 0; run < 500; run++) {
		struct err e = { 0 };
		struct told t;

		begin(&t);
		for (unsigned i = exercise_dice(&dice, 60); i; i--) {
			struct tcp_segment seg = {
				.seq = t.o.isn[0] + exercise_dice(&dice, 4),
				.ack = t.o.isn[1] + exercise_dice(&dice, 4),
				.flags = (uint16_t)exercise_dice(&dice, 64),
				.window = (uint16_t)exercise_dice(&dice, 65536),
				.text_len = exercise_dice(&dice, 3) ? 0 : exercise_dice(&dice, 5),
			};
			struct trace_input in = { .from = (enum trace_end)exercise_dice(&dice, 2),
						  .seg = &seg,
						  .text_cut = true };

			if (exercise_dice(&dice, 20) == 0)
				seg.seq = exercise_dice(&dice, UINT32_MAX);
			trace_segment(t.o.t, &in, &t.o.step);
			view_step(t.v, &t.o.step, NULL, NULL);
		}
		end(&t);
		if (exercise_blanks(t.x, run, 40, &e))
			assert_solvable(t.x);
		if (exercise_shuffle(t.x, run, 26, &e))
			for (unsigned n = 0, placed = 0; n < t.x->order_count; n++) {
				unsigned which = 0;

				while (placed & 1u << which || exercise_next(t.x, placed, which))
					assert_in_range(++which, 0, t.x->order_count - 1);
				placed |= 1u << which;
			}
		exercise_free(t.x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks__follow_from_what_is_shown),
		cmocka_unit_test(blanks__are_of_all_kinds),
		cmocka_unit_test(a_seed__makes_the_same_exercise),
		cmocka_unit_test(a_long_connection__is_cut_in_its_middle),
		cmocka_unit_test(orders__are_never_shown_as_they_are),
		cmocka_unit_test(an_exchange__has_one_order),
		cmocka_unit_test(segments_that_cross__may_come_in_either_order),
		cmocka_unit_test(answers__are_judged_by_what_they_mean),
		cmocka_unit_test(the_key__is_right),
		cmocka_unit_test(numbers_of_a_bad_answer__do_no_harm),
		cmocka_unit_test(too_short__is_refused_with_why),
		cmocka_unit_test(nonsense__makes_no_nonsense),
	};

	return cmocka_run_group_tests_name("exercise", tests, NULL, NULL);
}
