/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_list.c - which connections are in a capture, and what is there besides. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/explain_priv.h"

const char *explain_others_text(const struct counts *c, char *out, size_t size)
{
	const struct {
		uint64_t count;
		const char *one, *many;
	} kinds[] = {
		{ c->other, "packet of another protocol", "packets of other protocols" },
		{ c->not_ip, "frame that is not IP", "frames that are not IP" },
		{ c->fragments, "IP fragment (not reassembled)", "IP fragments (not reassembled)" },
		{ c->cut, "packet cut inside a header", "packets cut inside a header" },
		{ c->bad, "packet with a bad header", "packets with bad headers" },
	};
	size_t used = 0;

	*out = '\0';
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		int n;

		if (!kinds[i].count)
			continue;
		n = snprintf(out + used, size - used, "%s%" PRIu64 " %s", used ? ", " : "",
			     kinds[i].count, kinds[i].count == 1 ? kinds[i].one : kinds[i].many);
		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
	return out;
}

static void list_line(const struct flow *f)
{
	struct view_connection c = explain_connection(f, NULL);
	char client[ADDR_TEXT_MAX], server[ADDR_TEXT_MAX];
	struct trace_summary s;

	trace_summary(f->trace, &s);
	printf("%5u  %-24s %-24s %8u %12" PRIu64 " %12" PRIu64 "  %s%s\n", f->number,
	       addr_port_text(&c.client, c.client_port, client),
	       addr_port_text(&c.server, c.server_port, server),
	       s.segments[TRACE_CLIENT] + s.segments[TRACE_SERVER], s.text[TRACE_CLIENT],
	       s.text[TRACE_SERVER], trace_closing_name(s.closing),
	       f->middle ? ", begins in the middle" : "");
}

static void list_json(struct explain *x, const struct flow *f)
{
	struct view_connection c = explain_connection(f, x->path);
	struct trace_summary s;

	trace_summary(f->trace, &s);
	view_connection(x->view, &c);
	view_summary(x->view, &s, NULL);
}

void explain_list_flow(struct explain *x, const struct flow *f)
{
	progress_erase(&x->progress);
	if (x->options->common.json) {
		list_json(x, f);
		return;
	}
	if (!x->listed)
		printf("%5s  %-24s %-24s %8s %12s %12s  %s\n", "flow", "client", "server",
		       "segments", "client bytes", "server bytes", "closing");
	x->listed = true;
	list_line(f);
}

void explain_list_rest(struct explain *x)
{
	char others[EXPLAIN_OTHERS_MAX];

	for (const struct flow *f = flows_first(x->flows); f; f = f->next)
		explain_list_flow(x, f);
	if (x->options->common.json)
		return;
	if (flows_left_out(x->flows))
		printf("%" PRIu64 " segments are of further connections: %u are followed at once\n",
		       flows_left_out(x->flows), FLOWS_MAX);
	if (*explain_others_text(&x->counts, others, sizeof(others)))
		printf("besides: %s\n", others);
}
