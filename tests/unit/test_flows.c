/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_flows.c - which connection a segment belongs to, and who its client is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "trace/flows.h"

static struct flow_end end_at(uint8_t host, uint16_t port)
{
	return (struct flow_end){ .family = 4, .bytes = { 192, 0, 2, host }, .port = port };
}

static const struct flow *pass(struct flows *fs, struct flow_end from, struct flow_end to,
			       uint16_t flags, uint32_t seq, uint32_t ack)
{
	struct tcp_segment seg = { .seq = seq, .ack = ack, .flags = flags, .window = 1000 };
	struct trace_input in = { .seg = &seg };
	struct trace_step step;

	return flows_segment(fs, &from, &to, &in, &step);
}

static void count_gone(void *with, const struct flow *f)
{
	unsigned *gone = with;

	assert_non_null(f->trace);
	++*gone;
}

#define SYN TCP_FLAG_SYN
#define ACK TCP_FLAG_ACK
#define RST TCP_FLAG_RST

static void syn__its_sender__is_the_client(void **unused)
{
	struct flows *fs = flows_new();
	struct flow_end a = end_at(1, 80), b = end_at(2, 4000);
	const struct flow *f = pass(fs, a, b, SYN, 100, 0);
	bool client;

	(void)unused;
	assert_int_equal(f->number, 1);
	assert_false(f->middle);
	assert_int_equal(f->ends[TRACE_CLIENT].port, 80);
	assert_ptr_equal(pass(fs, b, a, SYN | ACK, 900, 101), f);
	assert_ptr_equal(flows_find(fs, &b, &a, &client), f);
	assert_false(client);
	assert_int_equal(flows_count(fs), 1);
	flows_free(fs);
}

static void syn_ack__seen_first__its_sender_is_the_server(void **unused)
{
	struct flows *fs = flows_new();
	const struct flow *f = pass(fs, end_at(1, 4000), end_at(2, 80), SYN | ACK, 900, 101);

	(void)unused;
	assert_int_equal(f->ends[TRACE_SERVER].port, 4000);
	assert_int_equal(f->ends[TRACE_CLIENT].port, 80);
	assert_false(f->middle);
	flows_free(fs);
}

static void middle__the_lower_port__is_the_server(void **unused)
{
	struct flows *fs = flows_new();
	const struct flow *f = pass(fs, end_at(1, 80), end_at(2, 4000), ACK, 900, 101);

	(void)unused;
	assert_true(f->middle);
	assert_int_equal(f->ends[TRACE_CLIENT].port, 4000);
	f = pass(fs, end_at(1, 4000), end_at(3, 80), ACK, 900, 101);
	assert_int_equal(f->ends[TRACE_CLIENT].port, 4000);
	f = pass(fs, end_at(7, 5000), end_at(8, 5000), ACK, 900, 101); /* who speaks first */
	assert_int_equal(f->ends[TRACE_CLIENT].bytes[3], 7);
	flows_free(fs);
}

static void syn__after_a_reset__begins_another(void **unused)
{
	struct flows *fs = flows_new();
	struct flow_end a = end_at(1, 4000), b = end_at(2, 80);
	const struct flow *first = pass(fs, a, b, SYN, 100, 0), *second;

	(void)unused;
	assert_ptr_equal(pass(fs, a, b, SYN, 100, 0), first); /* sent again */
	assert_ptr_equal(pass(fs, b, a, RST | ACK, 0, 101), first);
	assert_ptr_equal(pass(fs, a, b, SYN, 100, 0), first); /* the same one, late */
	second = pass(fs, a, b, SYN, 5000, 0);
	assert_ptr_not_equal(second, first);
	assert_int_equal(second->number, 2);
	assert_ptr_equal(pass(fs, b, a, SYN | ACK, 9000, 5001), second);
	assert_ptr_equal(flows_first(fs), first);
	assert_ptr_equal(first->next, second);
	flows_free(fs);
}

static void syn__with_another_number__unanswered_begins_another(void **unused)
{
	struct flows *fs = flows_new();
	struct flow_end a = end_at(1, 4000), b = end_at(2, 80);
	const struct flow *first = pass(fs, a, b, SYN, 100, 0), *second;

	(void)unused;
	second = pass(fs, a, b, SYN, 7000, 0);
	assert_ptr_not_equal(second, first);
	pass(fs, b, a, SYN | ACK, 900, 7001);
	pass(fs, a, b, ACK, 7001, 901);
	assert_ptr_equal(pass(fs, a, b, SYN, 20000, 0), second); /* a stray: it is open */
	flows_free(fs);
}

static void syn__after_both_fins__begins_another(void **unused)
{
	struct flows *fs = flows_new();
	struct flow_end a = end_at(1, 4000), b = end_at(2, 80);
	const struct flow *first = pass(fs, a, b, SYN, 100, 0);

	(void)unused;
	pass(fs, b, a, SYN | ACK, 900, 101);
	pass(fs, a, b, ACK, 101, 901);
	pass(fs, a, b, ACK | TCP_FLAG_FIN, 101, 901);
	pass(fs, b, a, ACK | TCP_FLAG_FIN, 901, 102);
	assert_ptr_equal(pass(fs, a, b, ACK, 102, 902), first);
	assert_int_equal(pass(fs, a, b, SYN, 5000, 0)->number, 2);
	flows_free(fs);
}

static void too_many__are_counted(void **unused)
{
	struct flows *fs = flows_new();

	(void)unused;
	for (unsigned i = 0; i < FLOWS_MAX; i++)
		assert_non_null(pass(fs, end_at(1, (uint16_t)(i + 1)), end_at(2, 80), SYN, i, 0));
	assert_null(pass(fs, end_at(3, 1), end_at(2, 80), SYN, 1, 0));
	assert_null(pass(fs, end_at(2, 80), end_at(3, 1), RST | ACK, 0, 2));
	assert_non_null(pass(fs, end_at(2, 80), end_at(1, 1), SYN | ACK, 0, 1));
	assert_int_equal(flows_count(fs), FLOWS_MAX);
	assert_int_equal(flows_left_out(fs), 2);
	flows_free(fs);
}

/* What makes room is told; more than 4096 come and go, one stays open all the time. */
static void closed_ones__make_room__for_any_number_of_others(void **unused)
{
	struct flows *fs = flows_new();
	struct flow_end a = end_at(1, 9), b = end_at(2, 80);
	const struct flow *held = NULL;
	unsigned gone = 0;

	(void)unused;
	flows_on_gone(fs, count_gone, &gone);
	pass(fs, end_at(9, 9), b, SYN, 1, 0);
	for (unsigned i = 0; i < 3 * FLOWS_MAX; i++) {
		struct flow_end from = end_at((uint8_t)(10 + i % 5), (uint16_t)(i + 1));

		assert_non_null(pass(fs, from, b, SYN, i, 0));
		assert_non_null(pass(fs, b, from, RST | ACK, 0, i + 1));
	}
	assert_int_equal(gone, 2 * FLOWS_MAX + 1);
	assert_int_equal(flows_count(fs), 3 * FLOWS_MAX + 1);
	assert_int_equal(flows_left_out(fs), 0);
	assert_int_equal(flows_first(fs)->number, 1);
	held = pass(fs, b, end_at(9, 9), SYN | ACK, 7, 2);
	assert_int_equal(held->number, 1);
	assert_int_equal(pass(fs, a, b, SYN, 1, 0)->number, 3 * FLOWS_MAX + 2);
	flows_free(fs);
}

/* The same ports again and again, each SYN unanswered: those before cannot be reached, and make room. */
static void one_pair_of_ports__endless_syns__make_room(void **unused)
{
	struct flows *fs = flows_new();
	unsigned gone = 0;

	(void)unused;
	flows_on_gone(fs, count_gone, &gone);
	for (unsigned i = 1; i <= 2 * FLOWS_MAX; i++)
		assert_int_equal(pass(fs, end_at(1, 5), end_at(2, 80), SYN, i * 1000, 0)->number,
				 i);
	assert_int_equal(gone, FLOWS_MAX);
	flows_free(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn__its_sender__is_the_client),
		cmocka_unit_test(syn_ack__seen_first__its_sender_is_the_server),
		cmocka_unit_test(middle__the_lower_port__is_the_server),
		cmocka_unit_test(syn__after_a_reset__begins_another),
		cmocka_unit_test(syn__with_another_number__unanswered_begins_another),
		cmocka_unit_test(syn__after_both_fins__begins_another),
		cmocka_unit_test(too_many__are_counted),
		cmocka_unit_test(closed_ones__make_room__for_any_number_of_others),
		cmocka_unit_test(one_pair_of_ports__endless_syns__make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
