/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c - the machines' words for the tracker's enums. Stable: JSON, scripts and tests read them. */
#include "trace/trace.h"

/* The name of @value in @names; "?" for what is no value of the enum. */
#define NAME_OF(names, value) \
	((size_t)(value) < sizeof(names) / sizeof(names[0]) && names[value] ? names[value] : "?")

static const char *const kinds[TRACE_KIND_COUNT] = {
	[TRACE_KIND_SYN] = "syn",
	[TRACE_KIND_SYN_ACK] = "syn-ack",
	[TRACE_KIND_HANDSHAKE_ACK] = "handshake-ack",
	[TRACE_KIND_RST] = "rst",
	[TRACE_KIND_FIN] = "fin",
	[TRACE_KIND_RETRANSMISSION] = "retransmission",
	[TRACE_KIND_KEEP_ALIVE] = "keep-alive",
	[TRACE_KIND_KEEP_ALIVE_ACK] = "keep-alive-ack",
	[TRACE_KIND_WINDOW_PROBE] = "window-probe",
	[TRACE_KIND_DATA] = "data",
	[TRACE_KIND_FIN_ACK] = "fin-ack",
	[TRACE_KIND_DUPLICATE_ACK] = "duplicate-ack",
	[TRACE_KIND_WINDOW_UPDATE] = "window-update",
	[TRACE_KIND_ACK] = "ack",
	[TRACE_KIND_BARE] = "bare",
};

static const char *const phases[TRACE_PHASE_COUNT] = {
	[TRACE_HANDSHAKE] = "handshake",
	[TRACE_TRANSFER] = "transfer",
	[TRACE_CLOSE] = "close",
};

static const char *const verdicts[] = {
	[TRACE_OK] = "ok",	 [TRACE_OLD] = "old",	      [TRACE_AHEAD] = "ahead",
	[TRACE_WRONG] = "wrong", [TRACE_UNKNOWN] = "unknown",
};

static const char *const notes[TRACE_NOTE_COUNT] = {
	[TRACE_NOTE_BAD_CHECKSUM] = "bad-checksum",
	[TRACE_NOTE_KERNEL_RST] = "kernel-rst",
	[TRACE_NOTE_REFUSED] = "refused",
	[TRACE_NOTE_RST_IN_FLIGHT] = "rst-in-flight",
	[TRACE_NOTE_RST_IGNORED] = "rst-ignored",
	[TRACE_NOTE_SYN_AGAIN] = "syn-again",
	[TRACE_NOTE_RETRANSMITTED] = "retransmitted",
	[TRACE_NOTE_SPURIOUS] = "spurious",
	[TRACE_NOTE_ACK_LOST] = "ack-lost",
	[TRACE_NOTE_OUT_OF_ORDER] = "out-of-order",
	[TRACE_NOTE_GAP] = "gap",
	[TRACE_NOTE_ZERO_WINDOW] = "zero-window",
	[TRACE_NOTE_WINDOW_EXCEEDED] = "window-exceeded",
	[TRACE_NOTE_OUT_OF_WINDOW] = "out-of-window",
	[TRACE_NOTE_ACK_UNSENT] = "ack-unsent",
	[TRACE_NOTE_DATA_AFTER_FIN] = "data-after-fin",
	[TRACE_NOTE_CUT] = "cut",
	[TRACE_NOTE_SENSELESS] = "senseless",
	[TRACE_NOTE_NEW_CONNECTION] = "new-connection",
	[TRACE_NOTE_SYN_TAKES_ONE] = "syn-takes-one",
	[TRACE_NOTE_RELATIVE_NUMBERS] = "relative-numbers",
	[TRACE_NOTE_SYN_ACK_CHECKED] = "syn-ack-checked",
	[TRACE_NOTE_THIRD_SEQ] = "third-seq",
	[TRACE_NOTE_SIMULTANEOUS_OPEN] = "simultaneous-open",
	[TRACE_NOTE_ACK_TAKES_NONE] = "ack-takes-none",
	[TRACE_NOTE_TEXT_IS_CARRIED] = "text-is-carried",
	[TRACE_NOTE_TLS] = "tls",
	[TRACE_NOTE_DATA_ACK] = "data-ack",
	[TRACE_NOTE_PIPELINE] = "pipeline",
	[TRACE_NOTE_CUMULATIVE_ACK] = "cumulative-ack",
	[TRACE_NOTE_MERGED_FRAME] = "merged-frame",
	[TRACE_NOTE_SECOND_EXCHANGE] = "second-exchange",
	[TRACE_NOTE_WRAP] = "wrap",
	[TRACE_NOTE_DUPLICATE_ACK] = "duplicate-ack",
	[TRACE_NOTE_SACK] = "sack",
	[TRACE_NOTE_WINDOW_UPDATE] = "window-update",
	[TRACE_NOTE_WINDOW_PROBE] = "window-probe",
	[TRACE_NOTE_KEEP_ALIVE] = "keep-alive",
	[TRACE_NOTE_PARTIAL_CHECKSUM] = "partial-checksum",
	[TRACE_NOTE_MIDDLE] = "middle",
	[TRACE_NOTE_EVERY_SEGMENT_ACKS] = "every-segment-acks",
	[TRACE_NOTE_FIN_TAKES_ONE] = "fin-takes-one",
	[TRACE_NOTE_SERVER_CLOSES_FIRST] = "server-closes-first",
	[TRACE_NOTE_HALF_CLOSED] = "half-closed",
	[TRACE_NOTE_CLOSE_WAIT] = "close-wait",
	[TRACE_NOTE_FOUR_SEGMENTS] = "four-segments",
	[TRACE_NOTE_THREE_SEGMENTS] = "three-segments",
	[TRACE_NOTE_BOTH_CLOSED] = "both-closed",
	[TRACE_NOTE_TIME_WAIT] = "time-wait",
};

static const char *const ends[] = { [TRACE_CLIENT] = "client", [TRACE_SERVER] = "server" };

static const char *const closings[] = {
	[TRACE_CLOSING_OPEN] = "open",
	[TRACE_CLOSING_FOUR] = "four-segments",
	[TRACE_CLOSING_THREE] = "three-segments",
	[TRACE_CLOSING_SIMULTANEOUS] = "simultaneous",
	[TRACE_CLOSING_RESET] = "reset",
};

const char *trace_kind_name(enum trace_kind kind)
{
	return NAME_OF(kinds, kind);
}

const char *trace_phase_name(enum trace_phase phase)
{
	return NAME_OF(phases, phase);
}

const char *trace_verdict_name(enum trace_verdict verdict)
{
	return NAME_OF(verdicts, verdict);
}

const char *trace_note_name(enum trace_note note)
{
	return NAME_OF(notes, note);
}

const char *trace_end_name(enum trace_end end)
{
	return NAME_OF(ends, end);
}

const char *trace_closing_name(enum trace_closing closing)
{
	return NAME_OF(closings, closing);
}
