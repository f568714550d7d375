/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exercise_answer.c - is an answer right? Judged by what is meant, however it is written. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/parse.h"
#include "view/exercise.h"

#define ANSWER_MAX 64u

/* Letters and digits alone, in capitals: "fin_wait 1" as "FINWAIT1". Returns @out. */
static char *squeeze(const char *text, char out[ANSWER_MAX])
{
	size_t len = 0;

	for (; *text && len + 1 < ANSWER_MAX; text++)
		if (isalnum((unsigned char)*text))
			out[len++] = (char)toupper((unsigned char)*text);
	out[len] = '\0';
	return out;
}

/* "ack = 0 + 1 = 1", "1,461": the number at the end. */
static bool read_number(const char *answer, uint32_t *number)
{
	const char *at = strrchr(answer, '=');
	char digits[ANSWER_MAX];
	size_t len = 0;
	uint64_t n;

	at = at ? at + 1 : answer;
	at += strspn(at, " \t");
	if (!strncasecmp(at, "seq", 3) || !strncasecmp(at, "ack", 3))
		at += 3;
	for (; *at && len + 1 < sizeof(digits); at++)
		if (!strchr(" \t,", *at))
			digits[len++] = *at;
	digits[len] = '\0';
	if (*at || !parse_uint(digits, 0, UINT32_MAX, &n))
		return false;
	*number = (uint32_t)n;
	return true;
}

static const struct {
	const char *name;
	const char *letters; /* of tcpdump, and others */
	uint16_t bit;
} flags[] = {
	{ "SYN", "S", TCP_FLAG_SYN }, { "FIN", "F", TCP_FLAG_FIN },  { "RST", "R", TCP_FLAG_RST },
	{ "PSH", "P", TCP_FLAG_PSH }, { "ACK", ".A", TCP_FLAG_ACK }, { "URG", "U", TCP_FLAG_URG },
	{ "ECE", "E", TCP_FLAG_ECE }, { "CWR", "WC", TCP_FLAG_CWR },
};

/* The name of a flag, or its letter, where @at begins; how long it is, 0: none. */
static size_t read_flag(const char *at, uint16_t *bits)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (!strncasecmp(at, flags[i].name, 3)) {
			*bits |= flags[i].bit;
			return 3;
		}
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (strchr(flags[i].letters, toupper((unsigned char)*at))) {
			*bits |= flags[i].bit;
			return 1;
		}
	return 0;
}

static bool read_flags(const char *answer, uint16_t *bits)
{
	*bits = 0;
	while (*answer) {
		size_t len = strchr(" \t,+-/|&_", *answer) ? 1 : read_flag(answer, bits);

		if (!len)
			return false;
		answer += len;
	}
	return *bits != 0;
}

/* As ss(8), netstat(8) and older books have them, squeezed. */
static bool is_state(enum tcp_state state, const char *answer)
{
	static const struct {
		enum tcp_state state;
		const char *name;
	} others[] = {
		{ TCP_STATE_SYN_RECEIVED, "SYNRECV" },
		{ TCP_STATE_SYN_RECEIVED, "SYNRCVD" },
		{ TCP_STATE_ESTABLISHED, "ESTAB" },
		{ TCP_STATE_CLOSED, "CLOSE" },
	};
	char given[ANSWER_MAX], name[ANSWER_MAX];

	squeeze(answer, given);
	if (!strcmp(given, squeeze(tcp_state_name(state), name)))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (others[i].state == state && !strcmp(given, others[i].name))
			return true;
	return false;
}

/* All that matter, and none that is not there; PSH is not to be known. */
static bool are_flags(uint16_t right, const char *answer)
{
	uint16_t given;

	return read_flags(answer, &given) &&
	       exercise_core_flags(given) == exercise_core_flags(right) &&
	       !(given & ~right & ~TCP_FLAG_PSH);
}

bool exercise_right(const struct exercise *x, const struct exercise_blank *b, const char *answer)
{
	const struct trace_step *step = &x->rows[b->row].step;
	uint32_t right = exercise_truth(x, b->row, b->field), zero, given;

	switch (b->field) {
	case EXERCISE_FLAGS:
		return are_flags(step->seg.flags, answer);
	case EXERCISE_CLIENT:
	case EXERCISE_SERVER:
		return is_state((enum tcp_state)right, answer);
	default:
		zero = b->field == EXERCISE_ACK ? step->seg.ack - step->ack :
						  step->seg.seq - step->seq;
		return read_number(answer, &given) && (given == right || given == right + zero);
	}
}
