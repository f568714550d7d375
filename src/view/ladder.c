/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder.c - see ladder.h. In the manner of
 *
 *         time       client                                                            server
 *     1   0.000 ms   SYN-SENT    |------------ SYN seq 0 ----------------------->|    LISTEN */
#include "view/ladder.h"

#include <inttypes.h>
#include <string.h>

#include "view/line.h"
#include "view/text.h"

enum column { COLUMN_TIME_END = 16, COLUMN_CLIENT = 18, COLUMN_LEFT = 31, COLUMN_RIGHT = 85 };

#define ARROW_WIDTH (COLUMN_RIGHT - COLUMN_LEFT - 2u) /* between the two bars */

static void describe(const struct trace_step *step, char *out, size_t size)
{
	char flags[TCP_FLAGS_TEXT_MAX];
	size_t len;

	len = (size_t)snprintf(out, size, " %s seq %" PRIu32,
			       tcp_flags_text(step->seg.flags, flags),
			       step->has_relative ? step->seq : step->seg.seq);
	if (len < size && step->seg.flags & TCP_FLAG_ACK)
		len += (size_t)snprintf(out + len, size - len, " ack %" PRIu32,
					step->has_relative_ack ? step->ack : step->seg.ack);
	if (len < size && step->seg.text_len)
		len += (size_t)snprintf(out + len, size - len, " (%zu bytes)", step->seg.text_len);
	if (len + 1 < size)
		memcpy(out + len, " ", 2);
}

/* Dashes with the words in their middle, and a head at the end that is reached. */
static void draw_arrow(struct line *l, const struct trace_step *step)
{
	bool client = step->from == TRACE_CLIENT;
	char arrow[ARROW_WIDTH + 1], words[ARROW_WIDTH];
	size_t len;

	describe(step, words, sizeof(words) - 4);
	len = strlen(words);
	memset(arrow, '-', ARROW_WIDTH);
	arrow[ARROW_WIDTH] = '\0';
	arrow[client ? ARROW_WIDTH - 1 : 0] = client ? '>' : '<';
	memcpy(arrow + (ARROW_WIDTH - len) / 2, words, len);
	line_add(l, client ? STYLE_CLIENT : STYLE_SERVER, "%s", arrow);
}

static const char *state_of(const struct trace_step *step, enum trace_end end)
{
	for (unsigned i = step->change_count; i--;)
		if (step->changes[i].end == end)
			return tcp_state_name(step->changes[i].to);
	return "";
}

void ladder_heading(FILE *out, bool color)
{
	struct line l;

	line_begin(&l, color);
	line_to(&l, COLUMN_TIME_END - 4, 0);
	line_add(&l, STYLE_FAINT, "time");
	line_to(&l, COLUMN_CLIENT, 0);
	line_add(&l, STYLE_CLIENT, "client");
	line_to(&l, COLUMN_RIGHT + 2, 0);
	line_add(&l, STYLE_SERVER, "server");
	line_end(&l, out);
}

void ladder_step(FILE *out, bool color, const struct trace_step *step)
{
	char time[TEXT_NUMBER_MAX];
	struct line l;

	text_time(step->time_ns, time);
	line_begin(&l, color);
	line_add(&l, STYLE_STRONG, "%4u", step->number);
	line_to(&l, COLUMN_TIME_END - (unsigned)strlen(time), 1);
	line_add(&l, STYLE_PLAIN, "%s", time);
	line_to(&l, COLUMN_CLIENT, 1);
	line_add(&l, STYLE_STATE, "%s", state_of(step, TRACE_CLIENT));
	line_to(&l, COLUMN_LEFT, 0);
	line_add(&l, STYLE_FAINT, "|");
	draw_arrow(&l, step);
	line_add(&l, STYLE_FAINT, "|");
	line_to(&l, COLUMN_RIGHT + 2, 1);
	line_add(&l, STYLE_STATE, "%s", state_of(step, TRACE_SERVER));
	line_end(&l, out);
}
