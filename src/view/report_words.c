/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report_words.c - what a reader sees of a report: the page's words, labels, the summary.
 *
 * The page's scripts have no words of their own: they get this table. {} stands for a number or a name. */
#include <inttypes.h>
#include <string.h>

#include "view/report_priv.h"
#include "view/text.h"

static const struct report_word words[] = {
	{ "title", "TCP, segment by segment" },
	{ "skip", "To the segments" },
	{ "connections", "Connections" },
	{ "connection", "Connection {}" },
	{ "connections_left_out", "{} more connections are not in this report." },
	{ "theme", "Light or dark" },
	{ "client", "client" },
	{ "server", "server" },
	{ "summary", "Summary" },
	{ "none", "No connection was made." },

	{ "ladder", "Time sequence" },
	{ "ladder_help",
	  "Arrow keys, Home and End walk from segment to segment; Enter or a click takes "
	  "one apart; Escape leads back." },
	{ "scale", "Time" },
	{ "compressed", "compressed" },
	{ "true_scale", "true to scale" },
	{ "true_help", "An arrow stands where the capture saw it. Labels that would lie on each "
		       "other are left out; wider spacing shows them." },
	{ "wider", "wider" },
	{ "narrower", "narrower" },
	{ "pause", "{} pass" },
	{ "gap",
	  "{} segments are not shown: only the first ones of a long connection, what is odd, "
	  "and the last ones. The plot has them all." },
	{ "step", "Segment {}" },
	{ "to_server", "client to server" },
	{ "to_client", "server to client" },
	{ "odd", "odd" },

	{ "anatomy", "The segment" },
	{ "choose", "Choose a segment: here are its arithmetic, its header and its bytes." },
	{ "close", "Close" },
	{ "previous", "Previous" },
	{ "next", "Next" },
	{ "arithmetic", "Arithmetic" },
	{ "notes", "Notes" },
	{ "header", "Headers" },
	{ "header_of", "{} ({})" },
	{ "diagram", "32 bits in a row" },
	{ "options", "Options" },
	{ "field", "field" },
	{ "bits", "bits" },
	{ "value", "value" },
	{ "meaning", "meaning" },
	{ "option", "option" },
	{ "bytes", "bytes" },
	{ "kind", "kind {}" },
	{ "length", "length {}" },
	{ "hex", "Bytes" },
	{ "hex_cut", "The first {} bytes of {}." },
	{ "link", "link" },
	{ "network", "network (IP)" },
	{ "transport", "transport (TCP)" },
	{ "application", "application" },
	{ "no_frame", "Its bytes are not at hand." },
	{ "text", "Text" },

	{ "states", "States" },
	{ "states_help",
	  "The eleven states of RFC 9293. The way that was taken is drawn thick; the "
	  "numbers are the segments that caused it." },
	{ "states_of", "States of the {}" },
	{ "path", "The way taken" },
	{ "no_path", "No change of state was seen." },
	{ "now", "after segment {}" },
	{ "CLOSED", "no connection" },
	{ "LISTEN", "waits for somebody's SYN" },
	{ "SYN-SENT", "has sent a SYN, waits for the answer" },
	{ "SYN-RECEIVED", "got a SYN and sent one, waits for its acknowledgement" },
	{ "ESTABLISHED", "open: data flow both ways" },
	{ "FIN-WAIT-1", "has sent FIN, waits for its acknowledgement" },
	{ "FIN-WAIT-2", "its FIN is acknowledged, the other end may still send" },
	{ "CLOSE-WAIT", "the other end has closed, its own program has not yet" },
	{ "CLOSING", "both FINs are sent, its own is not acknowledged yet" },
	{ "LAST-ACK", "waits for the acknowledgement of its FIN, the last thing to come" },
	{ "TIME-WAIT", "waits 2 MSL, in case the last ACK was lost" },

	{ "plot", "Sequence numbers over time" },
	{ "plot_help",
	  "What was sent, what of it was acknowledged, and how far the window allows. A "
	  "click shows the nearest segment that is kept." },
	{ "plot_of", "Sent by the {}" },
	{ "sent", "sent" },
	{ "again", "sent again" },
	{ "acked", "acknowledged" },
	{ "edge", "window's edge" },
	{ "edge_above", "above what is drawn" },
	{ "thinned", "Of {} every {}th is drawn." },
	{ "time_axis", "time" },
	{ "number_axis", "bytes" },

	{ "table", "The same as a table" },
	{ "number", "no." },
	{ "time", "time" },
	{ "from", "from" },
	{ "segment", "segment" },
	{ "client_state", "client's state" },
	{ "server_state", "server's state" },
	{ "verdict", "arithmetic" },
	{ NULL, NULL },
};

const struct report_word *report_page_words(void)
{
	return words;
}

char *report_label(const struct trace_step *step, char *out, size_t size)
{
	char flags[TCP_FLAGS_TEXT_MAX], ack[24] = "", text[40] = "", number[TEXT_NUMBER_MAX];

	if (step->seg.flags & TCP_FLAG_ACK)
		snprintf(ack, sizeof(ack), " ack %" PRIu32,
			 step->has_relative_ack ? step->ack : step->seg.ack);
	if (step->seg.text_len)
		snprintf(text, sizeof(text), " (%s %s)", text_count(step->seg.text_len, number),
			 step->seg.text_len == 1 ? "byte" : "bytes");
	snprintf(out, size, "%s seq %" PRIu32 "%s%s", tcp_flags_text(step->seg.flags, flags),
		 step->has_relative ? step->seq : step->seg.seq, ack, text);
	return out;
}

const char *report_checksum_words(enum tcp_checksum is)
{
	static const char *const verdicts[] = {
		[TCP_CHECKSUM_UNKNOWN] = "not checked: not all bytes were captured",
		[TCP_CHECKSUM_OK] = "right: pseudo-header, header and text",
		[TCP_CHECKSUM_PARTIAL] = "half done: the card is to add the rest",
		[TCP_CHECKSUM_BAD] = "WRONG: damaged on the way",
	};

	return verdicts[is];
}

char *report_gap(unsigned count, char *out, size_t size)
{
	char number[TEXT_NUMBER_MAX];

	snprintf(out, size,
		 count == 1 ? "%s segment is not shown here" : "%s segments are not shown here",
		 text_count(count, number));
	return out;
}

char *report_event_words(const struct view_event *event, char *out, size_t size)
{
	static const char *const labels[] = {
		[VIEW_EVENT_ICMP] = "ICMP: ",
		[VIEW_EVENT_DROPPED] = "not used: ",
		[VIEW_EVENT_NEXT_ADDRESS] = "next address: ",
		[VIEW_EVENT_HTTP] = "",
		[VIEW_EVENT_WARNING] = "warning: ",
	};
	bool icmp = event->kind == VIEW_EVENT_ICMP && event->packet;
	char text[REPORT_TEXT_MAX - 16];

	text_safe(icmp ? packet_icmp_text(event->packet) : event->text, text, sizeof(text));
	snprintf(out, size, "%s%s", labels[event->kind], text);
	return out;
}

/* ---- summary ---------------------------------------------------------------------------------- */

static char *begin_row(struct report_row *rows, unsigned *n, const char *label)
{
	struct report_row *row = &rows[*n < REPORT_ROWS ? (*n)++ : REPORT_ROWS - 1];

	row->label = label;
	row->text[0] = '\0';
	return row->text;
}

static void traffic(const struct trace_summary *s, enum trace_end end, char *out)
{
	char segments[TEXT_NUMBER_MAX], bytes[TEXT_NUMBER_MAX], again[TEXT_NUMBER_MAX];
	int n = snprintf(out, REPORT_TEXT_MAX,
			 s->segments[end] == 1 ? "%s segment, %s bytes" : "%s segments, %s bytes",
			 text_count(s->segments[end], segments), text_count(s->text[end], bytes));

	if (s->retransmissions[end])
		snprintf(out + n, REPORT_TEXT_MAX - (size_t)n, "; %s sent again",
			 text_count(s->retransmissions[end], again));
}

static void times(const struct trace_summary *s, char *out)
{
	const struct {
		const char *name;
		int64_t ns;
	} all[] = { { "handshake", s->handshake_ns },
		    { "transfer", s->transfer_ns },
		    { "close", s->close_ns },
		    { "all", s->total_ns } };
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		char time[TEXT_NUMBER_MAX];

		if (all[i].ns < 0)
			continue;
		used += (size_t)snprintf(out + used, REPORT_TEXT_MAX - used, "%s%s %s",
					 used ? ", " : "", all[i].name, text_time(all[i].ns, time));
	}
}

static unsigned who(const struct report_conn *c, struct report_row rows[REPORT_ROWS])
{
	const struct view_connection *a = &c->about;
	char address[ADDR_TEXT_MAX];
	unsigned n = 0;

	snprintf(begin_row(rows, &n, "of"), REPORT_TEXT_MAX, "%s", c->host);
	if (a->client.family)
		snprintf(begin_row(rows, &n, "client"), REPORT_TEXT_MAX, "%s",
			 addr_port_text(&a->client, a->client_port, address));
	if (a->server.family)
		snprintf(begin_row(rows, &n, "server"), REPORT_TEXT_MAX, "%s",
			 addr_port_text(&a->server, a->server_port, address));
	if (a->ifname && a->mtu)
		snprintf(begin_row(rows, &n, "through"), REPORT_TEXT_MAX, "%s, MTU %" PRIu32,
			 c->ifname, a->mtu);
	return n;
}

static unsigned outcome(const struct report_conn *c, struct report_row rows[REPORT_ROWS],
			unsigned n)
{
	const struct view_result *r = &c->result;
	char number[TEXT_NUMBER_MAX];

	if (r->url)
		snprintf(begin_row(rows, &n, "url"), REPORT_TEXT_MAX, "%s", r->url);
	if (r->http_status)
		snprintf(begin_row(rows, &n, "answer"), REPORT_TEXT_MAX,
			 "HTTP status %ld, body of %s bytes", r->http_status,
			 text_count(r->body_bytes, number));
	return n;
}

unsigned report_summary(const struct report_conn *c, struct report_row rows[REPORT_ROWS])
{
	const struct trace_summary *s = &c->summary;
	unsigned n = outcome(c, rows, who(c, rows));
	char time[TEXT_NUMBER_MAX];

	if (!c->summed)
		return n;
	traffic(s, TRACE_CLIENT, begin_row(rows, &n, "sent by the client"));
	traffic(s, TRACE_SERVER, begin_row(rows, &n, "sent by the server"));
	times(s, begin_row(rows, &n, "time"));
	if (s->rtt_ns >= 0)
		snprintf(begin_row(rows, &n, "round trip"), REPORT_TEXT_MAX, "SYN to SYN,ACK %s",
			 text_time(s->rtt_ns, time));
	snprintf(begin_row(rows, &n, "closing"), REPORT_TEXT_MAX, "%s%s",
		 !s->first_fin_known	      ? "" :
		 s->first_fin == TRACE_CLIENT ? "the client first; " :
						"the server first; ",
		 words_closing(s->closing));
	if (s->wrong_equations)
		snprintf(begin_row(rows, &n, "equations"), REPORT_TEXT_MAX, "%u checked, %u WRONG",
			 s->equations, s->wrong_equations);
	else
		snprintf(begin_row(rows, &n, "equations"), REPORT_TEXT_MAX,
			 "%u checked, none wrong", s->equations);
	if (c->result.capture_drops)
		snprintf(begin_row(rows, &n, "capture"), REPORT_TEXT_MAX,
			 "%u frames lost: gaps may not be real", c->result.capture_drops);
	return n;
}
