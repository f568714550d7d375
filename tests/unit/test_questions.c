/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_questions.c - what learners ask of TCP is answered at the step where it arises.
 *
 * A row is a question, the note that answers it, and words that the answer must have; then a connection in which
 * it arises, and the step at which it must be told. */
#include <stdio.h>

#include "base/err.h"
#include "observed.h"
#include "view/catalogue.h"

struct line {
	enum trace_end from;
	const char *segment;
	enum tcp_checksum checksum;
	bool kernel;
};

#define LINES_MAX 16u

#define C(text)                              \
	{                                    \
		TRACE_CLIENT, text, 0, false \
	}
#define S(text)                              \
	{                                    \
		TRACE_SERVER, text, 0, false \
	}

/* The ten steps, and the close in three segments. */
static const struct line four[LINES_MAX] = {
	C("S 0:0(0) <mss 1460>"), S("S. 0:0(0) ack 1 <mss 1460>"),
	C(". 1:1(0) ack 1"),	  C("P. 1:75(74) ack 1"),
	S(". 1:1(0) ack 75"),	  S("P. 1:313(312) ack 75"),
	C(". 75:75(0) ack 313"),  C("F. 75:75(0) ack 313"),
	S(". 313:313(0) ack 76"), S("F. 313:313(0) ack 76"),
	C(". 76:76(0) ack 314"),
};
static const struct line three[LINES_MAX] = {
	C("S 0:0(0)"),	      S("S. 0:0(0) ack 1"), C(". 1:1(0) ack 1"),
	C("F. 1:1(0) ack 1"), S("F. 1:1(0) ack 2"), C(". 2:2(0) ack 2"),
};
static const struct line refused[LINES_MAX] = { C("S 0:0(0)"), S("R. 0:0(0) ack 1") };
static const struct line unanswered[LINES_MAX] = { C("S 0:0(0)"), C("S 0:0(0)") };
static const struct line kernel[LINES_MAX] = { C("S 0:0(0)"),
					       S("S. 0:0(0) ack 1"),
					       { TRACE_CLIENT, "R 1:1(0)", 0, true } };
static const struct line offload[LINES_MAX] = {
	C("S 0:0(0) <mss 1460>"),
	S("S. 0:0(0) ack 1 <mss 1460>"),
	C(". 1:1(0) ack 1"),
	{ TRACE_CLIENT, "P. 1:75(74) ack 1", TCP_CHECKSUM_PARTIAL, false },
	S(". 1:20001(20000) ack 75"),
};
static const struct line server_first[LINES_MAX] = {
	C("S 0:0(0)"),		S("S. 0:0(0) ack 1"),	   C(". 1:1(0) ack 1"),
	C("P. 1:75(74) ack 1"), S("P. 1:313(312) ack 75"), S("F. 313:313(0) ack 75"),
};
static const struct line idle[LINES_MAX] = {
	C("S 0:0(0)"),		S("S. 0:0(0) ack 1"), C(". 1:1(0) ack 1"),
	C("P. 1:75(74) ack 1"), S(". 1:1(0) ack 75"), C(". 74:74(0) ack 1"),
};
static const struct line in_flight[LINES_MAX] = {
	C("S 0:0(0)"),
	S("S. 0:0(0) ack 1"),
	C(". 1:1(0) ack 1"),
	C(". 1:101(100) ack 1"),
	C(". 101:201(100) ack 1"),
	S(". 1:1(0) ack 201"),
	S("P. 1:11(10) ack 201"),
	C("P. 201:301(100) ack 11"),
	C("P. 201:301(100) ack 11"),
};

#define NOTE(name) TRACE_NOTE_##name, #name

static const struct {
	const char *question;
	enum trace_note note;
	const char *name;
	const char *words; /* that the answer has, separated by | */
	const struct line *lines;
	unsigned step; /* where it is told */
} questions[] = {
	/* Questions of courses, and of question-and-answer sites. */
	{ "why does a SYN take a sequence number?", NOTE(SYN_TAKES_ONE),
	  "acknowledged|an ACK of nothing would be the same number", four, 1 },
	{ "why does a FIN?", NOTE(FIN_TAKES_ONE), "acknowledged", four, 8 },
	{ "a pure ACK takes none: why then seq x, then x + 1?", NOTE(ACK_TAKES_NONE),
	  "the SYN moved|an ACK takes none", four, 4 },
	{ "is ack = seq + len + 1 for data?", NOTE(DATA_ACK),
	  "ack = seq + length|+ 1 is for SYN and FIN only", four, 5 },
	{ "why 0 and 1 here and ten-digit numbers there?", NOTE(RELATIVE_NUMBERS),
	  "Relative to the initial number", four, 1 },
	{ "why four segments to close and three to open?", NOTE(FOUR_SEGMENTS),
	  "Two directions close one by one|ACK and SYN are one", four, 11 },
	{ "why did I see three?", NOTE(THREE_SEGMENTS), "as one|no more to say", three, 5 },
	{ "why does every FIN carry ACK?", NOTE(EVERY_SEGMENT_ACKS),
	  "After the first SYN every segment acknowledges", four, 8 },
	{ "who gets TIME-WAIT, why 2 MSL?", NOTE(TIME_WAIT),
	  "closed first|2 MSL|last ACK|old duplicates", four, 11 },
	{ "CLOSE-WAIT or TIME-WAIT?", NOTE(CLOSE_WAIT),
	  "CLOSE-WAIT|closed upon|TIME-WAIT is for who closed first", four, 9 },
	{ "the checksum is wrong in my capture", NOTE(PARTIAL_CHECKSUM),
	  "pseudo-header|offload|card", offload, 4 },
	{ "my SYN got a RST", NOTE(REFUSED), "no program listens|firewall", refused, 2 },
	{ "my SYN got nothing", NOTE(SYN_AGAIN), "neither SYN,ACK nor RST|lost, filtered",
	  unanswered, 2 },
	{ "my own kernel sent RST", NOTE(KERNEL_RST), "kernel of this host does not know", kernel,
	  3 },
	{ "one captured segment of 20,000 bytes?", NOTE(MERGED_FRAME), "merged|On the wire none",
	  offload, 5 },
	/* What the articles describe, and where they are wrong. */
	{ "what does the client check?", NOTE(SYN_ACK_CHECKED),
	  "ACK is set|initial number + 1|buffers|no data", four, 2 },
	{ "whose initial number is the third segment's?", NOTE(THIRD_SEQ),
	  "client's initial number + 1, not the server's", four, 3 },
	{ "what is TCP's here, what HTTP's?", NOTE(TEXT_IS_CARRIED), "carries|transport layer|HTTP",
	  four, 4 },
	{ "what does a half-closed connection still do?", NOTE(HALF_CLOSED),
	  "half-close|may still send", four, 9 },
	{ "may the server close first?", NOTE(SERVER_CLOSES_FIRST),
	  "Either end may close first|HTTP/1.0", server_first, 6 },
	{ "why keep-alive probes?", NOTE(KEEP_ALIVE), "Middleboxes|idle", idle, 6 },
	{ "stop-and-wait or continuous ARQ?", NOTE(PIPELINE), "continuous ARQ|Stop-and-wait",
	  in_flight, 5 },
	{ "does each segment get its ACK?", NOTE(CUMULATIVE_ACK), "cumulative", in_flight, 6 },
	{ "several requests on a connection?", NOTE(SECOND_EXCHANGE),
	  "HTTP/1.1|pipelining|HTTP/1.0", in_flight, 8 },
	{ "how does the timeout grow?", NOTE(RETRANSMITTED), "RTO|doubled", in_flight, 9 },
};

static void answers__have_what_is_asked(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		const char *text = catalogue_entry(questions[i].note)->text,
			   *at = questions[i].words;

		while (*at) {
			size_t len = strcspn(at, "|");
			char words[96];

			snprintf(words, sizeof(words), "%.*s", (int)len, at);
			if (!strstr(text, words))
				fail_msg("\"%s\": %s does not say \"%s\", but: %s",
					 questions[i].question, questions[i].name, words, text);
			at += len + (at[len] == '|');
		}
	}
}

static void answers__are_given_at_their_step(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		struct observed o;
		unsigned at = 0;

		observe_begin(&o);
		o.text = "GET / HTTP/1.1\r\n";
		for (const struct line *l = questions[i].lines; l->segment; l++) {
			o.next.checksum = l->checksum;
			o.next.kernel = l->kernel;
			observe(&o, l->from, l->segment);
			if (!at && noted(&o, questions[i].note))
				at = o.step.number;
		}
		if (at != questions[i].step)
			fail_msg("\"%s\": %s is told at step %u, not %u", questions[i].question,
				 questions[i].name, at, questions[i].step);
		observe_end(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers__have_what_is_asked),
		cmocka_unit_test(answers__are_given_at_their_step),
	};

	return cmocka_run_group_tests_name("questions", tests, NULL, NULL);
}
