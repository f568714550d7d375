/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_step.c - the fields of a step, of its equations and of its changes of state. */
#include <string.h>

#include "tcp/options.h"
#include "view/json_get.h"
#include "view/text.h"

#define PREVIEW_BYTES 64u

static json_t *rows_of(enum json_table table, const void *first, size_t size, unsigned count)
{
	const char *at = first;
	json_t *array = json_array();

	for (unsigned i = 0; array && i < count; i++, at += size) {
		json_t *object = json_object();

		if (!json_put_fields(object, table, at) ||
		    json_array_append_new(array, object) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

/* ---- equation, change ------------------------------------------------------------------------- */

static const char *equation_kind_name(enum trace_equation_kind kind)
{
	static const char *const names[] = {
		[TRACE_EQ_SEQ] = "seq",
		[TRACE_EQ_ACK] = "ack",
		[TRACE_EQ_NEXT] = "next",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "?";
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
	{ "partly", "boolean", "true when only a part of that step's text is counted",
	  equation_partly },
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

json_t *json_flags(const struct tcp_segment *seg)
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

json_t *json_checksum_name(enum tcp_checksum checksum)
{
	static const char *const names[] = {
		[TCP_CHECKSUM_UNKNOWN] = "unknown",
		[TCP_CHECKSUM_OK] = "ok",
		[TCP_CHECKSUM_PARTIAL] = "partial",
		[TCP_CHECKSUM_BAD] = "bad",
	};

	return json_string((size_t)checksum < ARRAY_LEN(names) ? names[checksum] : "?");
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
GET(step, flags, struct trace_step, json_flags(&p->seg))
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
GET(step, checksum, struct trace_step, json_checksum_name(p->seg.checksum_is))
GET(step, checksum_field, struct trace_step, json_integer(p->seg.checksum))
GET(step, times_sent, struct trace_step, json_integer(p->times_sent))
GET(step, equations, struct trace_step,
    rows_of(JSON_EQUATION, p->equations, sizeof(p->equations[0]), p->equation_count))
GET(step, changes, struct trace_step,
    rows_of(JSON_CHANGE, p->changes, sizeof(p->changes[0]), p->change_count))
GET(step, state, struct trace_step,
    json_both_ends(json_string(tcp_state_name(p->state[TRACE_CLIENT])),
		   json_string(tcp_state_name(p->state[TRACE_SERVER]))))

GETTER(step_notes, struct trace_step)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < p->note_count; i++)
		json_array_append_new(array, json_string(trace_note_name(p->notes[i])));
	return array;
}

/* It is made of the frame, which a step does not have: json.c puts it in. */
static json_t *step_layers(const void *source)
{
	(void)source;
	return NULL;
}

static const struct json_field step_fields[] = {
	{ "number", "integer", "from 1, in the order seen", step_number },
	{ "time_ns", "integer", "since the connection's first segment", step_time_ns },
	{ "stamp_ns", "integer", "the capture's stamp, since the epoch", step_stamp_ns },
	{ "from", "string", "who sends: client or server", step_from },
	{ "phase", "string", "handshake, transfer or close", step_phase },
	{ "kind", "string",
	  "what the segment is: syn, syn-ack, handshake-ack, rst, fin, retransmission, "
	  "keep-alive, keep-alive-ack, window-probe, data, fin-ack, duplicate-ack, window-update, ack, "
	  "bare",
	  step_kind },
	{ "flags", "string", "\"SYN,ACK\" and the like; \"none\"", step_flags },
	{ "seq", "integer",
	  "sequence number relative to the sender's initial one (where that was not "
	  "seen, the first number seen counts as 1); absent when it has no base",
	  step_seq },
	{ "ack", "integer", "acknowledgement, relative to the other end's initial number",
	  step_ack },
	{ "seq_absolute", "integer", "as in the header", step_seq_absolute },
	{ "ack_absolute", "integer", "as in the header; absent without ACK flag",
	  step_ack_absolute },
	{ "window", "integer", "bytes offered, scaled; absent when the scale is not known",
	  step_window },
	{ "window_field", "integer", "as in the header", step_window_field },
	{ "header_len", "integer", "bytes of TCP header", step_header_len },
	{ "options", "array of objects",
	  "kind, len, name, and what it holds: mss; shift; val and ecr; "
	  "blocks (absolute); bytes (hexadecimal) of others",
	  step_options },
	{ "text_len", "integer", "bytes of text", step_text_len },
	{ "text_preview", "string", "its first 64 bytes, escaped as \\r \\n \\t \\\\ \\\" \\xNN",
	  step_text_preview },
	{ "urgent", "integer", "urgent pointer; absent when 0", step_urgent },
	{ "checksum", "string", "ok, partial (offload), bad, unknown (not all captured)",
	  step_checksum },
	{ "checksum_field", "integer", "as in the header", step_checksum_field },
	{ "times_sent", "integer", "1, or how often these numbers were sent by now",
	  step_times_sent },
	{ "equations", "array of objects", "see below", step_equations },
	{ "changes", "array of objects", "of state, caused by this segment; see below",
	  step_changes },
	{ "state", "object", "client, server: their states after this segment", step_state },
	{ "notes", "array of strings", "what is odd or worth learning: refused, retransmitted, ...",
	  step_notes },
	{ "layers", "array of objects",
	  "with -v: the headers of the frame, the outermost first; see below", step_layers },
	{ NULL, NULL, NULL, NULL },
};

const struct json_field *json_step_tables(enum json_table table)
{
	return table == JSON_STEP     ? step_fields :
	       table == JSON_EQUATION ? equation_fields :
					change_fields;
}
