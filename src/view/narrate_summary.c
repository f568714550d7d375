/* SPDX-License-Identifier: GPL-3.0-or-later */
/* narrate_summary.c - the end of a connection, in a table of a dozen lines at most. */
#include <inttypes.h>

#include "view/narrate.h"
#include "view/text.h"
#include "view/words.h"

#define COLUMN_VALUE 14u

static void begin(struct line *l, const struct narrator *n, const char *label)
{
	line_begin(l, n->view.options.color);
	line_add(l, STYLE_FAINT, "  %s", label);
	line_to(l, COLUMN_VALUE, 1);
}

static void tell_result(const struct narrator *n, const struct view_result *r)
{
	FILE *out = n->view.options.out;
	char count[TEXT_NUMBER_MAX], size[TEXT_NUMBER_MAX], text[512];
	struct line l;

	if (r->url) {
		begin(&l, n, "url");
		line_add(&l, STYLE_STRONG, "%s", text_safe(r->url, text, 384));
		line_end(&l, out);
	}
	if (r->http_status) {
		begin(&l, n, "answer");
		line_add(&l, r->http_status < 400 ? STYLE_GOOD : STYLE_BAD, "HTTP status %ld",
			 r->http_status);
		line_add(&l, STYLE_PLAIN, ", body of %s", text_size(r->body_bytes, size));
		if (r->body_bytes >= 1000)
			line_add(&l, STYLE_PLAIN, " (%s bytes)", text_count(r->body_bytes, count));
		line_end(&l, out);
	}
	if (r->body_sha256[0]) {
		begin(&l, n, "sha256");
		line_add(&l, STYLE_PLAIN, "%s", text_safe(r->body_sha256, text, sizeof(text)));
		line_end(&l, out);
	}
	if (r->saved_as) {
		begin(&l, n, "saved as");
		line_add(&l, STYLE_PLAIN, "%s", text_safe(r->saved_as, text, 384));
		line_end(&l, out);
	}
}

static void tell_traffic(const struct narrator *n, const struct trace_summary *s,
			 enum trace_end end)
{
	char segments[TEXT_NUMBER_MAX], count[TEXT_NUMBER_MAX], size[TEXT_NUMBER_MAX];
	struct line l;

	begin(&l, n, end == TRACE_CLIENT ? "client" : "server");
	line_add(&l, STYLE_PLAIN, s->segments[end] == 1 ? "%s segment, %s" : "%s segments, %s",
		 text_count(s->segments[end], segments), text_size(s->text[end], size));
	if (s->text[end] >= 1000)
		line_add(&l, STYLE_PLAIN, " (%s bytes)", text_count(s->text[end], count));
	if (s->retransmissions[end])
		line_add(&l, STYLE_ODD, "; %u sent again (%s)", s->retransmissions[end],
			 text_size(s->text_again[end], size));
	if (s->out_of_order[end])
		line_add(&l, STYLE_ODD, "; %u out of order", s->out_of_order[end]);
	if (s->duplicate_acks[end])
		line_add(&l, STYLE_ODD, "; %u duplicate ACKs", s->duplicate_acks[end]);
	if (s->bad_checksums[end])
		line_add(&l, STYLE_BAD, "; %u damaged", s->bad_checksums[end]);
	line_end(&l, n->view.options.out);
}

static void tell_path(const struct narrator *n, const struct trace_summary *s, enum trace_end end)
{
	const struct path *p = &n->paths[end];
	struct line l;

	begin(&l, n, "");
	if (!p->count)
		line_add(&l, STYLE_STATE, "%s", tcp_state_name(s->state[end]));
	for (unsigned i = 0; i < p->count && i < PATH_MAX_STATES; i++) {
		const char *name = tcp_state_name(p->states[i]);

		if (i && l.width + 4 + 11 > LINE_WIDTH) {
			line_end(&l, n->view.options.out);
			line_to(&l, COLUMN_VALUE, 0);
		}
		line_add(&l, STYLE_STATE, i ? " -> %s" : "%s", name);
	}
	if (p->count > PATH_MAX_STATES)
		line_add(&l, STYLE_STATE, " ... %s", tcp_state_name(p->last));
	line_end(&l, n->view.options.out);
}

static void add_time(struct line *l, const char *name, int64_t ns)
{
	char text[TEXT_NUMBER_MAX];

	if (ns >= 0)
		line_add(l, STYLE_PLAIN, "%s%s %s", l->width > COLUMN_VALUE ? ", " : "", name,
			 text_time(ns, text));
}

static void tell_times(const struct narrator *n, const struct trace_summary *s,
		       const struct view_result *r)
{
	struct line l;

	begin(&l, n, "time");
	add_time(&l, "handshake", s->handshake_ns);
	add_time(&l, "transfer", s->transfer_ns);
	add_time(&l, "close", s->close_ns);
	add_time(&l, "all", s->total_ns);
	line_end(&l, n->view.options.out);
	if (s->rtt_ns < 0 && r->srtt_ns < 0 && r->rto_ns < 0)
		return;
	begin(&l, n, "round trip");
	add_time(&l, "SYN to SYN,ACK", s->rtt_ns);
	add_time(&l, "smoothed", r->srtt_ns);
	add_time(&l, "timeout (RTO)", r->rto_ns);
	line_end(&l, n->view.options.out);
}

static void tell_close(const struct narrator *n, const struct trace_summary *s)
{
	struct line l;

	begin(&l, n, "close");
	if (s->first_fin_known)
		line_add(&l, STYLE_PLAIN,
			 s->first_fin == TRACE_CLIENT ? "the client first; " :
							"the server first; ");
	line_add(&l, s->closing == TRACE_CLOSING_RESET ? STYLE_BAD : STYLE_PLAIN, "%s",
		 words_closing(s->closing));
	line_end(&l, n->view.options.out);
}

static void tell_checks(const struct narrator *n, const struct trace_summary *s)
{
	struct line l;

	begin(&l, n, "equations");
	line_add(&l, STYLE_PLAIN, "%u checked, ", s->equations);
	if (s->wrong_equations)
		line_add(&l, STYLE_BAD, "%u WRONG", s->wrong_equations);
	else
		line_add(&l, STYLE_GOOD, "none wrong");
	line_end(&l, n->view.options.out);
}

void narrate_summary(struct narrator *n, const struct trace_summary *sum,
		     const struct view_result *result)
{
	static const struct view_result none = { .srtt_ns = -1, .rto_ns = -1 };
	FILE *out = n->view.options.out;
	struct line l;

	if (!result)
		result = &none;
	if (n->view.options.verbosity >= 0)
		fputc('\n', out);
	line_rule(out, n->view.options.color, "summary");
	tell_result(n, result);
	tell_traffic(n, sum, TRACE_CLIENT);
	tell_path(n, sum, TRACE_CLIENT);
	tell_traffic(n, sum, TRACE_SERVER);
	tell_path(n, sum, TRACE_SERVER);
	tell_times(n, sum, result);
	tell_close(n, sum);
	tell_checks(n, sum);
	if (!result->capture_drops)
		return;
	begin(&l, n, "capture");
	line_add(&l, STYLE_BAD, "%u frames lost by the capture: gaps above may not be real",
		 result->capture_drops);
	line_end(&l, out);
}
