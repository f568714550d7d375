/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ladder.c - arrows between two ends: as wide as they are drawn, with what is in the segment. */
#include <stdio.h>

#include "observed.h"
#include "view/ladder.h"

/* The line that a step is drawn as. */
static void draw(const struct trace_step *step, char out[256])
{
	FILE *f = fmemopen(out, 256, "w");

	assert_non_null(f);
	ladder_step(f, false, step);
	fclose(f);
}

static void assert_drawn(const struct observed *o, const char *expected)
{
	char text[256] = "";

	draw(&o->step, text);
	assert_string_equal(text, expected);
}

static void handshake__arrows_and_states(void **unused)
{
	struct observed o;

	observe_begin(&o);
	client(&o, "S 0:0(0)");
	assert_drawn(&o,
		     "   1    0.000 ms  SYN-SENT     |-------------------- SYN seq 0 -------------"
		     "------->|\n");
	server(&o, "S. 0:0(0) ack 1");
	assert_drawn(&o,
		     "   2    1.000 ms               |<-------------- SYN,ACK seq 0 ack 1 --------"
		     "--------|  SYN-RECEIVED\n");
	client(&o, ". 1:1(0) ack 1");
	assert_drawn(&o,
		     "   3    2.000 ms  ESTABLISHED  |----------------- ACK seq 1 ack 1 ----------"
		     "------->|  ESTABLISHED\n");
	client(&o, "P. 1:38(37) ack 1");
	assert_drawn(&o,
		     "   4    3.000 ms               |---------- PSH,ACK seq 1 ack 1 (37 bytes) --"
		     "------->|\n");
	observe_end(&o);
}

/* The longest words that there are: the arrow keeps its width, and its head. */
static void all_flags_and_long_numbers__keep_the_width(void **unused)
{
	struct trace_step step = { .number = 4294967295u,
				   .from = TRACE_SERVER,
				   .has_relative = true,
				   .has_relative_ack = true,
				   .seq = 4294967295u,
				   .ack = 4294967295u };
	char text[256] = "";

	step.seg.flags = 0x1ff;
	step.seg.text_len = 65535;
	draw(&step, text);
	assert_non_null(strstr(text, "|<"));
	assert_int_equal(strcspn(strstr(text, "|<") + 1, "|"), 52);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake__arrows_and_states),
		cmocka_unit_test(all_flags_and_long_numbers__keep_the_width),
	};

	return cmocka_run_group_tests_name("ladder", tests, NULL, NULL);
}
