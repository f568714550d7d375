/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_svg.c - the ladder alone, as a drawing: for slides, so on white, in fonts that every machine has.
 *
 * Time is compressed: a row for each segment, its time on the left. */
#include "view/catalogue.h"
#include "view/report_priv.h"
#include "view/text.h"

#define MOST	  300u /* segments of a connection: more fit on no slide */
#define EVENT_MAX 90   /* characters of what an event says */

enum place { WIDTH = 960, TIME = 116, CLIENT = 250, SERVER = 800, ROW = 36, SLOPE = 10, HEAD = 64 };

struct drawing {
	FILE *out;
	int y;
};

static void put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			putc(*text, out);
		}
}

static void draw_text(const struct drawing *d, int x, int y, const char *class, const char *text)
{
	fprintf(d->out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, class);
	put_text(d->out, text);
	fputs("</text>\n", d->out);
}

static bool has_problem(const struct trace_step *step)
{
	for (unsigned i = 0; i < step->note_count; i++)
		if (catalogue_entry(step->notes[i])->problem)
			return true;
	return false;
}

static void draw_step(void *context, const struct report_step *kept)
{
	const struct trace_step *step = &kept->step;
	bool client = step->from == TRACE_CLIENT;
	struct drawing *d = context;
	const char *class = has_problem(step) ? "odd" : client ? "client" : "server";
	int from = client ? CLIENT : SERVER, to = client ? SERVER : CLIENT,
	    head = client ? -10 : 10;
	int end = d->y + SLOPE;
	char time[TEXT_NUMBER_MAX], label[96], number[16];

	snprintf(number, sizeof(number), "%u", step->number);
	draw_text(d, 24, d->y + 4, "end", number);
	draw_text(d, TIME, d->y + 4, "end", text_time(step->time_ns, time));
	fprintf(d->out, "<path class=\"%s\" d=\"M%d %dL%d %dm%d -6l%d 6l%d 4\"/>\n", class, from,
		d->y, to, end, head, -head, head);
	draw_text(d, (CLIENT + SERVER) / 2, d->y - 2, class,
		  report_label(step, label, sizeof(label)));
	for (unsigned i = 0; i < step->change_count; i++) {
		const struct trace_change *c = &step->changes[i];

		draw_text(d, c->end == TRACE_CLIENT ? CLIENT - 10 : SERVER + 10,
			  (c->end == step->from ? d->y : end) + 4,
			  c->end == TRACE_CLIENT ? "end state" : "state", tcp_state_name(c->to));
	}
	d->y += ROW;
}

static void draw_event(void *context, const struct report_event *event)
{
	struct drawing *d = context;
	char text[EVENT_MAX + 1];

	snprintf(text, sizeof(text), "%.*s", EVENT_MAX, event->text);
	draw_text(d, (CLIENT + SERVER) / 2, d->y, "event", text);
	d->y += ROW / 2 + 6;
}

static void draw_gap(void *context, unsigned count)
{
	struct drawing *d = context;
	char text[64];

	draw_text(d, (CLIENT + SERVER) / 2, d->y, "event", report_gap(count, text, sizeof(text)));
	d->y += ROW / 2 + 6;
}

static void count_step(void *context, const struct report_step *kept)
{
	*(int *)context += ROW;
}

static void count_event(void *context, const struct report_event *event)
{
	*(int *)context += ROW / 2 + 6;
}

static void count_gap(void *context, unsigned count)
{
	*(int *)context += ROW / 2 + 6;
}

static int height_of(const struct report_conn *c)
{
	static const struct report_teller counter = { count_step, count_event, count_gap };
	int height = 0;

	report_tell(c, MOST, &counter, &height);
	return height;
}

static void draw_connection(struct drawing *d, const struct report_conn *c)
{
	static const struct report_teller teller = { draw_step, draw_event, draw_gap };
	char client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX], text[ADDR_TEXT_MAX + 8];
	int bottom = d->y + HEAD + height_of(c);

	snprintf(text, sizeof(text), "client %s",
		 addr_port_text(&c->about.client, c->about.client_port, client));
	draw_text(d, CLIENT, d->y + 20, "heading", text);
	snprintf(text, sizeof(text), "server %s",
		 addr_port_text(&c->about.server, c->about.server_port, server));
	draw_text(d, SERVER, d->y + 20, "heading", text);
	fprintf(d->out, "<path class=\"life\" d=\"M%d %dV%dM%d %dV%d\"/>\n", CLIENT, d->y + 30,
		bottom, SERVER, d->y + 30, bottom);
	d->y += HEAD;
	report_tell(c, MOST, &teller, d);
	d->y = bottom;
}

void report_write_svg(const struct report *r, FILE *out)
{
	struct drawing d = { out, 0 };
	int height = HEAD;

	for (const struct report_conn *c = r->first; c; c = c->next)
		height += HEAD + height_of(c);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
		"height=\"%d\" role=\"img\">\n<title>TCP time sequence</title>\n",
		WIDTH, height, WIDTH, height);
	fputs("<style>\n"
	      "text { font: 14px sans-serif; fill: #222; text-anchor: middle; }\n"
	      "text.end { text-anchor: end; }\n"
	      "text.state { font-weight: bold; font-size: 12px; }\n"
	      "text.state:not(.end) { text-anchor: start; }\n"
	      "text.heading { font-weight: bold; }\n"
	      "text.event { font-style: italic; fill: #555; paint-order: stroke; stroke: #fff; "
	      "stroke-width: 6px; }\n"
	      "path { fill: none; stroke-width: 2; }\n"
	      ".life { stroke: #888; }\n"
	      "path.client { stroke: #0b5c8a; } text.client { fill: #0b5c8a; }\n"
	      "path.server { stroke: #8a2a7d; } text.server { fill: #8a2a7d; }\n"
	      "path.odd { stroke: #b3261e; } text.odd { fill: #b3261e; }\n"
	      "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
	      out);
	for (const struct report_conn *c = r->first; c; c = c->next)
		draw_connection(&d, c);
	fputs("</svg>\n", out);
}
