/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_table.c - results of `probe` for people: a row for each, and of few targets what it means.
 *
 *     TARGET           STATE          RTT  CLOSE       SYN,ACK (JA4TS)
 *     192.0.2.80:80    open      0.412 ms  orderly     65160_2-4-8-1-3_1460_7  server.example
 */
#include <string.h>

#include "probe/fingerprint.h"
#include "view/probe_priv.h"
#include "view/text.h"

#define GAP	    2u
#define WIDTH_ROUND 5u
#define WIDTH_STATE 11u /* "unreachable" */
#define WIDTH_TIME  11u
#define WIDTH_CLOSE 10u /* "peer-first" */
#define WIDTH_HTTP  15u
#define WIDTH_PRINT 24u

static const enum style state_styles[PROBE_STATE_COUNT] = {
	[PROBE_OPEN] = STYLE_GOOD,	 [PROBE_CLOSED] = STYLE_FAINT, [PROBE_FILTERED] = STYLE_ODD,
	[PROBE_UNREACHABLE] = STYLE_ODD, [PROBE_BROKEN] = STYLE_BAD,
};

/* Fingerprints stand in the row, or with more words below it. */
static bool is_long(const struct probe_view *v)
{
	return v->options.verbose || (v->few && !v->options.repeat);
}

/* One cell, and the gap behind it. @column: where it begins; moved on. */
static void cell(struct line *l, unsigned *column, unsigned width, enum style style,
		 const char *text)
{
	line_to(l, *column, *column ? GAP : 0);
	line_add(l, style, "%s", text);
	*column += width + GAP;
}

/* Times have their points below each other. */
static void time_cell(struct line *l, unsigned *column, int64_t ns)
{
	char text[TEXT_NUMBER_MAX], cut[WIDTH_TIME + 1] = "-";

	if (ns >= 0)
		snprintf(cut, sizeof(cut), "%s", text_time(ns, text));
	line_to(l, *column + WIDTH_TIME - (unsigned)strlen(cut), *column ? GAP : 0);
	line_add(l, STYLE_PLAIN, "%s", cut);
	*column += WIDTH_TIME + GAP;
}

static void write_head(struct probe_view *v)
{
	const struct probe_view_options *o = &v->options;
	unsigned column = 0;
	struct line l;

	v->begun = true;
	line_begin(&l, o->color);
	if (o->repeat)
		cell(&l, &column, WIDTH_ROUND, STYLE_HEADING, "ROUND");
	cell(&l, &column, v->target_width, STYLE_HEADING, "TARGET");
	cell(&l, &column, WIDTH_STATE, STYLE_HEADING, "STATE");
	cell(&l, &column, WIDTH_TIME, STYLE_HEADING, "        RTT");
	cell(&l, &column, WIDTH_CLOSE, STYLE_HEADING, "CLOSE");
	if (o->http)
		cell(&l, &column, WIDTH_HTTP, STYLE_HEADING, "HTTP");
	cell(&l, &column, WIDTH_PRINT, STYLE_HEADING, is_long(v) ? "NAME" : "SYN,ACK (JA4TS)");
	line_end(&l, o->out);
}

static void http_cell(struct line *l, unsigned *column, const struct probe_result *r)
{
	char text[64] = "-", number[TEXT_NUMBER_MAX];

	if (r->http_status && r->first_byte_ns >= 0)
		snprintf(text, sizeof(text), "%u %s", r->http_status,
			 text_time(r->first_byte_ns, number));
	else if (r->http_status)
		snprintf(text, sizeof(text), "%u", r->http_status);
	cell(l, column, WIDTH_HTTP,
	     r->http_status >= 200 && r->http_status < 400 ? STYLE_GOOD : STYLE_ODD, text);
}

static void write_row(struct probe_view *v, const struct probe_result *r)
{
	const struct probe_view_options *o = &v->options;
	char text[ADDR_TEXT_MAX], print[FINGERPRINT_MAX], name[FINGERPRINT_MAX];
	unsigned column = 0;
	struct line l;

	line_begin(&l, o->color);
	if (o->repeat) {
		snprintf(name, sizeof(name), "%5u", r->round);
		cell(&l, &column, WIDTH_ROUND, STYLE_FAINT, name);
	}
	cell(&l, &column, v->target_width, STYLE_STRONG, addr_port_text(&r->addr, r->port, text));
	cell(&l, &column, WIDTH_STATE, state_styles[r->state], probe_state_name(r->state));
	time_cell(&l, &column, r->rtt_ns);
	cell(&l, &column, WIDTH_CLOSE, r->close == PROBE_CLOSE_RESET ? STYLE_ODD : STYLE_PLAIN,
	     r->close == PROBE_CLOSE_NONE ? "-" : probe_close_name(r->close));
	if (o->http)
		http_cell(&l, &column, r);
	if (!is_long(v) && r->why)
		cell(&l, &column, WIDTH_PRINT, STYLE_PLAIN,
		     text_safe(r->why, print, sizeof(print)));
	else if (!is_long(v) && (r->synack.seen || r->name))
		cell(&l, &column, WIDTH_PRINT, STYLE_PLAIN,
		     r->synack.seen ? fingerprint_ja4ts(&r->synack, print) : "-");
	if (r->name)
		cell(&l, &column, 0, STYLE_FAINT, text_safe(r->name, name, sizeof(name)));
	line_end(&l, o->out);
}

/* ---- in words --------------------------------------------------------------------------------- */

#define INDENT 4u

static void say(const struct probe_view *v, const char *text)
{
	line_wrap(v->options.out, v->options.color, INDENT - 1, STYLE_PLAIN, "", text);
}

/* "3 routers away (TTL 61)" */
static const char *away(const struct probe_result *r, char out[64])
{
	unsigned distance = probe_distance(r->ttl);

	if (!r->ttl)
		snprintf(out, 64, "how far away is not known");
	else if (distance)
		snprintf(out, 64, "about %u router%s away (TTL %u)", distance,
			 distance == 1 ? "" : "s", r->ttl);
	else
		snprintf(out, 64, "no router in between (TTL %u)", r->ttl);
	return out;
}

static void say_state(const struct probe_view *v, const struct probe_result *r)
{
	char text[512], place[ADDR_TEXT_MAX], why[256];

	text_safe(r->why ? r->why : "no reason is known", why, sizeof(why));
	switch (r->state) {
	case PROBE_OPEN:
		snprintf(text, sizeof(text),
			 "It answered SYN with SYN,ACK: a server listens, %s.%s", away(r, place),
			 r->answered > 1 ? " The first SYN got no answer." : "");
		break;
	case PROBE_CLOSED:
		snprintf(
			text, sizeof(text),
			"It answered SYN with RST: the host is there, %s, but no server on this port.",
			away(r, place));
		break;
	case PROBE_FILTERED:
		snprintf(text, sizeof(text),
			 "No answer to %u SYN%s: a firewall drops them, or no host is there.",
			 r->attempts, r->attempts == 1 ? "" : "s");
		break;
	case PROBE_UNREACHABLE:
		snprintf(text, sizeof(text), "%s, says %s.", why,
			 r->from.family ? addr_text(&r->from, place) : "our own host");
		break;
	default:
		snprintf(text, sizeof(text), "It does not speak TCP as it should: %s.", why);
	}
	say(v, text);
}

static void say_close(const struct probe_view *v, const struct probe_result *r)
{
	static const char *const words[PROBE_CLOSE_COUNT] = {
		[PROBE_CLOSE_NONE] = "Not closed: the handshake was ended with RST",
		[PROBE_CLOSE_ORDERLY] =
			"Closed in order, four segments: our FIN, its ACK, its FIN, our ACK",
		[PROBE_CLOSE_MERGED] =
			"Closed in order, three segments: our FIN, its FIN with the ACK, our ACK",
		[PROBE_CLOSE_PEER_FIRST] = "It closed first: its FIN came before ours",
		[PROBE_CLOSE_RESET] = "It ended the connection with RST instead of closing it",
		[PROBE_CLOSE_NO_FIN] =
			"It acknowledged our FIN, but sent none; we ended it with RST",
		[PROBE_CLOSE_NO_ACK] = "It never acknowledged our FIN; we ended it with RST",
	};
	char text[512], number[TEXT_NUMBER_MAX];

	if (r->close_ns >= 0)
		snprintf(text, sizeof(text), "%s (%s).", words[r->close],
			 text_time(r->close_ns, number));
	else
		snprintf(text, sizeof(text), "%s.", words[r->close]);
	say(v, text);
}

static void say_http(const struct probe_view *v, const struct probe_result *r)
{
	char text[512], line[320], number[TEXT_NUMBER_MAX];

	text_safe(r->http_line, line, sizeof(line));
	if (r->first_byte_ns >= 0)
		snprintf(text, sizeof(text), "%s, first byte %s after the request", line,
			 text_time(r->first_byte_ns, number));
	else
		snprintf(text, sizeof(text), "%s", line);
	say(v, text);
}

static void say_synack(const struct probe_view *v, const struct probe_result *r)
{
	char options[FINGERPRINT_MAX], p0f[FINGERPRINT_MAX], ja4ts[FINGERPRINT_MAX];
	char text[3 * FINGERPRINT_MAX];

	fingerprint_options(&r->synack, options);
	snprintf(text, sizeof(text), "SYN,ACK: window %u%s%s%s%s", r->synack.window,
		 options[0] ? ", options " : ", no options", options,
		 probe_has_ecn(&r->synack) ? ", ECN" : "",
		 r->synack.flags_ip & 1 ? ", not to be fragmented (DF)" : "");
	say(v, text);
	snprintf(text, sizeof(text), "p0f %s  JA4TS %s",
		 fingerprint_p0f(&r->synack, r->addr.family, p0f),
		 fingerprint_ja4ts(&r->synack, ja4ts));
	say(v, text);
}

static void write_result(struct probe_view *v, const struct probe_result *r)
{
	char text[ADDR_TEXT_MAX];
	unsigned width = (unsigned)strlen(addr_port_text(&r->addr, r->port, text));

	v->target_width = v->target_width > width ? v->target_width : width;
	if (!v->begun)
		write_head(v);
	write_row(v, r);
	if (!is_long(v))
		return;
	say_state(v, r);
	if (r->state == PROBE_OPEN || r->close != PROBE_CLOSE_NONE)
		say_close(v, r);
	if (r->http_line[0])
		say_http(v, r);
	if (r->synack.seen)
		say_synack(v, r);
}

static void write_end(struct probe_view *v, const struct probe_totals *totals)
{
	if (v->begun)
		fputc('\n', v->options.out);
	probe_summary(v, totals, v->options.out);
}

const struct probe_writer probe_table_writer = { .result = write_result, .end = write_end };
