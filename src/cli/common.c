/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common.c - the table of the common options. A new one is a row here, and a field in common.h. The
 * rows stand first in a command's struct: see common.h. */
#include "cli/common.h"

#include <stddef.h>

#include "view/view.h"

#define AT(field)     offsetof(struct common_options, field)
#define MONTH_US      2592000000000 /* no timeout is longer */
#define WINDOW_MAX    (65535 << 14) /* what 16 bits and a shift of 14 can say (RFC 7323 2.3) */
#define TIMEOUT_US    30000000

static const struct option_row connection_rows[] = {
	{ "ipv4", '4', NULL, "use IPv4 only", option_set, AT(only4), 1, 0, NULL },
	{ "ipv6", '6', NULL, "use IPv6 only", option_set, AT(only6), 1, 0, NULL },
	{ "interface", 'i', "IFACE", "go through this interface", option_text, AT(ifname), 0, 0, NULL },
	{ "source", 's', "ADDR", "from this address of ours", option_text, AT(src), 0, 0, NULL },
	{ "source-port", 'p', "PORT", "from this port; else a free one, at random", option_number,
	  AT(src_port), 1, 65535, NULL },
	{ "isn", 0, "N", "initial sequence number; else by RFC 6528", option_number, AT(isn), 0,
	  UINT32_MAX, NULL },
	{ "mss", 0, "N", "maximum segment size to announce; else by MTU", option_number, AT(mss), 1,
	  65535, NULL },
	{ "window", 0, "N", "never offer a larger window (bytes)", option_number, AT(window), 1,
	  WINDOW_MAX, NULL },
	{ "wscale", 0, "N", "window scale to offer, 0 to 14 (7)", option_number, AT(wscale), 0, 14,
	  NULL },
	{ "ttl", 0, "N", "time to live, or hop limit (64)", option_number, AT(ttl), 1, 255, NULL },
	{ "no-sack", 0, NULL, "do not offer selective acknowledgements", option_set, AT(no_sack), 1,
	  0, NULL },
	{ "no-timestamps", 0, NULL, "do not offer timestamps", option_set, AT(no_timestamps), 1, 0,
	  NULL },
	{ "timeout", 0, "T", "give up when the peer answers nothing for so long, while connecting\n"
	  "and later: 500ms, 10s, 2m (30s)", option_duration, AT(timeout_us), 1000, MONTH_US, NULL },
};

static const struct option_row output_rows[] = {
	{ "write", 'w', "FILE", "keep all packets in a capture file; - is standard output", option_text,
	  AT(pcap), 0, 0, NULL },
	{ "json", 0, NULL, "one JSON object a line in place of the narration", option_set, AT(json), 1,
	  0, NULL },
	{ "verbose", 'v', NULL, "each segment's anatomy too", option_set, AT(verbosity), 1, 0, NULL },
	{ "quiet", 'q', NULL, "the summary only", option_set, AT(verbosity), -1, 0, NULL },
	{ "absolute", 0, NULL, "absolute sequence numbers first", option_set, AT(absolute), 1, 0,
	  NULL },
	{ "color", 0, "WHEN", "auto, always or never", option_choice, AT(color), 0, 0,
	  "auto|always|never" },
};

const struct option_group common_connection_options = {
	"Connection", connection_rows, ARRAY_LEN(connection_rows)
};
const struct option_group common_output_options = {
	"Output", output_rows, ARRAY_LEN(output_rows)
};

/* option_choice counts the words of its row. */
_Static_assert(VIEW_COLOR_AUTO == 0 && VIEW_COLOR_ALWAYS == 1 && VIEW_COLOR_NEVER == 2,
	       "--color and enum view_color are in step");

void common_init(struct common_options *o)
{
	*o = (struct common_options){
		.isn = -1,
		.wscale = 7,
		.ttl = 64,
		.timeout_us = TIMEOUT_US,
		.color = VIEW_COLOR_AUTO,
	};
}

static bool take_source(const char *text, struct station_options *out, struct err *e)
{
	if (!text)
		return true;
	if (!addr_parse(text, &out->src))
		return err_set(e, STATUS_USAGE, "-s %.100s: not an IPv4 or IPv6 address; `ip address` "
			       "lists those of this host", text);
	if (out->family && out->family != out->src.family)
		return err_set(e, STATUS_USAGE, "-s %.100s: not an IPv%c address, but -%c was given; "
			       "leave one of them out", text, out->family == AF_INET6 ? '6' : '4',
			       out->family == AF_INET6 ? '6' : '4');
	return true;
}

bool common_station(const struct common_options *o, struct station_options *out, struct err *e)
{
	if (o->only4 && o->only6)
		return err_set(e, STATUS_USAGE, "-4 and -6 exclude each other; give neither to use "
			       "what the host has");
	*out = (struct station_options){
		.family = o->only4 ? AF_INET : o->only6 ? AF_INET6 : AF_UNSPEC,
		.ifname = o->ifname,
		.src_port = (uint16_t)o->src_port,
		.isn = o->isn,
		.mss = (uint16_t)o->mss,
		.window = (uint32_t)o->window,
		.wscale = (uint8_t)o->wscale,
		.ttl = (uint8_t)o->ttl,
		.sack = !o->no_sack,
		.timestamps = !o->no_timestamps,
		.timeout_us = o->timeout_us,
	};
	return take_source(o->src, out, e);
}
