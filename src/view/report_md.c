/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_md.c - Markdown: for each connection a table, a Mermaid sequence diagram, and its notes.
 *
 * Addresses, URLs and status lines are somebody else's: in Mermaid all but letters, digits and a few
 * signs are written as its numeric entities, in Markdown what could be markup is escaped. */
#include <ctype.h>
#include <string.h>

#include "view/catalogue.h"
#include "view/report_priv.h"
#include "view/text.h"

#define MOST \
	100u /* segments of a connection: Mermaid draws no text of more than 50,000 characters */

static void put_mermaid(FILE *out, const char *text)
{
	for (; *text; text++)
		if (isalnum((unsigned char)*text) || strchr(" ,.()/+=_:-", *text))
			putc(*text, out);
		else
			fprintf(out, "#%u;", (unsigned char)*text);
}

static void put_markdown(FILE *out, const char *text)
{
	for (; *text; text++)
		if (*text == '<' || *text == '>' || *text == '&')
			fprintf(out, "&#%d;", *text);
		else
			fprintf(out, strchr("\\`*_[]|~#", *text) ? "\\%c" : "%c", *text);
}

static void write_note(FILE *out, const char *place, const char *text)
{
	fprintf(out, "    Note %s: ", place);
	put_mermaid(out, text);
	putc('\n', out);
}

static void write_step(void *context, const struct report_step *kept)
{
	const struct trace_step *step = &kept->step;
	FILE *out = context;
	char label[96], text[128];

	snprintf(text, sizeof(text), "%u. %s", step->number,
		 report_label(step, label, sizeof(label)));
	fputs(step->from == TRACE_CLIENT ? "    C->>S: " : "    S->>C: ", out);
	put_mermaid(out, text);
	putc('\n', out);
	for (unsigned i = 0; i < step->change_count; i++) {
		const struct trace_change *c = &step->changes[i];

		snprintf(text, sizeof(text), "%s -> %s", tcp_state_name(c->from),
			 tcp_state_name(c->to));
		write_note(out, c->end == TRACE_CLIENT ? "left of C" : "right of S", text);
	}
	for (unsigned i = 0; i < step->note_count; i++)
		if (catalogue_entry(step->notes[i])->problem)
			write_note(out, "over C,S", catalogue_entry(step->notes[i])->title);
}

static void write_event(void *context, const struct report_event *event)
{
	write_note(context, "over C,S", event->text);
}

static void write_gap(void *context, unsigned count)
{
	char text[64];

	write_note(context, "over C,S", report_gap(count, text, sizeof(text)));
}

static void write_participant(FILE *out, const char *id, const char *name, const struct addr *a,
			      uint16_t port)
{
	char address[ADDR_TEXT_MAX];

	fprintf(out, "    participant %s as %s ", id, name);
	put_mermaid(out, addr_port_text(a, port, address));
	putc('\n', out);
}

static void write_diagram(const struct report_conn *c, FILE *out)
{
	static const struct report_teller teller = { write_step, write_event, write_gap };

	fputs("\n```mermaid\nsequenceDiagram\n", out);
	write_participant(out, "C", "client", &c->about.client, c->about.client_port);
	write_participant(out, "S", "server", &c->about.server, c->about.server_port);
	report_tell(c, MOST, &teller, out);
	fputs("```\n", out);
}

static void write_summary(const struct report_conn *c, FILE *out)
{
	struct report_row rows[REPORT_ROWS];
	unsigned n = report_summary(c, rows);

	fputs("| | |\n|---|---|\n", out);
	for (unsigned i = 0; i < n; i++) {
		fprintf(out, "| %s | ", rows[i].label);
		put_markdown(out, rows[i].text);
		fputs(" |\n", out);
	}
}

/* Each text once, where it arose first. */
static void write_texts(const struct report_conn *c, FILE *out)
{
	const struct report_step *kept;
	uint64_t told = 0;

	for (size_t i = 0; (kept = report_step_at(c, i)); i++)
		for (unsigned k = 0; k < kept->step.note_count; k++) {
			enum trace_note note = kept->step.notes[k];
			const struct catalogue_entry *entry = catalogue_entry(note);

			if (told & (uint64_t)1 << note)
				continue;
			fprintf(out, "%s- Segment %u, **%s**: ", told ? "" : "\n",
				kept->step.number, entry->title);
			put_markdown(out, entry->text);
			putc('\n', out);
			told |= (uint64_t)1 << note;
		}
}

void report_write_md(const struct report *r, FILE *out)
{
	fputs("# TCP, segment by segment\n", out);
	for (const struct report_conn *c = r->first; c; c = c->next) {
		fprintf(out, "\n## Connection %u\n\n", c->number);
		write_summary(c, out);
		write_diagram(c, out);
		write_texts(c, out);
	}
	if (r->left_out)
		fprintf(out, "\n%u more connections are not in this report.\n", r->left_out);
}
