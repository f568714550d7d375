/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_quiz.c - questions before a segment is made: which number, which state? */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "cli/step_priv.h"

struct quiz {
	unsigned asked, right;
	char question[200];
	char expected[40];
	char why[240];
};

struct quiz *quiz_new(void)
{
	return calloc(1, sizeof(struct quiz));
}

void quiz_free(struct quiz *q)
{
	free(q);
}

static const char *ask(struct quiz *q, const char *question)
{
	snprintf(q->question, sizeof(q->question), "%s ", question);
	return q->question;
}

/* After the SYN,ACK, text or a FIN of the peer's: which number does our ACK name? */
static const char *ask_ack(struct quiz *q, const struct tcp_conn_info *i)
{
	uint32_t ack = i->rcv_nxt - i->irs;

	snprintf(q->expected, sizeof(q->expected), "%u", ack);
	if (ack == 1)
		snprintf(q->why, sizeof(q->why),
			 "its SYN has seq 0 and takes one number: ack = 0 + 1 = 1");
	else if (i->state == TCP_STATE_CLOSE_WAIT || i->state == TCP_STATE_TIME_WAIT)
		snprintf(q->why, sizeof(q->why),
			 "its %" PRIu64 " bytes begin at 1, and its FIN takes one more: ack = %u",
			 i->text_received, ack);
	else
		snprintf(q->why, sizeof(q->why),
			 "its %" PRIu64 " bytes begin at 1: ack = 1 + %" PRIu64 " = %u",
			 i->text_received, i->text_received, ack);
	return ask(q, "Quiz: which relative number does our ack name?");
}

static const char *ask_seq(struct quiz *q, const struct tcp_conn_info *i, const char *what)
{
	char question[120];
	uint32_t seq = i->snd_nxt - i->iss;

	snprintf(q->expected, sizeof(q->expected), "%u", seq);
	if (seq == 1)
		snprintf(q->why, sizeof(q->why),
			 "our SYN had seq 0 and took one number; ACKs take none: seq 1");
	else
		snprintf(q->why, sizeof(q->why),
			 "SYN took one number and our %" PRIu64 " bytes so many: seq = 1 + %" PRIu64
			 " = %u",
			 i->text_sent, i->text_sent, seq);
	snprintf(question, sizeof(question), "Quiz: which relative seq does our %s have?", what);
	return ask(q, question);
}

static const char *ask_state(struct quiz *q, const char *question, const char *state,
			     const char *why)
{
	snprintf(q->expected, sizeof(q->expected), "%s", state);
	snprintf(q->why, sizeof(q->why), "%s", why);
	return ask(q, question);
}

const char *quiz_question(struct quiz *q, const struct command *c, struct hand *h)
{
	struct tcp_conn_info i = { .state = TCP_STATE_CLOSED };
	uint16_t flags;

	if (c->verb != VERB_SEND)
		return NULL;
	if (h)
		tcp_conn_info(hand_conn(h), &i);
	flags = c->specs[0].flags;
	if (flags & TCP_FLAG_RST)
		return NULL;
	if (flags & TCP_FLAG_SYN)
		return h ? NULL :
			   ask_state(q, "Quiz: in which state are we once the SYN is out?",
				     "SYN-SENT",
				     "RFC 9293 figure 5: CLOSED, active open, SYN sent: SYN-SENT");
	if (i.state < TCP_STATE_ESTABLISHED)
		return NULL;
	if (flags & TCP_FLAG_FIN)
		return i.state == TCP_STATE_CLOSE_WAIT ?
			       ask_state(
				       q, "Quiz: in which state are we once this FIN is out?",
				       "LAST-ACK",
				       "the peer closed first (CLOSE-WAIT); our FIN is the last, and its ACK") :
			       ask_seq(q, &i, "FIN");
	if (c->specs[0].data.kind != DATA_NONE)
		return ask_seq(q, &i, "first byte of text");
	return ask_ack(q, &i);
}

const char *quiz_pose(struct quiz *q, const char *question, const char *expected, const char *why)
{
	return ask_state(q, question, expected, why);
}

/* States may be written with a blank or an underline, in small letters. */
static bool same_answer(const char *expected, const char *answer)
{
	uint64_t number, given;

	if (parse_uint(expected, 0, UINT32_MAX, &number))
		return parse_uint(answer, 0, UINT32_MAX, &given) && given == number;
	for (; *expected && *answer; expected++, answer++)
		if (strncasecmp(expected, answer, 1) &&
		    !(*expected == '-' && strchr(" _", *answer)))
			return false;
	return !*expected && !*answer;
}

void quiz_answer(struct quiz *q, const char *answer, char *out, size_t size)
{
	char word[64] = "";
	size_t len;
	bool right;

	answer += strspn(answer, " \t");
	snprintf(word, sizeof(word), "%s", answer);
	for (len = strlen(word); len && (word[len - 1] == ' ' || word[len - 1] == '\t'); len--)
		word[len - 1] = '\0';
	right = same_answer(q->expected, word);
	q->asked++;
	q->right += right;
	snprintf(out, size, "%s: %s", right ? "right" : "not quite", q->why);
}

void quiz_score(const struct quiz *q, char *out, size_t size)
{
	snprintf(out, size, "%u of %u right", q->right, q->asked);
}
