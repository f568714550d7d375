/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrate.c - the course of a connection, told to a reader: headings, steps, events, the end.
 *
 * In:    steps of the tracker, events of the commands.
 * Out:   text for a terminal of 80 to 120 columns, drawn for 100.
 * Rules: every change of state, everything odd and every lesson is told. Of a long transfer the first
 *        uneventful segments are told one by one, and then only counted; -v tells them all.
 * Never: prints a byte from the network that a terminal could obey (text.c). */
#include <inttypes.h>
#include <stdlib.h>

#include "view/anatomy.h"
#include "view/catalogue.h"
#include "view/narrate.h"
#include "view/text.h"
#include "wire/guard.h"

#define PATIENCE_FIRST	 20u /* uneventful steps told at the beginning */
#define PATIENCE_AGAIN	 6u  /* and after each further request */
#define FOLD_PAUSE_FIRST ((int64_t)1000000000)
#define FOLD_PAUSE_MAX	 (60 * FOLD_PAUSE_FIRST)
#define EVENT_COLUMN	 21u

static struct narrator *narrator_of(struct view *v)
{
	return (struct narrator *)v;
}

static void forget_connection(struct narrator *n)
{
	struct view view = n->view;

	*n = (struct narrator){ .view = view,
				.patience = PATIENCE_FIRST,
				.fold_pause_ns = FOLD_PAUSE_FIRST };
}

/* Which layers of the port guard hold, in words. */
static const char *guard_words(unsigned layers)
{
	static const char *const words[] = {
		"nothing: its RST may come in between",
		"minimum TTL",
		"drop-all filter",
		"minimum TTL, drop-all filter",
		"MD5 key",
		"minimum TTL, MD5 key",
		"drop-all filter, MD5 key",
		"minimum TTL, drop-all filter, MD5 key",
	};

	return words[layers & (GUARD_MIN_TTL | GUARD_FILTER | GUARD_MD5)];
}

static void tell_connection(struct view *v, const struct view_connection *c)
{
	char client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX], host[256], ifname[64];
	struct narrator *n = narrator_of(v);
	FILE *out = v->options.out;
	struct line l;

	forget_connection(n);
	if (v->options.verbosity < 0)
		return;
	v->dirty = true;
	if (c->number > 1)
		fputc('\n', out);
	line_begin(&l, v->options.color);
	line_add(&l, STYLE_STRONG, "%s", text_safe(c->host, host, sizeof(host)));
	line_add(&l, STYLE_PLAIN, "  client ");
	line_add(&l, STYLE_CLIENT, "%s", addr_port_text(&c->client, c->client_port, client));
	line_add(&l, STYLE_PLAIN, " -> server ");
	line_add(&l, STYLE_SERVER, "%s", addr_port_text(&c->server, c->server_port, server));
	if (c->ifname && l.width > 70)
		line_end(&l, out);
	if (c->ifname)
		line_add(&l, STYLE_PLAIN, "%sthrough %s, MTU %" PRIu32, l.width ? ", " : "  ",
			 text_safe(c->ifname, ifname, sizeof(ifname)), c->mtu);
	line_end(&l, out);
	if (!c->ifname || v->options.brief)
		return;
	line_add(&l, STYLE_FAINT,
		 "kept from our kernel, which would reset it, by the port guard: %s",
		 guard_words(c->guard_layers));
	line_end(&l, out);
}

static void walk_path(struct path *p, const struct trace_change *change)
{
	if (!p->count)
		p->states[p->count++] = change->from;
	if (p->count < PATH_MAX_STATES)
		p->states[p->count] = change->to;
	p->count++;
	p->last = change->to;
}

static void tell_heading(struct narrator *n, const struct trace_step *step)
{
	static const char *const titles[TRACE_PHASE_COUNT] = {
		[TRACE_HANDSHAKE] = "three-way handshake",
		[TRACE_TRANSFER] = "transfer",
		[TRACE_CLOSE] = "close, each direction by itself",
	};
	bool reset = step->phase == TRACE_CLOSE && step->kind == TRACE_KIND_RST;

	if (n->view.options.brief || (n->any && n->phase == step->phase))
		return;
	fputc('\n', n->view.options.out);
	line_rule(n->view.options.out, n->view.options.color,
		  reset ? "connection reset" : titles[step->phase]);
	n->any = true;
	n->phase = step->phase;
}

static void tell_folded(struct narrator *n)
{
	char segments[TEXT_NUMBER_MAX], size[TEXT_NUMBER_MAX], time[TEXT_NUMBER_MAX];
	struct line l;

	if (!n->folded)
		return;
	n->view.dirty = true;
	if (n->folded == 1) {
		narrate_step(n, &n->held);
		n->folded = 0;
		n->folded_bytes = 0;
		return;
	}
	line_begin(&l, n->view.options.color);
	line_add(&l, STYLE_FAINT, " ... %11s  ", text_time(n->folded_until_ns, time));
	line_add(&l, STYLE_FAINT, "%s segments, %s more, nothing unusual",
		 text_count(n->folded, segments), text_size(n->folded_bytes, size));
	line_end(&l, n->view.options.out);
	n->folded = 0;
	n->folded_bytes = 0;
}

/* Nothing that a reader has to see: more of the same. */
static bool is_uneventful(const struct trace_step *step)
{
	bool plain = step->kind == TRACE_KIND_DATA || step->kind == TRACE_KIND_ACK ||
		     step->kind == TRACE_KIND_WINDOW_UPDATE;

	for (unsigned i = 0; i < step->equation_count; i++)
		if (step->equations[i].verdict == TRACE_WRONG ||
		    step->equations[i].verdict == TRACE_AHEAD)
			return false;
	return plain && !step->note_count && !step->change_count && step->times_sent == 1;
}

/* True when the step is only counted. */
static bool fold(struct narrator *n, const struct trace_step *step)
{
	bool asks_again = step->seg.text_len && step->from == TRACE_CLIENT && n->has_text &&
			  n->last_text == TRACE_SERVER;

	if (asks_again && n->patience < PATIENCE_AGAIN)
		n->patience = PATIENCE_AGAIN;
	if (n->view.options.verbosity > 0 || !is_uneventful(step))
		return false;
	if (n->patience) {
		n->patience--;
		return false;
	}
	if (!n->folded) {
		n->folded_since_ns = step->time_ns;
		n->held = *step;
		n->held.seg.text = NULL; /* is the caller's, and gone by then */
	}
	n->folded++;
	n->folded_bytes += step->seg.text_len;
	n->folded_until_ns = step->time_ns;
	if (step->time_ns - n->folded_since_ns >= n->fold_pause_ns) {
		n->fold_pause_ns = n->fold_pause_ns * 2 > FOLD_PAUSE_MAX ? FOLD_PAUSE_MAX :
									   n->fold_pause_ns * 2;
		tell_folded(n);
	}
	return true;
}

static void tell_step(struct view *v, const struct trace_step *step, const struct packet *packet,
		      const struct frame *frame)
{
	struct narrator *n = narrator_of(v);

	if (!n->has_stamp)
		n->first_stamp_ns = step->stamp_ns;
	n->has_stamp = true;
	for (unsigned i = 0; i < step->change_count; i++)
		walk_path(&n->paths[step->changes[i].end], &step->changes[i]);
	if (v->options.verbosity < 0)
		return;
	if (!fold(n, step)) {
		tell_folded(n);
		tell_heading(n, step);
		narrate_step(n, step);
		if (v->options.verbosity > 0)
			anatomy_print(v->options.out, v->options.color, step, packet, frame);
		v->dirty = true;
	}
	if (step->seg.text_len) {
		n->has_text = true;
		n->last_text = step->from;
	}
}

static void tell_icmp(struct line *l, const struct packet *p)
{
	char from[ADDR_TEXT_MAX];

	line_add(l, STYLE_BAD, "ICMP ");
	line_add(l, STYLE_PLAIN, "%s says: %s (about the segment with seq %" PRIu32 ")",
		 addr_text(&p->src, from), packet_icmp_text(p), p->seg.seq);
}

/* A segment that is no step, in short. */
static void tell_packet(struct line *l, const struct packet *p)
{
	char from[ADDR_TEXT_MAX], to[ADDR_TEXT_MAX], flags[TCP_FLAGS_TEXT_MAX];

	if (p->kind == PACKET_TCP)
		line_add(l, STYLE_PLAIN, "%s -> %s %s seq %" PRIu32 ": ",
			 addr_port_text(&p->src, p->seg.src_port, from),
			 addr_port_text(&p->dst, p->seg.dst_port, to),
			 tcp_flags_text(p->seg.flags, flags), p->seg.seq);
	else if (p->src.family)
		line_add(l, STYLE_PLAIN, "%s -> %s: ", addr_text(&p->src, from),
			 addr_text(&p->dst, to));
}

static void tell_event(struct view *v, const struct view_event *event)
{
	static const struct {
		const char *label;
		enum style style;
	} labels[] = {
		[VIEW_EVENT_ICMP] = { "ICMP ", STYLE_BAD },
		[VIEW_EVENT_DROPPED] = { "not used: ", STYLE_ODD },
		[VIEW_EVENT_NEXT_ADDRESS] = { "next address: ", STYLE_STRONG },
		[VIEW_EVENT_HTTP] = { "", STYLE_STRONG },
		[VIEW_EVENT_WARNING] = { "warning: ", STYLE_ODD },
	};
	struct narrator *n = narrator_of(v);
	char time[TEXT_NUMBER_MAX], text[512];
	struct line l;

	if (v->options.verbosity < 0 && event->kind != VIEW_EVENT_WARNING)
		return;
	v->dirty = true;
	tell_folded(n);
	line_begin(&l, v->options.color);
	if (n->has_stamp && event->stamp_ns) {
		line_to(&l, 5, 0);
		line_add(&l, STYLE_PLAIN, "%11s",
			 text_time(event->stamp_ns - n->first_stamp_ns, time));
	}
	line_to(&l, EVENT_COLUMN, 0);
	if (event->kind == VIEW_EVENT_ICMP && event->packet) {
		tell_icmp(&l, event->packet);
	} else {
		line_add(&l, labels[event->kind].style, "%s", labels[event->kind].label);
		if (event->packet)
			tell_packet(&l, event->packet);
		line_add(&l, event->kind == VIEW_EVENT_HTTP ? STYLE_STRONG : STYLE_PLAIN, "%s",
			 text_safe(event->text, text, sizeof(text)));
	}
	line_end(&l, v->options.out);
}

static void tell_summary(struct view *v, const struct trace_summary *summary,
			 const struct view_result *result)
{
	struct narrator *n = narrator_of(v);

	tell_folded(n);
	narrate_summary(n, summary, result);
	v->dirty = true;
}

static void forget_all(struct view *v)
{
	free(narrator_of(v));
}

struct view *narrator_new(const struct view_options *options)
{
	static const struct view_ops ops = {
		.connection = tell_connection,
		.step = tell_step,
		.event = tell_event,
		.summary = tell_summary,
		.free = forget_all,
	};
	struct narrator *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->view.ops = &ops;
	n->view.options = *options;
	forget_connection(n);
	return &n->view;
}
