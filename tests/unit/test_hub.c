/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hub.c - one reader for many connections: each frame to the one it belongs to.
 *
 * The captures are the test's: their functions, and those of the station that has them, are here in place of
 * the real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "drive/hub.h"

#define INTERFACES 3u /* the one in the middle is not listened on */
#define FRAMES_MAX 1024u
#define HANDS_MAX  3u

struct capture {
	int fd;
	uint8_t *frames[FRAMES_MAX];
	uint32_t lens[FRAMES_MAX];
	unsigned next, count;
	bool broken;
};

struct rig {
	struct loop *loop;
	struct hub *hub;
	struct craft *craft;
	struct capture captures[INTERFACES];
	struct loop_source other; /* of the loop */
	unsigned others_turns;
	unsigned failures;
	struct watch watch;
	struct one {
		struct rig *rig;
		struct hand *hand;
		unsigned heard;
		struct one *removes; /* when it hears something */
	} ones[HANDS_MAX];
};

static struct rig *rig; /* for the functions that stand in for the real ones */

static const struct addr us = { .family = AF_INET, .bytes = { 192, 0, 2, 10 } };
static const struct addr peer = { .family = AF_INET, .bytes = { 198, 51, 100, 80 } };

unsigned station_interfaces(const struct station *st)
{
	(void)st;
	return INTERFACES;
}

struct capture *station_interface_capture(const struct station *st, unsigned interface)
{
	(void)st;
	return interface == 1 ? NULL : &rig->captures[interface];
}

int capture_fd(const struct capture *c)
{
	return c->fd;
}

int capture_next(struct capture *c, struct frame *f, struct err *e)
{
	uint64_t unused;

	if (c->broken) {
		err_set(e, STATUS_APP, "the interface went away");
		return -1;
	}
	if (c->next == c->count)
		return 0;
	*f = (struct frame){ .bytes = c->frames[c->next],
			     .captured = c->lens[c->next],
			     .length = c->lens[c->next],
			     .link_type = LINK_RAW };
	/* As libpcap does, it read all that the descriptor had, and gives it out one by one. */
	if (!c->next++)
		assert_int_equal(read(c->fd, &unused, sizeof(unused)), sizeof(unused));
	return 1;
}

static void on_failed(void *context, const struct err *why)
{
	assert_string_equal(why->text, "the interface went away");
	((struct rig *)context)->failures++;
}

static void on_other(void *context, short revents)
{
	struct rig *r = context;

	(void)revents;
	r->others_turns++;
	r->other.deadline_us = LOOP_NEVER;
}

static bool on_send(void *wire, const struct craft_ip *ip, const struct tcp_segment *seg,
		    struct err *e)
{
	assert_true(wire && ip && seg && e);
	return true;
}

static void drop(struct one *one)
{
	hub_remove(one->rig->hub, one->hand);
	hub_remove(one->rig->hub, one->hand); /* harmless */
	hand_free(one->hand);
	one->hand = NULL;
}

static void on_changed(void *context)
{
	struct one *one = context;

	one->heard++;
	if (one->removes && one->removes->hand)
		drop(one->removes);
}

static void add(struct rig *r, unsigned i)
{
	struct one *one = &r->ones[i];
	struct hand_config c = { .loop = r->loop,
				 .ip = { .src = us, .dst = peer, .ttl = 64 },
				 .mtu_text = 1460,
				 .watch = &r->watch,
				 .send = on_send,
				 .wire = one,
				 .changed = on_changed,
				 .context = one };
	struct err e = { 0 };

	tcp_config_init(&c.tcp);
	c.tcp.local_port = (uint16_t)(40000 + i);
	c.tcp.peer_port = 80;
	one->rig = r;
	one->hand = hand_new(&c, &e);
	assert_true(one->hand && hub_add(r->hub, one->hand, &e));
}

static int begin(void **state)
{
	struct rig *r = rig = calloc(1, sizeof(*r));
	struct err e = { 0 };

	for (unsigned i = 0; i < INTERFACES; i++)
		r->captures[i].fd = eventfd(0, EFD_NONBLOCK);
	r->loop = loop_new(&e);
	r->craft = craft_dry(AF_INET, &e);
	r->hub = hub_new(r->loop, NULL, on_failed, r, &e);
	assert_true(r->craft && r->hub);
	for (unsigned i = 0; i < HANDS_MAX; i++)
		add(r, i);
	*state = r;
	return 0;
}

static int end(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < HANDS_MAX; i++)
		hand_free(r->ones[i].hand);
	hub_free(r->hub);
	for (unsigned i = 0; i < INTERFACES; i++) {
		for (unsigned k = 0; k < r->captures[i].count; k++)
			free(r->captures[i].frames[k]);
		close(r->captures[i].fd);
	}
	craft_close(r->craft);
	loop_free(r->loop);
	free(r);
	return 0;
}

/* A segment of the peer's for the connection with that port comes to an interface. */
static void frame_comes(struct rig *r, unsigned interface, uint16_t port)
{
	static uint8_t packet[CRAFT_PACKET_MAX];
	struct capture *c = &r->captures[interface];
	struct craft_ip ip = { .src = peer, .dst = us, .ttl = 60 };
	struct tcp_segment seg = { .src_port = 80, .dst_port = port, .flags = TCP_FLAG_RST };
	struct err e = { 0 };
	size_t len = craft_build(r->craft, &ip, &seg, packet, &e);
	uint64_t one = 1;

	assert_true(len > 0 && c->count < FRAMES_MAX);
	c->frames[c->count] = malloc(len);
	assert_non_null(c->frames[c->count]);
	memcpy(c->frames[c->count], packet, len);
	c->lens[c->count++] = (uint32_t)len;
	if (c->count == 1)
		assert_int_equal(write(c->fd, &one, sizeof(one)), sizeof(one));
}

static void frames__of_any_interface__go_to_their_connection(void **state)
{
	struct rig *r = *state;

	frame_comes(r, 0, 40001);
	frame_comes(r, 2, 40000);
	frame_comes(r, 2, 40001);
	frame_comes(r, 2, 50000); /* nobody's */
	clock_turn(r->loop);
	assert_int_equal(r->ones[0].heard, 1);
	assert_int_equal(r->ones[1].heard, 2);
	assert_int_equal(r->ones[2].heard, 0);
	assert_int_equal(r->captures[2].next, 3); /* all were read */
}

static void frames__many_at_once__others_have_a_turn(void **state)
{
	struct rig *r = *state;
	struct err e = { 0 };

	r->other = (struct loop_source){ -1, 0, 0, on_other, r };
	assert_true(loop_add(r->loop, &r->other, &e));
	for (unsigned i = 0; i < 1000; i++)
		frame_comes(r, 0, 40000);
	assert_true(loop_turn(r->loop, &e));
	assert_int_equal(r->others_turns, 1);
	assert_true(r->ones[0].heard > 0 && r->ones[0].heard < 1000);
	clock_turn(r->loop); /* the rest comes although no descriptor is readable */
	assert_int_equal(r->ones[0].heard, 1000);
}

static void removed__by_another_one__hears_nothing_any_more(void **state)
{
	struct rig *r = *state;

	r->ones[0].removes = &r->ones[1];
	frame_comes(r, 0, 40000);
	frame_comes(r, 0, 40001);
	frame_comes(r, 0, 40002);
	clock_turn(r->loop);
	assert_null(r->ones[1].hand);
	assert_int_equal(r->ones[0].heard, 1);
	assert_int_equal(r->ones[1].heard, 0);
	assert_int_equal(r->ones[2].heard, 1);
}

static void removed__by_itself__the_others_go_on(void **state)
{
	struct rig *r = *state;

	for (unsigned i = 0; i < HANDS_MAX; i++)
		r->ones[i].removes = &r->ones[i];
	frame_comes(r, 0, 40000);
	frame_comes(r, 0, 40000); /* nobody's by now */
	frame_comes(r, 2, 40002);
	frame_comes(r, 2, 40001);
	clock_turn(r->loop);
	for (unsigned i = 0; i < HANDS_MAX; i++) {
		assert_null(r->ones[i].hand);
		assert_int_equal(r->ones[i].heard, 1);
	}
}

static void added__later__gets_its_frames(void **state)
{
	struct rig *r = *state;

	drop(&r->ones[2]);
	frame_comes(r, 0, 40002);
	clock_turn(r->loop);
	assert_int_equal(r->ones[2].heard, 0);
	add(r, 2);
	frame_comes(r, 2, 40002);
	clock_turn(r->loop);
	assert_int_equal(r->ones[2].heard, 1);
}

static void capture__fails__is_told_once(void **state)
{
	struct rig *r = *state;

	frame_comes(r, 0, 40000);
	frame_comes(r, 2, 40001);
	r->captures[0].broken = true;
	clock_turn(r->loop); /* its descriptor stays readable: it is not looked at any more */
	assert_int_equal(r->failures, 1);
	assert_int_equal(r->ones[0].heard, 0);
	assert_int_equal(r->ones[1].heard, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(frames__of_any_interface__go_to_their_connection,
						begin, end),
		cmocka_unit_test_setup_teardown(frames__many_at_once__others_have_a_turn, begin,
						end),
		cmocka_unit_test_setup_teardown(removed__by_another_one__hears_nothing_any_more,
						begin, end),
		cmocka_unit_test_setup_teardown(removed__by_itself__the_others_go_on, begin, end),
		cmocka_unit_test_setup_teardown(added__later__gets_its_frames, begin, end),
		cmocka_unit_test_setup_teardown(capture__fails__is_told_once, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
