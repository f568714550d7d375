/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_engine.c - a connection whose peer, clock and user are the fuzzer's.
 *
 * In: how the connection is configured (configure()), then one action after the other, a byte each and
 * what that action reads (act()). Between all of them the engine sends whatever it owes.
 *
 * At the end the peer becomes good: it acknowledges, sends the rest of its stream, and closes. Then
 * whatever happened before, the connection must come to its end in order: nothing stalls. */
#include <string.h>

#include "fuzz/engine.h"

#define ACTIONS_MAX 600
#define WRITTEN_MAX 20000u
#define TEXT_MAX    100000u
#define MS	    1000
#define FAR_US	    ((int64_t)1 << 56)

void rig_tell(const struct rig *r, const char *who, const struct tcp_segment *seg)
{
	const struct tcp_options *o = &seg->options;
	char flags[TCP_FLAGS_TEXT_MAX];

	if (!r->telling)
		return;
	printf("# %14.3f ms %-10s %s %s seq %u (+%zu) ack %u win %u", (double)r->now_us / MS,
	       tcp_state_name(tcp_conn_state(r->c)), who, tcp_flags_text(seg->flags, flags),
	       seg->seq, seg->text_len, seg->ack, seg->window);
	if (o->has_mss)
		printf(" mss %u", o->mss);
	if (o->has_wscale)
		printf(" wscale %u", o->wscale);
	if (o->has_timestamps)
		printf(" TS %u %u", o->ts_val, o->ts_ecr);
	for (unsigned i = 0; i < o->sack_count; i++)
		printf(" sack %u-%u", o->sack[i].from, o->sack[i].to);
	printf("\n");
	fflush(stdout);
}

static void say(const struct rig *r, const char *what, uint64_t number)
{
	if (r->telling)
		printf("# %14.3f ms %-10s %s %llu\n", (double)r->now_us / MS,
		       tcp_state_name(tcp_conn_state(r->c)), what, (unsigned long long)number);
}

unsigned rig_settle(struct rig *r)
{
	unsigned n = 0, bare = 0, resets = 0;
	/* Everything that may be out once more, in the smallest of segments, and a handful. */
	uint64_t most = r->c->q.used / 16 + 2ull * r->c->q.count + 16;
	struct tcp_segment seg;

	watch_state(r);
	while (tcp_conn_emit(r->c, &seg, r->now_us)) {
		rig_tell(r, "we  ", &seg);
		watch_state(r);
		watch_emitted(r, &seg);
		r->asked |= tcp_segment_len(&seg) != 0 || is_keepalive(r, &seg);
		resets += (seg.flags & TCP_FLAG_RST) != 0;
		bare += !tcp_segment_len(&seg) && !(seg.flags & TCP_FLAG_RST);
		must(++n <= most && bare <= 1 && resets <= 1);
	}
	watch_state(r);
	return n;
}

static void configure(struct rig *r, struct feed *f)
{
	static const uint16_t mss[] = { 1460, 536, 1220, 88, 28, 9000, 65495 };
	static const uint32_t buffers[] = {
		65536, 16776960, 1, 2, 100, 1461, 4096, 65535, 1u << 20
	};
	static const uint32_t kept[] = { 65536, 1, 100, 5000, 1u << 20 };
	struct tcp_config *cfg = &r->cfg;
	uint8_t offers = feed8(f), sizes = feed8(f), numbers = feed8(f), habits = feed8(f);

	tcp_config_init(cfg);
	cfg->local_port = 40000;
	cfg->peer_port = 80;
	cfg->use_wscale = !(offers & 1);
	cfg->use_sack = !(offers & 2);
	cfg->use_timestamps = !(offers & 4);
	cfg->wscale = offers & 8 ? offers >> 4 : 8;
	if (cfg->wscale > 14)
		cfg->wscale = 14;
	cfg->mss = mss[sizes % (sizeof(mss) / sizeof(mss[0]))];
	cfg->receive_buffer = buffers[(sizes >> 3) % (sizeof(buffers) / sizeof(buffers[0]))];
	cfg->send_buffer = kept[numbers % (sizeof(kept) / sizeof(kept[0]))];
	cfg->peer_mss = numbers & 0x80 ? 1220 : 536;
	cfg->isn = numbers & 0x40 ? 0xfffffff0u : numbers & 0x20 ? 0x7ffffff0u : 1000;
	cfg->ts_offset = numbers & 0x10 ? 0xfffffff0u : 0;
	cfg->nagle = !(habits & 1);
	if (habits & 2)
		cfg->give_up_us = 20000 * (int64_t)MS;
	if (habits & 4)
		cfg->time_wait_us = 2 * (int64_t)TCP_MSL_US;
	if (habits & 8)
		cfg->window = 1 + feed16(f);
	cfg->use_ecn = habits & 32;
	if (habits & 128)
		cfg->rto_floor_us = 200 * (int64_t)MS;
	if (habits & 64)
		cfg->keepalive_us = 5000 * (int64_t)MS;
	if (habits & 16)
		cfg->automatic = feed8(f) & TCP_AUTO_ALL;
	cfg->deliver = watch_deliver;
	cfg->context = r;
}

/* RFC 5927: an open connection does not die of ICMP, and none does of one that quotes what is not in
 * flight. */
static void icmp_arrives(struct rig *r, struct feed *f)
{
	uint8_t how = feed8(f);
	struct tcp_icmp icmp = { .kind = (enum tcp_icmp_kind)((how & 3) % 3) };
	struct tcp_conn_info was = r->last;
	bool in_flight, taken, told;

	icmp.seq = how & 4 ? was.snd_nxt : how & 8 ? was.snd_una - 1 : was.snd_una;
	icmp.seq += (how >> 4) * 97u;
	icmp.text_max = icmp.kind == TCP_ICMP_TOO_BIG ? feed16(f) : 0;
	in_flight = was.state != TCP_STATE_CLOSED &&
		    seq_within(icmp.seq, was.snd_una, was.snd_nxt - was.snd_una);
	say(r, "ICMP kind", (unsigned)icmp.kind);
	taken = tcp_conn_on_icmp(r->c, &icmp, r->now_us);
	must(taken == in_flight);
	rig_settle(r);
	told = r->last.mss < was.mss || r->last.soft_error != was.soft_error;
	must(in_flight || !told);
	if (r->last.state == TCP_STATE_CLOSED && was.state != TCP_STATE_CLOSED)
		must(in_flight && was.state < TCP_STATE_ESTABLISHED && icmp.kind == TCP_ICMP_HARD &&
		     r->last.failure == TCP_FAILURE_UNREACHABLE);
}

/* The time comes for whatever is due; nothing may be due any more afterwards. */
static void time_passes(struct rig *r, int64_t us)
{
	if (us > FAR_US - r->now_us)
		return;
	r->now_us += us;
	say(r, "the time, microseconds later:", (uint64_t)us);
	tcp_conn_on_timer(r->c, r->now_us);
	rig_settle(r);
	must(tcp_conn_deadline(r->c) > r->now_us);
}

static void until_deadline(struct rig *r, uint8_t how)
{
	int64_t deadline = tcp_conn_deadline(r->c);

	if (deadline == TCP_NEVER)
		return;
	if (how & 1) /* just not yet */
		deadline--;
	if (how & 2) /* late */
		deadline += how * (int64_t)MS;
	time_passes(r, deadline > r->now_us ? deadline - r->now_us : 0);
}

static void user_writes(struct rig *r, size_t len)
{
	uint8_t *text;
	size_t taken;

	if (len > WRITTEN_MAX - r->written)
		len = (size_t)(WRITTEN_MAX - r->written);
	text = malloc(len ? len : 1);
	must(text);
	our_text(text, len, r->written);
	taken = tcp_conn_write(r->c, text, len, r->now_us);
	free(text);
	must(taken <= len && (taken == 0 || !r->closed));
	r->written += taken;
	say(r, "written", taken);
	rig_settle(r);
}

static void user_closes(struct rig *r, uint8_t how)
{
	if (how < 16) {
		say(r, "aborted", 0);
		tcp_conn_abort(r->c, r->now_us);
		must(tcp_conn_state(r->c) == TCP_STATE_CLOSED);
	} else {
		say(r, "closed", 0);
		r->closed = true;
		tcp_conn_close(r->c, r->now_us);
	}
	rig_settle(r);
}

static void user_reads(struct rig *r, size_t takes)
{
	uint64_t before = r->delivered, unread = tcp_conn_unread(r->c);
	size_t taken;

	r->reader_takes = takes;
	taken = tcp_conn_resume(r->c, r->now_us);
	must(taken == r->delivered - before && taken == (unread < takes ? unread : takes));
	say(r, "read", taken);
	rig_settle(r);
}

static void act(struct rig *r, struct feed *f)
{
	uint8_t what = feed8(f), how;

	if (what & 0x80) {
		peer_acts(r, f, what & 0x7f);
		return;
	}
	how = feed8(f);
	switch (what % 8) {
	case 0:
		until_deadline(r, how);
		break;
	case 1:
		time_passes(r, (int64_t)1 << how % 42);
		break;
	case 2:
		user_writes(r, how < 128 ? how : (how - 127u) * 131);
		break;
	case 3:
		user_closes(r, how);
		break;
	case 4:
		user_reads(r, how < 128 ? how : how < 250 ? (how - 127u) * 131 : SIZE_MAX);
		break;
	case 5:
		icmp_arrives(r, f);
		break;
	case 6:
		peer_answers(r, how < 128 ? 0 : how - 127u, how == 255);
		break;
	default: /* a timer that is early must do no harm */
		tcp_conn_on_timer(r->c, r->now_us);
		rig_settle(r);
	}
}

/* How much more text the peer has: up to its FIN, where that is known. */
static size_t rest_of_stream(const struct rig *r, uint64_t end)
{
	const struct tcp_conn *c = r->c;
	uint32_t window = r->last.rcv_wnd;
	uint64_t rest;

	if (c->fin_known)
		end = c->fin_at;
	rest = end > c->rcv_at ? end - c->rcv_at : 0;
	if (rest > 500)
		rest = 500;
	return rest < window ? (size_t)rest : window;
}

/* A good peer answers what calls for an answer, and sends its own stream; the reader reads all. When
 * neither has anything to say, the next deadline comes. */
static void good_round(struct rig *r, uint64_t end)
{
	size_t text;
	bool fin;

	user_reads(r, SIZE_MAX);
	if (r->last.state >= TCP_STATE_ESTABLISHED && !r->closed)
		user_closes(r, UINT8_MAX);
	text = rest_of_stream(r, end);
	fin = !r->c->fin_known && r->c->rcv_at + text >= end && r->last.rcv_wnd > text &&
	      r->last.state >= TCP_STATE_ESTABLISHED;
	if (r->asked || text || fin) {
		r->asked = false;
		peer_answers(r, text, fin);
	} else if (tcp_conn_deadline(r->c) == TCP_NEVER) {
		time_passes(r, 100 * MS);
	} else {
		until_deadline(r, 0);
	}
}

static void end_well(struct rig *r)
{
	/* What the peer has sent beyond here was nothing but noise. */
	uint32_t buffer = r->cfg.receive_buffer;
	uint64_t end = r->c->rcv_at + (buffer < 100 ? 20 * buffer : 2000);

	if (r->last.state == TCP_STATE_CLOSED || r->cfg.automatic != TCP_AUTO_ALL ||
	    r->cfg.give_up_us)
		return;
	say(r, "the peer is good from here on; stream ends at", end);
	for (unsigned n = 0; r->last.state != TCP_STATE_CLOSED; n++) {
		must(n < 20000);
		good_round(r, end);
	}
	must(r->last.failure == TCP_FAILURE_NONE);
	if (r->last.snd_nxt == r->last.iss + 1) /* closed before anybody answered */
		return;
	must(r->last.snd_una == r->last.iss + 2 + (uint32_t)r->written);
	user_reads(r, SIZE_MAX);
	must(tcp_conn_at_end(r->c) && !tcp_conn_unread(r->c));
	must(r->delivered == r->c->fin_at);
}

static void begin(struct rig *r, struct feed *f)
{
	memset(r, 0, sizeof(*r));
	r->now_us = 1000 * (int64_t)MS;
	r->telling = getenv("FUZZ_TELL") != NULL;
	r->reader_takes = SIZE_MAX;
	r->text_left = TEXT_MAX;
	configure(r, f);
	r->offered_edge = r->cfg.isn + 1;
	r->sent_upto = r->cfg.isn;
	r->c = tcp_conn_new(&r->cfg);
	must(r->c);
	if (r->cfg.window && r->cfg.window < r->cfg.receive_buffer)
		r->cfg.receive_buffer = r->cfg.window;
	tcp_conn_info(r->c, &r->last);
	tcp_conn_open(r->c, r->now_us);
	rig_settle(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig rig;
	struct feed f = { data, size };

	begin(&rig, &f);
	for (unsigned n = 0; f.left && n < ACTIONS_MAX; n++)
		act(&rig, &f);
	end_well(&rig);
	tcp_conn_free(rig.c);
	return 0;
}
