/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common.c - the table of the common options. A new one is a row here, and a field in common.h. The
 * rows stand first in a command's struct: see common.h. */
#include "cli/common.h"

#include <string.h>

#include "script/settings.h"
#include "tcp/conn.h"
#include "view/report.h"
#include "view/view.h"

#define MONTH_US   2592000000000 /* no timeout is longer */
#define WINDOW_MAX (65535 << 14) /* what 16 bits and a shift of 14 can say (RFC 7323 2.3) */
#define TIMEOUT_US 30000000

#define SET(...)      OPTION_SET(struct common_options, __VA_ARGS__)
#define NUMBER(...)   OPTION_NUMBER(struct common_options, __VA_ARGS__)
#define DURATION(...) OPTION_DURATION(struct common_options, __VA_ARGS__)
#define TEXT(...)     OPTION_TEXT(struct common_options, __VA_ARGS__)
#define CHOICE(...)   OPTION_CHOICE(struct common_options, __VA_ARGS__)

/* int64_t: microseconds, or TCP_TIME_WAIT_BRIEF. */
static bool read_time_wait(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	return setting_time_wait(arg, strlen(arg), into) || option_duration(row, arg, into, e) ||
	       err_set(e, STATUS_USAGE, "neither brief nor 2msl nor a time of at most a month");
}

/* Told at once, before anything is sent. */
static bool read_report(const struct option_row *row, const char *arg, void *into, struct err *e)
{
	return report_name_ok(arg, e) && option_text(row, arg, into, e);
}

static const struct option_row connection_rows[] = {
	SET(only4, "ipv4", '4', 1, "use IPv4 only"),
	SET(only6, "ipv6", '6', 1, "use IPv6 only"),
	TEXT(ifname, "interface", 'i', "IFACE", "go through this interface"),
	TEXT(src, "source", 's', "ADDR", "from this address of ours"),
	NUMBER(src_port, "source-port", 'p', "PORT", 1, 65535,
	       "from this port; else a free one, at random"),
	NUMBER(isn, "isn", 0, "N", 0, UINT32_MAX, "initial sequence number; else by RFC 6528"),
	NUMBER(mss, "mss", 0, "N", 1, 65535, "maximum segment size to announce; else by MTU"),
	NUMBER(window, "window", 0, "N", 1, WINDOW_MAX, "never offer a larger window (bytes)"),
	NUMBER(wscale, "wscale", 0, "N", 0, 14, "window scale to offer, 0 to 14 (8)"),
	NUMBER(ttl, "ttl", 0, "N", 1, 255, "time to live, or hop limit (64)"),
	SET(no_sack, "no-sack", 0, 1, "do not offer selective acknowledgements"),
	SET(no_timestamps, "no-timestamps", 0, 1, "do not offer timestamps"),
	SET(ecn, "ecn", 0, 1, "ask for congestion marks in place of losses (ECN)"),
	SET(nagle, "nagle", 0, 1, "hold small segments while one is in flight"),
	DURATION(keepalive_us, "keepalive", 0, "T", 1000, MONTH_US,
		 "ask a peer that is idle for so long whether it is there (never)"),
	{ "time-wait", 0, "T",
	  "stay in TIME-WAIT: brief (a few round trips), 2msl (60 s), or a\n"
	  "time (brief)",
	  read_time_wait, offsetof(struct common_options, time_wait_us), 0, MONTH_US, NULL },
	DURATION(timeout_us, "timeout", 0, "T", 1000, MONTH_US,
		 "give up when the peer answers nothing for so long, while connecting\n"
		 "and later: 500ms, 10s, 2m (30s)"),
};

static const struct option_row output_rows[] = {
	TEXT(pcap, "write", 'w', "FILE",
	     "keep all packets in a capture file; - is standard output"),
	{ "report", 0, "FILE",
	  "make a page to look at (.html), a drawing of the exchange (.svg), or\n"
	  "Markdown (.md)",
	  read_report, offsetof(struct common_options, report), 0, 0, NULL },
	SET(json, "json", 0, 1, "one JSON object a line in place of the narration"),
	SET(verbosity, "verbose", 'v', 1, "each segment's anatomy too"),
	SET(verbosity, "quiet", 'q', -1, "the summary only"),
	SET(absolute, "absolute", 0, 1, "absolute sequence numbers first"),
	CHOICE(color, "color", 0, "WHEN", "auto|always|never", "auto, always or never"),
};

const struct option_group common_connection_options = { "Connection", connection_rows,
							ARRAY_LEN(connection_rows) };
const struct option_group common_output_options = { "Output", output_rows, ARRAY_LEN(output_rows) };

/* option_choice counts the words of its row. */
_Static_assert(VIEW_COLOR_AUTO == 0 && VIEW_COLOR_ALWAYS == 1 && VIEW_COLOR_NEVER == 2,
	       "--color and enum view_color are in step");

void common_init(struct common_options *o)
{
	*o = (struct common_options){
		.isn = -1,
		.wscale = 8,
		.ttl = 64,
		.timeout_us = TIMEOUT_US,
		.time_wait_us = TCP_TIME_WAIT_BRIEF,
		.color = VIEW_COLOR_AUTO,
	};
}

static bool take_source(const char *text, struct station_options *out, struct err *e)
{
	if (!text)
		return true;
	if (!addr_parse(text, &out->src))
		return err_set(e, STATUS_USAGE,
			       "-s %.100s: not an IPv4 or IPv6 address; `ip address` "
			       "lists those of this host",
			       text);
	if (out->family && out->family != out->src.family)
		return err_set(e, STATUS_USAGE,
			       "-s %.100s: not an IPv%c address, but -%c was given; "
			       "leave one of them out",
			       text, out->family == AF_INET6 ? '6' : '4',
			       out->family == AF_INET6 ? '6' : '4');
	return true;
}

bool common_station(const struct common_options *o, struct station_options *out, struct err *e)
{
	if (o->only4 && o->only6)
		return err_set(e, STATUS_USAGE,
			       "-4 and -6 exclude each other; give neither to use "
			       "what the host has");
	*out = (struct station_options){
		.family = o->only4 ? AF_INET :
			  o->only6 ? AF_INET6 :
				     AF_UNSPEC,
		.ifname = o->ifname,
		.src_port = (uint16_t)o->src_port,
		.isn = o->isn,
		.mss = (uint16_t)o->mss,
		.window = (uint32_t)o->window,
		.wscale = (uint8_t)o->wscale,
		.ttl = (uint8_t)o->ttl,
		.sack = !o->no_sack,
		.timestamps = !o->no_timestamps,
		/* Without Nagle: libcurl writes a request whole, and a user at a shell waits. */
		.ecn = o->ecn,
		.nagle = o->nagle,
		.keepalive_us = o->keepalive_us,
		.time_wait_us = o->time_wait_us,
		.timeout_us = o->timeout_us,
	};
	return take_source(o->src, out, e);
}
