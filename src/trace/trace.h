/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace.h - the tracker: segments of both directions, live or from a file, become explained steps.
 *
 * For each segment: its name in the exchange, the equations that its numbers must satisfy and
 * whether they do, and the states both ends are in after it. It knows only what was seen on the wire,
 * never the engine: what it says of a stranger's capture it says of ours by the same rules. All
 * views (narration, JSON, reports, script verdicts) are made from these steps.
 *
 * Pure: no system call, no clock. Words are the views' business: everything here is a number or an
 * enum; names of enums are for machines and stable (they stand in the JSON). */
#ifndef TCPSHAKE_TRACE_TRACE_H
#define TCPSHAKE_TRACE_TRACE_H

#include "tcp/segment.h"
#include "tcp/state.h"

/* The two ends. The client is who sent the first SYN (or, where none was seen, whom the owner says). */
enum trace_end { TRACE_CLIENT, TRACE_SERVER };

/* Parts of an exchange. */
enum trace_phase { TRACE_HANDSHAKE, TRACE_TRANSFER, TRACE_CLOSE, TRACE_PHASE_COUNT };

/* What a segment is, in the exchange that it belongs to. One that is several things takes the name
 * that stands first here. */
enum trace_kind {
	TRACE_KIND_SYN,
	TRACE_KIND_SYN_ACK,
	TRACE_KIND_HANDSHAKE_ACK, /* the third segment */
	TRACE_KIND_RST,
	TRACE_KIND_FIN,		   /* "FIN,ACK", with text or without */
	TRACE_KIND_RETRANSMISSION, /* text seen before, all or in part (a SYN or FIN sent again keeps
				       its own name: times_sent tells) */
	TRACE_KIND_KEEP_ALIVE,	   /* one number below what the peer expects, 0 or 1 bytes */
	TRACE_KIND_KEEP_ALIVE_ACK,
	TRACE_KIND_WINDOW_PROBE, /* a byte, or an old number, into a closed window */
	TRACE_KIND_DATA,
	TRACE_KIND_FIN_ACK,	  /* the pure acknowledgement of a FIN */
	TRACE_KIND_DUPLICATE_ACK, /* RFC 5681 section 2; with SACK, RFC 6675 section 2 */
	TRACE_KIND_WINDOW_UPDATE,
	TRACE_KIND_ACK,
	TRACE_KIND_BARE, /* no flags that make sense: not TCP as it should be */
	TRACE_KIND_COUNT,
};

enum trace_verdict {
	TRACE_OK,
	TRACE_OLD,     /* true, but said before: duplicate or late */
	TRACE_AHEAD,   /* there is a gap before it: lost, reordered, or missing in the capture */
	TRACE_WRONG,   /* cannot be: acknowledges what was never sent, outside the window, ... */
	TRACE_UNKNOWN, /* the segment that would tell was not seen */
};

/* One equation: value = base + bytes (+ 1 for SYN) (+ 1 for FIN). Numbers are relative to the
 * initial number of the end that owns them. The two sides are equal when the verdict is TRACE_OK, or
 * TRACE_OLD of an acknowledgement that is said once more; otherwise value is what was seen, and the
 * right side what was due. */
enum trace_equation_kind {
	TRACE_EQ_SEQ,  /* this segment's seq follows what its sender sent before */
	TRACE_EQ_ACK,  /* this segment's ack against what the other end sent */
	TRACE_EQ_NEXT, /* the number that follows this segment: who takes numbers, and how many */
};

struct trace_equation {
	enum trace_equation_kind kind;
	enum trace_verdict verdict;
	uint32_t value; /* the left side */
	uint32_t base;	/* relative number it starts from */
	uint32_t bytes; /* text counted in */
	bool syn, fin;	/* one number each */
	/* EQ_SEQ, EQ_ACK: the steps whose numbers the right side counts: one (then both are equal),
	 * several in a row, or none that was seen (then both are 0). */
	unsigned first_step, last_step;
	bool partly; /* it counts only a part of that step's text: the frame was a merged one */
};

/* A change of one end's state that this segment caused. */
struct trace_change {
	enum trace_end end;
	enum tcp_state from, to;
};

/* Oddities and points to teach at this step; the views have the texts (SEEDS.md's table). */
enum trace_note {
	/* What goes wrong, or is odd: at every step where it happens. */
	TRACE_NOTE_BAD_CHECKSUM,
	TRACE_NOTE_KERNEL_RST,	  /* not ours: our own kernel's */
	TRACE_NOTE_REFUSED,	  /* RST to our SYN */
	TRACE_NOTE_RST_IN_FLIGHT, /* RST to an open connection */
	TRACE_NOTE_RST_IGNORED,	  /* RST outside the window: it must not have any effect */
	TRACE_NOTE_SYN_AGAIN,	  /* no answer yet: the SYN is sent again, back-off */
	TRACE_NOTE_RETRANSMITTED,
	TRACE_NOTE_SPURIOUS,	 /* retransmitted although it was acknowledged already */
	TRACE_NOTE_ACK_LOST,	 /* sent again: so the ACK that moved the state had not arrived */
	TRACE_NOTE_OUT_OF_ORDER, /* fills a gap that was seen before */
	TRACE_NOTE_GAP,		 /* bytes before this one were not seen */
	TRACE_NOTE_ZERO_WINDOW,	 /* the window is closed now */
	TRACE_NOTE_WINDOW_EXCEEDED,
	TRACE_NOTE_OUT_OF_WINDOW, /* the sequence number cannot be this connection's */
	TRACE_NOTE_ACK_UNSENT,	  /* acknowledges what was never seen sent */
	TRACE_NOTE_DATA_AFTER_FIN,
	TRACE_NOTE_CUT,		   /* the capture did not keep all its bytes */
	TRACE_NOTE_SENSELESS,	   /* flags that make no sense together */
	TRACE_NOTE_NEW_CONNECTION, /* the same addresses and ports begin again with a new SYN */
	/* What there is to learn: at most once in a connection. */
	TRACE_NOTE_SYN_TAKES_ONE,     /* why SYN takes a number: at the SYN */
	TRACE_NOTE_RELATIVE_NUMBERS,  /* why 0 and 1 here: at the SYN */
	TRACE_NOTE_SYN_ACK_CHECKED,   /* what the client checks before it goes on: at the SYN,ACK */
	TRACE_NOTE_THIRD_SEQ,	      /* the third segment's seq is the client's ISN + 1 */
	TRACE_NOTE_SIMULTANEOUS_OPEN, /* two SYNs crossed */
	TRACE_NOTE_ACK_TAKES_NONE,    /* at the first data, whose seq is the third segment's */
	TRACE_NOTE_TEXT_IS_CARRIED, /* what is TCP's here, what the application's: at the first data */
	TRACE_NOTE_TLS,		    /* the first data are a TLS record */
	TRACE_NOTE_DATA_ACK,	    /* ack = seq + len for data: at the first ack of data */
	TRACE_NOTE_PIPELINE,	    /* a segment follows before the last was acknowledged */
	TRACE_NOTE_CUMULATIVE_ACK,  /* one ACK for several segments */
	TRACE_NOTE_MERGED_FRAME,    /* longer than the MSS: offload joined several segments */
	TRACE_NOTE_SECOND_EXCHANGE, /* the client asks again on the same connection */
	TRACE_NOTE_WRAP,	    /* the sequence number passed 2^32 */
	TRACE_NOTE_DUPLICATE_ACK,
	TRACE_NOTE_SACK, /* the ACK names ranges that arrived beyond a gap */
	TRACE_NOTE_WINDOW_UPDATE,
	TRACE_NOTE_WINDOW_PROBE,
	TRACE_NOTE_KEEP_ALIVE,
	TRACE_NOTE_PARTIAL_CHECKSUM,
	TRACE_NOTE_MIDDLE,		/* the beginning of the connection was not seen */
	TRACE_NOTE_EVERY_SEGMENT_ACKS,	/* why every FIN carries ACK: at the first FIN */
	TRACE_NOTE_FIN_TAKES_ONE,	/* at the first FIN */
	TRACE_NOTE_SERVER_CLOSES_FIRST, /* at the server's FIN, when it is the first */
	TRACE_NOTE_HALF_CLOSED,		/* one direction closed, the other goes on */
	TRACE_NOTE_CLOSE_WAIT,		/* who waits in CLOSE-WAIT, and for what */
	TRACE_NOTE_FOUR_SEGMENTS,  /* why four to close: at the last ACK of a four-segment close */
	TRACE_NOTE_THREE_SEGMENTS, /* FIN and ACK merged: at the merged segment */
	TRACE_NOTE_BOTH_CLOSED,	   /* simultaneous close: at the FIN that crossed the other */
	TRACE_NOTE_TIME_WAIT,	   /* who gets TIME-WAIT and why */
	TRACE_NOTE_COUNT,
};

#define TRACE_EQUATIONS_MAX 3u
#define TRACE_CHANGES_MAX   4u
#define TRACE_NOTES_MAX	    10u

/* One observed segment. */
struct trace_input {
	int64_t time_ns; /* the capture's stamp, since the epoch */
	enum trace_end from;
	const struct tcp_segment *seg;
	uint16_t mtu_text; /* largest text that fits the MTU, 0: not known (for MERGED_FRAME) */
	bool kernel;	   /* sent from our address by somebody else than us: our kernel */
	bool text_cut;	   /* the text was not captured whole; seg->text is not looked at then */
};

struct trace_step {
	unsigned number;  /* from 1, in the order seen */
	int64_t time_ns;  /* since the first segment of the flow */
	int64_t stamp_ns; /* since the epoch */
	enum trace_end from;
	enum trace_phase phase;
	enum trace_kind kind;
	struct tcp_segment seg; /* its text slice is the caller's of trace_segment() */
	bool has_relative; /* the sender's initial number is known; where its SYN was not seen, the
				   first number seen counts as 1. Without it, seq is absolute */
	bool has_relative_ack; /* the same of the other end, for ack */
	uint32_t seq, ack;     /* relative; ack to be ignored without ACK flag */
	uint32_t window;       /* bytes, scaled once both offered scaling; SYNs never scaled */
	bool window_known;     /* the scale is known: both SYNs were seen */
	unsigned times_sent;   /* 1, or how often this range was sent by now */
	unsigned equation_count, change_count, note_count;
	struct trace_equation equations[TRACE_EQUATIONS_MAX];
	struct trace_change changes[TRACE_CHANGES_MAX];
	enum trace_note notes[TRACE_NOTES_MAX];
	enum tcp_state state[2]; /* both ends, after this segment; index is enum trace_end */
};

/* How the connection was closed, as far as seen. */
enum trace_closing {
	TRACE_CLOSING_OPEN,	    /* not closed */
	TRACE_CLOSING_FOUR,	    /* FIN, ACK, FIN, ACK */
	TRACE_CLOSING_THREE,	    /* FIN, FIN+ACK, ACK */
	TRACE_CLOSING_SIMULTANEOUS, /* FINs crossed */
	TRACE_CLOSING_RESET,
};

struct trace_summary {
	unsigned segments[2];	/* sent by each end */
	uint64_t text[2];	/* bytes of text sent by each end, each counted once */
	uint64_t text_again[2]; /* bytes sent again */
	unsigned retransmissions[2], duplicate_acks[2], out_of_order[2], bad_checksums[2];
	unsigned equations; /* how many could be checked: all but TRACE_UNKNOWN */
	unsigned wrong_equations;
	int64_t handshake_ns; /* SYN to the third segment; -1: not seen */
	int64_t rtt_ns;	      /* SYN to SYN,ACK; -1: not seen, or the SYN was sent twice */
	int64_t transfer_ns;  /* handshake's end to the first FIN; -1: not seen */
	int64_t close_ns;     /* first FIN to its last acknowledgement; -1: not seen */
	int64_t total_ns;     /* first to last segment */
	enum trace_closing closing;
	bool first_fin_known;
	enum trace_end first_fin;
	enum tcp_state state[2];
	uint32_t isn[2];
	bool isn_known[2];
};

struct trace;

/* trace_new() - a tracker for one connection; NULL when memory is short. trace_free() takes NULL. */
struct trace *trace_new(void);
void trace_free(struct trace *t);

/**
 * trace_segment() - one more segment
 * @in:     as seen on the wire, in capture order; time may stand still or even go back
 * @step:   filled in completely
 * Memory stays bounded however long the flow is. Cannot fail: what does not add up is said. */
void trace_segment(struct trace *t, const struct trace_input *in, struct trace_step *step);

void trace_summary(const struct trace *t, struct trace_summary *out);

/* Stable machine names: "syn", "handshake-ack", ...; "handshake"; "ok"; "time-wait"; "client". */
const char *trace_kind_name(enum trace_kind kind);
const char *trace_phase_name(enum trace_phase phase);
const char *trace_verdict_name(enum trace_verdict verdict);
const char *trace_note_name(enum trace_note note);
const char *trace_end_name(enum trace_end end);
const char *trace_closing_name(enum trace_closing closing);

#endif
