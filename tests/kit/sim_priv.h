/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_priv.h - the simulation's memory, for its own files only:
 *
 *     sim.c       the run: time goes from event to event until both ends are closed
 *     sim_draw.c  the plan that a seed stands for
 *     sim_net.c   the network: what happens to a segment between the ends
 *     sim_end.c   an engine and its user
 *     sim_peer.c  the scripted peer: odd, or hostile
 *     sim_sent.c, sim_came.c  the judge: what an engine may send, by what it was told before
 *     sim_track.c the tracker, shown what one end sees
 *
 * The judge counts from each end's initial number, in 64 bits: 0 is the SYN, 1 the first byte. */
#ifndef TCPSHAKE_TESTS_KIT_SIM_PRIV_H
#define TCPSHAKE_TESTS_KIT_SIM_PRIV_H

#include "kit/sim.h"
#include "trace/trace.h"

#define SIM_RTO_US 300000 /* of the scripted peer */

struct sim;
struct sim_peer;

/* What the sender of a forged segment knows that an engine must do about it. */
enum sim_expect {
	SIM_EXPECT_NOTHING,
	SIM_EXPECT_ANSWER, /* an ACK, and no change */
	SIM_EXPECT_IGNORE, /* no change */
};

/* A segment, or an ICMP error, on its way; a list in the order of arrival. */
struct sim_flight {
	struct sim_flight *before, *after;
	int64_t due_us;
	int to;
	bool is_icmp;
	enum sim_expect expect;
	struct tcp_icmp icmp;
	struct tcp_segment seg;
	uint8_t text[];
};

/* What an end said and was told, as seen on the wire at its door. */
struct sim_record {
	/* It sent */
	uint32_t isn;
	bool syn_sent, wscale_sent, sack_sent, ts_sent;
	uint8_t wscale;
	uint64_t next;	 /* all numbers before were sent */
	uint64_t fin_at; /* of its FIN; 0: none yet */
	uint64_t acked, edge;
	uint32_t ts_val;
	/* It was told */
	uint64_t told_una, told_edge, told_window; /* the last: the largest */
	uint32_t text_max;			   /* text and options that one segment may hold */
	uint32_t told_ts;
	bool told_syn;
	uint8_t *arrived; /* of each number of the other end's, SYN and FIN too: did it come? */
	uint64_t arrived_len, reach; /* all before reach did */
	uint64_t newest;	     /* where text came out of order last; 0: nowhere */
	int64_t unacked_us;	     /* since when text waits for its acknowledgement, or -1 */
	uint64_t marks;
	/* Pace */
	uint64_t bare_sent, came, resumed, answers;
};

struct sim_end {
	struct sim *sim;
	int index;
	const struct sim_side *plan;
	struct tcp_conn *c;    /* an engine; or */
	struct sim_peer *peer; /* a scripted peer */
	bool opened, closed, aborted;
	uint64_t written, read;
	uint64_t reader_room; /* bytes that the reader takes before it must be asked again */
	int64_t reader_back_us;
	struct sim_record rec;
	int64_t asked_us[10]; /* when segments came that are answered by ration */
	unsigned asked;
	int64_t way_busy_us; /* the bottleneck of its way is busy until then */
};

struct sim {
	const struct sim_plan *plan;
	struct sim_result *result;
	uint64_t random;
	int64_t now_us;
	struct sim_end ends[2];
	struct sim_flight *first, *last;
	unsigned in_air;
	struct trace *trace;
	struct trace_step step;
	unsigned syn_acks, ones; /* sent by end 0: SYN,ACKs, segments of one number */
	bool blind; /* the engine may have dropped, or taken, what the tracker did not */
	sim_tell *tell;
	void *context;
};

/* sim.c */
uint64_t sim_random(uint64_t *state);
bool sim_chance(struct sim *s, unsigned per_mille);
void sim_fail(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sim_narrate(struct sim *s, int from, const struct tcp_segment *seg, const char *fate);
void sim_narrate_arrival(struct sim *s, const struct sim_flight *f);

/* sim_net.c */
void sim_send(struct sim *s, int from, const struct tcp_segment *seg, enum sim_expect expect);
struct sim_flight *sim_land(struct sim *s); /* the next that is due, to be freed; or NULL */
void sim_net_free(struct sim *s);

/* sim_end.c */
bool sim_end_begin(struct sim *s, int index);
void sim_end_use(
	struct sim_end *e); /* what the user does at every opportunity, and what it leads to */
void sim_end_arrival(struct sim_end *e, struct sim_flight *f);
int64_t sim_end_deadline(const struct sim_end *e);
bool sim_end_over(const struct sim_end *e);
void sim_end_free(struct sim_end *e);
const uint8_t *sim_text(int end, uint64_t at); /* up to 64 KiB from byte @at on */

/* sim_peer.c */
struct sim_peer *sim_peer_new(struct sim_end *e);
void sim_peer_free(struct sim_peer *p);
void sim_peer_arrival(struct sim_peer *p, const struct tcp_segment *seg);
void sim_peer_on_timer(struct sim_peer *p);
int64_t sim_peer_deadline(const struct sim_peer *p);
bool sim_peer_over(const struct sim_peer *p);

/* sim_sent.c, sim_came.c */
bool sim_record_begin(struct sim_end *e);
uint64_t sim_unwrap(uint32_t number, uint32_t isn, uint64_t near);
void sim_note_syn(struct sim_end *e, const struct tcp_segment *seg);
void sim_judge_sent(struct sim_end *e, const struct tcp_segment *seg);
void sim_judge_came(struct sim_end *e, const struct sim_flight *f);
void sim_judge_late(struct sim_end *e); /* is an acknowledgement overdue? */

/* sim_track.c */
void sim_track(struct sim *s, int from, const struct tcp_segment *seg, const struct sim_end *at);
void sim_track_compare(struct sim *s);
void sim_track_summary(struct sim *s);

#endif
