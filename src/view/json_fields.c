/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.c - the fields of the JSON lines: each declared once, with its type and its meaning.
 *
 * A field is a getter and a row that names it. Times are nanoseconds, sizes bytes, addresses and names
 * text in ASCII. Numbers are exact. A field that does not apply is left out, never null. */
#include "view/json_fields.h"

#include <string.h>

#include "tcp/options.h"
#include "view/text.h"
#include "wire/guard.h"

#define PREVIEW_BYTES 64u

/* A getter: what @source points to is @p. */
#define GETTER(name, type)                                \
	static json_t *name##_of(const type *p);          \
	static json_t *name(const void *source)           \
	{                                                 \
		return name##_of((const type *)source);   \
	}                                                 \
	static json_t *name##_of(const type *p)
#define GET(prefix, field, type, expression)  \
	GETTER(prefix##_##field, type)        \
	{                                     \
		return expression;            \
	}

bool json_put_fields(json_t *object, enum json_table table, const void *source)
{
	for (const struct json_field *f = json_fields(table); f->name; f++) {
		json_t *value = f->get(source);

		if (value && json_object_set_new(object, f->name, value) != 0)
			return false;
	}
	return true;
}

/* Strings that may hold anything, a peer's for instance. */
static json_t *safe_string(const char *s)
{
	char text[1024];

	return s ? json_string(text_safe(s, text, sizeof(text))) : NULL;
}

static json_t *nanoseconds(int64_t ns)
{
	return ns >= 0 ? json_integer(ns) : NULL;
}

static json_t *both_ends(json_t *client, json_t *server)
{
	return json_pack("{s:o, s:o}", "client", client, "server", server);
}

static json_t *address(const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	return a->family ? json_string(addr_text(a, text)) : NULL;
}

static json_t *rows_of(enum json_table table, const void *first, size_t size, unsigned count)
{
	const char *at = first;
	json_t *array = json_array();

	for (unsigned i = 0; array && i < count; i++, at += size) {
		json_t *object = json_object();

		if (!json_put_fields(object, table, at) || json_array_append_new(array, object) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* ---- connection ------------------------------------------------------------------------------- */

GET(connection, number, struct view_connection, json_integer(p->number))
GET(connection, host, struct view_connection, safe_string(p->host))
GET(connection, client, struct view_connection, address(&p->client))
GET(connection, client_port, struct view_connection, json_integer(p->client_port))
GET(connection, server, struct view_connection, address(&p->server))
GET(connection, server_port, struct view_connection, json_integer(p->server_port))
GET(connection, interface, struct view_connection, safe_string(p->ifname))
GET(connection, mtu, struct view_connection, p->mtu ? json_integer(p->mtu) : NULL)

GETTER(connection_guard, struct view_connection)
{
	json_t *array = p->ifname ? json_array() : NULL;

	if (array && p->guard_layers & GUARD_MIN_TTL)
		json_array_append_new(array, json_string("min-ttl"));
	if (array && p->guard_layers & GUARD_FILTER)
		json_array_append_new(array, json_string("filter"));
	if (array && p->guard_layers & GUARD_MD5)
		json_array_append_new(array, json_string("md5"));
	return array;
}

static const struct json_field connection_fields[] = {
	{ "number", "integer", "from 1, in the order opened", connection_number },
	{ "host", "string", "as the user named it", connection_host },
	{ "client", "string", "address of the client", connection_client },
	{ "client_port", "integer", "its port", connection_client_port },
	{ "server", "string", "address of the server", connection_server },
	{ "server_port", "integer", "its port", connection_server_port },
	{ "interface", "string", "captured on; absent for a file", connection_interface },
	{ "mtu", "integer", "bytes of an IP packet that fit", connection_mtu },
	{ "guard", "array of strings",
	  "what keeps the kernel from resetting the connection: min-ttl, filter, md5", connection_guard },
	{ NULL, NULL, NULL, NULL },
};

/* ---- equation, change ------------------------------------------------------------------------- */

static const char *equation_kind_name(enum trace_equation_kind kind)
{
	return kind == TRACE_EQ_SEQ ? "seq" : kind == TRACE_EQ_ACK ? "ack" : "next";
}

GET(equation, of, struct trace_equation, json_string(equation_kind_name(p->kind)))
GET(equation, verdict, struct trace_equation, json_string(trace_verdict_name(p->verdict)))
GET(equation, value, struct trace_equation, json_integer(p->value))
GET(equation, base, struct trace_equation, json_integer(p->base))
GET(equation, bytes, struct trace_equation, json_integer(p->bytes))
GET(equation, syn, struct trace_equation, json_integer(p->syn))
GET(equation, fin, struct trace_equation, json_integer(p->fin))
GET(equation, first_step, struct trace_equation, p->first_step ? json_integer(p->first_step) : NULL)
GET(equation, last_step, struct trace_equation, p->last_step ? json_integer(p->last_step) : NULL)
GET(equation, partly, struct trace_equation, p->partly ? json_true() : NULL)

static const struct json_field equation_fields[] = {
	{ "of", "string", "what is on the left: seq, ack, or next (the number after this segment)",
	  equation_of },
	{ "verdict", "string", "ok, old (said before), ahead (a gap before it), wrong, unknown",
	  equation_verdict },
	{ "value", "integer", "left side, relative", equation_value },
	{ "base", "integer", "right side: relative number that it starts from", equation_base },
	{ "bytes", "integer", "right side: text counted in", equation_bytes },
	{ "syn", "integer", "right side: 1 when a SYN is counted in", equation_syn },
	{ "fin", "integer", "right side: 1 when a FIN is counted in", equation_fin },
	{ "first_step", "integer", "the first step whose numbers these are; absent: not seen",
	  equation_first_step },
	{ "last_step", "integer", "the last of them", equation_last_step },
	{ "partly", "boolean", "true when only a part of that step's text is counted", equation_partly },
	{ NULL, NULL, NULL, NULL },
};

GET(change, end, struct trace_change, json_string(trace_end_name(p->end)))
GET(change, from, struct trace_change, json_string(tcp_state_name(p->from)))
GET(change, to, struct trace_change, json_string(tcp_state_name(p->to)))

static const struct json_field change_fields[] = {
	{ "end", "string", "whose state: client or server", change_end },
	{ "from", "string", "state before: CLOSED, LISTEN, SYN-SENT, ...", change_from },
	{ "to", "string", "state after", change_to },
	{ NULL, NULL, NULL, NULL },
};

/* ---- step ------------------------------------------------------------------------------------- */

static uint32_t get32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static json_t *sack_blocks(const struct tcp_option *o)
{
	json_t *array = json_array();

	for (unsigned at = 2; at + 8 <= o->len; at += 8)
		json_array_append_new(array, json_pack("[I, I]", (json_int_t)get32(o->bytes + at),
						       (json_int_t)get32(o->bytes + at + 4)));
	return array;
}

static json_t *option_object(const struct tcp_option *o)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);
	json_t *object = json_pack("{s:i, s:i}", "kind", o->kind, "len", o->len);
	char hex[2 * TCP_OPTIONS_MAX + 1] = "";

	if (info)
		json_object_set_new(object, "name", json_string(info->name));
	if (o->kind == TCP_OPTION_MSS && o->len == 4) {
		json_object_set_new(object, "mss", json_integer(o->bytes[2] << 8 | o->bytes[3]));
	} else if (o->kind == TCP_OPTION_WSCALE && o->len == 3) {
		json_object_set_new(object, "shift", json_integer(o->bytes[2]));
	} else if (o->kind == TCP_OPTION_TIMESTAMPS && o->len == 10) {
		json_object_set_new(object, "val", json_integer(get32(o->bytes + 2)));
		json_object_set_new(object, "ecr", json_integer(get32(o->bytes + 6)));
	} else if (o->kind == TCP_OPTION_SACK) {
		json_object_set_new(object, "blocks", sack_blocks(o));
	} else if (o->len > 2) {
		for (unsigned i = 2; i < o->len && 2 * i < sizeof(hex); i++)
			snprintf(hex + strlen(hex), 3, "%02x", o->bytes[i]);
		json_object_set_new(object, "bytes", json_string(hex));
	}
	return object;
}

static json_t *options_of(const struct tcp_segment *seg)
{
	struct tcp_option_walk w = tcp_option_walk(seg->option_bytes, seg->option_len);
	json_t *array = json_array();
	struct tcp_option o;

	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND)
		json_array_append_new(array, option_object(&o));
	return array;
}

static json_t *flags_of(const struct tcp_segment *seg)
{
	char text[TCP_FLAGS_TEXT_MAX];

	return json_string(tcp_flags_text(seg->flags, text));
}

static json_t *preview_of(const struct tcp_segment *seg)
{
	char text[4 * PREVIEW_BYTES + 1];
	size_t len = seg->text_len < PREVIEW_BYTES ? seg->text_len : PREVIEW_BYTES;

	if (!seg->text || !len)
		return NULL;
	return json_string(text_escape(seg->text, len, text, sizeof(text)));
}

static const char *checksum_name(enum tcp_checksum checksum)
{
	static const char *const names[] = {
		[TCP_CHECKSUM_UNKNOWN] = "unknown",
		[TCP_CHECKSUM_OK] = "ok",
		[TCP_CHECKSUM_PARTIAL] = "partial",
		[TCP_CHECKSUM_BAD] = "bad",
	};

	return names[checksum];
}

static bool has_ack(const struct trace_step *p)
{
	return p->seg.flags & TCP_FLAG_ACK;
}

GET(step, number, struct trace_step, json_integer(p->number))
GET(step, time_ns, struct trace_step, json_integer(p->time_ns))
GET(step, stamp_ns, struct trace_step, json_integer(p->stamp_ns))
GET(step, from, struct trace_step, json_string(trace_end_name(p->from)))
GET(step, phase, struct trace_step, json_string(trace_phase_name(p->phase)))
GET(step, kind, struct trace_step, json_string(trace_kind_name(p->kind)))
GET(step, flags, struct trace_step, flags_of(&p->seg))
GET(step, seq, struct trace_step, p->has_relative ? json_integer(p->seq) : NULL)
GET(step, ack, struct trace_step, has_ack(p) && p->has_relative_ack ? json_integer(p->ack) : NULL)
GET(step, seq_absolute, struct trace_step, json_integer(p->seg.seq))
GET(step, ack_absolute, struct trace_step, has_ack(p) ? json_integer(p->seg.ack) : NULL)
GET(step, window, struct trace_step, p->window_known ? json_integer(p->window) : NULL)
GET(step, window_field, struct trace_step, json_integer(p->seg.window))
GET(step, header_len, struct trace_step, json_integer(p->seg.data_offset * 4))
GET(step, options, struct trace_step, options_of(&p->seg))
GET(step, text_len, struct trace_step, json_integer((json_int_t)p->seg.text_len))
GET(step, text_preview, struct trace_step, preview_of(&p->seg))
GET(step, urgent, struct trace_step, p->seg.urgent ? json_integer(p->seg.urgent) : NULL)
GET(step, checksum, struct trace_step, json_string(checksum_name(p->seg.checksum_is)))
GET(step, checksum_field, struct trace_step, json_integer(p->seg.checksum))
GET(step, times_sent, struct trace_step, json_integer(p->times_sent))
GET(step, equations, struct trace_step,
    rows_of(JSON_EQUATION, p->equations, sizeof(p->equations[0]), p->equation_count))
GET(step, changes, struct trace_step,
    rows_of(JSON_CHANGE, p->changes, sizeof(p->changes[0]), p->change_count))
GET(step, state, struct trace_step,
    both_ends(json_string(tcp_state_name(p->state[TRACE_CLIENT])),
	      json_string(tcp_state_name(p->state[TRACE_SERVER]))))

GETTER(step_notes, struct trace_step)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < p->note_count; i++)
		json_array_append_new(array, json_string(trace_note_name(p->notes[i])));
	return array;
}

static const struct json_field step_fields[] = {
	{ "number", "integer", "from 1, in the order seen", step_number },
	{ "time_ns", "integer", "since the connection's first segment", step_time_ns },
	{ "stamp_ns", "integer", "the capture's stamp, since the epoch", step_stamp_ns },
	{ "from", "string", "who sends: client or server", step_from },
	{ "phase", "string", "handshake, transfer or close", step_phase },
	{ "kind", "string", "what the segment is: syn, syn-ack, handshake-ack, rst, fin, retransmission, "
	  "keep-alive, keep-alive-ack, window-probe, data, fin-ack, duplicate-ack, window-update, ack, "
	  "bare", step_kind },
	{ "flags", "string", "\"SYN,ACK\" and the like; \"none\"", step_flags },
	{ "seq", "integer", "sequence number relative to the sender's initial one (where that was not "
	  "seen, the first number seen counts as 1); absent when it has no base", step_seq },
	{ "ack", "integer", "acknowledgement, relative to the other end's initial number", step_ack },
	{ "seq_absolute", "integer", "as in the header", step_seq_absolute },
	{ "ack_absolute", "integer", "as in the header; absent without ACK flag", step_ack_absolute },
	{ "window", "integer", "bytes offered, scaled; absent when the scale is not known", step_window },
	{ "window_field", "integer", "as in the header", step_window_field },
	{ "header_len", "integer", "bytes of TCP header", step_header_len },
	{ "options", "array of objects", "kind, len, name, and what it holds: mss; shift; val and ecr; "
	  "blocks (absolute); bytes (hexadecimal) of others", step_options },
	{ "text_len", "integer", "bytes of text", step_text_len },
	{ "text_preview", "string", "its first 64 bytes, escaped as \\r \\n \\t \\\\ \\\" \\xNN",
	  step_text_preview },
	{ "urgent", "integer", "urgent pointer; absent when 0", step_urgent },
	{ "checksum", "string", "ok, partial (offload), bad, unknown (not all captured)", step_checksum },
	{ "checksum_field", "integer", "as in the header", step_checksum_field },
	{ "times_sent", "integer", "1, or how often these numbers were sent by now", step_times_sent },
	{ "equations", "array of objects", "see below", step_equations },
	{ "changes", "array of objects", "of state, caused by this segment; see below", step_changes },
	{ "state", "object", "client, server: their states after this segment", step_state },
	{ "notes", "array of strings", "what is odd or worth learning: refused, retransmitted, ...",
	  step_notes },
	{ NULL, NULL, NULL, NULL },
};

/* ---- event ------------------------------------------------------------------------------------ */

const char *json_event_name(enum view_event_kind kind)
{
	static const char *const names[] = {
		[VIEW_EVENT_ICMP] = "icmp",
		[VIEW_EVENT_DROPPED] = "dropped",
		[VIEW_EVENT_NEXT_ADDRESS] = "next-address",
		[VIEW_EVENT_HTTP] = "http",
		[VIEW_EVENT_WARNING] = "warning",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "?";
}

static bool is_icmp(const struct view_event *p)
{
	return p->packet && p->packet->kind == PACKET_ICMP_ERROR;
}

GET(event, event, struct view_event, json_string(json_event_name(p->kind)))
GET(event, stamp_ns, struct view_event, p->stamp_ns ? json_integer(p->stamp_ns) : NULL)
GET(event, text, struct view_event, safe_string(p->text))
GET(event, icmp_from, struct view_event, is_icmp(p) ? address(&p->packet->src) : NULL)
GET(event, icmp_type, struct view_event, is_icmp(p) ? json_integer(p->packet->icmp_type) : NULL)
GET(event, icmp_code, struct view_event, is_icmp(p) ? json_integer(p->packet->icmp_code) : NULL)
GET(event, icmp_text, struct view_event, is_icmp(p) ? json_string(packet_icmp_text(p->packet)) : NULL)
GET(event, icmp_seq, struct view_event, is_icmp(p) ? json_integer(p->packet->seg.seq) : NULL)
GET(event, icmp_mtu, struct view_event,
    is_icmp(p) && p->packet->icmp_mtu ? json_integer(p->packet->icmp_mtu) : NULL)

static const struct json_field event_fields[] = {
	{ "event", "string", "icmp, dropped, next-address, http, warning", event_event },
	{ "stamp_ns", "integer", "since the epoch; absent when not known", event_stamp_ns },
	{ "text", "string", "what happened, in words", event_text },
	{ "icmp_from", "string", "who sent the ICMP error", event_icmp_from },
	{ "icmp_type", "integer", "its type", event_icmp_type },
	{ "icmp_code", "integer", "its code", event_icmp_code },
	{ "icmp_text", "string", "both in words: \"port unreachable\"", event_icmp_text },
	{ "icmp_seq", "integer", "sequence number of the segment that it quotes", event_icmp_seq },
	{ "icmp_mtu", "integer", "next-hop MTU that it tells", event_icmp_mtu },
	{ NULL, NULL, NULL, NULL },
};

/* ---- summary ---------------------------------------------------------------------------------- */

#define COUNTER(field)                                                              \
	GET(summary, field, struct json_summary_source,                             \
	    both_ends(json_integer((json_int_t)p->summary->field[TRACE_CLIENT]),    \
		      json_integer((json_int_t)p->summary->field[TRACE_SERVER])))
#define RESULT(field, expression) \
	GET(result, field, struct json_summary_source, p->result ? (expression) : NULL)

COUNTER(segments)
COUNTER(text)
COUNTER(text_again)
COUNTER(retransmissions)
COUNTER(duplicate_acks)
COUNTER(out_of_order)
COUNTER(bad_checksums)
GET(summary, equations, struct json_summary_source, json_integer(p->summary->equations))
GET(summary, wrong_equations, struct json_summary_source, json_integer(p->summary->wrong_equations))
GET(summary, handshake_ns, struct json_summary_source, nanoseconds(p->summary->handshake_ns))
GET(summary, rtt_ns, struct json_summary_source, nanoseconds(p->summary->rtt_ns))
GET(summary, transfer_ns, struct json_summary_source, nanoseconds(p->summary->transfer_ns))
GET(summary, close_ns, struct json_summary_source, nanoseconds(p->summary->close_ns))
GET(summary, total_ns, struct json_summary_source, json_integer(p->summary->total_ns))
GET(summary, closing, struct json_summary_source, json_string(trace_closing_name(p->summary->closing)))
GET(summary, first_fin, struct json_summary_source,
    p->summary->first_fin_known ? json_string(trace_end_name(p->summary->first_fin)) : NULL)
GET(summary, state, struct json_summary_source,
    both_ends(json_string(tcp_state_name(p->summary->state[TRACE_CLIENT])),
	      json_string(tcp_state_name(p->summary->state[TRACE_SERVER]))))

GETTER(summary_isn, struct json_summary_source)
{
	json_t *object = json_object();

	for (int end = TRACE_CLIENT; end <= TRACE_SERVER; end++)
		if (p->summary->isn_known[end])
			json_object_set_new(object, trace_end_name((enum trace_end)end),
					    json_integer(p->summary->isn[end]));
	return object;
}

RESULT(url, safe_string(p->result->url))
RESULT(http_status, p->result->http_status ? json_integer(p->result->http_status) : NULL)
RESULT(body_bytes, p->result->http_status || p->result->body_bytes ?
			   json_integer((json_int_t)p->result->body_bytes) : NULL)
RESULT(body_sha256, p->result->body_sha256[0] ? safe_string(p->result->body_sha256) : NULL)
RESULT(saved_as, safe_string(p->result->saved_as))
RESULT(capture_drops, json_integer(p->result->capture_drops))
RESULT(srtt_ns, nanoseconds(p->result->srtt_ns))
RESULT(rto_ns, nanoseconds(p->result->rto_ns))

static const struct json_field summary_fields[] = {
	{ "segments", "object", "client, server: segments sent by each", summary_segments },
	{ "text", "object", "client, server: bytes of text, each counted once", summary_text },
	{ "text_again", "object", "client, server: bytes sent again", summary_text_again },
	{ "retransmissions", "object", "client, server: segments sent again", summary_retransmissions },
	{ "duplicate_acks", "object", "client, server: duplicate ACKs sent", summary_duplicate_acks },
	{ "out_of_order", "object", "client, server: segments that came late", summary_out_of_order },
	{ "bad_checksums", "object", "client, server: damaged segments", summary_bad_checksums },
	{ "equations", "integer", "how many could be checked", summary_equations },
	{ "wrong_equations", "integer", "how many of these were wrong", summary_wrong_equations },
	{ "handshake_ns", "integer", "SYN to the third segment; absent: not seen", summary_handshake_ns },
	{ "rtt_ns", "integer", "SYN to SYN,ACK; absent: not seen, or the SYN was sent twice",
	  summary_rtt_ns },
	{ "transfer_ns", "integer", "end of the handshake to the first FIN", summary_transfer_ns },
	{ "close_ns", "integer", "first FIN to the last acknowledgement of one", summary_close_ns },
	{ "total_ns", "integer", "first to last segment", summary_total_ns },
	{ "closing", "string", "open, four-segments, three-segments, simultaneous, reset",
	  summary_closing },
	{ "first_fin", "string", "who closed first: client or server", summary_first_fin },
	{ "state", "object", "client, server: their last states", summary_state },
	{ "isn", "object", "client, server: initial sequence numbers, where known", summary_isn },
	{ "url", "string", "what was asked for", result_url },
	{ "http_status", "integer", "of the answer", result_http_status },
	{ "body_bytes", "integer", "length of the body", result_body_bytes },
	{ "body_sha256", "string", "its SHA-256, hexadecimal", result_body_sha256 },
	{ "saved_as", "string", "where the body was kept", result_saved_as },
	{ "capture_drops", "integer", "frames that the capture lost", result_capture_drops },
	{ "srtt_ns", "integer", "the engine's smoothed round-trip time", result_srtt_ns },
	{ "rto_ns", "integer", "the engine's retransmission timeout", result_rto_ns },
	{ NULL, NULL, NULL, NULL },
};

const struct json_field *json_fields(enum json_table table)
{
	static const struct json_field *const tables[JSON_TABLE_COUNT] = {
		[JSON_CONNECTION] = connection_fields, [JSON_STEP] = step_fields,
		[JSON_EQUATION] = equation_fields,     [JSON_CHANGE] = change_fields,
		[JSON_EVENT] = event_fields,	       [JSON_SUMMARY] = summary_fields,
	};

	return tables[table];
}
