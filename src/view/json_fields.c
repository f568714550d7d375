/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_fields.c - the fields of the JSON lines but those of a step (json_step.c), of `probe`
 * (probe_fields.c) and of `run` (verdict.c).
 *
 * A field is a getter and a row that names it. Times are nanoseconds, sizes bytes, addresses and names
 * text in ASCII. Numbers are exact. A field that does not apply is left out, never null. */
#include "view/json_fields.h"

#include <stdlib.h>
#include <string.h>

#include "view/json_get.h"
#include "view/text.h"
#include "wire/guard.h"

bool json_put_fields(json_t *object, enum json_table table, const void *source)
{
	for (const struct json_field *f = json_fields(table); f->name; f++) {
		json_t *value = f->get(source);

		if (value && json_object_set_new(object, f->name, value) != 0)
			return false;
	}
	return true;
}

json_t *json_line(const char *type, bool first, unsigned connection, enum json_table table,
		  const void *source)
{
	json_t *object = json_object();
	bool good = object && json_object_set_new(object, "type", json_string(type)) == 0;

	if (good && first)
		good = json_object_set_new(object, "schema", json_integer(JSON_SCHEMA)) == 0;
	if (good && connection)
		good = json_object_set_new(object, "connection", json_integer(connection)) == 0;
	if (good && json_put_fields(object, table, source))
		return object;
	json_decref(object);
	return NULL;
}

/* Whole, however long: a URL may have some thousand characters. */
json_t *json_safe_string(const char *s)
{
	size_t size = s ? 4 * strlen(s) + 1 : 0;
	char *text = size ? malloc(size) : NULL;
	json_t *value = text ? json_string(text_safe(s, text, size)) : NULL;

	free(text);
	return value;
}

json_t *json_nanoseconds(int64_t ns)
{
	return ns >= 0 ? json_integer(ns) : NULL;
}

json_t *json_both_ends(json_t *client, json_t *server)
{
	return json_pack("{s:o, s:o}", "client", client, "server", server);
}

json_t *json_address(const struct addr *a)
{
	char text[ADDR_TEXT_MAX];

	return a->family ? json_string(addr_text(a, text)) : NULL;
}

/* ---- connection ------------------------------------------------------------------------------- */

GET(connection, number, struct view_connection, json_integer(p->number))
GET(connection, host, struct view_connection, json_safe_string(p->host))
GET(connection, client, struct view_connection, json_address(&p->client))
GET(connection, client_port, struct view_connection, json_integer(p->client_port))
GET(connection, server, struct view_connection, json_address(&p->server))
GET(connection, server_port, struct view_connection, json_integer(p->server_port))
GET(connection, interface, struct view_connection, json_safe_string(p->ifname))
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
	  "what keeps the kernel from resetting the connection: min-ttl, filter, md5",
	  connection_guard },
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

static bool is_tcp(const struct view_event *p)
{
	return p->packet && p->packet->kind == PACKET_TCP;
}

static bool is_icmp(const struct view_event *p)
{
	return p->packet && p->packet->kind == PACKET_ICMP_ERROR;
}

GET(event, event, struct view_event, json_string(json_event_name(p->kind)))
GET(event, stamp_ns, struct view_event, p->stamp_ns ? json_integer(p->stamp_ns) : NULL)
GET(event, text, struct view_event, json_safe_string(p->text))
GET(event, src, struct view_event, is_tcp(p) ? json_address(&p->packet->src) : NULL)
GET(event, src_port, struct view_event, is_tcp(p) ? json_integer(p->packet->seg.src_port) : NULL)
GET(event, dst, struct view_event, is_tcp(p) ? json_address(&p->packet->dst) : NULL)
GET(event, dst_port, struct view_event, is_tcp(p) ? json_integer(p->packet->seg.dst_port) : NULL)
GET(event, flags, struct view_event, is_tcp(p) ? json_flags(&p->packet->seg) : NULL)
GET(event, seq_absolute, struct view_event, is_tcp(p) ? json_integer(p->packet->seg.seq) : NULL)
GET(event, icmp_from, struct view_event, is_icmp(p) ? json_address(&p->packet->src) : NULL)
GET(event, icmp_type, struct view_event, is_icmp(p) ? json_integer(p->packet->icmp_type) : NULL)
GET(event, icmp_code, struct view_event, is_icmp(p) ? json_integer(p->packet->icmp_code) : NULL)
GET(event, icmp_text, struct view_event,
    is_icmp(p) ? json_string(packet_icmp_text(p->packet)) : NULL)
GET(event, icmp_seq, struct view_event, is_icmp(p) ? json_integer(p->packet->seg.seq) : NULL)
GET(event, icmp_mtu, struct view_event,
    is_icmp(p) && p->packet->icmp_mtu ? json_integer(p->packet->icmp_mtu) : NULL)

static const struct json_field event_fields[] = {
	{ "event", "string", "icmp, dropped, next-address, http, warning", event_event },
	{ "stamp_ns", "integer", "since the epoch; absent when not known", event_stamp_ns },
	{ "text", "string", "what happened, in words", event_text },
	{ "src", "string", "of a dropped segment: from this address", event_src },
	{ "src_port", "integer", "and port", event_src_port },
	{ "dst", "string", "to this address", event_dst },
	{ "dst_port", "integer", "and port", event_dst_port },
	{ "flags", "string", "its flags", event_flags },
	{ "seq_absolute", "integer", "its sequence number", event_seq_absolute },
	{ "icmp_from", "string", "who sent the ICMP error", event_icmp_from },
	{ "icmp_type", "integer", "its type", event_icmp_type },
	{ "icmp_code", "integer", "its code", event_icmp_code },
	{ "icmp_text", "string", "both in words: \"port unreachable\"", event_icmp_text },
	{ "icmp_seq", "integer", "sequence number of the segment that it quotes", event_icmp_seq },
	{ "icmp_mtu", "integer", "next-hop MTU that it tells", event_icmp_mtu },
	{ NULL, NULL, NULL, NULL },
};

/* ---- summary ---------------------------------------------------------------------------------- */

#define COUNTER(field)                                                                \
	GET(summary, field, struct json_summary_source,                               \
	    json_both_ends(json_integer((json_int_t)p->summary->field[TRACE_CLIENT]), \
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
GET(summary, handshake_ns, struct json_summary_source, json_nanoseconds(p->summary->handshake_ns))
GET(summary, rtt_ns, struct json_summary_source, json_nanoseconds(p->summary->rtt_ns))
GET(summary, transfer_ns, struct json_summary_source, json_nanoseconds(p->summary->transfer_ns))
GET(summary, close_ns, struct json_summary_source, json_nanoseconds(p->summary->close_ns))
GET(summary, total_ns, struct json_summary_source, json_integer(p->summary->total_ns))
GET(summary, closing, struct json_summary_source,
    json_string(trace_closing_name(p->summary->closing)))
GET(summary, first_fin, struct json_summary_source,
    p->summary->first_fin_known ? json_string(trace_end_name(p->summary->first_fin)) : NULL)
GET(summary, state, struct json_summary_source,
    json_both_ends(json_string(tcp_state_name(p->summary->state[TRACE_CLIENT])),
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

RESULT(url, json_safe_string(p->result->url))
RESULT(http_status, p->result->http_status ? json_integer(p->result->http_status) : NULL)
RESULT(body_bytes, p->result->http_status || p->result->body_bytes ?
			   json_integer((json_int_t)p->result->body_bytes) :
			   NULL)
RESULT(body_sha256, p->result->body_sha256[0] ? json_safe_string(p->result->body_sha256) : NULL)
RESULT(saved_as, json_safe_string(p->result->saved_as))
RESULT(capture_drops, json_integer(p->result->capture_drops))
RESULT(srtt_ns, json_nanoseconds(p->result->srtt_ns))
RESULT(rto_ns, json_nanoseconds(p->result->rto_ns))

static const struct json_field summary_fields[] = {
	{ "segments", "object", "client, server: segments sent by each", summary_segments },
	{ "text", "object", "client, server: bytes of text, each counted once", summary_text },
	{ "text_again", "object", "client, server: bytes sent again", summary_text_again },
	{ "retransmissions", "object", "client, server: segments sent again",
	  summary_retransmissions },
	{ "duplicate_acks", "object", "client, server: duplicate ACKs sent",
	  summary_duplicate_acks },
	{ "out_of_order", "object", "client, server: segments that came late",
	  summary_out_of_order },
	{ "bad_checksums", "object", "client, server: damaged segments", summary_bad_checksums },
	{ "equations", "integer", "how many could be checked", summary_equations },
	{ "wrong_equations", "integer", "how many of these were wrong", summary_wrong_equations },
	{ "handshake_ns", "integer", "SYN to the third segment; absent: not seen",
	  summary_handshake_ns },
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
	switch (table) {
	case JSON_CONNECTION:
		return connection_fields;
	case JSON_STEP:
	case JSON_EQUATION:
	case JSON_CHANGE:
		return json_step_tables(table);
	case JSON_EVENT:
		return event_fields;
	case JSON_LAYER:
	case JSON_LAYER_FIELD:
	case JSON_LAYER_OPTION:
	case JSON_CHECKSUM:
		return json_layer_tables(table);
	case JSON_PROBE:
	case JSON_PROBE_REPEAT:
	case JSON_PROBE_SUMMARY:
		return json_probe_tables(table);
	case JSON_VERDICT:
	case JSON_COMPARED:
	case JSON_SCRIPT:
		return json_verdict_tables(table);
	default:
		return summary_fields;
	}
}
