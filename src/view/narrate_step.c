/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrate_step.c - one step: its line of columns, and under it what it means.
 *
 *     number  time  arrow  flags  seq  ack  window  length
 *                          what the text begins with, options of a SYN
 *                          the equations, with their verdicts
 *                          the states of both ends, when one changes
 *                          | lessons, and ! what is odd
 */
#include <inttypes.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/narrate.h"
#include "view/text.h"
#include "view/words.h"

enum column {
	COLUMN_TIME_END = 16,
	COLUMN_FLAGS = 21,
	COLUMN_SEQ = 33,
	COLUMN_ACK = 53,
	COLUMN_WINDOW = 73,
	COLUMN_LENGTH = 85,
	COLUMN_SOURCE = 71,
	COLUMN_VERDICT = 87,
	COLUMN_SERVER = 55, /* its state, beside the client's */
	WIDER = 9,	    /* how much wider seq and ack are with absolute numbers first */
};

#define PREVIEW_MAX 60u

/* What a segment is, where its flags do not tell. */
static const char *tag(enum trace_kind kind)
{
	switch (kind) {
	case TRACE_KIND_SYN:
		return "handshake 1/3";
	case TRACE_KIND_SYN_ACK:
		return "handshake 2/3";
	case TRACE_KIND_HANDSHAKE_ACK:
		return "handshake 3/3";
	case TRACE_KIND_FIN_ACK:
		return "ACK of FIN";
	case TRACE_KIND_RETRANSMISSION:
		return "again";
	case TRACE_KIND_KEEP_ALIVE:
		return "keep-alive";
	case TRACE_KIND_KEEP_ALIVE_ACK:
		return "still there";
	case TRACE_KIND_WINDOW_PROBE:
		return "window probe";
	case TRACE_KIND_DUPLICATE_ACK:
		return "duplicate ACK";
	case TRACE_KIND_WINDOW_UPDATE:
		return "window update";
	default:
		return "";
	}
}

/* Relative and absolute: the second in parentheses, on SYNs always. */
static void add_number(struct line *l, const struct narrator *n, const char *name,
		       uint32_t absolute, uint32_t relative, bool known, bool both)
{
	if (!known && n->view.options.absolute)
		line_add(l, STYLE_PLAIN, "%s %" PRIu32, name, absolute);
	else if (!known)
		line_add(l, STYLE_PLAIN, "%s (%" PRIu32 ")", name, absolute);
	else if (n->view.options.absolute)
		line_add(l, STYLE_PLAIN, "%s %" PRIu32 " (%" PRIu32 ")", name, absolute, relative);
	else if (both)
		line_add(l, STYLE_PLAIN, "%s %" PRIu32 " (%" PRIu32 ")", name, relative, absolute);
	else
		line_add(l, STYLE_PLAIN, "%s %" PRIu32, name, relative);
}

static void add_length(struct line *l, const struct trace_step *step)
{
	const char *word = tag(step->kind);

	if (step->seg.text_len)
		line_add(l, STYLE_PLAIN, step->seg.text_len == 1 ? "%zu byte" : "%zu bytes",
			 step->seg.text_len);
	if (step->seg.text_len && word[0])
		line_add(l, STYLE_PLAIN, " ");
	line_add(l, step->kind <= TRACE_KIND_HANDSHAKE_ACK ? STYLE_FAINT : STYLE_ODD, "%s", word);
}

static void tell_columns(const struct narrator *n, const struct trace_step *step)
{
	const struct tcp_segment *seg = &step->seg;
	bool client = step->from == TRACE_CLIENT, both = seg->flags & TCP_FLAG_SYN;
	enum style style = client ? STYLE_CLIENT : STYLE_SERVER;
	unsigned wider = n->view.options.absolute ? WIDER : 0;
	char time[TEXT_NUMBER_MAX], flags[TCP_FLAGS_TEXT_MAX];
	struct line l;

	line_begin(&l, n->view.options.color);
	line_add(&l, STYLE_STRONG, "%4u", step->number);
	text_time(step->time_ns, time);
	line_to(&l, COLUMN_TIME_END - (unsigned)strlen(time), 1);
	line_add(&l, STYLE_PLAIN, "%s  ", time);
	line_add(&l, style, "%s ", client ? "->" : "<-");
	line_add(&l, style, "%s", tcp_flags_text(seg->flags, flags));
	line_to(&l, COLUMN_SEQ, 1);
	add_number(&l, n, "seq", seg->seq, step->seq, step->has_relative, both);
	line_to(&l, COLUMN_ACK + wider, 2);
	if (seg->flags & TCP_FLAG_ACK)
		add_number(&l, n, "ack", seg->ack, step->ack, step->has_relative_ack, both);
	line_to(&l, COLUMN_WINDOW + 2 * wider, 2);
	if (!(seg->flags & TCP_FLAG_RST))
		line_add(&l, STYLE_PLAIN,
			 step->window_known ? "win %" PRIu32 : "win %" PRIu32 " << ?",
			 step->window);
	line_to(&l, COLUMN_LENGTH + 2 * wider, 2);
	add_length(&l, step);
	line_end(&l, n->view.options.out);
}

static void tell_options(const struct narrator *n, const struct trace_step *step)
{
	bool syn = step->seg.flags & TCP_FLAG_SYN;
	bool all = syn || n->view.options.verbosity > 0;
	char options[WORDS_MAX];
	struct line l;

	/* After the SYNs only SACK blocks say something new each time. */
	if (all)
		words_options(step, options, sizeof(options));
	else
		words_sack(step, options, sizeof(options));
	if (!options[0])
		return;
	line_begin(&l, n->view.options.color);
	line_to(&l, COLUMN_FLAGS, 0);
	line_add(&l, STYLE_PLAIN, syn ? "offers %s" : all ? "options %s" : "%s", options);
	line_end(&l, n->view.options.out);
}

/* What the text begins with, where the talk turns from one end to the other. */
static void tell_text(const struct narrator *n, const struct trace_step *step)
{
	const struct tcp_segment *seg = &step->seg;
	bool turns = !n->has_text || n->last_text != step->from;
	size_t len = 0, most = seg->text_len < PREVIEW_MAX ? seg->text_len : PREVIEW_MAX;
	char text[4 * PREVIEW_MAX + 1];
	struct line l;

	if (!seg->text || !seg->text_len || (!turns && n->view.options.verbosity <= 0))
		return;
	while (len < most && seg->text[len] != '\n' && seg->text[len] != '\r')
		len++;
	line_begin(&l, n->view.options.color);
	line_to(&l, COLUMN_FLAGS, 0);
	line_add(&l, STYLE_TEXT, "\"%s\"", text_escape(seg->text, len, text, PREVIEW_MAX + 1));
	if (len < seg->text_len)
		line_add(&l, STYLE_FAINT, " ...");
	line_end(&l, n->view.options.out);
}

/* All of them with -v; otherwise not those that repeat what the columns show already. */
static bool is_told(const struct narrator *n, const struct trace_step *step,
		    const struct trace_equation *eq)
{
	bool carries = step->seg.text_len || step->seg.flags & (TCP_FLAG_FIN | TCP_FLAG_RST);

	if (step->seg.checksum_is == TCP_CHECKSUM_BAD)
		return false; /* its numbers prove nothing, a note says so */
	if (n->view.options.verbosity > 0 || eq->verdict == TRACE_WRONG ||
	    eq->verdict == TRACE_AHEAD)
		return true;
	if (n->view.options.brief)
		return false;
	switch (eq->kind) {
	case TRACE_EQ_SEQ:
		return carries || step->kind == TRACE_KIND_HANDSHAKE_ACK ||
		       step->kind == TRACE_KIND_KEEP_ALIVE ||
		       step->kind == TRACE_KIND_WINDOW_PROBE || step->kind == TRACE_KIND_RST;
	case TRACE_EQ_ACK:
		return eq->verdict == TRACE_OK || !carries;
	case TRACE_EQ_NEXT:
		return eq->verdict == TRACE_OK;
	}
	return true;
}

static void tell_equations(const struct narrator *n, const struct trace_step *step)
{
	unsigned wider = n->view.options.absolute ? WIDER : 0;

	for (unsigned i = 0; i < step->equation_count; i++) {
		const struct trace_equation *eq = &step->equations[i];
		char words[WORDS_MAX], source[48];
		enum style style;
		const char *verdict;
		struct line l;

		if (!is_told(n, step, eq))
			continue;
		verdict = words_verdict(eq, &style);
		line_begin(&l, n->view.options.color);
		line_to(&l, COLUMN_FLAGS, 0);
		line_add(&l, eq->verdict == TRACE_WRONG ? STYLE_BAD : STYLE_PLAIN, "%s",
			 words_equation(step, eq, n->view.options.absolute, words, sizeof(words)));
		if (words_source(eq, source, sizeof(source))[0])
			line_to(&l, COLUMN_SOURCE + wider, 2);
		line_add(&l, STYLE_FAINT, "%s", source);
		line_to(&l, COLUMN_VERDICT + wider, 2);
		line_add(&l, style, "%s", verdict);
		line_end(&l, n->view.options.out);
	}
}

/* One end's state, or its way from state to state. */
static void add_state(struct line *l, const struct trace_step *step, enum trace_end end)
{
	bool changed = false;

	for (unsigned i = 0; i < step->change_count; i++) {
		const struct trace_change *c = &step->changes[i];

		if (c->end != end)
			continue;
		if (!changed)
			line_add(l, STYLE_STATE, "%s", tcp_state_name(c->from));
		line_add(l, STYLE_STATE, " -> %s", tcp_state_name(c->to));
		changed = true;
	}
	if (!changed)
		line_add(l, STYLE_FAINT, "%s", tcp_state_name(step->state[end]));
	else if (end != step->from)
		line_add(l, STYLE_FAINT, " on arrival");
}

static void tell_states(const struct narrator *n, const struct trace_step *step)
{
	struct line l;

	if (!step->change_count)
		return;
	line_begin(&l, n->view.options.color);
	line_to(&l, COLUMN_FLAGS, 0);
	line_add(&l, STYLE_FAINT, "client ");
	add_state(&l, step, TRACE_CLIENT);
	if (l.width + 2 > COLUMN_SERVER)
		line_end(&l, n->view.options.out);
	line_to(&l, l.width ? COLUMN_SERVER : COLUMN_FLAGS, 0);
	line_add(&l, STYLE_FAINT, "server ");
	add_state(&l, step, TRACE_SERVER);
	line_end(&l, n->view.options.out);
}

/* The columns say it as well: no need to name it a second time. */
static bool is_in_columns(const struct trace_step *step, enum trace_note note)
{
	return note == TRACE_NOTE_RETRANSMITTED && step->kind == TRACE_KIND_RETRANSMISSION;
}

static void tell_notes(struct narrator *n, const struct trace_step *step)
{
	for (unsigned i = 0; i < step->note_count; i++) {
		const struct catalogue_entry *entry = catalogue_entry(step->notes[i]);
		uint64_t bit = (uint64_t)1 << step->notes[i];
		bool told = n->told & bit;
		char both[512];

		n->told |= bit;
		if (n->view.options.brief) {
			if (entry->problem && !is_in_columns(step, step->notes[i]))
				line_wrap(n->view.options.out, n->view.options.color, COLUMN_FLAGS,
					  STYLE_ODD, "!", entry->title);
			continue;
		}
		if (!entry->problem && !told)
			line_wrap(n->view.options.out, n->view.options.color, COLUMN_FLAGS,
				  STYLE_FAINT, "|", entry->text);
		if (!entry->problem || (told && is_in_columns(step, step->notes[i])))
			continue;
		snprintf(both, sizeof(both), told ? "%s" : "%s: %s", entry->title, entry->text);
		line_wrap(n->view.options.out, n->view.options.color, COLUMN_FLAGS, STYLE_ODD, "!",
			  both);
	}
}

void narrate_step(struct narrator *n, const struct trace_step *step)
{
	tell_columns(n, step);
	tell_options(n, step);
	tell_text(n, step);
	tell_equations(n, step);
	tell_states(n, step);
	tell_notes(n, step);
}
