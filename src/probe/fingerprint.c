/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fingerprint.c - a SYN,ACK as p0f 3, JA4TS and tcpdump write it down; see fingerprint.h.
 *
 * Never: guesses a name. Databases of signatures grow old, and belong to those who keep them. */
#include "probe/fingerprint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "tcp/options.h"

#define P0F_DISTANCE_MAX 35u  /* beyond, p0f does not trust the guess */
#define P0F_MSS_MIN	 100u /* below, windows are not compared with it */
#define HEADERS_IP4	 40u  /* bytes of IP and TCP headers without options */
#define HEADERS_IP6	 60u
#define ETHERNET_MTU	 1500u

void fingerprint_take(const struct frame *f, const struct packet *p, uint16_t syn_mss,
		      struct probe_synack *out)
{
	const uint8_t *ip = f->bytes + p->ip_at;

	*out = (struct probe_synack){
		.seen = true,
		.ttl = p->ttl,
		.tos = p->tos,
		.flags_ip = p->dont_fragment ? 1 : 0,
		.ip_id = p->ip_id,
		.flags = p->seg.flags,
		.window = p->seg.window,
		.urgent = p->seg.urgent,
		.seq = p->seg.seq,
		.ack = p->seg.ack,
		.text_len = (uint16_t)(p->seg.text_len < UINT16_MAX ? p->seg.text_len : UINT16_MAX),
		.syn_mss = syn_mss,
		.options = p->seg.options,
		.option_len = p->seg.option_len,
	};
	memcpy(out->option_bytes, p->seg.option_bytes, sizeof(out->option_bytes));
	/* Both headers were read whole, or it would not be PACKET_TCP. */
	if (p->src.family == AF_INET6) {
		out->flow = (ip[1] & 0xfu) << 16 | (uint32_t)ip[2] << 8 | ip[3];
	} else {
		out->flags_ip |= ip[6] & 0x80 ? 2 : 0;
		out->ip_options = (uint8_t)((ip[0] & 0xfu) * 4 - 20);
	}
}

/* Appends to @out what fits. */
static void add(char *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(char *out, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out + len, FINGERPRINT_MAX - len, fmt, ap);
	va_end(ap);
}

/* ---- p0f -------------------------------------------------------------------------------------- */

/* In p0f's order of writing them. */
enum quirk {
	QUIRK_DF,
	QUIRK_ID_WITH_DF,
	QUIRK_NO_ID_WITHOUT_DF,
	QUIRK_ECN,
	QUIRK_MUST_BE_ZERO,
	QUIRK_FLOW,
	QUIRK_NO_SEQ,
	QUIRK_ACK_WITHOUT_FLAG,
	QUIRK_NO_ACK,
	QUIRK_URGENT_WITHOUT_FLAG,
	QUIRK_URG,
	QUIRK_PSH,
	QUIRK_NO_TS,
	QUIRK_BEHIND_EOL,
	QUIRK_WSCALE_ABOVE_14,
	QUIRK_BAD_OPTIONS,
};

static const char *const quirk_names[] = {
	"df",	"id+",	 "id-",	  "ecn",    "0+",   "flow", "seq-", "ack+",
	"ack-", "uptr+", "urgf+", "pushf+", "ts1-", "opt+", "exws", "bad",
};

static unsigned if_so(bool condition, enum quirk q)
{
	return condition ? 1u << q : 0;
}

static unsigned quirks_of_headers(const struct probe_synack *s, int family)
{
	bool ack = s->flags & TCP_FLAG_ACK, urg = s->flags & TCP_FLAG_URG, df = s->flags_ip & 1;
	unsigned q = 0;

	if (family == AF_INET6)
		q |= if_so(s->flow, QUIRK_FLOW);
	else
		q |= if_so(df, QUIRK_DF) | if_so(df && s->ip_id, QUIRK_ID_WITH_DF) |
		     if_so(!df && !s->ip_id, QUIRK_NO_ID_WITHOUT_DF) |
		     if_so(s->flags_ip & 2, QUIRK_MUST_BE_ZERO);
	return q |
	       if_so(s->tos & 3 || s->flags & (TCP_FLAG_ECE | TCP_FLAG_CWR | TCP_FLAG_AE),
		     QUIRK_ECN) |
	       if_so(!s->seq, QUIRK_NO_SEQ) | if_so(!ack && s->ack, QUIRK_ACK_WITHOUT_FLAG) |
	       if_so(ack && !s->ack, QUIRK_NO_ACK) | if_so(urg, QUIRK_URG) |
	       if_so(!urg && s->urgent, QUIRK_URGENT_WITHOUT_FLAG) |
	       if_so(s->flags & TCP_FLAG_PSH, QUIRK_PSH);
}

static void add_p0f_option(uint8_t kind, char *out)
{
	static const char *const names[] = {
		[TCP_OPTION_NOP] = "nop",   [TCP_OPTION_MSS] = "mss",
		[TCP_OPTION_WSCALE] = "ws", [TCP_OPTION_SACK_PERMITTED] = "sok",
		[TCP_OPTION_SACK] = "sack", [TCP_OPTION_TIMESTAMPS] = "ts",
	};

	if (out[0])
		add(out, ",");
	if (kind < ARRAY_LEN(names) && names[kind])
		add(out, "%s", names[kind]);
	else
		add(out, "?%u", kind);
}

static bool has_right_length(const struct tcp_option *o)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);

	if (o->kind == TCP_OPTION_SACK)
		return o->len >= 10 && o->len <= 34;
	return o->kind > TCP_OPTION_TIMESTAMPS || !info || !info->len || info->len == o->len;
}

/* The layout of the options into @out; the quirks that they have. */
static unsigned p0f_layout(const struct probe_synack *s, char *out)
{
	struct tcp_option_walk w = tcp_option_walk(s->option_bytes, s->option_len);
	enum tcp_option_result result;
	struct tcp_option o;
	unsigned q = if_so(s->options.has_timestamps && !s->options.ts_val, QUIRK_NO_TS) |
		     if_so(s->options.has_wscale && s->options.wscale > 14, QUIRK_WSCALE_ABOVE_14);

	out[0] = '\0';
	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND) {
		add_p0f_option(o.kind, out);
		q |= if_so(!has_right_length(&o), QUIRK_BAD_OPTIONS);
	}
	if (w.at == w.end)
		return q;
	if (result == TCP_OPTION_BAD_LENGTH) {
		add_p0f_option(w.at[0], out);
		return q | 1u << QUIRK_BAD_OPTIONS;
	}
	add(out, "%seol+%zu", out[0] ? "," : "", (size_t)(w.end - w.at) - 1);
	while (++w.at < w.end)
		q |= if_so(*w.at, QUIRK_BEHIND_EOL);
	return q;
}

/* Many systems choose their window as a multiple of some size of segment or packet: which one p0f tries
 * first, and so finds, is the order of these rows. */
static void add_p0f_window(const struct probe_synack *s, int family, char *out)
{
	bool six = family == AF_INET6;
	unsigned mss = s->options.mss, ts = s->options.ts_val ? 12 : 0;
	unsigned headers = (six ? HEADERS_IP6 : HEADERS_IP4 + s->ip_options) + s->option_len;
	const struct {
		unsigned size;
		const char *name;
	} sizes[] = {
		{ mss, "mss" },
		{ ts ? mss - ts : 0, "mss" },
		{ ETHERNET_MTU - HEADERS_IP4, "mss" },
		{ ETHERNET_MTU - HEADERS_IP4 - 12, "mss" },
		{ six ? ETHERNET_MTU - HEADERS_IP6 : 0, "mss" },
		{ six ? ETHERNET_MTU - HEADERS_IP6 - 12 : 0, "mss" },
		{ mss + HEADERS_IP4, "mtu" },
		{ mss + headers, "mtu" },
		{ six ? mss + HEADERS_IP6 : 0, "mtu" },
		{ ETHERNET_MTU, "mtu" },
		{ s->syn_mss, "mss" },
		{ s->syn_mss > 12 ? s->syn_mss - 12u : 0, "mss" },
	};

	for (size_t i = 0; s->window && mss >= P0F_MSS_MIN && i < ARRAY_LEN(sizes); i++)
		if (sizes[i].size && s->window % sizes[i].size == 0) {
			add(out, "%s*%u", sizes[i].name, s->window / sizes[i].size);
			return;
		}
	add(out, "%u", s->window);
}

char *fingerprint_p0f(const struct probe_synack *s, int family, char out[FINGERPRINT_MAX])
{
	unsigned distance = probe_distance(s->ttl), quirks = quirks_of_headers(s, family);
	char layout[FINGERPRINT_MAX];
	const char *comma = "";

	quirks |= p0f_layout(s, layout);
	out[0] = '\0';
	add(out, "%c:%u+", family == AF_INET6 ? '6' : '4', s->ttl);
	if (distance > P0F_DISTANCE_MAX)
		add(out, "?");
	else
		add(out, "%u", distance);
	add(out, ":%u:%u:", s->ip_options, s->options.mss);
	add_p0f_window(s, family, out);
	add(out, ",%u:%s:", s->options.wscale, layout);
	for (unsigned q = 0; q < ARRAY_LEN(quirk_names); q++)
		if (quirks & 1u << q) {
			add(out, "%s%s", comma, quirk_names[q]);
			comma = ",";
		}
	add(out, s->text_len ? ":+" : ":0");
	return out;
}

/* ---- JA4TS ------------------------------------------------------------------------------------ */

char *fingerprint_ja4ts(const struct probe_synack *s, char out[FINGERPRINT_MAX])
{
	struct tcp_option_walk w = tcp_option_walk(s->option_bytes, s->option_len);
	struct tcp_option o;

	out[0] = '\0';
	add(out, "%u_", s->window);
	while (tcp_option_next(&w, &o) == TCP_OPTION_FOUND)
		add(out, "%u-", o.kind);
	/* Each byte of padding counts as an end of options. */
	for (; w.at < w.end && *w.at == TCP_OPTION_EOL; w.at++)
		add(out, "0-");
	if (s->option_len && out[strlen(out) - 1] == '-')
		out[strlen(out) - 1] = '\0';
	else
		add(out, "00");
	add(out, s->options.has_mss ? "_%u" : "_00", s->options.mss);
	add(out, s->options.has_wscale ? "_%u" : "_00", s->options.wscale);
	return out;
}

/* ---- tcpdump ---------------------------------------------------------------------------------- */

static void add_option(const struct tcp_option *o, char *out)
{
	const struct tcp_option_info *info = tcp_option_info(o->kind);

	if (info)
		add(out, "%s", info->name);
	else
		add(out, "kind %u", o->kind);
	if (info && info->len && info->len != o->len)
		add(out, " (length %u)", o->len);
	else if (o->kind == TCP_OPTION_MSS)
		add(out, " %u", (unsigned)o->bytes[2] << 8 | o->bytes[3]);
	else if (o->kind == TCP_OPTION_WSCALE)
		add(out, " %u", o->bytes[2]);
}

char *fingerprint_options(const struct probe_synack *s, char out[FINGERPRINT_MAX])
{
	struct tcp_option_walk w = tcp_option_walk(s->option_bytes, s->option_len);
	enum tcp_option_result result;
	struct tcp_option o;

	out[0] = '\0';
	while ((result = tcp_option_next(&w, &o)) == TCP_OPTION_FOUND) {
		add(out, "%s", out[0] ? "," : "");
		add_option(&o, out);
	}
	if (w.at < w.end)
		add(out, "%s%s", out[0] ? "," : "",
		    result == TCP_OPTION_BAD_LENGTH ? "bad length" : "eol");
	return out;
}
