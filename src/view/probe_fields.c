/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe_fields.c - the fields of `probe`: members of its JSON lines, columns of its CSV. */
#include "probe/fingerprint.h"
#include "view/json_get.h"
#include "view/probe_priv.h"

/* ---- a result --------------------------------------------------------------------------------- */

#define RESULT(field, expression) GET(probe, field, struct probe_result, expression)
#define SYNACK(field, expression) RESULT(field, p->synack.seen ? (expression) : NULL)

RESULT(target, json_address(&p->addr))
RESULT(port, json_integer(p->port))
RESULT(name, json_safe_string(p->name))
RESULT(round, p->round ? json_integer(p->round) : NULL)
RESULT(state, json_string(probe_state_name(p->state)))
RESULT(reason, json_safe_string(p->why))
RESULT(reason_from, json_address(&p->from))
RESULT(attempts, json_integer(p->attempts))
RESULT(answered, p->answered ? json_integer(p->answered) : NULL)
RESULT(stamp_ns, p->at_ns ? json_integer(p->at_ns) : NULL)
RESULT(rtt_ns, json_nanoseconds(p->rtt_ns))
RESULT(ttl, p->ttl ? json_integer(p->ttl) : NULL)
GET(probe, distance_guess, struct probe_result,
    p->ttl ? json_integer(probe_distance(p->ttl)) : NULL)
RESULT(close, p->state == PROBE_OPEN || p->close != PROBE_CLOSE_NONE ?
		      json_string(probe_close_name(p->close)) :
		      NULL)
RESULT(close_ns, json_nanoseconds(p->close_ns))
RESULT(text_bytes, p->text_bytes ? json_integer(p->text_bytes) : NULL)
SYNACK(window, json_integer(p->synack.window))
SYNACK(mss, p->synack.options.has_mss ? json_integer(p->synack.options.mss) : NULL)
SYNACK(wscale, p->synack.options.has_wscale ? json_integer(p->synack.options.wscale) : NULL)
SYNACK(sack, json_boolean(p->synack.options.has_sack_permitted))
SYNACK(timestamps, json_boolean(p->synack.options.has_timestamps))
SYNACK(ecn, json_boolean(probe_has_ecn(&p->synack)))
SYNACK(df, p->addr.family == AF_INET ? json_boolean(p->synack.flags_ip & 1) : NULL)
RESULT(http_status, p->http_status ? json_integer(p->http_status) : NULL)
RESULT(http_line, p->http_line[0] ? json_safe_string(p->http_line) : NULL)
RESULT(first_byte_ns, p->http_status ? json_nanoseconds(p->first_byte_ns) : NULL)

GETTER(probe_options, struct probe_result)
{
	char text[FINGERPRINT_MAX];

	return p->synack.seen ? json_string(fingerprint_options(&p->synack, text)) : NULL;
}

GETTER(probe_p0f, struct probe_result)
{
	char text[FINGERPRINT_MAX];

	return p->synack.seen ? json_string(fingerprint_p0f(&p->synack, p->addr.family, text)) :
				NULL;
}

GETTER(probe_ja4ts, struct probe_result)
{
	char text[FINGERPRINT_MAX];

	return p->synack.seen ? json_string(fingerprint_ja4ts(&p->synack, text)) : NULL;
}

static const struct json_field probe_fields[] = {
	{ "target", "string", "the address", probe_target },
	{ "port", "integer", "the port", probe_port },
	{ "name", "string", "as the user named it, where that was no address", probe_name },
	{ "round", "integer", "which one of --repeat, from 1", probe_round },
	{ "state", "string", "open, closed, filtered, unreachable, broken", probe_state },
	{ "reason", "string", "of unreachable and broken: why, in words", probe_reason },
	{ "reason_from", "string", "of unreachable: who says so; absent: our own host",
	  probe_reason_from },
	{ "attempts", "integer", "SYNs sent", probe_attempts },
	{ "answered", "integer", "which of them was answered, from 1; absent: none",
	  probe_answered },
	{ "stamp_ns", "integer", "when the answer came, by the capture, since the epoch",
	  probe_stamp_ns },
	{ "rtt_ns", "integer", "from that SYN to its answer, by the capture", probe_rtt_ns },
	{ "ttl", "integer", "TTL or hop limit of the answer", probe_ttl },
	{ "distance", "integer", "routers in between, guessed from the TTL", probe_distance_guess },
	{ "close", "string", "orderly, merged, peer-first, reset, no-fin, no-ack; none: not tried",
	  probe_close },
	{ "close_ns", "integer", "from our FIN to the last segment of the close", probe_close_ns },
	{ "text_bytes", "integer", "that came on the connection; absent: none", probe_text_bytes },
	{ "window", "integer", "of the SYN,ACK, never scaled", probe_window },
	{ "options", "string", "of the SYN,ACK, in their order: mss 1460,sackOK,TS,nop,wscale 7",
	  probe_options },
	{ "mss", "integer", "of these", probe_mss },
	{ "wscale", "integer", "of these", probe_wscale },
	{ "sack", "boolean", "SACK is permitted", probe_sack },
	{ "timestamps", "boolean", "it has timestamps", probe_timestamps },
	{ "ecn", "boolean", "it agrees to ECN", probe_ecn },
	{ "df", "boolean", "it must not be fragmented (IPv4)", probe_df },
	{ "p0f", "string", "the SYN,ACK as a signature of p0f 3", probe_p0f },
	{ "ja4ts", "string", "the SYN,ACK in the notation JA4TS", probe_ja4ts },
	{ "http_status", "integer", "of the answer to --http", probe_http_status },
	{ "http_line", "string", "its status line", probe_http_line },
	{ "first_byte_ns", "integer", "from the request to the first byte of the answer",
	  probe_first_byte_ns },
	{ NULL, NULL, NULL, NULL },
};

/* ---- --repeat --------------------------------------------------------------------------------- */

#define REPEAT(field, expression) GET(repeat, field, struct probe_stats, expression)

REPEAT(target, json_address(&p->addr))
REPEAT(port, json_integer(p->port))
REPEAT(rounds, json_integer((json_int_t)p->rounds))
REPEAT(rounds_answered, json_integer((json_int_t)p->answered))
REPEAT(rtt_min_ns, p->timed ? json_integer(p->min_ns) : NULL)
REPEAT(rtt_avg_ns, json_nanoseconds(probe_stats_mean_ns(p)))
REPEAT(rtt_max_ns, p->timed ? json_integer(p->max_ns) : NULL)
REPEAT(rtt_stddev_ns, json_nanoseconds(probe_stats_deviation_ns(p)))
REPEAT(jitter_ns, json_nanoseconds(probe_stats_jitter_ns(p)))

static const struct json_field repeat_fields[] = {
	{ "target", "string", "the address", repeat_target },
	{ "port", "integer", "the port", repeat_port },
	{ "rounds", "integer", "how many were tried", repeat_rounds },
	{ "rounds_answered", "integer", "how many got an answer by TCP; the others are the loss",
	  repeat_rounds_answered },
	{ "rtt_min_ns", "integer", "smallest RTT", repeat_rtt_min_ns },
	{ "rtt_avg_ns", "integer", "mean RTT", repeat_rtt_avg_ns },
	{ "rtt_max_ns", "integer", "largest RTT", repeat_rtt_max_ns },
	{ "rtt_stddev_ns", "integer", "standard deviation of all RTTs", repeat_rtt_stddev_ns },
	{ "jitter_ns", "integer", "mean difference between one RTT and the next",
	  repeat_jitter_ns },
	{ NULL, NULL, NULL, NULL },
};

/* ---- the summary ------------------------------------------------------------------------------ */

#define SUMMARY(field, expression) \
	GET(probe_summary, field, struct json_probe_source, json_integer((json_int_t)(expression)))

SUMMARY(targets, p->totals->targets)
SUMMARY(syns, p->totals->syns)
SUMMARY(retries, p->totals->retries)
SUMMARY(segments_sent, p->totals->segments_sent)
SUMMARY(frames_heard, p->totals->frames_heard)
SUMMARY(late, p->totals->late)
SUMMARY(forged, p->totals->forged)
SUMMARY(capture_drops, p->totals->dropped)
SUMMARY(took_ns, p->totals->took_us * 1000)
SUMMARY(sending_ns, p->totals->sending_us * 1000)
GET(probe_summary, interrupted, struct json_probe_source, json_boolean(p->totals->interrupted))

GETTER(probe_summary_states, struct json_probe_source)
{
	json_t *object = json_object();

	for (int s = 0; s < PROBE_STATE_COUNT; s++)
		json_object_set_new(object, probe_state_name((enum probe_state)s),
				    json_integer((json_int_t)p->totals->by_state[s]));
	return object;
}

GETTER(probe_summary_closes, struct json_probe_source)
{
	json_t *object = json_object();

	for (int c = 0; c < PROBE_CLOSE_COUNT; c++)
		if (p->totals->by_close[c])
			json_object_set_new(object, probe_close_name((enum probe_close)c),
					    json_integer((json_int_t)p->totals->by_close[c]));
	return object;
}

GETTER(probe_summary_repeats, struct json_probe_source)
{
	json_t *array = p->repeat_count ? json_array() : NULL;

	for (unsigned i = 0; i < p->repeat_count; i++) {
		json_t *object = json_object();

		json_put_fields(object, JSON_PROBE_REPEAT, &p->repeats[i]);
		json_array_append_new(array, object);
	}
	return array;
}

static const struct json_field summary_fields[] = {
	{ "targets", "integer", "pairs of address and port that were to be probed",
	  probe_summary_targets },
	{ "states", "object", "how many are open, closed, filtered, unreachable, broken",
	  probe_summary_states },
	{ "closes", "object", "how many closed in each way, as in close", probe_summary_closes },
	{ "syns", "integer", "SYNs sent", probe_summary_syns },
	{ "retries", "integer", "how many of these were not the first", probe_summary_retries },
	{ "segments_sent", "integer", "segments sent in all", probe_summary_segments_sent },
	{ "frames_heard", "integer", "frames captured", probe_summary_frames_heard },
	{ "late", "integer", "replies that came too late, ignored", probe_summary_late },
	{ "forged", "integer", "replies to nothing that was sent, ignored", probe_summary_forged },
	{ "capture_drops", "integer", "frames that the capture lost", probe_summary_capture_drops },
	{ "took_ns", "integer", "how long all of it took", probe_summary_took_ns },
	{ "sending_ns", "integer", "how long new targets were begun", probe_summary_sending_ns },
	{ "interrupted", "boolean", "true when it was ended before all targets were done",
	  probe_summary_interrupted },
	{ "repeats", "array of objects", "statistics of --repeat; see below",
	  probe_summary_repeats },
	{ NULL, NULL, NULL, NULL },
};

const struct json_field *json_probe_tables(enum json_table table)
{
	switch (table) {
	case JSON_PROBE:
		return probe_fields;
	case JSON_PROBE_REPEAT:
		return repeat_fields;
	default:
		return summary_fields;
	}
}
